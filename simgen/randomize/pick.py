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


def check_models(models: Mapping[str, float]) -> None:
    """Raise ``ValueError`` if a weight of models is negative."""
    if models and min(models.values()) < 0:
        raise ValueError(f"models: weights must be 0 or more, got {dict(models)}")


def weighted_names(
    names: Mapping[str, tuple[str, ...]], weights: Mapping[str, float], models: Mapping[str, float]
) -> tuple[dict[str, tuple[str, ...]], dict[str, float]]:
    """Return models in groups of equal weight, and the groups' weights; a category's weight is shared among its own.

    Args:
        names: of every category's models.
        weights: of the categories.
        models: weight of the models whose names begin so, beside 1 of others; the longest beginning counts.

    Raises:
        AssetError: a category has no model of a weight above 0.
    """
    if not models:
        return dict(names), dict(weights)
    groups: dict[str, tuple[str, ...]] = {}
    shares: dict[str, float] = {}
    for category, options in names.items():
        by_weight: dict[float, list[str]] = {}
        for name in options:
            fit = max((m for m in models if name.startswith(m)), key=len, default=None)
            by_weight.setdefault(1.0 if fit is None else models[fit], []).append(name)
        total = sum(weight * len(found) for weight, found in by_weight.items())
        if not total > 0:
            raise AssetError(
                f"models: all of category {category} have the weight 0; raise one, or leave {category} out"
            )
        for weight, found in sorted(by_weight.items()):
            if weight > 0:
                key = f"{category} {weight:g}"
                groups[key], shares[key] = tuple(found), weights[category] * weight * len(found) / total
    return groups, shares
