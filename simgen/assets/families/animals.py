"""Animals that run onto roads: deer."""

from __future__ import annotations

import math

import numpy as np

from simgen.assets.families.shapes import Part, assemble, ellipsoid, pick, tube
from simgen.scene.asset import Asset
from simgen.scene.material import make_material, rgb

FURS = ("#8a5a34", "#7a4f30", "#9a6a3e", "#6b4a33")


def deer(
    *, name: str = "deer", shoulder_m: float = 0.95, stride: float = 0.5, antlers: bool = True, fur: str = "#8a5a34"
) -> Asset:
    """Return a deer facing +x: the height of its shoulders, how far its legs swing (0 stands), and its coat."""
    s = shoulder_m
    body = [
        (-0.52, 0.0, 0.88),
        (-0.40, 0.0, 0.86),
        (-0.1, 0.0, 0.80),
        (0.22, 0.0, 0.80),
        (0.42, 0.0, 0.87),
        (0.5, 0, 0.95),
    ]
    parts: list[Part] = [(tube(np.array(body) * s, np.array([0.10, 0.19, 0.2, 0.2, 0.17, 0.1]) * s, 16), "fur")]
    neck = [(0.40, 0.0, 0.92), (0.56, 0.0, 1.10), (0.66, 0.0, 1.30)]
    parts.append((tube(np.array(neck) * s, np.array([0.15, 0.10, 0.075]) * s, 14), "fur"))
    head = [(0.60, 0.0, 1.36), (0.70, 0.0, 1.37), (0.84, 0.0, 1.29), (0.95, 0.0, 1.23)]
    parts.append((tube(np.array(head) * s, np.array([0.055, 0.085, 0.06, 0.034]) * s, 12), "fur"))
    parts.append((ellipsoid((0.022 * s, 0.026 * s, 0.02 * s), (0.965 * s, 0.0, 1.225 * s), 8, 6), "dark"))
    parts.append((ellipsoid((0.035 * s, 0.06 * s, 0.085 * s), (-0.56 * s, 0.0, 0.93 * s), 10, 8), "pale"))
    for side in (1.0, -1.0):
        ear = np.array([(0.62, 0.05 * side, 1.41), (0.58, 0.13 * side, 1.50), (0.55, 0.17 * side, 1.55)])
        parts.append((tube(ear * s, np.array([0.018, 0.034, 0.006]) * s, 8), "fur"))
        parts.append(
            (ellipsoid((0.014 * s, 0.014 * s, 0.014 * s), (0.75 * s, 0.062 * s * side, 1.385 * s), 8, 6), "dark")
        )
        if antlers:
            parts += _antler(s, side)
    # A walk's diagonal pairs: left fore with right hind.
    for x, side, swing in ((0.36, 1.0, 1.0), (-0.42, -1.0, 0.8), (0.36, -1.0, -0.9), (-0.42, 1.0, -0.7)):
        parts += _leg(s, x, side * 0.11, swing * stride)
    materials = [
        make_material("fur", "hair", rgb(fur), tintable=True),
        make_material("pale", "hair", rgb("#d9cfbf")),
        make_material("dark", "plastic", rgb("#17120f")),
        make_material("horn", "leather", rgb("#6d5a45")),
    ]
    return assemble(name, "deer", parts, materials)


def draw_deer(rng: np.random.Generator) -> Asset:
    """Draw a roe or red deer in stride."""
    return deer(
        shoulder_m=float(rng.uniform(0.7, 1.2)),
        stride=float(rng.uniform(0.35, 0.8)),
        antlers=bool(rng.random() < 0.5),
        fur=pick(rng, FURS),
    )


def _leg(s: float, x: float, y: float, swing: float) -> list[Part]:
    """Return a leg swung forward by ``swing`` radians at the shoulder, its lower half hanging back."""
    bend = 0.5 * abs(swing) * (1.0 if x < 0 else -1.0)
    top = np.array([x, y, 0.80])
    knee = top + 0.40 * np.array([math.sin(swing), 0.0, -math.cos(swing)])
    hoof = knee + 0.40 * np.array([math.sin(swing - bend), 0.0, -math.cos(swing - bend)])
    leg = tube(np.array([top, top + (knee - top) * 0.6, knee, hoof]) * s, np.array([0.11, 0.06, 0.036, 0.024]) * s, 10)
    foot = tube(np.array([hoof, hoof + np.array([0.03, 0.0, -0.045])]) * s, np.array([0.028, 0.022]) * s, 8)
    return [(leg, "fur"), (foot, "dark")]


def _antler(s: float, side: float) -> list[Part]:
    beam = np.array([(0.64, 0.04, 1.44), (0.58, 0.12, 1.58), (0.56, 0.20, 1.72), (0.62, 0.24, 1.86)])
    tine = np.array([(0.58, 0.12, 1.58), (0.70, 0.15, 1.66)])
    fork = np.array([(0.56, 0.20, 1.72), (0.48, 0.24, 1.84)])
    mirror = np.array([1.0, side, 1.0])
    return [
        (tube(line * mirror * s, np.linspace(0.018, 0.007, len(line)) * s, 8), "horn") for line in (beam, tine, fork)
    ]
