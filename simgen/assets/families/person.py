"""People: one body of joints and limbs, posed by angles, in clothes."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np

from simgen.assets.families.limbs import arm_parts, leg_parts
from simgen.assets.families.posture import UPRIGHT, Joints, Posture, draw_stand, draw_walk, pose_joints
from simgen.assets.families.shapes import Part, Shape, assemble, ellipsoid, hull, loft, pick, tube
from simgen.scene.asset import Asset
from simgen.scene.material import make_material, rgb

SKINS = ("#f0c8a8", "#e3b08a", "#c98d66", "#a56c48", "#7a4a2f", "#54331f")
HAIRS = ("#1b1512", "#2b1d14", "#4a3020", "#7a5532", "#b08a52", "#8f8d8a", "#5c2a1a")
TOPS = (
    "#22262e",
    "#3b4a63",
    "#6d7278",
    "#b9bcbf",
    "#e4e2dc",
    "#7c2f2c",
    "#2f5240",
    "#8a7a5c",
    "#39303f",
    "#c39a3c",
    "#4d7fa3",
    "#111214",
)
TROUSERS = ("#1c2027", "#27344d", "#3d4f70", "#5c5f63", "#8d8268", "#3b3530", "#111214")
SHOES = ("#141415", "#3a2a20", "#d8d8d6", "#5b5d63", "#6e4a30")
BRIGHT = ("#c8342f", "#2f76b8", "#e0a92c", "#3f9a58", "#d86fa0", "#7a5cc0", "#e4e2dc")


def person(
    *,
    name: str = "person",
    height_m: float = 1.75,
    girth: float = 1.0,
    head_scale: float = 1.0,
    posture: Posture = UPRIGHT,
    sleeves: Literal["long", "short"] = "long",
    legs: Literal["trousers", "shorts", "skirt"] = "trousers",
    hair: Literal["short", "long", "cap"] = "short",
    colors: dict[str, str],
) -> Asset:
    """Return a clothed person facing +x.

    Args:
        name: of the asset.
        height_m: standing upright, in shoes.
        girth: breadth and depth, 1 for a slim adult.
        head_scale: the head's size beside an adult's of the same height (children about 1.2).
        posture: the joints' angles.
        sleeves: of the top.
        legs: what the legs are clothed in.
        hair: its cut, or a cap over it.
        colors: ``#rrggbb`` of skin, hair, top, trousers and shoes.
    """
    head_m = height_m * head_scale * 1.05
    joints = pose_joints(height_m, posture)
    parts = [
        *_trunk(joints, height_m, girth, posture.lean_deg),
        *_head(joints, head_m, hair),
        *arm_parts(joints, height_m, girth, sleeves),
        *leg_parts(joints, height_m, girth, legs, posture),
    ]
    if legs == "skirt":
        parts.append((_skirt(joints, height_m, girth), "trousers"))
    materials = [
        make_material("skin", "skin", rgb(colors["skin"])),
        make_material("hair", "cloth" if hair == "cap" else "hair", rgb(colors["hair"])),
        make_material("top", "cloth", rgb(colors["top"]), tintable=True),
        make_material("trousers", "cloth", rgb(colors["trousers"]), tintable=True),
        make_material("shoes", "leather", rgb(colors["shoes"])),
        make_material("sole", "rubber", rgb("#2a2a2b")),
        make_material("eyes", "plastic", rgb("#1a1613")),
    ]
    return assemble(name, "person", parts, materials)


Legs = Literal["trousers", "shorts", "skirt"]
Hair = Literal["short", "long", "cap"]
LEGS: tuple[Legs, ...] = ("trousers", "trousers", "trousers", "trousers", "shorts", "skirt")
CHILD_HAIR: tuple[Hair, ...] = ("short", "short", "long", "cap")
ADULT_HAIR: tuple[Hair, ...] = ("short", "short", "long")


def draw_person(rng: np.random.Generator, *, child: bool, walking: bool) -> Asset:
    """Draw a person, standing or in some phase of a step."""
    return person(**draw_look(rng, child=child, walking=walking))


def draw_look(rng: np.random.Generator, *, child: bool, walking: bool) -> dict[str, Any]:
    """Draw what `person` needs."""
    if child:
        height = float(rng.uniform(1.0, 1.5))
    else:
        height = float(np.clip(rng.normal(1.757, 0.10), 1.5, 2.0))
    posture = draw_walk(rng) if walking else draw_stand(rng)
    bare = rng.random() < 0.3
    leg = pick(rng, LEGS)
    hair = pick(rng, CHILD_HAIR if child else ADULT_HAIR)
    colors = {
        "skin": pick(rng, SKINS),
        "hair": pick(rng, BRIGHT if hair == "cap" else HAIRS[:5] if child else HAIRS),
        "top": pick(rng, BRIGHT if child and rng.random() < 0.6 else TOPS),
        "trousers": pick(rng, TROUSERS),
        "shoes": pick(rng, SHOES),
    }
    return {
        "height_m": height,
        "girth": float(rng.uniform(0.96, 1.04) if child else rng.uniform(0.95, 1.22)),
        "head_scale": 1.0 + max(0.0, (1.62 - height) * 0.42) if child else 1.0,
        "posture": posture,
        "sleeves": "short" if bare else "long",
        "legs": leg,
        "hair": hair,
        "colors": colors,
    }


def _ovals(rows: list[tuple[float, float, float, float]], segments: int = 20) -> np.ndarray:
    """Return rings about z: each row is (x, z, half depth along x, half width along y); slightly squared ovals."""
    angle = np.arange(segments) * (2 * math.pi / segments)
    c, s = np.cos(angle), np.sin(angle)
    c, s = np.sign(c) * np.abs(c) ** 0.86, np.sign(s) * np.abs(s) ** 0.86
    return np.stack([np.stack([x + d * c, w * s, np.full(segments, z)], axis=1) for x, z, d, w in rows])


def _trunk(joints: Joints, h: float, girth: float, lean_deg: float) -> list[Part]:
    """Return hips in trousers, the top, and the neck."""
    tilt = math.tan(math.radians(lean_deg))

    def at(
        share: float, back: float, depth: float, width: float, loose: float = 0.0
    ) -> tuple[float, float, float, float]:
        lean = max(share - 0.53, 0.0) * h * tilt
        return lean + back * h, share * h, (depth * girth + loose) * h, (width * (0.5 + 0.5 * girth) + loose) * h

    hips = [
        at(0.455, -0.004, 0.040, 0.060),
        at(0.475, -0.004, 0.062, 0.086),
        at(0.52, -0.006, 0.068, 0.096),
        at(0.58, 0.0, 0.058, 0.087),
    ]
    top = [
        at(0.485, -0.002, 0.070, 0.098, 0.010),
        at(0.53, -0.003, 0.068, 0.097, 0.010),
        at(0.60, 0.002, 0.060, 0.088, 0.008),
        at(0.66, 0.002, 0.062, 0.092, 0.005),
        at(0.72, 0.002, 0.066, 0.100, 0.004),
        at(0.77, -0.002, 0.062, 0.106, 0.003),
        at(0.805, -0.006, 0.052, 0.104, 0.003),
        at(0.825, -0.008, 0.043, 0.086, 0.002),
        at(0.84, -0.008, 0.036, 0.055, 0.001),
        at(0.852, -0.006, 0.031, 0.036, 0.001),
    ]
    neck = tube(
        [joints.neck + np.array([-0.012, 0.0, -0.03]) * h, joints.neck + np.array([0.0, 0.0, 0.035]) * h],
        [0.031 * h, 0.029 * h],
        12,
    )
    return [
        (loft(_ovals(hips), crease_deg=60.0), "trousers"),
        (loft(_ovals(top), crease_deg=60.0), "top"),
        (neck, "skin"),
    ]


def _head(joints: Joints, h: float, hair: str) -> list[Part]:
    """Return skull, jaw, nose, ears, eyes and hair; ``h`` is the height that the head belongs to."""
    c = joints.head
    s = h / 1.75
    rows = [
        (0.026, -0.112, 0.034, 0.026),
        (0.026, -0.100, 0.050, 0.040),
        (0.014, -0.075, 0.074, 0.054),
        (0.004, -0.045, 0.088, 0.064),
        (0.0, -0.01, 0.095, 0.071),
        (-0.002, 0.03, 0.098, 0.076),
        (-0.005, 0.065, 0.090, 0.071),
        (-0.008, 0.092, 0.070, 0.056),
        (-0.010, 0.108, 0.042, 0.034),
        (-0.010, 0.113, 0.012, 0.010),
    ]
    skull = _ovals([(x * s, z * s, d * s, w * s) for x, z, d, w in rows], 18) + c
    nose = hull(
        c
        + s
        * np.array(
            [
                [0.09, 0.0, 0.02],
                [0.118, 0.0, -0.026],
                [0.09, 0.018, -0.032],
                [0.09, -0.018, -0.032],
                [0.085, 0.0, -0.036],
            ]
        ),
        80.0,
    )
    parts: list[Part] = [(loft(skull, crease_deg=80.0), "skin"), (nose, "skin")]
    for sign in (1.0, -1.0):
        ear = ellipsoid((0.017 * s, 0.009 * s, 0.031 * s), (0.0, 0.0, 0.0), 8, 6).moved(
            *(c + s * np.array([-0.006, sign * 0.076, -0.012]))
        )
        eye = ellipsoid((0.007 * s, 0.013 * s, 0.007 * s), (0.0, 0.0, 0.0), 8, 4).moved(
            *(c + s * np.array([0.088, sign * 0.031, 0.016]))
        )
        parts += [(ear, "skin"), (eye, "eyes")]
    cover = ellipsoid((0.108, 0.086, 0.105), (-0.010, 0.0, 0.022), 20, 14)
    v = cover.vertices.copy()
    face = (v[:, 0] > 0.015) & (v[:, 2] < 0.062)
    nape = v[:, 2] < -0.055
    v[face] = np.array([-0.01, 0.0, 0.03]) + (v[face] - np.array([-0.01, 0.0, 0.03])) * 0.72
    if hair == "long":
        v[nape & ~face] = v[nape & ~face] * np.array([1.0, 0.95, 2.2]) + np.array([-0.02, 0.0, 0.0])
    else:
        v[nape] *= 0.8
    parts.append((Shape(vertices=v * s + c, faces=cover.faces, crease_deg=80.0), "hair"))
    if hair == "cap":
        peak = hull(
            [
                (x, y, z)
                for x, y in ((0.06, 0.07), (0.06, -0.07), (0.165, 0.045), (0.165, -0.045), (0.178, 0.0))
                for z in (0.058, 0.066)
            ],
            30.0,
        )
        parts.append((peak.scaled(s, s, s).moved(*c), "hair"))
    return parts


def _skirt(joints: Joints, h: float, girth: float) -> Shape:
    """Return a knee-long skirt that both thighs fit in."""
    front = max(k[0] for k in joints.knee)
    back = min(k[0] for k in joints.knee)
    middle, reach = (front + back) / 2, (front - back) / 2
    w = (0.5 + 0.5 * girth) * h
    rows = [
        (middle, 0.33 * h, reach + 0.062 * w, 0.125 * w),
        (middle * 0.5, 0.44 * h, reach * 0.5 + 0.074 * w, 0.115 * w),
        (-0.004 * h, 0.52 * h, 0.075 * w, 0.102 * w),
        (0.0, 0.60 * h, 0.066 * w, 0.092 * w),
    ]
    return loft(_ovals(rows), crease_deg=60.0)
