"""Claims about beams: where they point, when they fire, and tables that are refused."""

import numpy as np
import pytest

from simgen.geometry.pose import Pose, about
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


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"azimuth_offset_deg": (0.0,)},
            "lidar 'top': needs as many azimuth offsets as elevations, one or more, got 1 and 3",
        ),
        (
            {"elevation_deg": (10.0, float("nan"), -20.0)},
            "lidar 'top': beam angles must be finite, elevations within -90 to 90",
        ),
        (
            {"elevation_deg": (0.0, 10.0, -20.0)},
            "lidar 'top': elevation_deg must run from the highest beam to the lowest",
        ),
        ({"columns": 0}, "lidar 'top': columns and rate_hz must be above 0, got 0 and 20.0"),
        (
            {"range_noise_m": -0.1},
            "lidar 'top': range_noise_m, weak_range_noise_m, range_step_m and dropout_softness must be 0 or more, "
            "got -0.1, 0.0, 0.002 and 0.25",
        ),
        (
            {"max_range_m": 0.1},
            "lidar 'top': needs 0 <= min_range_m < max_range_m and range_at_10_percent_m above 0, got 0.5, 0.1, 40.0",
        ),
    ],
)
def test_a_wrong_table_is_refused(changes, message):
    with pytest.raises(ValueError) as error:
        Lidar(**(FIGURES | changes))
    assert str(error.value) == message
