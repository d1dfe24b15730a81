"""The list of categories, with the ids every format writes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import yaml

from simgen.errors import AssetError
from simgen.resources import shipped


@dataclass(frozen=True, kw_only=True)
class Category:
    """One kind of object; ``thing`` tells what is counted and boxed from ground, walls and the like."""

    name: str
    id: int
    supercategory: str
    thing: bool


@cache
def categories() -> dict[str, Category]:
    """Return every category by name, in the order of ``assets/categories.yaml``."""
    table = yaml.safe_load((shipped("assets") / "categories.yaml").read_text())
    return {name: Category(name=name, **row) for name, row in table.items()}


def category(name: str) -> Category:
    """Return one category.

    Raises:
        AssetError: there is none of that name.
    """
    if name not in categories():
        raise AssetError(f"unknown category {name!r}; known: {', '.join(categories())}")
    return categories()[name]
