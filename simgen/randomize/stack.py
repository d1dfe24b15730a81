"""The randomizer ``stack``: a pile of objects, one upon the other, that physics lets stand or topple."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from simgen.assets.library import Library
from simgen.distributions import AnyDistribution, Constant, Uniform, UniformInt, check_support
from simgen.errors import PlacementError
from simgen.geometry.pose import at
from simgen.randomize.pick import check_weights, names_by_category, pick
from simgen.scene.scene import Instance, Scene
from simgen.streams import Draws

_GAP_M = 0.0005


@dataclass(frozen=True, kw_only=True)
class Stack:
    """Piles objects up on a region; with a push, or enough offset from one to the next, the pile topples.

    Attributes:
        name: prefix of its factors.
        every: once per scene.
        onto: use of the area it stands on.
        count: how many objects.
        categories: what they are, with weights.
        tags: every model must carry all of these.
        longest_m: the longest side that models are brought to; null keeps their own size.
        offset: how far each is shifted from the one below, as a share of half of its own size, always the same way.
        turn_deg: how far each is turned from the one below.
        push_mps: speed that the pushed one starts with, along the offsets.
        pushed: which one is pushed, as a share of the height: 0 the lowest, 1 the highest.
    """

    kind: Literal["stack"] = "stack"
    name: str = "stack"
    every: Literal["scene"] = "scene"
    onto: str = "table_top"
    count: AnyDistribution = UniformInt(low=5, high=8)
    categories: dict[str, float] = field(default_factory=lambda: {"box": 1.0})
    tags: tuple[str, ...] = ()
    longest_m: AnyDistribution | None = None
    offset: AnyDistribution = Uniform(low=0.0, high=0.15)
    turn_deg: AnyDistribution = Uniform(low=-6.0, high=6.0)
    push_mps: AnyDistribution = Constant(value=0.0)
    pushed: float = 0.6

    def __post_init__(self) -> None:
        check_weights("categories", self.categories)
        check_support("count", self.count, 1, 40)
        check_support("offset", self.offset, 0.0, 1.0)
        check_support("turn_deg", self.turn_deg, -180.0, 180.0)
        check_support("push_mps", self.push_mps, 0.0, 20.0)
        if self.longest_m is not None:
            check_support("longest_m", self.longest_m, 0.01, 5.0)
        if not 0.0 <= self.pushed <= 1.0:
            raise ValueError(f"pushed must lie in 0 to 1, got {self.pushed}")

    def __call__(self, scene: Scene, draws: Draws, library: Library) -> Scene:
        """Return the scene with the pile, to be moved by physics.

        Raises:
            PlacementError: the place has no such area.
        """
        areas = scene.areas(self.onto)
        if not areas:
            raise PlacementError(f"'{self.name}': the place has no area of use {self.onto!r}")
        area = areas[int(draws.rng("area").integers(len(areas)))]
        x, y = np.asarray(area.corners_m).mean(axis=0)
        way = float(draws.rng("way_deg").uniform(-math.pi, math.pi))
        draws.note("way_deg", math.degrees(way))
        names, top, turn = names_by_category(library, self.categories, self.tags), area.z_m, way
        count = int(draws.value("count", self.count))
        pushed, push = round(self.pushed * (count - 1)), float(draws.value("push_mps", self.push_mps))
        piled: list[Instance] = []
        for k in range(count):
            rng = draws.rng("model", k)
            options = names[pick(rng, self.categories)]
            asset = library.load(options[int(rng.integers(len(options)))])
            draws.note("model", asset.name, k)
            scale = 1.0
            if self.longest_m is not None:
                scale = float(draws.value("longest_m", self.longest_m, k)) / max(asset.size_m)
            turn += math.radians(float(draws.value("turn_deg", self.turn_deg, k)))
            shift = float(draws.value("offset", self.offset, k)) * min(asset.size_m[:2]) * scale / 2 * bool(k)
            x, y = x + shift * math.cos(way), y + shift * math.sin(way)
            speed = push if k == pushed else 0.0
            piled.append(
                Instance(
                    id=scene.next_id + k, name=f"{self.name}_{k}", asset=asset, scale=scale, dynamic=True,
                    world_from_object=at(float(x), float(y), top + _GAP_M, turn),
                    velocity_mps=(speed * math.cos(way), speed * math.sin(way), 0.0),
                )
            )  # fmt: skip
            top += _GAP_M + asset.size_m[2] * scale
        return scene.adding(*piled)
