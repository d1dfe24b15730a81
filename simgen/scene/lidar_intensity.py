"""How recordings write down what a LiDAR's return is worth: from apparent reflectance to a format's intensity."""

from __future__ import annotations

import numpy as np

KITTI_GAIN = 0.7
"""KITTI's number for a white Lambertian surface met squarely.

Nowhere published. From what KITTI's scans say of what is known: on pedestrians and cyclists, whose clothes reflect
0.4 to 0.7 at 905 nm, its medians are 0.38 and 0.30, so 0.34 / 0.5.
"""


def kitti_intensity(reflectance: np.ndarray) -> np.ndarray:
    """Return (N,) float32 intensities as KITTI's scans hold them: proportional, in steps of 0.01; 0.99 when saturated.

    The HDL-64E reports a count of 8 bits that is compensated for range and laser power (HDL-64E manual, "laser
    normalized intensity"); KITTI wrote it as a share of the full count with two digits. That the count is proportional
    to the reflectance is an assumption: the device's response is not published.

    Args:
        reflectance: (N,) as in `simgen.frame.Scan.intensity`: 1 is brighter than any diffuse surface, as plates and
            signs are, and saturates.

    Raises:
        ValueError: a reflectance is negative or not finite.
    """
    values = _checked(reflectance)
    hundredths = np.where(values < 1.0, np.floor(100.0 * KITTI_GAIN * values + 0.5), 99.0)
    return (hundredths / 100.0).astype(np.float32)


def velodyne_intensity(reflectance: np.ndarray) -> np.ndarray:
    """Return (N,) uint8 calibrated reflectivities as Velodyne's devices report them.

    0 to 100 is a diffuse surface's reflectance in percent; what reflects more, as retro-reflectors and glints do, is
    reported from 101 to 255 (VLP-16 user manual, "calibrated reflectivities"). Which of the upper numbers a
    retro-reflector gets is not published, and scans hold no more than that one saturated: it gets the highest.

    Args:
        reflectance: (N,) as in `simgen.frame.Scan.intensity`: 1 saturates.

    Raises:
        ValueError: a reflectance is negative or not finite.
    """
    values = _checked(reflectance)
    return np.where(values < 1.0, np.floor(100.0 * values + 0.5), 255.0).astype(np.uint8)


def nuscenes_intensity(reflectance: np.ndarray) -> np.ndarray:
    """Return (N,) float32 intensities as nuScenes' ``.pcd.bin`` files hold them: the HDL-32E's count, 0 to 255.

    That the recorded count is the device's calibrated reflectivity (`velodyne_intensity`), road and walls below 100,
    is taken from the device; nuScenes says only that the field is the intensity.

    Args:
        reflectance: (N,) as for `velodyne_intensity`.

    Raises:
        ValueError: a reflectance is negative or not finite.
    """
    return velodyne_intensity(reflectance).astype(np.float32)


def _checked(reflectance: np.ndarray) -> np.ndarray:
    values = np.asarray(reflectance, dtype=np.float64)
    wrong = values[~(np.isfinite(values) & (values >= 0.0))]
    if len(wrong):
        raise ValueError(f"reflectance must be finite and 0 or more, got {wrong[0]:g} and {len(wrong) - 1} more such")
    return values
