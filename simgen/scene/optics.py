"""When a camera takes light, and through how wide an opening: shutter and aperture."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True, kw_only=True)
class Shutter:
    """When each row of the image takes light.

    Rows are read from the top down; the middle of the image's height is exposed around the reference instant. With both
    at 0 a picture is of that instant alone.

    Attributes:
        exposure_s: how long each row takes light, 0 to 1; what moves meanwhile is blurred. Null for as long as the
            imager's shutter is open: what its meter asks for, or its own ``exposure_s``.
        readout_s: from the first row's reading to the last one's, 0 to 1; 0 for a global shutter.
    """

    exposure_s: float | None = 0.0
    readout_s: float = 0.0

    def __post_init__(self) -> None:
        for name in ("exposure_s", "readout_s"):
            value = getattr(self, name)
            if value is not None and not 0.0 <= value <= 1.0:
                raise ValueError(f"shutter.{name} must lie in 0 to 1 seconds, got {value}")

    def open_for(self, metered_s: float) -> Shutter:
        """Return the shutter with its exposure time known: its own, else ``metered_s``."""
        return self if self.exposure_s is not None else replace(self, exposure_s=metered_s)

    def times_s(self, v: np.ndarray, height_px: int) -> np.ndarray:
        """Return the mid-exposure times, relative to the reference instant, of image positions ``v`` (any shape)."""
        return (np.asarray(v, dtype=np.float64) / height_px - 0.5) * self.readout_s


@dataclass(frozen=True, kw_only=True)
class Aperture:
    """The opening of a thin lens. Points before and behind the plane in focus are seen as discs.

    Its width is told by ``f_number`` and ``focal_length_mm``, or by ``diameter_mm``.

    Attributes:
        f_number: focal length over diameter of the opening, 0.5 to 64.
        focal_length_mm: the real lens's, above 0; the image's scale stays that of ``fx_px``.
        diameter_mm: of the opening, above 0.
        focus_m: depth along the axis of what is sharp, above 0; null focuses on the middle of each image.
    """

    f_number: float | None = None
    focal_length_mm: float | None = None
    diameter_mm: float | None = None
    focus_m: float | None = None

    def __post_init__(self) -> None:
        pair = (self.f_number, self.focal_length_mm)
        if (self.diameter_mm is None) == (None in pair) or (self.diameter_mm is not None and any(pair)):
            raise ValueError(
                "aperture needs either f_number with focal_length_mm, or diameter_mm, got "
                f"{self.f_number}, {self.focal_length_mm} and {self.diameter_mm}"
            )
        if self.f_number is not None and not 0.5 <= self.f_number <= 64.0:
            raise ValueError(f"aperture.f_number must lie in 0.5 to 64, got {self.f_number}")
        for name in ("focal_length_mm", "diameter_mm", "focus_m"):
            value = getattr(self, name)
            if value is not None and not (value > 0.0 and math.isfinite(value)):
                raise ValueError(f"aperture.{name} must be finite and above 0, got {value}")

    @property
    def diameter_m(self) -> float:
        """Diameter of the opening."""
        if self.diameter_mm is not None:
            return self.diameter_mm / 1000.0
        assert self.f_number is not None and self.focal_length_mm is not None
        return self.focal_length_mm / self.f_number / 1000.0
