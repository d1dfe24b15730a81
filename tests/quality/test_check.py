"""What `check` finds, and that it finds nothing where nothing is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import make_dataset

from simgen import spec
from simgen.errors import StoreError
from simgen.quality.check import check
from simgen.quality.report import Report

CAR, HIDDEN_CAR, RING = 3, 4, 5
IMAGE = "images/train/000000_front.png"
DEPTH = "depth/train/000000_front.png"
INSTANCE = "instance/train/000000_front.png"
CLOUD = "lidar/train/000000_top.npy"
COCO = "annotations/instances_train.json"
FILES = (IMAGE, DEPTH, INSTANCE, CLOUD, "truth/scene_000001.jsonl", COCO, "factors.parquet", "CREDITS")


def found(report: Report, where: str, what: str) -> bool:
    return any(where in fault.where and what in fault.what for fault in report.faults)


def expect(report: Report, where: str, what: str) -> None:
    listed = "\n".join(f"{f.where}: {f.what}" for f in report.faults)
    assert found(report, where, what), f"no fault {what!r} at {where!r} among:\n{listed}"


def test_an_untouched_data_set_passes(dataset: Path) -> None:
    report = check(dataset)
    assert report.faults == ()
    assert report.checked["frames"] == 3
    assert report.checked["scenes"] == 2
    assert report.checked["objects"] == 15
    assert report.checked["files"] == 3 * 4 + 2 + 3 + 2
    assert report.checked["points"] > 3 * 2000
    assert report.checked["COCO annotations"] >= 9


def test_the_data_set_shows_what_the_checks_are_for(dataset: Path) -> None:
    """A hidden object, one out of sight, polygons and run-length codes: else the tests below are hollow."""
    record = json.loads((dataset / "truth/scene_000000.jsonl").read_text().splitlines()[0])
    seen = {a["instance_id"]: a for a in record["annotations"]}
    assert 0.05 < seen[CAR]["occluded_fraction"] < 0.9
    assert seen[HIDDEN_CAR]["occluder_ids"]
    assert 7 not in seen
    segmentations = [a["segmentation"] for a in json.loads((dataset / COCO).read_text())["annotations"]]
    assert {type(s) for s in segmentations} == {list, dict}


def test_a_resigned_copy_passes(tampered) -> None:
    tampered.sign()
    assert check(tampered.root).faults == ()


def test_a_folder_without_a_data_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="not a finished data set"):
        check(tmp_path)


@pytest.mark.parametrize("path", FILES)
def test_one_altered_byte_is_found(tampered, path: str) -> None:
    content = bytearray((tampered.root / path).read_bytes())
    content[len(content) // 2] ^= 1
    (tampered.root / path).write_bytes(content)
    expect(check(tampered.root), path, "was altered")


@pytest.mark.parametrize("path", FILES)
def test_a_missing_file_is_found(tampered, path: str) -> None:
    (tampered.root / path).unlink()
    expect(check(tampered.root), path, "cannot be read: No such file or directory")


@pytest.mark.parametrize("path", FILES)
def test_a_truncated_file_is_found(tampered, path: str) -> None:
    content = (tampered.root / path).read_bytes()
    (tampered.root / path).write_bytes(content[: len(content) // 2])
    expect(check(tampered.root), path, f"holds {len(content) // 2} bytes, should hold {len(content)}")


@pytest.mark.parametrize("path", ["images/val/000012_front.png", "truth/scene_000009.jsonl", "lidar/notes.txt"])
def test_an_extra_file_is_found(tampered, path: str) -> None:
    (tampered.root / path).write_bytes(b"something")
    expect(check(tampered.root), path, "belongs to no record")


def test_a_file_of_the_users_own_beside_the_data_set_is_no_fault(tampered) -> None:
    (tampered.root / "preview.png").write_bytes(b"something")
    assert check(tampered.root).faults == ()


def test_an_altered_recipe_is_found(tampered) -> None:
    tampered.edit_json("dataset.json", lambda m: m["recipe"].update(export=[]))
    expect(check(tampered.root), "dataset.json", "recipe_digest is")


def test_an_altered_manifest_is_found(tampered) -> None:
    tampered.edit_json("dataset.json", lambda m: m["splits"].update(train=3))
    expect(check(tampered.root), "dataset.json", "splits.train is 3, should be 2")


def _annotation(record: Any, k: int) -> Any:
    return next(a for a in record["annotations"] if a["instance_id"] == k)


def _object(record: Any, k: int) -> Any:
    return next(o for o in record["objects"] if o["instance_id"] == k)


def _shift_box(record: Any) -> None:
    _annotation(record, CAR)["box_px"][0] += 1


def _swap_masks(record: Any) -> None:
    one, other = _annotation(record, CAR), _annotation(record, RING)
    one["mask"], other["mask"] = other["mask"], one["mask"]


def _flip_mask_character(record: Any) -> None:
    mask = _annotation(record, RING)["mask"]
    mask["counts"] = mask["counts"][:-3] + chr(ord(mask["counts"][-3]) ^ 1) + mask["counts"][-2:]


def _drop_amodal(record: Any) -> None:
    seen = _annotation(record, HIDDEN_CAR)
    seen["amodal_mask"] = seen["mask"]


def _scale(factor: float) -> Callable[[Any], None]:
    def change(record: Any) -> None:
        truth = _object(record, RING)
        truth["size_m"] = [v * factor for v in truth["size_m"]]

    return change


def _move_center(record: Any) -> None:
    _object(record, CAR)["center_m"][1] += 0.1


def _move_camera(record: Any) -> None:
    record["views"][0]["world_from_camera"]["translation_m"][0] += 0.01


def _set(k: int, key: str, value: Any) -> Callable[[Any], None]:
    return lambda record: _annotation(record, k).update({key: value})


@pytest.mark.parametrize(
    ("change", "where", "what"),
    [
        (_shift_box, "object 3 (car)", "box_px is"),
        (_swap_masks, "object 5 (toy)", "mask covers"),
        (_flip_mask_character, "object 5 (toy)", "mask covers"),
        (_drop_amodal, "object 4 (car)", "occluder_ids is"),
        (_set(CAR, "visible_px", 5), "object 3 (car)", "visible_px is 5"),
        (_set(CAR, "amodal_px", 5), "object 3 (car)", "amodal_px is 5"),
        (_set(CAR, "visible_fraction", 0.5), "object 3 (car)", "visible_fraction is 0.5"),
        (_set(CAR, "occluded_fraction", 0.99), "object 3 (car)", "occluded_fraction is 0.99"),
        (_set(CAR, "truncated_fraction", 0.5), "object 3 (car)", "truncated_fraction is 0.5"),
        (_set(CAR, "occluder_ids", [77]), "object 3 (car)", "occluder_ids names 77"),
        (_set(CAR, "instance_id", 77), "frame 000000, front", "annotation of object 77"),
        (_set(CAR, "distance_m", 3.0), "object 3 (car)", "the cuboid's centre has"),
        (_set(CAR, "alpha_rad", 3.0), "object 3 (car)", "alpha_rad is 3.0000"),
        (_set(CAR, "camera", "back"), "frame 000000", "annotations of cameras it does not have: back"),
        (lambda r: r["annotations"].remove(_annotation(r, CAR)), "frame 0", "seen but not annotated: 3"),
        (_scale(0.9), "object 5 (toy)", "lie outside the cuboid by their depth"),
        (_scale(4.0), "object 5 (toy)", "its cuboid is too large"),
        (_move_center, "object 3 (car)", "lie outside the cuboid by their depth, by up to 0.060 m"),
        (lambda r: _object(r, CAR)["lidar_points"].update(top=1), "object 3 (car)", "lidar_points is 1"),
        (lambda r: _object(r, CAR).update(category="van"), "object 3 (van)", "its category among the instances is car"),
        (lambda r: _object(r, CAR).update(asset="cars/other"), "object 3 (car)", "its asset 'cars/other' is not among"),
        (lambda r: r.update(split="val"), "frame 000001", "is in train, but its scene's first frame is in val"),
        (lambda r: r.update(index=7), "dataset.json", "indices do not run from 0"),
        (_move_camera, "frame 000000", "the pose of front is off by"),
        (lambda r: r["scans"][0].update(points=9), "frame 000000, top", "should be 9"),
    ],
)  # fmt: skip
def test_a_wrong_label_is_found_though_every_digest_is_right(
    tampered, change: Callable[[Any], None], where: str, what: str
) -> None:
    tampered.edit_truth(change)
    tampered.sign()
    expect(check(tampered.root), where, what)


def _edit_image(path: Path, change: Callable[[np.ndarray], None]) -> None:
    pixels = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    change(pixels)
    cv2.imwrite(str(path), pixels)


def _repaint(pixels: np.ndarray, old: int, new: int) -> None:
    rows, columns = np.nonzero(pixels == old)
    pixels[rows[len(rows) // 2], columns[len(rows) // 2]] = new


def test_one_pixel_given_to_another_object_is_found(tampered) -> None:
    _edit_image(tampered.root / INSTANCE, lambda pixels: _repaint(pixels, CAR, RING))
    tampered.sign()
    report = check(tampered.root)
    expect(report, "frame 000000, front, object 3 (car)", "visible_px is")
    expect(report, "frame 000000, front, object 5 (toy)", "mask covers")
    expect(report, "frame 000000, front, COCO annotation", "segmentation covers")


def test_a_pixel_of_an_unknown_object_is_found(tampered) -> None:
    _edit_image(tampered.root / INSTANCE, lambda pixels: _repaint(pixels, CAR, 99))
    tampered.sign()
    expect(check(tampered.root), "frame 000000, front", "holds ids that the truth does not list: 99")


def test_one_wrong_depth_on_an_object_is_found(tampered) -> None:
    ids = cv2.imread(str(tampered.root / INSTANCE), cv2.IMREAD_UNCHANGED)
    row, column = np.argwhere(ids == CAR)[50]

    def change(depth: np.ndarray) -> None:
        depth[row, column] += 3 * 256

    _edit_image(tampered.root / DEPTH, change)
    tampered.sign()
    expect(check(tampered.root), "object 3 (car)", "1 of")


def test_an_image_of_another_size_is_found(tampered) -> None:
    cv2.imwrite(str(tampered.root / IMAGE), np.zeros((10, 10, 3), np.uint8))
    tampered.sign()
    expect(check(tampered.root), "frame 000000, front", "image is (10, 10, 3) uint8, should be (96, 160, 3) uint8")


def _edit_cloud(path: Path, change: Callable[[np.ndarray], Any]) -> None:
    cloud = np.load(path)
    changed = change(cloud)
    np.save(path, cloud if changed is None else changed)


def _stretch(cloud: np.ndarray, which: Any, by_m: float) -> None:
    """Move points along their beams."""
    range_m = np.sqrt(cloud["x"] ** 2 + cloud["y"] ** 2 + cloud["z"] ** 2)
    for axis in "xyz":
        cloud[axis][which] *= (1.0 + by_m / range_m)[which]


@pytest.mark.parametrize(
    ("change", "where", "what"),
    [
        (lambda c: _stretch(c, np.flatnonzero(c["instance_id"] == CAR)[:1], 5.0), "object 3 (car)", "1 of"),
        (lambda c: _stretch(c, slice(None), -0.4), "frame 000000, top", "lie before what front sees"),
        (lambda c: _stretch(c, slice(None), 0.4), "frame 000000, top", "points agree with the depth front sees"),
        (lambda c: c["y"].__setitem__(10, c["y"][10] + 0.05), "frame 000000, top", "1 points lie beside the beam"),
        (lambda c: c["x"].__setitem__(10, np.nan), "frame 000000, top", "1 points are not finite"),
        (lambda c: c["ring"].__setitem__(10, 24), "frame 000000, top", "ring outside 0 to 23, such as 24"),
        (lambda c: c["column"].__setitem__(10, 360), "frame 000000, top", "column outside 0 to 359"),
        (lambda c: c["intensity"].__setitem__(10, 1.5), "frame 000000, top", "intensity outside 0 to 1, such as 1.5"),
        (lambda c: c["time_s"].__setitem__(10, 0.2), "frame 000000, top", "time_s outside"),
        (lambda c: c["instance_id"].__setitem__(10, 99), "frame 000000, top", "the truth does not list, such as 99"),
        (lambda c: c["category_id"].__setitem__(10, 99), "frame 000000, top", "another category than their instance"),
        (lambda c: c[:-1], "frame 000000, top", "the number of points is"),
        (lambda c: c["x"].copy(), "frame 000000, top", "the cloud is float32"),
    ],
)
def test_a_wrong_point_is_found_though_every_digest_is_right(
    tampered, change: Callable[[np.ndarray], Any], where: str, what: str
) -> None:
    _edit_cloud(tampered.root / CLOUD, change)
    tampered.sign()
    expect(check(tampered.root), where, what)


def _first(coco: Any, kind: type) -> Any:
    """Return the first annotation with a polygon (list) or a run-length code (dict)."""
    return next(a for a in coco["annotations"] if isinstance(a["segmentation"], kind))


def _shift_polygon(coco: Any) -> None:
    polygon = _first(coco, list)["segmentation"][0]
    polygon[::2] = [x + 1 for x in polygon[::2]]


@pytest.mark.parametrize(
    ("change", "where", "what"),
    [
        (lambda c: c["annotations"][0]["bbox"].__setitem__(2, 5.0), "COCO annotation", "bbox is"),
        (lambda c: c["annotations"][0].update(area=1.0), "COCO annotation", "area is 1.0"),
        (lambda c: c["annotations"][0].update(iscrowd=1), "COCO annotation", "iscrowd is 1, should be 0"),
        (lambda c: c["annotations"][0].update(category_id=1), "COCO annotation", "category_id is 1"),
        (lambda c: c["annotations"][0].update(id=0), COCO, "annotation id 0 is not a whole number from 1"),
        (lambda c: c["annotations"][0].update(id=2), COCO, "annotation id 2 is used more than once"),
        (lambda c: c["images"][1].update(id=1), COCO, "image id 1 is used more than once"),
        (lambda c: c["annotations"][0].update(image_id=99), COCO, "is of image 99, which is not in this file"),
        (lambda c: c["annotations"].pop(0), "frame 000000, front", "the recipe's rule takes it"),
        (lambda c: c["images"].pop(0), "frame 000000, front", "has no image '000000_front.png'"),
        (lambda c: c["images"][0].update(file_name="000009_front.png"), COCO, "lists the image '000009_front.png'"),
        (lambda c: c["images"][0].update(width=161), "COCO image", "width is 161, should be 160"),
        (lambda c: c["images"][0]["intrinsics"][0].__setitem__(2, 79.5), "COCO image", "intrinsics are"),
        (lambda c: c["categories"][0].update(id=77), COCO, "categories with another id"),
        (_shift_polygon, "COCO annotation", "segmentation covers"),
        (lambda c: _first(c, dict)["segmentation"].update(counts="oops"), "COCO", "segmentation cannot be read"),
        (lambda c: _first(c, dict)["segmentation"].update(size=[160, 96]), "COCO annotation", "segmentation's size is"),
        (lambda c: c["annotations"][0].update(visible_fraction=0.123), "COCO annotation", "visible_fraction is 0.123"),
        (lambda c: c["annotations"][0].update(occluder_ids=[99]), "COCO annotation", "occluder_ids is [99]"),
        (lambda c: c["annotations"][0]["amodal_bbox"].__setitem__(0, 1.0), "COCO annotation", "amodal_bbox is"),
        (lambda c: c["annotations"][0]["lidar_points"].update(top=0), "COCO annotation", "lidar_points is"),
        (lambda c: c["annotations"][0]["cuboid"]["size_m"].reverse(), "COCO annotation", "cuboid.size_m is"),
        (lambda c: c.pop("images"), COCO, "is not a COCO file"),
    ],
)  # fmt: skip
def test_a_wrong_coco_entry_is_found_though_every_digest_is_right(
    tampered, change: Callable[[Any], Any], where: str, what: str
) -> None:
    tampered.edit_json(COCO, change)
    tampered.sign()
    expect(check(tampered.root), where, what)


def test_a_hidden_object_that_slips_into_coco_is_found(tampered) -> None:
    tampered.edit_json("dataset.json", lambda m: m["recipe"]["export"][0].update(minimum_visible_px=2000))
    expect(check(tampered.root), "frame 000000, front", "the recipe's rule leaves it out")


def test_a_scene_in_two_splits_is_found(tampered) -> None:
    """Frame 1 belongs to the first scene, which is in train."""
    path = tampered.root / "truth/scene_000000.jsonl"
    first, second = path.read_text().splitlines()
    path.write_text(first + "\n" + second.replace('"split":"train"', '"split":"test"') + "\n")
    tampered.sign()
    expect(check(tampered.root), "frame 000001", "is in test, but its scene's first frame is in train")


def test_a_wrong_factor_is_found(tampered) -> None:
    path = tampered.root / "factors.parquet"
    table = pq.read_table(path)
    values = table["sun.elevation_deg"].to_pylist()
    changed = pa.array([values[0] + 1.0, *values[1:]])
    pq.write_table(table.set_column(table.column_names.index("sun.elevation_deg"), "sun.elevation_deg", changed), path)
    tampered.sign()
    expect(check(tampered.root), "factors.parquet", "frame 0: sun.elevation_deg is 41.0, the truth says 40.0")


def test_a_missing_row_and_a_missing_factor_are_found(tampered) -> None:
    path = tampered.root / "factors.parquet"
    table = pq.read_table(path)
    pq.write_table(table.slice(0, 2), path)
    tampered.sign()
    expect(check(tampered.root), "factors.parquet", "has 2 rows for 3 frames")
    pq.write_table(table.drop_columns(["sky"]), path)
    tampered.sign()
    expect(check(tampered.root), "factors.parquet", "lacks the columns sky")


def test_a_model_without_its_credit_is_found(tampered) -> None:
    path = tampered.root / "CREDITS"
    path.write_text(path.read_text().replace("  cars/box\n", "  cars/other\n"))
    tampered.sign()
    report = check(tampered.root)
    expect(report, "CREDITS", "does not name 'cars/box', by A. Maker, CC-BY-4.0")
    expect(report, "CREDITS", "names 'cars/other', which is in no frame")


def test_a_model_under_another_licence_is_found(tampered) -> None:
    path = tampered.root / "CREDITS"
    path.write_text(path.read_text().replace("CC-BY-4.0", "CC0-1.0"))
    tampered.sign()
    expect(check(tampered.root), "CREDITS", "should be A. Maker, CC-BY-4.0, simgen")


def test_a_report_can_be_printed_as_json(tampered) -> None:
    (tampered.root / "CREDITS").unlink()
    plain = json.loads(json.dumps(spec.dump(check(tampered.root))))
    assert {"where": "CREDITS", "what": "cannot be read: No such file or directory"} in plain["faults"]
    assert plain["checked"]["frames"] == 3


@pytest.mark.parametrize("sensors", [{"lidar": False, "normals": True}, {"camera": False}])
def test_a_data_set_of_fewer_sensors_passes(tmp_path: Path, sensors: dict[str, bool]) -> None:
    make_dataset(tmp_path, **sensors)
    assert check(tmp_path).faults == ()


@pytest.mark.parametrize("garbage", [b"", b"\x00\xff\x00", b"[]", b"{}", b"null", b'{"images": [1]}'])
def test_whatever_a_file_holds_the_check_ends_with_a_list(tampered, garbage: bytes) -> None:
    for path in FILES:
        original = (tampered.root / path).read_bytes()
        (tampered.root / path).write_bytes(garbage)
        assert any(fault.where == path for fault in check(tampered.root).faults), path
        (tampered.root / path).write_bytes(original)


@pytest.mark.parametrize("key", ["files", "frames", "splits", "categories", "recipe", "place", "digest"])
@pytest.mark.parametrize("value", [None, [], {"a": []}, 7])
def test_a_manifest_of_any_shape_is_answered_with_a_list(tampered, key: str, value: Any) -> None:
    tampered.edit_json("dataset.json", lambda manifest: manifest.update({key: value}))
    assert check(tampered.root).faults
