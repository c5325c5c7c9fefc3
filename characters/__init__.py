"""First floor: who they are. No torch here."""
