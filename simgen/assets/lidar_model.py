"""What a sensor file says of a LiDAR: its beams, when they fire, its figures and where these are from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache
from typing import Literal

import numpy as np

from simgen import spec
from simgen.geometry.pose import Pose
from simgen.resources import shipped
from simgen.scene.beam_pattern import BeamPattern, Spinning
from simgen.scene.lidar import Lidar, ReturnMode

_MOST_LINES = 4096

_NAMELESS = "lidar '': "
"""How faults of a LiDAR without a name begin."""


@dataclass(frozen=True, kw_only=True)
class BeamTable:
    """Where each beam of one sensor points, in its maker's order of channels.

    Attributes:
        elevation_deg: up from the sensor's level.
        azimuth_offset_deg: from the column's azimuth; which way is up to the model. Empty for none.
        source: where the table comes from.
        order: what the channels are ordered by.
        lidar_origin_to_beam_origin_mm: how far from the axis the beams start, where the maker says.
    """

    elevation_deg: tuple[float, ...]
    azimuth_offset_deg: tuple[float, ...] = ()
    source: str = ""
    order: str = ""
    lidar_origin_to_beam_origin_mm: float | None = None


@dataclass(frozen=True, kw_only=True)
class EvenBeams:
    """Beams at equal steps of elevation, the highest first.

    Attributes:
        highest_deg, lowest_deg: elevations of the first and the last beam.
        count: how many.
    """

    highest_deg: float
    lowest_deg: float
    count: int

    def __post_init__(self) -> None:
        if not (1 <= self.count <= _MOST_LINES and self.highest_deg >= self.lowest_deg):
            raise ValueError(
                f"needs 1 to {_MOST_LINES} beams and highest_deg at or above lowest_deg, got {self.count}, "
                f"{self.highest_deg:g} and {self.lowest_deg:g}"
            )


@dataclass(frozen=True, kw_only=True)
class Firing:
    """When the beams of a column fire.

    Attributes:
        channels: which beams fire together, group after group; a beam's number is its place in the beam table, from 0.
        time_s: of each group, from the column's start, rising.
    """

    channels: tuple[tuple[int, ...], ...]
    time_s: tuple[float, ...]

    def faults(self, beams: int, column_s: float) -> Iterator[str]:
        """Yield what does not fit a sensor of so many beams and so much time for a column."""
        if len(self.channels) != len(self.time_s):
            yield f"firing has {len(self.channels)} groups of channels and {len(self.time_s)} times; give each its own"
        for k, (before, after) in enumerate(zip(self.time_s, self.time_s[1:], strict=False)):
            if not before < after:
                yield f"firing.time_s must rise, but entry {k + 1} is {after:g} after {before:g}; list groups in order"
        if self.time_s and not self.time_s[0] >= 0.0:
            yield f"firing.time_s must start at 0 or later, got {self.time_s[0]:g}"
        if self.time_s and not self.time_s[-1] <= column_s * (1 + 1e-9):
            yield (
                f"firing.time_s ends at {self.time_s[-1]:g} s, but a column has only {column_s:.6g} s at this rate_hz; "
                "lower columns or rate_hz"
            )
        named = [channel for group in self.channels for channel in group]
        if sorted(named) != list(range(beams)):
            missing, unknown = sorted({*range(beams)} - {*named}), sorted({*named} - {*range(beams)})
            twice = sorted({channel for channel in named if named.count(channel) > 1})
            told = (("missing", missing), ("unknown", unknown), ("there twice", twice))
            what = ", ".join(f"{', '.join(map(str, some[:4]))} {how}" for how, some in told if some)
            yield f"firing.channels must name each of the {beams} beams, 0 to {beams - 1}, once: {what}"


@dataclass(frozen=True, kw_only=True)
class LidarModel:
    """One LiDAR; figures are as in `simgen.scene.lidar.Lidar`.

    Its beams are told by one of ``beams``, ``beam_table`` and ``even_beams``.

    Attributes:
        description: what it is, in a few words.
        beams: name of a beam table that ships, in ``assets/sensors/lidar_beams.json``.
        beam_table: a table of its own.
        even_beams: beams at equal steps.
        azimuth_offsets: the way its beam table's azimuth offsets count, seen from above.
        firing: when the beams of a column fire; null for all at once in the middle of the column's time.
        columns: firings a sweep, at ``rate_hz``.
        rate_hz: sweeps per second, unless a recipe says otherwise.
        rates_hz: the lowest and the highest it can be set to; null for ``rate_hz`` alone. Its firings go on at the same
            pace, so ``columns`` falls as the rate rises.
        modes: for a sensor that is set to some columns as well, the pairs of columns and sweeps per second it offers.
        returns: how many echoes of a pulse it can report.
        sources: for each figure, where it comes from.
    """

    description: str = ""
    beams: str | None = None
    beam_table: BeamTable | None = None
    even_beams: EvenBeams | None = None
    azimuth_offsets: Literal["clockwise", "counter_clockwise"] = "counter_clockwise"
    firing: Firing | None = None
    columns: int
    rate_hz: float
    rates_hz: tuple[float, float] | None = None
    modes: tuple[tuple[int, float], ...] = ()
    min_range_m: float
    max_range_m: float
    range_at_10_percent_m: float
    range_noise_m: float
    weak_range_noise_m: float = 0.0
    range_step_m: float = 0.0
    dropout_softness: float = 0.25
    focus_m: float = 0.0
    divergence_mrad: tuple[float, float] = (0.0, 0.0)
    pulse_s: float = 5e-9
    wavelength_nm: float = 905.0
    returns: Literal[1, 2, 3] = 1
    beam_origin_m: float = 0.0
    clockwise: bool = True
    pattern: BeamPattern = Spinning()
    sources: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        faults = [*self._table_faults()]
        table = BeamTable(elevation_deg=(0.0,)) if faults else self.table
        faults += self._mode_faults()
        try:
            idle = self._lidar(table, None, self.columns, self.rate_hz)
            if self.firing is not None and not faults:
                faults += self.firing.faults(len(table.elevation_deg), idle.column_s)
            if not faults:
                self._lidar(table, self.firing, self.columns, self.rate_hz)
                faults += self._setting_faults(table)
        except ValueError as error:
            faults.append(str(error).removeprefix(_NAMELESS))
        if faults:
            raise ValueError("; ".join(faults))

    @property
    def table(self) -> BeamTable:
        """Its beams, in its maker's order."""
        if self.beams is not None:
            return beam_tables()[self.beams]
        if self.beam_table is not None:
            return self.beam_table
        assert self.even_beams is not None
        even = np.linspace(self.even_beams.highest_deg, self.even_beams.lowest_deg, self.even_beams.count)
        return BeamTable(elevation_deg=tuple(float(angle) for angle in np.round(even, 6)))

    def build(
        self,
        *,
        name: str,
        model: str,
        rig_from_lidar: Pose = Pose(),  # noqa: B008 - a Pose is frozen
        rate_hz: float | None = None,
        columns: int | None = None,
        sub_rays: Literal[1, 7, 19] = 1,
        return_mode: ReturnMode = "strongest",
    ) -> Lidar:
        """Return the LiDAR, its beams from the highest to the lowest.

        Args:
            name: unique among the scene's sensors.
            model: what the LiDAR says it is.
            rig_from_lidar: mounting pose on the rig.
            rate_hz: None for the model's own.
            columns: None for those that go with the rate.
            sub_rays: how many rays stand for a beam.
            return_mode: which echoes are reported.

        Raises:
            ValueError: the sensor cannot be set to this.
        """
        columns, rate_hz = self._setting(model, columns, rate_hz)
        needed = {"strongest": 1, "last": 1, "dual": 2, "triple": 3}[return_mode]
        if needed > self.returns:
            raise ValueError(
                f"return_mode {return_mode!r} needs {needed} returns, {model} has {self.returns}; choose another mode "
                "or model, or write a sensor file of your own"
            )
        built = self._lidar(self.table, self.firing, columns, rate_hz)
        return replace(
            built, name=name, model=model, rig_from_lidar=rig_from_lidar, sub_rays=sub_rays, return_mode=return_mode
        )

    def _lidar(self, table: BeamTable, firing: Firing | None, columns: int, rate_hz: float) -> Lidar:
        turn = -1.0 if self.azimuth_offsets == "clockwise" else 1.0
        offsets = table.azimuth_offset_deg or (0.0,) * len(table.elevation_deg)
        times = np.zeros(len(table.elevation_deg))
        for group, time_s in () if firing is None else zip(firing.channels, firing.time_s, strict=True):
            times[list(group)] = time_s
        order = sorted(range(len(table.elevation_deg)), key=lambda channel: -table.elevation_deg[channel])
        figures = {f.name: getattr(self, f.name) for f in fields(self) if f.name in _FIGURES}
        return Lidar(
            name="",
            model="",
            elevation_deg=tuple(table.elevation_deg[channel] for channel in order),
            azimuth_offset_deg=tuple(turn * offsets[channel] + 0.0 for channel in order),
            firing_time_s=() if firing is None else tuple(float(times[channel]) for channel in order),
            **(figures | {"columns": columns, "rate_hz": rate_hz}),
        )

    def _setting(self, model: str, columns: int | None, rate_hz: float | None) -> tuple[int, float]:
        """Return the columns and the rate that a recipe asks for."""
        rate = self.rate_hz if rate_hz is None else rate_hz
        if self.modes:
            wanted = (self.columns if columns is None else columns, rate)
            if wanted not in self.modes:
                offered = ", ".join(f"{count} at {each:g} Hz" for count, each in self.modes)
                raise ValueError(f"{model} has no {wanted[0]} columns at {rate:g} Hz; it has {offered}")
            return wanted
        if columns is not None:
            raise ValueError(f"{model} fires at a pace of its own, so columns follow from rate_hz; leave columns out")
        low, high = self.rates_hz or (self.rate_hz, self.rate_hz)
        if not low <= rate <= high:
            what = f"{low:g} to {high:g}" if low < high else f"{low:g}"
            raise ValueError(f"{model} runs at {what} Hz, got rate_hz {rate:g}")
        return max(round(self.columns * self.rate_hz / rate), 1), rate

    def _table_faults(self) -> Iterator[str]:
        told = [key for key in ("beams", "beam_table", "even_beams") if getattr(self, key) is not None]
        if len(told) != 1:
            yield f"needs one of beams, beam_table and even_beams, got {' and '.join(told) or 'none'}"
        if self.beams is not None and self.beams not in beam_tables():
            yield f"unknown beams {self.beams!r}; known: {', '.join(beam_tables())}"
        if self.beam_table is not None:
            elevations, offsets = len(self.beam_table.elevation_deg), len(self.beam_table.azimuth_offset_deg)
            if not elevations or offsets not in (0, elevations):
                yield (
                    f"beam_table needs one elevation_deg or more and as many azimuth_offset_deg, or none of these, got "
                    f"{elevations} and {offsets}"
                )

    def _mode_faults(self) -> Iterator[str]:
        if self.rates_hz is not None and not 0.0 < self.rates_hz[0] <= self.rate_hz <= self.rates_hz[1]:
            yield f"rates_hz must be above 0 and hold rate_hz {self.rate_hz:g}, got {self.rates_hz}"
        if self.modes and (self.columns, self.rate_hz) not in self.modes:
            yield f"modes must hold the sensor's own {self.columns} columns at {self.rate_hz:g} Hz"
        if self.modes and self.rates_hz is not None:
            yield "modes already tell the rates; leave rates_hz out"

    def _setting_faults(self, table: BeamTable) -> Iterator[str]:
        """Yield what is wrong with the other settings of a sensor that is sound as it comes."""
        rates = self.rates_hz or ()
        settings = [("rates_hz", max(round(self.columns * self.rate_hz / rate), 1), rate) for rate in rates]
        settings += [("modes", columns, rate_hz) for columns, rate_hz in self.modes]
        for key, columns, rate_hz in settings:
            try:
                self._lidar(table, self.firing, columns, rate_hz)
            except ValueError as error:
                yield f"{key}: {columns} columns at {rate_hz:g} Hz: {str(error).removeprefix(_NAMELESS)}"


@cache
def beam_tables() -> dict[str, BeamTable]:
    """Return the beam tables that ship, by name."""
    path = shipped("assets") / "sensors" / "lidar_beams.json"
    return spec.parse(dict[str, BeamTable], json.loads(path.read_text(encoding="utf-8")), str(path))


_FIGURES = {f.name for f in fields(LidarModel)} & {f.name for f in fields(Lidar)}
