"""Trees, bushes and hedges: trunks and branches of tubes, and cards with sprays of leaves along their twigs."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import numpy as np

from simgen.assets import reliefs, textures
from simgen.assets.families.foliage import Leaf, cards, leaf_materials
from simgen.assets.families.shapes import Part, Shape, assemble, box, pick, tube
from simgen.scene.asset import Asset
from simgen.scene.material import Material, Rgb, Texture, make_material
from simgen.streams import stream

Form = Literal["round", "oval", "broad", "vase", "column", "weeping"]

_VARIANTS = 4
"""How many textures of bark, and of hedges' hearts, all plants share."""

_TINTS: tuple[Rgb, ...] = ((0.92, 0.92, 0.92), (0.78, 0.86, 0.74), (1.0, 0.95, 0.72), (0.80, 0.80, 0.86))
_DARK_TINTS: tuple[Rgb, ...] = ((0.90, 0.94, 0.90), (0.75, 0.85, 0.86), (1.0, 0.98, 0.86))


@dataclass(frozen=True, kw_only=True)
class _Habit:
    """How a kind of tree grows.

    Attributes:
        widest: share of the crown's height at which it is widest.
        fullness: exponent of the crown's outline; small is boxy, 1 an ellipse.
        rise_deg: about how steeply limbs leave the trunk.
        limbs: how many.
        droop: how far a spray's tip hangs, over its length.
        hang: how much sprays point downwards.
    """

    widest: float
    fullness: float
    rise_deg: float
    limbs: int
    droop: float = 0.18
    hang: float = 0.0


_HABITS: dict[Form, _Habit] = {
    "round": _Habit(widest=0.45, fullness=0.75, rise_deg=38.0, limbs=15),
    "oval": _Habit(widest=0.38, fullness=0.85, rise_deg=48.0, limbs=17),
    "broad": _Habit(widest=0.40, fullness=0.60, rise_deg=22.0, limbs=14),
    "vase": _Habit(widest=0.68, fullness=0.70, rise_deg=55.0, limbs=14),
    "column": _Habit(widest=0.35, fullness=0.55, rise_deg=70.0, limbs=18),
    "weeping": _Habit(widest=0.50, fullness=0.70, rise_deg=45.0, limbs=16, droop=0.45, hang=0.55),
}


_GROWN: tuple[tuple[Form, Leaf, float], ...] = (
    ("round", "oval", 1.0),
    ("oval", "oval", 0.85),
    ("broad", "lobed", 1.08),
    ("round", "lobed", 0.95),
    ("vase", "small", 1.0),
    ("oval", "long", 0.9),
    ("column", "small", 0.52),
    ("weeping", "small", 0.9),
    ("broad", "tuft", 0.95),
)
"""Form, leaf and how wide the crown is against the common one, of trees that are drawn."""


def broadleaf(
    *,
    name: str = "broadleaf",
    height_m: float = 7.0,
    crown_m: float = 4.5,
    stem_m: float = 2.0,
    form: Form = "round",
    leaf: Leaf = "oval",
    tint: Rgb = (0.92, 0.92, 0.92),
    rng: np.random.Generator,
) -> Asset:
    """Return a deciduous tree.

    Args:
        name: of the asset.
        height_m: of its top.
        crown_m: diameter of the crown.
        stem_m: height of the bare stem.
        form: of the crown.
        leaf: what its sprays are of; ``tuft`` makes a pine of it.
        tint: linear factor on the leaves' colour.
        rng: places branches and sprays.
    """
    habit = _HABITS[form]
    thick = 0.015 * height_m + 0.03
    trunk = _trunk(rng, height_m, stem_m)
    parts: list[Part] = [
        (_barked(tube(trunk, thick * np.array([1.5, 1.05, 0.9, 0.55, 0.12]), 9)), "bark"),
    ]
    base, along, length, depth = [], [], [], []
    reach = 0.5 * crown_m
    # Sprays end on the outline; smaller trees have smaller ones.
    spray = 0.16 * crown_m + 0.30
    for limb in _limbs(rng, habit, trunk, (height_m, reach, stem_m), spray):
        parts.append((_barked(tube(limb, thick * np.array([0.36, 0.22, 0.05]), 5)), "bark"))
        for twig in _twigs(rng, limb, 0.62 * spray):
            parts.append((_barked(tube(twig, thick * np.array([0.10, 0.03]), 3)), "bark"))
            count = 6
            t = rng.uniform(0.15, 1.0, count)[:, None]
            at = twig[0] + t * (twig[1] - twig[0])
            way = (twig[1] - twig[0]) / np.linalg.norm(twig[1] - twig[0])
            grown = 0.9 * way + rng.normal(0.0, 0.55, (count, 3)) + (0.0, 0.0, 0.25 - 1.2 * habit.hang)
            base.append(at)
            along.append(grown / np.linalg.norm(grown, axis=1, keepdims=True))
            length.append(spray * rng.uniform(0.75, 1.15, count))
            middle = np.array([0.0, 0.0, stem_m + habit.widest * (height_m - stem_m)])
            inward = (at - middle) / np.array([reach, reach, 0.5 * (height_m - stem_m)])
            depth.append(1.0 - np.linalg.norm(inward, axis=1) - 0.35 * inward[:, 2])
    grown = [np.concatenate(part) for part in (base, along, length, depth)]
    lowest = grown[0][:, 2] + np.minimum(grown[2] * (grown[1][:, 2] - habit.droop), 0.0) - 0.25 * grown[2]
    at, way, long, deep = (part[lowest > stem_m] for part in grown)
    parts += _shaded(rng, leaf, at, way, long, deep, habit.droop)
    return assemble(name, "tree", parts, [_bark_material(rng), *leaf_materials(leaf, tint)], tags=(form,))


def draw_broadleaf(rng: np.random.Generator) -> Asset:
    """Draw a deciduous tree, or now and then a pine."""
    height = float(rng.uniform(4.5, 10.0))
    form, leaf, slender = pick(rng, _GROWN)
    return broadleaf(
        height_m=height,
        crown_m=height * slender * float(rng.uniform(0.55, 0.75)),
        stem_m=height * float(rng.uniform(0.24, 0.34)),
        form=form,
        leaf=leaf,
        tint=pick(rng, _DARK_TINTS if leaf == "tuft" else _TINTS),
        rng=rng,
    )


def conifer(
    *,
    name: str = "conifer",
    height_m: float = 8.0,
    crown_m: float = 3.4,
    tint: Rgb = (0.9, 0.94, 0.9),
    rng: np.random.Generator,
) -> Asset:
    """Return a spruce-like tree: whorls of boughs that hang lower towards their tips, and the lower the older."""
    thick = 0.013 * height_m + 0.03
    stem = tube(
        [(0.0, 0.0, 0.0), (0.0, 0.0, 0.5 * height_m), (0.0, 0.0, 0.97 * height_m)], [thick, 0.6 * thick, 0.01], 8
    )
    parts: list[Part] = [(_barked(stem), "bark")]
    base, along, length, depth = [], [], [], []
    levels = 18 + round(1.3 * height_m)
    for level in range(levels):
        share = (level + rng.uniform(-0.3, 0.3)) / (levels - 1)
        reach = 0.5 * crown_m * max(1.0 - share, 0.0) ** 0.8 + 0.16
        count = 5 + int(6 * (1 - share))
        angle = 2 * math.pi * (np.arange(count) + 0.5 * (level % 2) + rng.uniform(-0.3, 0.3, count)) / count
        pitch = -0.25 + 0.55 * share + 0.6 * share**4 + rng.normal(0.0, 0.08, count)
        way = np.stack([np.cos(angle) * np.cos(pitch), np.sin(angle) * np.cos(pitch), np.sin(pitch)], axis=1)
        long = np.maximum(reach * rng.uniform(0.75, 1.08, count), 0.38)
        foot = np.zeros((count, 3))
        foot[:, 2] = height_m * (0.08 + 0.88 * share)
        # Each bough is two sprays: one from the stem, one over its outer half, rolled to the other side.
        for start, size in ((0.0, 1.0), (0.42, 0.66)):
            base.append(foot + (start * long)[:, None] * way)
            along.append(way)
            length.append(np.maximum(size * long, 0.3))
            depth.append(np.full(count, 0.75 - start) + rng.uniform(-0.4, 0.3, count))
    # The leader: sprays that stand upright about the tip.
    base.append(np.tile([0.0, 0.0, 0.955 * height_m], (3, 1)))
    along.append(np.tile([0.0, 0.0, 1.0], (3, 1)) + rng.normal(0.0, 0.12, (3, 3)))
    length.append(np.full(3, 0.045 * height_m))
    depth.append(np.zeros(3))
    at, way, long, deep = (np.concatenate(part) for part in (base, along, length, depth))
    parts += _shaded(rng, "needle", at, way, long, deep, 0.22, width=0.85, roll=0.5)
    return assemble(name, "tree", parts, [_bark_material(rng), *leaf_materials("needle", tint)], tags=("conifer",))


def draw_conifer(rng: np.random.Generator) -> Asset:
    """Draw a conifer."""
    height = float(rng.uniform(4.5, 12.0))
    return conifer(
        height_m=height, crown_m=height * float(rng.uniform(0.34, 0.46)), tint=pick(rng, _DARK_TINTS), rng=rng
    )


def bush(
    *,
    name: str = "bush",
    size_m: tuple[float, float, float] = (1.2, 1.2, 1.0),
    leaf: Leaf = "small",
    tint: Rgb = (0.92, 0.92, 0.92),
    rng: np.random.Generator,
) -> Asset:
    """Return a round bush of about (x, y, z) size: sprays on stems that fan out from the ground."""
    size = np.array(size_m)
    parts: list[Part] = []
    count = 150
    way = rng.normal(0.0, 1.0, (count, 3))
    way[:, 2] = np.abs(way[:, 2])
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    spray = 0.30 * float(size.mean())
    shell = np.maximum(size * (0.5, 0.5, 0.95) - 0.8 * spray, 0.05)
    share = rng.uniform(0.15, 1.0, count)[:, None] ** 0.5
    base = way * shell * share + (0.0, 0.0, 0.08)
    for tip in base[:14]:
        root = np.array([*rng.normal(0.0, 0.04, 2), 0.0])
        parts.append((_barked(tube([root, tip], [0.014, 0.006], 4)), "bark"))
    grown = way + rng.normal(0.0, 0.45, (count, 3)) + (0.0, 0.0, 0.3)
    grown /= np.linalg.norm(grown, axis=1, keepdims=True)
    grown[:, 2] = np.maximum(grown[:, 2], 0.15 - base[:, 2] / spray)
    length = spray * rng.uniform(0.75, 1.2, count)
    parts += _shaded(rng, leaf, base, grown, length, 1.1 - 1.2 * share[:, 0] - 0.3 * way[:, 2], 0.12)
    return assemble(name, "bush", parts, [_bark_material(rng), *leaf_materials(leaf, tint)])


def draw_bush(rng: np.random.Generator) -> Asset:
    """Draw a bush."""
    width = float(rng.uniform(0.7, 1.8))
    size = (width, width * float(rng.uniform(0.85, 1.2)), float(rng.uniform(0.6, 1.4)))
    return bush(size_m=size, leaf=pick(rng, ("small", "oval", "long")), tint=pick(rng, _TINTS), rng=rng)


def hedge(
    *,
    name: str = "hedge",
    size_m: tuple[float, float, float] = (0.6, 2.4, 1.2),
    leaf: Leaf = "small",
    tint: Rgb = (0.92, 0.92, 0.92),
    rng: np.random.Generator,
) -> Asset:
    """Return a clipped hedge of about (x, y, z) size, its length along y: sprays close about a dark heart."""
    size = np.asarray(size_m)
    inset = 0.20
    heart = box(
        (size_m[0] - inset, size_m[1] - inset, size_m[2] - inset / 2), (0.0, 0.0, size[2] / 2 - inset / 4), 0.05
    )
    parts: list[Part] = [(heart.wrapped(textures.TILE_M["leaves"]), "heart")]
    base, along = [], []
    spray = 0.34
    area = np.array([size[1] * size[2], size[0] * size[2], size[0] * size[1]])
    for axis in range(3):
        count = int(105 * area[axis])
        for sign in (1.0, -1.0) if axis < 2 else (1.0,):
            at = rng.uniform(-0.5, 0.5, (count, 3)) * (size - 0.16)
            at[:, axis] = sign * (size[axis] / 2 - 0.08)
            at[:, 2] = at[:, 2] + size[2] / 2
            face = np.zeros(3)
            face[axis] = sign
            grown = 0.45 * face + rng.normal(0.0, 0.42, (count, 3)) + (0.0, 0.0, 0.55 if axis < 2 else 0.2)
            grown /= np.linalg.norm(grown, axis=1, keepdims=True)
            # What would stick out is clipped: such sprays start deeper.
            outward = np.maximum(grown[:, axis] * sign, 0.0) * spray
            at[:, axis] -= sign * np.maximum(outward - 0.08, 0.0)
            top = at[:, 2] + grown[:, 2] * spray
            at[:, 2] -= np.maximum(top - size[2], 0.0)
            at[:, 2] = np.maximum(at[:, 2], 0.02)
            base.append(at)
            along.append(grown)
    base, along = np.concatenate(base), np.concatenate(along)
    along[:, 2] = np.maximum(along[:, 2], 0.1 - base[:, 2] / spray)
    depth = rng.uniform(-0.6, 0.5, len(base))
    sprays = _shaded(rng, leaf, base, along, spray * rng.uniform(0.8, 1.15, len(base)), depth, 0.1)
    parts += [(_clipped(shape, size), of) for shape, of in sprays]
    heart_material = make_material("heart", "foliage", (0.9, 0.9, 0.9), texture=_foliage(int(rng.integers(_VARIANTS))))
    return assemble(name, "bush", parts, [heart_material, *leaf_materials(leaf, tint)])


def draw_hedge(rng: np.random.Generator) -> Asset:
    """Draw a hedge."""
    size = (float(rng.uniform(0.45, 0.8)), float(rng.uniform(1.5, 3.0)), float(rng.uniform(0.8, 1.6)))
    return hedge(size_m=size, tint=pick(rng, _TINTS[:3]), rng=rng)


def _clipped(shape: Shape, size: np.ndarray) -> Shape:
    """Return a hedge's sprays bent in where they stick out of its sides and top by more than 4 to 8 cm."""
    half = np.array([size[0] / 2, size[1] / 2, size[2]]) + 0.04
    out = np.abs(shape.vertices) - half
    inward = np.where(out > 0.0, out - 0.04 * np.tanh(out / 0.04), 0.0)
    return replace(shape, vertices=shape.vertices - np.sign(shape.vertices) * inward)


def _trunk(rng: np.random.Generator, height_m: float, stem_m: float) -> np.ndarray:
    """Return five points of a trunk, a little bent, up to near the top."""
    bends = rng.normal(0.0, 0.018, (4, 2)) * height_m
    levels = (0.0, 0.15 * stem_m, stem_m, 0.5 * (stem_m + height_m), height_m * 0.93)
    shares = (0.0, 0.1, 0.4, 0.8, 1.0)
    return np.array([[0.0, 0.0, 0.0], *([*(bends[k] * shares[k + 1]), levels[k + 1]] for k in range(4))])


def _limbs(
    rng: np.random.Generator,
    habit: _Habit,
    trunk: np.ndarray,
    size: tuple[float, float, float],
    spray_m: float,
) -> list[np.ndarray]:
    """Return the limbs, three points each, from the trunk to inside the crown's outline; the leader is the last."""
    height, reach, stem = size
    found = []
    for k in range(habit.limbs):
        share = (k + 0.5 + rng.uniform(-0.35, 0.35)) / habit.limbs
        angle = 2.399963 * k + rng.uniform(-0.35, 0.35)
        # The outline: an ellipse above and below the widest place, more or less filled out.
        off = (share - habit.widest) / (1.0 - habit.widest if share > habit.widest else habit.widest + 0.12)
        out = reach * max(1.0 - off * off, 0.0) ** (0.5 * habit.fullness) * rng.uniform(0.74, 1.04)
        out = max(out - 0.75 * spray_m, 0.12 * reach)
        # Sprays reach about two thirds of their length below the limb that bears them.
        low, high = stem + 0.65 * spray_m, height - 0.55 * spray_m
        end = np.array([out * math.cos(angle), out * math.sin(angle), low + (high - low) * share])
        drop = out * math.tan(math.radians(habit.rise_deg)) * rng.uniform(0.8, 1.2)
        foot = np.clip(end[2] - drop, stem * 0.95, height * 0.86)
        start = np.array([np.interp(foot, trunk[:, 2], trunk[:, axis]) for axis in range(3)])
        knee = 0.5 * (start + end) + np.array([0.0, 0.0, -0.10 * out]) + rng.normal(0.0, 0.05, 3) * out
        found.append(np.array([start, knee, end]))
    found.append(np.array([trunk[3], 0.5 * (trunk[3] + trunk[4]), trunk[4] - (0.0, 0.0, 0.4 * spray_m)]))
    return found


def _twigs(rng: np.random.Generator, limb: np.ndarray, length_m: float) -> list[np.ndarray]:
    """Return twigs, two points each, to all sides of a limb's outer part; the last goes on where it ends."""
    way = limb[2] - limb[1]
    way /= max(float(np.linalg.norm(way)), 1e-9)
    found = []
    for t in (0.42, 0.62, 0.8, 0.92):
        at = limb[0] + 2 * t * (limb[1] - limb[0]) if t < 0.5 else limb[1] + (2 * t - 1) * (limb[2] - limb[1])
        grown = 0.55 * way + rng.normal(0.0, 0.75, 3) + (0.0, 0.0, 0.15)
        found.append(np.array([at, at + length_m * rng.uniform(0.6, 1.2) * grown / np.linalg.norm(grown)]))
    found.append(np.array([limb[2], limb[2] + 0.6 * length_m * way]))
    return found


def _shaded(
    rng: np.random.Generator,
    leaf: Leaf,
    base: np.ndarray,
    along: np.ndarray,
    length_m: np.ndarray,
    depth: np.ndarray,
    droop: float,
    *,
    width: float = 0.95,
    roll: float = 0.8,
) -> list[Part]:
    """Return N cards in three materials: 0 where ``depth`` is low, out in the light, to 2 deep within."""
    upward = rng.normal(0.0, roll, (len(base), 3)) + np.array([0.0, 0.0, 1.0])
    shade = np.clip(np.rint(3.0 * depth + 0.2 + rng.normal(0.0, 0.35, len(base))), 0, 2).astype(int)
    parts: list[Part] = []
    for k in range(3):
        of = shade == k
        if of.any():
            shape = cards(rng, leaf, base[of], along[of], upward[of], length_m[of], width=width, droop=droop)
            # What would hang below the ground lies on it.
            above = np.maximum(shape.vertices, (-np.inf, -np.inf, 0.0))
            parts.append((replace(shape, vertices=above), f"leaf_{k}"))
    return parts


def _bark_material(rng: np.random.Generator) -> Material:
    variant = int(rng.integers(_VARIANTS))
    level = float(rng.uniform(0.7, 1.0))
    return make_material(
        "bark", "bark", (level, level, level), texture=_bark(variant), normal_texture=_furrows(variant)
    )


@lru_cache(maxsize=_VARIANTS)
def _bark(variant: int) -> Texture:
    return textures.bark(stream(0, "families/plants.bark", variant), 256)


@lru_cache(maxsize=_VARIANTS)
def _furrows(variant: int) -> Texture:
    return reliefs.bark(stream(0, "families/plants.bark", variant), 256)


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
