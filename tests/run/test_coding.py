"""Claims about how truths per pixel are coded: OpenCV's own reader gives back what was written."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from simgen.frame import Flow, View
from simgen.geometry.pose import Pose
from simgen.options import Storage
from simgen.rig import CameraMount
from simgen.run.coding import albedo_png, coded_truths, decoded, flow_png, linear_png, panoptic_png, uv_png


def through_png(pixels):
    done, data = cv2.imencode(".png", pixels)
    assert done
    return cv2.imdecode(data, cv2.IMREAD_UNCHANGED)


def test_segment_ids_come_back_and_read_by_cocos_rule():
    ids = np.array([[0, 1, 255, 256], [65535, 65536, 3 * 65536 + 777, 255 * 65536 + 65535]], np.uint32)
    read = through_png(panoptic_png(ids))
    assert np.array_equal(decoded("panoptic", read), ids)
    rgb = read[..., ::-1].astype(np.int64)
    assert np.array_equal(rgb[..., 0] + 256 * rgb[..., 1] + 256**2 * rgb[..., 2], ids)


def test_flow_comes_back_to_a_128th_of_a_pixel_and_reads_by_kittis_rule():
    rng = np.random.default_rng(0)
    uv_px = rng.uniform(-511.0, 511.0, (20, 30, 2)).astype(np.float32)
    state = rng.integers(0, 4, (20, 30)).astype(np.uint8)
    read = through_png(flow_png(Flow(uv_px=uv_px, state=state)))
    valid = state > 0
    found = decoded("flow_forward", read)
    assert np.array_equal(np.isfinite(found).all(axis=-1), valid)
    assert np.abs(found - uv_px)[valid].max() <= 1 / 128 + 1e-4
    red, green, blue = read[..., 2].astype(float), read[..., 1].astype(float), read[..., 0]
    assert np.array_equal(blue, valid)
    assert np.array_equal((red[valid] - 2**15) / 64.0, found[valid][:, 0])
    assert np.array_equal((green[valid] - 2**15) / 64.0, found[valid][:, 1])


@pytest.mark.parametrize(("u", "fits"), [(511.98, True), (512.1, False), (-512.0, True), (-512.1, False)])
def test_flow_beyond_sixteen_bits_is_marked_as_not_valid(u, fits):
    coded = flow_png(Flow(uv_px=np.full((1, 1, 2), (u, 0.0), np.float32), state=np.ones((1, 1), np.uint8)))
    assert bool(coded[0, 0, 0]) is fits
    assert fits or not coded.any()


def test_albedo_comes_back_to_half_a_step_of_the_srgb_curve():
    steps = np.arange(256)
    curved = steps / 255.0
    linear = np.where(curved <= 0.04045, curved / 12.92, ((curved + 0.055) / 1.055) ** 2.4).astype(np.float32)
    image = np.stack([linear, linear[::-1], np.full(256, 0.2140411, np.float32)], axis=-1)[None]
    read = through_png(albedo_png(image))
    assert np.array_equal(read[0, :, 2], steps) and np.array_equal(read[0, :, 1], steps[::-1])
    assert (read[..., 0] == 128).all() or (read[..., 0] == 127).all()
    assert np.abs(decoded("albedo", read) - image).max() < 0.005


def test_linear_light_comes_back_as_luminance_up_to_four_times_saturation():
    nit = np.random.default_rng(0).uniform(0.0, 4.8 * 2.0**9, (20, 30, 3)).astype(np.float32)
    read = through_png(linear_png(nit, 9.0))
    full = 1.2 * 2.0**9
    assert np.abs(decoded("linear", read) * full - nit).max() <= 0.51 * full / 16384
    assert (through_png(linear_png(nit * 100, 9.0)) <= 65535).all() and linear_png(nit * 100, 9.0).max() == 65535


def test_texture_coordinates_come_back_as_fractions():
    uv = np.array([[[0.25, 1.25], [-0.25, -1e-20], [7.5, 0.99999], [3.0, 4.0]]], np.float32)
    met = np.array([[True, True, True, False]])
    read = through_png(uv_png(uv, met))
    found = decoded("uv", read)
    assert np.isnan(found[0, 3]).all() and not read[0, 3].any()
    assert np.abs(found[0, :3] - [[0.25, 0.25], [0.75, 0.0], [0.5, 1.0]]).max() < 2e-5


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match=r"kind must be one of those in simgen\.run\.coding\.decoded, got 'colour'"):
        decoded("colour", np.zeros((1, 1), np.uint8))


def test_a_lens_mask_comes_back_within_half_a_step_and_a_clean_lens_is_white():
    shares = np.linspace(0.0, 1.0, 64, dtype=np.float32).reshape(8, 8)
    for mask, expected in ((shares, shares), (None, np.ones((8, 8)))):
        view = View(
            camera=CameraMount(width_px=8, height_px=8).build(),
            world_from_camera=Pose(),
            rgb=np.zeros((8, 8, 3), np.uint8),
            z_m=np.zeros((8, 8), np.float32),
            instance_id=np.zeros((8, 8), np.uint16),
            normal=np.zeros((8, 8, 3), np.float32),
            ev100=10.0,
            lens_mask=mask,
        )
        coded = coded_truths(view, Storage(lens_mask=True))
        assert list(coded) == ["lens_mask"]
        assert np.abs(decoded("lens_mask", through_png(coded["lens_mask"])) - expected).max() <= 0.5 / 255 + 1e-6
        assert coded_truths(view, Storage()) == {}
