"""Lamps that a place stands somewhere, with the light they give."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from simgen.assets.families.lamps import Lamp
from simgen.geometry.pose import Pose
from simgen.places.pieces import Part
from simgen.scene.light import PointLight, SpotLight
from simgen.scene.material import Rgb
from simgen.scene.white import white
from simgen.streams import Draws

_SHADE_NIT, _BULB_NIT = 420.0, 9000.0
_BULB_RADIUS_M, _REFLECTOR_M = 0.03, 0.09
_INNER_DEG, _OUTER_DEG = 30.0, 60.0
_CONE_SR = 2.0 * math.pi * (1.0 - math.cos(math.radians((_INNER_DEG + _OUTER_DEG) / 2)))

LampMaker = Callable[[np.random.Generator, Rgb], Lamp]


def stand_lamp(
    draws: Draws, name: str, make: LampMaker, pose: Pose, *, lit: bool, lumen: float = 600.0, shaded: bool = True
) -> tuple[Part, tuple[PointLight | SpotLight, ...]]:
    """Stand a drawn lamp with its foot at a pose and return it with its light, none if it is off.

    Args:
        draws: where its shape and its white, 2500 to 4000 K, are drawn from.
        name: of the part and of its factors.
        make: draws the lamp, given the luminance of its shade or bulb.
        pose: of its foot.
        lit: whether it is on.
        lumen: of its bulb; a lamp with a reflector sends it all into its cone.
            A shade of ordinary size lets 0.4 of 600 lm through and shines with some 400 cd/m2 then.
        shaded: whether what glows is a shade, or the bulb itself.
    """
    kelvin = float(draws.rng(f"{name}_white").uniform(2500.0, 4000.0))
    color = white(kelvin)
    glow = (_SHADE_NIT if shaded else _BULB_NIT) * lumen / 600.0 if lit else 0.0
    lamp = make(draws.rng(name), (color[0] * glow, color[1] * glow, color[2] * glow))
    part = Part(name=name, asset=lamp.asset, world_from_object=lamp.placed.by_origin(pose))
    draws.note(f"{name}_lit", lit)
    if not lit:
        return part, ()
    x, y, z = (float(v) for v in pose.apply(np.array([lamp.bulb_m]))[0])
    candela = lumen / (4.0 * math.pi if lamp.shines is None else _CONE_SR)
    intensity = (color[0] * candela, color[1] * candela, color[2] * candela)
    if lamp.shines is None:
        return part, (PointLight(position_m=(x, y, z), intensity_cd=intensity, radius_m=_BULB_RADIUS_M),)
    ahead = pose.rotate(np.array([lamp.shines]))[0]
    spot = SpotLight(
        position_m=(x, y, z),
        direction=(float(ahead[0]), float(ahead[1]), float(ahead[2])),
        intensity_cd=intensity,
        inner_deg=_INNER_DEG,
        outer_deg=_OUTER_DEG,
        lens_radius_m=_REFLECTOR_M,
    )
    return part, (spot,)
