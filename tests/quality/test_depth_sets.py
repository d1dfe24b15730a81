"""Claims about data sets with depth cameras: they pass their check, tell what was altered, are shown in a sheet."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace

import cv2
import numpy as np
import pytest

from simgen.distributions import Constant
from simgen.errors import RecipeError, StoreError
from simgen.generator import Generator
from simgen.options import Storage
from simgen.pipeline import generate
from simgen.quality.check import check
from simgen.quality.preview import contact_sheet
from simgen.quality.truth_pictures import reason_picture
from simgen.rig import DepthCameraMount, RadarMount
from simgen.run.store import open_dataset
from tests.conftest import files_in, tiny_table

SENSORS = (
    DepthCameraMount(name="camera", model="realsense_d435", width_px=160),
    DepthCameraMount(name="flight", model="azure_kinect_nfov", width_px=96),
)
RECIPE = tiny_table(sensors=SENSORS, frames=2, storage=Storage(depth_reasons=True, infrared=True))


@pytest.fixture(scope="module")
def depth_data(tmp_path_factory):
    return generate(RECIPE, tmp_path_factory.mktemp("depth") / "data", workers=1)


@pytest.fixture
def copied(depth_data, tmp_path):
    shutil.copytree(depth_data.root, tmp_path / "copy")
    return tmp_path / "copy"


def test_a_set_of_depth_cameras_alone_passes_its_check(depth_data):
    report = check(depth_data.root)
    assert report.faults == () and report.checked["depth images"] == 4


def test_what_is_read_back_is_what_was_sensed(depth_data):
    seen = Generator(RECIPE).frame(1).observations[0]
    record = list(depth_data.frames())[1].depths[0]
    assert record.sensor == seen.sensor and record.world_from_camera == seen.world_from_camera
    assert np.array_equal(depth_data.sensed_m(record), seen.sensed_m)
    reach = 65535 * record.sensor.camera.depth_unit_m
    near = seen.z_m < reach
    assert np.allclose(depth_data.clean_m(record)[near], seen.z_m[near], atol=0.51 * record.sensor.camera.depth_unit_m)
    assert np.array_equal(depth_data.depth_truth(record, "depth_reason"), seen.reason)
    assert np.array_equal(depth_data.depth_truth(record, "infrared"), seen.infrared)
    disparity = record.sensor.disparity_m_px / np.where(seen.z_m > 0, seen.z_m, np.inf)
    assert np.abs(depth_data.depth_truth(record, "disparity") - disparity).max() < 1 / 256


def test_the_set_is_the_same_each_time(depth_data, tmp_path):
    again = generate(RECIPE, tmp_path / "again", workers=1)
    assert files_in(again.root) == files_in(depth_data.root)


@pytest.mark.parametrize(
    ("folder", "change", "fault"),
    [
        ("depth_sensed", lambda d: np.where(d > 0, d + 400, 0), "said to be sound are off by more than the device's"),
        ("depth_sensed", lambda d: np.zeros_like(d), "have a depth and a reason to have none, or neither"),
        ("depth_reason", lambda d: np.full_like(d, 15), "have an unknown reason"),
        ("disparity", lambda d: d + 9, "have a disparity that is not that of their depth"),
        ("depth_clean", lambda d: d[:-1], r"depth_clean is \(90, 160\) uint16, should be \(91, 160\)"),
        ("instance", lambda d: np.where(d > 0, 60000, d).astype(d.dtype), "shows instances that the frame does not"),
    ],
)
def test_an_altered_image_is_told(copied, folder, change, fault):
    path = next(p for p in sorted((copied / folder).rglob("*_camera.png")))
    image = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    cv2.imwrite(str(path), np.ascontiguousarray(change(image)).astype(image.dtype))
    assert any(re.search(fault, f.what) for f in check(copied).faults)


def test_a_sheet_shows_each_depth_camera(depth_data):
    sheet = contact_sheet(depth_data.root, frames=1, width_px=900)
    assert sheet.shape[1] == 900 and sheet.shape[0] > 400


def test_a_set_with_radars_passes_its_check_and_tells_what_was_altered(tmp_path):
    radars = (RadarMount(name="near", position_m=(-2.0, 0.0, 0.3)), SENSORS[1])
    recipe = replace(RECIPE, frames=1, sensors=(replace(radars[1], name="camera"), radars[0]))
    data = generate(recipe, tmp_path / "radar", workers=1)
    assert check(data.root).faults == ()
    record = next(data.frames()).radars[0]
    found = data.detections(record)
    assert len(found) == record.detections > 0 and contact_sheet(data.root, 1, width_px=900).shape[1] == 900
    found["range_m"] += 7.0
    np.save(data.root / record.table.path, found)
    assert any("are not where their range and azimuth say" in f.what for f in check(data.root).faults)


def test_sound_depths_are_dark_in_a_picture_of_reasons_and_others_are_not():
    picture = reason_picture(np.array([[0, 3, 17]], np.uint8)).astype(int)
    assert picture[0, 0].max() < 60 < picture[0, 1].max() and picture[0, 2].max() > 60


def test_what_was_not_kept_is_named(tmp_path):
    root = generate(replace(RECIPE, frames=1, storage=Storage()), tmp_path / "plain", workers=1).root
    data = open_dataset(root)
    record = next(data.frames()).depths[0]
    with pytest.raises(StoreError, match="has no 'infrared'; it has: disparity"):
        data.depth_truth(record, "infrared")


def test_a_view_orbits_a_depth_camera_but_leaves_its_field_of_view(depth_data):
    orbit = next(r for r in RECIPE.randomizers if r.kind == "orbit_camera")
    others = tuple(r for r in RECIPE.randomizers if r is not orbit)
    recipe = replace(RECIPE, randomizers=(*others, replace(orbit, horizontal_fov_deg=Constant(value=50.0))))
    with pytest.raises(RecipeError, match="'camera' is a depth camera, whose model tells its field of view"):
        Generator(recipe).frame(0)
