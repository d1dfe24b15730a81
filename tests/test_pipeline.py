"""Claims about the one loop: determinism, resuming, labels that somebody else's reader loads."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from simgen.distributions import Uniform
from simgen.errors import PlacementError, RecipeError, StoreError
from simgen.generator import Generator
from simgen.pipeline import generate
from simgen.quality.check import check
from simgen.randomize.orbit_camera import OrbitCamera
from simgen.randomize.vehicles import Traffic
from simgen.run import store
from tests.conftest import files_in, tiny_table


def test_two_workers_write_the_same_bytes_as_one(table_recipe, table_data, tmp_path):
    generate(table_recipe, tmp_path / "two", workers=2)
    assert files_in(tmp_path / "two") == files_in(table_data.root)


def test_a_frame_is_the_same_alone_and_in_a_run(table_recipe, table_data):
    alone = Generator(table_recipe).frame(3)
    kept = list(table_data.frames())[3]
    view = alone.observations[0]
    assert np.array_equal(view.rgb, table_data.image(kept.views[0]))
    assert np.array_equal(view.instance_id, table_data.instance_id(kept.views[0]))
    cloud = table_data.cloud(kept.scans[0])
    assert np.array_equal(alone.observations[1].xyz_m, np.stack([cloud["x"], cloud["y"], cloud["z"]], axis=1))
    assert [a.instance_id for a in alone.annotations] == [a.instance_id for a in kept.annotations]
    assert {k: tuple(v) if isinstance(v, list) else v for k, v in alone.factors.items()} == kept.factors


def test_another_seed_makes_other_data(table_recipe):
    first, other = Generator(table_recipe).frame(0), Generator(replace(table_recipe, seed=1)).frame(0)
    assert not np.array_equal(first.observations[0].rgb, other.observations[0].rgb)


def test_adding_a_randomizer_leaves_the_other_factors_as_they_were(table_recipe):
    turned = OrbitCamera(name="second_look", elevation_deg=Uniform(low=50.0, high=60.0))
    more = replace(table_recipe, randomizers=(*table_recipe.randomizers, turned))
    before, after = Generator(table_recipe).frame(1).factors, Generator(more).frame(1).factors
    assert set(before) < set(after)
    assert {name: after[name] for name in before} == before


def test_an_interrupted_run_goes_on_to_the_same_bytes(table_recipe, table_data, tmp_path):
    root = tmp_path / "resumed"
    shutil.copytree(table_data.root, root)
    for path in (store.MANIFEST, store.scene_path(1), "factors.parquet"):
        (root / path).unlink()
    for part in ("images", "depth", "instance"):
        for name in (root / part).rglob("000003*"):
            name.write_bytes(b"half a file")
    manifest = json.loads((table_data.root / store.MANIFEST).read_text())
    made_later = {"frames", "scenes", "splits", "categories", "files", "digest"}
    plan = {key: value for key, value in manifest.items() if key not in made_later}
    store.write_json(root, store.UNFINISHED, plan)
    with pytest.raises(StoreError, match="its generation was not finished; run the same generate command again"):
        store.open_dataset(root)
    generate(table_recipe, root, workers=1)
    assert files_in(root) == files_in(table_data.root)


def test_a_finished_data_set_is_not_made_again(table_recipe, table_data):
    before = {p: p.stat().st_mtime_ns for p in table_data.root.rglob("*")}
    generate(table_recipe, table_data.root, workers=1)
    assert {p: p.stat().st_mtime_ns for p in table_data.root.rglob("*")} == before


def test_another_data_set_is_not_overwritten_unasked(table_recipe, table_data):
    with pytest.raises(StoreError, match=r"holds another data set .'quickstart', seed 0.*delete it first with --over"):
        generate(replace(table_recipe, seed=5), table_data.root, workers=1)


def test_a_folder_with_other_things_in_it_is_left_alone(table_recipe, tmp_path):
    (tmp_path / "mine.txt").write_text("keep me")
    with pytest.raises(StoreError, match="is not an empty folder"):
        generate(table_recipe, tmp_path, workers=1)
    assert (tmp_path / "mine.txt").read_text() == "keep me"


def test_an_impossible_placement_says_so_and_leaves_nothing_that_looks_whole(tmp_path):
    recipe = tiny_table(randomizers=(Traffic(),), max_tries=2, frames=1)
    with pytest.raises(PlacementError) as caught:
        generate(recipe, tmp_path / "crowd", workers=1)
    assert str(caught.value) == (
        "scene 0: could not be drawn in 2 tries; the last one said: 'traffic' needs lanes to drive on, and this place "
        "has none; take it out of the recipe"
    )
    assert not (tmp_path / "crowd" / store.MANIFEST).exists()
    with pytest.raises(StoreError, match="was not finished"):
        store.open_dataset(tmp_path / "crowd")


def test_a_missing_place_is_told_before_anything_is_written(tmp_path):
    with pytest.raises(RecipeError, match="no place 'table_rom': did you mean 'table_room'"):
        generate(tiny_table(place="table_rom"), tmp_path / "nowhere", workers=1)
    assert not (tmp_path / "nowhere").exists()


def test_the_whole_data_set_passes_its_check(table_data):
    report = check(table_data.root)
    assert report.faults == ()
    assert report.checked["frames"] == 4


def test_splits_are_by_scene(table_data):
    split_of_scene = {}
    for frame in table_data.frames():
        assert split_of_scene.setdefault(frame.scene_index, frame.split) == frame.split


def test_pandas_opens_the_factors_and_every_frame_has_a_row(table_data):
    table = pd.read_parquet(table_data.root / "factors.parquet")
    assert table["frame"].tolist() == [0, 1, 2, 3]
    assert len(table["drop.model"][0]) == table["drop.count"][0] > 0
    assert table["orbit_camera.azimuth_deg"].nunique() == 4


def coco_files(data):
    return sorted((data.root / "annotations").glob("*.json"))


def test_the_truth_fed_back_as_detections_scores_one(table_data, capsys):
    scored = 0
    for path in coco_files(table_data):
        truth = COCO(str(path))
        if not truth.anns:
            continue
        found = truth.loadRes([{**a, "score": 1.0} for a in truth.anns.values()])
        for kind in ("bbox", "segm"):
            judge = COCOeval(truth, found, kind)
            judge.evaluate()
            judge.accumulate()
            judge.summarize()
            assert judge.stats[0] == 1.0
            scored += 1
    assert scored >= 2


def test_each_exported_mask_is_exactly_the_pixels_of_its_instance(table_data):
    compared = 0
    for path in coco_files(table_data):
        truth = COCO(str(path))
        for annotation in truth.anns.values():
            image = truth.imgs[annotation["image_id"]]
            record = next(f for f in table_data.frames() if f.index == image["frame"])
            ids = table_data.instance_id(record.views[0])
            assert np.array_equal(truth.annToMask(annotation), ids == annotation["instance_id"])
            amodal = coco_mask.decode(annotation["amodal_segmentation"]).astype(bool)
            assert amodal[ids == annotation["instance_id"]].all()
            compared += 1
    assert compared > 5


def test_no_licence_or_address_is_stamped_on_the_data(table_data):
    for path in coco_files(table_data):
        data = json.loads(path.read_text())
        assert "licenses" not in data
        assert set(data["info"]) == {"description", "version"}
    text = (table_data.root / store.MANIFEST).read_text()
    assert str(table_data.root) not in text
    assert "date" not in json.loads(text)


def test_credits_name_every_model_shown(table_data):
    text = (table_data.root / "CREDITS").read_text()
    for frame in table_data.frames():
        for name in frame.assets:
            assert f"  {name}\n" in text


def test_lidar_and_depth_camera_agree_where_they_see_the_same_point(table_recipe):
    frame = Generator(table_recipe).frame(0)
    view, sweep = frame.observations
    world = sweep.world_from_lidar.apply(sweep.xyz_m)
    uv, z = view.camera.project(view.world_from_camera.inverse.apply(world))
    inside = (z > 0) & (uv >= 0).all(axis=1) & (uv[:, 0] < 96) & (uv[:, 1] < 72)
    column, row = uv[inside].astype(int).T
    same = view.instance_id[row, column] == sweep.instance_id[inside]
    assert same.sum() > 50
    error = np.abs(view.z_m[row, column] - z[inside])[same]
    assert np.median(error) < 0.05
