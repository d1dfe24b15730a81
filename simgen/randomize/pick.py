"""Weighted choice of models from the library."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from simgen.assets.library import NEEDS_SUPPORT, Library
from simgen.errors import AssetError


def check_weights(key: str, weights: Mapping[str, float]) -> None:
    """Raise ``ValueError`` unless ``weights`` has entries, none negative, with a sum above 0."""
    if not weights or min(weights.values()) < 0 or not sum(weights.values()) > 0:
        raise ValueError(
            f"{key} must name at least one, with weights of 0 or more and a sum above 0, got {dict(weights)}"
        )


def pick(rng: np.random.Generator, weights: Mapping[str, float]) -> str:
    """Return one of the keys, by weight."""
    edges = np.cumsum(list(weights.values()))
    return list(weights)[int(np.searchsorted(edges, rng.uniform(0.0, edges[-1]), side="right"))]


def names_by_category(
    library: Library, categories: Mapping[str, float], tags: tuple[str, ...], without: tuple[str, ...] = ()
) -> dict[str, tuple[str, ...]]:
    """Return the names of every category's models that carry all of ``tags`` and none of ``without``, in order.

    What cannot stand by itself is left out too, unless it is asked for by its tag.

    Raises:
        AssetError: the library holds none of one of them.
    """
    found = {c: library.names(c, tags=tags, without=(*NEEDS_SUPPORT, *without)) for c in categories}
    missing = [c for c, names in found.items() if not names]
    if missing:
        tagged = f" tagged {', '.join(tags)}" if tags else ""
        raise AssetError(
            f"no model of category {', '.join(missing)}{tagged} in the recipe's assets; leave it out, or add a source "
            "that has it to 'assets'"
        )
    return found
