"""Recipes that cannot be met say why, and the nearest setting they name can be."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from simgen.design.coverage import Coverage
from simgen.design.targets import Share, Target, Targets
from simgen.distributions import Constant, Uniform
from simgen.errors import PlacementError, RecipeError
from simgen.generator import Generator
from simgen.pipeline import steering_record
from simgen.quality.outcomes import outcomes_of
from simgen.randomize.arrange import Arrange
from simgen.randomize.ego import Ego
from simgen.randomize.orbit_camera import OrbitCamera
from simgen.randomize.vehicles import Traffic
from simgen.recipe import Recipe
from simgen.rig import CameraMount

STREET = Recipe(
    name="tight", place="test_street", frames=2, frames_per_scene=2, max_tries=1,
    sensors=(CameraMount(name="camera", width_px=96, height_px=72, horizontal_fov_deg=60.0),),
)  # fmt: skip
TABLE = replace(STREET, place="table_room")
MUGS = Arrange(categories={"mug": 1.0}, count=Constant(value=4))


def refusal(recipe: Recipe) -> str:
    """Return why a recipe's first scene cannot be drawn."""
    with pytest.raises(PlacementError) as caught:
        list(Generator(recipe).scene_instants(0))
    return str(caught.value)


def nearest(message: str) -> float:
    found = re.search(r"The nearest that fits is (?:a count of |below |distance_m )([0-9.]+\d)", message)
    assert found, message
    return float(found[1])


def test_too_many_for_a_street_name_the_count_that_fits():
    crowd = Traffic(categories={"bus": 1.0}, count=Constant(value=60), max_tries=6)
    message = refusal(replace(STREET, randomizers=(crowd, Ego())))
    assert "scene 0: could not be drawn in 1 tries" in message
    assert re.search(r"\d+ of 60 found room in 6 tries each \(\d+ overlaps", message)
    fits = replace(crowd, count=Constant(value=int(nearest(message))), max_tries=200)
    Generator(replace(STREET, randomizers=(fits,), max_tries=10)).draw_scene(0)


def test_a_longer_view_than_the_street_names_the_longest():
    message = refusal(replace(STREET, randomizers=(Ego(view_ahead_m=2000.0),)))
    assert "none is long enough for view_ahead_m 2000" in message
    list(Generator(replace(STREET, randomizers=(Ego(view_ahead_m=nearest(message) - 2.0),))).scene_instants(0))


def test_more_than_a_table_holds_names_the_count_that_fits():
    crowd = replace(MUGS, count=Constant(value=400), max_tries=4)
    message = refusal(replace(TABLE, randomizers=(crowd, OrbitCamera())))
    assert "could not place 400 of 400 objects: 4 tries each" in message
    fits = replace(crowd, count=Constant(value=int(nearest(message))), max_tries=200)
    Generator(replace(TABLE, randomizers=(fits, OrbitCamera()), max_tries=10)).draw_scene(0)


def test_a_camera_farther_off_than_the_room_is_wide_names_the_farthest_that_fits():
    far = OrbitCamera(distance_m=Constant(value=30.0), max_tries=40)
    message = refusal(replace(TABLE, randomizers=(MUGS, far)))
    assert "40 outside the room" in message
    fits = replace(far, distance_m=Constant(value=nearest(message)))
    list(Generator(replace(TABLE, randomizers=(MUGS, fits))).scene_instants(0))


def test_outcomes_that_no_view_shows_are_named_with_the_nearest():
    near = Target(name="near", categories=("mug",), measure="distance_m", shares=(
        Share(low=0.0, high=2.0, share=0.5), Share(low=5.0, high=9.0, share=0.5)))  # fmt: skip
    look = OrbitCamera(distance_m=Uniform(low=0.6, high=1.2))
    recipe = replace(
        TABLE, randomizers=(MUGS, look), frames=10, frames_per_scene=5,
        targets=Targets(wanted=(near,), tries=2, pilot=10, reduce=4),
    )  # fmt: skip
    generator = Generator(recipe)
    frames = [(k, {**f, **a}) for k in range(recipe.scenes) for f, a in generator.outcomes(k)]
    (met,) = outcomes_of(recipe, frames, steering_record(generator.plan)).targets
    assert met.distance == pytest.approx(0.5, abs=0.01)
    line = next(line for line in met.infeasible if "5 to 9" in line)
    assert "a share of 0.500 cannot be met by choosing among 20 candidates (none of them shows it)" in line
    assert "the nearest is 0.000" in line


def test_a_design_that_forbids_everything_is_refused():
    factors = {"ego.view_ahead_m": {"near": Constant(value=10.0), "far": Constant(value=50.0)}}
    with pytest.raises((RecipeError, ValueError), match="rules out every"):
        Coverage(factors=factors, strength=1, forbidden=({"ego.view_ahead_m": ("near", "far")},))
