"""Bookcases along the walls of a room, their boards full of books."""

from __future__ import annotations

import numpy as np

from simgen.assets.families import furniture, study
from simgen.geometry.pose import Pose, at
from simgen.places.enclosure import Walls
from simgen.places.furnish import Rectangle, covered, free_stretch, rectangle
from simgen.places.interior import at_wall
from simgen.places.pieces import Part
from simgen.scene.asset import Asset
from simgen.streams import Draws


def on(frame: Pose, name: str, asset: Asset, spot_m: tuple[float, float, float], turn_rad: float = 0.0) -> Part:
    """Return a part that stands at a spot of a frame."""
    return Part(name=name, asset=asset, world_from_object=frame @ at(*spot_m, turn_rad))


def stand_bookcases(draws: Draws, wanted: int, walls: Walls, taken: list[Rectangle]) -> list[Part]:
    """Stand bookcases along the walls, their boards full of books; adds what they take."""
    door = at_wall(walls.door[0], walls.size_m, walls.door[1], 0.5)
    taken.append(rectangle(door[0], door[1], 1.1, 1.1))
    parts: list[Part] = []
    for k in range(wanted):
        rng = draws.rng("bookcase", k)
        case = furniture.draw_shelf(rng)
        spot = free_stretch(rng, case, walls, taken)
        if spot is None:
            continue
        x, y, yaw = at_wall(spot[0], walls.size_m, spot[1], case.size_m[0] / 2 + 0.03)
        part = Part(name=f"bookcase_{k}", asset=case, world_from_object=at(x, y, 0.0, yaw))
        taken.append(covered(part, 0.025))
        parts += [part, *_books_in(rng, part)]
    draws.note("bookcases_placed", sum(p.asset.category == "shelf" for p in parts))
    return parts


def _books_in(rng: np.random.Generator, case: Part) -> list[Part]:
    """Return rows of books on a shelf's boards; some boards are left empty."""
    deep, wide, tall = case.asset.size_m
    boards = max(3, round(tall / 0.36))
    tops = np.linspace(0.06 + 0.009, tall - 0.009, boards)[:-1] + 0.009
    clear = float(tops[1] - tops[0]) - 0.018 if boards > 2 else 0.3
    parts = []
    for k, z in enumerate(tops):
        if rng.random() < 0.2:
            continue
        row = study.draw_standing_books(rng, wide - 0.06, clear - 0.02, deep - 0.03)
        parts.append(
            on(
                case.world_from_object,
                f"{case.name}_books_{k}",
                row,
                (0.008, -0.5 * (wide - 0.05 - row.size_m[1]), float(z)),
            )
        )
    return parts
