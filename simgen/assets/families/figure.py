"""Proportions of people: lengths of the bones and girths of the body by stature, age, sex and build."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

Sex = Literal["female", "male"]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A body's measures, metres.

    Attributes:
        height_m: stature, in shoes.
        hip_height_m: of the hips' middle above the ground.
        thigh_m, shin_m, foot_m, arm_m, forearm_m, hand_m: lengths; the foot's from heel to toe.
        ankle_m: the ankle's height above the ground.
        waist_m: from the hips to the lowest ribs.
        chest_m: from there to the neck's foot.
        shoulder_m: from the lowest ribs up to the shoulder joints.
        neck_m: the neck's length.
        head_m: the head's height, chin to crown.
        hip_half_m, shoulder_half_m: half the distances of the hip and the shoulder joints.
        limb: thickness of arms and legs beside an average adult's of the same height.
        belly: 0 flat to 1 heavy.
        bust: 0 to 1.
        stoop_deg: how far the neck is bent forward.
    """

    height_m: float
    hip_height_m: float
    thigh_m: float
    shin_m: float
    foot_m: float
    arm_m: float
    forearm_m: float
    hand_m: float
    ankle_m: float
    waist_m: float
    chest_m: float
    shoulder_m: float
    neck_m: float
    head_m: float
    hip_half_m: float
    shoulder_half_m: float
    limb: float
    belly: float
    bust: float
    stoop_deg: float


def figure(height_m: float, *, sex: Sex = "male", girth: float = 1.0, age_years: float = 35.0) -> Figure:
    """Return the measures of a body.

    Segment lengths of adults are shares of stature after Drillis and Contini (1966, in Winter 2009); breadths of
    shoulders and hips by sex after ANSUR II (Gordon et al. 2014); children's larger heads and shorter legs after
    Snyder et al. (1977), by stature.

    Args:
        height_m: stature in shoes.
        sex: whose breadths.
        girth: breadth and depth, 1 for a slim adult, 1.35 for a heavy one.
        age_years: above 60 the back bends.
    """
    h = height_m
    # 0 for the stature of a toddler, 1 for an adult's.
    grown = float(np.clip((h - 0.85) / 0.75, 0.0, 1.0)) if age_years < 16 else 1.0
    head = h * float(np.interp(grown, [0.0, 0.4, 1.0], [0.205, 0.168, 0.133]))
    hip = h * float(np.interp(grown, [0.0, 1.0], [0.480, 0.522]))
    ankle = 0.042 * h
    leg = (hip - ankle) / 1.01
    neck = 0.035 * h
    trunk = h - hip - neck - 0.92 * head
    female = sex == "female"
    old = max(0.0, age_years - 60.0) / 25.0
    broad = 0.75 + 0.25 * girth
    return Figure(
        height_m=h,
        hip_height_m=hip,
        thigh_m=leg * 0.5,
        shin_m=leg * 0.5,
        foot_m=0.152 * h,
        arm_m=0.183 * h,
        forearm_m=0.147 * h,
        hand_m=0.106 * h,
        ankle_m=ankle,
        waist_m=0.36 * trunk,
        chest_m=0.64 * trunk,
        shoulder_m=0.64 * trunk - 0.043 * h,
        neck_m=neck,
        head_m=head,
        hip_half_m=h * (0.053 if female else 0.051),
        shoulder_half_m=h * ((0.099 if female else 0.109) if grown == 1.0 else 0.100) * (0.9 + 0.1 * broad),
        limb=(0.96 if female else 1.0) * (0.55 + 0.45 * girth) * (1.0 + 0.10 * (1.0 - grown)),
        belly=float(np.clip((girth - 1.0) * 2.4 + (0.25 if old and not female else 0.0), 0.0, 1.0)),
        bust=(0.45 + 0.55 * min(max(girth - 0.9, 0.0) * 2.0, 1.0)) if female and grown == 1.0 else 0.0,
        stoop_deg=12.0 + 22.0 * min(old, 1.0),
    )
