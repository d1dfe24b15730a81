"""What tests of places look at them with: a library of plain boxes, points along lanes, heights from above."""

from __future__ import annotations

import numpy as np

from simgen.assets.library import Library
from simgen.geometry.rays import Rays
from simgen.places.pieces import box, joined
from simgen.scene.asset import Asset
from simgen.scene.material import make_material
from simgen.scene.region import Lane
from simgen.scene.scene import Scene
from simgen.trace.tracer import Tracer

GROUND = ("road", "sidewalk", "kerb", "terrain")


class Boxes(Library):
    """A library of one plain box a category."""

    def __init__(self, sizes: dict[str, tuple[float, float, float]]) -> None:
        self.sizes = sizes

    def names(self, category=None, *, tags=(), without=()) -> tuple[str, ...]:
        return (category,) if category in self.sizes else ()

    def load(self, name: str) -> Asset:
        piece = box((0.0, 0.0, 0.0), self.sizes[name], 0.0, make_material("box", "plastic"), 1.0)
        return joined(name, name, [piece])


def along(lane: Lane, step_m: float = 2.0) -> np.ndarray:
    """Return (N, 3) points of a lane's middle."""
    return np.array([lane.point_at(float(s))[0] for s in np.arange(0.5, lane.length_m - 0.5, step_m)])


def heights_below(scene: Scene, points: np.ndarray, categories: tuple[str, ...]) -> np.ndarray:
    """Return the height of the highest surface of some categories at each point, seen from above."""
    tracer = Tracer([o for o in scene.objects if o.category in categories], threads=1)
    origin = np.column_stack([points[:, :2], np.full(len(points), 80.0)]).astype(np.float32)
    direction = np.tile(np.array([0.0, 0.0, -1.0], dtype=np.float32), (len(points), 1))
    hits = tracer.closest_hit(Rays(origin=origin, direction=direction, time_s=np.zeros(len(points), np.float32)))
    return 80.0 - hits.range_m.astype(np.float64)
