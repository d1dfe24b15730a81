"""Claims about recipes: every shipped one loads, bad ones are told all their faults, splits hold their shares."""

from __future__ import annotations

import pytest

from simgen import spec
from simgen.errors import RecipeError
from simgen.options import Splits
from simgen.recipe import Recipe, load_place, load_recipe, load_sets, shipped_recipes

GOOD = """
name: mine
place: table_room
frames: 2
sensors: [{kind: camera}]
"""


def read(tmp_path, text):
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    return load_recipe(str(path))


def test_the_recipes_that_were_promised_are_there():
    assert set(shipped_recipes()) >= {"quickstart", "street", "junction", "tabletop", "bin", "demo"}


@pytest.mark.parametrize("name", shipped_recipes())
def test_every_shipped_recipe_loads_with_its_place_and_survives_a_round_trip(name):
    for recipe in load_sets(name).values():
        load_place(recipe.place)
        assert spec.parse(Recipe, spec.dump(recipe), "again") == recipe


def test_the_quickstart_needs_no_pack():
    assert load_recipe("quickstart").assets == ("families",)
    assert load_recipe("quickstart").frames == 20


def test_the_demo_is_a_hundred_streets_and_sixty_tables():
    sets = load_sets("demo")
    assert {name: recipe.frames for name, recipe in sets.items()} == {"street": 100, "tabletop": 60}
    assert {s.kind for s in sets["street"].sensors} == {"camera", "lidar"}


def test_options_take_the_place_of_the_files_values(tmp_path):
    (tmp_path / "mine.yaml").write_text(GOOD)
    recipe = load_recipe(str(tmp_path / "mine.yaml"), frames=7, seed=None)
    assert (recipe.frames, recipe.seed) == (7, 0)


def test_a_bad_recipe_is_told_all_its_faults_at_once(tmp_path):
    with pytest.raises(RecipeError) as caught:
        read(
            tmp_path,
            """
name: mine
place: table_room
frames: many
seeed: 3
sensors: [{kind: camera, horizontal_fov_deg: 400}, {kind: lidar, model: HDL-65E}, {kind: sonar}]
randomizers: [{kind: drop, count: {kind: uniform_int, low: 5, high: 2}}, {kind: daylight, turbidity: 99}]
splits: {train: 0.5, val: 0.1, test: 0.1}
""",
        )
    file = tmp_path / "mine.yaml"
    assert sorted(str(caught.value).splitlines()) == sorted(
        [
            f'{file}: frames: input should be a valid integer, got "many"',
            f"{file}: sensors.0: horizontal_fov_deg must lie in 1 to 170, got 400.0",
            f"{file}: sensors.1: unknown LiDAR model 'HDL-65E'; did you mean 'HDL-64E'? 'simgen sensors list' names "
            "those there are, and a sensor file of your own must end in .yaml",
            f"{file}: sensors.2: unknown kind 'sonar'; known: camera, lidar, depth_camera, radar",
            f"{file}: randomizers.0.count: low must not exceed high, got low 5 and high 2",
            f"{file}: randomizers.1: turbidity must lie in 2 to 10, got 99",
            f"{file}: splits: train, val and test must be 0 or more and add up to 1, got (0.5, 0.1, 0.1)",
            f"{file}: (top level): unknown key 'seeed'; known: assets, coverage, description, export, frames, "
            "frames_per_scene, labels, max_tries, name, physics, place, randomizers, render, rig, seed, sensors, "
            "sequence, splits, storage, targets, twin_of; did you mean 'seed'?",
        ]
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("sensors: []", "sensors must name at least one camera, lidar, depth_camera or radar"),
        ("sensors: [{kind: camera}, {kind: camera}]", "sensors: the name 'camera' is used more than once"),
        ("frames: 0", "frames must be 1 or more, got 0"),
        ("randomizers: [{kind: paint, name: place}]", "randomizers: the name 'place' is taken"),
        ("assets: []", "assets must name at least one source"),
        ("sensors: [{kind: camera, name: ../x}]", "a sensor's name must be 1 to 32 of a-z, 0-9 and _"),
    ],
)
def test_values_that_do_not_go_together_are_refused(tmp_path, line, message):
    key = line.split(":")[0]
    kept = "\n".join(row for row in GOOD.splitlines() if not row.startswith(key))
    with pytest.raises(RecipeError, match=message):
        read(tmp_path, f"{kept}\n{line}\n")


def test_an_unknown_recipe_is_met_with_a_near_one():
    with pytest.raises(RecipeError, match=r"no recipe 'stret': did you mean 'street'\? known: bin, .*\.yaml"):
        load_recipe("stret")


def test_a_collection_is_no_single_recipe():
    with pytest.raises(RecipeError, match=r"is a collection of recipes \(street, tabletop\), not one"):
        load_recipe("demo")


def test_splits_hold_their_shares_and_do_not_depend_on_how_many_scenes_there_are():
    splits = Splits(train=0.7, val=0.2, test=0.1)
    found = [splits.of(k) for k in range(1000)]
    assert abs(found.count("train") - 700) <= 3
    assert abs(found.count("val") - 200) <= 3
    assert all(abs(found[:n].count("train") - 0.7 * n) <= 2.5 for n in range(1, 1000))
