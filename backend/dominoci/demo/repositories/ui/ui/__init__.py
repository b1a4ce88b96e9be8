"""Cards in a terminal."""
