"""Claims about beams: where they point, when they fire, and tables that are refused."""

import numpy as np
import pytest

from simgen.geometry.pose import Pose, about
from simgen.scene.beam_pattern import Raster
from simgen.scene.lidar import Lidar

FIGURES = {
    "name": "top",
    "model": "test",
    "elevation_deg": (10.0, 0.0, -20.0),
    "azimuth_offset_deg": (3.0, 0.0, -5.0),
    "columns": 7,
    "rate_hz": 20.0,
    "min_range_m": 0.5,
    "max_range_m": 100.0,
    "range_at_10_percent_m": 40.0,
    "range_noise_m": 0.01,
    "range_step_m": 0.002,
}


def test_a_beam_points_where_its_column_and_ring_say():
    lidar = Lidar(**FIGURES)
    directions = lidar.directions().reshape(7, 3, 3)
    for column in range(7):
        for ring in range(3):
            azimuth = np.pi - (column + 0.5) * 2 * np.pi / 7 + np.radians(lidar.azimuth_offset_deg[ring])
            elevation = np.radians(lidar.elevation_deg[ring])
            level = np.cos(elevation)
            expected = (level * np.cos(azimuth), level * np.sin(azimuth), np.sin(elevation))
            assert directions[column, ring] == pytest.approx(expected, abs=1e-6)


def test_beams_turn_with_the_sensor_and_start_where_it_stands():
    lidar = Lidar(**FIGURES)
    pose = Pose(about((1.0, 2.0, 3.0), 1.1).rotation_wxyz, (4.0, 5.0, 6.0))
    rays = lidar.rays(pose)
    assert np.allclose(rays.direction, pose.rotate(lidar.directions()), atol=1e-6)
    assert np.allclose(np.linalg.norm(rays.direction, axis=1), 1.0, atol=1e-6)
    assert (rays.origin == (4.0, 5.0, 6.0)).all()


def test_a_turn_takes_one_over_the_rate():
    time_s = Lidar(**FIGURES).rays(Pose()).time_s.reshape(7, 3)
    assert (time_s == time_s[:, :1]).all()
    assert time_s[:, 0] == pytest.approx((np.arange(7) + 0.5) / 7 / 20.0)


def test_a_beam_that_fires_later_has_turned_further():
    lidar = Lidar(**(FIGURES | {"azimuth_offset_deg": (0.0, 0.0, 0.0), "firing_time_s": (0.0, 1e-3, 2e-3)}))
    x, y, _ = lidar.directions().reshape(7, 3, 3)[0].T
    turned = np.degrees(np.arctan2(y, x)) % 360
    assert turned == pytest.approx(180.0 - 360.0 * 20.0 * np.array([0.0, 1e-3, 2e-3]), abs=1e-4)
    assert lidar.times_s().reshape(7, 3)[1] == pytest.approx(1 / 140 + np.array([0.0, 1e-3, 2e-3]))


def test_a_sweep_may_begin_anywhere_and_turn_either_way():
    lidar = Lidar(**(FIGURES | {"azimuth_offset_deg": (0.0,) * 3, "start_azimuth_deg": 30.0, "clockwise": False}))
    x, y, _ = lidar.directions().reshape(7, 3, 3)[:, 1].T
    assert np.degrees(np.arctan2(y, x)) % 360 == pytest.approx((30.0 + (np.arange(7) + 0.5) * 360 / 7) % 360, abs=1e-4)


def test_beams_off_the_axis_give_the_points_of_ousters_own_formula():
    origin_m, offset, elevation, range_m = 0.0158, np.radians(-4.2), np.radians(20.0), 12.0
    lidar = Lidar(
        **(
            FIGURES
            | {
                "elevation_deg": (20.0,),
                "azimuth_offset_deg": (-4.2,),
                "beam_origin_m": origin_m,
                "firing_time_s": (0.0,),
            }
        )
    )
    encoder = np.pi - np.arange(7) * 2 * np.pi / 7
    # x = (r - n) cos(encoder + offset) cos(elevation) + n cos(encoder), r counted from the axis.
    level = (range_m - origin_m) * np.cos(elevation)
    expected = np.stack(
        [
            level * np.cos(encoder + offset) + origin_m * np.cos(encoder),
            level * np.sin(encoder + offset) + origin_m * np.sin(encoder),
            np.full(7, (range_m - origin_m) * np.sin(elevation)),
        ],
        axis=1,
    )
    assert np.allclose(lidar.origins() + lidar.directions() * (range_m - origin_m), expected, atol=2e-6)
    moved = Pose(about((0.0, 0.0, 1.0), 0.7).rotation_wxyz, (1.0, 2.0, 3.0))
    assert np.allclose(lidar.origins(moved), moved.apply(lidar.origins()), atol=1e-6)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"azimuth_offset_deg": (0.0,)},
            "lidar 'top': needs as many azimuth offsets as elevations, one or more, got 1 and 3",
        ),
        (
            {"elevation_deg": (95.0, float("nan"), -20.0)},
            "lidar 'top': elevation_deg holds 95.0, all must lie within -90 to 90; "
            "elevation_deg holds nan, all must lie within -90 to 90",
        ),
        (
            {"elevation_deg": (0.0, 10.0, -20.0)},
            "lidar 'top': elevation_deg must run from the highest beam to the lowest, but 0 comes before 10",
        ),
        (
            {"columns": 0, "rate_hz": 0.0},
            "lidar 'top': a sweep may have 1 to 65536 columns and rings, got 0 and 3; rate_hz must be above 0, got 0.0",
        ),
        ({"max_range_m": float("nan")}, "lidar 'top': max_range_m must be above 0, got nan"),
        ({"range_step_m": float("inf")}, "lidar 'top': range_step_m must be 0 or more, got inf"),
        ({"range_noise_m": -0.1}, "lidar 'top': range_noise_m must be 0 or more, got -0.1"),
        ({"max_range_m": 0.1}, "lidar 'top': min_range_m 0.5 must be below max_range_m 0.1"),
        ({"range_at_10_percent_m": 0.0}, "lidar 'top': range_at_10_percent_m must be above 0, got 0.0"),
        ({"divergence_mrad": (3.0, -1.0)}, "lidar 'top': divergence_mrad must lie in 0 to 100, got (3.0, -1.0)"),
        (
            {"columns": 20000, "rate_hz": 1e6},
            "lidar 'top': 3 rings, 20000 columns and 1e+06 sweeps a second are 6e+10 points a second, "
            "at most 5e+07 are allowed; lower one",
        ),
        (
            {"firing_time_s": (0.0, 1e-6)},
            "lidar 'top': needs one firing_time_s for each of its 3 rings, or none, got 2",
        ),
        (
            {"firing_time_s": (0.0, -1e-6, 0.0)},
            "lidar 'top': firing_time_s holds -1e-06, all must lie within the 0.00714286 s that 7 columns at 20 Hz "
            "leave for each; lower columns or rate_hz",
        ),
        (
            {"firing_time_s": (0.0, 0.0, 0.0), "pattern": Raster(azimuth_deg=(30.0, -30.0), order="lines")},
            "lidar 'top': firing_time_s is not for a raster of order 'lines'; leave it out",
        ),
    ],
)
def test_a_wrong_table_is_refused(changes, message):
    with pytest.raises(ValueError) as error:
        Lidar(**(FIGURES | changes))
    assert str(error.value) == message
