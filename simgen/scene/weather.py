"""The air and what falls through it: one value that camera and LiDAR both read."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Weather:
    """Fog, rain, snow, and what they leave on the ground.

    Attributes:
        fog_visibility_m: meteorological optical range of the fog alone, the distance at which contrast falls to 5 %;
            infinite for clear air.
        fog_height_m: top of the fog layer above the ground.
        rain_mm_per_h: rate of rain.
        snow_mm_per_h: rate of snowfall, as water.
        wetness: 0 (dry) to 1 (a film of water on all that faces up).
        puddles: share of level ground that lies under standing water, 0 to 1.
        snow_cover: share of what faces up that lies under snow, 0 to 1.
    """

    fog_visibility_m: float = math.inf
    fog_height_m: float = 120.0
    rain_mm_per_h: float = 0.0
    snow_mm_per_h: float = 0.0
    wetness: float = 0.0
    puddles: float = 0.0
    snow_cover: float = 0.0

    def __post_init__(self) -> None:
        for key in ("fog_visibility_m", "fog_height_m"):
            if not getattr(self, key) > 0:
                raise ValueError(f"{key} must be above 0, got {getattr(self, key)}")
        for key in ("rain_mm_per_h", "snow_mm_per_h"):
            if not 0.0 <= getattr(self, key) <= 500.0:
                raise ValueError(f"{key} must lie in 0 to 500, got {getattr(self, key)}")
        for key in ("wetness", "puddles", "snow_cover"):
            if not 0.0 <= getattr(self, key) <= 1.0:
                raise ValueError(f"{key} must lie in 0 to 1, got {getattr(self, key)}")

    @property
    def fog_per_m(self) -> float:
        """Extinction by fog, 1/m, for light and near infrared alike: ln 20 over the visibility (Koschmieder)."""
        return math.log(20.0) / self.fog_visibility_m

    @property
    def fall_per_m(self) -> float:
        """Extinction by what falls, 1/m.

        Drops and flakes are far wider than a wavelength and take out twice their cross-section:
        ``pi / 4 * 2 * integral of D**2 N(D)``, which is ``pi * N0 / lambda**3``, for exponential sizes
        ``N0 exp(-lambda D)`` of rain (Marshall and Palmer 1948) and of snow as melted drops (Gunn and Marshall 1958).
        """
        total = 0.0
        if self.rain_mm_per_h > 0:
            total += _exponential(8000.0, 4.1 * self.rain_mm_per_h**-0.21)
        if self.snow_mm_per_h > 0:
            total += _exponential(3800.0 * self.snow_mm_per_h**-0.87, 2.55 * self.snow_mm_per_h**-0.48)
        return total

    @property
    def extinction_per_m(self) -> float:
        """Of light along a level path near the ground, 1/m."""
        return self.fog_per_m + self.fall_per_m

    @property
    def visibility_m(self) -> float:
        """Meteorological optical range in all of it, metres."""
        return math.log(20.0) / self.extinction_per_m if self.extinction_per_m > 0 else math.inf


def _exponential(per_m3_per_mm: float, slope_per_mm: float) -> float:
    """Return the extinction, 1/m, of exponentially distributed diameters."""
    return math.pi * per_m3_per_mm / slope_per_mm**3 * 1e-6
