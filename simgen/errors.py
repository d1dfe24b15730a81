"""The errors simgen raises on purpose; each says what is wrong, where, and the way out."""

from __future__ import annotations


class SimgenError(Exception):
    """Base of every error that simgen raises on purpose."""


class RecipeError(SimgenError):
    """A recipe, scene or sensor file is not what its schema asks for; lists every fault at once."""


class AssetError(SimgenError):
    """A model, texture or pack is missing or unfit."""


class PlacementError(SimgenError):
    """Objects could not be placed, or would not come to rest, within the allowed tries."""


class StoreError(SimgenError):
    """A data set on disk is missing, half-written, or not what its digests say."""


class SimgenWarning(UserWarning):
    """Something was mended or left out; the message names it."""
