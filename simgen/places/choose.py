"""Draws models from the library by category."""

from __future__ import annotations

import numpy as np

from simgen.assets.library import NEEDS_SUPPORT, Library
from simgen.errors import AssetError


def choose(
    library: Library,
    category: str,
    rng: np.random.Generator,
    tags: tuple[str, ...] = (),
    without: tuple[str, ...] = NEEDS_SUPPORT,
) -> str:
    """Return the name of a model of ``category`` with all of ``tags``, every one with the same chance.

    Models tagged with a word of ``without`` are left out, unless it is among ``tags``.

    Raises:
        AssetError: the library holds none.
    """
    names = library.names(category, tags=tags, without=without)
    if not names:
        wanted = f"{category!r} tagged {', '.join(tags)}" if tags else repr(category)
        raise AssetError(
            f"the library holds no model of category {wanted}; leave the category out, or let the recipe's assets "
            "include the families or a pack that has it"
        )
    return names[int(rng.integers(len(names)))]


def choose_several(library: Library, category: str, rng: np.random.Generator, count: int) -> tuple[str, ...]:
    """Return up to ``count`` different names of one category, in drawn order; fewer where the library holds fewer."""
    first = choose(library, category, rng)
    others = [n for n in library.names(category) if n != first]
    order = rng.permutation(len(others))[: count - 1]
    return (first, *(others[int(k)] for k in order))
