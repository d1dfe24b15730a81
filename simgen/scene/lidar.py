"""LiDARs: which way each beam points, when it fires, how wide it is and what the sensor reports of it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numba
import numpy as np

from simgen.geometry.pose import Pose, Vector3
from simgen.geometry.rays import Rays
from simgen.scene.beam_pattern import BeamPattern, Raster, Rosette, Spinning
from simgen.scene.dropout import Dropout

ReturnMode = Literal["strongest", "last", "dual", "triple"]
Reference = Literal["start", "middle", "end"]

MOST_POINTS_PER_S = 50_000_000
"""Ten times what the fastest devices measure; more is a slip of the pen."""

_MOST = np.iinfo(np.uint16).max + 1

_MOST_OF = {
    "pulse_s": (1e-6, "seconds"),
    "range_noise_m": (1.0, "metres"),
    "weak_range_noise_m": (1.0, "metres"),
    "range_step_m": (1.0, "metres"),
    "max_range_m": (1e5, "metres"),
    "wavelength_nm": (1e5, "nanometres"),
}
"""Figures that no device comes near to: above these, somebody meant nanoseconds, millimetres or the like."""


@dataclass(frozen=True, kw_only=True)
class Lidar:
    """A LiDAR; its frame is x forward, y left, z up.

    A sweep is ``columns`` firings of all ``rings``: what moves the beams from one column to the next is its
    ``pattern``. A spinning one turns once a sweep, by default clockwise seen from above (as Velodyne's and Ouster's
    do), from straight back, over left, front and right, to straight back again. Through a rosette's prisms the rings
    are the beams that enter them together, and a column is one firing of these. In a raster the rings are its lines.

    Attributes:
        name: unique among the scene's sensors.
        model: key in ``assets/sensors/lidars.yaml``, or the sensor file it is from.
        elevation_deg: one per ring, highest first: ring 0 is the top beam.
        azimuth_offset_deg: one per ring, counter-clockwise from the column's azimuth.
        columns: firings a sweep.
        rate_hz: sweeps per second.
        min_range_m, max_range_m: hits outside are lost.
        range_at_10_percent_m: where a 10 % Lambertian target, met squarely, is just seen.
        focus_m: what the receiver is focused on: what comes nearer than this grows no brighter, since its image
            outgrows the detector; 0 for a detector that sees all of it at any range.
        range_noise_m: standard deviation of the range at a strong return.
        weak_range_noise_m: what a return at the detection threshold adds to it, in quadrature; falls as the square root
            of the received power.
        range_step_m: quantization of the stored range; 0 for none.
        dropout_softness: width, in natural logarithms of power, of the edge of the detection threshold.
        rig_from_lidar: mounting pose on the rig.
        divergence_mrad: full angle of the beam, across and along the elevation, between the directions where its
            intensity is 1/e^2 of that in the middle (ISO 11146; 1.7 times the full width at half maximum); 0 for an
            ideal ray.
        sub_rays: how many rays stand for the beam's cross-section.
        return_mode: which echoes of a pulse are reported: the ``strongest``; the ``last``; ``dual``, both of them, or
            the two strongest where these are one; ``triple``, the first, the strongest and the last.
        pulse_s: duration of the light pulse, full width at half maximum.
        wavelength_nm: of its light.
        firing_time_s: one per ring: when it fires, from the start of its column. Empty is all at once in the middle
            of the column's time. Only where rings take turns: not for a raster's lines or flash.
        start_azimuth_deg: where a spinning sensor's sweep begins, counter-clockwise from ahead.
        clockwise: which way a spinning sensor turns, seen from above.
        beam_origin_m: how far from a spinning sensor's axis its beams start, in the direction of the column; ranges
            count from there.
        start_s: when the sweep begins, since a rosette's prisms were last all turned to the left.
        pattern: what moves the beams.
        reference: which time of the sweep is the scene's instant, at which boxes and the pose hold. At the middle what
            starts straight back faces ahead, so cameras take their pictures then (KITTI); nuScenes has the end.
        deskewed: whether points are given in the frame at the reference time, made up for the rig's motion, and not,
            as measured, each in the frame at its own firing.
        crop_m: lowest and highest corner of a box on the rig; points in it, such as the vehicle's own, are left out.
        dropout: what of its sweep is lost on the way; None for nothing.
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
    focus_m: float = 0.0
    rig_from_lidar: Pose = Pose()
    divergence_mrad: tuple[float, float] = (0.0, 0.0)
    sub_rays: Literal[1, 7, 19] = 1
    return_mode: ReturnMode = "strongest"
    pulse_s: float = 5e-9
    wavelength_nm: float = 905.0
    firing_time_s: tuple[float, ...] = ()
    start_azimuth_deg: float = 180.0
    clockwise: bool = True
    beam_origin_m: float = 0.0
    start_s: float = 0.0
    pattern: BeamPattern = Spinning()
    reference: Reference = "middle"
    deskewed: bool = False
    crop_m: tuple[Vector3, Vector3] | None = None
    dropout: Dropout | None = None
    kind: Literal["lidar"] = "lidar"

    def __post_init__(self) -> None:
        faults = [*self._beam_faults(), *self._figure_faults()]
        if not faults:
            faults = [*self._time_faults()]
        if faults:
            raise ValueError(f"lidar {self.name!r}: {'; '.join(faults)}")

    @property
    def rings(self) -> int:
        """Number of beams that a column holds."""
        return len(self.elevation_deg)

    @property
    def points_per_s(self) -> float:
        """How many pulses it sends out a second."""
        return self.rings * self.columns * self.rate_hz

    @property
    def column_s(self) -> float:
        """Time from one column's start to the next one's."""
        return self._active_share / (self.columns * self.rate_hz)

    @property
    def reference_s(self) -> float:
        """When the scene's instant is, from the sweep's start."""
        return {"start": 0.0, "middle": 0.5, "end": 1.0}[self.reference] / self.rate_hz

    def sweep(self, number: int) -> Lidar:
        """Return the sensor as it is in its ``number``-th sweep, from 0, since it was switched on.

        Only a rosette is not the same in every sweep.
        """
        return replace(self, start_s=number / self.rate_hz) if isinstance(self.pattern, Rosette) else self

    def times_s(self) -> np.ndarray:
        """Return (columns * rings) float64: when each beam fires, from the sweep's start; column by column."""
        if isinstance(self.pattern, Raster) and self.pattern.order == "flash":
            return np.zeros(self.columns * self.rings)
        if isinstance(self.pattern, Raster) and self.pattern.order == "lines":
            line_s = self._active_share / (self.rings * self.rate_hz)
            along = (np.arange(self.columns) + 0.5) / self.columns
            line = np.arange(self.rings)
            share = (
                np.where(line % 2 == 1, 1.0 - along[:, None], along[:, None])
                if self.pattern.two_way
                else along[:, None]
            )
            return ((line + share) * line_s).ravel()
        return (np.arange(self.columns)[:, None] * self.column_s + self._firing_times_s()).ravel()

    def directions(self, frame_from_lidar: Pose = Pose()) -> np.ndarray:  # noqa: B008 - a Pose is frozen
        """Return (columns * rings, 3) float32 unit directions, column by column, ring 0 first.

        Args:
            frame_from_lidar: the frame they are wanted in; the LiDAR's own if not given.
        """
        if isinstance(self.pattern, Rosette):
            return frame_from_lidar.rotate(self._bent(self.start_s + self.times_s())).astype(np.float32)
        offset = np.radians(self.azimuth_offset_deg) - self._turned_rad()
        return self._turn(offset, np.radians(self.elevation_deg), frame_from_lidar, np.float32)

    def origins(self, frame_from_lidar: Pose = Pose()) -> np.ndarray:  # noqa: B008 - a Pose is frozen
        """Return (columns * rings, 3) float32 points where the beams start, mostly one and the same, told once.

        Ouster's beams start off the axis, in the direction in which the column's turn stands, whatever the beam's own
        offset (Ouster firmware manual, "lidar range to Cartesian coordinates").
        """
        centre = np.asarray(frame_from_lidar.translation_m)
        if self.beam_origin_m == 0.0:
            return np.broadcast_to(centre.astype(np.float32), (self.columns * self.rings, 3))
        level = self._turn(-self._turned_rad(), np.zeros(self.rings), frame_from_lidar, np.float64)
        return (centre + self.beam_origin_m * level).astype(np.float32)

    def rays(self, world_from_lidar: Pose) -> Rays:
        """Return the world rays of one sweep, `directions` in order; times run from 0 to one sweep."""
        return Rays(
            origin=self.origins(world_from_lidar),
            direction=self.directions(world_from_lidar),
            time_s=self.times_s().astype(np.float32),
        )

    def _bent(self, time_s: np.ndarray) -> np.ndarray:
        """Return (N, 3) where a rosette's prisms send its beams; the N times go through all rings again and again."""
        assert isinstance(self.pattern, Rosette)
        entering = _unit(np.radians(self.azimuth_offset_deg), np.radians(self.elevation_deg))
        return self.pattern.bend(np.tile(entering, (len(time_s) // self.rings, 1)), time_s)

    @property
    def _active_share(self) -> float:
        return self.pattern.active_share if isinstance(self.pattern, Raster) else 1.0

    def _firing_times_s(self) -> np.ndarray:
        return np.array(self.firing_time_s) if self.firing_time_s else np.full(self.rings, 0.5 * self.column_s)

    def _column_step_rad(self) -> float:
        """Return how far a column's azimuth stands from the last one's, counter-clockwise."""
        if isinstance(self.pattern, Raster):
            start, end = self.pattern.azimuth_deg
            return math.radians(end - start) / self.columns
        return (-1.0 if self.clockwise else 1.0) * 2.0 * math.pi / self.columns

    def _turned_rad(self) -> np.ndarray:
        """Return (rings,) how far a ring has turned clockwise when it fires since the column's start."""
        if isinstance(self.pattern, Raster) and self.pattern.order != "columns":
            return np.full(self.rings, -0.5 * self._column_step_rad())
        return -self._column_step_rad() * self._firing_times_s() / self.column_s

    def _turn(
        self,
        offset_rad: np.ndarray,
        elevation_rad: np.ndarray,
        frame_from_lidar: Pose,
        dtype: type[np.float32] | type[np.float64],
    ) -> np.ndarray:
        """Return (columns * rings, 3) unit vectors turned to each column.

        A beam's direction is ``cos(column) * a + sin(column) * b + c`` with three vectors for each ring, so only the
        rings' vectors are turned into another frame, and a sine is taken for each column, not for each beam.
        """
        start = math.radians(
            self.pattern.azimuth_deg[0] if isinstance(self.pattern, Raster) else self.start_azimuth_deg
        )
        column = start + np.arange(self.columns) * self._column_step_rad()
        along, across, up = _unit(offset_rad, elevation_rad).T
        zero = np.zeros(self.rings)
        a = frame_from_lidar.rotate(np.stack([along, across, zero], axis=1))
        b = frame_from_lidar.rotate(np.stack([-across, along, zero], axis=1))
        c = frame_from_lidar.rotate(np.stack([zero, zero, up], axis=1))
        out = np.empty((self.columns, self.rings * 3), dtype)
        _add_turned(out, np.cos(column), np.sin(column), a.ravel(), b.ravel(), c.ravel())
        return out.reshape(-1, 3)

    def _beam_faults(self) -> Iterator[str]:
        if len(self.elevation_deg) != len(self.azimuth_offset_deg) or not self.elevation_deg:
            yield (
                f"needs as many azimuth offsets as elevations, one or more, got {len(self.azimuth_offset_deg)} and "
                f"{len(self.elevation_deg)}"
            )
        for name, most in (("elevation_deg", 90.0), ("azimuth_offset_deg", 180.0)):
            for angle in getattr(self, name):
                if not abs(angle) <= most:
                    yield f"{name} holds {angle}, all must lie within -{most:g} to {most:g}"
        order = np.diff(self.elevation_deg)
        if (order > 0).any():
            ring = int(np.argmax(order > 0))
            yield (
                "elevation_deg must run from the highest beam to the lowest, but "
                f"{self.elevation_deg[ring]:g} comes before {self.elevation_deg[ring + 1]:g}"
            )
        if not 1 <= self.columns <= _MOST or self.rings > _MOST:
            yield f"a sweep may have 1 to {_MOST} columns and rings, got {self.columns} and {self.rings}"

    def _figure_faults(self) -> Iterator[str]:
        above = ("rate_hz", "max_range_m", "range_at_10_percent_m", "pulse_s", "wavelength_nm")
        least = (
            "min_range_m",
            "range_noise_m",
            "weak_range_noise_m",
            "range_step_m",
            "dropout_softness",
            "beam_origin_m",
            "focus_m",
        )
        if self.crop_m is not None and not all(low < high for low, high in zip(*self.crop_m, strict=True)):
            yield f"crop_m needs a lowest and a highest corner, got {self.crop_m[0]} and {self.crop_m[1]}"
        for name in above:
            if not 0.0 < getattr(self, name) < math.inf:
                yield f"{name} must be above 0, got {getattr(self, name)}"
        for name in least:
            if not 0.0 <= getattr(self, name) < math.inf:
                yield f"{name} must be 0 or more, got {getattr(self, name)}"
        for name, (most, unit) in _MOST_OF.items():
            if most < getattr(self, name) < math.inf:
                yield f"{name} is in {unit}, at most {most:g} makes sense, got {getattr(self, name):g}"
        if 0.0 < self.wavelength_nm < 100.0:
            yield f"wavelength_nm is in nanometres, 100 or more, got {self.wavelength_nm:g}"
        if self.min_range_m >= self.max_range_m:
            yield f"min_range_m {self.min_range_m:g} must be below max_range_m {self.max_range_m:g}"
        if self.focus_m > self.range_at_10_percent_m:
            yield (
                f"focus_m {self.focus_m:g} must be at most range_at_10_percent_m {self.range_at_10_percent_m:g}: "
                "nearer than the focus a surface answers no more strongly"
            )
        if not all(0.0 <= angle <= 100.0 for angle in self.divergence_mrad):
            yield f"divergence_mrad must lie in 0 to 100, got {self.divergence_mrad}"
        if not (math.isfinite(self.start_azimuth_deg) and math.isfinite(self.start_s)):
            yield f"start_azimuth_deg and start_s must be finite, got {self.start_azimuth_deg} and {self.start_s}"
        if self.points_per_s > MOST_POINTS_PER_S:
            yield (
                f"{self.rings} rings, {self.columns} columns and {self.rate_hz:g} sweeps a second are "
                f"{self.points_per_s:.3g} points a second, at most {MOST_POINTS_PER_S:.0e} are allowed; lower one"
            )

    def _time_faults(self) -> Iterator[str]:
        """Yield what is wrong with the firing times and the prisms, of a sensor whose figures are sound."""
        if isinstance(self.pattern, Rosette) and not np.isfinite(self._bent(np.zeros(self.rings))).all():
            yield "its prisms bend light so far that a face reflects all of it; lower their wedge_deg"
        if not isinstance(self.pattern, Spinning) and (self.beam_origin_m > 0.0 or not self.clockwise):
            yield f"beam_origin_m and clockwise are for sensors that spin, not a {self.pattern.kind}; leave them out"
        if not self.firing_time_s:
            return
        if isinstance(self.pattern, Raster) and self.pattern.order != "columns":
            yield f"firing_time_s is not for a raster of order {self.pattern.order!r}; leave it out"
        elif len(self.firing_time_s) != self.rings:
            yield f"needs one firing_time_s for each of its {self.rings} rings, or none, got {len(self.firing_time_s)}"
        wrong = [time_s for time_s in self.firing_time_s if not 0.0 <= time_s <= self.column_s * (1 + 1e-9)]
        if wrong:
            yield (
                f"firing_time_s holds {wrong[0]:g}, all must lie within the {self.column_s:.6g} s that {self.columns} "
                f"columns at {self.rate_hz:g} Hz leave for each; lower columns or rate_hz"
            )


@numba.njit(cache=True, nogil=True)
def _add_turned(
    out: np.ndarray, cosine: np.ndarray, sine: np.ndarray, a: np.ndarray, b: np.ndarray, c: np.ndarray
) -> None:
    # Along all rings' vectors at once, which the processor adds several at a time.
    for column in range(len(cosine)):
        for k in range(len(a)):
            out[column, k] = cosine[column] * a[k] + sine[column] * b[k] + c[k]


def _unit(azimuth_rad: np.ndarray, elevation_rad: np.ndarray) -> np.ndarray:
    """Return (N, 3) unit vectors."""
    level = np.cos(elevation_rad)
    return np.stack([level * np.cos(azimuth_rad), level * np.sin(azimuth_rad), np.sin(elevation_rad)], axis=1)
