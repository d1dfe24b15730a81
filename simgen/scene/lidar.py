"""Spinning LiDARs: which way each beam points and when it fires."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from simgen.geometry.pose import Pose
from simgen.geometry.rays import Rays


@dataclass(frozen=True, kw_only=True)
class Lidar:
    """A spinning LiDAR; its frame is x forward, y left, z up.

    A sweep has ``columns`` firings of all beams, turning clockwise seen from above (as Velodyne's and Ouster's do),
    from straight back, over left, front and right, to straight back again.

    Attributes:
        name: unique among the scene's sensors.
        model: key in ``assets/sensors/lidars.yaml``.
        elevation_deg: one per ring, highest first: ring 0 is the top beam.
        azimuth_offset_deg: one per ring, counter-clockwise from the column's azimuth.
        columns: firings a turn.
        rate_hz: turns per second.
        min_range_m, max_range_m: hits outside are lost.
        range_at_10_percent_m: where a 10 % Lambertian target, met squarely, is just seen.
        range_noise_m: standard deviation of the range at a strong return.
        weak_range_noise_m: what a return at the detection threshold adds to it, in quadrature; falls as the square root
            of the received power.
        range_step_m: quantization of the stored range; 0 for none.
        dropout_softness: width, in natural logarithms of power, of the edge of the detection threshold.
        rig_from_lidar: mounting pose on the rig.
    """

    name: str
    model: str
    elevation_deg: tuple[float, ...]
    azimuth_offset_deg: tuple[float, ...]
    columns: int
    rate_hz: float
    min_range_m: float
    max_range_m: float
    range_at_10_percent_m: float
    range_noise_m: float
    range_step_m: float
    weak_range_noise_m: float = 0.0
    dropout_softness: float = 0.25
    rig_from_lidar: Pose = Pose()
    kind: Literal["lidar"] = "lidar"

    def __post_init__(self) -> None:
        if len(self.elevation_deg) != len(self.azimuth_offset_deg) or not self.elevation_deg:
            raise ValueError(
                f"lidar {self.name!r}: needs as many azimuth offsets as elevations, one or more, got "
                f"{len(self.azimuth_offset_deg)} and {len(self.elevation_deg)}"
            )
        numbers = np.array([*self.elevation_deg, *self.azimuth_offset_deg])
        if not np.isfinite(numbers).all() or (np.abs(self.elevation_deg) > 90).any():
            raise ValueError(f"lidar {self.name!r}: beam angles must be finite, elevations within -90 to 90")
        if list(self.elevation_deg) != sorted(self.elevation_deg, reverse=True):
            raise ValueError(f"lidar {self.name!r}: elevation_deg must run from the highest beam to the lowest")
        if self.columns < 1 or not self.rate_hz > 0:
            raise ValueError(
                f"lidar {self.name!r}: columns and rate_hz must be above 0, got {self.columns} and {self.rate_hz}"
            )
        if min(self.range_noise_m, self.weak_range_noise_m, self.range_step_m, self.dropout_softness) < 0:
            raise ValueError(
                f"lidar {self.name!r}: range_noise_m, weak_range_noise_m, range_step_m and dropout_softness must be 0 "
                f"or more, got {self.range_noise_m}, {self.weak_range_noise_m}, {self.range_step_m} and "
                f"{self.dropout_softness}"
            )
        if not 0 <= self.min_range_m < self.max_range_m or not self.range_at_10_percent_m > 0:
            raise ValueError(
                f"lidar {self.name!r}: needs 0 <= min_range_m < max_range_m and range_at_10_percent_m above 0, "
                f"got {self.min_range_m}, {self.max_range_m}, {self.range_at_10_percent_m}"
            )

    @property
    def rings(self) -> int:
        """Number of beams."""
        return len(self.elevation_deg)

    def directions(self, frame_from_lidar: Pose = Pose()) -> np.ndarray:  # noqa: B008 - a Pose is frozen
        """Return (columns * rings, 3) float32 unit directions, column by column, ring 0 first.

        A beam's direction is ``cos(column) * a + sin(column) * b + c`` with three vectors for each ring, so only the
        rings' vectors are turned into another frame, and a sine is taken for each column, not for each beam.

        Args:
            frame_from_lidar: the frame they are wanted in; the LiDAR's own if not given.
        """
        column = (np.pi - (np.arange(self.columns) + 0.5) * (2 * np.pi / self.columns))[:, None, None]
        offset, elevation = np.radians(self.azimuth_offset_deg), np.radians(self.elevation_deg)
        along, across = np.cos(elevation) * np.cos(offset), np.cos(elevation) * np.sin(offset)
        zero = np.zeros(self.rings)
        a = frame_from_lidar.rotate(np.stack([along, across, zero], axis=1))
        b = frame_from_lidar.rotate(np.stack([-across, along, zero], axis=1))
        c = frame_from_lidar.rotate(np.stack([zero, zero, np.sin(elevation)], axis=1))
        out = np.cos(column) * a
        out += np.sin(column) * b
        out += c
        return out.reshape(-1, 3).astype(np.float32)

    def rays(self, world_from_lidar: Pose) -> Rays:
        """Return the world rays of one sweep, `directions` in order; times run from 0 to one turn."""
        directions = self.directions(world_from_lidar)
        origin = np.broadcast_to(np.asarray(world_from_lidar.translation_m, dtype=np.float32), directions.shape)
        time_s = np.repeat((np.arange(self.columns) + 0.5) / (self.columns * self.rate_hz), self.rings)
        return Rays(origin=origin, direction=directions, time_s=time_s.astype(np.float32))
