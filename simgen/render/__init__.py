"""From a scene to what its sensors sense: camera images and LiDAR sweeps through the one tracer."""
