"""Draws of what a scene holds and how it is seen; each randomizer is one small value."""
