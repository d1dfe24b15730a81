"""Drops of water on the glass before a lens: each a small strong lens that shows the scene upside down."""

from __future__ import annotations

import math
from typing import NamedTuple

import cv2
import numpy as np

from simgen.geometry.pose import Pose
from simgen.geometry.rays import Hits, Rays
from simgen.render.compiled import kernel
from simgen.render.environment import Environment
from simgen.render.noise import normals, uniforms
from simgen.scene.camera import Camera
from simgen.scene.lens_dirt import LensDirt
from simgen.trace.tracer import Tracer

_CELLS = 32
"""Of the picture that all drops show, along each side."""

_WIDEST_RAD = math.radians(46.0)
"""How far off the axis the rim of a drop looks: a flat cap that meets the glass at 60 to 90 degrees."""

_CLEARNESS = 0.85
"""Share of light that comes through a drop's middle."""

_SPREAD = 0.45
"""Standard deviation of the logarithm of diameters."""

_FILM = 0.4
"""How much of a running drop's trail bends the light as a drop does."""

# Dimensions of the draws.
_COUNT, _PLACE, _SIZE, _SHAPE, _RUNS, _TRAIL = 300, 301, 303, 305, 309, 310


class Spots(NamedTuple):
    """N spots on the glass, positions and radii in cells of the grid that they are drawn on.

    Attributes:
        place: (N, 2) float64 x and y of the middle.
        radius: (N,) float64.
        shape: (N, 4) float64 amplitude and phase of the second and third harmonic of the outline's radius.
        strength: (N,) float64 how opaque, or how strongly refracting, 0 to 1.
    """

    place: np.ndarray
    radius: np.ndarray
    shape: np.ndarray
    strength: np.ndarray


def scattered(
    key: np.uint64, dimension: int, per_cm2: float, size_mm: float, cells_per_mm: float, shape: tuple[int, int]
) -> Spots:
    """Return spots strewn evenly over a grid of (H, W) cells and a little beyond, their sizes lognormal.

    Args:
        key: of the random numbers.
        dimension: the first of the nine that are used.
        per_cm2: how many there are.
        size_mm: median diameter.
        cells_per_mm: of the grid.
        shape: of the grid.
    """
    margin = 2.0 * size_mm * cells_per_mm
    size = np.array(shape[::-1]) + 2.0 * margin
    wanted = per_cm2 * float(np.prod(size)) / (10.0 * cells_per_mm) ** 2
    index = np.arange(int(wanted + uniforms(key, np.arange(1), dimension)[0]))
    place = np.stack([uniforms(key, index, dimension + 1 + k) for k in range(2)], axis=1) * size - margin
    diameter = size_mm * np.exp(_SPREAD * np.clip(normals(key, index, dimension + 3), -2.5, 2.5))
    outline = np.stack([uniforms(key, index, dimension + 5 + k) for k in range(4)], axis=1)
    outline *= (0.1, 2.0 * math.pi, 0.08, 2.0 * math.pi)
    return Spots(place, diameter / 2.0 * cells_per_mm, outline, np.ones(len(index)))


def drops_of(dirt: LensDirt, key: np.uint64, cells_per_mm: float, shape: tuple[int, int], down: np.ndarray) -> Spots:
    """Return the drops on a grid of (H, W) cells, those that run with the beads and the film they leave behind.

    Args:
        dirt: how many, how large, how many run.
        key: of the random numbers.
        cells_per_mm: of the grid.
        shape: of the grid.
        down: (2,) unit direction in which they run.
    """
    drops = scattered(key, _COUNT, dirt.drops_per_cm2, dirt.drop_mm, cells_per_mm, shape)
    index = np.arange(len(drops.radius))
    runs = np.flatnonzero(uniforms(key, index, _RUNS) < dirt.running)
    if not len(runs):
        return drops
    steps = np.arange(1, 49)
    radius = drops.radius[runs, None] * np.ones(len(steps))
    item = runs[:, None] * 64 + steps
    u = [uniforms(key, item.ravel(), _TRAIL + k).reshape(item.shape) for k in range(3)]
    length = 6.0 + 14.0 * uniforms(key, runs, _TRAIL + 3)[:, None]
    back = steps / len(steps) * length * radius
    bent = 0.5 * np.sin(back / radius * 0.45 + 6.0 * uniforms(key, runs, _TRAIL + 4)[:, None])
    bent *= radius * np.minimum(steps / 12.0, 1.0)
    across = np.array([-down[1], down[0]])
    path = drops.place[runs, None] - back[..., None] * down + bent[..., None] * across
    bead = u[0] < 0.3
    size = np.where(bead, radius * (0.12 + 0.25 * u[1]), radius * (0.6 - 0.35 * steps / len(steps)))
    path += np.where(bead, (u[2] - 0.5) * 0.5 * radius, 0.0)[..., None] * across
    strength = np.where(bead, 1.0, _FILM * (1.0 - 0.6 * steps / len(steps)))
    # The film first: where the same is as strong, what comes later lies on top.
    order = np.argsort(bead.ravel(), kind="stable")
    trail = Spots(path.reshape(-1, 2)[order], size.ravel()[order], np.zeros((size.size, 4)), strength.ravel()[order])
    return Spots(*(np.concatenate(pair) for pair in zip(trail, drops, strict=True)))


def upside_down(
    nit: np.ndarray, hits: Hits, camera: Camera, pose: Pose, environment: Environment | None, tracer: Tracer
) -> np.ndarray:
    """Return (32, 32, 3) float32 what a drop shows, within the circle that fills the table.

    A point of the drop off its middle shows what lies as many times 46 degrees off the axis on the other side. What
    lies beside the image is sky, or as bright as what stands in the image on average.

    Args:
        nit: (H, W, 3) float32 the image.
        hits: what is behind its pixels.
        camera: whose image it is.
        pose: world_from_camera.
        environment: the open sky; None where there is none.
        tracer: of the scene's objects.
    """
    y, x = (np.mgrid[0:_CELLS, 0:_CELLS] + 0.5) / _CELLS * 2.0 - 1.0
    radius = np.maximum(np.hypot(x, y), 1e-9)
    angle = np.minimum(radius, 1.0) * _WIDEST_RAD
    sine = np.sin(angle) / radius
    direction = np.stack([-x * sine, -y * sine, np.cos(angle)], axis=-1).reshape(-1, 3)
    place, _ = camera.project(direction)
    columns, rows = min(48, camera.width_px), min(24, camera.height_px)
    cell = np.floor(place / (camera.width_px, camera.height_px) * (columns, rows))
    inside = np.all((cell >= 0) & (cell < np.array([columns, rows])), axis=1)
    column, row = np.where(inside[:, None], cell, 0.0).astype(int).T
    shown = cv2.resize(nit, (columns, rows), interpolation=cv2.INTER_AREA)[row, column]
    solid = (hits.triangle >= 0).reshape(nit.shape[:2])
    average = nit[solid].mean(axis=0, dtype=np.float64) if solid.any() else np.zeros(3)
    world = pose.rotate(direction)
    origin = np.broadcast_to(np.array(pose.translation_m, np.float32), world.shape)
    rays = Rays(origin=origin, direction=world.astype(np.float32), time_s=np.zeros(len(world), np.float32))
    is_open = tracer.closest_hit(rays).triangle < 0
    sky = np.zeros(3) if environment is None else _sky(environment, world)
    beside = np.where(is_open[:, None], sky, average)
    shown = np.where(inside[:, None], shown, beside)
    return np.ascontiguousarray(shown, np.float32).reshape(_CELLS, _CELLS, 3)


def _sky(environment: Environment, direction: np.ndarray) -> np.ndarray:
    """Return (N, 3) the nearest entries of the sky's table."""
    rows, columns, _ = environment.sharp.shape
    z = np.arcsin(np.clip(direction[:, 2], -1.0, 1.0))
    along = 0.5 + 0.5 * np.sign(z) * np.sqrt(np.abs(z) / (math.pi / 2.0))
    turn = np.arctan2(direction[:, 1], direction[:, 0]) / (2.0 * math.pi) % 1.0
    row = np.minimum((along * rows).astype(int), rows - 1)
    return environment.sharp[row, np.minimum((turn * columns).astype(int), columns - 1)]


def refract(shape: tuple[int, int], drops: Spots, shown: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (H, W) how far each cell is covered by drops, and (H, W, 3) float32 the light they add there.

    Args:
        shape: (H, W) of the grid.
        drops: on it; of two in one cell the stronger counts.
        shown: as `upside_down` gives it.
    """
    water, light = np.zeros(shape, np.float32), np.zeros((*shape, 3), np.float32)
    _refract(shape[0], water, light, *drops, shown)
    return water, light


@kernel
def _refract(
    start: int,
    stop: int,
    water: np.ndarray,
    light: np.ndarray,
    place: np.ndarray,
    radius: np.ndarray,
    shape: np.ndarray,
    strength: np.ndarray,
    shown: np.ndarray,
) -> None:
    columns, cells = water.shape[1], shown.shape[0]
    for i in range(len(radius)):
        x0, y0, reach = place[i, 0], place[i, 1], 1.2 * radius[i] + 1.0
        for row in range(max(start, math.floor(y0 - reach)), min(stop, math.ceil(y0 + reach))):
            for column in range(max(0, math.floor(x0 - reach)), min(columns, math.ceil(x0 + reach))):
                x, y = (column + 0.5 - x0) / radius[i], (row + 0.5 - y0) / radius[i]
                turn = math.atan2(y, x)
                rim = 1.0 + shape[i, 0] * math.cos(2.0 * turn + shape[i, 1])
                rim += shape[i, 2] * math.cos(3.0 * turn + shape[i, 3])
                off = math.sqrt(x * x + y * y) / rim
                covered = strength[i] * min(max((1.0 - off) * radius[i] * rim + 0.5, 0.0), 1.0)
                if covered <= 0.0 or covered < water[row, column]:
                    continue
                # Near its rim a drop is steep: less and less comes through.
                bright = covered * _CLEARNESS * (1.0 - 0.8 * min(off, 1.0) ** 5)
                a = min(max(int((x / rim * 0.5 + 0.5) * cells), 0), cells - 1)
                b = min(max(int((y / rim * 0.5 + 0.5) * cells), 0), cells - 1)
                water[row, column] = covered
                for k in range(3):
                    light[row, column, k] = bright * shown[b, a, k]


def soil(passed: np.ndarray, spots: Spots) -> None:
    """Take from (H, W) float32 shares of light what spots of dirt hold back, in place."""
    _soil(len(passed), passed, *spots)


@kernel
def _soil(
    start: int,
    stop: int,
    passed: np.ndarray,
    place: np.ndarray,
    radius: np.ndarray,
    shape: np.ndarray,
    strength: np.ndarray,
) -> None:
    columns = passed.shape[1]
    for i in range(len(radius)):
        # A spot smaller than a cell dims it by its share of the cell.
        size = max(radius[i], 0.5)
        dark = strength[i] * (radius[i] / size) ** 2
        x0, y0, reach = place[i, 0], place[i, 1], 1.3 * size + 1.0
        for row in range(max(start, math.floor(y0 - reach)), min(stop, math.ceil(y0 + reach))):
            for column in range(max(0, math.floor(x0 - reach)), min(columns, math.ceil(x0 + reach))):
                x, y = column + 0.5 - x0, row + 0.5 - y0
                turn = math.atan2(y, x)
                rim = 1.0 + shape[i, 0] * math.cos(2.0 * turn + shape[i, 1])
                rim += shape[i, 2] * math.cos(3.0 * turn + shape[i, 3])
                inside = min(max(size * rim - math.sqrt(x * x + y * y) + 0.5, 0.0), 1.0)
                passed[row, column] *= 1.0 - dark * inside
