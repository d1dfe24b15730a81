"""Checks what depth cameras left: measured depths against exact ones, and against the reasons why there are none."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from simgen.quality.report import Fault, Faults
from simgen.scene.depth_camera import HAS_DEPTH_FROM, MEASURED, MULTIPATH, REASONS, DepthCamera, TimeOfFlight
from simgen.truth import DepthRecord, FrameRecord

DEPTH_FORMS: dict[str, type[np.generic]] = {
    "depth_clean": np.uint16,
    "depth_sensed": np.uint16,
    "instance": np.uint16,
    "depth_reason": np.uint8,
    "infrared": np.uint8,
    "disparity": np.uint16,
}
"""Type of each kind of image of a depth camera, all of one channel."""

_SIGMAS = 8.0
_BY_THE_WAY_M = 0.01
_WRONG_SHARE = 1e-3


def check_depth(where: str, frame: FrameRecord, depth: DepthRecord, images: Mapping[str, np.ndarray]) -> Faults:
    """Yield what is wrong with a depth camera's images.

    Args:
        where: the frame and sensor.
        frame: what is true of the frame.
        depth: the sensor's record.
        images: by kind, those that could be read and have the right form.
    """
    sensor = depth.sensor
    if "instance" in images:
        strangers = sorted(set(np.unique(images["instance"]).tolist()) - {0, *frame.instances})
        if strangers:
            yield Fault(where=where, what=f"shows instances that the frame does not have: {strangers[:8]}")
    if "depth_sensed" not in images or "depth_clean" not in images:
        return
    sensed = images["depth_sensed"].astype(np.float64) * sensor.depth_unit_m
    clean = images["depth_clean"].astype(np.float64) * sensor.camera.depth_unit_m
    beyond = (sensed > 0) & ((sensed < sensor.min_z_m - sensor.depth_unit_m) | (sensed > sensor.max_z_m + 1e-9))
    yield from _some(where, int(beyond.sum()), "are measured outside the device's range")
    if "disparity" in images:
        yield from _check_disparity(where, sensor, clean, images["disparity"])
    if "depth_reason" not in images:
        return
    reason = images["depth_reason"]
    yield from _some(where, int((~np.isin(reason, list(REASONS.values()))).sum()), "have an unknown reason")
    has = (reason == MEASURED) | (reason >= HAS_DEPTH_FROM)
    yield from _some(where, int(((sensed > 0) != has).sum()), "have a depth and a reason to have none, or neither")
    sound = (reason == MEASURED) & (clean > 0)
    off = np.abs(sensed - clean) > _allowed_m(sensor, clean)
    wrong = int((off & sound).sum())
    if wrong > _WRONG_SHARE * max(int(sound.sum()), 1000):
        yield Fault(where=where, what=f"{wrong} pixels said to be sound are off by more than the device's noise")
    bright = int(((reason == MULTIPATH) & ~isinstance(sensor.method, TimeOfFlight)).sum())
    yield from _some(where, bright, "are said to be of several paths, which this device cannot tell")


def _allowed_m(sensor: DepthCamera, z_m: np.ndarray) -> np.ndarray:
    """Return how far a sound depth may be from the exact one."""
    method, rounding = sensor.method, sensor.depth_unit_m + sensor.camera.depth_unit_m
    if isinstance(method, TimeOfFlight):
        noise = np.hypot(
            method.range_noise_m, method.weak_range_noise_m * np.exp(_SIGMAS / 2 * sensor.dropout_softness)
        )
        return _SIGMAS * noise + _BY_THE_WAY_M + rounding + 0.02 * z_m
    # At the threshold the noise is twice that of a strong signal; another surface within a pixel is not noticed.
    disparity = 2.0 * _SIGMAS * method.disparity_noise_px + method.disparity_step_px
    exact = abs(sensor.disparity_m_px) / np.where(z_m > 0, z_m, 1.0)
    nearest = abs(sensor.disparity_m_px) / np.maximum(exact - disparity, 1e-3)
    return nearest - z_m + rounding


def _check_disparity(where: str, sensor: DepthCamera, clean: np.ndarray, disparity: np.ndarray) -> Faults:
    """Hold ``f b / z`` against the disparities, within half a step of each image."""
    both = (clean > 0) & (disparity > 0)
    expected = abs(sensor.disparity_m_px) / np.where(both, clean, 1.0)
    slack = 0.51 / 256.0 + 0.51 * sensor.camera.depth_unit_m * expected / np.where(both, clean, 1.0) + 1e-5 * expected
    wrong = int((both & (np.abs(disparity / 256.0 - expected) > slack)).sum())
    yield from _some(where, wrong, "have a disparity that is not that of their depth")


def _some(where: str, count: int, what: str) -> Faults:
    if count:
        yield Fault(where=where, what=f"{count} pixels {what}")
