"""Automotive radars: what they resolve, and how far they see."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from simgen.geometry.pose import Pose

_MODEL_FIGURES = ("range_resolution_m", "azimuth_resolution_deg", "doppler_resolution_mps", "reference_range_m")


@dataclass(frozen=True, kw_only=True)
class Radar:
    """A radar that lists detections; its frame is x forward, y left, z up. It does not measure elevation.

    Attributes:
        name: unique among the scene's sensors.
        model: key in ``assets/sensors/radars.yaml``.
        field_of_view_deg: across, from edge to edge.
        elevation_fov_deg: of its beam, from edge to edge; what lies outside is not seen.
        min_range_m, max_range_m: targets outside are lost.
        range_resolution_m, azimuth_resolution_deg, doppler_resolution_mps: size of a cell, within which targets merge;
            the azimuth's is that straight ahead.
        max_doppler_mps: unambiguous to either side of 0; faster targets wrap.
        reference_range_m: where a target of 1 m2 straight ahead is just detected.
        threshold_db: the signal over noise that is detected.
        beam_exponent: the two-way gain at an azimuth ``a`` is ``cos(a) ** beam_exponent``.
        false_alarms: mean number a scan.
        rig_from_radar: mounting pose on the rig.
    """

    name: str
    model: str
    field_of_view_deg: float
    elevation_fov_deg: float
    min_range_m: float
    max_range_m: float
    range_resolution_m: float
    azimuth_resolution_deg: float
    doppler_resolution_mps: float
    max_doppler_mps: float
    reference_range_m: float
    threshold_db: float = 12.0
    beam_exponent: float = 4.0
    false_alarms: float = 0.0
    rig_from_radar: Pose = Pose()
    kind: Literal["radar"] = "radar"

    def __post_init__(self) -> None:
        for key in (*_MODEL_FIGURES, "max_doppler_mps", "max_range_m"):
            if not 0 < getattr(self, key) < math.inf:
                raise ValueError(f"radar {self.name!r}: {key} must be above 0 and finite, got {getattr(self, key)}")
        if not 0 <= self.min_range_m < self.max_range_m:
            raise ValueError(
                f"radar {self.name!r}: min_range_m must be 0 or more and below max_range_m, got {self.min_range_m} "
                f"and {self.max_range_m}"
            )
        if not (0 < self.field_of_view_deg < 180 and 0 < self.elevation_fov_deg < 90):
            raise ValueError(
                f"radar {self.name!r}: field_of_view_deg must lie between 0 and 180 and elevation_fov_deg between 0 "
                f"and 90, got {self.field_of_view_deg} and {self.elevation_fov_deg}"
            )
        if not (0 <= self.false_alarms <= 1000 and 0 <= self.beam_exponent < math.inf):
            raise ValueError(
                f"radar {self.name!r}: false_alarms must lie in 0 to 1000 and beam_exponent be 0 or more, got "
                f"{self.false_alarms} and {self.beam_exponent}"
            )
        if not 0 <= self.threshold_db < math.inf:
            raise ValueError(f"radar {self.name!r}: threshold_db must be 0 or more, got {self.threshold_db}")
