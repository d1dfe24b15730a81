"""What `tools/lint_worlds` finds in worlds made wrong on purpose, and in those of a small recipe."""

from __future__ import annotations

import importlib.machinery
import importlib.util
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from simgen.geometry.boxes import Cuboid
from simgen.geometry.pose import Pose, about, at

ROOT = Path(__file__).resolve().parents[2]


def _tool(name: str) -> ModuleType:
    loader = importlib.machinery.SourceFileLoader(f"{name}_tool", str(ROOT / "tools" / name))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


lint = _tool("lint_worlds")
compare = _tool("compare_labels")


def _box(x: float, turn_deg: float = 0.0) -> Cuboid:
    pose = at(x, 0.0, 0.0) @ about((0.0, 0.0, 1.0), np.deg2rad(turn_deg))
    return Cuboid(world_from_box=pose, size_m=(2.0, 2.0, 2.0))


def test_depth_of_two_boxes_is_how_far_one_must_move() -> None:
    assert lint.box_depth_m(_box(0.0), _box(1.7)) == pytest.approx(0.3)
    assert lint.box_depth_m(_box(0.0), _box(2.5)) == pytest.approx(-0.5)


def test_a_box_turned_by_45_degrees_reaches_as_far_as_its_diagonal() -> None:
    assert lint.box_depth_m(_box(0.0), _box(2.0, 45.0)) == pytest.approx(np.sqrt(2.0) - 1.0)
    assert _box(0.0).world_from_box == Pose()


def test_equal_distributions_have_no_distance() -> None:
    values = np.linspace(0.0, 1.0, 2001)
    assert compare.quantile_distance(values, compare.LEVELS) < 0.001
    assert compare.quantile_distance(values + 2.0, compare.LEVELS) == pytest.approx(0.95)


def test_shares_with_nothing_in_common_are_one_apart() -> None:
    assert compare.total_variation([1.0, 0.0], [0.0, 1.0]) == 1.0
    assert compare.total_variation([0.25, 0.75], [0.25, 0.75]) == 0.0


def test_worlds_of_the_smallest_recipe_have_no_faults() -> None:
    faults, _, scenes, frames = lint.lint_recipe("quickstart", 2)
    assert faults == []
    assert scenes >= 1
    assert frames == 2


def _moved_first_thing(by_z_m: float) -> list[str]:
    recipe = lint.simgen.load_recipe("configs/quickstart.yaml")
    _, scene, _ = next(lint.Generator(recipe).scene_instants(0))
    first = next(o for o in scene.objects if lint.category(o.category).thing)
    moved = replace(first, world_from_object=at(0.0, 0.0, by_z_m) @ first.world_from_object)
    others = tuple(moved if o.id == first.id else o for o in scene.objects)
    return [f for f in lint.off_ground(replace(scene, objects=others)) if f.startswith(first.name + " ")]


def test_a_thing_lifted_by_half_a_metre_floats() -> None:
    assert any("floats" in fault for fault in _moved_first_thing(0.5))


def test_a_thing_that_stands_twice_goes_through_itself() -> None:
    recipe = lint.simgen.load_recipe("configs/quickstart.yaml")
    _, scene, _ = next(lint.Generator(recipe).scene_instants(0))
    first = next(o for o in scene.objects if lint.category(o.category).thing)
    shifted = at(0.3 * first.cuboid.size_m[0], 0.0, 0.0) @ first.world_from_object
    twin = replace(first, id=scene.next_id, name="twin", world_from_object=shifted)
    found = list(lint.overlaps(replace(scene, objects=(first, twin))))
    assert len(found) == 1
