"""The air and what falls through it: one value that camera and LiDAR both read."""

from __future__ import annotations

import math
from dataclasses import dataclass

_FLAKE_STRETCH = 10.0 ** (1.0 / 3.0)
"""A flake has about a tenth of water's density."""


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """How many drops or flakes of each diameter D, mm, a cubic metre holds: ``N0 exp(-slope D)``.

    Attributes:
        per_m3_per_mm: N0.
        slope_per_mm: of the exponential; its inverse is the mean diameter.
        stretch: a flake's own diameter over that of the drop it melts to, which D is; 1 for drops.
    """

    per_m3_per_mm: float
    slope_per_mm: float
    stretch: float = 1.0

    def per_m3(self, above_mm: float, below_mm: float = math.inf) -> float:
        """Return how many lie between two diameters."""
        low, high = math.exp(-self.slope_per_mm * above_mm), math.exp(-self.slope_per_mm * below_mm)
        return self.per_m3_per_mm / self.slope_per_mm * (low - high)

    @property
    def extinction_per_m(self) -> float:
        """What they take out of light, 1/m.

        Drops and flakes are far wider than a wavelength and take out twice their cross-section:
        ``pi / 4 * 2 * integral of (stretch D)**2 N(D)``, which is ``pi * N0 * stretch**2 / slope**3``.
        """
        return math.pi * self.per_m3_per_mm * self.stretch**2 / self.slope_per_mm**3 * 1e-6


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
        wind_mps: of the air, along the world's x and y; what falls drifts with it.
        spray: factor on what wheels throw up from a wet road; 0 for none.
    """

    fog_visibility_m: float = math.inf
    fog_height_m: float = 120.0
    rain_mm_per_h: float = 0.0
    snow_mm_per_h: float = 0.0
    wetness: float = 0.0
    puddles: float = 0.0
    snow_cover: float = 0.0
    wind_mps: tuple[float, float] = (0.0, 0.0)
    spray: float = 1.0

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
        if not math.hypot(*self.wind_mps) <= 80.0:
            raise ValueError(f"wind_mps must be at most 80 m/s, got {self.wind_mps}")
        if not 0.0 <= self.spray <= 10.0:
            raise ValueError(f"spray must lie in 0 to 10, got {self.spray}")

    @property
    def is_dry(self) -> bool:
        """Whether the air is clear and nothing falls or lies; wind may blow."""
        return self.extinction_per_m == 0.0 and self.wetness == self.puddles == self.snow_cover == 0.0

    @property
    def rain_sizes(self) -> Sizes | None:
        """Diameters of raindrops (Marshall and Palmer 1948); None when it does not rain."""
        rate = self.rain_mm_per_h
        return Sizes(per_m3_per_mm=8000.0, slope_per_mm=4.1 * rate**-0.21) if rate > 0 else None

    @property
    def snow_sizes(self) -> Sizes | None:
        """Diameters of snowflakes, melted to drops (Gunn and Marshall 1958); None when it does not snow."""
        rate = self.snow_mm_per_h
        if rate == 0.0:
            return None
        return Sizes(per_m3_per_mm=3800.0 * rate**-0.87, slope_per_mm=2.55 * rate**-0.48, stretch=_FLAKE_STRETCH)

    @property
    def fog_per_m(self) -> float:
        """Extinction by fog, 1/m, for light and near infrared alike: ln 20 over the visibility (Koschmieder)."""
        return math.log(20.0) / self.fog_visibility_m

    @property
    def fall_per_m(self) -> float:
        """Extinction by what falls, 1/m."""
        return sum(sizes.extinction_per_m for sizes in (self.rain_sizes, self.snow_sizes) if sizes is not None)

    @property
    def extinction_per_m(self) -> float:
        """Of light along a level path near the ground, 1/m."""
        return self.fog_per_m + self.fall_per_m

    @property
    def visibility_m(self) -> float:
        """Meteorological optical range in all of it, metres."""
        return math.log(20.0) / self.extinction_per_m if self.extinction_per_m > 0 else math.inf
