"""Claims about COCO files: what pycocotools reads is what the instance images hold."""

import json

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

import simgen
from simgen.assets.categories import categories
from simgen.export.coco import CocoWriter
from simgen.export.outline import decode, polygon_of
from simgen.frame import Annotation, ObjectTruth, Rle
from simgen.geometry.boxes import box_of_mask
from simgen.geometry.pose import CAMERA_AXES, Pose, at
from simgen.scene.camera import Camera
from simgen.truth import FileRecord, FrameRecord, ViewRecord

WIDTH, HEIGHT = 64, 48
CAMERA = Camera(name="front", width_px=WIDTH, height_px=HEIGHT, fx_px=50.0, fy_px=50.0, cx_px=32.0, cy_px=24.0)
EVERYTHING = CocoWriter(minimum_visible_px=1, minimum_visible_fraction=0.0, minimum_box_px=1)


def rle_of(mask):
    code = coco_mask.encode(np.asfortranarray(mask.astype(np.uint8)))
    return Rle(size=mask.shape, counts=code["counts"].decode("ascii"))


def annotation(number, mask, visible_fraction=1.0):
    box = box_of_mask(mask)
    return Annotation(
        camera="front",
        instance_id=number,
        box_px=box,
        mask=None if box is None else rle_of(mask),
        visible_px=int(mask.sum()),
        amodal_box_px=box,
        amodal_mask=None if box is None else rle_of(mask),
        amodal_px=int(mask.sum()),
        outline_box_px=(0.0, 0.0, 0.0, 0.0) if box is None else tuple(float(v) for v in box),
        outline_px=mask.sum() / visible_fraction,
        visible_fraction=visible_fraction,
        occluded_fraction=0.0,
        truncated_fraction=1.0 - visible_fraction,
        occluder_ids=(4, 2),
        z_m=5.0,
        distance_m=5.1,
        alpha_rad=0.25,
    )


def frame(index, ids, names, split="train", **changes):
    """The record of a frame whose instance image is ``ids``; ``names`` gives each id's category."""
    stem = f"{split}/{index:06d}_front.png"
    files = {k: FileRecord(path=f"{k}/{stem}", bytes=1, sha256="0" * 64) for k in ("images", "depth", "instance")}
    view = ViewRecord(
        camera=CAMERA,
        world_from_camera=at(1.0, 2.0, 1.5) @ CAMERA_AXES,
        ev100=12.3456789,
        image=files["images"],
        depth=files["depth"],
        instance=files["instance"],
        normal=None,
    )
    truths = tuple(
        ObjectTruth(
            instance_id=number,
            name=f"{name}_{number}",
            category=name,
            asset=f"families/{name}/1",
            center_m=(6.0, 2.0, 1.5),
            size_m=(4.0, 2.0, 1.5),
            rotation_wxyz=(1.0, 0.0, 0.0, 0.0),
            velocity_mps=(0.0, 0.0, 0.0),
            lidar_points={"top": 17},
        )
        for number, name in names.items()
    )
    record = {
        "index": index,
        "scene_index": index // 2,
        "split": split,
        "world_from_rig": Pose(),
        "rig_velocity_mps": (0.0, 0.0, 0.0),
        "views": (view,),
        "scans": (),
        "instances": names,
        "objects": truths,
        "annotations": tuple(annotation(number, ids == number) for number in names),
        "factors": {},
    }
    return FrameRecord(**(record | changes))


def loaded(content, folder):
    """What pycocotools makes of a file's content once it has been on disk."""
    path = folder / "instances.json"
    path.write_text(json.dumps(content, allow_nan=False))
    return COCO(str(path))


def awkward_ids():
    """An instance image of a ring, an object in two pieces, a pixel, a corner piece and a disc."""
    ids = np.zeros((HEIGHT, WIDTH), np.uint16)
    ids[5:20, 5:20] = 1
    ids[9:14, 9:14] = 0
    ids[30:40, 10:30] = 2
    ids[28:44, 18:20] = 3
    ids[25, 50] = 4
    ids[40:, 55:] = 5
    ids[cv2.circle(np.zeros((HEIGHT, WIDTH), np.uint8), (40, 12), 8, 1, -1) > 0] = 6
    return ids


NAMES = {1: "car", 2: "car", 3: "street_lamp", 4: "person", 5: "bus", 6: "person"}


def test_every_mask_decodes_to_the_instance_images_pixels(tmp_path):
    ids = awkward_ids()
    coco = loaded(EVERYTHING([frame(0, ids, NAMES)])["annotations/instances_train.json"], tmp_path)
    assert len(coco.anns) == 6
    for one in coco.anns.values():
        own = ids == one["instance_id"]
        assert (coco.annToMask(one).astype(bool) == own).all()
        assert (coco_mask.decode(one["amodal_segmentation"]).astype(bool) == own).all()
        x, y, w, h = (int(v) for v in one["bbox"])
        assert (x, y, x + w, y + h) == box_of_mask(own)
        assert one["area"] == own.sum() and one["iscrowd"] == 0
    kinds = {one["instance_id"]: type(one["segmentation"]) for one in coco.anns.values()}
    assert kinds == {1: dict, 2: dict, 3: list, 4: list, 5: list, 6: list}


def test_the_truth_as_detections_scores_perfectly(tmp_path, capsys):
    rng = np.random.Generator(np.random.Philox(1))
    frames = []
    for index in range(6):
        ids = np.zeros((HEIGHT, WIDTH), np.uint16)
        for number in range(1, 9):
            x, y = int(rng.integers(0, WIDTH - 6)), int(rng.integers(0, HEIGHT - 6))
            ids[y : y + int(rng.integers(3, 30)), x : x + int(rng.integers(3, 30))] = number
        frames.append(frame(index, ids, {k: ("car", "person", "mug")[k % 3] for k in range(1, 9)}))
    coco = loaded(EVERYTHING(frames)["annotations/instances_train.json"], tmp_path)
    detections = coco.loadRes(
        [
            {k: one[k] for k in ("image_id", "category_id", "bbox")}
            | {"segmentation": coco.annToRLE(one), "score": 0.5 + one["id"] / 1000}
            for one in coco.anns.values()
        ]
    )
    for kind in ("bbox", "segm"):
        evaluation = COCOeval(coco, detections, kind)
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
        assert evaluation.stats[0] == pytest.approx(1.0)
    capsys.readouterr()


def test_no_two_masks_share_a_pixel(tmp_path):
    coco = loaded(EVERYTHING([frame(0, awkward_ids(), NAMES)])["annotations/instances_train.json"], tmp_path)
    assert sum(coco.annToMask(one).astype(int) for one in coco.anns.values()).max() == 1


def test_ids_count_from_one_through_all_splits():
    ids = awkward_ids()
    files = EVERYTHING([frame(k, ids, NAMES, split) for k, split in enumerate(("train", "val", "train", "test"))])
    assert list(files) == [f"annotations/instances_{s}.json" for s in ("train", "val", "test")]
    images = {i["id"]: i for content in files.values() for i in content["images"]}
    assert sorted(images) == [1, 2, 3, 4]
    assert [images[k]["split"] for k in (1, 2, 3, 4)] == ["train", "val", "train", "test"]
    annotation_ids = [a["id"] for content in files.values() for a in content["annotations"]]
    assert sorted(annotation_ids) == list(range(1, 25))


def test_category_ids_are_the_projects_own_whatever_is_exported():
    content = CocoWriter(categories=("mug", "car"))([])["annotations/instances_val.json"]
    assert [(c["name"], c["id"]) for c in content["categories"]] == [("car", 3), ("mug", 70)]
    everything = CocoWriter()([])["annotations/instances_val.json"]["categories"]
    assert [c["name"] for c in everything] == [n for n, c in categories().items() if c.thing]
    assert min(c["id"] for c in everything) == 1


def test_a_split_without_frames_is_an_empty_file_that_loads(tmp_path):
    content = EVERYTHING([frame(0, awkward_ids(), NAMES)])["annotations/instances_test.json"]
    assert content["images"] == [] and content["annotations"] == []
    assert loaded(content, tmp_path).getImgIds() == []


def test_a_frame_without_objects_is_an_image_without_annotations(tmp_path):
    coco = loaded(EVERYTHING([frame(0, awkward_ids(), {})])["annotations/instances_train.json"], tmp_path)
    assert coco.getImgIds() == [1] and coco.getAnnIds() == []


def test_nothing_is_stamped_on_the_users_data():
    content = EVERYTHING([frame(0, awkward_ids(), NAMES)])["annotations/instances_train.json"]
    assert list(content) == ["info", "images", "annotations", "categories", "models"]
    assert content["info"] == {"description": "train split, made by simgen", "version": simgen.__version__}


def test_what_is_known_beyond_coco_is_there():
    content = EVERYTHING([frame(3, awkward_ids(), {6: "person"})])["annotations/instances_train.json"]
    image, one = content["images"][0], content["annotations"][0]
    assert image == {
        "id": 1,
        "file_name": "000003_front.png",
        "width": WIDTH,
        "height": HEIGHT,
        "split": "train",
        "frame": 3,
        "scene": 1,
        "camera": "front",
        "intrinsics": [[50.0, 0.0, 32.0], [0.0, 50.0, 24.0], [0.0, 0.0, 1.0]],
        "world_from_camera": {"rotation_wxyz": [0.5, -0.5, 0.5, -0.5], "translation_m": [1.0, 2.0, 1.5]},
        "ev100": 12.345679,
        "depth_file": "depth/train/000003_front.png",
        "depth_unit_m": 1 / 256,
        "instance_file": "instance/train/000003_front.png",
    }
    assert one["cuboid"]["center_camera_m"] == [0.0, 0.0, 5.0]
    assert one["cuboid"]["center_world_m"] == [6.0, 2.0, 1.5]
    assert one["cuboid"]["size_m"] == [4.0, 2.0, 1.5]
    assert one["occluder_ids"] == [4, 2] and one["lidar_points"] == {"top": 17}
    assert one["asset"] == "families/person/1" and one["alpha_rad"] == 0.25


@pytest.mark.parametrize(
    ("writer", "kept"),
    [
        (CocoWriter(minimum_visible_px=1, minimum_visible_fraction=0.0, minimum_box_px=1), {1, 2, 3, 4, 5, 6}),
        (CocoWriter(minimum_visible_px=33, minimum_visible_fraction=0.0, minimum_box_px=1), {1, 2, 5, 6}),
        (CocoWriter(minimum_visible_px=1, minimum_visible_fraction=0.0, minimum_box_px=9), {1, 2, 6}),
        (CocoWriter(minimum_visible_px=1, minimum_visible_fraction=0.0, categories=("car",)), {1, 2}),
    ],
)
def test_the_visibility_rule_decides_what_is_exported(writer, kept):
    content = writer([frame(0, awkward_ids(), NAMES)])["annotations/instances_train.json"]
    assert {a["instance_id"] for a in content["annotations"]} == kept
    assert [a["id"] for a in content["annotations"]] == list(range(1, len(kept) + 1))


def test_the_smallest_visible_fraction_is_kept_and_less_is_not():
    ids = awkward_ids()
    shares = {1: 0.2, 2: 0.19999}
    seen = tuple(annotation(k, ids == k, share) for k, share in shares.items())
    record = frame(0, ids, {1: "car", 2: "car"}, annotations=seen)
    writer = CocoWriter(minimum_visible_px=1, minimum_visible_fraction=0.2)
    content = writer([record])["annotations/instances_train.json"]
    assert [a["instance_id"] for a in content["annotations"]] == [1]


def test_a_hidden_object_is_not_exported_even_when_all_is_asked_for():
    record = frame(0, np.zeros((HEIGHT, WIDTH), np.uint16), {1: "car"})
    assert EVERYTHING([record])["annotations/instances_train.json"]["annotations"] == []


def test_frames_are_gone_through_once():
    ids = awkward_ids()
    stream = iter([frame(0, ids, NAMES), frame(1, ids, NAMES)])
    assert len(EVERYTHING(stream)["annotations/instances_train.json"]["images"]) == 2


@settings(max_examples=150, deadline=None)
@given(arrays(bool, st.tuples(st.integers(1, 8), st.integers(1, 8)), elements=st.sampled_from((True, True, False))))
def test_a_polygon_is_exact_or_not_given(mask):
    box = box_of_mask(mask)
    if box is None:
        return
    rle = rle_of(mask)
    assert (decode(rle) == mask).all()
    polygon = polygon_of(rle, box)
    pieces = cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)[0] - 1
    gaps = cv2.connectedComponents((~np.pad(mask, 1)).astype(np.uint8), connectivity=4)[0] - 1
    assert (polygon is not None) == (pieces == 1 and gaps == 1)
    if polygon is not None:
        back = coco_mask.merge(coco_mask.frPyObjects([polygon], *mask.shape))
        assert (coco_mask.decode(back).astype(bool) == mask).all()
        assert len(polygon) >= 8 and len(polygon) % 2 == 0


@pytest.mark.parametrize(
    ("settings_given", "message"),
    [
        (
            {"minimum_visible_px": 0},
            "minimum_visible_px and minimum_box_px must be 1 or more, got 0 and 2",
        ),
        ({"minimum_visible_fraction": 1.5}, "minimum_visible_fraction must lie in 0 to 1, got 1.5"),
    ],
)
def test_settings_out_of_range_are_refused(settings_given, message):
    with pytest.raises(ValueError) as error:
        CocoWriter(**settings_given)
    assert str(error.value) == message


def test_categories_that_cannot_be_counted_are_refused():
    with pytest.raises(ValueError, match="categories: road, cra: not known as countable; known: person, "):
        CocoWriter(categories=("road", "car", "cra"))
