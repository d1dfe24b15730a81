"""Claims about sequences through the whole pipeline, by LiDAR alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simgen.distributions import Constant
from simgen.errors import RecipeError
from simgen.generator import Generator
from simgen.options import Sequence
from simgen.pipeline import generate
from simgen.quality.check import check
from simgen.randomize.ego import Ego
from simgen.randomize.people import Pedestrians
from simgen.randomize.vehicles import Traffic
from simgen.recipe import Recipe, load_recipe
from simgen.rig import LidarMount

FIVE = Constant(value=5)


@pytest.fixture(scope="module")
def recipe() -> Recipe:
    """A street with a few cars and people, 6 frames of 2 scenes, 5 a second."""
    return Recipe(
        name="short", place="test_street", frames=6, frames_per_scene=3, sequence=Sequence(rate_hz=5.0),
        sensors=(LidarMount(name="top", model="VLP-16", position_m=(0.0, 0.0, 1.7)),),
        randomizers=(Traffic(road="street", count=FIVE), Pedestrians(road="street", count=FIVE), Ego(every="scene")),
    )  # fmt: skip


@pytest.fixture(scope="module")
def data(recipe, tmp_path_factory):
    return generate(recipe, tmp_path_factory.mktemp("sequence") / "data", workers=1)


def test_the_check_finds_nothing_wrong(data):
    assert check(data.root).faults == ()


def test_a_frame_of_a_sequence_is_the_same_alone(recipe, data):
    alone, kept = Generator(recipe).frame(4), list(data.frames())[4]
    cloud = data.cloud(kept.scans[0])
    assert np.array_equal(alone.observations[0].xyz_m, np.stack([cloud["x"], cloud["y"], cloud["z"]], axis=1))
    assert alone.time_s == kept.time_s == pytest.approx(0.2)


def test_ids_stay_and_velocities_lead_from_pose_to_pose(data):
    one, two, three = list(data.frames())[:3]
    moved = 0
    for a, b, c in zip(one.objects, two.objects, three.objects, strict=True):
        assert (a.instance_id, a.name, a.category) == (c.instance_id, c.name, c.category)
        if a.category == "car" and any(b.velocity_mps):
            slope = np.subtract(c.center_m, a.center_m) / 0.4
            # A driver's acceleration changes by what 0.2 s bring.
            assert np.allclose(slope, b.velocity_mps, atol=0.35)
            moved += 1
    assert moved >= 2


def test_another_frame_rate_and_a_longer_look_show_the_same_world(recipe):
    fine = replace(recipe, frames=20, frames_per_scene=9, sequence=Sequence(rate_hz=10.0))
    coarse_end, fine_end = Generator(recipe).frame(2), Generator(fine).frame(4)
    places = [[o.center_m for o in f.objects] for f in (coarse_end, fine_end)]
    assert np.allclose(places[0], places[1], atol=1e-9)


def test_an_ego_that_jumps_from_frame_to_frame_is_refused(recipe):
    with pytest.raises(ValueError, match="'ego' needs every: scene in a sequence"):
        replace(recipe, randomizers=(Ego(),))


def test_redraw_must_name_a_randomizer_of_every_frame(recipe):
    with pytest.raises(ValueError, match=r"sequence\.redraw names sky"):
        replace(recipe, sequence=Sequence(redraw=("sky",)))


def test_the_shipped_drive_loads():
    assert load_recipe("drive").sequence == Sequence(rate_hz=10.0)
    with pytest.raises(RecipeError, match="rate_hz must lie in"):
        load_recipe("drive", sequence={"rate_hz": 0})
