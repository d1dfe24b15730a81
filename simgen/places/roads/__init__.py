"""Road networks: reference lines, lanes and junctions as values, and the ground and regions that they make."""
