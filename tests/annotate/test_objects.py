"""Claims about annotations: fractions, occluders, angles, and masks that are the instance image's pixels."""

import math
from dataclasses import replace

import numpy as np
import pytest
import trimesh
from pycocotools import mask as coco_mask

from simgen.annotate.objects import annotate, observation_angle
from simgen.frame import Scan, View
from simgen.geometry.motion import Motion
from simgen.geometry.pose import CAMERA_AXES, Pose, at
from simgen.scene.asset import Asset, Credit
from simgen.scene.camera import Camera
from simgen.scene.lidar import Lidar
from simgen.scene.material import make_material
from simgen.scene.mesh import mesh_from_faces
from simgen.scene.scene import Instance, Scene
from simgen.trace.tracer import Tracer

CREDIT = Credit(author="test", licence="CC0-1.0", source="test")
CAMERA = Camera(name="front", width_px=200, height_px=100, fx_px=100.0, fy_px=100.0, cx_px=100.0, cy_px=50.0)


def block(number, size, place, category="box"):
    """A box of ``size`` whose centre is at ``place``, in a world seen along +x."""
    shape = trimesh.creation.box(size)
    mesh = mesh_from_faces(shape.vertices, shape.faces)
    asset = Asset(
        name=f"block{number}", category=category, mesh=mesh, materials=(make_material("m", "plastic"),), credit=CREDIT
    )
    pose = place if isinstance(place, Pose) else Pose(translation_m=place)
    return Instance(id=number, name=f"block_{number}", asset=asset, world_from_object=pose)


def see(*objects, camera=CAMERA):
    """The scene and the view of it from the origin along +x, ids as the tracer gives them."""
    scene = Scene(objects=objects, sensors=(camera,))
    pose = scene.world_from_rig @ camera.rig_from_camera
    hits = Tracer(objects).closest_hit(camera.rays(pose))
    shape = (camera.height_px, camera.width_px)
    view = View(
        camera=camera,
        world_from_camera=pose,
        rgb=np.zeros((*shape, 3), np.uint8),
        z_m=np.zeros(shape, np.float32),
        instance_id=hits.instance_id.reshape(shape).astype(np.uint16),
        normal=np.zeros((*shape, 3), np.float32),
        ev100=0.0,
    )
    return scene, view


def annotations_of(*objects):
    scene, view = see(*objects)
    _, annotations = annotate(scene, (view,))
    return {a.instance_id: a for a in annotations}


def decoded(rle):
    return coco_mask.decode({"size": list(rle.size), "counts": rle.counts}).astype(bool)


def test_a_square_half_covered_is_half_occluded():
    # At 2 m a metre is 50 px: the far square fills 40 x 40 px, the near one hides its right half.
    seen = annotations_of(
        block(1, (0.002, 0.8, 0.8), (2.001, 0.0, 0.0)), block(2, (0.01, 0.5, 0.8), (1.005, -0.25, 0.0))
    )
    far = seen[1]
    assert (far.visible_px, far.amodal_px, far.outline_px) == (800, 1600, 1600.0)
    assert (far.visible_fraction, far.occluded_fraction, far.truncated_fraction) == (0.5, 0.5, 0.0)
    assert far.box_px == (80, 30, 100, 70) and far.amodal_box_px == (80, 30, 120, 70)
    assert far.occluder_ids == (2,)
    assert seen[2].occluded_fraction == 0.0 and seen[2].occluder_ids == ()


def test_a_square_half_outside_is_half_truncated():
    far = annotations_of(block(1, (0.002, 0.8, 0.8), (2.001, 2.0, 0.0)))[1]
    assert (far.visible_px, far.amodal_px, far.outline_px) == (800, 800, 1600.0)
    assert (far.visible_fraction, far.occluded_fraction, far.truncated_fraction) == (0.5, 0.0, 0.5)
    assert far.outline_box_px == pytest.approx((-20.0, 30.0, 20.0, 70.0))


def test_a_hidden_object_is_kept_with_nothing_visible():
    seen = annotations_of(block(1, (0.02, 0.4, 0.4), (3.0, 0.0, 0.0)), block(2, (0.02, 0.8, 0.8), (1.0, 0.0, 0.0)))
    assert seen[1].mask is None and seen[1].box_px is None and seen[1].visible_px == 0
    assert (seen[1].visible_fraction, seen[1].occluded_fraction) == (0.0, 1.0)
    assert seen[1].amodal_px > 0 and seen[1].occluder_ids == (2,)


def test_the_occluder_that_hides_most_comes_first():
    seen = annotations_of(
        block(1, (0.002, 0.8, 0.8), (2.001, 0.0, 0.0)),
        block(2, (0.01, 0.05, 0.8), (1.005, 0.15, 0.0)),
        block(3, (0.01, 0.10, 0.8), (1.005, -0.1, 0.0), category="wall"),
    )
    assert seen[1].occluder_ids == (3, 2)


def test_ground_and_walls_are_never_annotated():
    scene, view = see(block(1, (0.1, 9.0, 9.0), (5.0, 0.0, 0.0), "wall"), block(2, (0.1, 0.4, 0.4), (2.0, 0.0, 0.0)))
    truths, annotations = annotate(scene, (view,))
    assert [t.instance_id for t in truths] == [2] == [a.instance_id for a in annotations]


def test_what_is_behind_or_far_beside_the_camera_has_truth_and_no_annotation():
    scene, view = see(block(1, (1.0, 1.0, 1.0), (-5.0, 0.0, 0.0)), block(2, (1.0, 1.0, 1.0), (1.0, 40.0, 0.0)))
    truths, annotations = annotate(scene, (view,))
    assert len(truths) == 2 and annotations == ()


def test_an_object_around_the_camera_is_truncated_not_lost():
    seen = annotations_of(block(1, (6.0, 6.0, 6.0), (0.5, 0.0, 0.0)))
    assert seen[1].visible_px == 200 * 100
    assert seen[1].truncated_fraction == pytest.approx(8 / 9)


def test_masks_are_the_instance_images_pixels_and_fractions_agree():
    rng = np.random.Generator(np.random.Philox(3))
    objects = [
        block(k, tuple(rng.uniform(0.2, 2.0, size=3)), Pose(at(0, 0, 0, float(rng.uniform(0, 6))).rotation_wxyz, place))
        for k, place in enumerate(
            [tuple(float(v) for v in rng.uniform((-1.0, -6.0, -2.0), (12.0, 6.0, 2.0))) for _ in range(40)], start=1
        )
    ]
    scene, view = see(*objects)
    _, annotations = annotate(scene, (view,))
    assert len(annotations) > 15
    annotated = {a.instance_id for a in annotations}
    assert {int(i) for i in np.unique(view.instance_id)} - {0} <= annotated
    for one in annotations:
        visible = view.instance_id == one.instance_id
        assert one.visible_px == visible.sum()
        assert (one.mask is None) == (one.visible_px == 0) == (one.box_px is None)
        if one.mask is not None:
            assert (decoded(one.mask) == visible).all()
            assert tuple(coco_mask.toBbox({"size": list(one.mask.size), "counts": one.mask.counts})) == (
                one.box_px[0],
                one.box_px[1],
                one.box_px[2] - one.box_px[0],
                one.box_px[3] - one.box_px[1],
            )
        if one.amodal_mask is not None:
            amodal = decoded(one.amodal_mask)
            assert amodal.sum() == one.amodal_px and not (visible & ~amodal).any()
            hidden = view.instance_id[amodal & ~visible]
            assert set(one.occluder_ids) == {int(i) for i in np.unique(hidden)} - {0}
        whole = (1 - one.occluded_fraction) * (1 - one.truncated_fraction)
        assert one.visible_fraction == pytest.approx(whole, abs=1e-12)
        assert 0 <= one.visible_fraction <= 1 and 0 <= one.occluded_fraction <= 1 and 0 <= one.truncated_fraction <= 1


def test_what_is_seen_is_always_part_of_the_whole_outline():
    scene, view = see(block(1, (0.002, 0.8, 0.8), (2.001, 0.0, 0.0)))
    shifted = replace(view, instance_id=np.roll(view.instance_id, 1, axis=1))  # as if rounding differed by a pixel
    (one,) = annotate(scene, (shifted,))[1]
    assert (one.visible_px, one.amodal_px) == (1600, 1640)
    assert one.amodal_box_px == (80, 30, 121, 70) and one.outline_box_px == (80.0, 30.0, 121.0, 70.0)
    assert (decoded(one.amodal_mask) >= decoded(one.mask)).all()


def test_depth_and_distance_are_those_of_the_cuboids_centre():
    one = annotations_of(block(1, (1.0, 1.0, 1.0), (4.0, 3.0, 0.0)))[1]
    assert one.z_m == pytest.approx(4.0) and one.distance_m == pytest.approx(5.0)


@pytest.mark.parametrize(
    ("place", "alpha"),
    [
        (at(10, 0, 0, 0.0), -math.pi / 2),  # straight ahead, driving away
        (at(10, 0, 0, math.pi), math.pi / 2),  # straight ahead, coming towards the camera
        (at(10, 0, 0, -math.pi / 2), 0.0),  # straight ahead, facing right
        (at(10, 0, 0, math.pi / 2), math.pi),  # facing left: the end of the range that is in it
        (at(10, -10, 0, 0.0), -3 * math.pi / 4),  # to the right, driving away
        (at(10, 10, 0, -math.pi / 2), math.pi / 4),  # to the left, facing right
    ],
)
def test_the_observation_angle_is_kittis(place, alpha):
    centre = CAMERA_AXES.inverse.apply(np.asarray(place.translation_m))
    assert observation_angle(place, CAMERA_AXES, centre) == pytest.approx(alpha, abs=1e-9)


def test_points_are_counted_for_every_object_and_lidar():
    scene, view = see(block(1, (1.0, 1.0, 1.0), (4.0, 0.0, 0.0)), block(7, (1.0, 1.0, 1.0), (4.0, 3.0, 0.0)))
    lidar = Lidar(
        name="top",
        model="test",
        elevation_deg=(0.0,),
        azimuth_offset_deg=(0.0,),
        columns=8,
        rate_hz=10.0,
        min_range_m=0.0,
        max_range_m=9.0,
        range_at_10_percent_m=9.0,
        range_noise_m=0.0,
        range_step_m=0.0,
    )
    ids = np.array([1, 1, 1], np.uint16)
    scan = Scan(
        lidar=lidar,
        world_from_lidar=Pose(),
        rig_motion=Motion(),
        xyz_m=np.zeros((3, 3), np.float32),
        intensity=np.zeros(3, np.float32),
        ring=np.zeros(3, np.uint16),
        column=np.zeros(3, np.uint16),
        time_s=np.zeros(3, np.float32),
        instance_id=ids,
        category_id=ids,
        clean_range_m=np.zeros(3, np.float32),
        return_number=np.ones(3, np.uint8),
        flags=np.zeros(3, np.uint8),
    )
    truths, _ = annotate(scene, (view, scan))
    assert [dict(t.lidar_points) for t in truths] == [{"top": 3}, {"top": 0}]
