"""Claims about lenses: there and back, against OpenCV, and where they end."""

import math

import cv2
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from simgen import spec
from simgen.scene.camera import Camera, focal_px
from simgen.scene.lens import BrownConrady, KannalaBrandt, Pinhole

FISHEYE = KannalaBrandt(k1=0.030623, k2=0.026284, k3=-0.007834, k4=0.000771)
WIDE = BrownConrady(k1=0.725338, k2=0.094808, k3=0.001136, k4=0.996108, k5=0.227584, k6=0.009184)
SKEWED = BrownConrady(k1=-0.3, k2=0.09, k3=-0.01, p1=0.01, p2=-0.008)


def camera(lens, focal, size=(640, 480)):
    return Camera(
        name="c", width_px=size[0], height_px=size[1], fx_px=focal, fy_px=1.02 * focal,
        cx_px=size[0] / 2 + 5.0, cy_px=size[1] / 2 - 3.0, lens=lens,
    )  # fmt: skip


def pixels(size=(640, 480), margin=0.0, step=3.7):
    u, v = np.meshgrid(np.arange(-margin, size[0] + margin, step), np.arange(-margin, size[1] + margin, step))
    return np.stack([u.ravel(), v.ravel()], axis=1)


def strong(*bounds):
    return st.tuples(*(st.floats(-b, b) for b in bounds))


@settings(deadline=None, max_examples=60)
@given(strong(0.4, 0.2, 0.1, 0.3, 0.1, 0.05, 0.02, 0.02), st.floats(250, 900))
def test_every_pixel_of_a_brown_conrady_camera_survives_its_ray(k, focal):
    lens = BrownConrady(k1=k[0], k2=k[1], k3=k[2], k4=k[3], k5=k[4], k6=k[5], p1=k[6], p2=k[7])
    try:
        eye = camera(lens, focal)
    except ValueError:
        assume(False)
    uv = pixels(step=17.3)
    back, z = eye.project(eye.directions(uv) * 4.0)
    assert (z > 0).all()
    assert np.abs(back - uv).max() < 1e-6


@settings(deadline=None, max_examples=60)
@given(strong(0.2, 0.1, 0.05, 0.02), st.floats(150, 900))
def test_every_pixel_of_a_fisheye_survives_its_ray(k, focal):
    try:
        eye = camera(KannalaBrandt(k1=k[0], k2=k[1], k3=k[2], k4=k[3]), focal)
    except ValueError:
        assume(False)
    uv = pixels(step=17.3)
    assert np.abs(eye.project(eye.directions(uv) * 4.0)[0] - uv).max() < 1e-6


@pytest.mark.parametrize(("lens", "focal"), [(FISHEYE, 170.0), (WIDE, 300.0), (SKEWED, 450.0)])
def test_the_inverse_holds_on_the_whole_image_and_a_margin_around_it(lens, focal):
    eye = camera(lens, focal)
    uv = pixels(margin=40.0, step=1.3)
    directions = eye.directions(uv)
    assert np.allclose(np.linalg.norm(directions, axis=1), 1.0, atol=1e-12)
    assert np.abs(eye.project(directions)[0] - uv).max() < 1e-7


@pytest.mark.parametrize("lens", [WIDE, SKEWED])
def test_points_fall_where_opencv_puts_them(lens):
    eye = camera(lens, 450.0)
    points = eye.directions(pixels(step=11.0)) * np.linspace(0.5, 50.0, len(pixels(step=11.0)))[:, None]
    there, _ = cv2.projectPoints(points, np.zeros(3), np.zeros(3), eye.matrix, np.array(lens.coefficients))
    assert np.abs(there[:, 0] - eye.project(points)[0]).max() < 1e-6


def test_fisheye_points_fall_where_opencv_puts_them():
    eye = camera(FISHEYE, 170.0)
    points = eye.directions(pixels(step=11.0))
    points = points[points[:, 2] > 0.02]  # OpenCV's fisheye knows no points beside the camera
    there, _ = cv2.fisheye.projectPoints(
        points[:, None], np.zeros(3), np.zeros(3), eye.matrix, np.array(FISHEYE.coefficients)
    )
    assert np.abs(there[:, 0] - eye.project(points)[0]).max() < 1e-6


def test_pixels_look_where_opencv_undistorts_them_to():
    eye = camera(SKEWED, 450.0)
    uv = pixels(step=31.0)
    criteria = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 200, 1e-12)
    plane = cv2.undistortPoints(uv[:, None], eye.matrix, np.array(SKEWED.coefficients), criteria=criteria)[:, 0]
    directions = eye.directions(uv)
    assert np.abs(directions[:, :2] / directions[:, 2:] - plane).max() < 1e-6


def test_without_coefficients_the_models_are_a_pinhole_and_an_equidistant_fisheye():
    uv = pixels(step=13.0)
    assert np.allclose(
        camera(BrownConrady(), 400.0).directions(uv), camera(Pinhole(), 400.0).directions(uv), atol=1e-12
    )
    eye = camera(KannalaBrandt(), 200.0)
    away = np.hypot((uv[:, 0] - eye.cx_px) / eye.fx_px, (uv[:, 1] - eye.cy_px) / eye.fy_px)
    assert np.allclose(np.arccos(eye.directions(uv)[:, 2]), away, atol=1e-9)


def test_a_fisheye_shows_what_lies_beside_and_behind_it():
    eye = camera(FISHEYE, 170.0)
    points = np.array([[3.0, 0.0, 0.0], [3.0, 0.0, -0.5], [0.0, -2.0, -0.2], [0.0, 0.0, 2.0]])
    uv, z = eye.project(points)
    assert z.tolist() == [0.0, -0.5, -0.2, 2.0]
    assert uv[0, 0] == pytest.approx(eye.cx_px + 170.0 * FISHEYE.project(points)[0, 0])
    assert uv[1, 0] > uv[0, 0] > eye.cx_px and uv[2, 1] < eye.cy_px
    assert uv[3].tolist() == [eye.cx_px, eye.cy_px]
    assert np.isnan(eye.project(np.array([[0.0, 0.0, -1.0], [0.0, 0.0, 0.0]]))[0]).all()


def test_what_lies_beyond_the_fold_has_no_pixel():
    lens = BrownConrady(k1=-0.3)  # r (1 - 0.3 r^2) turns back at r = 1 / sqrt(0.9)
    assert math.tan(lens.reach_rad) == pytest.approx(1 / math.sqrt(0.9), rel=1e-9)
    uv, z = camera(lens, 700.0).project(np.array([[1.0, 0.0, 1.0], [1.1, 0.0, 1.0], [0.0, 0.0, -1.0]]))
    assert np.isfinite(uv[0]).all() and np.isnan(uv[1:]).all() and z.tolist() == [1.0, 1.0, -1.0]
    fisheye = KannalaBrandt(k1=-0.1)  # t (1 - 0.1 t^2) turns back at t = sqrt(10 / 3)
    assert fisheye.reach_rad == pytest.approx(math.sqrt(10 / 3), rel=1e-9)
    beyond = camera(fisheye, 600.0).directions(np.array([[325.0 + 600.0 * 1.2, 237.0], [325.0 + 600.0 * 1.25, 237.0]]))
    assert np.isfinite(beyond[0]).all() and np.isnan(beyond[1]).all()


def test_inside_its_reach_a_tangential_lens_nowhere_folds():
    lens = BrownConrady(k1=-0.2, p1=0.05, p2=-0.04)
    bare = BrownConrady(k1=-0.2)
    assert 0.2 < lens.reach_rad < bare.reach_rad
    turn = np.linspace(0, 2 * math.pi, 91)
    for angle in np.linspace(0.01, lens.reach_rad * 0.9999, 40):
        side = math.sin(angle)
        ring = np.stack([side * np.cos(turn), side * np.sin(turn), np.full(91, math.cos(angle))], axis=1)
        assert np.abs(lens.directions(lens.project(ring)) - ring).max() < 1e-5


def test_a_lens_that_folds_back_inside_the_image_is_refused():
    with pytest.raises(ValueError) as error:
        camera(BrownConrady(k1=-0.5), 250.0)
    assert str(error.value) == (
        "camera 'c': its brown_conrady lens shows nothing beyond 39.2 degrees from the axis, 136 px from (325, 237), "
        "but the image reaches out to 406 px. Weaken the coefficients, lengthen the focal length or make the image "
        "smaller."
    )


@pytest.mark.parametrize("lens", [Pinhole(), FISHEYE, WIDE, SKEWED])
@pytest.mark.parametrize("fov_deg", [20.0, 75.0])
def test_the_focal_length_gives_the_field_of_view_through_every_lens(lens, fov_deg):
    focal = focal_px(640, fov_deg, lens)
    half = math.radians(fov_deg / 2)
    ends = lens.project(np.array([[-math.sin(half), 0.0, math.cos(half)], [math.sin(half), 0.0, math.cos(half)]]))
    assert focal * (ends[1, 0] - ends[0, 0]) == pytest.approx(640)


def test_a_field_of_view_that_the_lens_cannot_show_is_refused():
    with pytest.raises(ValueError, match=r"^a field of view of 100 degrees is not below the 93\.0 of brown_conrady$"):
        focal_px(640, 100.0, BrownConrady(k1=-0.3))
    with pytest.raises(ValueError, match=r"^brown_conrady: coefficients must be finite, got \(nan,"):
        BrownConrady(k1=math.nan)


def test_the_pixel_angle_is_that_between_the_rays_in_the_middle():
    for lens in (Pinhole(), FISHEYE, WIDE, SKEWED):
        eye = camera(lens, 450.0)
        first, second = eye.directions(
            eye.cx_px * np.array([1.0, 0.0]) + np.outer(eye.cy_px + np.array([-0.05, 0.05]), [0.0, 1.0])
        )
        smaller = np.linalg.norm(first - second) / 0.1
        assert eye.pixel_angle_rad == pytest.approx(smaller, rel=1e-4)


def test_a_camera_is_stored_with_its_lens_and_older_records_are_pinholes():
    for lens in (Pinhole(), FISHEYE, SKEWED):
        eye = camera(lens, 450.0)
        assert spec.parse(Camera, spec.dump(eye), "record") == eye
    old = spec.dump(camera(Pinhole(), 450.0))
    del old["lens"]
    assert spec.parse(Camera, old, "record") == camera(Pinhole(), 450.0)
