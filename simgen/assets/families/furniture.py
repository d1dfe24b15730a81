"""Furniture families: tables, chairs, shelves and the open totes that bins of parts are picked from."""

from __future__ import annotations

import numpy as np

from simgen.assets import textures
from simgen.assets.families.shapes import Part, Shape, assemble, box, grid, join, pick
from simgen.geometry.pose import Pose, about
from simgen.scene.asset import Asset, Symmetry
from simgen.scene.material import Material, Texture, make_material, rgb

WOODS = ((172.0, 126.0, 84.0), (120.0, 82.0, 54.0), (205.0, 172.0, 128.0), (92.0, 66.0, 50.0), (188.0, 148.0, 104.0))


def table(
    *,
    name: str = "table",
    size_m: tuple[float, float, float] = (0.8, 1.4, 0.74),
    leg_m: float = 0.06,
    wood: Texture,
    category: str = "table",
) -> Asset:
    """Return a four-legged wooden table of (x, y, z) size with an apron under its top."""
    x, y, z = size_m
    top, inset = 0.028, 0.03
    tile = textures.TILE_M["table_wood"]
    board = box((y, x, top), bevel_m=0.004).wrapped(tile)
    quarter = about((0.0, 0.0, 1.0), np.pi / 2)
    parts: list[Part] = [(board.turned(quarter).moved(z=z - top / 2), "wood")]
    lx, ly, lz = x / 2 - inset - leg_m / 2, y / 2 - inset - leg_m / 2, z - top
    for sx in (-1, 1):
        for sy in (-1, 1):
            leg = box((lz, leg_m, leg_m), bevel_m=0.004).wrapped(tile).turned(about((0.0, 1.0, 0.0), np.pi / 2))
            parts.append((leg.moved(sx * lx, sy * ly, lz / 2), "wood"))
        rail = box((2 * ly - leg_m, 0.022, 0.085)).wrapped(tile).turned(quarter)
        parts.append((rail.moved(sx * lx, 0.0, lz - 0.0425), "wood"))
        rail = box((2 * lx - leg_m, 0.022, 0.085)).wrapped(tile)
        parts.append((rail.moved(0.0, sx * ly, lz - 0.0425), "wood"))
    return assemble(name, category, parts, [_wood(wood)])


def draw_table(rng: np.random.Generator) -> Asset:
    """Draw a table."""
    size = (rng.uniform(0.7, 0.95), rng.uniform(1.1, 1.9), rng.uniform(0.72, 0.77))
    return table(size_m=size, leg_m=rng.uniform(0.045, 0.08), wood=_draw_wood(rng))


def picking_bin(
    *,
    name: str = "picking_bin",
    size_m: tuple[float, float, float] = (0.6, 0.4, 0.25),
    wall_m: float = 0.006,
    color: str = "#3a5f8f",
) -> Asset:
    """Return an open tote of (x, y, z) outer size with slanting walls, a rim and ribs; its walls are solid."""
    x, y, z = size_m
    rim, lean, floor = 0.018, 0.012, wall_m
    parts: list[Part] = [(_tub(x - 2 * rim, y - 2 * rim, z, lean, wall_m, floor), "plastic")]
    for sign in (-1, 1):
        parts.append((box((x, rim + wall_m, 0.022), (0.0, sign * (y - rim - wall_m) / 2, z - 0.011), 0.003), "plastic"))
        end = box((rim + wall_m, y - 2 * (rim + wall_m), 0.022), (sign * (x - rim - wall_m) / 2, 0.0, z - 0.011), 0.003)
        parts.append((end, "plastic"))
        for k in range(5):
            at = (k - 2) * x / 5.5
            parts.append(
                (
                    _rib(z - 0.02, lean).moved(at, 0.0, 0.0).turned(_side(sign)).moved(0.0, sign * (y / 2 - rim), 0.0),
                    "plastic",
                )
            )
    return assemble(
        name,
        "picking_bin",
        parts,
        [make_material("plastic", "plastic", rgb(color), tintable=True)],
        symmetries=(Symmetry(folds=2),),
    )


def draw_picking_bin(rng: np.random.Generator) -> Asset:
    """Draw a tote of one of the usual sizes."""
    sizes = ((0.6, 0.4, 0.25), (0.6, 0.4, 0.32), (0.4, 0.3, 0.2), (0.6, 0.4, 0.2))
    color = pick(rng, ("#3a5f8f", "#7c8086", "#a5342c", "#2f6b45", "#2b2d31", "#c98a1e"))
    return picking_bin(size_m=sizes[int(rng.integers(len(sizes)))], color=color)


def chair(
    *,
    name: str = "chair",
    seat_m: float = 0.45,
    width_m: float = 0.43,
    back_m: float = 0.86,
    wood: Texture,
    seat_color: str = "#6b4a34",
) -> Asset:
    """Return a wooden chair facing +x: seat height, width and height of the back."""
    tile, leg, depth = textures.TILE_M["table_wood"], 0.034, 0.42
    hx, hy = depth / 2 - leg / 2, width_m / 2 - leg / 2
    upright = about((0.0, 1.0, 0.0), np.pi / 2)
    parts: list[Part] = [(box((depth, width_m, 0.03), (0.0, 0.0, seat_m - 0.015), 0.008), "seat")]
    for sy in (-1, 1):
        front = box((seat_m - 0.03, leg, leg), bevel_m=0.003).wrapped(tile).turned(upright)
        parts.append((front.moved(hx, sy * hy, (seat_m - 0.03) / 2), "wood"))
        back = box((back_m, leg, leg), bevel_m=0.003).wrapped(tile).turned(upright).moved(0.0, 0.0, back_m / 2)
        lean = np.clip(back.vertices[:, 2:] - seat_m, 0.0, None) * np.array([[-0.18, 0.0, 0.0]])
        parts.append((Shape(vertices=back.vertices + lean, faces=back.faces, uv=back.uv).moved(-hx, sy * hy), "wood"))
        parts.append((box((2 * hx, 0.02, 0.05), (0.0, sy * hy, seat_m - 0.055)).wrapped(tile), "wood"))
    quarter = about((0.0, 0.0, 1.0), np.pi / 2)
    for z, tall in ((back_m - 0.05, 0.09), (back_m - 0.2, 0.06), (seat_m + 0.1, 0.06)):
        slat = box((2 * hy, 0.018, tall), bevel_m=0.004).wrapped(tile).turned(quarter)
        parts.append((slat.moved(-hx - 0.18 * max(z - seat_m, 0.0), 0.0, z), "wood"))
    for sx in (-1, 1):
        rail = box((2 * hy, 0.02, 0.05)).wrapped(tile).turned(quarter).moved(sx * hx, 0.0, seat_m - 0.055)
        parts.append((rail, "wood"))
    return assemble(
        name, "chair", parts, [_wood(wood), make_material("seat", "leather", rgb(seat_color), tintable=True)]
    )


def draw_chair(rng: np.random.Generator) -> Asset:
    """Draw a chair."""
    return chair(
        seat_m=rng.uniform(0.43, 0.47),
        width_m=rng.uniform(0.40, 0.48),
        back_m=rng.uniform(0.8, 1.0),
        wood=_draw_wood(rng),
        seat_color=pick(rng, ("#6b4a34", "#2d3138", "#7a2e2a", "#495a44", "#c7b79b")),
    )


def shelf(
    *,
    name: str = "shelf",
    size_m: tuple[float, float, float] = (0.3, 0.8, 1.8),
    boards: int = 5,
    wood: Texture,
    category: str = "shelf",
) -> Asset:
    """Return an open shelf of (x, y, z) size with a back and ``boards`` boards, open towards +x."""
    x, y, z = size_m
    thick, tile = 0.018, textures.TILE_M["table_wood"]
    quarter = about((0.0, 0.0, 1.0), np.pi / 2)
    upright = about((0.0, 1.0, 0.0), np.pi / 2)
    parts: list[Part] = [
        (box((0.005, y - 2 * thick, z - 0.06), (-x / 2 + 0.0025, 0.0, z / 2 + 0.03)).wrapped(tile), "wood")
    ]
    for sy in (-1, 1):
        side = box((z, thick, x), bevel_m=0.001).wrapped(tile).turned(upright)
        parts.append((side.moved(0.0, sy * (y - thick) / 2, z / 2), "wood"))
    for height in np.linspace(0.06 + thick / 2, z - thick / 2, boards):
        board = box((y - 2 * thick, x - 0.006, thick), bevel_m=0.001).wrapped(tile).turned(quarter)
        parts.append((board.moved(0.003, 0.0, float(height)), "wood"))
    return assemble(name, category, parts, [_wood(wood)])


def draw_shelf(rng: np.random.Generator) -> Asset:
    """Draw a shelf."""
    size = (rng.uniform(0.25, 0.4), rng.uniform(0.6, 1.0), rng.uniform(0.9, 2.0))
    return shelf(size_m=size, boards=max(3, round(size[2] / 0.36)), wood=_draw_wood(rng))


def _wood(texture: Texture) -> Material:
    return make_material("wood", "wood", (1.0, 1.0, 1.0), texture=texture, roughness=0.5)


def _draw_wood(rng: np.random.Generator) -> Texture:
    return textures.table_wood(rng, 256, base=WOODS[int(rng.integers(len(WOODS)))])


def _ring(x: float, y: float, z: float) -> np.ndarray:
    """Return a rectangle's ring with cut corners, counter-clockwise seen from above."""
    cut = 0.02
    hx, hy = x / 2, y / 2
    corners = [
        (hx, hy - cut),
        (hx - cut, hy),
        (cut - hx, hy),
        (-hx, hy - cut),
        (-hx, cut - hy),
        (cut - hx, -hy),
        (hx - cut, -hy),
        (hx, cut - hy),
    ]
    return np.array([(a, b, z) for a, b in corners])


def _tub(x: float, y: float, z: float, lean: float, wall: float, floor: float) -> Shape:
    """Return a hollow tub, its walls leaning outwards by ``lean`` from foot to rim."""
    foot_x, foot_y = x - 2 * lean, y - 2 * lean
    rings = np.stack(
        [
            _ring(foot_x, foot_y, 0.0),
            _ring(x, y, z),
            _ring(x - 2 * wall, y - 2 * wall, z),
            _ring(foot_x - 2 * wall, foot_y - 2 * wall, floor),
        ]
    )
    outside = _ring(foot_x, foot_y, 0.0)[::-1]
    inside = rings[-1]
    return join([grid(rings, close_u=True), _flat(outside), _flat(inside)]).creased(50.0)


def _flat(ring: np.ndarray) -> Shape:
    count = len(ring)
    faces = np.array([[0, k, k + 1] for k in range(1, count - 1)])
    return Shape(vertices=ring, faces=faces, uv=np.zeros((len(faces), 3, 2)))


def _rib(height: float, lean: float) -> Shape:
    """Return an upright rib whose foot is set back by ``lean`` (its outside towards +y)."""
    shape = box((0.006, 0.012, height), (0.0, 0.004, height / 2))
    back = (1.0 - shape.vertices[:, 2:] / height) * np.array([[0.0, -lean, 0.0]])
    return Shape(vertices=shape.vertices + back, faces=shape.faces)


def _side(sign: int) -> Pose:
    return about((0.0, 0.0, 1.0), 0.0 if sign > 0 else np.pi)
