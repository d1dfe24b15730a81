"""Claims about truths per pixel: categories, segments, positions in the object, texture coordinates."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import trimesh

from simgen.annotate.pixels import (
    hits_of,
    object_coordinates_of,
    panoptic_ids,
    segments_of,
    semantic_ids,
    texture_coordinates,
    with_truths,
)
from simgen.frame import View
from simgen.geometry.pose import Pose, about
from simgen.scene.asset import Asset, Credit
from simgen.scene.camera import Camera
from simgen.scene.material import make_material
from simgen.scene.mesh import mesh_from_faces
from simgen.scene.scene import Instance, Scene
from simgen.trace.tracer import Tracer

CAMERA = Camera(name="front", width_px=120, height_px=80, fx_px=100.0, fy_px=100.0, cx_px=60.0, cy_px=40.0)
CREDIT = Credit(author="test", licence="CC0-1.0", source="test")


def block(number, size, pose, category="box", scale=1.0):
    """A box standing on its asset's origin, as assets do."""
    shape = trimesh.creation.box(size)
    shape.apply_translation((0.0, 0.0, size[2] / 2))
    mesh = mesh_from_faces(shape.vertices, shape.faces)
    asset = Asset(
        name=f"block{number}", category=category, mesh=mesh, materials=(make_material("m", "plastic"),), credit=CREDIT
    )
    return Instance(id=number, name=f"block_{number}", asset=asset, world_from_object=pose, scale=scale)


def see(*objects):
    scene = Scene(objects=objects, sensors=(CAMERA,))
    pose = CAMERA.rig_from_camera
    tracer = Tracer(objects)
    hits = tracer.closest_hit(CAMERA.rays(pose))
    shape = (CAMERA.height_px, CAMERA.width_px)
    none = np.zeros((*shape, 3), np.uint8)
    ids = hits.instance_id.reshape(shape).astype(np.uint16)
    depth = np.zeros(shape, np.float32)
    view = View(
        camera=CAMERA,
        world_from_camera=pose,
        rgb=none,
        z_m=depth,
        instance_id=ids,
        normal=none,
        ev100=0.0,
        hits=hits,
    )
    return scene, view, tracer.geometry


WALL = block(1, (0.2, 40.0, 2.0), Pose(translation_m=(10.0, 0.0, -3.0)), "building")
MORE_WALL = block(4, (0.2, 10.0, 40.0), Pose(translation_m=(12.0, 0.0, -20.0)), "building")
CAR = block(2, (1.0, 2.0, 1.0), Pose(translation_m=(5.0, 0.5, -0.5)), "car")


def test_the_front_face_of_a_box_runs_through_its_coordinates():
    scene, view, _ = see(CAR)
    found = object_coordinates_of(scene, view)
    # The box's back faces the camera, at x = 0; left (y = 1) is left in the picture, the top (z = 1) up.
    on = view.instance_id == 2
    v, u = np.nonzero(on)
    assert (found[~on] == 0).all()
    assert np.abs(found[on][:, 0]).max() < 1e-5
    z = 4.5
    y_m, z_m = -(u + 0.5 - 60.0) * z / 100.0, -(v + 0.5 - 40.0) * z / 100.0
    assert np.abs(found[on][:, 1] - ((y_m - 0.5) / 2.0 + 0.5)).max() < 1e-5
    assert np.abs(found[on][:, 2] - (z_m + 0.5)).max() < 1e-5


def test_the_nearest_corner_of_a_turned_box_is_a_corner_of_the_unit_cube():
    turned = block(2, (0.5, 1.0, 0.75), Pose(translation_m=(5.0, 0.0, -0.4)) @ about((0.1, 0.2, 1.0), 0.7), "car", 1.6)
    scene, view, _ = see(turned)
    found = object_coordinates_of(scene, view)
    on = view.instance_id == 2
    nearest = np.argmin(np.where(on.ravel(), hits_of(view).range_m, np.inf))
    corner = found.reshape(-1, 3)[nearest]
    assert np.abs(corner - np.rint(corner)).max() < 0.06  # a pixel is 0.05 m, the box 0.8 m and more
    # Every surface point of a box lies on a face.
    off_face = np.minimum(found[on], 1.0 - found[on]).min(axis=1)
    assert off_face.max() < 1e-5
    cuboid = turned.cuboid
    world = cuboid.world_from_box.apply((found[on].astype(float) - 0.5) * cuboid.size_m)
    away = CAMERA.rig_from_camera.rotate(CAMERA.pixel_directions())[on.ravel()]
    assert np.abs(world - away * hits_of(view).range_m[on.ravel()][:, None]).max() < 1e-5


def test_walls_have_a_category_but_no_coordinates():
    scene, view, _ = see(WALL, CAR)
    semantic = semantic_ids(scene, view.instance_id)
    assert semantic.dtype == np.uint8
    assert (semantic[view.instance_id == 1] == 50).all() and (semantic[view.instance_id == 2] == 3).all()
    assert (semantic[view.instance_id == 0] == 0).all() and (view.instance_id == 0).any()
    assert not object_coordinates_of(scene, view)[view.instance_id == 1].any()


def test_two_walls_are_one_segment_and_two_cars_are_two():
    other = replace(CAR, id=3, name="car_3", world_from_object=Pose(translation_m=(5.0, -2.0, -0.5)))
    scene, view, _ = see(WALL, MORE_WALL, CAR, other)
    ids, segments = panoptic_ids(scene, view.instance_id), segments_of(scene, view.instance_id)
    assert [s.id for s in segments] == [3 * 65536 + 2, 3 * 65536 + 3, 50 * 65536]
    assert [s.category for s in segments] == ["car", "car", "building"]
    for segment in segments:
        v, u = np.nonzero(ids == segment.id)
        assert segment.area_px == len(v)
        assert segment.box_px == (u.min(), v.min(), u.max() + 1, v.max() + 1)
    assert set(np.unique(ids)) - {0} == {s.id for s in segments}


def test_texture_coordinates_are_those_of_the_corners_weighed_together():
    _, view, geometry = see(CAR)
    hits = hits_of(view)
    # A field linear in space: what the hit's position says, the interpolation must say, too.
    linear = replace(geometry, uv=(geometry.vertices @ np.array([[0.3, -1.0], [2.0, 0.1], [-0.7, 5.0]], np.float32)))
    found = texture_coordinates(hits, linear)
    met = hits.triangle >= 0
    away = CAMERA.rig_from_camera.rotate(CAMERA.pixel_directions())[met]
    expected = away * hits.range_m[met][:, None] @ np.array([[0.3, -1.0], [2.0, 0.1], [-0.7, 5.0]])
    assert np.abs(found[met] - expected).max() < 1e-4
    assert (found[~met] == 0).all() and met.any()


def test_only_what_is_asked_for_is_added():
    scene, view, geometry = see(WALL, CAR)
    assert with_truths(scene, view, geometry) is view
    some = with_truths(scene, view, geometry, uv=True)
    assert some.uv.shape == (80, 120, 2)
    assert some.semantic is some.panoptic is some.object_coordinates is None
    every = with_truths(scene, view, geometry, semantic=True, panoptic=True, object_coordinates=True, uv=True)
    assert len(every.segments) == 2 and every.rgb is view.rgb


def test_a_view_without_hits_says_so():
    scene, view, _ = see(CAR)
    with pytest.raises(ValueError) as caught:
        object_coordinates_of(scene, replace(view, hits=None))
    assert str(caught.value) == "the view of camera 'front' does not hold its hits; render it with render_view"
