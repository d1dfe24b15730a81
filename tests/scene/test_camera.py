"""Claims about cameras and regions."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgen.geometry.pose import look_at
from simgen.scene.camera import Camera, focal_px
from simgen.scene.region import Area, Lane

CAMERA = Camera(name="c", width_px=640, height_px=480, fx_px=500.0, fy_px=510.0, cx_px=321.5, cy_px=238.0)


@given(st.floats(-200, 900), st.floats(-200, 700), st.floats(0.1, 200))
def test_a_pixel_survives_its_ray(u, v, range_m):
    direction = CAMERA.directions(np.array([[u, v]]))
    back, z = CAMERA.project(direction * range_m)
    assert np.abs(back[0] - (u, v)).max() < 1e-6
    assert z[0] > 0


def test_the_principal_ray_runs_along_z_and_the_first_pixel_centre_is_a_half():
    assert np.allclose(CAMERA.directions(np.array([[321.5, 238.0]])), [[0, 0, 1]])
    assert CAMERA.pixel_centres()[0].tolist() == [0.5, 0.5]
    assert CAMERA.pixel_centres()[641].tolist() == [1.5, 1.5]


def test_points_behind_the_camera_have_no_pixel():
    uv, z = CAMERA.project(np.array([[0.0, 0.0, -1.0], [0.0, 0.0, 0.0]]))
    assert np.isnan(uv).all()
    assert z.tolist() == [-1.0, 0.0]


def test_rays_leave_from_the_camera_towards_the_target():
    pose = look_at((1.0, 2.0, 3.0), (7.0, 5.0, 1.0))
    rays = CAMERA.rays(pose, np.array([[321.5, 238.0]]))
    assert np.allclose(rays.origin[0], (1, 2, 3))
    assert np.allclose(rays.direction[0] * 7.0, (6, 3, -2), atol=1e-5)


def test_the_focal_length_gives_the_field_of_view():
    focal = focal_px(640, 90.0)
    assert focal == pytest.approx(320.0)
    assert 2 * math.degrees(math.atan(320 / focal)) == pytest.approx(90.0)


def test_a_lane_bends_and_left_is_left():
    lane = Lane(name="l", use="drive", centre_m=((0.0, 0.0, 0.0), (10.0, 0.0, 0.0), (10.0, 10.0, 0.0)), width_m=3.0)
    assert lane.length_m == pytest.approx(20.0)
    assert lane.point_at(5.0, 1.0) == ((pytest.approx(5.0), pytest.approx(1.0), 0.0), pytest.approx(0.0))
    point, heading = lane.point_at(15.0, 1.0)
    assert np.allclose(point, (9.0, 5.0, 0.0))
    assert heading == pytest.approx(math.pi / 2)
    with pytest.raises(ValueError, match=r"lane 'l' is 20\.00 m long, asked for 21\.00 m"):
        lane.point_at(21.0)


def test_an_area_knows_its_inside_with_a_margin():
    area = Area(name="a", use="floor", corners_m=((0.0, 0.0), (4.0, 0.0), (4.0, 2.0), (0.0, 2.0)), z_m=0.0)
    points = np.array([[2.0, 1.0], [3.9, 1.0], [4.1, 1.0]])
    assert area.contains(points).tolist() == [True, True, False]
    assert area.contains(points, 0.5).tolist() == [True, False, False]
