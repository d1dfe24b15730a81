"""What stands and hangs along the walls of a room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from simgen.assets.library import NEEDS_SUPPORT, Library
from simgen.distributions import AnyDistribution
from simgen.geometry.pose import Vector3, at
from simgen.places.choose import choose
from simgen.places.enclosure import Walls
from simgen.places.interior import at_wall, wall_length
from simgen.places.pieces import Part
from simgen.scene.asset import Asset
from simgen.streams import Draws

Rectangle = tuple[float, float, float, float]
"""(x0, y0, x1, y1) on the floor, metres."""

_TRIES = 30


def rectangle(x: float, y: float, length_m: float, width_m: float) -> Rectangle:
    """Return the floor rectangle around (x, y)."""
    return x - length_m / 2, y - width_m / 2, x + length_m / 2, y + width_m / 2


def furnish(
    draws: Draws,
    library: Library,
    count: AnyDistribution,
    categories: Mapping[str, float],
    walls: Walls,
    taken: list[Rectangle],
    without: tuple[str, ...] = NEEDS_SUPPORT,
) -> list[Part]:
    """Stand furniture along the walls: clear of what is taken, the door and each other, low before windows.

    Models tagged with a word of ``without`` are left out.
    """
    wanted = int(draws.value("furniture", count))
    held = {c: w for c, w in categories.items() if w > 0 and library.names(c, without=without)}
    door = at_wall(walls.door[0], walls.size_m, walls.door[1], 0.5)
    taken = [*taken, rectangle(door[0], door[1], 1.1, 1.1)]
    parts: list[Part] = []
    for k in range(wanted if held else 0):
        rng = draws.rng("furniture_item", k)
        weights = np.cumsum(list(held.values()))
        category = list(held)[int(np.searchsorted(weights, rng.uniform(0, weights[-1]), side="right"))]
        name = choose(library, category, rng, without=without)
        asset = library.load(name)
        spot = free_stretch(rng, asset, walls, taken)
        if spot is not None:
            wall, along = spot
            x, y, yaw = at_wall(wall, walls.size_m, along, asset.size_m[0] / 2 + _OFF_WALL_M)
            taken.append(_footprint(asset, wall, along, walls))
            parts.append(Part(name=f"furniture_{k}", asset=asset, world_from_object=at(x, y, 0.0, yaw)))
            draws.note("furniture_item", name, k)
    draws.note("furniture_placed", len(parts))
    return parts


def hang_pictures(
    draws: Draws, library: Library, count: AnyDistribution, walls: Walls, furniture: Sequence[Part]
) -> list[Part]:
    """Hang pictures at eye height on free stretches of wall, clear of furniture; none where the library holds none."""
    wanted = int(draws.value("pictures", count))
    names = library.names("picture", without=("posed",))
    parts: list[Part] = []
    hung = _hung(walls)
    for k in range(wanted if names else 0):
        rng = draws.rng("picture", k)
        name = names[int(rng.integers(len(names)))]
        if (part := _hang(f"picture_{k}", library.load(name), rng, walls, hung, furniture)) is not None:
            parts.append(part)
            draws.note("picture", name, k)
    draws.note("pictures_hung", len(parts))
    return parts


def hang(draws: Draws, name: str, assets: Sequence[Asset], walls: Walls, furniture: Sequence[Part]) -> list[Part]:
    """Hang what is given at eye height on free stretches of wall, clear of furniture; what finds none is left out."""
    hung = _hung(walls)
    found = [_hang(f"{name}_{k}", asset, draws.rng(name, k), walls, hung, furniture) for k, asset in enumerate(assets)]
    parts = [part for part in found if part is not None]
    draws.note(f"{name}_hung", len(parts))
    return parts


_Span = tuple[int, float, float]
"""Wall, middle along it and width of what is on it already."""


def _hung(walls: Walls) -> list[_Span]:
    return [(o.wall, o.along_m, o.width_m) for o in walls.windows] + [(walls.door[0], walls.door[1], 1.1)]


def _hang(
    name: str,
    asset: Asset,
    rng: np.random.Generator,
    walls: Walls,
    busy: list[_Span],
    furniture: Sequence[Part],
) -> Part | None:
    """Return where a picture hangs, which is then busy; None after some tries."""
    width = asset.size_m[1]
    for _ in range(_TRIES):
        wall = int(rng.integers(4))
        reach = wall_length(wall, walls.size_m) / 2 - width / 2 - 0.2
        along = float(rng.uniform(-max(reach, 0), max(reach, 0)))
        x, y, yaw = at_wall(wall, walls.size_m, along, asset.size_m[0] / 2 + 0.002)
        hung = Part(name=name, asset=asset, world_from_object=at(x, y, 1.6 - asset.size_m[2] / 2, yaw))
        on_wall = all(w != wall or abs(a - along) > (width + b) / 2 + 0.15 for w, a, b in busy)
        if reach > 0 and on_wall and not any(touches(hung, other) for other in furniture):
            busy.append((wall, along, width))
            return hung
    return None


def covered(part: Part, margin_m: float = 0.0) -> Rectangle:
    """Return the upright floor rectangle around a part, so much wider on all sides."""
    points = part.world_from_object.apply(part.asset.mesh.vertices)[:, :2]
    low, high = points.min(axis=0) - margin_m, points.max(axis=0) + margin_m
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def is_free(spot: Rectangle, size_m: Vector3, taken: Sequence[Rectangle]) -> bool:
    """Return whether a rectangle lies in a room and overlaps none that is taken."""
    inside = max(abs(spot[0]), abs(spot[2])) <= size_m[0] / 2 and max(abs(spot[1]), abs(spot[3])) <= size_m[1] / 2
    return inside and not any(_overlap(spot, other) for other in taken)


_OFF_WALL_M = 0.03


def free_stretch(
    rng: np.random.Generator, asset: Asset, walls: Walls, taken: list[Rectangle]
) -> tuple[int, float] | None:
    """Draw a wall and a position along it that is free, or None after some tries."""
    for _ in range(_TRIES):
        wall = int(rng.integers(4))
        reach = wall_length(wall, walls.size_m) / 2 - asset.size_m[1] / 2 - 0.05
        if reach <= 0 or asset.size_m[2] > walls.size_m[2] - 0.05:
            continue
        along = float(rng.uniform(-reach, reach))
        before_window = any(
            o.wall == wall and asset.size_m[2] > o.sill_m and abs(along - o.along_m) < (asset.size_m[1] + o.width_m) / 2
            for o in walls.windows
        )
        if not before_window and not any(_overlap(_footprint(asset, wall, along, walls), t) for t in taken):
            return wall, along
    return None


def _footprint(asset: Asset, wall: int, along_m: float, walls: Walls) -> Rectangle:
    x, y, _ = at_wall(wall, walls.size_m, along_m, asset.size_m[0] / 2 + _OFF_WALL_M)
    deep, wide = asset.size_m[0] + 0.05, asset.size_m[1] + 0.05
    return rectangle(x, y, *((deep, wide) if wall % 2 == 0 else (wide, deep)))


def touches(one: Part, other: Part) -> bool:
    """Return whether the upright boxes around two parts come within 3 cm of each other."""
    a, b = (part.world_from_object.apply(part.asset.mesh.vertices) for part in (one, other))
    return bool(((a.min(axis=0) - 0.03 < b.max(axis=0)) & (b.min(axis=0) - 0.03 < a.max(axis=0))).all())


def _overlap(a: Rectangle, b: Rectangle) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
