"""Poses, rays and boxes: pure geometry, no scene."""
