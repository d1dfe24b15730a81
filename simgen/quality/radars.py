"""Checks radar detections: their fields, their limits, and where the objects are that they are said to be of."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from simgen.quality.report import Fault, Faults, differs
from simgen.run.store import RADAR_DTYPE
from simgen.truth import FrameRecord, RadarRecord

_SIGMAS = 6.0


def check_radar(
    where: str, frame: FrameRecord, record: RadarRecord, found: np.ndarray, category_ids: Mapping[str, int]
) -> Faults:
    """Yield what is wrong with a radar's detections.

    Args:
        where: frame and radar.
        frame: what is true of the frame.
        record: the radar's record in it.
        found: the detections as they are on disk.
        category_ids: id by category name, as ``dataset.json`` has them.
    """
    if found.dtype != RADAR_DTYPE or found.ndim != 1:
        what = f"the detections are {found.dtype} of shape {found.shape}, should be (N,) of {RADAR_DTYPE}"
        yield Fault(where=where, what=what)
        return
    yield from differs(where, "the number of detections", len(found), record.detections)
    radar = record.radar
    numbers = np.stack([found[name] for name in RADAR_DTYPE.names or () if found.dtype[name].kind == "f"], axis=1)
    if not np.isfinite(numbers).all():
        yield Fault(where=where, what=f"{int((~np.isfinite(numbers).all(axis=1)).sum())} detections are not finite")
        return
    off = np.hypot(
        found["x"] - found["range_m"] * np.cos(found["azimuth_rad"]),
        found["y"] - found["range_m"] * np.sin(found["azimuth_rad"]),
    )
    yield from _some(where, off > 1e-3 + 1e-5 * found["range_m"], "are not where their range and azimuth say")
    far = found["range_m"] > radar.max_range_m + _SIGMAS * radar.range_resolution_m
    yield from _some(where, far, "are beyond the radar's range")
    fast = np.abs(found["doppler_mps"]) > radar.max_doppler_mps + 1e-3
    yield from _some(where, fast, "are faster than the radar can tell")
    yield from _some(where, found["snr_db"] < radar.threshold_db - 1e-3, "are below the threshold")
    known = {k: category_ids.get(name, 0) for k, name in frame.instances.items()} | {0: 0}
    pairs = np.stack([found["instance_id"], found["category_id"]], axis=1)
    wrong = np.array([known.get(int(k)) != int(c) for k, c in pairs], dtype=bool)
    yield from _some(where, wrong, "are of an unknown instance, or not of its category")
    yield from _check_places(where, frame, record, found)


def _check_places(where: str, frame: FrameRecord, record: RadarRecord, found: np.ndarray) -> Faults:
    """Hold detections against the spheres around their objects' cuboids, with room for a cell and its errors."""
    radar = record.radar
    eye = np.asarray(record.world_from_radar.translation_m)
    for truth in frame.objects:
        on = found[found["instance_id"] == truth.instance_id]
        if not len(on):
            continue
        reach = float(np.linalg.norm(truth.size_m)) / 2 + 2.0 * radar.range_resolution_m
        distance = float(np.linalg.norm(np.asarray(truth.center_m) - eye))
        far = np.abs(on["range_m"] - distance) > reach
        yield from _some(f"{where}, object {truth.instance_id}", far, "are nearer or farther than their object")


def _some(where: str, wrong: np.ndarray, what: str) -> Faults:
    if wrong.any():
        yield Fault(where=where, what=f"{int(wrong.sum())} detections {what}")
