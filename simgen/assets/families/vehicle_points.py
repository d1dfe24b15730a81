"""Keypoints of vehicles, found from the parts they are built of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simgen.assets.families.shapes import Part
from simgen.geometry.pose import Vector3
from simgen.scene.keypoints import VEHICLE


@dataclass(frozen=True, kw_only=True)
class Hull:
    """Where a vehicle's corners and wheels are, metres, in the frame of its parts.

    Attributes:
        axles: x of the rear and the front one.
        track_m: distance of the wheels' outer faces on an axle.
        wheel_m: the wheels' outer radius.
        bottom: x of tail and nose, half width and height of the body's lower edge.
        roof: x of the roof's rear and front end, half width and height of its edges.
    """

    axles: tuple[float, float]
    track_m: float
    wheel_m: float
    bottom: tuple[float, float, float, float]
    roof: tuple[float, float, float, float]


def vehicle_points(hull: Hull, parts: Sequence[Part]) -> dict[str, Vector3]:
    """Return the keypoints of `simgen.scene.keypoints.VEHICLE` that a vehicle has.

    Lamps, plates and mirrors are the middles of the parts of the materials ``head_lamp``, ``tail_lamp``, ``plate`` and
    ``mirror``; what a vehicle lacks is left out.
    """
    found: dict[str, Vector3] = {}
    for side, sign in (("left", 1.0), ("right", -1.0)):
        for end, x in (("rear", hull.axles[0]), ("front", hull.axles[1])):
            found[f"{end}_{side}_wheel"] = (x, sign * hull.track_m / 2, hull.wheel_m)
        for level, (rear, front, half, z) in (("bottom", hull.bottom), ("roof", hull.roof)):
            found[f"rear_{side}_{level}"], found[f"front_{side}_{level}"] = (
                (rear, sign * half, z),
                (front, sign * half, z),
            )
        for name, material in (("head_lamp", "head_lamp"), ("tail_lamp", "tail_lamp"), ("mirror", "mirror")):
            middle = _middle(parts, material, lambda at, sign=sign: at[1] * sign > 0.1, ends=name == "tail_lamp")
            if middle is not None:
                found[f"{side}_{name}"] = middle
    for name, sign in (("front_plate", 1.0), ("rear_plate", -1.0)):
        middle = _middle(parts, "plate", lambda at, sign=sign: at[0] * sign > 0)
        if middle is not None:
            found[name] = middle
    return {name: found[name] for name in VEHICLE.names if name in found}


def _middle(parts: Sequence[Part], material: str, belongs: object, ends: bool = False) -> Vector3 | None:
    """Return the middle of the box around parts of a material that belong; with ``ends`` of the rearmost alone."""
    assert callable(belongs)
    chosen = []
    for shape, of in parts:
        if of == material:
            used = shape.vertices[shape.faces.reshape(-1)]
            middle = (used.min(axis=0) + used.max(axis=0)) / 2
            if belongs(middle):
                chosen.append((used, middle))
    if not chosen:
        return None
    if ends:
        last = min(float(middle[0]) for _, middle in chosen)
        chosen = [(used, middle) for used, middle in chosen if middle[0] < last + 0.3]
    points = np.concatenate([used for used, _ in chosen])
    x, y, z = ((points.min(axis=0) + points.max(axis=0)) / 2).tolist()
    return x, y, z
