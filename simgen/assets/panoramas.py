"""Reads panoramas of high dynamic range, and mends what reducing and packing did to the light around their sun."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

import cv2
import numpy as np

from simgen.errors import AssetError

_GONE = 1e-3
"""A channel below this share of the image's mean is gone, not dark, where another is bright."""

_SHINES = 20.0
"""A hole holds a sun if a channel left in it exceeds this many times the mean of the pixels around. Assumed."""

_LARGEST_HOLE_PX = 24
_REACH_PX = 3
"""How far a Lanczos filter of three lobes rings, in pixels of the reduced image."""


def read_panorama(path: Path) -> np.ndarray:
    """Return the (H, W, 3) float64 linear RGB of an equirectangular image; its values are 0 or more.

    Args:
        path: of a Radiance ``.hdr`` or an OpenEXR ``.exr`` image; negative values that a filter left in the latter are
            taken back from the light beside them.

    Raises:
        AssetError: it cannot be read, is not twice as wide as high, holds values that are not finite, or is an ``.exr``
            and the extra ``hdri`` is not installed.
    """
    if not path.is_file():
        raise AssetError(f"{path}: there is no such file")
    match path.suffix.lower():
        case ".hdr":
            rgb = _read_radiance(path)
        case ".exr":
            rgb = read_exr(path)
        case _:
            raise AssetError(f"{path}: skies are read from Radiance .hdr and OpenEXR .exr images; convert this one")
    if rgb.shape[1] != 2 * rgb.shape[0]:
        raise AssetError(f"{path}: a sky all around is twice as wide as high, this is {rgb.shape[1]} x {rgb.shape[0]}")
    if not np.isfinite(rgb).all():
        raise AssetError(
            f"{path}: {int((~np.isfinite(rgb)).any(axis=2).sum())} of its pixels are infinite or no number; is its sun "
            "too bright for 16-bit floats? Save it again with 32-bit ones, or darker"
        )
    return without_undershoot(rgb) if rgb.min() < 0.0 else rgb


def write_panorama(path: Path, rgb: np.ndarray) -> None:
    """Write (H, W, 3) linear RGB, 0 or more, as a Radiance ``.hdr`` image.

    Raises:
        AssetError: it cannot be written.
    """
    if not cv2.imwrite(str(path), np.ascontiguousarray(rgb[..., ::-1], dtype=np.float32)):
        raise AssetError(f"{path}: cannot be written")


def _read_radiance(path: Path) -> np.ndarray:
    read = cv2.imread(str(path), cv2.IMREAD_ANYDEPTH | cv2.IMREAD_COLOR)
    if read is None:
        raise AssetError(f"{path}: not a readable Radiance image")
    return read[..., ::-1].astype(np.float64)


def open_exr() -> ModuleType:
    """Return the package that reads OpenEXR images.

    Raises:
        AssetError: it is not installed.
    """
    try:
        return importlib.import_module("OpenEXR")
    except ImportError as error:
        raise AssetError("OpenEXR images need the extra 'hdri'; run: pip install 'simgen[hdri]'") from error


def read_exr(path: Path) -> np.ndarray:
    """Return the (H, W, 3) float64 linear RGB of the first part of an OpenEXR image, as it is stored.

    An image of the one channel Y is grey.

    Raises:
        AssetError: it cannot be read, has no such channels, or the extra ``hdri`` is not installed.
    """
    package = open_exr()
    try:
        with package.File(str(path), separate_channels=True) as file:
            stored = {name: channel.pixels for name, channel in file.channels().items()}
    except (RuntimeError, ValueError, TypeError, OSError) as error:
        raise AssetError(f"{path}: not a readable OpenEXR image: {error}") from error
    wanted = "RGB" if {"R", "G", "B"} <= stored.keys() else "YYY"
    if not set(wanted) <= stored.keys():
        raise AssetError(f"{path}: expected channels R, G and B, or Y, got {', '.join(sorted(stored))}")
    return np.stack([stored[name] for name in wanted], axis=-1).astype(np.float64)


def with_lost_channels(rgb: np.ndarray) -> np.ndarray:
    """Return the image with channels restored in the holes that a sun too bright for half floats left.

    Where one channel of one pixel exceeds 65504, a filter that reduces the image makes a whole square infinite, which
    the coder writes as 0. Where another channel is left, the lost ones are taken to stand to it as they do in the
    pixels around the hole: the sun has the colour of its glare.

    Args:
        rgb: (H, W, 3) linear RGB; may hold negative values.
    """
    out = rgb.copy()
    gone = np.abs(rgb) < _GONE * np.abs(rgb).mean()
    holes = (gone.any(axis=2) & ~gone.all(axis=2)).astype(np.uint8)
    count, numbers, boxes, _ = cv2.connectedComponentsWithStats(holes, connectivity=8)
    for hole in range(1, count):
        left, top, width, height = (int(v) for v in boxes[hole, :4])
        if max(width, height) > _LARGEST_HOLE_PX:
            continue
        window = np.s_[max(top - 1, 0) : top + height + 1, max(left - 1, 0) : left + width + 1]
        within = numbers[window] == hole
        rim = cv2.dilate(within.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool) & ~within
        around = np.maximum(rgb[window][rim].mean(axis=0), 0.0)
        pixels = rgb[window][within]
        lost = gone[window][within].all(axis=0)
        kept = int(np.argmax(np.where(lost, 0.0, pixels.max(axis=0))))
        if lost.any() and pixels[:, kept].max() > _SHINES * around[kept] > 0.0:
            out[window][within] = np.where(lost, pixels[:, kept, None] * (around / around[kept]), pixels)
    return out


def without_undershoot(rgb: np.ndarray) -> np.ndarray:
    """Return the (H, W, 3) image, columns going round, without negative values.

    What a resizing filter takes too much beside a bright spot, it gave that spot: it is taken back from the light
    within its reach, from each pixel by the same share, so that each channel's sum stays, unless there is too little
    light to take from.
    """
    positive, missing = np.maximum(rgb, 0.0), np.maximum(-rgb, 0.0)
    given = _summed_around(positive)
    owed = np.where(missing > 0.0, missing / np.maximum(given, 1e-30), 0.0)
    return positive * np.maximum(1.0 - _summed_around(owed), 0.0)


def _summed_around(values: np.ndarray) -> np.ndarray:
    """Return each pixel's sum over the square of `_REACH_PX` about it, columns going round."""
    reach = _REACH_PX
    wrapped = np.concatenate([values[:, -reach:], values, values[:, :reach]], axis=1)
    edge = 2 * reach + 1
    summed = cv2.boxFilter(wrapped, -1, (edge, edge), normalize=False, borderType=cv2.BORDER_CONSTANT)
    return summed[:, reach:-reach]
