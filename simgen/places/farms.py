"""Farms: a low house, a barn with big doors, silos, around a yard."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from simgen.assets import textures
from simgen.assets.families.building import building
from simgen.geometry.pose import Pose, at
from simgen.places.pieces import Part, Piece, box, joined, polygon
from simgen.scene.asset import Asset
from simgen.scene.material import Material, Texture, make_material, rgb
from simgen.streams import Draws, stream

_ROOFS = ((142.0, 74.0, 54.0), (96.0, 62.0, 52.0), (84.0, 86.0, 90.0))
_WALLS = ((226.0, 222.0, 214.0), (214.0, 205.0, 186.0), (206.0, 184.0, 146.0))
_BARNS = ("#7a3b2e", "#5b4636", "#6d6a64", "#4b3a30")
_SIDES = 24


def farm(draws: Draws, k: int, world_from_farm: Pose, soil: Material) -> list[Part]:
    """Draw the ``k``-th farm of a place; its +x looks towards the road, its yard lies in the middle."""
    rng = draws.rng("farm_shape", k)
    house, barn = _house(rng, k), _barn(rng, k)
    yard = np.array([[12.0, -14.0], [12.0, 10.0], [-10.0, 10.0], [-10.0, -14.0]])
    ground = polygon(yard, 0.03, soil, textures.TILE_M["soil"])
    placed = [
        (f"farm_{k}_yard", joined(f"place/farm_{k}_yard", "terrain", [ground]), at(0.0, 0.0)),
        (f"farm_{k}_house", house, at(9.0, -16.0 - house.size_m[0] / 2, 0.0, math.pi / 2)),
        (f"farm_{k}_barn", barn, at(-10.0 - barn.size_m[0] / 2, 0.0)),
    ]
    silos = int(rng.integers(0, 3))
    draws.note("farm_silos", silos, k)
    radius, height = float(rng.uniform(1.8, 2.8)), float(rng.uniform(8.0, 13.0))
    for n in range(silos):
        spot = at(-13.0 - n * (2 * radius + 0.6), barn.size_m[1] / 2 + radius + 1.5)
        placed.append((f"farm_{k}_silo_{n}", _silo(radius, height, f"place/farm_{k}_silo_{n}"), spot))
    return [Part(name=name, asset=asset, world_from_object=world_from_farm @ pose) for name, asset, pose in placed]


def _house(rng: np.random.Generator, k: int) -> Asset:
    """Return a farmhouse of one or two low floors under a steep roof."""
    wall = _plaster(_WALLS[int(rng.integers(len(_WALLS)))])
    tiles = _tiles(_ROOFS[int(rng.integers(len(_ROOFS)))])
    return building(
        name=f"place/farm_{k}_house", width_m=float(rng.uniform(11.0, 16.0)), depth_m=float(rng.uniform(7.5, 9.0)),
        floors=int(rng.integers(1, 3)), ground_m=float(rng.uniform(2.7, 3.1)), floor_m=2.6, bay_m=2.6, roof="gabled",
        shop=False, wall=wall, wall_tile_m=textures.TILE_M[wall.name], tiles=tiles, plinth=_stone(), board=_stone(),
    )  # fmt: skip


def _barn(rng: np.random.Generator, k: int) -> Asset:
    """Return a barn of planks, its ridge along y and two big doors towards +x."""
    long, deep = float(rng.uniform(17.0, 27.0)), float(rng.uniform(11.0, 14.0))
    eaves, pitch = float(rng.uniform(3.8, 4.8)), math.radians(float(rng.uniform(24.0, 38.0)))
    hue = rgb(_BARNS[int(rng.integers(len(_BARNS)))])
    planks = make_material("planks", "wood", hue, roughness=0.9, texture=_planks())
    door = make_material("barn_door", "wood", rgb("#3c3029"), roughness=0.9, texture=_planks())
    roof = make_material("barn_roof", "metal", rgb("#8b5a48" if rng.random() < 0.5 else "#7d8286"), roughness=0.6)
    ridge = eaves + math.tan(pitch) * deep / 2
    half_x, half_y = deep / 2, long / 2
    pieces = [box((0.0, 0.0, 0.0), (deep, long, eaves), 0.0, planks, 2.0)]
    for side in (-1.0, 1.0):
        y = side * half_y
        gable = np.array([[-half_x, y, eaves], [half_x, y, eaves], [0.0, y, ridge]])
        faces = np.array([[0, 1, 2] if side < 0 else [0, 2, 1]])
        pieces.append(Piece(vertices=gable, faces=faces, uv=gable[:, [0, 2]] / 2.0, material=planks))
        pieces += _slope(side, half_x, half_y, eaves, ridge, roof)
    for y in (-long / 4, long / 4):
        pieces.append(box((half_x + 0.04, y, 0.0), (0.1, 4.2, min(3.6, eaves - 0.2)), 0.0, door, 2.0))
    return joined(f"place/farm_{k}_barn", "building", pieces)


def _slope(side: float, half_x: float, half_y: float, eaves: float, ridge: float, roof: Material) -> list[Piece]:
    """Return one side of a roof, 12 cm thick, that stands out by 0.5 m below and at the gables."""
    fall = (ridge - eaves) / half_x
    x0, y1 = side * (half_x + 0.5), half_y + 0.5
    low = eaves - 0.5 * fall
    pieces = []
    for lift, up in ((0.12, True), (0.0, False)):
        points = np.array(
            [[x0, -y1, low + lift], [x0, y1, low + lift], [0.0, y1, ridge + lift], [0.0, -y1, ridge + lift]]
        )
        faces = np.array([[0, 1, 2], [0, 2, 3]])
        faces = faces if (side > 0) == up else faces[:, ::-1]
        pieces.append(Piece(vertices=points, faces=faces, uv=points[:, [1, 0]], material=roof))
    rim = np.array([[x0, -y1, low], [x0, y1, low], [x0, y1, low + 0.12], [x0, -y1, low + 0.12]])
    faces = np.array([[0, 1, 2], [0, 2, 3]])
    edge = faces if side > 0 else faces[:, ::-1]
    return [*pieces, Piece(vertices=rim, faces=edge, uv=rim[:, [1, 2]], material=roof)]


def _silo(radius: float, height: float, name: str) -> Asset:
    """Return a silo: a ribbed steel cylinder under a low cone."""
    steel = make_material("silo", "metal", rgb("#a7acae"), roughness=0.45, metallic=0.7)
    angle = np.linspace(0.0, 2 * math.pi, _SIDES + 1)
    profile = [(radius, 0.0)]
    for z in np.arange(1.0, height, 1.0):
        profile += [(radius, z - 0.06), (radius + 0.05, z), (radius, z + 0.06)]
    profile += [(radius, height), (radius + 0.12, height), (0.15, height + 0.45 * radius), (0.0, height + 0.5 * radius)]
    rows = [np.column_stack([r * np.cos(angle), r * np.sin(angle), np.full(_SIDES + 1, z)]) for r, z in profile]
    count = _SIDES + 1
    index = np.arange(len(rows) * count).reshape(len(rows), count)
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]
    faces = np.concatenate([np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)])
    uv = np.concatenate([np.column_stack([angle * radius, np.full(count, z)]) for _, z in profile])
    vertices = np.concatenate(rows)
    corners = vertices[faces]
    size = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    return joined(name, "building", [Piece(vertices=vertices, faces=faces[size > 1e-7], uv=uv, material=steel)])


@lru_cache(maxsize=8)
def _plaster(base: tuple[float, float, float]) -> Texture:
    return textures.plaster(stream(0, "places/farm.plaster", 0), base=base)


@lru_cache(maxsize=8)
def _tiles(base: tuple[float, float, float]) -> Texture:
    return textures.roof_tiles(stream(0, "places/farm.roof_tiles", 0), base=base)


@lru_cache(maxsize=1)
def _stone() -> Texture:
    return textures.concrete(stream(0, "places/farm.plinth", 0), 256)


@lru_cache(maxsize=1)
def _planks() -> Texture:
    return textures.wood_planks(stream(0, "places/farm.planks", 0))
