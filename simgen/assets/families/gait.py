"""Walkers: one person's bodies through a cycle of two steps, and riders on their saddles."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

import numpy as np

from simgen.assets.families.costume import draw_suit, mascot
from simgen.assets.families.figure import figure
from simgen.assets.families.person import Age, draw_carrier, draw_who, person, posed
from simgen.assets.families.posture import Posture, walking_posture, with_raised_feet
from simgen.scene.asset import Asset
from simgen.scene.track import Gait
from simgen.streams import stream

PHASES = 12
"""Bodies per cycle: a foot on the ground slides by less than 0.1 m before the next one."""

_WHO: dict[str, tuple[Age, bool]] = {
    "adult": ("adult", False),
    "child": ("child", False),
    "elderly": ("elderly", False),
    "worker": ("adult", True),
    "carrier": ("adult", False),
}
"""First word of a family's name: the age of its people, and whether they are dressed for work on the road."""

_STRIDE_PER_HEIGHT = 0.63
"""Twice what a foot on the ground moves back against the hips in half a cycle of `walking_posture`."""


@lru_cache(maxsize=64)
def walker(name: str) -> Gait | None:
    """Return the gait of one variant of a family of people, such as ``families/adult_walking/3``; None for others."""
    if name.startswith("families/mascot_"):
        return _mascot(name)
    found = _person(name)
    if found is None:
        return None
    look, height = found
    bodies = tuple(_body(f"{name}/step{k}", look, walking_posture(k / PHASES)) for k in range(PHASES))
    return Gait(bodies=bodies, stride_m=_STRIDE_PER_HEIGHT * height, raised=partial(_raised, name))


@lru_cache(maxsize=256)
def _raised(name: str, number: int, left_cm: int, right_cm: int) -> Asset:
    """Return a body of a person's gait with its feet so many centimetres higher below the same hips."""
    found = _person(name)
    if found is None:
        raise ValueError(f"{name!r} is no person of the families")
    look = found[0]
    size = figure(look["height_m"], sex=look["sex"], girth=look["girth"], age_years=look["age_years"])
    leg_cm = 100.0 * (size.thigh_m + size.shin_m)
    raised = with_raised_feet(walking_posture(number / PHASES), (left_cm / leg_cm, right_cm / leg_cm))
    return _body(f"{name}/step{number}/{left_cm}_{right_cm}", look, raised)


@lru_cache(maxsize=64)
def rider(
    name: str, lean_deg: float, knees_up_deg: float, apart_deg: float = 38.0, arms_deg: float = 60.0
) -> Asset | None:
    """Return one variant of a family of people sitting, hands before it; None for other models.

    Args:
        name: of the variant.
        lean_deg: of the trunk, forward.
        knees_up_deg: of the higher thigh, from hanging.
        apart_deg: how much lower the other thigh is, as pedals have it.
        arms_deg: how far the arms are raised forward; the lower they are, the more the elbows bend.
    """
    found = _person(name)
    if found is None:
        return None
    seat = Posture(
        hip_deg=(knees_up_deg, knees_up_deg - apart_deg),
        knee_deg=(knees_up_deg + 8.0, knees_up_deg + 8.0 - apart_deg),
        shoulder_deg=(arms_deg - lean_deg / 2, arms_deg - lean_deg / 2),
        elbow_deg=(72.0 - arms_deg, 72.0 - arms_deg),
        lean_deg=lean_deg,
        spread_deg=9.0,
    )
    return _body(f"{name}/riding", found[0], seat)


def _person(name: str) -> tuple[dict[str, Any], float] | None:
    parts = name.split("/")
    who = _WHO.get(parts[1].split("_")[0]) if len(parts) == 3 else None
    if who is None:
        return None
    age, worker = who
    rng = stream(0, f"families/{parts[1]}", int(parts[2]))
    look = draw_carrier(rng) if parts[1].startswith("carrier") else draw_who(rng, age, worker=worker)
    return look, float(look["height_m"])


def _mascot(name: str) -> Gait:
    suit = draw_suit(stream(0, f"families/{name.split('/')[1]}", int(name.split("/")[2])))
    bodies = tuple(
        _by_its_head(mascot(suit, walking_posture(k / PHASES), name=f"{name}/step{k}")) for k in range(PHASES)
    )
    return Gait(bodies=bodies, stride_m=_STRIDE_PER_HEIGHT * suit.height_m)


def _body(name: str, look: dict[str, Any], posture: Posture) -> Asset:
    return _by_its_head(person(**posed(look, posture), name=name))


def _by_its_head(body: Asset) -> Asset:
    """Return a body with its head over the origin, so that bodies of one gait have their hips in one place."""
    ears = np.array([body.keypoints["left_ear"], body.keypoints["right_ear"]]).mean(axis=0)
    return replace(body.shifted(-float(ears[0]), -float(ears[1])), tags=("walking",))
