"""Standing things on the ground without overlap: footprints, and the loop that proposes places until one is free."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np

from simgen.assets.categories import category
from simgen.assets.library import Library
from simgen.errors import PlacementError
from simgen.geometry.pose import Pose, Vector3, at, on_slope
from simgen.randomize.pick import pick
from simgen.scene.asset import Asset
from simgen.scene.mesh import Mesh
from simgen.scene.region import Area, Lane
from simgen.scene.scene import Instance, Scene
from simgen.streams import Draws

REACH_M = 2.2
"""Only what an object has below this height keeps others away; people walk under a tree's crown."""

_BAND_M = 0.5
"""Heights up to which crowns count are rounded up to multiples of this."""

Rectangle = tuple[float, float, float, float]
"""Lowest x and y, highest x and y, in an asset's frame and at its own scale."""

_FOUND: WeakKeyDictionary[Mesh, dict[float, Rectangle]] = WeakKeyDictionary()
# Meshes never change, and a street's two hundred are asked about again for each of its frames.


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A proposed place: where, which way (from +x counter-clockwise), how steeply up, and how fast it moves there."""

    x_m: float
    y_m: float
    z_m: float
    heading_rad: float
    velocity_mps: Vector3 = (0.0, 0.0, 0.0)
    pitch_rad: float = 0.0

    @property
    def world_from_object(self) -> Pose:
        """The pose of what stands there."""
        return on_slope(at(self.x_m, self.y_m, self.z_m, self.heading_rad), self.pitch_rad)


@dataclass(frozen=True, kw_only=True)
class Footprint:
    """An oriented rectangle on the ground: middle, half its length and width, heading."""

    x_m: float
    y_m: float
    half_length_m: float
    half_width_m: float
    heading_rad: float

    @cached_property
    def corners_m(self) -> np.ndarray:
        """(4, 2) corners in the world."""
        c, s = math.cos(self.heading_rad), math.sin(self.heading_rad)
        along, beside = np.array([c, s]) * self.half_length_m, np.array([-s, c]) * self.half_width_m
        return np.array([self.x_m, self.y_m]) + np.array(
            [along + beside, beside - along, -along - beside, along - beside]
        )


def footprint(asset: Asset, spot: Spot, scale: float = 1.0, below_m: float = REACH_M) -> Footprint:
    """Return the rectangle around what an asset has below ``below_m`` when it stands on a spot.

    Where it has nothing that low (a hanging sign), the rectangle is around all of it.
    """
    x0, y0, x1, y1 = (scale * edge for edge in _low_rectangle(asset.mesh, below_m / scale))
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    c, s = math.cos(spot.heading_rad), math.sin(spot.heading_rad)
    return Footprint(
        x_m=spot.x_m + c * x - s * y,
        y_m=spot.y_m + s * x + c * y,
        half_length_m=(x1 - x0) / 2,
        half_width_m=(y1 - y0) / 2,
        heading_rad=spot.heading_rad,
    )


def stays_inside(lane: Lane, low: Footprint) -> bool:
    """Return whether a footprint keeps within a lane's edges, in bends too: by its corners and its sides' middles."""
    corners = low.corners_m
    sides = (corners + np.roll(corners, -1, axis=0)) / 2
    return bool((np.abs(lane.lefts(np.vstack([corners, sides]))) <= lane.width_m / 2 + 1e-9).all())


def stands_in(area: Area, wanted: Footprint, edge_m: float) -> bool:
    """Return whether a footprint lies in an area, at least ``edge_m`` from its edges."""
    return bool(area.contains(wanted.corners_m, edge_m).all())


class Ground:
    """What already stands where; answers whether a footprint is free."""

    def __init__(self, scene: Scene) -> None:
        """Take in every object of the scene that is not ground."""
        self._rows = np.zeros((0, 6))
        self._trees = [o for o in scene.objects if o.category == "tree"]
        self._crowns: dict[float, np.ndarray] = {}
        for o in scene.objects:
            if category(o.category).thing or o.category in ("building", "wall"):
                self.add(_standing(o))

    def add(self, taken: Footprint) -> None:
        """Mark a footprint as taken."""
        self._rows = np.concatenate([self._rows, _row(taken)[None]])

    def is_free(self, wanted: Footprint, along_m: float, beside_m: float) -> bool:
        """Return whether ``wanted``, grown by a margin ahead and behind and one on both sides, meets nothing.

        Separating-axis test of oriented rectangles (Gottschalk, Lin and Manocha 1996, in the plane).
        """
        return _apart(_row(wanted) + np.array([0, 0, along_m, beside_m, 0, 0]), self._rows)

    def is_free_above(self, asset: Asset, spot: Spot) -> bool:
        """Return whether no crown of a tree that was there at first hangs into an asset higher than `REACH_M`."""
        height_m = asset.size_m[2]
        if height_m <= REACH_M:
            return True
        band_m = math.ceil(height_m / _BAND_M) * _BAND_M
        if band_m not in self._crowns:
            rows = [_row(_standing(tree, band_m)) for tree in self._trees]
            self._crowns[band_m] = np.array(rows).reshape(-1, 6)
        return _apart(_row(footprint(asset, spot, below_m=band_m)), self._crowns[band_m])


def _standing(thing: Instance, below_m: float = REACH_M) -> Footprint:
    """Return the rectangle around what a thing in a scene has below a height."""
    x, y, z = thing.world_from_object.translation_m
    spot = Spot(x_m=x, y_m=y, z_m=z, heading_rad=thing.world_from_object.yaw_rad)
    return footprint(thing.asset, spot, thing.scale, below_m)


def _apart(a: np.ndarray, b: np.ndarray) -> bool:
    """Return whether a (6,) rectangle meets none of (N, 6) others."""
    if not len(b):
        return True
    reach = np.hypot(a[2], a[3]) + np.hypot(b[:, 2], b[:, 3])
    near = b[np.hypot(b[:, 0] - a[0], b[:, 1] - a[1]) < reach]
    if not len(near):
        return True
    offset = near[:, :2] - a[:2]
    apart = np.zeros(len(near), dtype=bool)
    for axes in (a[None], near):
        for c, s in ((axes[:, 4], axes[:, 5]), (-axes[:, 5], axes[:, 4])):
            distance = np.abs(offset[:, 0] * c + offset[:, 1] * s)
            apart |= distance > _radius(a[None], c, s) + _radius(near, c, s)
    return bool(apart.all())


_MODELS = 4
"""Models that are tried where one after the other is too wide to stand anywhere."""

Propose = Callable[[Asset, Sequence[Instance], np.random.Generator], Spot | None]


def stand_all(
    scene: Scene,
    draws: Draws,
    library: Library,
    *,
    what: str,
    wanted: int,
    at_least: int,
    names: dict[str, tuple[str, ...]],
    weights: dict[str, float],
    propose: Propose,
    margins_m: tuple[float, float],
    max_tries: int,
) -> Scene:
    """Return the scene with ``wanted`` more objects standing on free places, or with as many as find room.

    Args:
        scene: what there is; its objects keep their places.
        draws: records what is placed: ``wanted``, ``placed``, and ``asset``, ``x_m``, ``y_m``, ``heading_deg`` of each.
        library: where models come from.
        what: prefix of the objects' names.
        wanted: how many.
        at_least: how many must find room.
        names: the models of each category, or of each other kind.
        weights: of those categories or kinds.
        propose: draws a place for a model, or None where it finds none; gets what this call has placed before.
        margins_m: free space ahead and behind, and on both sides.
        max_tries: places to draw for each object.

    Raises:
        PlacementError: fewer than ``at_least`` found room.
    """
    ground = Ground(scene)
    placed: list[Instance] = []
    refused = {"overlaps": 0, "outside": 0}
    for k in range(wanted):
        models, places = draws.rng("model", k), draws.rng("spot", k)
        found: tuple[Asset, Spot] | None = None
        for _ in range(_MODELS):
            chosen = names[pick(models, weights)]
            asset = library.load(chosen[int(models.integers(len(chosen)))])
            before = refused["outside"]
            spot = _find_spot(ground, asset, placed, propose, places, margins_m, max_tries, refused)
            found = None if spot is None else (asset, spot)
            if found or refused["outside"] - before < max_tries:
                break
        if found is None:
            continue
        asset, spot = found
        ground.add(footprint(asset, spot))
        for factor, value in (
            ("asset", asset.name), ("x_m", spot.x_m), ("y_m", spot.y_m), ("heading_deg", math.degrees(spot.heading_rad))
        ):  # fmt: skip
            draws.note(factor, value, k)
        placed.append(
            Instance(
                id=scene.next_id + len(placed),
                name=f"{what}_{k}",
                asset=asset,
                world_from_object=spot.world_from_object,
                velocity_mps=spot.velocity_mps,
            )
        )
    draws.note("placed", len(placed))
    if len(placed) < at_least:
        raise PlacementError(
            f"could not place {at_least} of '{what}': {len(placed)} of {wanted} found room in {max_tries} tries "
            f"each ({refused['overlaps']} overlaps, {refused['outside']} found no place). The nearest that fits is a "
            f"count of {len(placed)}; else enlarge the place, or raise max_tries."
        )
    return scene.adding(*placed)


def _find_spot(
    ground: Ground,
    asset: Asset,
    placed: Sequence[Instance],
    propose: Propose,
    rng: np.random.Generator,
    margins_m: tuple[float, float],
    max_tries: int,
    refused: dict[str, int],
) -> Spot | None:
    for _ in range(max_tries):
        spot = propose(asset, placed, rng)
        if spot is None:
            refused["outside"] += 1
        elif ground.is_free(footprint(asset, spot), *margins_m) and ground.is_free_above(asset, spot):
            return spot
        else:
            refused["overlaps"] += 1
    return None


def _low_rectangle(mesh: Mesh, below_m: float) -> Rectangle:
    found = _FOUND.setdefault(mesh, {})
    if below_m not in found:
        low = mesh.vertices[mesh.vertices[:, 2] <= below_m, :2]
        used = low if len(low) else mesh.vertices[:, :2]
        (x0, y0), (x1, y1) = used.min(axis=0), used.max(axis=0)
        found[below_m] = (float(x0), float(y0), float(x1), float(y1))
    return found[below_m]


def _row(f: Footprint) -> np.ndarray:
    c, s = math.cos(f.heading_rad), math.sin(f.heading_rad)
    return np.array([f.x_m, f.y_m, f.half_length_m, f.half_width_m, c, s])


def _radius(rows: np.ndarray, c: np.ndarray, s: np.ndarray) -> np.ndarray:
    """Return how far rectangles reach from their middles along a direction (c, s)."""
    return rows[:, 2] * np.abs(rows[:, 4] * c + rows[:, 5] * s) + rows[:, 3] * np.abs(rows[:, 4] * s - rows[:, 5] * c)
