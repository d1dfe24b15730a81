"""Exact labels computed from a scene and what its sensors sensed."""
