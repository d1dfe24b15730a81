"""Claims about data sets with truths per pixel: they pass their check, tell what was altered, change nothing else."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import cv2
import numpy as np
import pytest

from simgen.errors import StoreError
from simgen.frame import OCCLUDED, SEEN
from simgen.generator import Generator
from simgen.options import Storage
from simgen.pipeline import generate
from simgen.quality.check import check
from simgen.quality.preview import contact_sheet
from simgen.run.store import open_dataset
from tests.conftest import files_in, tiny_table

KINDS = ("semantic", "panoptic", "object_coordinates", "albedo", "uv", "lens_mask", "linear")
EVERY = Storage(**dict.fromkeys((*KINDS, "flow"), True))


@pytest.fixture(scope="module")
def rich_recipe():
    return tiny_table(storage=EVERY)


@pytest.fixture(scope="module")
def rich_data(tmp_path_factory, rich_recipe):
    """The data set `table_data` with every truth there is."""
    return generate(rich_recipe, tmp_path_factory.mktemp("rich") / "data", workers=1)


@pytest.fixture
def copied(rich_data, tmp_path):
    shutil.copytree(rich_data.root, tmp_path / "copy")
    return tmp_path / "copy"


def faults_after(root, path, change):
    """What a check finds besides the digest when an image is altered."""
    image = cv2.imread(str(root / path), cv2.IMREAD_UNCHANGED)
    change(image)
    cv2.imwrite(str(root / path), image)
    faults = check(root).faults
    assert any(f.where == path for f in faults), "its digest should tell"
    return [f for f in faults if f.where != path]


def test_a_set_with_every_truth_passes_its_check(rich_data):
    report = check(rich_data.root)
    assert report.faults == ()
    # 4 pictures with 3 + 7 images each, a flow and its occlusion for every neighbour in the scene.
    assert len(list(rich_data.root.rglob("*.png"))) == 4 * 10 + 4 * 2


def test_truths_change_no_byte_of_anything_else(rich_data, table_data):
    rich, plain = files_in(rich_data.root), files_in(table_data.root)
    differing = {name for name in plain if rich[name] != plain[name]}
    assert {name.split("/")[0] for name in differing} == {"dataset.json", "truth"}
    further = {name.split("/")[0] for name in set(rich) - set(plain)}
    ways = ("flow_forward", "flow_backward", "occlusion_forward", "occlusion_backward")
    assert further == {*KINDS, *ways, "annotations"}


def test_a_frame_has_the_same_flow_alone_and_in_a_run(rich_recipe, rich_data):
    view = Generator(rich_recipe).frame(1).observations[0]
    record = list(rich_data.frames())[1].views[0]
    assert view.flow_forward is None and "flow_forward" not in record.truths
    assert np.array_equal(view.flow_backward.state, rich_data.truth(record, "occlusion_backward"))
    kept = rich_data.truth(record, "flow_backward")
    known = np.isfinite(kept).all(axis=-1)
    assert known.any() and np.abs(kept - view.flow_backward.uv_px)[known].max() <= 1 / 128 + 1e-4


def test_flow_leads_to_the_same_instance_in_the_next_frame(rich_data):
    first, second = list(rich_data.frames())[:2]
    moved, state = (rich_data.truth(first.views[0], f"{what}_forward") for what in ("flow", "occlusion"))
    here, there = rich_data.instance_id(first.views[0]), rich_data.instance_id(second.views[0])
    v, u = np.nonzero((state == SEEN) & np.isfinite(moved).all(axis=-1))
    column, row = np.floor(np.stack([u, v], axis=1) + 0.5 + moved[v, u]).astype(int).T
    fits = (column >= 0) & (row >= 0) & (column < there.shape[1]) & (row < there.shape[0])
    same = here[v, u][fits] == there[row[fits], column[fits]]
    assert len(same) > 500 and same.mean() > 0.95
    assert set(np.unique(state)) <= {0, 1, OCCLUDED, 3}


def test_panoptic_files_follow_cocos_rules(rich_data):
    seen = 0
    for split in ("train", "val", "test"):
        data = json.loads((rich_data.root / f"annotations/panoptic_{split}.json").read_text())
        things = {c["id"]: c["isthing"] for c in data["categories"]}
        assert [i["id"] for i in data["images"]] == [a["image_id"] for a in data["annotations"]]
        for annotation in data["annotations"]:
            rgb = cv2.imread(str(rich_data.root / "panoptic" / split / annotation["file_name"]))[..., ::-1].astype(int)
            ids = rgb[..., 0] + 256 * rgb[..., 1] + 256**2 * rgb[..., 2]
            listed = {s["id"]: s for s in annotation["segments_info"]}
            assert len(listed) == len(annotation["segments_info"])
            assert set(np.unique(ids)) - {0} == set(listed)
            stuff = [s["category_id"] for s in listed.values() if not things[s["category_id"]]]
            assert len(set(stuff)) == len(stuff)
            for k, segment in listed.items():
                v, u = np.nonzero(ids == k)
                x, y, width, height = segment["bbox"]
                assert segment["area"] == len(v) and segment["iscrowd"] == 0
                assert (x, y, x + width, y + height) == (u.min(), v.min(), u.max() + 1, v.max() + 1)
                seen += 1
        boxes = json.loads((rich_data.root / f"annotations/instances_{split}.json").read_text())
        assert {i["id"]: i["file_name"] for i in data["images"]} == {i["id"]: i["file_name"] for i in boxes["images"]}
    assert seen > 10


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        ("semantic", "are not their instance's category"),
        ("panoptic", "are not their instance's segment"),
        ("object_coordinates", "have object coordinates that are not where the depth is"),
        ("uv", "are marked as surface where there is none"),
        ("flow_forward", "are not valid, yet not 0"),
        ("occlusion_forward", "are not a known state"),
    ],
)
def test_an_altered_truth_is_found_out(copied, kind, what):
    record = next(open_dataset(copied).frames())
    view = record.views[0]
    ids = open_dataset(copied).instance_id(view)
    table = next(o.instance_id for o in record.objects if o.category == "table")

    def change(image):
        if kind in ("uv", "flow_forward"):
            image[..., 0] = 0
        elif kind == "occlusion_forward":
            image[5:10] = 9
        elif kind == "object_coordinates":
            image[ids == table] += 300
        else:
            image[5:10] += 1

    found = faults_after(copied, view.truths[kind].path, change)
    assert any(what in f.what for f in found), found


def test_a_wrong_list_of_segments_is_found_out(copied):
    path = copied / "truth/scene_000000.jsonl"
    lines = path.read_text().splitlines()
    record = json.loads(lines[0])
    record["views"][0]["segments"][0]["area_px"] += 1
    path.write_text("\n".join([json.dumps(record), *lines[1:]]) + "\n")
    assert any("area_px is" in f.what and "segment" in f.where for f in check(copied).faults)


def test_a_truth_that_was_not_kept_is_refused(table_data):
    record = next(table_data.frames())
    with pytest.raises(StoreError) as caught:
        table_data.truth(record.views[0], "albedo")
    assert str(caught.value) == (
        "images/train/000000_camera.png: has no 'albedo'; it has: none. Switch on more in the recipe's 'storage'"
    )


def test_the_contact_sheet_shows_every_truth(rich_data, table_data):
    rich, plain = (contact_sheet(d.root, indices=[0], width_px=1200) for d in (rich_data, table_data))
    assert rich.shape[1] == plain.shape[1] and rich.shape[0] >= plain.shape[0] + 150


def test_albedo_is_the_same_under_another_light(rich_recipe):
    first = Generator(rich_recipe).frame(0)
    lamps = tuple(replace(r, name="lamps") if r.kind == "room_lights" else r for r in rich_recipe.randomizers)
    other = Generator(replace(rich_recipe, randomizers=lamps)).frame(0)
    here, there = first.observations[0], other.observations[0]
    assert np.array_equal(here.instance_id, there.instance_id)
    assert np.array_equal(here.albedo, there.albedo)
    assert not np.array_equal(here.rgb, there.rgb)
