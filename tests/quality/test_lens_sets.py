"""Claims about data sets seen through lenses: `check` accepts sound ones, and overlays bend with the lens."""

from dataclasses import replace
from pathlib import Path

import conftest
import numpy as np
import pytest

from simgen.geometry.boxes import Cuboid
from simgen.geometry.pose import Pose
from simgen.quality.check import check
from simgen.quality.overlay import draw_cuboid
from simgen.scene.lens import BrownConrady, KannalaBrandt, Pinhole

FISHEYE = KannalaBrandt(k1=0.030623, k2=0.026284, k3=-0.007834, k4=0.000771)
SKEWED = BrownConrady(k1=-0.18, k2=0.02, p1=0.01, p2=-0.008)


def make(monkeypatch: pytest.MonkeyPatch, root: Path, lens: object, focal: float) -> None:
    camera = replace(conftest.CAMERA, lens=lens, fx_px=focal, fy_px=focal)
    monkeypatch.setattr(conftest, "CAMERA", camera)
    conftest.make_dataset(root)


@pytest.mark.parametrize(("lens", "focal"), [(FISHEYE, 42.0), (SKEWED, 100.0)])
def test_a_sound_set_through_a_lens_has_no_fault(monkeypatch, tmp_path, lens, focal):
    make(monkeypatch, tmp_path, lens, focal)
    assert check(tmp_path).faults == ()


def test_a_set_whose_lens_is_not_the_one_it_was_seen_through_is_found_out(monkeypatch, tmp_path):
    make(monkeypatch, tmp_path, SKEWED, 100.0)
    tampered = conftest.Tampered(root=tmp_path)
    tampered.edit_truth(lambda record: record["views"][0]["camera"].__setitem__("lens", {"kind": "pinhole"}))
    tampered.sign()
    faults = [str(fault) for fault in check(tmp_path).faults]
    assert any("COCO image" in fault and "lens is" in fault for fault in faults)
    assert any("outside the cuboid by their depth" in fault for fault in faults)


def test_the_edges_of_a_cuboid_bend_with_the_lens():
    slab = Cuboid(world_from_box=Pose(translation_m=(0.0, -1.0, 1.0)), size_m=(3.0, 0.001, 0.001))
    pictures = []
    for lens in (Pinhole(), SKEWED, FISHEYE):
        picture = np.zeros((96, 160, 3), np.uint8)
        camera = replace(conftest.CAMERA, lens=lens, fx_px=42.0, fy_px=42.0)
        draw_cuboid(picture, slab, camera, Pose(), (255, 255, 255))
        rows, columns = np.nonzero(picture[..., 0] > 60)
        expected, _ = camera.project(np.stack([np.linspace(-1.5, 1.5, 200), np.full(200, -1.0), np.full(200, 1.0)], 1))
        near = np.hypot(columns[:, None] + 0.5 - expected[:, 0], rows[:, None] + 0.5 - expected[:, 1]).min(axis=1)
        assert len(rows) > 60 and near.max() < 1.7
        pictures.append(np.ptp(rows))
    assert pictures[0] < 4 < min(pictures[1:])


def test_a_cuboid_behind_a_fisheye_leaves_no_line_across_the_picture():
    behind = Cuboid(world_from_box=Pose(translation_m=(0.0, 0.0, -3.0)), size_m=(2.0, 2.0, 1.0))
    picture = np.zeros((96, 160, 3), np.uint8)
    draw_cuboid(picture, behind, replace(conftest.CAMERA, lens=FISHEYE, fx_px=42.0, fy_px=42.0), Pose(), (255,) * 3)
    assert not picture.any()
