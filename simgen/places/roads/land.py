"""The land around a road network: as high as the roads nearby, rising to hills at the horizon."""

from __future__ import annotations

import math

import numpy as np

from simgen.assets.textures import TILE_M
from simgen.places.backdrop import HORIZON_M, draw_hills
from simgen.places.pieces import Part, Piece, joined
from simgen.places.roads.ground import LAND_BELOW_M
from simgen.places.roads.network import Network
from simgen.scene.material import Material
from simgen.streams import Draws

_CELL_M = 10.0
_SAMPLE_M = 8.0


class Terrain:
    """Heights of the land around a network, at any point."""

    def __init__(self, network: Network, draws: Draws, hill_m: tuple[float, float] = (4.0, 26.0)) -> None:
        """Draw the hills at the horizon."""
        self._hill_m, self._waves = draw_hills(draws, hill_m)
        points = []
        for road in network.roads:
            count = max(2, math.ceil(road.line.length_m / _SAMPLE_M) + 1)
            points.append(road.line.at(np.linspace(0.0, road.line.length_m, count)).beside(0.0))
        self.roads = np.concatenate(points)
        self.reach_m = max(HORIZON_M, float(np.abs(self.roads[:, :2]).max()) + 40.0)

    def heights(self, xy: np.ndarray) -> np.ndarray:
        """Return (N,) heights at (N, 2) points.

        Near a road the land lies `LAND_BELOW_M` below it; between roads heights are shared out by the inverse fourth
        power of the distance (Shepard 1968), so that none is cut by the land. Hills rise from 80 m away from all roads.
        """
        square = ((np.asarray(xy)[:, None] - self.roads[None, :, :2]) ** 2).sum(axis=2)
        weight = 1.0 / np.maximum(square, 1.0) ** 2
        height = (weight * self.roads[None, :, 2]).sum(axis=1) / weight.sum(axis=1)
        away = np.sqrt(square.min(axis=1))
        angle = np.arctan2(xy[:, 1], xy[:, 0])
        waves = sum(a * np.cos(k * angle + phase) for k, a, phase in self._waves) / sum(a for _, a, _ in self._waves)
        rise = np.clip((away - 80.0) / 320.0, 0.0, 1.0)
        return height - LAND_BELOW_M + self._hill_m * (0.55 + 0.45 * waves) * rise * rise * (3 - 2 * rise)

    def height(self, x_m: float, y_m: float) -> float:
        """Return the height at one point."""
        return float(self.heights(np.array([[x_m, y_m]]))[0])

    def mesh_height(self, x_m: float, y_m: float) -> float:
        """Return the height at one point of the land as `part` has it: flat between the corners of its triangles."""
        column, row = math.floor(x_m / _CELL_M), math.floor(y_m / _CELL_M)
        corners = [(column, row), (column + 1, row), (column + 1, row + 1), (column, row + 1)]
        a, b, c, d = (float(z) for z in self.heights(np.array(corners) * _CELL_M))
        u, v = x_m / _CELL_M - column, y_m / _CELL_M - row
        # Each cell is cut from its corner at the lowest x and y to the one at the highest.
        return a + u * (b - a) + v * (c - b) if u >= v else a + u * (c - d) + v * (d - a)

    def part(self, material: Material) -> Part:
        """Return the land as one mesh out to the horizon: cells of 10 m."""
        count = math.ceil(self.reach_m / _CELL_M)
        line = np.arange(-count, count + 1) * _CELL_M
        x, y = np.meshgrid(line, line)
        xy = np.column_stack([x.ravel(), y.ravel()])
        z = np.concatenate([self.heights(rows) for rows in np.array_split(xy, max(1, len(xy) // 2000))])
        index = np.arange(len(xy)).reshape(len(line), len(line))
        a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]
        faces = np.concatenate([np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)])
        piece = Piece(
            vertices=np.column_stack([xy, z]), faces=faces, uv=xy / (1.3 * TILE_M["grass"]), material=material
        )
        return Part(name="land", asset=joined("place/land", "terrain", [piece], crease_deg=60.0))
