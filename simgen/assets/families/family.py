"""A family: a kind of model made by code, with a finite list of variants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simgen.scene.asset import Asset


@dataclass(frozen=True, kw_only=True)
class Family:
    """A kind of model with a finite list of variants.

    Attributes:
        name: such as ``sedan``.
        category: of all its variants.
        variants: how many there are; numbered from 0.
        draw: makes one from a random generator.
        tags: words every variant carries.
    """

    name: str
    category: str
    variants: int
    draw: Callable[[np.random.Generator], Asset]
    tags: tuple[str, ...] = ()
