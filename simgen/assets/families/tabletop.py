"""Tabletop families: mugs, cups, bowls, plates, bottles, jars, cans and boxes in their true sizes."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Literal

import numpy as np

from simgen.assets import textures
from simgen.assets.families import prints
from simgen.assets.families.shapes import Part, Shape, assemble, box, panel, pick, revolve, tube
from simgen.scene.asset import Asset, Symmetry
from simgen.scene.material import Texture, make_material, rgb

HandleName = Literal["round", "square", "ear"]
HANDLES: tuple[HandleName, ...] = ("round", "round", "square", "ear")

TURNED = (Symmetry(),)
"""What is turned about its upright axis; prints are not regarded, here and below."""

GLAZES = ("#e9e4d8", "#f4f3ef", "#2f4f74", "#8d2f2b", "#3f6b4f", "#20262b", "#d9a441", "#7fa3b0", "#b5654a", "#c9b8d4")


def mug(
    *,
    name: str = "mug",
    radius_m: float = 0.041,
    height_m: float = 0.095,
    taper: float = 1.0,
    belly: float = 0.0,
    handle: HandleName = "round",
    handle_m: float = 0.031,
    glaze: str = "#f4f3ef",
    inside: str = "#f4f3ef",
    decal: Texture | None = None,
) -> Asset:
    """Return a mug with a handle to the left.

    Args:
        name: of the asset.
        radius_m: of the rim.
        height_m: from the foot to the rim.
        taper: the foot's radius over the rim's.
        belly: how far the wall bulges at half height, in radii; below 0 it is waisted.
        handle: its outline.
        handle_m: half its height for a mug 95 mm high.
        glaze: ``#rrggbb`` outside and of the handle.
        inside: ``#rrggbb``.
        decal: a print around the wall.
    """
    foot, wall, h = radius_m * taper, 0.0042, height_m
    outer = [(0.0, 0.003), (foot * 0.78, 0.003), (foot * 0.80, 0.0), (foot * 0.92, 0.0), (foot, 0.006)]
    out = belly * radius_m
    steps = (0.12, 0.25, 0.38, 0.5, 0.62, 0.75, 0.88, 1.0)
    body = [(foot + (radius_m - foot) * t + out * math.sin(math.pi * t), 0.006 + (h - 0.008) * t) for t in steps]
    outer += body
    rim = [(radius_m - 0.0006, h - 0.0005), (radius_m - wall / 2, h), (radius_m - wall + 0.0006, h - 0.0005)]
    bowl_ = [(foot - wall + (radius_m - foot) * t + out * math.sin(math.pi * t), 0.012 + (h - 0.014) * t)
             for t in (*steps[::-1], 0.0)]  # fmt: skip
    bowl_ += [(foot - wall - 0.006, 0.007), (0.0, 0.006)]
    angle = np.linspace(-1.35, 1.35, 13)
    power = {"round": 1.0, "square": 0.45, "ear": 1.0}[handle]
    path = []
    for a in angle:
        c, s = math.cos(a), math.copysign(abs(math.sin(a)) ** power, a)
        c = c**power * (1.0 + (0.22 * math.sin(a) if handle == "ear" else 0.0))
        t = 0.5 + 0.5 * s * 2 * handle_m / 0.095
        at_wall = foot + (radius_m - foot) * t + out * math.sin(math.pi * t)
        path.append(
            (0.0, at_wall - 0.0045 + 0.031 * c * handle_m / 0.031 - 0.0045, h * 0.52 + handle_m * s * h / 0.095)
        )
    parts: list[Part] = [
        (revolve([*outer, *rim], 40), "glaze"),
        (revolve([rim[-1], *bowl_], 40), "inside"),
        (tube(path, 0.0052, 10).scaled(1.25, 1.0, 1.0), "glaze"),
    ]
    if decal is not None:
        parts.append((revolve([(r + 0.0004, z) for r, z in body[:-1]], 40), "decal"))
    materials = [
        make_material("glaze", "ceramic", rgb(glaze), tintable=True),
        make_material("inside", "ceramic", rgb(inside)),
        *([] if decal is None else [make_material("decal", "ceramic", (1.0, 1.0, 1.0), texture=decal)]),
    ]
    return assemble(name, "mug", parts, materials)


def draw_mug(rng: np.random.Generator) -> Asset:
    """Draw a mug."""
    glaze = pick(rng, GLAZES)
    inside = glaze if rng.random() < 0.4 else "#f4f3ef"
    return mug(
        radius_m=rng.uniform(0.038, 0.046),
        height_m=rng.uniform(0.082, 0.11),
        taper=rng.uniform(0.82, 1.0),
        belly=rng.uniform(-0.06, 0.14) if rng.random() < 0.5 else 0.0,
        handle=pick(rng, HANDLES),
        handle_m=rng.uniform(0.025, 0.034),
        glaze=glaze,
        inside=inside,
        decal=prints.label(rng, 256, 128) if rng.random() < 0.3 else None,
    )


def bowl(
    *,
    name: str = "bowl",
    category: str = "bowl",
    radius_m: float = 0.075,
    height_m: float = 0.065,
    foot: float = 0.45,
    roundness: float = 2.0,
    glaze: str = "#f4f3ef",
) -> Asset:
    """Return a hollow turned vessel: a bowl, cup or plate.

    Args:
        name: of the asset.
        category: bowl, cup or plate.
        radius_m: of the rim.
        height_m: from the foot to the rim.
        foot: the foot's radius over the rim's.
        roundness: exponent of the wall's profile; 1 for a cone, higher for a wall that stands up at the rim.
        glaze: ``#rrggbb`` of the glaze.
    """
    wall, base = 0.004, radius_m * foot
    t = np.linspace(0.0, 1.0, 10)
    radius = base + (radius_m - base) * t ** (1.0 / roundness)
    z = 0.006 + (height_m - 0.007) * t
    outer = [(0.0, 0.002), (base * 0.82, 0.002), (base * 0.85, 0.0), (base, 0.0), *zip(radius, z, strict=True)]
    rim = [(radius_m - wall * 0.3, height_m), (radius_m - wall * 0.8, height_m - 0.0008)]
    inner = [(max(r - wall, 0.0), max(h, 0.0065)) for r, h in zip(radius[::-1][1:], z[::-1][1:] + 0.0015, strict=True)]
    profile = [(float(r), float(h)) for r, h in [*outer, *rim, *inner, (0.0, 0.0055)]]
    glazed = make_material("glaze", "ceramic", rgb(glaze), tintable=True)
    return assemble(name, category, [(revolve(profile, 48, crease_deg=35.0), "glaze")], [glazed], symmetries=TURNED)


def draw_bowl(rng: np.random.Generator) -> Asset:
    """Draw a bowl."""
    return bowl(
        radius_m=rng.uniform(0.06, 0.10),
        height_m=rng.uniform(0.045, 0.08),
        foot=rng.uniform(0.35, 0.55),
        roundness=rng.uniform(1.6, 2.6),
        glaze=pick(rng, GLAZES),
    )


def draw_cup(rng: np.random.Generator) -> Asset:
    """Draw a cup without a handle."""
    return bowl(
        name="cup",
        category="cup",
        radius_m=rng.uniform(0.036, 0.045),
        height_m=rng.uniform(0.065, 0.10),
        foot=rng.uniform(0.6, 0.8),
        roundness=rng.uniform(1.3, 2.2),
        glaze=pick(rng, GLAZES),
    )


def draw_plate(rng: np.random.Generator) -> Asset:
    """Draw a plate."""
    return bowl(
        name="plate",
        category="plate",
        radius_m=rng.uniform(0.095, 0.14),
        height_m=rng.uniform(0.018, 0.028),
        foot=rng.uniform(0.6, 0.68),
        roundness=rng.uniform(0.7, 0.95),
        glaze=pick(rng, GLAZES),
    )


def bottle(
    *,
    name: str = "bottle",
    radius_m: float = 0.036,
    height_m: float = 0.23,
    shoulder: float = 0.62,
    substance: str = "glass",
    color: str = "#1d3a22",
    cap: str = "#b9912f",
    label: Texture,
) -> Asset:
    """Return a closed bottle with a label; ``shoulder`` is where it starts to narrow, as a share of the height."""
    r, h, neck = radius_m, height_m, max(0.0125, radius_m * 0.36)
    bend = [
        (neck + (r - neck) * (0.5 + 0.5 * math.cos(math.pi * t)), h * (shoulder + (0.83 - shoulder) * t))
        for t in np.linspace(0.0, 1.0, 9)
    ]
    body = [(0.0, 0.004), (r * 0.72, 0.0), (r * 0.9, 0.0015), (r, 0.009), *bend, (neck, h * 0.9), (neck, h - 0.019)]
    low, high = 0.16 * h, (shoulder - 0.06) * h
    top = [(neck, h - 0.019), (neck + 0.0022, h - 0.018), (neck + 0.0022, h - 0.0015), (neck + 0.0008, h), (0.0, h)]
    parts: list[Part] = [
        (revolve(body, 32), "body"),
        (revolve([(r + 0.0004, low), (r + 0.0004, high)], 32), "label"),
        (revolve(top, 28), "cap"),
    ]
    materials = [
        make_material("body", "glass" if substance == "glass" else "plastic", rgb(color), roughness=0.08),
        make_material("label", "paper", (1.0, 1.0, 1.0), texture=label),
        make_material("cap", "metal" if substance == "glass" else "plastic", rgb(cap)),
    ]
    return assemble(name, "bottle", parts, materials, symmetries=TURNED)


def draw_bottle(rng: np.random.Generator) -> Asset:
    """Draw a bottle of glass or plastic."""
    glass = bool(rng.random() < 0.5)
    colors = (
        ("#16301b", "#3a1f0d", "#24352f", "#0f1a2c")
        if glass
        else ("#d8dde0", "#7fb2c9", "#d86a2b", "#3a7a4a", "#e8d9a8")
    )
    return bottle(
        radius_m=rng.uniform(0.03, 0.042),
        height_m=rng.uniform(0.18, 0.30),
        shoulder=rng.uniform(0.55, 0.68),
        substance="glass" if glass else "plastic",
        color=pick(rng, colors),
        cap=pick(rng, ("#b9912f", "#c8c8c8", "#a02222", "#1f3f7a")),
        label=prints.label(rng),
    )


def can(
    *, name: str = "can", radius_m: float = 0.033, height_m: float = 0.115, drink: bool = True, label: Texture
) -> Asset:
    """Return a metal can: a drink can with a necked rim, or a food tin with beads and a paper label."""
    r, h = radius_m, height_m
    if drink:
        foot = [(0.0, 0.009), (r * 0.62, 0.004), (r * 0.72, 0.0), (r * 0.76, 0.0), (r, 0.011)]
        neck = [(r, h - 0.016), (r * 0.84, h - 0.004), (r * 0.84, h - 0.001), (r * 0.82, h), (r * 0.80, h - 0.001)]
        side, lid = (0.011, h - 0.016), [(r * 0.80, h - 0.001), (r * 0.76, h - 0.006), (0.0, h - 0.005)]
    else:
        foot = [(0.0, 0.003), (r * 0.93, 0.003), (r * 0.95, 0.0), (r * 1.0, 0.0), (r * 1.01, 0.003), (r, 0.0045)]
        neck = [(r, h - 0.0045), (r * 1.01, h - 0.003), (r, h), (r * 0.95, h)]
        side, lid = (
            (0.0045, h - 0.0045),
            [(r * 0.95, h), (r * 0.93, h - 0.004), (r * 0.6, h - 0.0035), (0.0, h - 0.004)],
        )
    parts: list[Part] = [
        (revolve(foot, 36), "metal"),
        (revolve([(r, side[0]), (r, side[1])], 36), "label"),
        (revolve([*neck, *lid[1:]], 36), "metal"),
    ]
    if drink:
        tab = box((0.024, 0.015, 0.0012), (0.006, 0.0, h - 0.0035), 0.0005)
        parts.append((tab, "metal"))
    printed = make_material("label", "painted_metal" if drink else "paper", (1.0, 1.0, 1.0), texture=label)
    metal = make_material("metal", "metal", rgb("#c6c7c9"))
    return assemble(name, "can", parts, [metal, printed], symmetries=TURNED)


def draw_can(rng: np.random.Generator) -> Asset:
    """Draw a drink can or a food tin."""
    if rng.random() < 0.5:
        return can(radius_m=0.033, height_m=pick_number(rng, (0.115, 0.168, 0.09)), label=prints.label(rng))
    return can(
        radius_m=rng.uniform(0.0365, 0.05), height_m=rng.uniform(0.06, 0.12), drink=False, label=prints.label(rng)
    )


def jar(
    *,
    name: str = "jar",
    radius_m: float = 0.038,
    height_m: float = 0.11,
    content: str = "#8a3b12",
    lid: str = "#c8a23a",
    label: Texture,
) -> Asset:
    """Return a full glass jar with a screw lid; ``content`` is the colour seen through the glass."""
    r, h = radius_m, height_m
    body = [
        (0.0, 0.003),
        (r * 0.85, 0.0),
        (r * 0.96, 0.003),
        (r, 0.01),
        (r, h * 0.72),
        (r * 0.97, h * 0.77),
        (r * 0.86, h * 0.82),
        (r * 0.86, h * 0.85),
    ]
    top = [
        (r * 0.86, h * 0.845),
        (r * 0.92, h * 0.85),
        (r * 0.92, h - 0.002),
        (r * 0.88, h),
        (r * 0.8, h - 0.001),
        (0.0, h - 0.001),
    ]
    parts: list[Part] = [
        (revolve(body, 36), "glass"),
        (revolve([(r + 0.0004, h * 0.18), (r + 0.0004, h * 0.66)], 36), "label"),
        (revolve(top, 36), "lid"),
    ]
    materials = [
        make_material("glass", "glass", rgb(content), roughness=0.05),
        make_material("label", "paper", (1.0, 1.0, 1.0), texture=label),
        make_material("lid", "painted_metal", rgb(lid)),
    ]
    return assemble(name, "jar", parts, materials, symmetries=TURNED)


def draw_jar(rng: np.random.Generator) -> Asset:
    """Draw a jar."""
    return jar(
        radius_m=rng.uniform(0.03, 0.045),
        height_m=rng.uniform(0.08, 0.15),
        content=pick(rng, ("#8a3b12", "#6b1420", "#b98a1e", "#3c4a18", "#c9b48a")),
        lid=pick(rng, ("#c8a23a", "#a82a2a", "#e8e8e4", "#2e5f3c")),
        label=prints.label(rng),
    )


def carton(
    *,
    name: str = "carton",
    size_m: tuple[float, float, float] = (0.06, 0.16, 0.22),
    label: Texture,
    ends: str = "#e8e2d2",
) -> Asset:
    """Return a printed carton of (x, y, z) size: the print on front and back, plain ends and top."""
    x, y, z = (s / 2 for s in size_m)
    front = panel([(x, -y, -z), (x, y, -z), (x, y, z), (x, -y, z)])
    back = panel([(-x, y, -z), (-x, -y, -z), (-x, -y, z), (-x, y, z)])
    parts: list[Part] = [(front, "print"), (back, "print")]
    parts += [(_without_front(box(size_m)), "ends")]
    materials = [
        make_material("print", "paper", (1.0, 1.0, 1.0), roughness=0.55, texture=label),
        make_material("ends", "paper", rgb(ends), roughness=0.55),
    ]
    return assemble(name, "carton", parts, materials, symmetries=(Symmetry(folds=2),))


def draw_carton(rng: np.random.Generator) -> Asset:
    """Draw a printed carton."""
    size = (rng.uniform(0.03, 0.08), rng.uniform(0.09, 0.20), rng.uniform(0.10, 0.26))
    sheet = prints.label(rng, 384, max(int(384 * size[2] / size[1]), 96))
    return carton(size_m=size, label=sheet, ends=pick(rng, ("#e8e2d2", "#2c4a7c", "#a33328", "#3b6e4d", "#d9a83a")))


def cardboard_box(
    *, name: str = "box", size_m: tuple[float, float, float] = (0.24, 0.18, 0.12), sheet: Texture
) -> Asset:
    """Return a closed cardboard box of (x, y, z) size with tape over its top seam."""
    x, _, z = size_m
    tape, over = 0.048, 0.0006
    drop = min(0.05, 0.4 * z)
    parts: list[Part] = [
        (box(size_m, bevel_m=0.002).wrapped(textures.TILE_M["cardboard"]), "cardboard"),
        (box((x + 2 * over, tape, over), (0.0, 0.0, z / 2 + over / 2)), "tape"),
        (box((over, tape, drop), (x / 2 + over / 2, 0.0, (z - drop) / 2)), "tape"),
        (box((over, tape, drop), (-x / 2 - over / 2, 0.0, (z - drop) / 2)), "tape"),
    ]
    materials = [
        make_material("cardboard", "cardboard", (1.0, 1.0, 1.0), texture=sheet),
        make_material("tape", "plastic", rgb("#b8905a"), roughness=0.2),
    ]
    return assemble(name, "box", parts, materials, symmetries=half_turns(size_m[2]))


def draw_cardboard_box(rng: np.random.Generator) -> Asset:
    """Draw a cardboard box."""
    size = (rng.uniform(0.12, 0.32), rng.uniform(0.10, 0.22), rng.uniform(0.06, 0.20))
    return cardboard_box(size_m=size, sheet=textures.cardboard(rng, 256))


def half_turns(height_m: float) -> tuple[Symmetry, ...]:
    """Return the half turns about the three axes through a box's middle; the third follows from two."""
    middle = (0.0, 0.0, height_m / 2)
    return tuple(Symmetry(axis=axis, offset_m=middle, folds=2) for axis in ((1.0, 0.0, 0.0), (0.0, 0.0, 1.0)))


def pick_number(rng: np.random.Generator, options: tuple[float, ...]) -> float:
    """Draw one of ``options``."""
    return options[int(rng.integers(len(options)))]


def _without_front(shape: Shape) -> Shape:
    """Return a box without the faces that look along x."""
    corners = shape.vertices[shape.faces]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return replace(shape, faces=shape.faces[np.abs(normal).argmax(axis=1) != 0])
