"""Physics: what falls, settles and collides."""
