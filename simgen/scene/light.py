"""Lights and sky, in photometric units carried as linear RGB."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from simgen.geometry.pose import Vector3
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


Light = Sun | PointLight | AreaLight


@dataclass(frozen=True, kw_only=True)
class ClearSky:
    """Daylight sky after Preetham, Shirley and Smits 1999; its sun is the scene's `Sun`.

    Attributes:
        turbidity: haze, 2 (very clear) to 10 (hazy).
        cover: share of the sky hidden by an even cloud layer, 0 (clear) to 1 (overcast: no direct sun).
    """

    turbidity: float = 3.0
    cover: float = 0.0
    kind: Literal["clear"] = "clear"


@dataclass(frozen=True, kw_only=True)
class UniformSky:
    """The same luminance from everywhere: a room's stray light, or a test's integrating sphere."""

    luminance_nit: Rgb
    kind: Literal["uniform"] = "uniform"


Sky = ClearSky | UniformSky
