"""Second floor: what is made with them."""
