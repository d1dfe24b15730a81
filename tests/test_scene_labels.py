"""Labels without pictures are those that pictures come with."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simgen.distributions import Constant
from simgen.generator import Generator
from simgen.options import Labels
from simgen.randomize.ego import Ego
from simgen.randomize.people import Pedestrians
from simgen.randomize.vehicles import Traffic
from simgen.recipe import load_recipe
from simgen.rig import CameraMount
from simgen.scene.optics import Shutter
from tests.conftest import QUICK, tiny_table


def assert_same_labels(recipe) -> int:
    """Hold the labels of all scenes against those of their pictures; return how many annotations have keypoints."""
    pointed = 0
    for scene_index in range(recipe.scenes):
        pictured = Generator(recipe).scene_frames(scene_index)
        for seen, labelled in zip(pictured, Generator(recipe).scene_labels(scene_index), strict=True):
            assert seen.annotations
            # Boxes, masks, fractions, occluders, keypoints; repr, as run-length codes are not compared by value.
            assert list(map(repr, labelled.annotations)) == list(map(repr, seen.annotations))
            assert list(map(repr, labelled.objects)) == list(map(repr, seen.objects))
            assert labelled.factors == seen.factors
            assert (labelled.index, labelled.split, labelled.time_s) == (seen.index, seen.split, seen.time_s)
            pointed += sum(bool(a.keypoints) for a in seen.annotations)
    return pointed


@pytest.mark.parametrize("glass", ["first_surface", "seen_through"])
def test_labels_of_a_table_are_those_of_its_pictures(glass):
    recipe = tiny_table()
    assert_same_labels(replace(recipe, labels=Labels(glass=glass), sensors=recipe.sensors[:1]))


def test_labels_of_a_moving_street_through_a_rolling_shutter_are_those_of_its_pictures():
    camera = CameraMount(
        name="front", width_px=160, height_px=64, horizontal_fov_deg=80.0, position_m=(0.27, 0.0, 1.65),
        shutter=Shutter(readout_s=0.03),
    )  # fmt: skip
    fill = (Traffic(road="street", count=Constant(value=6)), Pedestrians(count=Constant(value=12)), Ego(road="street"))
    recipe = replace(
        load_recipe("street"), assets=("families",), sensors=(camera,), randomizers=fill, frames=3, frames_per_scene=3,
        render=QUICK,
    )  # fmt: skip
    assert assert_same_labels(recipe) > 5
