"""The randomizer ``room_lights``: ceiling panels and bulbs of drawn number, place, brightness and colour."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from simgen.assets.library import Library
from simgen.distributions import AnyDistribution, Choice, LogUniform, Uniform, UniformInt, check_support
from simgen.errors import PlacementError
from simgen.geometry.pose import Vector3, at
from simgen.scene.asset import Asset, Credit
from simgen.scene.light import AreaLight, PointLight, UniformSky
from simgen.scene.material import Rgb, make_material
from simgen.scene.mesh import mesh_from_faces
from simgen.scene.region import Area
from simgen.scene.scene import Instance, Scene
from simgen.scene.white import white
from simgen.streams import Draws

_HANG_M = 0.03
_BULB_RADIUS_M = 0.045
_CORD_M = 0.3


@dataclass(frozen=True, kw_only=True)
class RoomLights:
    """Lights a room from its ceiling.

    All lamps of a draw share size, colour and brightness, which is set so that together they give the drawn
    illuminance at the middle of the lit region, directly and unshadowed; walls and windows add to it.

    Attributes:
        name: prefix of its factors.
        every: once per scene or for each frame.
        over: use of the area whose illuminance is drawn.
        fixture: ``panel`` (level rectangle), ``tube`` (long narrow one) or ``bulb`` (point in a globe).
        count: how many lamps.
        illuminance_lux: direct, on a level surface at the region's middle.
        colour_temperature_k: of their white, 1667 to 25000.
        panel_m: edge of a panel.
        reach: how far from the room's middle lamps hang, as a share of its half length and width.
        stray_nit: luminance of even light from everywhere, on top; 0 for none.
    """

    kind: Literal["room_lights"] = "room_lights"
    name: str = "room_lights"
    every: Literal["scene", "frame"] = "scene"
    over: str = "table_top"
    fixture: AnyDistribution = Choice(options=("panel", "tube", "bulb"), weights=(0.55, 0.2, 0.25))
    count: AnyDistribution = UniformInt(low=1, high=4)
    illuminance_lux: AnyDistribution = LogUniform(low=150.0, high=800.0)
    colour_temperature_k: AnyDistribution = Uniform(low=2700.0, high=6500.0)
    panel_m: AnyDistribution = Uniform(low=0.3, high=0.7)
    reach: AnyDistribution = Uniform(low=0.35, high=0.7)
    stray_nit: AnyDistribution = LogUniform(low=1.0, high=6.0)

    def __post_init__(self) -> None:
        check_support("count", self.count, 1, 24)
        check_support("illuminance_lux", self.illuminance_lux, 0.1, 100000.0)
        check_support("colour_temperature_k", self.colour_temperature_k, 1667.0, 25000.0)
        check_support("panel_m", self.panel_m, 0.05, 3.0)
        check_support("reach", self.reach, 0.0, 0.95)
        check_support("stray_nit", self.stray_nit, 0.0, 10000.0)

    def __call__(self, scene: Scene, draws: Draws, library: Library) -> Scene:  # noqa: ARG002 - a Randomizer
        """Return the lit scene.

        Raises:
            PlacementError: there is no such area, or no room (an area ``floor`` with walls) around it.
        """
        lit = scene.areas(self.over)
        rooms = [a for a in scene.areas("floor") if a.rim_m > 0]
        if not lit or not rooms:
            missing = f"area {self.over!r}" if not lit else "room"
            raise PlacementError(f"{self.name}: there is no {missing} to light in the scene")
        fixture = draws.value("fixture", self.fixture)
        count = int(draws.value("count", self.count))
        kelvin = float(draws.value("colour_temperature_k", self.colour_temperature_k))
        lux = float(draws.value("illuminance_lux", self.illuminance_lux))
        stray = float(draws.value("stray_nit", self.stray_nit))
        edge = float(draws.value("panel_m", self.panel_m))
        color = white(kelvin)
        spots = _spots(draws, rooms[0], count, float(draws.value("reach", self.reach)))
        x, y = np.asarray(lit[0].corners_m).mean(axis=0)
        target = (float(x), float(y), lit[0].z_m)
        if fixture == "bulb":
            lights, lamps = _bulbs(spots, lux, color, target)
        else:
            size = (edge * 2.4, 0.12) if fixture == "tube" else (edge, edge)
            lights, lamps = _panels(spots, lux, color, target, size)
        instances = tuple(
            Instance(id=scene.next_id + k, name=f"{self.name}_{k}", asset=asset, world_from_object=at(*spot))
            for k, (asset, spot) in enumerate(lamps)
        )
        sky = UniformSky(luminance_nit=_scaled(color, stray)) if stray > 0 else scene.sky
        return replace(scene.adding(*instances), lights=scene.lights + lights, sky=sky)


def _scaled(color: Rgb, factor: float) -> Rgb:
    return color[0] * factor, color[1] * factor, color[2] * factor


def _spots(draws: Draws, room: Area, count: int, reach: float) -> list[Vector3]:
    """Return where lamps hang: a row or a square of them, evenly spread, the whole a little shifted."""
    corners = np.asarray(room.corners_m)
    middle, half = corners.mean(axis=0), np.ptp(corners, axis=0) / 2
    rng = draws.rng("layout")
    shift = rng.uniform(-0.15, 0.15, 2)
    draws.note("layout", f"{shift[0]:.3f},{shift[1]:.3f}")
    long = int(np.argmax(half))
    rows = 2 if count >= 4 else 1
    spots = []
    for k in range(count):
        columns = -(-count // rows)
        along = 0.0 if columns == 1 else 2 * (k // rows) / (columns - 1) - 1
        across = 0.0 if rows == 1 else 2 * (k % rows) - 1
        offset = np.zeros(2)
        offset[long], offset[1 - long] = along * reach, across * reach
        x, y = middle + half * (offset + shift)
        spots.append((float(x), float(y), room.z_m + room.rim_m))
    return spots


def _panels(
    spots: list[Vector3], lux: float, color: Rgb, target: Vector3, size: tuple[float, float]
) -> tuple[tuple[AreaLight, ...], list[tuple[Asset, Vector3]]]:
    half_u, half_v = size[0] / 2, size[1] / 2
    per_nit = sum(_panel_illuminance(spot, size, target) for spot in spots)
    luminance = _scaled(color, lux / per_nit)
    lights = tuple(
        AreaLight(
            center_m=(x, y, z - _HANG_M - 0.002),
            edge_u_m=(0.0, size[1], 0.0),
            edge_v_m=(size[0], 0.0, 0.0),
            luminance_nit=luminance,
        )
        for x, y, z in spots
    )
    asset = _lamp(_slab(half_u, half_v), luminance)
    return lights, [(asset, (x, y, z - _HANG_M)) for x, y, z in spots]


def _panel_illuminance(spot: Vector3, size: tuple[float, float], target: Vector3) -> float:
    """Return the lux that a panel of 1 nit throws on a level point below, summed over 8 x 8 patches."""
    steps = (np.arange(8) + 0.5) / 8 - 0.5
    u, v = np.meshgrid(steps * size[0], steps * size[1])
    away = np.stack(
        [spot[0] + u - target[0], spot[1] + v - target[1], np.full_like(u, spot[2] - _HANG_M - target[2])], axis=-1
    )
    square = (away**2).sum(axis=-1)
    return float((away[..., 2] ** 2 / square**2).sum() * size[0] * size[1] / 64)


def _bulbs(
    spots: list[Vector3], lux: float, color: Rgb, target: Vector3
) -> tuple[tuple[PointLight, ...], list[tuple[Asset, Vector3]]]:
    hung = [(x, y, z - _CORD_M - _BULB_RADIUS_M) for x, y, z in spots]
    per_candela = 0.0
    for spot in hung:
        away = np.subtract(spot, target)
        per_candela += float(away[2] / np.linalg.norm(away) ** 3)
    candela = lux / per_candela
    # A globe that gives its intensity evenly has this luminance over its disc.
    luminance = _scaled(color, candela / (math.pi * _BULB_RADIUS_M**2))
    asset = _lamp(_globe_on_cord(_CORD_M - _BULB_RADIUS_M), luminance)
    intensity = _scaled(color, candela)
    lights = tuple(PointLight(position_m=spot, intensity_cd=intensity, radius_m=_BULB_RADIUS_M) for spot in hung)
    return lights, [(asset, (x, y, z - _BULB_RADIUS_M)) for x, y, z in hung]


def _lamp(parts: tuple[np.ndarray, np.ndarray, np.ndarray], luminance: Rgb) -> Asset:
    vertices, faces, glows = parts
    return Asset(
        name="room/lamp",
        category="ceiling",
        mesh=mesh_from_faces(vertices, faces, face_material=np.where(glows, 0, 1)),
        materials=(
            make_material("glow", "lamp", (0.0, 0.0, 0.0), emission_nit=luminance),
            make_material("housing", "painted_metal", (0.7, 0.7, 0.7)),
        ),
        credit=Credit(author="simgen contributors", licence="CC0-1.0", source="simgen"),
    )


def _slab(half_x: float, half_y: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a flat housing from z = 0 to the ceiling whose lower face glows."""
    signs = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])
    ring = signs * (half_x, half_y)
    vertices = np.concatenate([np.column_stack([ring, np.full(4, z)]) for z in (0.0, _HANG_M)])
    sides = [[k, (k + 1) % 4, (k + 1) % 4 + 4] for k in range(4)] + [[k, (k + 1) % 4 + 4, k + 4] for k in range(4)]
    faces = np.array([[0, 2, 1], [0, 3, 2], *sides])
    return vertices, faces, np.arange(len(faces)) < 2


def _globe_on_cord(cord_m: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a globe standing on z = 0 and the cord that it hangs from."""
    rings, sides = 9, 16
    polar = np.linspace(0, math.pi, rings)
    turn = np.arange(sides) * (2 * math.pi / sides)
    grid = np.stack(
        [
            np.outer(np.sin(polar), np.cos(turn)),
            np.outer(np.sin(polar), np.sin(turn)),
            np.repeat(1 - np.cos(polar)[:, None], sides, axis=1),
        ],
        axis=-1,
    )
    index = np.arange(rings * sides).reshape(rings, sides)
    a, b = index[:-1], index[1:]
    c, d = np.roll(a, -1, axis=1), np.roll(b, -1, axis=1)
    globe = np.concatenate([np.stack([a, c, d], -1).reshape(-1, 3), np.stack([a, d, b], -1).reshape(-1, 3)])
    square = 0.003 * np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])
    top = 2 * _BULB_RADIUS_M
    cord = np.concatenate([np.column_stack([square, np.full(4, z)]) for z in (top, top + cord_m)])
    start = rings * sides
    sides4 = [[k, (k + 1) % 4, (k + 1) % 4 + 4] for k in range(4)] + [[k, (k + 1) % 4 + 4, k + 4] for k in range(4)]
    faces = np.concatenate([globe, np.array(sides4) + start])
    return np.concatenate([grid.reshape(-1, 3) * _BULB_RADIUS_M, cord]), faces, np.arange(len(faces)) < len(globe)
