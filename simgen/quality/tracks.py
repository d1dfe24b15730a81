"""Checks sequences: tracks keep their object, nothing jumps, and velocities are what the poses do."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from simgen.frame import ObjectTruth
from simgen.quality.report import Fault, Faults
from simgen.truth import FrameRecord

FASTEST_MPS = {"person": 12.0, "bicycle": 25.0, "dog": 20.0, "cat": 15.0}
"""Speeds that nothing of a category exceeds; `_FASTEST_MPS` for all others."""

_FASTEST_MPS = 90.0
_HARDEST_MPS2 = 200.0
_SWAY_M = 0.25


def check_tracks(path: str, records: Sequence[FrameRecord]) -> Faults:
    """Yield what is wrong between the frames of one scene's sequence; nothing where they are no sequence.

    A pose may leave the line that the velocities at both ends of a step tell by what an acceleration of 200 m/s2 (a
    crash) does in that time, and by 0.25 m, by which the box of a walker's swinging limbs moves about its hips.

    Args:
        path: of the truth file.
        records: its frames, in order.
    """
    timed = [r for r in records if r.time_s is not None]
    if not timed:
        return
    if len(timed) != len(records):
        yield Fault(where=path, what="some of its frames have a time_s and some have none")
        return
    for before, after in pairwise(records):
        step = (after.time_s or 0.0) - (before.time_s or 0.0)
        where = f"frame {after.index:06d}"
        if not step > 0:
            yield Fault(where=where, what=f"is {step:g} s after the one before, should be later")
            continue
        earlier, later = ({o.instance_id: o for o in r.objects} for r in (before, after))
        if earlier.keys() != later.keys():
            changed = sorted(earlier.keys() ^ later.keys())[:8]
            yield Fault(where=where, what=f"objects come or go within a sequence: {changed}")
        for k in sorted(earlier.keys() & later.keys()):
            yield from _check_step(f"{where}, object {k} ({later[k].category})", earlier[k], later[k], step)
        rig = (before.world_from_rig.translation_m, after.world_from_rig.translation_m)
        speeds = (before.rig_velocity_mps, after.rig_velocity_mps)
        yield from _check_way(f"{where}, rig", rig, speeds, step, _FASTEST_MPS)


def _check_step(where: str, before: ObjectTruth, after: ObjectTruth, step_s: float) -> Faults:
    if before.category != after.category or before.name != after.name:
        yield Fault(where=where, what=f"was {before.name!r} ({before.category}) in the frame before")
    fastest = FASTEST_MPS.get(after.category, _FASTEST_MPS)
    places, speeds = (before.center_m, after.center_m), (before.velocity_mps, after.velocity_mps)
    yield from _check_way(where, places, speeds, step_s, fastest)


def _check_way(
    where: str,
    places: tuple[Sequence[float], Sequence[float]],
    velocities: tuple[Sequence[float], Sequence[float]],
    step_s: float,
    fastest_mps: float,
) -> Faults:
    moved = np.subtract(places[1], places[0])
    speed = float(np.linalg.norm(moved)) / step_s
    if speed > fastest_mps + _SWAY_M / step_s:
        yield Fault(where=where, what=f"moved {float(np.linalg.norm(moved)):.2f} m in {step_s:g} s, {speed:.0f} m/s")
    told = np.add(velocities[0], velocities[1]) / 2 * step_s
    off = float(np.linalg.norm(moved - told))
    if off > _SWAY_M + _HARDEST_MPS2 * step_s**2 / 4:
        yield Fault(where=where, what=f"is {off:.2f} m from where its velocities take it in {step_s:g} s")
