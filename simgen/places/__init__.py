"""Base scenes: roads, junctions, rooms and bins, built from the data in scenes/."""
