"""Traffic lights as drivers read them: which lamp is lit, and where on a way they make one stop."""

from __future__ import annotations

import math

import numpy as np

from simgen.scene.scene import Instance, Scene
from simgen.scene.ways import Way, place_on

_BEFORE_LIGHT_M = 1.0
"""From the stop line's outer edge to the light, along the way."""

_BESIDE_M = 16.0
"""How far beside a lane its light may stand: the lanes between it and the kerb."""

_FACING = math.cos(math.radians(155.0))


def lit_lamp(light: Instance) -> str:
    """Return which lamp of a traffic light is lit: ``red``, ``amber``, ``green``, by its model's names; "" for none."""
    return next((m.name for m in light.surface if any(m.emission_nit)), "")


def stops_of(scene: Scene, way: Way) -> tuple[float, ...]:
    """Return the distances along a way at which red or amber lights make those who go along it stop.

    A light holds for a way that it stands beside and that goes towards its face.
    """
    found = []
    for light in scene.objects:
        if light.category != "traffic_light" or lit_lamp(light) not in ("red", "amber"):
            continue
        pose = light.world_from_object
        along, left, turn = place_on(way, np.array(pose.translation_m[:2]), pose.yaw_rad)
        if math.cos(turn) < _FACING and abs(left) < _BESIDE_M and 0.0 < along < way.length_m:
            found.append(along - _BEFORE_LIGHT_M)
    return tuple(sorted(found))
