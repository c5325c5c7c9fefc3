"""Where the registry meets the shots: characters become what an engine and a review need of them."""
