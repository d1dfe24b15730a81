"""The one tracer: every pixel, beam, mask and shadow comes from the same triangles through it."""
