"""Spray behind vehicles: its optical depth by numbers, and the same for camera and LiDAR."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import trimesh

from simgen.geometry.pose import Pose, at
from simgen.geometry.rays import Rays
from simgen.render.air import air_of, lit_air
from simgen.render.camera import render_view
from simgen.render.compiled import use_threads
from simgen.render.environment import make_environment
from simgen.render.lidar import scan
from simgen.render.noise import sensor_key
from simgen.render.radiance import radiance
from simgen.render.settings import RenderSettings
from simgen.render.spray import OPEN_SHARE, puffs_of, spray_on_beams, spray_over
from simgen.rig import CameraMount, LidarMount
from simgen.scene.asset import Asset, Credit
from simgen.scene.light import UniformSky
from simgen.scene.material import make_material
from simgen.scene.mesh import mesh_from_faces
from simgen.scene.scene import Instance, Scene
from simgen.scene.weather import Weather
from simgen.trace.tracer import Tracer

KEY = sensor_key(0, 0, "top")
PLAIN = RenderSettings(edge_samples=0, ambient_rays=0, reflections=False, white_balance=0.0)
CREDIT = Credit(author="test", licence="CC0-1.0", source="test")
WET = Weather(wetness=1.0)


def block(number: int, category: str, size, pose: Pose, speed_mps: float = 0.0) -> Instance:
    shape = trimesh.creation.box(size)
    shape.apply_translation((0, 0, size[2] / 2))
    mesh = mesh_from_faces(shape.vertices, shape.faces)
    grey = make_material("grey", "plaster")
    asset = Asset(name=f"block{number}", category=category, mesh=mesh, materials=(grey,), credit=CREDIT)
    return Instance(
        id=number,
        name=f"block_{number}",
        asset=asset,
        world_from_object=pose,
        velocity_mps=(speed_mps * np.cos(pose.yaw_rad), speed_mps * np.sin(pose.yaw_rad), 0.0),
    )


def road(weather: Weather = WET, speed_mps: float = 20.0, category: str = "truck") -> Scene:
    """A truck 22 m ahead, drawing away, and a wall beyond it."""
    return Scene(
        objects=(
            block(1, category, (8.0, 2.4, 3.4), at(22.0, 0.0), speed_mps),
            block(2, "building", (1.0, 80.0, 30.0), at(60.0, 0.0)),
        ),
        sky=UniformSky(luminance_nit=(1000.0, 1000.0, 1000.0)),
        sensors=(
            CameraMount(width_px=96, height_px=64, ev100=10.0, position_m=(0.0, 0.0, 1.6)).build(),
            LidarMount(position_m=(0.0, 0.0, 1.7)).build(),
        ),
        weather=weather,
    )


def depth_by_steps(puffs: np.ndarray, origin: np.ndarray, direction: np.ndarray, range_m: float) -> float:
    s = (np.arange(20000) + 0.5) * range_m / 20000
    point = origin + s[:, None] * direction
    total = 0.0
    for x, y, z, c, sine, along, across, up, per_m in puffs:
        d = point - (x, y, z)
        ahead, left = c * d[:, 0] + sine * d[:, 1], c * d[:, 1] - sine * d[:, 0]
        squared = (ahead / along) ** 2 + (left / across) ** 2 + (d[:, 2] / up) ** 2
        total += per_m * np.exp(-squared / 2).sum() * range_m / 20000
    return total


def some_rays(count: int = 12) -> Rays:
    rng = np.random.default_rng(5)
    aim = np.column_stack([rng.uniform(8, 20, count), rng.uniform(-2, 2, count), rng.uniform(0, 2, count)])
    origin = np.column_stack([rng.uniform(-2, 2, (count, 2)), np.full(count, 1.7)])
    direction = (aim - origin) / np.linalg.norm(aim - origin, axis=1, keepdims=True)
    return Rays(
        origin=origin.astype(np.float32), direction=direction.astype(np.float32), time_s=np.zeros(count, np.float32)
    )


def test_the_optical_depth_of_the_puffs_is_their_integral_along_the_ray() -> None:
    scene, rays = road(), some_rays()
    range_m = np.linspace(6.0, 40.0, len(rays))
    found = spray_on_beams(scene, rays, range_m, KEY)
    puffs = puffs_of(scene)
    for beam in range(len(rays)):
        origin, direction = rays.origin[beam].astype(float), rays.direction[beam].astype(float)
        expected = depth_by_steps(puffs, origin, direction, range_m[beam])
        assert found[beam, 0] == pytest.approx(expected, rel=0.01, abs=2e-3)
        if found[beam, 0] > 0:
            before = depth_by_steps(puffs, origin, direction, found[beam, 1])
            assert found[beam, 3] == pytest.approx(before, abs=5e-3)
            assert 0 < found[beam, 1] <= range_m[beam] and found[beam, 2] > 0
    assert found[:, 0].max() > 0.2


def test_a_wall_behind_spray_fades_by_its_optical_depth() -> None:
    scene = road()
    eye, tracer = scene.sensors[0], Tracer(scene.objects)
    image = radiance(scene, eye, tracer, KEY, PLAIN)
    pose = scene.world_from_rig @ eye.rig_from_camera
    seen = spray_over(image.nit, scene, eye, pose, image.hits)
    puffs, rays = puffs_of(scene), eye.rays(pose)
    air = OPEN_SHARE * lit_air(air_of(scene.weather, make_environment(scene.sky, None)), rays.direction)
    changed = np.flatnonzero(np.abs(seen - image.nit).reshape(-1, 3).max(axis=1) > 1.0)
    assert 300 < len(changed) < 96 * 64
    for k in changed[:: len(changed) // 8]:
        depth = depth_by_steps(
            puffs, np.array(pose.translation_m), rays.direction[k].astype(float), float(min(image.hits.range_m[k], 80))
        )
        expected = image.nit.reshape(-1, 3)[k] * np.exp(-depth) + air[k] * (1 - np.exp(-depth))
        assert seen.reshape(-1, 3)[k] == pytest.approx(expected, rel=0.01)


def test_spray_grows_with_water_and_speed_and_with_the_vehicle() -> None:
    rays, reach = some_rays(), np.full(12, 17.0)

    def depth(scene: Scene) -> float:
        return float(spray_on_beams(scene, rays, reach, KEY)[:, 0].sum())

    full = depth(road())
    assert depth(road(Weather(wetness=0.5))) == pytest.approx(full / 2, rel=1e-3)
    assert depth(road(Weather(wetness=1.0, spray=2.0))) == pytest.approx(full * 2, rel=1e-3)
    assert puffs_of(road())[:, 8].sum() == pytest.approx(4 * puffs_of(road(speed_mps=10.0))[:, 8].sum(), rel=0.5)


@pytest.mark.parametrize(
    "scene",
    [
        road(Weather()),
        road(Weather(wetness=1.0, spray=0.0)),
        road(speed_mps=2.0),
        road(category="person"),
        road(category="bicycle"),
    ],
)
def test_dry_roads_slow_wheels_and_walkers_throw_up_nothing(scene: Scene) -> None:
    assert len(puffs_of(scene)) == 0
    eye = scene.sensors[0]
    image = np.ones((64, 96, 3), np.float32)
    assert spray_over(image, scene, eye, eye.rig_from_camera, None) is image
    assert len(spray_on_beams(scene, some_rays(), np.ones(12), KEY)) == 0


def test_a_lidar_sees_the_spray_and_less_of_what_is_behind_it() -> None:
    quiet, sprayed = road(Weather(wetness=1.0, spray=0.0)), road(Weather(wetness=1.0, spray=2.0))
    tracer = Tracer(quiet.objects)
    clear, veiled = (scan(scene, scene.sensors[1], tracer, KEY) for scene in (quiet, sprayed))
    assert (clear.instance_id == 0).sum() == 0
    in_air = veiled.instance_id == 0
    assert in_air.sum() > 200 and (veiled.category_id[in_air] == 0).all()
    assert (veiled.xyz_m[in_air, 0] < 60.0).all()
    behind = [int((sweep.instance_id == 1).sum()) for sweep in (clear, veiled)]
    assert behind[1] < 0.8 * behind[0]
    mean = [float(sweep.intensity[sweep.instance_id == 1].mean()) for sweep in (clear, veiled)]
    assert mean[1] < mean[0]


def test_the_number_of_threads_and_the_sensor_change_no_puff() -> None:
    scene, rays, seen = road(), some_rays(), []
    eye = scene.sensors[0]
    image = radiance(scene, eye, Tracer(scene.objects), KEY, PLAIN)
    try:
        for threads in (1, 2):
            use_threads(threads)
            picture = spray_over(image.nit, scene, eye, eye.rig_from_camera, image.hits)
            seen.append(picture.tobytes() + spray_on_beams(scene, rays, np.full(12, 50.0), KEY).tobytes())
    finally:
        use_threads(0)
    assert seen[0] == seen[1]
    assert puffs_of(scene).tobytes() == puffs_of(replace(scene, world_from_rig=at(3.0, 1.0))).tobytes()


def test_spray_leaves_every_label_alone() -> None:
    quiet, sprayed = road(Weather(wetness=1.0, spray=0.0)), road()
    eye, tracer = quiet.sensors[0], Tracer(quiet.objects)
    clear, veiled = (render_view(scene, eye, tracer, KEY, PLAIN) for scene in (quiet, sprayed))
    assert (clear.rgb != veiled.rgb).any()
    for truth in ("z_m", "instance_id", "normal", "albedo"):
        assert getattr(clear, truth).tobytes() == getattr(veiled, truth).tobytes()
