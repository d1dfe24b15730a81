"""The camera's and the LiDAR's view of a scene."""
