"""Recipes with some values changed: what coverage designs set in a scene, and counterfactual twins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import is_dataclass
from typing import Any, cast

from simgen import spec
from simgen.distributions import Constant
from simgen.errors import RecipeError
from simgen.recipe import Place, Recipe


def with_values(recipe: Recipe, place: Place, values: Mapping[str, Any], source: str) -> tuple[Recipe, Place]:
    """Return the recipe and its place with values set by path; all that is drawn for other factors stays as it was.

    Args:
        recipe: what is changed.
        place: likewise.
        values: path to a plain value or a distribution. A path is ``NAME.KEY...`` of the randomizer of that name,
            ``place.KEY...``, ``sensors.NAME.KEY...``, or a recipe's section and key such as ``labels.glass``.
        source: whose fault a wrong path is, for messages.

    Raises:
        RecipeError: a path leads nowhere, or a value does not fit there.
    """
    plain, ground = spec.dump(recipe), spec.dump(place)
    for path, value in values.items():
        head, *keys = path.split(".")
        owner, keys = _owner(plain, ground, head, keys, f"{source}: {path}")
        _put(owner, keys, _plain(value), f"{source}: {path}")
    changed: Place = spec.parse(cast("Any", Place), ground, f"{source}: place")
    return spec.parse(Recipe, plain, source), changed


def _plain(value: Any) -> Any:
    """Return a value or distribution as YAML has it; what is constant as the bare value, which fits everywhere."""
    if isinstance(value, Constant):
        return value.value
    return spec.dump(value) if is_dataclass(value) else value


def _owner(
    plain: dict[str, Any], ground: dict[str, Any], head: str, keys: list[str], where: str
) -> tuple[dict[str, Any], list[str]]:
    """Return the values a path's first words name, and the words that are left."""
    if head == "place":
        return ground, keys
    named = {r["name"]: r for r in plain["randomizers"]}
    if head in named:
        return named[head], keys
    if head == "sensors" and keys:
        sensors = {s["name"]: s for s in plain["sensors"]}
        if keys[0] not in sensors:
            raise RecipeError(f"{where}: no sensor {keys[0]!r}; known: {', '.join(sensors)}")
        return sensors[keys[0]], keys[1:]
    if isinstance(plain.get(head), dict):
        return plain[head], keys
    sections = [key for key, value in plain.items() if isinstance(value, dict)]
    raise RecipeError(f"{where}: no {head!r}; known: {', '.join([*named, 'place', 'sensors', *sections])}")


def _put(owner: dict[str, Any], keys: list[str], value: Any, where: str) -> None:
    for key in keys[:-1]:
        inner = owner.get(key)
        if not isinstance(inner, dict):
            raise RecipeError(f"{where}: {key!r} has no values of its own; known: {', '.join(owner)}")
        owner = inner
    if not keys or keys[-1] not in owner:
        raise RecipeError(f"{where}: no key {keys[-1] if keys else ''!r}; known: {', '.join(owner)}")
    owner[keys[-1]] = value
