"""Small parts as bins are full of: screws, nuts, rings, gears, brackets, hooks, vials, balls; all closed meshes."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from simgen.assets.families.shapes import Part, Shape, assemble, hoop, hull, pick, revolve, tube
from simgen.geometry.pose import about
from simgen.scene.asset import Asset, Symmetry
from simgen.scene.material import Material, make_material, rgb

Finish = Literal["steel", "polished", "brass", "black", "grey_plastic", "glass"]


def finish(name: Finish) -> Material:
    """Return a surface that parts come in; each is one plain colour without print."""
    match name:
        case "steel":
            return make_material("surface", "metal", rgb("#a4a7aa"), roughness=0.38)
        case "polished":
            return make_material("surface", "chrome", rgb("#d6d8da"), roughness=0.05)
        case "brass":
            return make_material("surface", "metal", rgb("#b8923c"), roughness=0.3)
        case "black":
            return make_material("surface", "rubber", rgb("#161617"), nir_reflectance=0.03)
        case "grey_plastic":
            return make_material("surface", "plastic", rgb("#8f9296"), roughness=0.6)
        case "glass":
            return make_material("surface", "glass", rgb("#dce8e6"))


def bolt(*, shank_m: float = 0.005, length_m: float = 0.05, of: Finish = "steel", name: str = "bolt") -> Asset:
    """Return a hexagon head screw along z, head down: head 1.7 diameters across flats, 0.65 high (ISO 4017)."""
    head, high = 1.7 * shank_m / math.cos(math.pi / 6), 1.3 * shank_m
    hexagon = _prism(6, head, 0.0, high)
    turns = max(4, round(length_m / (0.5 * shank_m)))
    profile = [(shank_m * 0.98, high * 0.9), (shank_m, high + 0.3 * length_m)]
    for k in range(turns):
        z = high + length_m * (0.3 + 0.68 * k / turns)
        profile += [(shank_m * 0.86, z), (shank_m, z + 0.34 * length_m / turns)]
    profile += [(shank_m * 0.8, high + length_m), (0.0, high + length_m)]
    shank = revolve([(0.0, high * 0.9), *profile], 20, 35.0)
    parts: list[Part] = [(hexagon, "surface"), (shank, "surface")]
    return assemble(name, "part", parts, [finish(of)], symmetries=(Symmetry(folds=6),))


def nut(*, bore_m: float = 0.006, of: Finish = "steel", sides: int = 6, high: float = 0.85, name: str = "nut") -> Asset:
    """Return a nut, or with many sides a washer, collar or bearing ring, upright about z."""
    across = 1.75 * bore_m
    angle = np.arange(sides) * (2 * math.pi / sides)
    outer = np.stack([np.cos(angle), np.sin(angle)], axis=1) * across
    inner = np.stack([np.cos(angle), np.sin(angle)], axis=1) * bore_m
    top = high * bore_m * 2
    shape = _frame(outer, inner, top)
    folds = Symmetry(folds=sides if sides < 20 else 0, offset_m=(0.0, 0.0, top / 2))
    over = Symmetry(axis=(1.0, 0.0, 0.0), offset_m=(0.0, 0.0, top / 2), folds=2)
    return assemble(name, "part", [(shape, "surface")], [finish(of)], symmetries=(folds, over))


def gear(*, radius_m: float = 0.022, teeth: int = 16, width_m: float = 0.012, of: Finish = "steel") -> Asset:
    """Return a spur gear with a bore: teeth 2.25 modules high, flanks straight."""
    module = 2 * radius_m / (teeth + 2)
    steps = ((-0.26, -1.25), (-0.12, 1.0), (0.12, 1.0), (0.26, -1.25))
    outer = np.array(
        [
            ((radius_m - module + up * module) * math.cos(a), (radius_m - module + up * module) * math.sin(a))
            for k in range(teeth)
            for part, up in steps
            for a in ((k + part) * 2 * math.pi / teeth,)
        ]
    )
    angle = np.arctan2(outer[:, 1], outer[:, 0])
    inner = np.stack([np.cos(angle), np.sin(angle)], axis=1) * radius_m * 0.35
    turns = (Symmetry(folds=teeth, offset_m=(0.0, 0.0, width_m / 2)),)
    return assemble("gear", "part", [(_frame(outer, inner, width_m), "surface")], [finish(of)], symmetries=turns)


def bracket(
    *, arms_m: tuple[float, float] = (0.05, 0.035), width_m: float = 0.025, thick_m: float = 0.003, of: Finish = "steel"
) -> Asset:
    """Return an angle bracket: two plates at a right angle with a rib between them."""
    long, high = arms_m
    outline = [(0.0, 0.0), (long, 0.0), (long, thick_m), (thick_m, thick_m), (thick_m, high), (0.0, high)]
    rib = [(thick_m * 0.5, thick_m * 0.5), (0.5 * long, thick_m * 0.5), (thick_m * 0.5, 0.5 * high)]
    half = width_m / 2
    parts: list[Part] = [(_extruded(outline, -half, half), "surface"),
                         (_extruded(rib, -thick_m / 2, thick_m / 2), "surface")]  # fmt: skip
    return assemble("bracket", "part", parts, [finish(of)])


def hook(*, size_m: float = 0.03, wire_m: float = 0.0025, gap_deg: float = 80.0, of: Finish = "steel") -> Asset:
    """Return an S of round wire: two open rings side by side that catch in each other."""
    r = size_m / 2
    open_ = math.radians(gap_deg)
    first = np.linspace(math.pi / 2 + open_, 2.5 * math.pi, 22)
    one = np.column_stack([r * np.cos(first), r + r * np.sin(first) - 2 * r, np.zeros(22)])
    two = -one[::-1]
    path = np.concatenate([one, two[1:]])
    return assemble("hook", "part", [(tube(path, wire_m, 10), "surface")], [finish(of)],
                    symmetries=(Symmetry(folds=2, offset_m=(0.0, 0.0, wire_m)),))  # fmt: skip


def clip(*, size_m: float = 0.035, wire_m: float = 0.0028, gap_deg: float = 70.0, of: Finish = "polished") -> Asset:
    """Return an open ring of round wire."""
    angle = np.radians(np.linspace(gap_deg / 2, 360.0 - gap_deg / 2, 30))
    path = np.column_stack([size_m / 2 * np.cos(angle), size_m / 2 * np.sin(angle), np.zeros(30)])
    return assemble("clip", "part", [(tube(path, wire_m, 10), "surface")], [finish(of)])


def vial(*, radius_m: float = 0.012, height_m: float = 0.05, stopper: bool = True) -> Asset:
    """Return a vial of clear glass, with a grey stopper or closed by its own end."""
    r, h = radius_m, height_m
    profile = [(0.0, 0.0), (r * 0.9, 0.0), (r, r * 0.12), (r, h * 0.72), (r * 0.62, h * 0.84), (r * 0.62, h * 0.94),
               (r * 0.72, h * 0.95), (r * 0.72, h), (0.0, h)]  # fmt: skip
    parts: list[Part] = [(revolve(profile, 32), "surface")]
    if stopper:
        plug = [(0.0, h * 1.0005), (r * 0.72, h * 1.0005), (r * 0.72, h * 1.06), (r * 0.6, h * 1.09), (0.0, h * 1.09)]
        parts.append((revolve(plug, 24), "stopper"))
    materials = [finish("glass"), make_material("stopper", "rubber", rgb("#6b6f74"))]
    return assemble("vial", "part", parts, materials, symmetries=(Symmetry(),))


def ball(*, radius_m: float = 0.004, of: Finish = "polished") -> Asset:
    """Return a ball."""
    angle = np.linspace(-math.pi / 2, math.pi / 2, 15)
    shape = revolve([(max(radius_m * math.cos(a), 0.0), radius_m * math.sin(a)) for a in angle], 24, 80.0)
    at = (0.0, 0.0, radius_m)
    turns = (Symmetry(offset_m=at), Symmetry(axis=(1.0, 0.0, 0.0), offset_m=at))
    return assemble("ball", "part", [(shape, "surface")], [finish(of)], symmetries=turns)


def grommet(*, radius_m: float = 0.016, of: Finish = "black") -> Asset:
    """Return a thick ring."""
    ring = hoop(radius_m, radius_m * 0.42, 32, 14).turned(about((1.0, 0.0, 0.0), math.pi / 2))
    at = (0.0, 0.0, radius_m * 0.42)
    turns = (Symmetry(offset_m=at), Symmetry(axis=(1.0, 0.0, 0.0), offset_m=at, folds=2))
    return assemble("grommet", "part", [(ring, "surface")], [finish(of)], symmetries=turns)


def prism(*, sides: int = 4, radius_m: float = 0.018, height_m: float = 0.04, of: Finish = "grey_plastic") -> Asset:
    """Return an upright prism."""
    shape = _prism(sides, radius_m, 0.0, height_m)
    at = (0.0, 0.0, height_m / 2)
    turns = (Symmetry(folds=sides, offset_m=at), Symmetry(axis=(1.0, 0.0, 0.0), offset_m=at, folds=2))
    return assemble("prism", "part", [(shape, "surface")], [finish(of)], symmetries=turns)


def draw_bolt(rng: np.random.Generator) -> Asset:
    """Draw a screw, M6 to M12."""
    shank = float(rng.uniform(0.003, 0.006))
    return bolt(
        shank_m=shank, length_m=shank * float(rng.uniform(7.0, 13.0)), of=pick(rng, ("steel", "brass", "steel"))
    )


def draw_nut(rng: np.random.Generator) -> Asset:
    """Draw a nut, M8 to M16."""
    return nut(bore_m=float(rng.uniform(0.004, 0.008)), of=pick(rng, ("steel", "brass", "steel")))


def draw_ring(rng: np.random.Generator) -> Asset:
    """Draw a polished ring, as of a bearing."""
    return nut(bore_m=float(rng.uniform(0.010, 0.017)), sides=48, high=float(rng.uniform(0.2, 0.5)), of="polished",
               name="ring")  # fmt: skip


def draw_gear(rng: np.random.Generator) -> Asset:
    """Draw a gear."""
    radius = float(rng.uniform(0.018, 0.03))
    return gear(radius_m=radius, teeth=int(rng.integers(12, 25)), width_m=radius * float(rng.uniform(0.3, 0.7)),
                of=pick(rng, ("steel", "brass", "grey_plastic")))  # fmt: skip


def draw_bracket(rng: np.random.Generator) -> Asset:
    """Draw a bracket."""
    arms = (float(rng.uniform(0.035, 0.06)), float(rng.uniform(0.025, 0.05)))
    thick = float(rng.uniform(0.002, 0.004))
    return bracket(
        arms_m=arms, width_m=float(rng.uniform(0.015, 0.03)), thick_m=thick, of=pick(rng, ("steel", "black"))
    )


def draw_hook(rng: np.random.Generator) -> Asset:
    """Draw an S hook."""
    size = float(rng.uniform(0.026, 0.036))
    return hook(size_m=size, wire_m=size * float(rng.uniform(0.07, 0.1)), gap_deg=float(rng.uniform(60.0, 95.0)),
                of=pick(rng, ("steel", "polished", "brass")))  # fmt: skip


def draw_clip(rng: np.random.Generator) -> Asset:
    """Draw an open ring."""
    size = float(rng.uniform(0.03, 0.045))
    return clip(size_m=size, wire_m=size * float(rng.uniform(0.06, 0.09)), gap_deg=float(rng.uniform(55.0, 90.0)))


def draw_vial(rng: np.random.Generator) -> Asset:
    """Draw a vial."""
    radius = float(rng.uniform(0.010, 0.015))
    return vial(radius_m=radius, height_m=radius * float(rng.uniform(3.0, 5.0)), stopper=bool(rng.random() < 0.5))


def draw_ball(rng: np.random.Generator) -> Asset:
    """Draw a bearing's ball, 5 to 10 mm across."""
    return ball(radius_m=float(rng.uniform(0.0025, 0.005)))


def draw_grommet(rng: np.random.Generator) -> Asset:
    """Draw a black rubber ring."""
    return grommet(radius_m=float(rng.uniform(0.013, 0.02)))


def draw_prism(rng: np.random.Generator) -> Asset:
    """Draw a plain prism of grey plastic, of three to eight sides, or of so many that it is a cylinder."""
    sides = pick(rng, (3, 4, 4, 6, 8, 40))
    radius = float(rng.uniform(0.013, 0.022))
    return prism(sides=sides, radius_m=radius, height_m=radius * float(rng.uniform(1.0, 3.0)))


def _prism(sides: int, radius: float, low: float, high: float) -> Shape:
    angle = np.arange(sides) * (2 * math.pi / sides)
    points = [(radius * math.cos(a), radius * math.sin(a), z) for a in angle for z in (low, high)]
    return hull(points, 25.0 if sides < 20 else 40.0)


def _extruded(outline: list[tuple[float, float]], low: float, high: float) -> Shape:
    """Return an (x, z) outline of convex pieces about its first point, made thick along y; closed."""
    points = np.array(outline)
    count = len(points)
    left, right = (np.column_stack([points[:, 0], np.full(count, y), points[:, 1]]) for y in (high, low))
    k = np.arange(1, count - 1)
    near = np.stack([np.zeros_like(k), k, k + 1], axis=1)
    a = np.arange(count)
    b = (a + 1) % count
    side = np.concatenate([np.stack([a, a + count, b + count], axis=1), np.stack([a, b + count, b], axis=1)])
    faces = np.concatenate([near, near[:, ::-1] + count, side[:, ::-1]])
    return Shape(vertices=np.concatenate([left, right]), faces=faces, crease_deg=25.0)


def _frame(outer: np.ndarray, inner: np.ndarray, high: float) -> Shape:
    """Return the closed solid between two (N, 2) outlines about the origin, from z = 0 up."""

    def rows(line: np.ndarray, z: float) -> np.ndarray:
        return np.column_stack([line, np.full(len(line), z)])

    count = len(outer)
    rings = [rows(outer, 0.0), rows(outer, high), rows(inner, high), rows(inner, 0.0)]
    a = np.arange(count)
    b = (a + 1) % count
    faces = []
    for k in range(4):
        low, up = k * count, ((k + 1) % 4) * count
        faces += [np.stack([low + a, low + b, up + b], axis=1), np.stack([low + a, up + b, up + a], axis=1)]
    return Shape(vertices=np.concatenate(rings), faces=np.concatenate(faces), crease_deg=25.0)
