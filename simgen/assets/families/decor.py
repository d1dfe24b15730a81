"""What makes a room lived in: framed pictures, potted plants, rugs, curtains on a rod, wall clocks."""

from __future__ import annotations

import math
from typing import Literal

import cv2
import numpy as np

from simgen.assets.families.shapes import (
    Part,
    Shape,
    assemble,
    box,
    disc,
    grid,
    join,
    panel,
    pick,
    plain,
    revolve,
    tube,
)
from simgen.assets.families.soft import cloth, curtain, rug_pattern
from simgen.scene.asset import Asset
from simgen.scene.material import Texture, make_material, rgb

_FRAMES = ("#1d1c1b", "#e8e6e0", "#8a6440", "#4a3020", "#b09a6c")
_DRAPES = ("#d9d4c8", "#8f9aa0", "#5b6f80", "#7a5a4c", "#b8a888", "#4e5a48", "#c7b9ae", "#6a3f45")


def draw_picture(rng: np.random.Generator) -> Asset:
    """Draw a framed picture that hangs on a wall behind it, its back at the least x."""
    tall, share = float(rng.uniform(0.25, 0.8)), float(rng.uniform(0.65, 1.6))
    wide = tall * share
    bar, mat = float(rng.uniform(0.012, 0.04)), float(rng.uniform(0.0, 0.09)) * tall
    deep = 0.022
    parts: list[Part] = []
    for sign in (1.0, -1.0):
        parts.append((box((deep, wide, bar), (deep / 2, 0.0, tall / 2 + sign * (tall - bar) / 2), 0.002), "frame"))
        parts.append((box((deep, bar, tall - 2 * bar), (deep / 2, sign * (wide - bar) / 2, tall / 2), 0.002), "frame"))
    parts.append((box((0.01, wide - 2 * bar, tall - 2 * bar), (0.005, 0.0, tall / 2)), "mat"))
    half, low, high = wide / 2 - bar - mat, bar + mat, tall - bar - mat
    x = 0.0103
    parts.append((panel([(x, -half, low), (x, half, low), (x, half, high), (x, -half, high)]), "art"))
    art = _art(rng, (max(round(256 * (2 * half) / (high - low)), 64), 256))
    materials = [
        plain("frame", "wood", pick(rng, _FRAMES), 0.4),
        plain("mat", "paper", "#efece4"),
        make_material("art", "paper", (1.0, 1.0, 1.0), texture=art, roughness=0.5),
    ]
    return assemble("picture", "picture", parts, materials)


def _art(rng: np.random.Generator, size_px: tuple[int, int]) -> Texture:
    """Draw a picture by nobody: a landscape, round forms, or strokes."""
    width, height = size_px
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    ground = rng.uniform(120, 245, 3)
    image = np.empty((height, width, 3), np.float32)
    image[:] = ground + (rng.uniform(-60, 60, 3)) * (y / height)[..., None]
    kind = int(rng.integers(3))
    if kind == 0:
        for k in range(int(rng.integers(3, 6))):
            crest = height * (0.4 + 0.13 * k) + sum(
                height * 0.06 / n * float(rng.uniform(-1, 1)) * np.cos(2 * np.pi * n * x / width + rng.uniform(0, 6.3))
                for n in (1, 2, 3, 5)
            )
            image[y > crest] = rng.uniform(20, 200, 3) * (1.0 - 0.1 * k)
        centre = (int(rng.uniform(0.2, 0.8) * width), int(rng.uniform(0.12, 0.3) * height))
        cv2.circle(image, centre, int(0.07 * height), (245, 225, 170), -1, cv2.LINE_AA)
    elif kind == 1:
        for _ in range(int(rng.integers(4, 12))):
            centre = (int(rng.uniform(0, width)), int(rng.uniform(0, height)))
            axes = (int(rng.uniform(0.05, 0.3) * height), int(rng.uniform(0.05, 0.3) * height))
            color = tuple(float(c) for c in rng.uniform(20, 240, 3))
            cv2.ellipse(image, centre, axes, float(rng.uniform(0, 180)), 0, 360, color, -1, cv2.LINE_AA)
    else:
        for _ in range(int(rng.integers(15, 60))):
            ends = rng.uniform(-0.1, 1.1, (2, 2)) * (width, height)
            color = tuple(float(c) for c in rng.uniform(20, 240, 3))
            first, second = (tuple(int(v) for v in end) for end in ends)
            cv2.line(image, first, second, color, int(rng.uniform(2, 0.08 * height)), cv2.LINE_AA)
        image = cv2.GaussianBlur(image, (0, 0), 1.5)
    image = 0.65 * image + 0.35 * image.mean(axis=2, keepdims=True)
    image *= (1.0 + 0.03 * rng.standard_normal((height, width, 1))).astype(np.float32)
    return Texture(name="art", pixels=np.clip(np.rint(image), 0, 255).astype(np.uint8))


PlantName = Literal["blades", "rubber", "palm"]


def potted_plant(
    rng: np.random.Generator, *, kind: PlantName = "rubber", tall_m: float = 0.9, pot: str = "#b06a44"
) -> Asset:
    """Draw a plant in a pot of a height with it: upright blades, a stem with broad leaves, or arching fronds."""
    r = float(np.clip(0.17 * tall_m, 0.05, 0.19)) * float(rng.uniform(0.85, 1.15))
    high = r * float(rng.uniform(1.5, 2.0))
    wall = [
        (0.0, 0.0),
        (0.72 * r, 0.0),
        (r, high),
        (r - 0.008, high),
        (0.9 * r - 0.012, 0.8 * high),
        (0.0, 0.82 * high),
    ]
    parts: list[Part] = [
        (revolve(wall[:5], 36), "pot"),
        (revolve([(0.9 * r, 0.81 * high), (0.0, 0.84 * high)], 24), "soil"),
    ]
    match kind:
        case "blades":
            parts += _blades(rng, tall_m, high, r)
        case "rubber":
            parts += _rubber(rng, tall_m, high)
        case "palm":
            parts += _palm(rng, tall_m, high, r)
    green = rgb(pick(rng, ("#2f5a2a", "#3f6b34", "#4c7a3e", "#284a30", "#5a7a45")))
    materials = [
        make_material("pot", "ceramic", rgb(pot), roughness=float(rng.uniform(0.2, 0.8)), tintable=True),
        plain("soil", "soil", "#2e2219"),
        make_material("leaf", "foliage", green, roughness=0.4),
        make_material("pale", "foliage", (green[0] * 1.9, green[1] * 1.35, green[2] * 1.5), roughness=0.45),
        plain("stem", "bark", "#5a4a34"),
    ]
    return assemble("potted_plant", "potted_plant", parts, materials)


def draw_potted_plant(rng: np.random.Generator) -> Asset:
    """Draw a potted plant for the floor or a table."""
    return potted_plant(
        rng,
        kind=pick(rng, ("blades", "rubber", "palm")),
        tall_m=float(rng.uniform(0.25, 1.5)),
        pot=pick(rng, ("#b06a44", "#e4e2dc", "#3a3d40", "#7f8f99", "#c9b795", "#56695a")),
    )


def rug(rng: np.random.Generator, size_m: tuple[float, float], *, thick_m: float = 0.008) -> Asset:
    """Draw a rug of a length (x) and width (y)."""
    x, y = size_m
    body = box((x, y, thick_m), (0.0, 0.0, thick_m / 2))
    top = panel(
        [(-x / 2, -y / 2, thick_m), (x / 2, -y / 2, thick_m), (x / 2, y / 2, thick_m), (-x / 2, y / 2, thick_m)]
    )
    sides = Shape(vertices=body.vertices, faces=body.faces[_not_up(body)], crease_deg=30.0)
    pattern = rug_pattern(rng, (max(round(200 * x), 64), max(round(200 * y), 64)))
    edge = np.asarray(pattern.pixels).reshape(-1, 3).mean(axis=0)
    color = "#" + "".join(f"{int(c):02x}" for c in edge)
    materials = [make_material("pile", "cloth", (1.0, 1.0, 1.0), texture=pattern), plain("edge", "cloth", color)]
    return assemble("rug", "rug", [(top, "pile"), (sides, "edge")], materials)


def draw_rug(rng: np.random.Generator) -> Asset:
    """Draw a rug."""
    return rug(
        rng, (float(rng.uniform(1.2, 2.0)), float(rng.uniform(1.7, 2.8))), thick_m=float(rng.uniform(0.005, 0.014))
    )


def curtains(rng: np.random.Generator, wide_m: float, tall_m: float, color: str | None = None) -> Asset:
    """Draw a pair of curtains drawn aside on a rod along y, so wide and so high from the floor to above the rod."""
    share = float(rng.uniform(0.13, 0.24))
    each = wide_m * share
    drop = tall_m - 0.05
    parts: list[Part] = []
    for side in (1.0, -1.0):
        folds = max(3, round(each / float(rng.uniform(0.055, 0.085))))
        cloth_shape = curtain(each, drop, folds, depth_m=float(rng.uniform(0.045, 0.07)))
        parts.append((cloth_shape.moved(y=side * (wide_m - each) / 2), "cloth"))
    rod = tall_m - 0.02
    parts.append((tube([(0.0, -wide_m / 2 - 0.06, rod), (0.0, wide_m / 2 + 0.06, rod)], 0.011, 14), "metal"))
    for side in (1.0, -1.0):
        ball = revolve([(0.0, -0.022), (0.018, -0.01), (0.022, 0.0), (0.018, 0.012), (0.0, 0.022)], 16)
        parts.append((ball.moved(0.0, side * (wide_m / 2 + 0.07), rod), "metal"))
        parts.append((tube([(-0.075, side * wide_m * 0.46, rod), (0.0, side * wide_m * 0.46, rod)], 0.007, 8), "metal"))
    materials = [
        cloth("cloth", color or pick(rng, _DRAPES)),
        plain("metal", "metal", pick(rng, ("#1d1d1f", "#a9abae", "#b09a6c")), 0.35),
    ]
    return assemble("curtains", "curtain", parts, materials)


def draw_wall_clock(rng: np.random.Generator) -> Asset:
    """Draw a round clock for a wall behind it, its back at the least x."""
    r = float(rng.uniform(0.11, 0.18))
    parts: list[Part] = [
        (tube([(0.0, 0.0, 0.0), (0.03, 0.0, 0.0)], r, 48), "rim"),
        (disc(0.93 * r, 48).moved(0.0303), "face"),
    ]
    for k in range(12):
        a = k * math.pi / 6
        long = 0.14 if k % 3 == 0 else 0.08
        marks = [(0.0306, share * r * math.sin(a), share * r * math.cos(a)) for share in (0.86 - long, 0.86)]
        parts.append((tube(marks, 0.004, 6), "mark"))
    for length, angle in ((0.5, rng.uniform(0, 2 * math.pi)), (0.74, rng.uniform(0, 2 * math.pi))):
        tip = (0.032, length * r * math.sin(angle), length * r * math.cos(angle))
        parts.append((tube([(0.032, 0.0, 0.0), tip], 0.0045, 6), "mark"))
    dark = rng.random() < 0.25
    materials = [
        plain("rim", "plastic", pick(rng, ("#1b1c1e", "#b9babc", "#8a2f2a", "#e6e6e3")), 0.3),
        plain("face", "paper", "#17181a" if dark else "#f0efea", 0.4),
        plain("mark", "plastic", "#e6e6e3" if dark else "#18181a", 0.4),
    ]
    return assemble("wall_clock", "clock", parts, materials, tags=("wall_mounted",))


def _not_up(shape: Shape) -> np.ndarray:
    """Return which faces do not look up."""
    corners = shape.vertices[shape.faces]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return normal[:, 2] <= 0.5 * np.linalg.norm(normal, axis=1)


def _leaf(root: np.ndarray, way: np.ndarray, long: float, wide: float, droop: float, fold: float = 0.12) -> Shape:
    """Return a leaf as a bent sheet of 5 by 3 points that grows from a root in a direction and hangs at its tip."""
    steps = np.linspace(0.0, 1.0, 6)
    side = np.cross(way, (0.0, 0.0, 1.0))
    side = side / max(float(np.linalg.norm(side)), 1e-6)
    up = np.cross(side, way)
    middle = root + np.outer(long * steps, way) - np.outer(droop * long * steps**2, (0.0, 0.0, 1.0))
    half = 0.5 * wide * np.sin(np.pi * np.clip(0.04 + 0.96 * steps, 0, 1)) ** 0.7
    half[-1] = 0.0015
    rows = [middle + np.outer(t * half, side) + np.outer(fold * np.abs(t) * half, up) for t in (-1.0, 0.0, 1.0)]
    return grid(np.stack(rows, axis=1)).creased(80.0)


def _blades(rng: np.random.Generator, tall: float, pot: float, r: float) -> list[Part]:
    shapes: dict[str, list[Shape]] = {"leaf": [], "pale": []}
    for k in range(int(rng.integers(9, 17))):
        a, out = float(rng.uniform(0, 2 * np.pi)), float(rng.uniform(0.0, 0.55)) * r
        root = np.array([out * np.cos(a), out * np.sin(a), 0.8 * pot])
        lean = float(rng.uniform(0.02, 0.25))
        way = np.array([lean * np.cos(a), lean * np.sin(a), 1.0])
        long = (tall - 0.8 * pot) * float(rng.uniform(0.6, 1.0))
        turn = float(rng.uniform(0, np.pi))
        wide, steps = float(rng.uniform(0.035, 0.06)), np.linspace(0.0, 1.0, 6)
        half = 0.5 * wide * np.clip(1.15 - steps**4 * 1.13, 0.02, 1.0)
        side = np.stack([np.cos(turn + 0.5 * steps), np.sin(turn + 0.5 * steps), np.zeros(6)], axis=1)
        middle = root + np.outer(long * steps, way)
        rows = np.stack([middle + (t * half)[:, None] * side for t in (-1.0, 0.0, 1.0)], axis=1)
        shapes["pale" if k % 4 == 0 else "leaf"].append(grid(rows).creased(80.0))
    return [(join(found), of) for of, found in shapes.items() if found]


def _rubber(rng: np.random.Generator, tall: float, pot: float) -> list[Part]:
    stem = np.array([[0.0, 0.0, 0.8 * pot], [0.02, 0.01, 0.5 * (tall + pot)], [0.01, -0.02, tall * 0.93]])
    found: list[Shape] = []
    count = round(10 + 14 * tall)
    for k in range(count):
        t = (k + 0.5) / count
        root = stem[0] * (1 - t) + stem[2] * t
        a = 2.4 * k + float(rng.uniform(-0.3, 0.3))
        rise = 0.25 + 0.9 * t**2
        way = np.array([np.cos(a), np.sin(a), rise])
        way /= np.linalg.norm(way)
        long = float(rng.uniform(0.75, 1.0)) * float(np.clip(0.3 * tall, 0.09, 0.26)) * (1.15 - 0.5 * t)
        found.append(_leaf(root + 0.02 * way, way, long, 0.48 * long, float(rng.uniform(0.15, 0.4))))
    thin = float(np.clip(0.011 * tall, 0.004, 0.012))
    return [(tube(stem, (thin * 1.3, thin, 0.6 * thin), 10), "stem"), (join(found), "leaf")]


def _palm(rng: np.random.Generator, tall: float, pot: float, r: float) -> list[Part]:
    leaves: list[Shape] = []
    stems: list[Shape] = []
    for k in range(int(rng.integers(7, 12))):
        a = 2.4 * k + float(rng.uniform(-0.3, 0.3))
        flat = np.array([np.cos(a), np.sin(a), 0.0])
        long = (tall - 0.8 * pot) * float(rng.uniform(0.85, 1.15))
        lean = float(rng.uniform(0.25, 0.75))
        steps = np.linspace(0.0, 1.0, 8)
        line = np.outer(long * lean * steps**1.4, flat) + np.outer(
            long * (steps - 0.38 * lean * steps**2.4), (0.0, 0.0, 1.0)
        )
        line += (0.2 * r * flat[0], 0.2 * r * flat[1], 0.8 * pot)
        stems.append(tube(line, np.linspace(0.006, 0.0015, 8) * min(1.0, tall + 0.3), 6))
        ahead = np.gradient(line, axis=0)
        ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
        for t in np.linspace(0.28, 1.0, 13):
            i = t * 7
            j = min(int(i), 6)
            at, along = line[j] + (i - j) * (line[j + 1] - line[j]), ahead[j]
            across = np.cross(along, (0.0, 0.0, 1.0))
            across /= max(float(np.linalg.norm(across)), 1e-6)
            size = long * 0.36 * math.sin(math.pi * (0.16 + 0.78 * float(t)))
            for side in (1.0, -1.0):
                way = 0.75 * along + side * across + np.array([0.0, 0.0, 0.1])
                way /= np.linalg.norm(way)
                leaves.append(_leaf(at, way, size, 0.12 * size + 0.006, 0.35, 0.05))
    return [(join(stems), "leaf"), (join(leaves), "leaf")]
