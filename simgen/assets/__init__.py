"""Where models come from: parametric families, packs, and a user's own files."""
