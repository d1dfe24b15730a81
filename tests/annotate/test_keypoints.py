"""Claims about keypoints: through the lens, hidden by others and by the own body, and what COCO makes of them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from simgen.annotate.keypoints import keypoints_in_world, seen_keypoints
from simgen.annotate.objects import annotate
from simgen.assets.families import family_asset
from simgen.assets.families.shapes import assemble, box, plain
from simgen.export.coco import CocoWriter
from simgen.frame import HIDDEN, NOT_LABELLED, VISIBLE, View
from simgen.geometry.motion import Motion
from simgen.geometry.pose import CAMERA_AXES, Pose, about, at
from simgen.geometry.rays import Rays
from simgen.scene.camera import Camera
from simgen.scene.keypoints import PERSON, SKELETONS
from simgen.scene.scene import Instance, Scene
from simgen.trace.tracer import Tracer
from simgen.truth import FileRecord, FrameRecord, ViewRecord

CAMERA = Camera(name="front", width_px=320, height_px=240, fx_px=300.0, fy_px=300.0, cx_px=160.0, cy_px=120.0)
STILL = Motion()


def facing(yaw_rad: float, x: float = 4.0, y: float = 0.0, family: str = "adult_standing", number: int = 1) -> Instance:
    pose = Pose(about((0.0, 0.0, 1.0), yaw_rad).rotation_wxyz, (x, y, 0.0))
    return Instance(id=number, name=f"one_{number}", asset=family_asset(family, 2), world_from_object=pose)


def seen(*objects: Instance, camera: Camera = CAMERA) -> View:
    """What a camera 1.2 m above the origin, looking along +x, sees: hits alone, no picture."""
    world_from_camera = at(0.0, 0.0, 1.2) @ CAMERA_AXES
    directions = camera.pixel_directions()
    origin = np.tile(np.array([0.0, 0.0, 1.2], np.float32), (len(directions), 1))
    along = world_from_camera.rotate(directions.astype(np.float64)).astype(np.float32)
    hits = Tracer(objects, 1).closest_hit(Rays(origin=origin, direction=along, time_s=np.zeros(len(along), np.float32)))
    shape = (camera.height_px, camera.width_px)
    z_m = np.where(hits.triangle >= 0, hits.range_m * directions[:, 2], 0.0).astype(np.float32)
    return View(
        camera=camera, world_from_camera=world_from_camera, rgb=np.zeros((*shape, 3), np.uint8),
        z_m=z_m.reshape(shape), instance_id=hits.instance_id.astype(np.uint16).reshape(shape),
        normal=np.zeros((*shape, 3), np.float32), ev100=10.0, hits=hits,
    )  # fmt: skip


def flags(thing: Instance, view: View) -> dict[str, int]:
    return {n: f for n, (_, _, f) in zip(PERSON.names, seen_keypoints(thing, view, STILL), strict=True)}


def test_a_keypoint_lies_where_the_lens_projects_it() -> None:
    one = facing(np.pi)
    points = seen_keypoints(one, seen(one), STILL)
    x, y, z = keypoints_in_world(one)["nose"]
    assert points[0][:2] == pytest.approx((160.0 - 300.0 * y / x, 120.0 - 300.0 * (z - 1.2) / x), abs=1e-3)


def test_who_faces_the_camera_shows_its_face_and_who_turns_away_hides_it() -> None:
    front, back = facing(np.pi), facing(0.0)
    ahead, behind = flags(front, seen(front)), flags(back, seen(back))
    for name in ("nose", "left_shoulder", "right_shoulder", "left_knee"):
        assert ahead[name] == VISIBLE
    for name in ("nose", "left_eye", "right_eye"):
        assert behind[name] == HIDDEN


def test_the_own_body_hides_the_far_arm_of_one_seen_from_the_side() -> None:
    aside = facing(np.pi / 2)
    found = flags(aside, seen(aside))
    assert found["right_ear"] == HIDDEN or found["left_ear"] == HIDDEN
    assert VISIBLE in (found["right_ear"], found["left_ear"])


def test_a_wall_hides_legs_and_leaves_the_head() -> None:
    wall = assemble("wall", "wall", [(box((0.1, 3.0, 0.9)), "w")], [plain("w", "plaster", "#ffffff")])
    one = facing(np.pi)
    before = Instance(id=2, name="wall", asset=wall, world_from_object=at(2.5, 0.0, 0.0))
    found = flags(one, seen(one, before))
    assert found["left_knee"] == found["right_ankle"] == HIDDEN
    assert found["nose"] == VISIBLE


def test_what_lies_outside_the_image_is_not_labelled() -> None:
    near = facing(np.pi, x=1.3)
    points = dict(zip(PERSON.names, seen_keypoints(near, seen(near), STILL), strict=True))
    assert points["left_ankle"] == (0.0, 0.0, NOT_LABELLED)


def test_a_scaled_and_turned_object_carries_its_keypoints_along() -> None:
    one = replace(facing(np.pi / 3, x=2.0, y=1.0), scale=0.5)
    found = keypoints_in_world(one)
    for name, local in one.asset.keypoints.items():
        assert found[name] == pytest.approx(one.world_from_object.apply(0.5 * np.array(local)), abs=1e-9)


def test_moving_a_model_on_its_floor_moves_mesh_and_keypoints_alike() -> None:
    asset = family_asset("adult_walking", 0)
    moved = asset.shifted(0.3, -0.2)
    assert np.array(moved.keypoints["nose"]) - asset.keypoints["nose"] == pytest.approx([0.3, -0.2, 0.0])
    assert (moved.mesh.vertices - asset.mesh.vertices).mean(axis=0) == pytest.approx([0.3, -0.2, 0.0], abs=1e-4)


def test_skeletons_join_known_names_and_have_a_depth_each() -> None:
    for skeleton in SKELETONS.values():
        assert len(set(skeleton.names)) == len(skeleton.names) == len(skeleton.depth_m)
        assert len(skeleton.pairs) == len(skeleton.edges)


@pytest.mark.parametrize("family", ["sedan", "panel_van", "box_truck", "city_bus"])
def test_a_vehicle_has_its_keypoints_on_its_own_sides(family: str) -> None:
    asset = family_asset(family, 0)
    assert set(asset.keypoints) == set(SKELETONS[asset.category].names)
    for name, (x, y, _) in asset.keypoints.items():
        assert ("left" not in name or y > 0) and ("right" not in name or y < 0), name
        assert ("front" not in name and "head" not in name) or x > 0, name
        assert "tail_lamp" not in name or x < 0, name


def record_of(*objects: Instance) -> FrameRecord:
    view = seen(*objects)
    truths, annotations = annotate(Scene(objects=objects, sensors=(CAMERA,)), (view,))
    files = {k: FileRecord(path=f"{k}/train/0.png", bytes=1, sha256="0" * 64) for k in ("images", "depth", "instance")}
    return FrameRecord(
        index=0, scene_index=0, split="train", world_from_rig=Pose(), rig_velocity_mps=(0.0, 0.0, 0.0),
        views=(ViewRecord(camera=CAMERA, world_from_camera=view.world_from_camera, ev100=10.0, image=files["images"],
                          depth=files["depth"], instance=files["instance"], normal=None),),
        scans=(), instances={o.id: o.category for o in objects}, objects=truths, annotations=annotations, factors={},
    )  # fmt: skip


def test_the_truth_as_detections_has_a_keypoint_precision_of_one(tmp_path: Path) -> None:
    people = [facing(np.pi, y=-0.8), facing(0.4, x=5.0, y=0.6, number=2), facing(2.0, x=3.2, y=0.3, number=3)]
    files = CocoWriter(keypoint_files=("person",))([record_of(*people)])
    path = tmp_path / "person_keypoints.json"
    path.write_text(json.dumps(files["annotations/person_keypoints_train.json"]))
    coco = COCO(str(path))
    (category,) = coco.dataset["categories"]
    assert category["keypoints"] == list(PERSON.names) and [16, 14] in category["skeleton"]
    assert len(coco.anns) == 3
    detections = [
        {k: a[k] for k in ("image_id", "category_id", "keypoints")} | {"score": 1.0}
        for a in coco.dataset["annotations"]
    ]
    evaluation = COCOeval(coco, coco.loadRes(detections), "keypoints")
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    assert evaluation.stats[0] == pytest.approx(1.0)


def test_counted_keypoints_are_those_labelled() -> None:
    files = CocoWriter()([record_of(facing(np.pi))])
    (entry,) = files["annotations/instances_train.json"]["annotations"]
    assert entry["num_keypoints"] == sum(flag > 0 for flag in entry["keypoints"][2::3]) == 17


def test_keypoint_files_of_categories_without_keypoints_are_refused() -> None:
    with pytest.raises(ValueError, match="keypoint_files: mug: have no keypoints"):
        CocoWriter(keypoint_files=("mug",))
