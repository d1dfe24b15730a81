"""Claims about optical flow: closed forms, motion of objects, what appears and disappears, agreement both ways."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import trimesh

from simgen.annotate.flow import flow
from simgen.annotate.pixels import hits_of
from simgen.frame import OCCLUDED, OUTSIDE, SEEN, View
from simgen.geometry.pose import CAMERA_AXES, Pose, about, at
from simgen.scene.asset import Asset, Credit
from simgen.scene.camera import Camera
from simgen.scene.lens import KannalaBrandt
from simgen.scene.material import make_material
from simgen.scene.mesh import mesh_from_faces
from simgen.scene.scene import Instance, Scene
from simgen.trace.tracer import Tracer

CAMERA = Camera(name="front", width_px=120, height_px=80, fx_px=100.0, fy_px=100.0, cx_px=60.0, cy_px=40.0)


def block(number, size, place, category="box"):
    shape = trimesh.creation.box(size)
    asset = Asset(
        name=f"block{number}",
        category=category,
        mesh=mesh_from_faces(shape.vertices, shape.faces),
        materials=(make_material("m", "plastic"),),
        credit=Credit(author="test", licence="CC0-1.0", source="test"),
    )
    pose = place if isinstance(place, Pose) else Pose(translation_m=place)
    return Instance(id=number, name=f"block_{number}", asset=asset, world_from_object=pose)


def moved(instance, place, **changes):
    pose = place if isinstance(place, Pose) else Pose(translation_m=place)
    return replace(instance, world_from_object=pose, **changes)


def scene_of(*objects, rig=None, camera=CAMERA):
    return Scene(objects=objects, sensors=(camera,), world_from_rig=rig or Pose())


def view_of(scene):
    camera = scene.sensors[0]
    pose = scene.world_from_rig @ camera.rig_from_camera
    hits = Tracer(scene.objects).closest_hit(camera.rays(pose))
    shape = (camera.height_px, camera.width_px)
    ids = hits.instance_id.reshape(shape).astype(np.uint16)
    no_color, no_depth = np.zeros((*shape, 3), np.uint8), np.zeros(shape, np.float32)
    return View(
        camera=camera,
        world_from_camera=pose,
        rgb=no_color,
        z_m=no_depth,
        instance_id=ids,
        normal=no_color,
        ev100=0.0,
        hits=hits,
    )


def flow_between(here, there):
    return flow(here, view_of(here), there, Tracer(there.objects))


def test_a_wall_that_slides_sideways_flows_by_focal_length_over_distance():
    wall = block(1, (0.2, 40.0, 40.0), (5.1, 0.0, 0.0))
    found = flow_between(scene_of(wall), scene_of(moved(wall, (5.1, -0.3, 0.2))))
    # 0.3 m to the right and 0.2 m up at 5 m: 6 px right, 4 px up; y of the world is left, v is down.
    assert np.abs(found.uv_px - (6.0, -4.0)).max() < 1e-4
    leaves = np.zeros(found.state.shape, bool)
    leaves[:4] = leaves[:, -6:] = True
    assert (found.state == np.where(leaves, OUTSIDE, SEEN)).all()


def test_a_camera_that_drives_towards_a_wall_sees_it_grow_from_the_middle():
    wall = block(1, (0.2, 40.0, 40.0), (5.1, 0.0, 0.0))
    found = flow_between(scene_of(wall), scene_of(wall, rig=at(1.0, 0.0)))
    away = CAMERA.pixel_centres().reshape(80, 120, 2) - (60.0, 40.0)
    assert np.abs(found.uv_px - away * (5.0 / 4.0 - 1.0)).max() < 1e-4


def test_an_open_sky_turns_with_the_camera_and_never_comes_nearer():
    camera = replace(CAMERA, cy_px=40.5)  # row 40 lies on the horizon
    straight = flow_between(scene_of(camera=camera), scene_of(rig=at(3.0, 1.0), camera=camera))
    assert np.abs(straight.uv_px).max() < 1e-9 and (straight.state == SEEN).all()
    turned = flow_between(scene_of(camera=camera), scene_of(rig=at(3.0, 1.0, 0.0, 0.1), camera=camera))
    # A turn to the left by 0.1 moves what is seen at an angle a to a + 0.1.
    angle = np.arctan((np.arange(120) + 0.5 - 60.0) / 100.0)
    assert np.abs(turned.uv_px[40, :, 0] - 100.0 * (np.tan(angle + 0.1) - np.tan(angle))).max() < 1e-4


def test_a_near_object_that_moves_right_hides_a_strip_and_frees_one():
    wall = block(1, (0.2, 40.0, 40.0), (10.1, 0.0, 0.0))
    near = block(2, (0.2, 1.0, 1.0), (5.1, 0.0, 0.0))
    before, after = scene_of(wall, near), scene_of(wall, moved(near, (5.1, -0.5, 0.0)))
    forward, backward = flow_between(before, after), flow_between(after, before)
    # The near square is 20 px wide around the middle and moves 10 px; the wall stands still.
    hidden, freed = np.zeros((80, 120), bool), np.zeros((80, 120), bool)
    hidden[30:50, 70:80] = True
    freed[30:50, 50:60] = True
    assert np.array_equal(forward.state == OCCLUDED, hidden)
    assert np.array_equal(backward.state == OCCLUDED, freed)
    assert np.abs(forward.uv_px[30:50, 50:70] - (10.0, 0.0)).max() < 1e-4
    assert np.abs(backward.uv_px[30:50, 60:80] + (10.0, 0.0)).max() < 1e-4
    assert np.abs(forward.uv_px[:30]).max() < 1e-9


def test_an_object_that_turns_and_grows_carries_its_points_along():
    cube = block(1, (1.0, 1.0, 1.0), (5.0, 1.2, 0.1))
    pose = Pose(translation_m=(5.5, 0.9, 0.3)) @ about((0.3, -0.2, 1.0), 1.0)
    here, there = scene_of(cube), scene_of(moved(cube, pose, scale=1.5))
    found, view = flow_between(here, there), view_of(here)
    on = view.instance_id.ravel() == 1
    world = CAMERA_AXES.apply(CAMERA.pixel_directions()[on] * hits_of(view).range_m[on][:, None])
    carried = pose.apply(cube.world_from_object.inverse.apply(world) * 1.5)
    uv, _ = CAMERA.project(CAMERA_AXES.inverse.apply(carried))
    assert np.abs(found.uv_px.reshape(-1, 2)[on] - (uv - CAMERA.pixel_centres()[on])).max() < 1e-4
    # A cube hides those of its sides that turn away from the camera, and no others.
    away = (pose.rotate(hits_of(view).normal[on]) * carried).sum(axis=1) > 0
    inside = ((uv >= 0) & (uv < (120, 80))).all(axis=1)
    assert np.array_equal(found.state.ravel()[on], np.where(inside, np.where(away, OCCLUDED, SEEN), OUTSIDE))
    assert away[inside].any() and not away[inside].all()


def test_what_is_not_there_or_behind_the_camera_has_no_flow():
    wall, near = block(1, (0.2, 40.0, 40.0), (10.1, 0.0, 0.0)), block(2, (0.2, 1.0, 1.0), (5.1, 0.0, 0.0))
    gone = flow_between(scene_of(wall, near), scene_of(wall))
    assert np.array_equal(gone.state == 0, view_of(scene_of(wall, near)).instance_id == 2)
    passed = flow_between(scene_of(wall, near), scene_of(wall, near, rig=at(7.0, 0.0)))
    assert (passed.state[35:45, 55:65] == 0).all() and not passed.uv_px[35:45, 55:65].any()


def test_forward_and_backward_flow_lead_back_where_the_point_is_seen():
    lens = KannalaBrandt(k1=0.05, k2=-0.01)
    camera = replace(CAMERA, lens=lens, fx_px=60.0, fy_px=60.0)
    objects = (block(1, (0.2, 60.0, 60.0), (12.0, 0.0, 0.0)), block(2, (1.0, 1.0, 1.0), (5.0, 0.5, 0.0)))
    here, there = scene_of(*objects, camera=camera), scene_of(*objects, rig=at(0.4, 0.3, 0.0, 0.05), camera=camera)
    forward, backward = flow_between(here, there), flow_between(there, here)
    v, u = np.nonzero((forward.state == SEEN) & (view_of(here).instance_id == 1))
    landed = np.stack([u, v], axis=1) + 0.5 + forward.uv_px[v, u]
    column, row = np.floor(landed).astype(int).T
    same = view_of(there).instance_id[row, column] == 1
    # The pixel that a point lands in has nearly the point's own flow: half a pixel changes that of a far wall little.
    back = forward.uv_px[v, u] + backward.uv_px[row, column]
    assert same.mean() > 0.95 and np.abs(back[same]).max() < 0.1


def test_a_frame_without_the_camera_is_refused():
    with pytest.raises(ValueError) as caught:
        flow_between(scene_of(), scene_of(camera=replace(CAMERA, name="rear")))
    assert str(caught.value) == "the other frame has no camera 'front'; it has: rear"


def test_a_flat_road_far_ahead_is_not_hidden_by_itself():
    road = block(1, (400.0, 40.0, 0.2), (1000.0, 500.0, -1.6))
    rig = at(820.0, 500.0)
    here = scene_of(road, rig=rig)
    found, on = flow_between(here, scene_of(road, rig=at(822.0, 500.3, 0.0, 0.01))), view_of(here).instance_id == 1
    assert on[41:].any(axis=1).all() and not (found.state[on] == OCCLUDED).any()
