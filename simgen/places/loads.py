"""Loads of pallets: layers of cartons, containers, drums, pails or sacks in the patterns that fill 1.2 x 0.8 m."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from simgen.assets.families.containers import bottom_m, euro_container
from simgen.assets.families.goods import draw_drum, draw_pail, draw_parcel, draw_sack, drum, shipping_ticket
from simgen.assets.families.shapes import pick
from simgen.geometry.pose import at
from simgen.places.pieces import Part
from simgen.scene.asset import Asset

DECK_M = (1.2, 0.8)
"""Length and width of a EUR pallet."""

LoadKind = Literal["cartons", "containers", "drums", "pails", "sacks", "mixed"]
LOADS: tuple[LoadKind, ...] = ("cartons", "containers", "drums", "pails", "sacks", "mixed")

_FOOTPRINTS = ((0.6, 0.4), (0.4, 0.3), (0.4, 0.3), (0.3, 0.2), (0.4, 0.4), (0.4, 0.2), (0.5, 0.4), (0.38, 0.28))
_CONTAINERS = ((0.6, 0.4, 0.22), (0.6, 0.4, 0.32), (0.6, 0.4, 0.12), (0.4, 0.3, 0.22))
_CONTAINER_COLORS = ("#2b5fa4", "#8b8f94", "#b5352c", "#2f7d4b", "#3a3d40")
_PLAY_M = 0.008
"""By how much what is packed is smaller than its place."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Layer:
    """A layer of a load.

    Attributes:
        models: of which each place has one.
        places: (x, y, yaw_rad) of each from the deck's middle.
        step_m: how much higher the next layer lies.
    """

    models: tuple[Asset, ...]
    places: tuple[tuple[float, float, float], ...]
    step_m: float


def places_in_layer(long_m: float, wide_m: float, mirrored: bool = False) -> tuple[tuple[float, float, float], ...]:
    """Return the middles and turns of as many rectangles as fit on the deck in two blocks, the first along the deck.

    The blocks lie side by side, the rectangles of the second turned by a right angle; how many columns the first has
    is what holds most, fewer turned ones where several do. What is left over is shared out at both ends.

    Args:
        long_m: of a rectangle.
        wide_m: of a rectangle.
        mirrored: whether the second block comes first.

    Raises:
        ValueError: none fits.
    """
    best: list[tuple[float, float, float]] = []
    used = 0.0
    for columns in range(math.floor(DECK_M[0] / long_m + 1e-9), -1, -1):
        left = columns * long_m
        found = _block(0.0, columns, long_m, wide_m, 0.0)
        turned = math.floor((DECK_M[0] - left) / wide_m + 1e-9)
        found += _block(left, turned, wide_m, long_m, math.pi / 2)
        if len(found) > len(best):
            best, used = found, left + turned * wide_m
    if not best:
        raise ValueError(f"nothing of {long_m} x {wide_m} m fits on a deck of {DECK_M[0]} x {DECK_M[1]} m")
    sign = -1.0 if mirrored else 1.0
    return tuple((sign * (x - used / 2), y, yaw) for x, y, yaw in best)


def _block(start: float, columns: int, along: float, across: float, yaw: float) -> list[tuple[float, float, float]]:
    rows = math.floor(DECK_M[1] / across + 1e-9)
    return [
        (start + (c + 0.5) * along, (r - (rows - 1) / 2) * across, yaw) for c in range(columns) for r in range(rows)
    ]


def draw_load(
    rng: np.random.Generator, name: str, kind: LoadKind, layers: int, top_share: float, height_m: float
) -> tuple[list[Part], float]:
    """Draw what stands on a deck whose middle is the origin, and the height at which its highest layer stands.

    Args:
        rng: what it is drawn from.
        name: prefix of the parts' names.
        kind: what it is made of; of ``mixed``, every layer is of its own.
        layers: how many, fewer where they would be higher than ``height_m``; drums stand in one layer.
        top_share: how much of the highest layer is left, at least one.
        height_m: that the load does not exceed; its first layer always stands.
    """
    drawn = _draw_layers(rng, kind, 1 if kind == "drums" else layers)
    kept = [drawn[0]]
    for layer in drawn[1:]:
        if sum(k.step_m for k in kept) + layer.step_m > height_m:
            break
        kept.append(layer)
    parts: list[Part] = []
    z = base = 0.0
    for k, layer in enumerate(kept):
        base = z
        left = len(layer.places)
        if k == len(kept) - 1:
            left = max(1, round(top_share * left))
        for x, y, yaw in layer.places[:left]:
            model = layer.models[int(rng.integers(len(layer.models)))]
            slack = rng.uniform(-1.0, 1.0, 3) * (0.0015, 0.0015, 0.004)
            if model.category == "picking_bin":
                slack[2] = 0.0
            flip = math.pi * int(rng.integers(2))
            pose = at(x + float(slack[0]), y + float(slack[1]), z, yaw + flip + float(slack[2]))
            parts.append(Part(name=f"{name}_{len(parts)}", asset=model, world_from_object=pose))
        z += layer.step_m
    return parts, base


def _draw_layers(rng: np.random.Generator, kind: LoadKind, count: int) -> list[Layer]:
    if kind == "mixed":
        # What cartons could not stand on comes last.
        top = pick(rng, (_cartons, _containers, _pails, _sacks))
        return [(top if k and k == count - 1 else _cartons)(rng)(k % 2 == 1) for k in range(count)]
    of = {"cartons": _cartons, "containers": _containers, "drums": _drums, "pails": _pails, "sacks": _sacks}[kind](rng)
    return [of(k % 2 == 1) for k in range(count)]


_LayerMaker = Callable[[bool], Layer]


def _cartons(rng: np.random.Generator) -> _LayerMaker:
    long, wide = pick(rng, _FOOTPRINTS)
    size = (long - _PLAY_M, wide - _PLAY_M, float(rng.uniform(0.14, 0.34)))
    models = _like(rng, lambda r: draw_parcel(r, size), 3)
    return lambda mirrored: _of(models, places_in_layer(long, wide, mirrored))


def _containers(rng: np.random.Generator) -> _LayerMaker:
    long, wide, tall = pick(rng, _CONTAINERS)
    color = pick(rng, _CONTAINER_COLORS)
    card = shipping_ticket(rng) if rng.random() < 0.5 else None
    model = euro_container(size_m=(long - 0.004, wide - 0.004, tall), color=color, card=card)
    # A container's foot stands within the rim of the one below, its bottom on the walls.
    step = tall - (bottom_m() - 0.008)
    return lambda _: Layer(models=(model,), places=places_in_layer(long, wide), step_m=step)


def _drums(rng: np.random.Generator) -> _LayerMaker:
    first = draw_drum(rng)
    across = max(first.size_m[:2]) + 0.01
    models = (first,) if rng.random() < 0.7 else (first, drum(radius_m=first.size_m[0] / 2, height_m=first.size_m[2]))
    return lambda _: _of(models, places_in_layer(across, across))


def _pails(rng: np.random.Generator) -> _LayerMaker:
    size = (float(rng.choice((0.128, 0.144))), float(rng.uniform(0.2, 0.34)))
    models = _like(rng, lambda r: draw_pail(r, size), 2)
    across = max(max(m.size_m[:2]) for m in models) + 0.004
    return lambda _: _of(models, places_in_layer(across, across))


def _sacks(rng: np.random.Generator) -> _LayerMaker:
    size = (0.54, 0.375, float(rng.uniform(0.1, 0.14)))
    model = draw_sack(rng, size)
    return lambda mirrored: _of((model,), places_in_layer(0.6, 0.4, mirrored))


def _like(rng: np.random.Generator, draw: Callable[[np.random.Generator], Asset], count: int) -> tuple[Asset, ...]:
    return tuple(draw(rng) for _ in range(count))


def _of(models: Sequence[Asset], places: tuple[tuple[float, float, float], ...]) -> Layer:
    return Layer(models=tuple(models), places=places, step_m=max(m.size_m[2] for m in models))
