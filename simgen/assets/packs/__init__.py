"""Packs of models made by others, prepared for use: where each comes from and how it is turned into assets."""
