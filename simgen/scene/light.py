"""Lights and sky, in photometric units carried as linear RGB."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from simgen.geometry.pose import Vector3
from simgen.scene.asset import Credit
from simgen.scene.material import Rgb


@dataclass(frozen=True, kw_only=True)
class Sun:
    """The sun's disc.

    Attributes:
        azimuth_deg: direction it stands in, from world +x counter-clockwise.
        elevation_deg: height above the horizon, -90 to 90; below 0 it gives no direct light.
        angular_diameter_deg: 0.53 on Earth; widens the shadow's edge.
    """

    azimuth_deg: float
    elevation_deg: float
    angular_diameter_deg: float = 0.53
    kind: Literal["sun"] = "sun"

    @property
    def direction(self) -> Vector3:
        """Unit vector towards the sun."""
        a, e = math.radians(self.azimuth_deg), math.radians(self.elevation_deg)
        return math.cos(e) * math.cos(a), math.cos(e) * math.sin(a), math.sin(e)


@dataclass(frozen=True, kw_only=True)
class PointLight:
    """A small lamp shining evenly in all directions.

    Attributes:
        position_m: its middle.
        intensity_cd: linear RGB luminous intensity.
        radius_m: of the shining globe; shadows are as soft as it is wide, and what stands within casts none.
    """

    position_m: Vector3
    intensity_cd: Rgb
    radius_m: float = 0.0
    kind: Literal["point"] = "point"

    def __post_init__(self) -> None:
        if not self.radius_m >= 0.0:
            raise ValueError(f"PointLight at {self.position_m}: radius_m must be 0 or more, got {self.radius_m}")


@dataclass(frozen=True, kw_only=True)
class Moon:
    """The moon, which lights the night once the sun gives no direct light.

    Attributes:
        azimuth_deg: direction it stands in, from world +x counter-clockwise.
        elevation_deg: height above the horizon, -90 to 90; below 0 it gives no light.
        lit: share of its disc that the sun shines on, 0 (new) to 1 (full).
        angular_diameter_deg: 0.52 on Earth.
    """

    azimuth_deg: float
    elevation_deg: float
    lit: float = 1.0
    angular_diameter_deg: float = 0.52
    kind: Literal["moon"] = "moon"

    def __post_init__(self) -> None:
        if not 0.0 <= self.lit <= 1.0:
            raise ValueError(f"Moon: lit must lie in 0 to 1, got {self.lit}")

    @property
    def direction(self) -> Vector3:
        """Unit vector towards the moon."""
        a, e = math.radians(self.azimuth_deg), math.radians(self.elevation_deg)
        return math.cos(e) * math.cos(a), math.cos(e) * math.sin(a), math.sin(e)


@dataclass(frozen=True, kw_only=True)
class SpotLight:
    """A small lamp that shines into a cone.

    Attributes:
        position_m: of the lamp.
        direction: middle of the cone, of any length.
        intensity_cd: linear RGB luminous intensity within the inner cone.
        inner_deg: half angle of the cone of full intensity.
        outer_deg: half angle at which it has fallen smoothly to 0, above ``inner_deg`` and at most 180.
        lens_radius_m: what glows this near to the lamp is its lens and lights nothing by itself.
    """

    position_m: Vector3
    direction: Vector3
    intensity_cd: Rgb
    inner_deg: float = 30.0
    outer_deg: float = 60.0
    lens_radius_m: float = 0.0
    kind: Literal["spot"] = "spot"

    def __post_init__(self) -> None:
        _check_direction("SpotLight", self.direction)
        if not 0.0 <= self.inner_deg < self.outer_deg <= 180.0:
            raise ValueError(
                f"SpotLight: inner_deg must be 0 or more and below outer_deg, at most 180; got {self.inner_deg} "
                f"and {self.outer_deg}"
            )


@dataclass(frozen=True, kw_only=True)
class HeadLamp:
    """One head lamp of a vehicle, with the beam pattern of `simgen.render.beams`.

    Attributes:
        position_m: of the lamp.
        direction: straight ahead of the vehicle, level with it, of any length.
        intensity_cd: linear RGB luminous intensity of the brightest direction.
        beam: ``low`` is cut off above the road, ``high`` is not.
        kerb: the side on which a low beam's cut-off rises, where traffic keeps to it.
        lens_radius_m: what glows this near to the lamp is its lens and lights nothing by itself.
    """

    position_m: Vector3
    direction: Vector3
    intensity_cd: Rgb
    beam: Literal["low", "high"] = "low"
    kerb: Literal["left", "right"] = "right"
    lens_radius_m: float = 0.0
    kind: Literal["head_lamp"] = "head_lamp"

    def __post_init__(self) -> None:
        _check_direction("HeadLamp", self.direction)
        if not math.hypot(self.direction[0], self.direction[1]) > 0.0:
            raise ValueError(f"HeadLamp: direction must not be upright, got {self.direction}")


def _check_direction(what: str, direction: Vector3) -> None:
    if not math.hypot(*direction) > 0.0:
        raise ValueError(f"{what}: direction must not be 0")


@dataclass(frozen=True, kw_only=True)
class AreaLight:
    """A rectangular panel that shines from one side.

    Attributes:
        center_m: middle of the panel.
        edge_u_m, edge_v_m: its two full edges; it shines towards ``edge_u x edge_v``.
        luminance_nit: linear RGB, cd/m2.
    """

    center_m: Vector3
    edge_u_m: Vector3
    edge_v_m: Vector3
    luminance_nit: Rgb
    kind: Literal["area"] = "area"


Light = Sun | Moon | PointLight | SpotLight | HeadLamp | AreaLight


@dataclass(frozen=True, kw_only=True)
class ClearSky:
    """Daylight sky after Preetham, Shirley and Smits 1999; its sun is the scene's `Sun`.

    Attributes:
        turbidity: haze, 2 (very clear) to 10 (hazy).
        cover: share of the sky hidden by an even cloud layer, 0 (clear) to 1 (overcast: no direct sun).
        glow_nit: linear RGB luminance, straight up, of what the lamps of a town send into the air; by day it drowns.
    """

    turbidity: float = 3.0
    cover: float = 0.0
    glow_nit: Rgb = (0.0, 0.0, 0.0)
    kind: Literal["clear"] = "clear"


@dataclass(frozen=True, kw_only=True)
class UniformSky:
    """The same luminance from everywhere: a room's stray light, or a test's integrating sphere."""

    luminance_nit: Rgb
    kind: Literal["uniform"] = "uniform"


@dataclass(frozen=True, kw_only=True)
class HdriSky:
    """A photographed sky; the sun in it is found and shines as one.

    Attributes:
        image: path of an image of all around, twice as wide as high: Radiance ``.hdr`` or OpenEXR ``.exr``.
        rotation_deg: turns it about the upright axis, counter-clockwise; at 0 its middle column is towards +x.
        scale_nit: luminance of the image's value 1; without effect where ``level_lux`` is given.
        level_lux: illuminance of level ground by all of the image above the horizon, to which it is scaled; None takes
            its values by ``scale_nit``.
        name: what it is called, for the credits; without one it is not among them.
        credit: who made it, and on what terms it may be used.
        digest: SHA-256 hex of its file.
    """

    image: str
    rotation_deg: float = 0.0
    scale_nit: float = 1.0
    level_lux: float | None = None
    name: str = ""
    credit: Credit | None = None
    digest: str = ""
    kind: Literal["hdri"] = "hdri"

    def __post_init__(self) -> None:
        if self.level_lux is not None and not self.level_lux > 0.0:
            raise ValueError(f"HdriSky: level_lux must be above 0, got {self.level_lux}")


Sky = ClearSky | UniformSky | HdriSky
