"""Ground floor: what is kept, and kept safe."""
