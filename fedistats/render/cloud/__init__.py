"""Word clouds."""
