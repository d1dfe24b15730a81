"""Panoramas: read from either format, what a sun too bright for half floats lost restored, no light below 0."""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from simgen.assets.panoramas import read_exr, read_panorama, with_lost_channels, without_undershoot, write_panorama
from simgen.errors import AssetError

GLARE = np.array([6.0, 5.0, 3.0])


def lost_sun() -> tuple[np.ndarray, np.ndarray]:
    """Return an image of which a sun's square lost red and green, and the same as it was."""
    whole = np.tile(GLARE, (64, 128, 1))
    whole[20:26, 50:56] = GLARE
    whole[22:24, 52:54] = 2000.0 * GLARE
    holed = whole.copy()
    holed[20:26, 50:56, :2] = 0.0
    return holed, whole


def test_channels_that_a_bright_sun_lost_come_back_in_the_colour_of_its_glare() -> None:
    holed, whole = lost_sun()
    assert np.allclose(with_lost_channels(holed), whole)


def test_dark_and_coloured_things_are_left_as_they_are() -> None:
    image = np.tile(GLARE, (64, 128, 1))
    image[10:16, 10:16] = 0.0  # black
    image[30:36, 30:36] = (0.0, 0.0, 8.0)  # a blue sign, no brighter than what is around it
    assert np.array_equal(with_lost_channels(image), image)


def test_light_taken_back_leaves_nothing_negative_and_every_sum_as_it_was() -> None:
    image = np.tile(GLARE, (64, 128, 1))
    image[30, 0] = 5000.0  # at the seam, where columns go round
    image[30, [1, -1]] -= 300.0
    image[[29, 31], 0] -= 300.0
    mended = without_undershoot(image)
    assert mended.min() >= 0.0
    assert np.allclose(mended.sum(axis=(0, 1)), image.sum(axis=(0, 1)), rtol=1e-9)
    assert np.allclose(mended[:20], image[:20])


def test_a_radiance_image_comes_back_within_its_eight_bits(tmp_path: Path) -> None:
    _, whole = lost_sun()
    write_panorama(tmp_path / "sky.hdr", whole)
    step = whole.max(axis=2, keepdims=True) / 128  # a pixel's channels share one exponent
    assert (np.abs(read_panorama(tmp_path / "sky.hdr") - whole) <= step).all()


def test_an_exr_image_comes_back(tmp_path: Path) -> None:
    exr = pytest.importorskip("OpenEXR")
    _, whole = lost_sun()
    path = tmp_path / "sky.exr"
    header = {"compression": exr.ZIP_COMPRESSION, "type": exr.scanlineimage}
    exr.File(header, {"RGB": whole.astype(np.float32)}).write(str(path))
    assert np.array_equal(read_panorama(path), whole.astype(np.float32))
    exr.File(header, {"Y": whole[..., 0].astype(np.float16)}).write(str(path))
    assert np.array_equal(read_exr(path), np.repeat(whole[..., :1], 3, axis=2).astype(np.float16))
    exr.File(header, {"Z": whole[..., 0].astype(np.float32)}).write(str(path))
    with pytest.raises(AssetError, match=r"sky\.exr: expected channels R, G and B, or Y, got Z"):
        read_panorama(path)
    whole[3, 3] = np.inf
    exr.File(header, {"RGB": whole.astype(np.float32)}).write(str(path))
    with pytest.raises(AssetError, match=r"sky\.exr: 1 of its pixels are infinite"):
        read_panorama(path)
    path.write_bytes(b"not one")
    with pytest.raises(AssetError, match=r"sky\.exr: not a readable OpenEXR image"):
        read_panorama(path)


def test_without_the_extra_an_exr_image_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "OpenEXR", None)
    (tmp_path / "sky.exr").write_bytes(b"")
    with pytest.raises(AssetError, match=r"run: pip install 'simgen\[hdri\]'"):
        read_panorama(tmp_path / "sky.exr")


def test_images_that_are_no_sky_are_refused(tmp_path: Path) -> None:
    with pytest.raises(AssetError, match=r"none\.hdr: there is no such file"):
        read_panorama(tmp_path / "none.hdr")
    (tmp_path / "text.hdr").write_text("not one")
    with pytest.raises(AssetError, match=r"text\.hdr: not a readable Radiance image"):
        read_panorama(tmp_path / "text.hdr")
    cv2.imwrite(str(tmp_path / "square.hdr"), np.ones((8, 8, 3), np.float32))
    with pytest.raises(AssetError, match=r"square\.hdr: .* twice as wide as high, this is 8 x 8"):
        read_panorama(tmp_path / "square.hdr")
    (tmp_path / "sky.jpg").write_text("not one")
    with pytest.raises(AssetError, match=r"sky\.jpg: skies are read from"):
        read_panorama(tmp_path / "sky.jpg")
