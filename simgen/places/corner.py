"""Corners of a junction: the rounded kerb, the pavement behind it and the land behind that."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simgen.assets.textures import TILE_M
from simgen.places.layers import Layers
from simgen.places.pieces import Piece, polygon
from simgen.places.road import KERB_TOP_M, Road
from simgen.places.section import EVERY_USE
from simgen.scene.region import Area

_ARC_STEPS = 10


@dataclass(frozen=True, kw_only=True, eq=False)
class Corner:
    """The corner between an arm and the next one counter-clockwise, in a frame whose x runs down the first arm.

    Attributes:
        name: prefix of its area.
        first, second: the two arms; both start at the end of the corner.
        turn_rad: heading of the first arm in the world; the second is a quarter turn further.
        radius_m: of the kerb.
        depth_m: of the land behind the pavements.
    """

    name: str
    first: Road
    second: Road
    turn_rad: float
    radius_m: float
    depth_m: float

    @property
    def kerb_line(self) -> np.ndarray:
        """(N, 2) kerb edge in the corner's frame, from the first arm to the second."""
        right, left = self.second.section.edges("drive", "park")[0], self.first.section.edges("drive", "park")[1]
        x0, y0, r = -right, left, self.radius_m
        angle = np.linspace(-math.pi / 2, -math.pi, _ARC_STEPS + 1)
        arc = np.column_stack([x0 + r + r * np.cos(angle), y0 + r + r * np.sin(angle)])
        return np.vstack([[self.reach_m[0], y0], arc, [x0, self.reach_m[1]]])

    @property
    def reach_m(self) -> tuple[float, float]:
        """How far from the junction's middle the first and the second arm begin."""
        first = float(np.hypot(*self.first.path.frame(0.0)[0]))
        return first, float(np.hypot(*self.second.path.frame(0.0)[0]))

    def world(self, points: np.ndarray) -> np.ndarray:
        """Turn (N, 2) points of the corner's frame into the world."""
        c, s = math.cos(self.turn_rad), math.sin(self.turn_rad)
        return np.asarray(points, dtype=np.float64) @ np.array([[c, s], [-s, c]])

    def layers(self) -> Layers:
        """Return the corner's kerb, pavement and land."""
        look, z = self.first.look, self.first.section.kerb_m
        line = self.kerb_line
        inner = _inset(line, KERB_TOP_M)
        far = np.array(self.reach_m)
        pavement = polygon(self.world(np.vstack([far, inner])), z, look.walk, TILE_M["paving"])
        out_first = self.first.section.edges(*EVERY_USE)[1]
        out_second = -self.second.section.edges(*EVERY_USE)[0]
        x, y = self.reach_m
        end_x, end_y = x + self.first.span_m[1], y + self.second.span_m[1]
        blocks = (
            ((x, out_first), (end_x, y)),
            ((out_second, y), (x, end_y)),
            ((x, y), (min(end_x, x + self.depth_m * 3), min(end_y, y + self.depth_m * 3))),
        )
        land = [
            polygon(self.world(_rectangle(a, b)), z, look.plot, look.plot_tile_m)
            for a, b in blocks
            if b[0] - a[0] > 1e-6 and b[1] - a[1] > 1e-6
        ]
        return {"kerb": [self._kerb(line)], "sidewalk": [pavement], "terrain": land}

    def area(self) -> Area:
        """Return the pavement of the corner as a region, facing the junction."""
        far = np.array(self.reach_m)
        inner = self.world(np.vstack([far, _inset(self.kerb_line, KERB_TOP_M)]))
        return Area(
            name=f"{self.name}/pavement",
            use="pavement",
            corners_m=tuple((float(x), float(y)) for x, y in inner),
            z_m=self.first.section.kerb_m,
            heading_deg=math.degrees(self.turn_rad) - 135.0,
        )

    def _kerb(self, line: np.ndarray) -> Piece:
        """Return the kerb stones along the corner: the profile of `simgen.places.road.kerb`, swept along the line."""
        h = self.first.section.kerb_m
        shape = [(0.0, -0.02), (0.01, h - 0.02), (0.016, h - 0.006), (0.03, h), (KERB_TOP_M, h)]
        rows = [np.column_stack([self.world(_inset(line, d)), np.full(len(line), z)]) for d, z in shape]
        along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
        across = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(np.asarray(shape), axis=0), axis=1))])
        index = np.arange(len(shape) * len(line)).reshape(len(shape), len(line))
        a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]
        # The line runs against the sense in which its left is up, so the faces turn the other way.
        faces = np.concatenate([np.stack([a, c, b], -1).reshape(-1, 3), np.stack([a, d, c], -1).reshape(-1, 3)])
        grid_u, grid_v = np.meshgrid(along, across)
        uv = np.column_stack([grid_u.ravel(), grid_v.ravel()]) / TILE_M["kerb_stone"]
        return Piece(vertices=np.concatenate(rows), faces=faces, uv=uv, material=self.first.look.kerb)


def _inset(line: np.ndarray, distance_m: float) -> np.ndarray:
    """Return the corner's kerb line moved away from the road: its arc has its centre on that side."""
    step = np.gradient(line, axis=0)
    step[0], step[-1] = (-1.0, 0.0), (0.0, 1.0)
    normal = np.column_stack([step[:, 1], -step[:, 0]]) / np.linalg.norm(step, axis=1, keepdims=True)
    # Straight first and last pieces: the arc's ends keep the direction of the straight they touch.
    normal[1], normal[-2] = (0.0, 1.0), (1.0, 0.0)
    return line + np.where((normal @ np.array([1.0, 1.0]))[:, None] >= 0, normal, -normal) * distance_m


def _rectangle(low: tuple[float, float], high: tuple[float, float]) -> np.ndarray:
    return np.array([low, (high[0], low[1]), high, (low[0], high[1])])
