"""Walkers: one person's bodies through a cycle of two steps, and riders on their saddles."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from simgen.assets.families.person import draw_look, person
from simgen.assets.families.posture import Posture, walking_posture
from simgen.scene.asset import Asset
from simgen.scene.track import Gait
from simgen.streams import stream

PHASES = 12
"""Bodies per cycle: a foot on the ground slides by less than 0.1 m before the next one."""

_STRIDE_PER_HEIGHT = 0.63
"""Twice what a foot on the ground moves back against the hips in half a cycle of `walking_posture`."""


@lru_cache(maxsize=64)
def walker(name: str) -> Gait | None:
    """Return the gait of one variant of a family of people, such as ``families/adult_walking/3``; None for others."""
    found = _person(name)
    if found is None:
        return None
    look, height = found
    bodies = tuple(_body(f"{name}/step{k}", look, walking_posture(k / PHASES)) for k in range(PHASES))
    return Gait(bodies=bodies, stride_m=_STRIDE_PER_HEIGHT * height)


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


def _person(name: str) -> tuple[dict, float] | None:
    parts = name.split("/")
    if len(parts) != 3 or not parts[1].startswith(("adult_", "child_")):
        return None
    rng = stream(0, f"families/{parts[1]}", int(parts[2]))
    look = draw_look(rng, child=parts[1].startswith("child_"), walking=parts[1].endswith("_walking"))
    return look, float(look["height_m"])


def _body(name: str, look: dict, posture: Posture) -> Asset:
    """Return a body with its head over the origin, so that bodies of one gait have their hips in one place."""
    body = person(**{**look, "posture": posture, "name": name})
    vertices = body.mesh.vertices
    top = vertices[:, 2] > float(vertices[:, 2].max()) - 0.12 * float(look["height_m"])
    shift = np.array([float(vertices[top, 0].mean()), float(vertices[top, 1].mean()), 0.0], dtype=vertices.dtype)
    return replace(body, name=name, mesh=replace(body.mesh, vertices=vertices - shift), tags=("walking",))
