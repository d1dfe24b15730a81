"""The place ``picking_bin``: an open tote on a stand, a roller conveyor or a pallet in an industrial hall."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from simgen.assets.library import Library
from simgen.assets.textures import TILE_M
from simgen.distributions import AnyDistribution, Choice, Uniform, check_support
from simgen.geometry.pose import Vector3, at
from simgen.places.enclosure import check_options
from simgen.places.furnish import rectangle
from simgen.places.hall import Hall, build_hall
from simgen.places.interior import indoor_material
from simgen.places.pieces import Part, Piece, box, instances, joined
from simgen.scene.asset import Asset
from simgen.scene.material import Material, make_material, rgb
from simgen.scene.region import Area
from simgen.scene.scene import Scene
from simgen.streams import Draws

_STANDS = ("table", "conveyor", "pallet")
_COLORS = ("#2b5fa4", "#8b8f94", "#b5352c", "#e0b21f", "#2f7d4b", "#24262a", "#d8d6cf")


@dataclass(frozen=True, kw_only=True)
class PickingBin:
    """A tote to be filled; its regions are ``bin`` (the tote's bottom, with its rim) and ``floor`` (the hall).

    Attributes:
        hall: around it.
        bin_length_m, bin_width_m, bin_depth_m: inside the tote.
        bin_wall_m: thickness of its walls and bottom.
        stand: of ``table``, ``conveyor``, ``pallet``.
        stand_height_m: of the stand's top; a pallet is 0.144 m high whatever this says.
        yaw_deg: of the tote on its stand.
    """

    hall: Hall = Hall(
        length_m=Uniform(low=4.5, high=7.0),
        width_m=Uniform(low=4.5, high=7.0),
        height_m=Uniform(low=2.9, high=4.0),
        furniture_categories={
            "cabinet": 1.0, "shelf": 3.0, "crate": 2.0, "barrel": 1.0, "pallet": 1.0, "waste_bin": 1.0, "barrier": 1.0,
            "traffic_cone": 1.0,
        },
    )  # fmt: skip
    bin_length_m: AnyDistribution = Uniform(low=0.35, high=0.60)
    bin_width_m: AnyDistribution = Uniform(low=0.28, high=0.40)
    bin_depth_m: AnyDistribution = Uniform(low=0.12, high=0.25)
    bin_wall_m: AnyDistribution = Uniform(low=0.004, high=0.008)
    stand: AnyDistribution = Choice(options=_STANDS, weights=(0.5, 0.35, 0.15))
    stand_height_m: AnyDistribution = Uniform(low=0.6, high=0.9)
    yaw_deg: AnyDistribution = Uniform(low=-8.0, high=8.0)
    kind: Literal["picking_bin"] = "picking_bin"

    def __post_init__(self) -> None:
        for key in ("bin_length_m", "bin_width_m"):
            check_support(key, getattr(self, key), 0.1, 1.2)
        check_support("bin_depth_m", self.bin_depth_m, 0.03, 0.8)
        check_support("bin_wall_m", self.bin_wall_m, 0.002, 0.03)
        check_support("stand_height_m", self.stand_height_m, 0.2, 1.3)
        check_support("yaw_deg", self.yaw_deg, -180.0, 180.0)
        check_options("stand", self.stand, _STANDS)

    def build(self, draws: Draws, library: Library) -> Scene:
        """Return the hall with its empty tote."""
        inner = draw_inner_size(draws, self)
        wall = float(draws.value("bin_wall_m", self.bin_wall_m))
        color = _COLORS[int(draws.rng("bin_color").integers(len(_COLORS)))]
        draws.note("bin_color", color)
        stand, top = _stand(
            draws, str(draws.value("stand", self.stand)), float(draws.value("stand_height_m", self.stand_height_m))
        )
        yaw = math.radians(float(draws.value("yaw_deg", self.yaw_deg)))
        plastic = make_material("tote", "plastic", rgb(color), roughness=0.5, tintable=True)
        taken = [rectangle(0.0, 0.0, stand.size_m[0] + 1.6, stand.size_m[1] + 1.6)]
        parts, lights, floor = build_hall(draws, library, self.hall, taken)
        parts.append(Part(name="stand", asset=stand))
        parts.append(Part(name="bin", asset=tote(inner, wall, plastic), world_from_object=at(0.0, 0.0, top, yaw)))
        half = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * (inner[0] / 2, inner[1] / 2)
        turned = half @ np.array([[math.cos(yaw), math.sin(yaw)], [-math.sin(yaw), math.cos(yaw)]])
        corners = tuple((float(x), float(y)) for x, y in turned)
        bottom = Area(
            name="bin", use="bin", corners_m=corners, z_m=top + wall, heading_deg=math.degrees(yaw), rim_m=inner[2]
        )
        return Scene(
            objects=instances(parts),
            lights=lights,
            regions=(floor, bottom),
        )


def draw_inner_size(draws: Draws, place: PickingBin) -> Vector3:
    """Draw the clear length, width and depth of the tote."""
    return (
        float(draws.value("bin_length_m", place.bin_length_m)),
        float(draws.value("bin_width_m", place.bin_width_m)),
        float(draws.value("bin_depth_m", place.bin_depth_m)),
    )


def tote(inner_m: Vector3, wall_m: float, material: Material) -> Asset:
    """Return an open tote: bottom, four walls, a rim around the top outside, ribs; its bottom ``wall_m`` thick."""
    length, width, depth = inner_m
    out_x, out_y, high = length + 2 * wall_m, width + 2 * wall_m, depth + wall_m
    pieces = [box((0, 0, 0), (out_x, out_y, wall_m), 0.0, material, 1.0)]
    for s in (-1, 1):
        pieces.append(box((s * (length + wall_m) / 2, 0, wall_m), (wall_m, out_y, depth), 0.0, material, 1.0))
        pieces.append(box((0, s * (width + wall_m) / 2, wall_m), (length, wall_m, depth), 0.0, material, 1.0))
        lip = 0.018
        for z, tall in ((high - 0.022, 0.022), (high - 0.075, 0.006)):
            if z > 0.02:
                pieces.append(box((s * (out_x + lip) / 2, 0, z), (lip, out_y + 2 * lip, tall), 0.0, material, 1.0))
                pieces.append(box((0, s * (out_y + lip) / 2, z), (out_x, lip, tall), 0.0, material, 1.0))
        for x in np.linspace(-0.38, 0.38, 5) * length:
            pieces.append(
                box((float(x), s * (out_y + 0.008) / 2, 0.0), (0.006, 0.008, high - 0.022), 0.0, material, 1.0)
            )
        for y in np.linspace(-0.3, 0.3, 3) * width:
            pieces.append(
                box((s * (out_x + 0.008) / 2, float(y), 0.0), (0.008, 0.006, high - 0.022), 0.0, material, 1.0)
            )
    return joined("bin/tote", "picking_bin", pieces)


def _stand(draws: Draws, kind: str, height_m: float) -> tuple[Asset, float]:
    """Return what the tote stands on and the height of its top."""
    if kind == "pallet":
        return joined(
            "bin/pallet", "pallet", pallet_pieces(indoor_material(draws, "pallet_wood", "wood_planks"))
        ), 0.144
    frame = make_material("frame", "painted_metal", rgb("#59626b"))
    if kind == "conveyor":
        steel = make_material("steel", "metal", (0.6, 0.6, 0.61), roughness=0.4)
        return joined("bin/conveyor", "table", _conveyor(height_m, frame, steel)), height_m
    surface = "table_wood" if draws.rng("stand_surface").random() < 0.5 else "brushed_metal"
    draws.note("stand_surface", surface)
    top = indoor_material(draws, "stand_top", surface)
    length, width, leg = 1.0, 0.75, 0.05
    pieces = [box((0, 0, height_m - 0.03), (length, width, 0.03), 0.0, top, TILE_M[surface])]
    for sx in (-1, 1):
        for sy in (-1, 1):
            spot = (sx * (length / 2 - 0.06), sy * (width / 2 - 0.06), 0.0)
            pieces.append(box(spot, (leg, leg, height_m - 0.03), 0.0, frame, 1.0))
        pieces.append(box((sx * (length / 2 - 0.06), 0, 0.15), (0.03, width - 0.12, 0.03), 0.0, frame, 1.0))
    return joined("bin/stand", "table", pieces), height_m


def _conveyor(height_m: float, frame: Material, steel: Material) -> list[Piece]:
    """Return a roller conveyor along x, its rollers' tops at ``height_m``."""
    length, width, radius = 2.4, 0.62, 0.025
    pieces = [
        _roller(float(x), width, radius, height_m - radius, steel)
        for x in np.arange(-length / 2 + 0.05, length / 2, 0.075)
    ]
    for s in (-1, 1):
        pieces.append(box((0, s * (width / 2 + 0.02), height_m - 0.10), (length, 0.03, 0.11), 0.0, frame, 1.0))
        for x in (-0.95, 0.0, 0.95):
            pieces.append(box((x, s * (width / 2 + 0.02), 0.0), (0.05, 0.03, height_m - 0.10), 0.0, frame, 1.0))
    for x in (-0.95, 0.0, 0.95):
        pieces.append(box((x, 0, 0.2), (0.04, width, 0.04), 0.0, frame, 1.0))
    return pieces


def _roller(x: float, width: float, radius: float, z: float, material: Material, sides: int = 16) -> Piece:
    # A corner is at the very top, so that the tote's bottom meets the rollers where it should.
    turn = np.arange(sides) * (2 * math.pi / sides) + math.pi / 2
    ring = np.stack([x + radius * np.cos(turn), z + radius * np.sin(turn)], axis=1)
    around = np.arange(sides)
    following = (around + 1) % sides
    vertices = np.concatenate(
        [np.column_stack([ring[:, 0], np.full(sides, y), ring[:, 1]]) for y in (-width / 2, width / 2)]
    )
    faces = np.concatenate(
        [
            np.stack([around, around + sides, following + sides], 1),
            np.stack([around, following + sides, following], 1),
        ]
    )
    return Piece(vertices=vertices, faces=faces, uv=vertices[:, :2], material=material)


def pallet_pieces(wood: Material) -> list[Piece]:
    """Return a EUR pallet, 1.2 x 0.8 x 0.144 m (EN 13698-1), its long side along x."""
    tile = TILE_M["wood_planks"]
    deck = ((-0.3275, 0.145), (-0.16625, 0.1), (0.0, 0.145), (0.16625, 0.1), (0.3275, 0.145))
    pieces = [box((0, y, 0.122), (1.2, w, 0.022), 0.0, wood, tile) for y, w in deck]
    for x in (-0.5275, 0.0, 0.5275):
        pieces.append(box((x, 0, 0.1), (0.145, 0.8, 0.022), 0.0, wood, tile))
        pieces += [box((x, y, 0.022), (0.145, 0.1, 0.078), 0.0, wood, tile) for y in (-0.35, 0.0, 0.35)]
    pieces += [box((0, y, 0.0), (1.2, 0.1, 0.022), 0.0, wood, tile) for y in (-0.35, 0.0, 0.35)]
    return pieces
