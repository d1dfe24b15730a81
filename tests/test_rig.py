"""Claims about cameras as a recipe asks for them: presets, fields of view, focal lengths."""

import dataclasses
import math

import pytest

from simgen import spec
from simgen.assets.depth_cameras import depth_camera_model, depth_camera_models
from simgen.assets.sensors import camera_models
from simgen.errors import RecipeError
from simgen.rig import CameraMount, DepthCameraMount
from simgen.scene.lens import BrownConrady, KannalaBrandt, Pinhole
from simgen.scene.optics import Aperture, Shutter


def across_deg(camera):
    left, right = camera.directions([[0.0, camera.cy_px], [camera.width_px, camera.cy_px]])
    return math.degrees(math.atan2(right[0], right[2]) - math.atan2(left[0], left[2]))


def test_a_camera_of_which_nothing_is_said_is_a_pinhole_of_60_degrees():
    camera = CameraMount().build()
    assert (camera.width_px, camera.height_px, camera.lens) == (640, 480, Pinhole())
    assert (camera.cx_px, camera.cy_px) == (320, 240) and camera.fx_px == camera.fy_px
    assert across_deg(camera) == pytest.approx(60.0)


@pytest.mark.parametrize(
    ("preset", "size", "field_deg"),
    [
        ("kitti_color", (1242, 375), 81.4),
        ("nuscenes_front", (1600, 900), 64.6),
        ("realsense_d435_color", (1920, 1080), 69.0),
        ("phone_main", (4032, 3024), 67.3),
        ("fisheye_parking", (1280, 966), 189.7),
        ("action_wide", (1920, 1080), 118.3),
    ],
)
def test_a_preset_shows_what_its_maker_says(preset, size, field_deg):
    camera = CameraMount(preset=preset).build()
    assert (camera.width_px, camera.height_px) == size
    assert across_deg(camera) == pytest.approx(field_deg, abs=0.06)


@pytest.mark.parametrize("preset", camera_models())
def test_a_smaller_preset_shows_the_same(preset):
    whole, small = CameraMount(preset=preset).build(), CameraMount(preset=preset, width_px=320).build()
    assert small.width_px == 320
    assert small.height_px == pytest.approx(320 * whole.height_px / whole.width_px, abs=0.5)
    assert across_deg(small) == pytest.approx(across_deg(whole), abs=1e-9)
    assert small.lens == whole.lens


def test_another_height_cuts_evenly():
    whole, cut = CameraMount(preset="kitti_color").build(), CameraMount(preset="kitti_color", height_px=275).build()
    assert cut.fy_px == whole.fy_px and whole.cy_px - cut.cy_px == pytest.approx(50.0)


def test_a_field_of_view_holds_through_a_lens():
    for lens, field in ((KannalaBrandt(k1=0.01), 200.0), (BrownConrady(k1=-0.05), 90.0)):
        assert across_deg(CameraMount(lens=lens, horizontal_fov_deg=field).build()) == pytest.approx(field)


def test_focal_lengths_and_middle_may_be_given():
    camera = CameraMount(fx_px=500.0, cx_px=300.0).build()
    assert (camera.fx_px, camera.fy_px, camera.cx_px, camera.cy_px) == (500.0, 500.0, 300.0, 240.0)


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"preset": "kitti"}, "unknown camera preset 'kitti'; known: kitti_color, "),
        (
            {"preset": "kitti_color", "fx_px": 9.0},
            "preset 'kitti_color' already tells fx_px; leave one or the other out",
        ),
        ({"fx_px": 9.0, "horizontal_fov_deg": 60.0}, "horizontal_fov_deg and fx_px both tell the focal length"),
        ({"fy_px": 9.0}, "fy_px needs fx_px beside it"),
        ({"horizontal_fov_deg": 190.0}, "horizontal_fov_deg must lie in 1 to 170, got 190.0"),
        (
            {"lens": {"kind": "brown_conrady", "k1": -0.5}, "fx_px": 300.0},
            "camera 'camera': its brown_conrady lens shows",
        ),
        ({"lens": {"kind": "bent"}}, "lens: unknown kind 'bent'; known: pinhole, brown_conrady, kannala_brandt"),
    ],
)
def test_what_does_not_go_together_is_refused(given, fault):
    with pytest.raises(RecipeError) as error:
        spec.parse(CameraMount, given, "recipe")
    assert fault in str(error.value)


def test_a_recipe_may_name_a_lens():
    mount = spec.parse(
        CameraMount, {"lens": {"kind": "kannala_brandt", "k1": -0.02}, "horizontal_fov_deg": 180.0}, "recipe"
    )
    assert mount.build().lens == KannalaBrandt(k1=-0.02)


def test_a_recipe_may_name_a_shutter_and_an_aperture():
    given = {
        "shutter": {"exposure_s": 0.008, "readout_s": 0.02},
        "aperture": {"f_number": 1.8, "focal_length_mm": 35, "focus_m": 1.2},
    }
    camera = spec.parse(CameraMount, given, "recipe").build()
    assert camera.shutter == Shutter(exposure_s=0.008, readout_s=0.02)
    assert camera.aperture == Aperture(f_number=1.8, focal_length_mm=35.0, focus_m=1.2)
    assert CameraMount().build().shutter == Shutter() and CameraMount().build().aperture is None
    for wrong, fault in (
        ({"shutter": {"exposure_s": -0.1}}, "shutter.exposure_s must lie in 0 to 1 seconds, got -0.1"),
        ({"aperture": {"f_number": 2.0}}, "aperture needs either f_number with focal_length_mm, or diameter_mm"),
        ({"aperture": {"diameter_mm": 5.0}, "lens": {"kind": "kannala_brandt"}}, "has no plane in focus"),
    ):
        with pytest.raises(RecipeError) as error:
            spec.parse(CameraMount, wrong, "recipe")
        assert fault in str(error.value)


@pytest.mark.parametrize("model", depth_camera_models())
def test_a_smaller_depth_camera_shows_the_same(model):
    whole, small = DepthCameraMount(model=model).build(), DepthCameraMount(model=model, width_px=160).build()
    assert across_deg(small.camera) == pytest.approx(across_deg(whole.camera), abs=1e-9)
    assert small.method == whole.method and small.camera.width_px == 160


@pytest.mark.parametrize(
    ("model", "across", "nearest_m"),
    [("realsense_d415", 65.0, 0.45), ("realsense_d435", 87.0, None), ("kinect_v1", 57.4, 0.5), ("zed_2", 101.0, 0.3)],
)
def test_a_depth_camera_has_its_makers_field_of_view_and_nearest_depth(model, across, nearest_m):
    sensor = DepthCameraMount(model=model).build()
    assert across_deg(sensor.camera) == pytest.approx(across, abs=0.1)
    if nearest_m is not None:
        assert sensor.disparity_m_px / sensor.method.max_disparity_px == pytest.approx(nearest_m, rel=0.01)


@pytest.mark.parametrize("model", depth_camera_models())
def test_every_figure_of_a_depth_camera_has_a_source(model):
    known = depth_camera_model(model)
    emitter = known.method.emitter
    keys = {"size", "fx_px", "range"} | {f.name for f in dataclasses.fields(known.method)} - {
        "kind", "eyes", "emitter", "ambiguity_range_m", "least_contrast", "least_coherence",
    }  # fmt: skip
    keys |= set() if emitter is None else {"range_at_10_percent_m", "falloff_exponent", "saturating_signal"}
    assert keys <= set(known.sources) and all(known.sources.values())


def test_an_unknown_depth_camera_is_met_with_the_known_ones():
    with pytest.raises(ValueError, match="unknown depth camera model 'd435'; known: kinect_v1, "):
        DepthCameraMount(model="d435")
