"""Claims about targets, coverage and twins in the pipeline."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from simgen.again import complete, twin
from simgen.design.coverage import Coverage
from simgen.design.targets import Share, Target, Targets, distance
from simgen.distributions import Constant, Uniform
from simgen.errors import RecipeError
from simgen.generator import Generator
from simgen.pipeline import generate
from simgen.quality.outcomes import outcomes
from simgen.randomize.arrange import Arrange
from simgen.randomize.orbit_camera import OrbitCamera
from simgen.recipe import load_recipe
from tests.conftest import files_in, tiny_table

THINGS = ("mug", "can", "box")
IN_PICTURE = {"visible_fraction": (0.1, 1.0)}
NEAR = Target(
    name="near",
    categories=THINGS,
    measure="distance_m",
    distribution=Uniform(low=0.7, high=1.3),
    where=IN_PICTURE,
)
CUT = Target(
    name="cut",
    categories=THINGS,
    measure="truncated_fraction",
    shares=(Share(low=0.0, high=0.01, share=0.7), Share(low=0.01, share=0.3)),
    where=IN_PICTURE,
)


def steered(**changes):
    """Return a table of upright things, seen from anywhere, with two targets."""
    look = OrbitCamera(distance_m=Uniform(low=0.6, high=1.4), target_m=Uniform(low=-0.4, high=0.4))
    things = Arrange(categories=dict.fromkeys(THINGS, 1.0), count=Constant(value=6))
    targets = Targets(wanted=(NEAR, CUT), tries=5, pilot=60)
    whole = tiny_table(randomizers=(things, look), frames=60, frames_per_scene=15, targets=targets)
    return replace(whole, **{"sensors": whole.sensors[:1], **changes})


@pytest.fixture(scope="module")
def run():
    """A generator of `steered`, and the factors of all its frames."""
    generator = Generator(steered())
    return generator, [{**f, **a} for k in range(generator.recipe.scenes) for f, a in generator.outcomes(k)]


def test_sixty_frames_follow_two_targets_at_once(run):
    _, frames = run
    for target in (NEAR, CUT):
        values = [v for frame in frames for v in frame[f"targets.{target.name}.achieved"]]
        assert len(values) > 150
        # Some 300 values that come six to a frame stray by up to 0.07 or so.
        assert distance(target, values) < 0.08


def test_a_steered_frame_is_the_same_alone_with_a_plan_of_its_own(run):
    generator, frames = run
    alone = Generator(steered()).frame(20)
    assert alone.factors["targets.attempt"] == frames[20]["targets.attempt"]
    assert alone.factors["targets.near.achieved"] == pytest.approx(frames[20]["targets.near.achieved"])
    assert alone.factors["targets.weight"] == pytest.approx(frames[20]["targets.weight"])
    assert len({frame["targets.attempt"] for frame in frames}) > 1
    assert generator.plan.candidates <= 300


def test_labels_alone_measure_what_the_picture_does(run):
    generator, frames = run
    seen = generator.frame(3).factors
    assert seen["targets.cut.achieved"] == frames[3]["targets.cut.achieved"]


def test_targets_without_views_drawn_for_each_frame_are_refused():
    with pytest.raises(ValueError, match="set every: frame of a randomizer"):
        steered(randomizers=(Arrange(),))


COVERED = Coverage(
    factors={
        "place.table_shape": {"square": Constant(value="rectangle"), "round": Constant(value="round")},
        "arrange.count": {"few": Constant(value=2), "more": Constant(value=4)},
        "render.white_balance": {"as_lit": Constant(value=0.0), "white": Constant(value=1.0)},
    }
)


def test_a_design_sets_factors_and_what_is_missing_can_be_made(tmp_path):
    recipe = steered(targets=None, coverage=COVERED, frames=2, frames_per_scene=1)
    data = generate(recipe, tmp_path / "part", workers=1)
    for frame in data.frames():
        assert frame.factors["arrange.count"] == {"few": 2, "more": 4}[frame.factors["coverage.arrange.count"]]
    before = outcomes(data).coverage
    assert (before.valid, before.covered) == (12, 6)
    rest = complete(data, tmp_path / "rest", workers=1)
    assert rest.manifest["frames"] == before.rows_needed
    rows = [tuple(f.factors[f"coverage.{k}"] for k in COVERED.factors) for d in (data, rest) for f in d.frames()]
    assert len({((a, b), (r[a], r[b])) for r in rows for a, b in ((0, 1), (0, 2), (1, 2))}) == 12


def test_a_path_that_leads_nowhere_is_told():
    bad = Coverage(factors={"arange.count": {"few": Constant(value=2)}}, strength=1)
    with pytest.raises(RecipeError, match=r"coverage: arange\.count: no 'arange'; known: arrange, orbit_camera, place"):
        Generator(steered(targets=None, coverage=bad)).draw_scene(0)


def test_a_twin_differs_in_its_picture_and_in_nothing_else(table_data, tmp_path):
    made = twin(table_data, {"render.white_balance": 0.0}, tmp_path / "twin", frames=2, workers=1)
    pairs = json.loads((made.root / "twins.json").read_text())["frames"]
    assert [p["frame"] for p in pairs] == [0, 1]
    for pair in pairs:
        assert not pair.pop("same_image")
        assert pair.pop("changed_factors") == []
        pair.pop("frame")
        assert all(pair.values())
    before, after = files_in(table_data.root), files_in(made.root)
    kept = [path for path in after if path.startswith(("depth/", "instance/", "lidar/", "clouds/"))]
    assert kept
    assert all(before[path] == after[path] for path in kept)
    assert made.manifest["recipe"]["twin_of"]["changed"] == {"render.white_balance": "0.0"}


def test_a_twin_without_an_object_keeps_all_others(table_data, tmp_path):
    frame = next(iter(table_data.frames()))
    name = next(o.name for o in frame.objects if o.name.startswith("drop"))
    made = twin(table_data, {}, tmp_path / "without", without=(name,), frames=2, workers=1)
    after = next(iter(made.frames()))
    key = {o.name: (o.center_m, o.rotation_wxyz, o.instance_id) for o in frame.objects}
    key.pop(name)
    assert {o.name: (o.center_m, o.rotation_wxyz, o.instance_id) for o in after.objects} == key


@pytest.mark.parametrize("name", ["targets_table", "targets_pedestrians", "targets_hidden_cars"])
def test_shipped_targets_load(name):
    assert load_recipe(name).targets is not None
