"""Trees and bushes: trunks and branches of tubes, crowns of many small leaves around darker hearts."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from simgen.assets import textures
from simgen.assets.families.shapes import Part, Shape, assemble, box, ellipsoid, tube
from simgen.scene.asset import Asset
from simgen.scene.material import Material, Texture, make_material, rgb
from simgen.scene.mesh import cross
from simgen.streams import stream

_VARIANTS = 4
"""How many textures of bark, and of the crowns' hearts, all plants share."""

_GREENS = (
    ("#5d7a35", "#48632a", "#344a20"),
    ("#6f8a3a", "#556f2c", "#3c5122"),
    ("#4e6d3c", "#3b5630", "#2a3f24"),
    ("#86903f", "#6a7434", "#4a5226"),
)
_NEEDLES = (("#3f5a38", "#30472d", "#233524"), ("#4b6a55", "#3a5444", "#293d32"))


def broadleaf(
    *,
    name: str = "broadleaf",
    height_m: float = 7.0,
    crown_m: float = 4.5,
    stem_m: float = 2.0,
    rng: np.random.Generator,
) -> Asset:
    """Return a deciduous tree of a height, crown diameter and bare stem; ``rng`` places branches and leaves."""
    low, half = stem_m, crown_m / 2
    middle = np.array([0.0, 0.0, (height_m + low) / 2])
    radii = np.array([half, half, (height_m - low) / 2])
    thick = 0.018 * height_m + 0.02
    top = middle + np.array([*rng.normal(0.0, 0.05, 2) * half, 0.35 * radii[2]])
    bends = rng.normal(0.0, 0.02, (3, 2)) * height_m
    stem = np.array(
        [
            [0.0, 0.0, 0.0],
            [*bends[0] * 0.2, low * 0.15],
            [*bends[0] * 0.5, low * 0.6],
            [*bends[1], low + 0.25 * (top[2] - low)],
            top,
        ]
    )
    parts: list[Part] = [
        (_barked(tube(stem, [thick * 1.45, thick * 1.05, thick * 0.9, thick * 0.6, thick * 0.12], 10)), "bark")
    ]
    clumps = _clumps(rng, middle, radii, 22)
    for centre, _ in clumps:
        start = stem[2] + (stem[3] - stem[2]) * rng.uniform(0.3, 1.0) + (top - stem[3]) * rng.uniform(0.0, 0.5)
        knee = (start + centre) / 2 + np.array([0.0, 0.0, -0.06 * height_m * rng.random()])
        branch = tube([start, knee, centre], [thick * 0.34, thick * 0.22, thick * 0.06], 6)
        parts.append((_barked(branch), "bark"))
    for centre, radius in clumps:
        parts.append((_heart(centre, radius * 0.66), "heart"))
        parts += _leaves(rng, centre, np.full(3, radius), 105, 0.030 * crown_m + 0.03)
    return assemble(name, "tree", parts, _green(rng, _GREENS[int(rng.integers(len(_GREENS)))]))


def draw_broadleaf(rng: np.random.Generator) -> Asset:
    """Draw a deciduous tree."""
    height = float(rng.uniform(4.5, 10.0))
    return broadleaf(
        height_m=height,
        crown_m=height * float(rng.uniform(0.55, 0.75)),
        stem_m=height * float(rng.uniform(0.22, 0.32)),
        rng=rng,
    )


def conifer(*, name: str = "conifer", height_m: float = 8.0, crown_m: float = 3.4, rng: np.random.Generator) -> Asset:
    """Return a spruce-like tree: whorls of drooping boughs, each a spray of needle fans."""
    thick = 0.014 * height_m + 0.03
    parts: list[Part] = [
        (
            _barked(
                tube(
                    [(0.0, 0.0, 0.0), (0.0, 0.0, 0.5 * height_m), (0.0, 0.0, 0.98 * height_m)],
                    [thick, 0.6 * thick, 0.01],
                    8,
                )
            ),
            "bark",
        )
    ]
    levels = 24
    kites: list[np.ndarray] = []
    shades: list[np.ndarray] = []
    for level in range(levels):
        share = level / (levels - 1)
        z = height_m * (0.10 + 0.87 * share)
        reach = crown_m / 2 * (1.0 - share) ** 0.85 + 0.12
        count = 7 + int(5 * (1 - share))
        for bough in range(count):
            angle = 2 * math.pi * (bough + 0.5 * (level % 2) + rng.uniform(-0.25, 0.25)) / count
            kites.append(_bough(rng, z, angle, reach * rng.uniform(0.8, 1.1)))
            shades.append(rng.integers(3, size=len(kites[-1])))
    for k in range(3):
        parts.append((_kites(np.concatenate(kites)[np.concatenate(shades) == k]), f"leaf_{k}"))
    rings = [
        (crown_m / 2 * 0.42 * (1 - t) ** 0.9 + 0.02, height_m * (0.14 + 0.82 * t)) for t in np.linspace(0.0, 1.0, 8)
    ]
    heart = tube([(0.0, 0.0, z) for _, z in rings], [r for r, _ in rings], 10)
    parts.append((heart.wrapped(textures.TILE_M["leaves"]), "heart"))
    return assemble(name, "tree", parts, _green(rng, _NEEDLES[int(rng.integers(len(_NEEDLES)))]), tags=("conifer",))


def draw_conifer(rng: np.random.Generator) -> Asset:
    """Draw a conifer."""
    height = float(rng.uniform(4.5, 12.0))
    return conifer(height_m=height, crown_m=height * float(rng.uniform(0.34, 0.46)), rng=rng)


def bush(
    *, name: str = "bush", size_m: tuple[float, float, float] = (1.2, 1.2, 1.0), rng: np.random.Generator
) -> Asset:
    """Return a round bush of about (x, y, z) size."""
    x, y, z = size_m
    clumps = _clumps(rng, np.array([0.0, 0.0, z * 0.52]), np.array([x, y, z * 0.96]) / 2, 9)
    parts: list[Part] = [(_barked(tube([(0.0, 0.0, 0.0), (0.0, 0.0, z * 0.5)], 0.03, 6)), "bark")]
    for centre, radius in clumps:
        centre[2] = max(centre[2], radius * 1.05)
        parts.append((_heart(centre, radius * 0.8), "heart"))
        parts += _leaves(rng, centre, np.full(3, radius), 110, 0.075)
    return assemble(name, "bush", parts, _green(rng, _GREENS[int(rng.integers(len(_GREENS)))]))


def draw_bush(rng: np.random.Generator) -> Asset:
    """Draw a bush."""
    width = float(rng.uniform(0.7, 1.8))
    return bush(size_m=(width, width * float(rng.uniform(0.85, 1.2)), float(rng.uniform(0.6, 1.4))), rng=rng)


def hedge(
    *, name: str = "hedge", size_m: tuple[float, float, float] = (0.6, 2.4, 1.2), rng: np.random.Generator
) -> Asset:
    """Return a clipped hedge of about (x, y, z) size, its length along y."""
    size = np.asarray(size_m)
    heart = box((size_m[0] - 0.10, size_m[1] - 0.10, size_m[2] - 0.10), (0.0, 0.0, size[2] / 2 - 0.05), 0.06).wrapped(
        textures.TILE_M["leaves"]
    )
    parts: list[Part] = [(heart, "heart")]
    area = np.array([size[1] * size[2], size[0] * size[2], size[0] * size[1] / 2])
    for axis in range(3):
        count = int(330 * area[axis])
        for sign in (1.0, -1.0) if axis < 2 else (1.0,):
            at = rng.uniform(-0.5, 0.5, (count, 3)) * (size - 0.06)
            at[:, axis] = sign * (size[axis] / 2 - 0.05 + rng.normal(0.0, 0.015, count))
            at[:, 2] = np.clip(at[:, 2] + size[2] / 2, 0.05, None)
            parts += _scattered(rng, at, 0.06)
    return assemble(name, "bush", parts, _green(rng, _GREENS[int(rng.integers(3))]))


def draw_hedge(rng: np.random.Generator) -> Asset:
    """Draw a hedge."""
    return hedge(
        size_m=(float(rng.uniform(0.45, 0.8)), float(rng.uniform(1.5, 3.0)), float(rng.uniform(0.8, 1.6))), rng=rng
    )


def _green(rng: np.random.Generator, shades: tuple[str, ...]) -> list[Material]:
    return [
        make_material("bark", "bark", (1.0, 1.0, 1.0), texture=_bark(int(rng.integers(_VARIANTS)))),
        make_material("heart", "foliage", (0.75, 0.75, 0.75), texture=_foliage(int(rng.integers(_VARIANTS)))),
        *(make_material(f"leaf_{k}", "foliage", rgb(shade)) for k, shade in enumerate(shades)),
    ]


@lru_cache(maxsize=_VARIANTS)
def _bark(variant: int) -> Texture:
    return textures.bark(stream(0, "families/plants.bark", variant), 256)


@lru_cache(maxsize=_VARIANTS)
def _foliage(variant: int) -> Texture:
    return textures.leaves(stream(0, "families/plants.leaves", variant), 256)


def _barked(shape: Shape) -> Shape:
    """Return a capped tube with bark around it, two tiles about and one a metre along."""
    points = shape.vertices[shape.faces]
    centre = points.mean(axis=1, keepdims=True)
    along = points[..., 2] / textures.TILE_M["bark"]
    around = (
        np.arctan2(points[..., 1] - shape.vertices[:, 1].mean(), points[..., 0] - shape.vertices[:, 0].mean()) / math.pi
    )
    middle = (
        np.arctan2(centre[..., 1] - shape.vertices[:, 1].mean(), centre[..., 0] - shape.vertices[:, 0].mean()) / math.pi
    )
    # Corners across the seam are unwrapped to their face's side.
    around = middle + (around - middle + 1.0) % 2.0 - 1.0
    return Shape(vertices=shape.vertices, faces=shape.faces, uv=np.stack([around, along], axis=-1), crease_deg=60.0)


def _clumps(
    rng: np.random.Generator, middle: np.ndarray, radii: np.ndarray, count: int
) -> list[tuple[np.ndarray, float]]:
    """Return (centre, radius) of ``count`` clumps spread over an ellipsoid's outer half, along a golden spiral."""
    found = []
    for k in range(count):
        up = 1.0 - 2.0 * (k + 0.5) / count
        turn = 2.399963 * k + rng.uniform(-0.3, 0.3)
        level = math.sqrt(1.0 - up * up)
        way = np.array([level * math.cos(turn), level * math.sin(turn), up])
        size = float(radii.min() * rng.uniform(0.36, 0.50))
        found.append((middle + way * (radii - size * 0.85) * rng.uniform(0.72, 1.06), size))
    found.append((middle.copy(), float(radii.min() * 0.55)))
    return found


def _heart(centre: np.ndarray, radius: float) -> Shape:
    ball = ellipsoid((radius, radius, radius * 0.9), (0.0, 0.0, 0.0), 8, 5)
    return ball.wrapped(textures.TILE_M["leaves"]).moved(*centre)


def _leaves(rng: np.random.Generator, centre: np.ndarray, radii: np.ndarray, count: int, size_m: float) -> list[Part]:
    """Return leaves about a clump, most of them near its surface."""
    way = rng.standard_normal((count, 3))
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    return _scattered(rng, centre + way * radii * (rng.uniform(0.62, 1.08, (count, 1)) ** 0.6), size_m, way)


def _scattered(
    rng: np.random.Generator, at: np.ndarray, size_m: float, outward: np.ndarray | None = None
) -> list[Part]:
    """Return kite-shaped leaves at (N, 3) points, of three shades, lighter above."""
    count = len(at)
    along = rng.standard_normal((count, 3)) + (0.0 if outward is None else 0.5 * outward)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    side = cross(along, rng.standard_normal((count, 3)))
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    length = size_m * rng.uniform(0.7, 1.3, (count, 1))
    kites = np.stack(
        [at - along * length, at + side * length * 0.55, at + along * length, at - side * length * 0.55], axis=1
    )
    shade = rng.integers(3, size=count)
    if outward is not None:
        shade = np.clip(np.rint(1.0 - 1.1 * outward[:, 2] + rng.normal(0.0, 0.6, count)), 0, 2).astype(int)
    return [(_kites(kites[shade == k]), f"leaf_{k}") for k in range(3) if (shade == k).any()]


def _bough(rng: np.random.Generator, z: float, angle: float, reach: float) -> np.ndarray:
    """Return the needle fans of one bough as (N, 4, 3) kites, hanging lower towards its tip, in pairs to both sides."""
    way = np.array([math.cos(angle), math.sin(angle), 0.0])
    side = np.array([-way[1], way[0], 0.0])
    steps = max(3, int(reach / 0.30))
    t = ((np.arange(steps) + 0.6) / steps)[:, None, None]
    at = way * reach * t + np.array([0.0, 0.0, 1.0]) * (z - 0.42 * reach * t**1.4)
    size = 0.20 + 0.13 * reach * (1.1 - t)
    spread = (way * 0.8 + side * np.array([[1.0], [-1.0]]) * (1.25 - 0.7 * t)) * size
    spread[..., 2] -= size[..., 0] * rng.uniform(0.15, 0.55, (steps, 2))
    across = spread[..., [1, 0, 2]] * np.array([0.42, -0.42, 0.0])
    kites = np.stack([at + 0 * spread, at + spread * 0.5 + across, at + spread * 1.25, at + spread * 0.5 - across], 2)
    return kites.reshape(-1, 4, 3)


def _kites(kites: np.ndarray) -> Shape:
    """Return (N, 4, 3) kites, each folded a little along its middle."""
    kites = kites.copy()
    fold = cross(kites[:, 2] - kites[:, 0], kites[:, 1] - kites[:, 3])
    fold /= np.maximum(np.linalg.norm(fold, axis=1, keepdims=True), 1e-12)
    length = np.linalg.norm(kites[:, 2] - kites[:, 0], axis=1, keepdims=True)
    kites[:, 1] += 0.10 * length * fold
    kites[:, 3] += 0.10 * length * fold
    start = 4 * np.arange(len(kites))[:, None]
    faces = np.concatenate([start + np.array([[0, 2, 1]]), start + np.array([[0, 3, 2]])])
    return Shape(vertices=kites.reshape(-1, 3), faces=faces, crease_deg=0.0)
