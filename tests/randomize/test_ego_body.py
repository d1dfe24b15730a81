"""Claims about the vehicle under the sensors, free-running LiDARs, and points projected into pictures."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from simgen.annotate.objects import annotate
from simgen.assets.library import Library
from simgen.errors import RecipeError
from simgen.generator import Generator
from simgen.geometry.pose import at
from simgen.randomize.ego_body import CATEGORY, EgoBody
from simgen.randomize.lidar_phase import LidarPhase
from simgen.recipe import load_recipe
from simgen.render.lidar import scan
from simgen.render.noise import sensor_key
from simgen.rig import LidarMount, load_rig
from simgen.scene.moving import moving_ids
from simgen.scene.scene import Scene
from simgen.scene.sweep import in_world
from simgen.streams import Draws
from simgen.trace.tracer import Tracer


def driven(**motion):
    mounts = load_rig("kitti").sensors
    scene = Scene(sensors=tuple(m.build() for m in mounts), world_from_rig=at(30.0, 5.0, 0.0, 0.6), **motion)
    return EgoBody()(scene, Draws(1, "ego_body", 0), Library())


def test_the_body_stands_under_the_lidar_and_is_no_counted_object():
    scene = driven()
    (body,) = scene.objects
    rig = scene.world_from_rig.inverse.apply(body.world_vertices())
    assert body.category == CATEGORY
    assert -0.02 < rig[:, 2].min() < 0.1 and rig[:, 2].max() < 1.6  # below the sensors
    assert rig[:, 0].min() < -1.0 and rig[:, 0].max() > 2.0
    assert annotate(scene, ())[0] == ()


def test_beams_that_look_down_come_back_from_the_body_wherever_the_rig_drives():
    scene = driven(rig_velocity_mps=(12.0, 4.0, 0.0), rig_yaw_rate_rps=0.5)
    lidar = scene.sensors[-1]
    seen = scan(scene, lidar, Tracer(scene.objects), sensor_key(0, 0, "velodyne"))
    assert len(seen.xyz_m) > 500 and set(seen.instance_id.tolist()) == {scene.objects[0].id}
    still = driven()
    same = scan(still, lidar, Tracer(still.objects), sensor_key(0, 0, "velodyne"))
    # It moves with the sensor, so it looks as if both stood.
    assert abs(len(same.xyz_m) - len(seen.xyz_m)) < 0.02 * len(same.xyz_m)
    assert np.abs(same.xyz_m.max(axis=0) - seen.xyz_m.max(axis=0)).max() < 0.1


def test_a_free_running_lidar_starts_where_its_factor_says():
    scene = Scene(sensors=(LidarMount(name="a").build(), LidarMount(name="b", model="AT128").build()))
    draws = Draws(3, "lidar_phase", 7)
    turned = LidarPhase()(scene, draws, None)
    assert turned.sensors[0].start_azimuth_deg == draws.factors["lidar_phase.a.start_azimuth_deg"]
    assert turned.sensors[1] == scene.sensors[1] and len(draws.factors) == 1
    with pytest.raises(RecipeError, match="no spinning LiDAR 'b'; there are: a"):
        LidarPhase(lidars=("b",))(scene, Draws(3, "lidar_phase", 7), None)


def test_points_in_a_picture_lie_on_the_mask_of_their_own_object():
    recipe = replace(load_recipe("street"), assets=("families",), frames=2, sensors=(), rig="kitti")
    generator, shares = Generator(recipe), []
    base, _ = generator.draw_scene(0)
    for index in range(2):
        scene, _ = generator._draw_frame(generator.recipe, base, index)  # frames without their pictures
        tracer, lidar = Tracer(scene.objects), scene.sensors[-1]
        camera, pose = scene.sensors[0], scene.world_from_rig @ scene.sensors[0].rig_from_camera
        seen = scan(scene, lidar, tracer, sensor_key(0, index, lidar.name))
        hits = tracer.closest_hit(camera.rays(pose))
        ids = hits.instance_id.reshape(camera.height_px, -1).astype(np.uint16)
        z_m = (hits.range_m * camera.pixel_directions()[:, 2]).reshape(ids.shape)
        points = in_world(seen.xyz_m, seen.time_s, lidar, seen.world_from_lidar, seen.rig_motion)
        uv, z = camera.project(pose.inverse.apply(points))
        inside = (z > 0.05) & (uv >= 0).all(axis=1) & (uv < ids.shape[::-1]).all(axis=1) & (seen.instance_id > 0)
        inside &= ~moving_ids(scene.objects, seen.instance_id)
        column, row = np.floor(uv[inside]).astype(int).T
        square = np.ones((3, 3), np.uint8)
        # Not at edges, and not hidden from the camera, which stands elsewhere than the LiDAR.
        whole = (cv2.erode(ids, square) == cv2.dilate(ids, square))[row, column]
        whole &= z[inside] < z_m[row, column] + 0.15
        own = (ids[row, column] == seen.instance_id[inside])[whole]
        assert len(own) > 5000
        shares.append(own.mean())
    assert min(shares) >= 0.995
