"""Claims about the scenario library: every file loads, what defines a scenario holds, and can fail."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simgen import spec
from simgen.errors import RecipeError
from simgen.generator import Generator
from simgen.recipe import Recipe
from simgen.scenarios.relations import Apart, HiddenUntil, Lies, Meets, broken
from simgen.scenarios.scenario import Scenario, listing, load_scenario, scenario_names

EURO_NCAP = (
    "cpfa_50", "cpna_25", "cpna_75", "cpnco_50", "cpla_25", "cpla_50", "cpta_fs", "cpta_fo", "cpta_ns", "cpta_no",
    "cpra_cm", "cpra_cs", "cbna_50", "cbfa_50", "cbnao_50", "cbla_25", "cbla_50", "ccrs", "ccrm", "ccrb", "ccftap",
    "cmrs",
)  # fmt: skip


@pytest.fixture(scope="module")
def cpnco():
    scenario = load_scenario("cpnco_50")
    return scenario, Generator(scenario.recipe()).draw_scene(0)[0]


def test_all_of_euro_ncaps_cases_are_there():
    assert set(EURO_NCAP) <= set(scenario_names())
    assert {"cpfa_50_night", "cpnco_50_night", "cpla_25_night"} <= set(scenario_names())


@pytest.mark.parametrize("name", scenario_names())
def test_every_scenario_loads_and_its_recipe_reads_back(name):
    scenario = load_scenario(name)
    recipe = scenario.recipe(scenes=2, instants=4, width_px=320)
    assert spec.parse(Recipe, spec.dump(recipe), name) == recipe
    assert listing(scenario)["name"] == name and scenario.tags and scenario.title


def test_the_child_is_hidden_and_then_met_in_the_middle(cpnco):
    scenario, scene = cpnco
    assert all(not broken(r, scene, scenario.encounter, scenario.span_s) for r in scenario.holds)


def test_a_child_in_the_open_is_not_hidden(cpnco):
    scenario, scene = cpnco
    bare = replace(scene, objects=tuple(o for o in scene.objects if "_car" not in o.name))
    hidden = HiddenUntil(actor="child", ttc_s=(0.9, 2.4))
    assert "first seen" in broken(hidden, bare, scenario.encounter, scenario.span_s)[0]


def test_a_wrong_place_of_impact_is_told(cpnco):
    scenario, scene = cpnco
    assert "should be" in broken(Meets(actor="child", percent=25), scene, scenario.encounter, scenario.span_s)[0]


def test_what_stands_does_not_lie(cpnco):
    scenario, scene = cpnco
    assert "tilted by 0" in broken(Lies(actor="small_car"), scene, scenario.encounter, scenario.span_s)[0]


def test_bodies_in_each_other_are_told(cpnco):
    scenario, scene = cpnco
    cars = {o.name: o for o in scene.objects if "_car" in o.name}
    small, large = cars["encounter/small_car"], cars["encounter/large_car"]
    moved = replace(large, world_from_object=small.world_from_object)
    mixed = replace(scene, objects=tuple(moved if o.id == large.id else o for o in scene.objects))
    assert "deep in each other" in broken(Apart(), mixed, scenario.encounter, scenario.span_s)[0]


def test_seeds_come_from_names_alone():
    assert load_scenario("ccrs").seed == load_scenario("ccrs").seed != load_scenario("ccrm").seed


def test_an_unknown_name_is_refused_with_the_nearest():
    with pytest.raises(RecipeError, match=r"no scenario 'cpnco'; did you mean cpnco_50"):
        load_scenario("cpnco")


def test_a_scenario_without_a_relation_is_refused():
    with pytest.raises(ValueError, match="nothing makes it this scenario"):
        Scenario(title="nothing", holds=())
