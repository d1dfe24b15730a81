"""Claims about outlines through lenses that bend lines: what rays meet, and what OpenCV projects, to half a pixel."""

import math

import cv2
import numpy as np
import pytest
import trimesh

from simgen.geometry.pose import Pose, about, look_at
from simgen.geometry.rays import Rays
from simgen.scene.asset import Asset, Credit
from simgen.scene.camera import Camera
from simgen.scene.lens import BrownConrady, KannalaBrandt, Pinhole
from simgen.scene.material import make_material
from simgen.scene.mesh import mesh_from_faces
from simgen.scene.scene import Instance
from simgen.trace.silhouette import silhouette
from simgen.trace.tracer import Tracer

FISHEYE = KannalaBrandt(k1=0.030623, k2=0.026284, k3=-0.007834, k4=0.000771)
SKEWED = BrownConrady(k1=-0.18, k2=0.02, p1=0.01, p2=-0.008)
WIDE = BrownConrady(k1=0.725338, k2=0.094808, k3=0.001136, k4=0.996108, k5=0.227584, k6=0.009184)
CREDIT = Credit(author="test", licence="CC0-1.0", source="test")


def thing(shape, pose=None, scale=1.0):
    mesh = mesh_from_faces(shape.vertices, shape.faces)
    asset = Asset(name="shape", category="box", mesh=mesh, materials=(make_material("m", "plastic"),), credit=CREDIT)
    return Instance(id=1, name="thing", asset=asset, world_from_object=pose or Pose(), scale=scale)


def camera(lens, focal, width=40, height=30):
    return Camera(
        name="camera", width_px=width, height_px=height, fx_px=focal, fy_px=focal,
        cx_px=width / 2 + 1.3, cy_px=height / 2 - 0.7, lens=lens,
    )  # fmt: skip


def meets(tracer, eye, pose, uv):
    """Which image positions' rays meet anything; none where the lens shows nothing."""
    directions = eye.directions(uv)
    shown = np.isfinite(directions).all(axis=1)
    turned = pose.rotate(directions[shown]).astype(np.float32)
    origin = np.broadcast_to(np.asarray(pose.translation_m, np.float32), turned.shape)
    met = np.zeros(len(uv), dtype=bool)
    met[shown] = (
        tracer.closest_hit(Rays(origin=origin, direction=turned, time_s=np.zeros(len(turned), np.float32))).instance_id
        == 1
    )
    return met


@pytest.mark.parametrize(
    ("lens", "focal"), [(FISHEYE, 11.0), (KannalaBrandt(k1=-0.06), 20.0), (SKEWED, 30.0), (WIDE, 18.0)]
)
def test_the_outline_is_what_rays_meet_on_the_whole_canvas(lens, focal):
    eye, pose = camera(lens, focal), look_at((0.0, 0.0, 0.0), (1.0, 0.3, -0.1), 0.2)
    v, u = np.mgrid[-30:60, -40:80] + 0.5
    uv = np.stack([u.ravel(), v.ravel()], axis=1)
    inside = ((uv > 0) & (uv < (40, 30))).all(axis=1)
    rng = np.random.Generator(np.random.Philox(7))
    around, pixels, off = 0.2 * np.array([[math.cos(a), math.sin(a)] for a in np.arange(8) * math.pi / 4]), 0, 0
    for _ in range(60):
        turn = about(tuple(rng.normal(size=3)), float(rng.uniform(0, 6)))
        place = Pose(turn.rotation_wxyz, tuple(float(x) for x in rng.uniform(-4, 4, size=3)))
        box = thing(trimesh.creation.box(rng.uniform(0.3, 5.0, size=3)), place, float(rng.uniform(0.5, 1.5)))
        tracer, outline = Tracer([box]), silhouette(box, eye, pose)
        met = meets(tracer, eye, pose, uv)
        covered, counted = np.zeros((30, 40), dtype=bool), 0
        if outline is not None:
            x0, y0, x1, y1 = outline.box_px
            covered[y0:y1, x0:x1] = outline.mask
            counted = outline.outside_px
        wrong = uv[inside][covered.ravel() != met[inside]]
        for at in wrong:  # no pixel is wrong whose centre is farther from the edge than 0.2 px
            assert 0 < np.count_nonzero(meets(tracer, eye, pose, at + around)) < 8
        assert abs(counted - np.count_nonzero(met[~inside])) <= 4 + 0.02 * counted
        pixels, off = pixels + np.count_nonzero(met), off + len(wrong)
    assert pixels > 10_000 and off < 0.002 * pixels


@pytest.mark.parametrize(("lens", "focal"), [(FISHEYE, 110.0), (SKEWED, 300.0), (WIDE, 180.0)])
def test_the_mask_of_a_board_agrees_with_opencvs_projection_of_its_rim(lens, focal):
    eye = camera(lens, focal, 400, 300)
    pose = Pose(about((0.3, 1.0, 0.5), 0.5).rotation_wxyz, (0.15, -0.1, 1.2))
    board = trimesh.Trimesh([[-0.7, -0.5, 0], [0.7, -0.5, 0], [0.7, 0.5, 0], [-0.7, 0.5, 0]], [[0, 1, 2], [0, 2, 3]])
    corners = pose.apply(np.asarray(board.vertices))
    share = np.linspace(0, 1, 400, endpoint=False)[:, None]
    rim = np.concatenate([a + share * (b - a) for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True)])
    project = cv2.fisheye.projectPoints if isinstance(lens, KannalaBrandt) else cv2.projectPoints
    outline, _ = project(rim[:, None], np.zeros(3), np.zeros(3), eye.matrix, np.array(lens.coefficients))
    seen = silhouette(thing(board, pose), eye, Pose())
    x0, y0, x1, y1 = seen.box_px
    mask = np.zeros((300, 400), dtype=bool)
    mask[y0:y1, x0:x1] = seen.mask
    polygon = outline.astype(np.float32)
    away = np.array([[cv2.pointPolygonTest(polygon, (u + 0.5, v + 0.5), True) for u in range(400)] for v in range(300)])
    clear = np.abs(away) > 0.1
    assert np.count_nonzero(mask) > 9000
    assert (mask[clear] == (away[clear] > 0)).all()


def test_without_distortion_the_outline_is_that_of_a_pinhole():
    shape = trimesh.creation.icosphere(subdivisions=3, radius=0.6)
    place = Pose(about((1.0, 0.2, 0.0), 0.4).rotation_wxyz, (0.5, 0.2, 2.0))
    straight, bent = (
        silhouette(thing(shape, place), camera(lens, 120.0, 160, 120), Pose()) for lens in (Pinhole(), BrownConrady())
    )
    assert straight.box_px == bent.box_px
    assert np.count_nonzero(straight.mask != bent.mask) <= 2


def test_what_lies_behind_a_fisheye_is_outlined_where_it_is_shown():
    eye = camera(KannalaBrandt(), 12.0, 60, 30)  # 29 px to the edge are 137 degrees
    post = thing(trimesh.creation.box((0.6, 0.6, 0.6)), Pose(translation_m=(2.0, 0.0, -1.0)))
    outline = silhouette(post, eye, Pose())
    angle = math.atan2(2.0, -1.0)
    middle = (outline.box_px[0] + outline.box_px[2]) / 2
    assert middle == pytest.approx(eye.cx_px + 12.0 * angle, abs=1.0)
    assert outline.outside_px == 0 and outline.mask.sum() > 10
    hidden = thing(trimesh.creation.box((0.6, 0.6, 0.6)), Pose(translation_m=(0.0, 0.0, -3.0)))
    assert silhouette(hidden, camera(SKEWED, 30.0), Pose()) is None
