"""Claims about data sets of LiDARs that do not simply spin: they check out, are drawn, and go on frame by frame."""

import numpy as np
import pytest

from simgen.pipeline import generate
from simgen.quality.check import check
from simgen.quality.preview import contact_sheet
from simgen.recipe import Recipe
from simgen.rig import LidarMount


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    mounts = (
        LidarMount(name="rosette", model="Livox-Avia", rate_hz=100.0, position_m=(0.0, 0.0, 2.0)),
        LidarMount(name="raster", model="solid-state-120x26", rate_hz=30.0, position_m=(0.0, 0.0, 2.0)),
        LidarMount(name="off_axis", model="OS1-64", columns=512, position_m=(0.0, 0.0, 2.0)),
    )
    recipe = Recipe(name="patterns", place="table_room", frames=2, frames_per_scene=2, sensors=mounts, export=())
    return generate(recipe, tmp_path_factory.mktemp("patterns") / "data", workers=1)


def test_points_of_every_pattern_lie_on_their_beams(data):
    report = check(data.root)
    assert list(report.faults) == []
    assert report.checked["points"] > 50_000


def test_a_rosette_looks_elsewhere_in_the_next_frame_and_a_raster_does_not(data):
    first, second = (record.scans for record in data.frames())
    assert [scan.lidar.start_s for scan in second] == pytest.approx([0.01, 0.0, 0.0])
    apart = [np.abs(b.lidar.directions() - a.lidar.directions()).max() for a, b in zip(first, second, strict=True)]
    assert apart[0] > 0.1 and apart[1] == apart[2] == 0.0


def test_a_rosettes_sweep_is_drawn_where_it_points(data):
    sheet = contact_sheet(data.root, frames=1)
    assert sheet.ndim == 3 and sheet.std() > 5.0
