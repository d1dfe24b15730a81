"""The trunks of people and what they wear on them."""

from __future__ import annotations

import math

import numpy as np

from simgen.assets.families.clothes import Clothes
from simgen.assets.families.figure import Figure
from simgen.assets.families.flesh import Chain, Rows, blended, chain, cover, spread
from simgen.assets.families.limbs import leg_chain
from simgen.assets.families.posture import Joints
from simgen.assets.families.shapes import Part, Shape, loft

_MALE: Rows = (
    (0.0, 0.026, 0.030, 0.040), (0.12, 0.046, 0.058, 0.076), (0.32, 0.054, 0.068, 0.094), (0.6, 0.057, 0.058, 0.089),
    (0.85, 0.058, 0.052, 0.083), (1.05, 0.060, 0.052, 0.082), (1.25, 0.063, 0.055, 0.085), (1.45, 0.067, 0.060, 0.091),
    (1.62, 0.065, 0.063, 0.094), (1.76, 0.055, 0.060, 0.086), (1.86, 0.044, 0.053, 0.068), (1.94, 0.036, 0.044, 0.048),
    (2.02, 0.031, 0.035, 0.036),
)  # fmt: skip
_FEMALE: Rows = (
    (0.0, 0.026, 0.032, 0.042), (0.12, 0.046, 0.062, 0.080), (0.32, 0.053, 0.073, 0.099), (0.6, 0.055, 0.060, 0.090),
    (0.85, 0.054, 0.048, 0.075), (1.05, 0.055, 0.046, 0.071), (1.25, 0.058, 0.050, 0.076), (1.45, 0.060, 0.055, 0.083),
    (1.62, 0.057, 0.058, 0.085), (1.76, 0.047, 0.055, 0.078), (1.86, 0.039, 0.048, 0.062), (1.94, 0.032, 0.040, 0.044),
    (2.02, 0.028, 0.032, 0.033),
)  # fmt: skip
_STEPS = (0.0, 0.06, 0.14, 0.22, 0.32, 0.45, 0.6, 0.75, 0.88, 1.0, 1.13, 1.25, 1.36, 1.46, 1.55, 1.64, 1.72, 1.79, 1.86,
          1.92, 1.97)  # fmt: skip


def trunk_rows(figure: Figure) -> Rows:
    """Return a body's girths from crotch (0) by the lowest ribs (1) to the neck (2), in shares of stature."""
    rows = _FEMALE if figure.bust > 0 else _MALE
    b = figure.belly
    change = [(0.75, 0.040 * b, 0.012 * b, 0.018 * b), (1.0, 0.030 * b, 0.010 * b, 0.014 * b),
              (1.44, 0.024 * figure.bust, 0.0, 0.0), (0.32, 0.0, 0.012 * b, 0.008 * b)]  # fmt: skip
    # Shoulders go with their breadth, so that arms neither float nor sink in.
    broad = figure.shoulder_half_m / figure.height_m / (0.099 if figure.bust > 0 else 0.109)
    return [(u, a, c, w * (1.0 if u < 1.2 else broad)) for u, a, c, w in blended(rows, change)]


def trunk_chain(joints: Joints, figure: Figure) -> Chain:
    """Return the spine from the crotch by the lowest ribs to the neck's foot."""
    crotch = joints.pelvis - joints.pelvis_turn[:, 2] * 0.055 * figure.height_m
    return chain([crotch, joints.chest, joints.neck], [joints.pelvis_turn, joints.chest_turn], 0.42)


def trunk_parts(joints: Joints, figure: Figure, clothes: Clothes) -> list[Part]:
    """Return hips in trousers, the top with collar, vest or skirts, and the neck."""
    h, bones, rows = figure.height_m, trunk_chain(joints, figure), trunk_rows(figure)
    thick = h * (0.6 + 0.4 * figure.limb)

    # What hangs over the hips clears the thighs and the trousers.
    hanging = [(u, a + 0.006 * low, c + 0.004 * low, w + (0.005 + clothes.leg_loose) * low)
               for u, a, c, w in rows for low in [min(max((0.8 - u) / 0.4, 0.0), 1.0)]]  # fmt: skip

    def around(places: list[float], loose: float, folds: float = 0.0, *, hang: bool = False) -> Shape:
        return cover(bones, hanging if hang else rows, places, scale=thick, loose_m=loose * h, folds=folds,
                     phase=clothes.phase, segments=22, upward=True)  # fmt: skip

    of_legs = "trousers" if clothes.leg > 0 or clothes.skirt_of == "trousers" else "top"
    parts: list[Part] = [(around([p for p in _STEPS if p < 1.0], 0.0022), of_legs)]
    top = [clothes.hem, *[p for p in _STEPS if clothes.hem + 0.04 < p < 1.96]]
    parts.append((around(top, clothes.loose, clothes.folds * 0.5, hang=True), "top"))
    if clothes.collar > 0:
        parts.append((around([1.86, 1.93, 2.0], clothes.loose * 0.5 + clothes.collar * 0.5), "top"))
    if clothes.hem > 0.5:
        parts.append((around([0.72, 0.82], 0.0055), "belt"))
    if clothes.bands:
        for low in (0.62, 1.18):
            parts.append((around([low, low + 0.14], clothes.loose + 0.003), "band"))
    if clothes.open_front:
        parts.append((_front(bones, rows, thick, clothes, h), "inner"))
    if clothes.skirt > 0:
        parts.append((_skirt(joints, figure, clothes, thick, rows), clothes.skirt_of))
    neck = chain([joints.chest + joints.chest_turn[:, 2] * (figure.chest_m - 0.03 * h), joints.neck, joints.head],
                 [joints.chest_turn, joints.head_turn], 0.4)  # fmt: skip
    slim = (0.0275 if figure.bust > 0 else 0.031) * h * (0.8 + 0.2 * figure.limb)
    grown = 1.0 if figure.head_m < 0.15 * h else 0.92
    around_neck = [(0.0, slim * 1.15, slim * 1.15, slim * 1.15), (1.0, slim, slim * 1.05, slim),
                   (2.0, slim * 0.9, slim, slim * 0.95)]  # fmt: skip
    parts.append((cover(neck, around_neck, spread(0.2, 1.8, 7), scale=grown, segments=14, upward=True), "skin"))
    return parts


def _front(bones: Chain, rows: Rows, thick: float, clothes: Clothes, h: float) -> Shape:
    """Return the strip of shirt that an open jacket shows, a hand wide, narrowing to the waist."""
    table = np.asarray(rows)
    rings = []
    for place in spread(clothes.hem + 0.02, 1.93, 9):
        middle, turn = bones.at(place)
        ahead = float(np.interp(place, table[:, 0], table[:, 1])) * thick + (clothes.loose * 1.04 + 0.0038) * h
        wide = (0.012 + 0.018 * max(0.0, (place - 1.1) / 0.8)) * h
        section = [(ahead, wide), (ahead, 0.0), (ahead * 0.995, -wide), (ahead - 0.02 * h, 0.0)]
        rings.append(middle + np.array([(x, -y, 0.0) for x, y in section]) @ turn.T)
    return loft(np.stack(rings)[:, ::-1], crease_deg=40.0)


def _skirt(joints: Joints, figure: Figure, clothes: Clothes, thick: float, rows: Rows) -> Shape:
    """Return what falls from the waist around both legs, as far as they are apart."""
    h = figure.height_m
    table = np.asarray(rows)
    back = joints.pelvis_turn.T
    angle = np.arange(24) * (2 * math.pi / 24)
    c, s = np.cos(angle), np.sin(angle)
    legs = [leg_chain(joints, k) for k in range(2)]
    rings = []
    for place in spread(clothes.skirt, 0.12, 7):
        spots = np.array([back @ (leg.at(place)[0] - joints.pelvis) for leg in legs])
        middle, reach = spots.mean(axis=0), np.abs(spots[0] - spots[1]) / 2
        share = place / clothes.skirt
        away = (0.061 + clothes.skirt_wide * share) * h * figure.limb
        flutter = 1.0 + 0.05 * share * np.sin(5 * angle + clothes.phase)
        local = np.stack(
            [(reach[0] + away) * c * flutter, (reach[1] + away * 0.98) * s * flutter, np.zeros(24)], axis=1
        )
        rings.append(joints.pelvis + (middle + local) @ joints.pelvis_turn.T)
    spine = trunk_chain(joints, figure)
    for place in (0.42, 0.6, 0.82):
        front, rear, wide = (float(np.interp(place, table[:, 0], table[:, k])) * thick + 0.010 * h for k in (1, 2, 3))
        middle, turn = spine.at(place)
        rings.append(middle + np.stack([np.where(c > 0, front, rear) * c, wide * s, np.zeros(24)], axis=1) @ turn.T)
    return loft(np.stack(rings), crease_deg=70.0)
