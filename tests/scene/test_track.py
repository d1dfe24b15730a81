"""Claims about tracks: velocities are the derivatives of poses, walkers step as far as they go."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simgen.assets.families import family_asset
from simgen.assets.families.gait import PHASES, walker
from simgen.geometry.pose import about
from simgen.scene.scene import Instance, Scene
from simgen.scene.sequence import scene_at
from simgen.scene.track import Track, level_track
from simgen.scene.ways import Pace, follow, straight_way, way_along


def wavy() -> Track:
    """Return a track with all kinds of motion, its rows half a second apart."""
    t = np.arange(0.0, 4.01, 0.5)
    position = np.column_stack([3 * t, np.sin(t), 0.1 * t**2])
    velocity = np.column_stack([np.full_like(t, 3.0), np.cos(t), 0.2 * t])
    return level_track(t, position, velocity, 0.4 * t)


@pytest.mark.parametrize("time_s", [0.2, 0.5, 1.33, 2.71, 3.9])
def test_the_velocity_is_the_derivative_of_the_position(time_s):
    track, h = wavy(), 1e-5
    there, back = track.at(time_s + h), track.at(time_s - h)
    slope = np.subtract(there.pose.translation_m, back.pose.translation_m) / (2 * h)
    assert np.allclose(track.at(time_s).velocity_mps, slope, atol=1e-4)


def test_the_yaw_rate_is_the_derivative_of_the_heading():
    track, h = wavy(), 1e-4
    slope = (track.at(1.3 + h).pose.yaw_rad - track.at(1.3 - h).pose.yaw_rad) / (2 * h)
    assert track.at(1.3).yaw_rate_rps == pytest.approx(slope, abs=1e-6) == pytest.approx(0.4, abs=1e-6)


def test_steady_acceleration_is_exact_between_rows():
    t = np.array([0.0, 2.0])
    track = level_track(t, np.array([[0, 0, 0], [6.0, 0, 0]]), np.array([[1.0, 0, 0], [5.0, 0, 0]]), np.zeros(2))
    assert track.at(1.0).pose.translation_m[0] == pytest.approx(1.0 + 0.5 * 2.0)
    assert track.at(1.0).velocity_mps[0] == pytest.approx(3.0)


def test_a_turn_goes_the_shorter_way_at_an_even_rate():
    poses = [about((0.0, 0.0, 1.0), 0.0), about((0.0, 0.0, 1.0), math.radians(350.0))]
    still = np.zeros((2, 3))
    rotation = np.array([p.rotation_wxyz for p in poses])
    track = Track(time_s=np.array([0.0, 1.0]), position_m=still, velocity_mps=still, rotation_wxyz=rotation)
    assert math.degrees(track.at(0.5).pose.yaw_rad) == pytest.approx(-5.0)


def test_a_time_beyond_the_table_is_refused():
    with pytest.raises(ValueError, match="runs from 0 to 4 s, asked for 5 s"):
        wavy().at(5.0)


def test_a_track_cut_short_is_the_same_up_to_there():
    track = wavy()
    assert track.until(2.3).at(1.7) == track.at(1.7)
    assert track.until(2.3).at(2.3).pose == track.at(2.3).pose


def test_an_instant_is_a_function_of_time_alone():
    asset = family_asset("cone", 0)
    scene = Scene(objects=(Instance(id=3, name="a", asset=asset, world_from_object=about((0, 0, 1), 0)),))
    moving = Scene(objects=scene.objects, tracks={3: wavy()})
    direct, later = scene_at(moving, 1.25), scene_at(scene_at(moving, 3.0), 1.25)
    assert direct.objects[0].world_from_object == later.objects[0].world_from_object
    assert direct.objects[0].velocity_mps == later.objects[0].velocity_mps
    assert direct.objects[0].id == 3 and direct.time_s == 1.25


def test_a_walkers_foot_on_the_ground_stays_about_where_it_is():
    gait = walker("families/adult_walking/3")
    assert gait is not None and len(gait.bodies) == PHASES
    # The left foot bears the body through the middle of its half cycle: its sole goes back as the body goes forward.
    places = []
    for k in range(2, PHASES // 2 + 1):
        vertices = gait.bodies[k].mesh.vertices
        left = vertices[(vertices[:, 1] > 0) & (vertices[:, 2] < 0.04)]
        places.append(float(left[:, 0].mean()) + k / PHASES * gait.stride_m)
    assert np.ptp(places) < 0.12


def test_a_walker_changes_feet_after_half_a_stride():
    gait = walker("families/adult_walking/3")
    assert gait is not None
    assert gait.body(0.0) is not gait.body(gait.stride_m / 2)
    assert gait.body(0.1) is gait.body(0.1 + gait.stride_m)


def test_the_body_follows_the_distance_walked():
    gait = walker("families/child_walking/1")
    assert gait is not None
    way = straight_way(np.zeros(2), 0.0, 5.0, 5.0)
    track = follow(Scene(), way, 5.0, Pace(speed_mps=1.0, meet_s=2.0), 4.0, gait=gait)
    assert track.body_at(3.0) is gait.body(3.0 - 1e-9)


def test_a_start_from_rest_reaches_its_speed_over_its_distance():
    # 1.39 m/s after 1 m: a = v^2 / 2 d.
    pace = Pace(speed_mps=1.389, meet_s=4.0, start_m=4.0, accelerate_m=1.0)
    t = np.linspace(0.0, 4.0, 4001)
    along, speed = pace.at(t)
    assert along[0] == pytest.approx(-4.0) and along[-1] == pytest.approx(0.0, abs=1e-9)
    full = float(along[np.argmax(speed >= 1.389 - 1e-9)])
    assert full == pytest.approx(-3.0, abs=0.01)
    assert np.allclose(np.gradient(along, t)[5:-5], speed[5:-5], atol=0.01)


def test_braking_to_a_stand_covers_v_squared_over_2a():
    pace = Pace(speed_mps=10.0, meet_s=4.0, brakes_s=1.0, brake_mps2=5.0)
    along, speed = pace.at(np.array([1.0, 3.0, 4.0]))
    assert along[1] - along[0] == pytest.approx(10.0)
    assert speed[1] == pytest.approx(0.0) and along[2] == pytest.approx(0.0)


def test_a_way_along_a_straight_line_is_that_line():
    way = way_along(np.array([[0.0, 0.0], [30.0, 40.0]]))
    point, heading = way.frame(25.0)
    assert np.allclose(point, (15.0, 20.0)) and heading == pytest.approx(math.atan2(4, 3))
    assert way.length_m == pytest.approx(50.0)
