"""Claims about sweeps in motion: shear and deskewing in closed form, smear of what moves, reference times, crop."""

import math
from dataclasses import replace

import numpy as np
import pytest
import trimesh

from simgen.geometry.motion import Motion
from simgen.geometry.pose import Pose, at
from simgen.render.lidar import scan
from simgen.render.noise import sensor_key
from simgen.scene.asset import Asset, Credit
from simgen.scene.lidar import Lidar
from simgen.scene.material import Material
from simgen.scene.mesh import mesh_from_faces
from simgen.scene.moving import carried
from simgen.scene.scene import Instance, Scene
from simgen.scene.sweep import deskew, in_world, skew, sweep_rays
from simgen.trace.tracer import Tracer

CREDIT = Credit(author="test", licence="CC0-1.0", source="test")
PAPER = Material(name="m", substance="paper", base_color=(0.5,) * 3, metallic=0.0, roughness=0.0, nir_reflectance=0.5)
KEY = sensor_key(0, 0, "top")


def block(size, number, place, **motion):
    shape = trimesh.creation.box(size)
    asset = Asset(
        name=f"block{number}", category="box", mesh=mesh_from_faces(shape.vertices, shape.faces), materials=(PAPER,),
        credit=CREDIT,
    )  # fmt: skip
    return Instance(id=number, name=f"block_{number}", asset=asset, world_from_object=place, **motion)


def spinner(**changes):
    quiet = Lidar(
        name="top", model="test", elevation_deg=(0.0,), azimuth_offset_deg=(0.0,), columns=720, rate_hz=10.0,
        min_range_m=0.1, max_range_m=1000.0, range_at_10_percent_m=1000.0, range_noise_m=0.0, range_step_m=0.0,
        dropout_softness=0.0,
    )  # fmt: skip
    return replace(quiet, **changes)


def sweep(lidar, *objects, velocity_mps=(0.0, 0.0, 0.0), yaw_rate_rps=0.0):
    scene = Scene(objects=objects, sensors=(lidar,), rig_velocity_mps=velocity_mps, rig_yaw_rate_rps=yaw_rate_rps)
    return scan(scene, lidar, Tracer(objects), KEY)


def relative_s(seen):
    return seen.time_s - seen.lidar.reference_s


def test_a_wall_beside_a_moving_sensor_is_sheared_by_speed_times_time():
    # A wall across the road at x = 20; driving at it, each beam measures it nearer by v (t - t0).
    wall = block((0.2, 60.0, 10.0), 1, at(20.1, 0.0))
    seen = sweep(spinner(), wall, velocity_mps=(15.0, 0.0, 0.0))
    assert len(seen.xyz_m) > 150
    assert np.allclose(seen.xyz_m[:, 0], 20.0 - 15.0 * relative_s(seen), atol=1e-4)
    assert np.ptp(seen.xyz_m[:, 0]) > 0.4
    assert np.allclose(seen.deskewed().xyz_m[:, 0], 20.0, atol=1e-4)


@pytest.mark.parametrize("yaw_rate_rps", [0.0, 0.6, -1.5])
def test_deskewing_lays_a_room_back_on_its_walls_to_within_the_noise(yaw_rate_rps):
    room = [
        block((0.2, 60.0, 10.0), 1, at(20.1, 0.0)), block((0.2, 60.0, 10.0), 2, at(-20.1, 0.0)),
        block((60.0, 0.2, 10.0), 3, at(0.0, 12.1)), block((60.0, 0.2, 10.0), 4, at(0.0, -12.1)),
    ]  # fmt: skip
    noisy = spinner(range_noise_m=0.02, rig_from_lidar=at(0.7, 0.3, 1.0, 0.2))
    seen = sweep(noisy, *room, velocity_mps=(12.0, 3.0, 0.0), yaw_rate_rps=yaw_rate_rps)
    flat = seen.deskewed()

    def off(cloud):
        x, y, _ = cloud.world_from_lidar.apply(cloud.xyz_m).T
        return np.minimum(np.abs(np.abs(x) - 20.0), np.abs(np.abs(y) - 12.0))

    assert off(seen).max() > 0.3
    assert off(flat).max() < 6 * 0.02
    assert np.sqrt((off(flat) ** 2).mean()) < 0.022


def test_a_car_that_moves_is_smeared_by_its_speed_times_time():
    # Its rear wall at x = 20 - 1 drives away at 10 m/s; the sensor stands.
    car = block((2.0, 60.0, 10.0), 1, at(20.0, 0.0), velocity_mps=(10.0, 0.0, 0.0))
    seen = sweep(spinner(), car)
    assert np.allclose(seen.xyz_m[:, 0], 19.0 + 10.0 * relative_s(seen), atol=1e-4)
    assert np.ptp(seen.xyz_m[:, 0]) > 0.3
    assert np.array_equal(seen.deskewed().xyz_m, seen.xyz_m)


def test_points_lie_on_a_moving_turning_car_as_it_is_when_they_are_measured():
    car = block((4.5, 1.8, 4.0), 7, at(9.0, 4.0, 0.0, 0.4), velocity_mps=(-14.0, 5.0, 0.0), yaw_rate_rps=1.0)
    lidar = spinner(elevation_deg=(3.0, 0.0, -3.0), azimuth_offset_deg=(0.0,) * 3)
    seen = sweep(lidar, car, velocity_mps=(12.0, 0.0, 0.0), yaw_rate_rps=-0.5)
    rig = seen.rig_motion
    points = in_world(seen.xyz_m, seen.time_s, lidar, seen.world_from_lidar, rig)
    assert len(points) > 60 and (seen.instance_id == 7).all()
    there = carried([car], seen.instance_id, points, relative_s(seen).astype(float), np.zeros(len(points)))
    local = np.abs(car.world_from_object.inverse.apply(there)) - (2.25, 0.9, 2.0)
    assert np.abs(local.max(axis=1)).max() < 1e-4
    # Without its motion made up for, the points leave the car by far more.
    still = np.abs(car.world_from_object.inverse.apply(points)) - (2.25, 0.9, 2.0)
    assert np.abs(still.max(axis=1)).max() > 0.05


@pytest.mark.parametrize(("reference", "share"), [("start", 0.0), ("middle", 0.5), ("end", 1.0)])
def test_the_reference_time_is_where_the_sweep_has_it(reference, share):
    lidar = spinner(reference=reference)
    times = sweep_rays(lidar, Pose(), Motion(velocity_mps=(1.0, 0.0, 0.0))).time_s
    assert times.min() == pytest.approx(-share / 10.0, abs=1e-4)
    assert times.max() == pytest.approx((1.0 - share) / 10.0, abs=1e-4)


def test_a_sensor_that_starts_straight_back_faces_ahead_at_the_middle():
    rays = sweep_rays(spinner(), Pose(), Motion())
    ahead = np.argmax(rays.direction[:, 0])
    assert abs(rays.time_s[ahead]) <= 0.1 / 720
    free = sweep_rays(spinner(start_azimuth_deg=90.0), Pose(), Motion())
    assert abs(free.direction[np.argmin(np.abs(free.time_s)), 1] + 1.0) < 1e-3


def test_skewing_undoes_deskewing():
    lidar, rig = spinner(rig_from_lidar=at(1.0, 0.5, 2.0, 0.7)), Motion(velocity_mps=(9.0, 2.0, 0.0), yaw_rate_rps=0.8)
    points, time_s = np.random.default_rng(1).normal(0.0, 20.0, (500, 3)), np.linspace(0.0, 0.1, 500)
    pose = lidar.rig_from_lidar
    flat = deskew(points, time_s, lidar, pose, rig)
    assert np.abs(flat - points).max() > 0.4
    assert np.allclose(skew(flat, time_s, lidar, pose, rig), points, atol=1e-9)
    middle = np.argmin(np.abs(time_s - lidar.reference_s))
    assert np.linalg.norm(flat[middle] - points[middle]) < 0.01


def test_a_lidar_may_hand_out_its_cloud_deskewed_and_the_raw_one_is_recovered():
    wall = block((0.2, 60.0, 10.0), 1, at(20.1, 0.0))
    motion = {"velocity_mps": (15.0, 0.0, 0.0), "yaw_rate_rps": 0.5}
    raw, flat = sweep(spinner(), wall, **motion), sweep(spinner(deskewed=True), wall, **motion)
    assert np.allclose(flat.xyz_m[:, 0], 20.0, atol=1e-4)
    assert np.allclose(flat.raw().xyz_m, raw.xyz_m, atol=1e-5)
    assert np.allclose(raw.deskewed().xyz_m, flat.xyz_m, atol=1e-6)


def test_points_in_the_cropped_box_are_left_out():
    body, wall = block((4.0, 2.0, 1.4), 1, at(0.0, 0.0)), block((0.2, 60.0, 10.0), 2, at(20.1, 0.0))
    down = spinner(elevation_deg=(0.0, -30.0), azimuth_offset_deg=(0.0,) * 2, rig_from_lidar=at(0.0, 0.0, 1.2))
    assert set(sweep(down, body, wall).instance_id.tolist()) == {1, 2}
    cropped = sweep(replace(down, crop_m=((-2.1, -1.1, -1.0), (2.1, 1.1, 1.0))), body, wall)
    assert set(cropped.instance_id.tolist()) == {2}
    with pytest.raises(ValueError, match="crop_m needs a lowest and a highest corner"):
        replace(down, crop_m=((0.0, 0.0, 0.0), (0.0, 1.0, 1.0)))


def test_a_rig_that_turns_carries_what_is_off_its_middle_along():
    rig = Motion(velocity_mps=(3.0, 0.0, 0.0), yaw_rate_rps=2.0, center_m=(1.0, 1.0, 0.0))
    before, after = rig.move(np.array([[1.0, 3.0, 0.0]] * 2), np.array([-1e-5, 1e-5]))
    assert np.allclose((after - before) / 2e-5, rig.velocity_of((1.0, 3.0, 0.0)), atol=1e-6)
    assert math.isclose(rig.velocity_of((1.0, 3.0, 0.0))[0], -1.0)
