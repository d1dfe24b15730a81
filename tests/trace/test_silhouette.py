"""Claims about outlines: closed forms, the canvas's edge, and what lies behind the camera."""

import math

import numpy as np
import pytest
import trimesh

from simgen.geometry.pose import Pose, about, look_at
from simgen.scene.asset import Asset, Credit
from simgen.scene.camera import Camera
from simgen.scene.material import make_material
from simgen.scene.mesh import mesh_from_faces
from simgen.scene.scene import Instance
from simgen.trace.silhouette import CANVAS, silhouette
from simgen.trace.tracer import Tracer

CREDIT = Credit(author="test", licence="CC0-1.0", source="test")
LOOKING_ALONG_Z = Pose()


def thing(shape, pose=None, scale=1.0):
    mesh = mesh_from_faces(shape.vertices, shape.faces)
    asset = Asset(name="shape", category="box", mesh=mesh, materials=(make_material("m", "plastic"),), credit=CREDIT)
    return Instance(id=1, name="thing", asset=asset, world_from_object=pose or Pose(), scale=scale)


def pinhole(width, height, focal):
    return Camera(
        name="camera", width_px=width, height_px=height, fx_px=focal, fy_px=focal, cx_px=width / 2, cy_px=height / 2
    )


def canvas_rays(camera, pose):
    """All pixel centres of the canvas, and which of them lie in the image."""
    margin_u, margin_v = (CANVAS - 1) // 2 * camera.width_px, (CANVAS - 1) // 2 * camera.height_px
    v, u = np.mgrid[-margin_v : camera.height_px + margin_v, -margin_u : camera.width_px + margin_u]
    inside = (u >= 0) & (u < camera.width_px) & (v >= 0) & (v < camera.height_px)
    return camera.rays(pose, np.stack([u.ravel() + 0.5, v.ravel() + 0.5], axis=1)), inside


@pytest.mark.parametrize("centre", [(0.0, 0.0, 5.0), (1.2, 0.4, 4.0), (-2.0, 0.1, 4.0)])
def test_a_sphere_covers_the_ellipse_that_perspective_gives(centre):
    camera, radius = pinhole(400, 300, 300.0), 0.8
    sphere = thing(trimesh.creation.icosphere(subdivisions=5, radius=1.0), Pose(translation_m=centre), scale=radius)
    outline = silhouette(sphere, camera, LOOKING_ALONG_Z)
    depth2, distance2 = centre[2] ** 2 - radius**2, sum(c * c for c in centre) - radius**2
    area = math.pi * (camera.fx_px * radius) ** 2 * math.sqrt(distance2 / depth2) / depth2
    assert outline.mask.sum() + outline.outside_px == pytest.approx(area, rel=0.003)


def test_a_square_half_outside_is_half_outside():
    camera = pinhole(200, 100, 100.0)
    square = thing(trimesh.creation.box((0.8, 0.4, 0.002)), Pose(translation_m=(2.0, 0.0, 2.001)))
    outline = silhouette(square, camera, LOOKING_ALONG_Z)
    assert outline.mask.sum() == 20 * 20
    assert outline.outside_px == 20 * 20
    assert outline.canvas_box_px == (180, 40, 220, 60)


def test_a_large_outline_is_counted_to_the_pixel():
    camera = pinhole(2000, 1000, 1000.0)
    board = thing(trimesh.creation.box((3.0, 1.5, 0.002)), Pose(translation_m=(2.0, 0.0, 2.001)))
    outline = silhouette(board, camera, LOOKING_ALONG_Z)
    # It spans 1250 to 2750 px across and 125 to 875 px down; what is beyond 2000 px lies outside.
    assert outline.mask.sum() == 750 * 750
    assert outline.outside_px == 750 * 750
    assert outline.canvas_box_px == (1250, 125, 2750, 875)


def test_what_lies_behind_the_camera_has_no_outline():
    camera = pinhole(64, 48, 60.0)
    box = trimesh.creation.box((1.0, 1.0, 1.0))
    assert silhouette(thing(box, Pose(translation_m=(0.0, 0.0, -2.0))), camera, LOOKING_ALONG_Z) is None
    assert silhouette(thing(box, Pose(translation_m=(-9.0, 0.0, 0.5))), camera, LOOKING_ALONG_Z) is None


def test_what_contains_the_camera_covers_the_canvas():
    camera = pinhole(64, 48, 60.0)
    outline = silhouette(thing(trimesh.creation.box((8.0, 8.0, 8.0))), camera, LOOKING_ALONG_Z)
    assert outline.mask.all() and outline.mask.shape == (48, 64)
    assert outline.outside_px == (CANVAS**2 - 1) * 64 * 48
    assert outline.canvas_box_px == (-64, -48, 128, 96)


def test_the_outline_is_what_the_tracer_meets_on_the_whole_canvas():
    camera = pinhole(40, 30, 25.0)
    pose = look_at((0.0, 0.0, 0.0), (1.0, 0.3, -0.1), 0.2)
    rays, inside = canvas_rays(camera, pose)
    rng = np.random.Generator(np.random.Philox(7))
    partly_behind = 0
    for _ in range(150):
        turn = about(tuple(rng.normal(size=3)), float(rng.uniform(0, 6)))
        place = Pose(turn.rotation_wxyz, tuple(float(v) for v in rng.uniform(-4, 4, size=3)))
        box = thing(trimesh.creation.box(rng.uniform(0.3, 5.0, size=3)), place, float(rng.uniform(0.5, 1.5)))
        met = (Tracer([box]).closest_hit(rays).instance_id == 1).reshape(inside.shape)
        outline = silhouette(box, camera, pose)
        partly_behind += np.ptp(np.sign(pose.inverse.apply(box.world_vertices())[:, 2])) > 0 and met.any()
        if outline is None:
            assert not met.any()
            continue
        in_image = np.zeros((30, 40), dtype=bool)
        x0, y0, x1, y1 = outline.box_px
        in_image[y0:y1, x0:x1] = outline.mask
        assert np.count_nonzero(in_image != met[30:60, 40:80]) <= 1  # float32 rounds differently at an edge
        assert abs(outline.outside_px - met[~inside].sum()) <= 2
    assert partly_behind > 20


def test_a_mesh_of_many_small_triangles_has_no_gaps():
    camera = pinhole(300, 200, 150.0)
    board = trimesh.creation.box((2.6, 1.6, 0.002)).subdivide_to_size(0.05)
    turned = Pose(about((0.3, 1.0, 0.5), 0.4).rotation_wxyz, (0.1, 0.0, 2.0))
    outline = silhouette(thing(board, turned), camera, LOOKING_ALONG_Z)
    rays, inside = canvas_rays(camera, LOOKING_ALONG_Z)
    met = Tracer([thing(board, turned)]).closest_hit(rays).instance_id.reshape(inside.shape)[200:400, 300:600] == 1
    x0, y0, x1, y1 = outline.box_px
    assert np.count_nonzero(met) > 10_000
    assert np.count_nonzero(met[y0:y1, x0:x1] != outline.mask) <= 4


def test_what_lies_behind_with_a_corner_of_its_cuboid_before_the_camera_has_no_outline():
    # An octahedron's cuboid reaches farther than it does itself when both are turned by 45 degrees.
    turned = Pose(translation_m=(0.0, 0.0, -1.05)) @ about((0.0, 1.0, 0.0), math.pi / 4)
    shape = trimesh.Trimesh(
        vertices=[(1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1), (0, 0, -1)],
        faces=[(0, 2, 4), (2, 1, 4), (1, 3, 4), (3, 0, 4), (2, 0, 5), (1, 2, 5), (3, 1, 5), (0, 3, 5)],
    )
    body = thing(shape, turned)
    assert body.cuboid.corners[:, 2].max() > 0.3
    assert silhouette(body, pinhole(40, 30, 20.0), LOOKING_ALONG_Z) is None
