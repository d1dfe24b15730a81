"""Animals that cross roads: dogs and deer, walking or standing."""

from __future__ import annotations

import math

import numpy as np

from simgen.assets.families.flesh import chain, cover, spread
from simgen.assets.families.shapes import Part, assemble, ellipsoid, hull, pick, plain, tube
from simgen.scene.asset import Asset

COATS = ("#2a211b", "#6b4a2e", "#a9824f", "#d8c4a0", "#161412", "#7d7468", "#8a5a33")
DEER = ("#7a5535", "#8a6238", "#6b4a30", "#96703f")


def four_legged(
    *,
    name: str,
    category: str,
    shoulder_m: float,
    length_m: float,
    bulk: float = 1.0,
    neck_deg: float = 45.0,
    neck: float = 0.38,
    muzzle: float = 0.20,
    ears: str = "hanging",
    tail: float = 0.35,
    antlers: bool = False,
    phase: float | None = None,
    coat: str = "#6b4a2e",
    belly: str = "#8a6b4a",
) -> Asset:
    """Return an animal on four legs, facing +x.

    Args:
        name: of the asset.
        category: ``dog`` or ``deer``.
        shoulder_m: height of the back over the fore legs.
        length_m: from chest to rump.
        bulk: thickness of trunk and legs, 1 for a lean one.
        neck_deg: how far the neck points up from level.
        neck: its length, as all others in shares of the shoulder's height.
        muzzle: the muzzle's length.
        ears: ``hanging`` or ``upright``.
        tail: its length.
        antlers: whether there are any.
        phase: of a walk, 0 to 1; None for standing.
        coat: ``#rrggbb`` of the back.
        belly: of the legs and the underside.
    """
    h, half = shoulder_m, length_m / 2
    along = np.stack([(0.0, 0.0, -1.0), (0.0, 1.0, 0.0), (1.0, 0.0, 0.0)], axis=1)
    spine = chain([np.array([-half, 0.0, 0.80 * h]), np.array([half, 0.0, 0.78 * h])], [along])
    b = 0.140 * h * bulk
    rows = [(0.0, 0.5 * b, 0.55 * b, 0.5 * b), (0.08, 1.1 * b, 1.25 * b, 1.0 * b), (0.25, 1.25 * b, 1.45 * b, 1.12 * b),
            (0.5, 1.45 * b, 1.3 * b, 1.15 * b), (0.75, 2.15 * b, 1.45 * b, 1.2 * b), (0.92, 1.9 * b, 1.3 * b, 1.05 * b),
            (1.0, 0.9 * b, 0.8 * b, 0.6 * b)]  # fmt: skip
    parts: list[Part] = [(cover(spine, rows, spread(0.0, 1.0, 12), segments=16, upward=True), "coat")]
    a = math.radians(neck_deg)
    base, way = np.array([half - 0.06 * h, 0.0, 0.84 * h]), np.array([math.cos(a), 0.0, math.sin(a)])
    poll = base + way * neck * h
    parts.append((tube([base - way * 0.12 * h, base + way * 0.08 * h, poll - way * 0.05 * h, poll],
                       np.array([1.15, 1.0, 0.68, 0.6]) * 0.105 * h * bulk, 12), "coat"))  # fmt: skip
    skull, nose = 0.078 * h * (0.6 + 0.4 * bulk), poll + np.array([muzzle + 0.12, 0.0, -0.08]) * h
    parts.append((tube([poll - np.array([0.05, 0.0, 0.0]) * h, poll + np.array([0.04, 0.0, 0.01]) * h,
                        poll + np.array([0.11, 0.0, -0.015]) * h, nose - np.array([0.05, 0.0, -0.005]) * h, nose],
                       np.array([0.75, 1.05, 0.85, 0.55, 0.38]) * skull, 12), "coat"))  # fmt: skip
    parts.append((ellipsoid((0.022 * h, 0.024 * h, 0.02 * h), (0.0, 0.0, 0.0), 8, 6).moved(*nose), "dark"))
    for sign in (1.0, -1.0):
        eye = poll + np.array([0.09, sign * 0.058, 0.03]) * h
        parts.append((ellipsoid((0.012 * h, 0.008 * h, 0.012 * h), (0.0, 0.0, 0.0), 6, 4).moved(*eye), "dark"))
        tip = (-0.02, 0.15, 0.13) if ears == "upright" else (0.03, 0.12, -0.10)
        foot = [(0.02, 0.05, 0.055), (-0.04, 0.055, 0.05), (0.0, 0.075, 0.03), (-0.03, 0.035, 0.06)]
        points = np.array([(x, sign * y, z) for x, y, z in (*foot, tip)]) * h
        parts.append((hull(poll + points, 60.0), "coat"))
        if antlers:
            root = poll + np.array([-0.01, sign * 0.035, 0.06]) * h
            beam = root + np.array([(0, 0, 0), (-0.10, sign * 0.10, 0.14), (-0.06, sign * 0.20, 0.34),
                                    (0.08, sign * 0.22, 0.46)]) * h  # fmt: skip
            parts.append((tube(beam, np.array([0.020, 0.018, 0.014, 0.004]) * h, 6), "horn"))
            for k, reach in ((1, 0.16), (2, 0.14)):
                parts.append((tube([beam[k], beam[k] + np.array([reach, 0.0, 0.10]) * h],
                                   np.array([0.014, 0.003]) * h, 5), "horn"))  # fmt: skip
    fore, hind = half - 0.12 * h, 0.13 * h - half
    for k, (x, sign) in enumerate(((fore, 1.0), (fore, -1.0), (hind, 1.0), (hind, -1.0))):
        parts += _leg(x, sign * 0.085 * h * bulk, h, bulk, k, phase)
    root = np.array([-half - 0.01 * h, 0.0, 0.86 * h])
    curve = [(0.0, 0.0), (-0.35, -0.05), (-0.7, -0.35), (-0.85, -0.75)]
    parts.append((tube(root + np.array([(x, 0.0, z) for x, z in curve]) * tail * h,
                       np.array([0.034, 0.03, 0.024, 0.008]) * h * bulk, 8), "coat"))  # fmt: skip
    materials = [plain("coat", "hair", coat), plain("belly", "hair", belly), plain("dark", "plastic", "#100e0d", 0.4),
                 plain("horn", "wood", "#8b7355")]  # fmt: skip
    return assemble(name, category, parts, materials)


def _leg(x: float, y: float, h: float, bulk: float, k: int, phase: float | None) -> list[Part]:
    """Return leg ``k``: fore left, fore right, hind left, hind right; a walk moves them a quarter cycle apart."""
    fore = k < 2
    step = 0.0
    lift = 0.0
    if phase is not None:
        p = (phase + (0.0, 0.5, 0.75, 0.25)[k]) % 1.0
        step, lift = 0.16 * h * math.cos(2 * math.pi * p), 0.07 * h * max(0.0, -math.sin(2 * math.pi * p))
    if fore:
        path = [(0.0, 0.74), (-0.02, 0.50), (0.01, 0.29), (0.0, 0.06), (0.05, 0.018)]
        radii = [0.085, 0.058, 0.036, 0.029, 0.030]
    else:
        path = [(0.02, 0.76), (0.05, 0.52), (-0.10, 0.31), (-0.06, 0.06), (-0.01, 0.018)]
        radii = [0.100, 0.078, 0.036, 0.029, 0.030]
    share = [0.0, 0.25, 0.6, 1.0, 1.0]
    points = [(x + a * h + step * s, y, z * h + lift * s) for (a, z), s in zip(path, share, strict=True)]
    points[-1] = (points[-1][0], y, points[-1][2])
    thick = np.array(radii) * 0.88 * h * (0.5 + 0.5 * bulk)
    return [(tube(points, thick, 9), "coat")]


def draw_dog(rng: np.random.Generator) -> Asset:
    """Draw a dog, from a terrier's to a shepherd's size."""
    h = float(rng.uniform(0.28, 0.68))
    coat = pick(rng, COATS)
    return four_legged(
        name="dog",
        category="dog",
        shoulder_m=h,
        length_m=h * float(rng.uniform(0.95, 1.35)),
        bulk=float(rng.uniform(0.9, 1.35)),
        neck_deg=float(rng.uniform(30.0, 60.0)),
        neck=float(rng.uniform(0.26, 0.36)),
        muzzle=float(rng.uniform(0.10, 0.24)),
        ears=pick(rng, ("hanging", "upright")),
        tail=float(rng.uniform(0.25, 0.5)),
        phase=float(rng.random()) if rng.random() < 0.7 else None,
        coat=coat,
        belly=coat,
    )


def draw_deer(rng: np.random.Generator) -> Asset:
    """Draw a deer, roe to red, a third of them with antlers."""
    h = float(rng.uniform(0.70, 1.25))
    return four_legged(
        name="deer",
        category="deer",
        shoulder_m=h,
        length_m=h * float(rng.uniform(1.05, 1.25)),
        bulk=float(rng.uniform(0.85, 1.05)),
        neck_deg=float(rng.uniform(38.0, 68.0)),
        neck=float(rng.uniform(0.42, 0.54)),
        muzzle=float(rng.uniform(0.16, 0.21)),
        ears="upright",
        tail=float(rng.uniform(0.08, 0.14)),
        antlers=bool(rng.random() < 0.35),
        phase=float(rng.random()) if rng.random() < 0.7 else None,
        coat=pick(rng, DEER),
    )
