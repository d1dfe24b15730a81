"""What the lint of worlds finds in worlds made wrong on purpose, and in those of a small recipe."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from simgen.assets.families import family_asset
from simgen.geometry.boxes import Cuboid
from simgen.geometry.pose import CAMERA_AXES, Pose, about, at
from simgen.places.pieces import box, joined
from simgen.scene.asset import Asset
from simgen.scene.camera import Camera
from simgen.scene.material import make_material
from simgen.scene.scene import Instance, Scene
from simgen.trace.tracer import Tracer

ROOT = Path(__file__).resolve().parents[2]
KERB_M = 0.13


def _tool(name: str) -> ModuleType:
    sys.path.insert(0, str(ROOT / "tools"))
    loader = importlib.machinery.SourceFileLoader(f"{name}_tool", str(ROOT / "tools" / name))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[loader.name] = module
    loader.exec_module(module)
    return module


lint = _tool("lint_worlds")
faults = sys.modules["world_faults"]
STONE = make_material("stone", "stone")


def block(category: str, size_m: tuple[float, float, float], bottom_m: float = 0.0) -> Asset:
    """Return a box of a category whose bottom is at ``bottom_m`` in its own frame."""
    return joined(f"own/{category}", category, [box((0.0, 0.0, bottom_m), size_m, 0.0, STONE, 1.0)])


def hollow(category: str, size_m: float) -> Asset:
    """Return a closed shell of six slabs."""
    slabs = []
    for axis in range(3):
        for side in (-1.0, 1.0):
            size, middle = [size_m] * 3, [0.0, 0.0, 0.0]
            size[axis], middle[axis] = 0.1, side * size_m / 2
            x, y, z = middle
            slabs.append(box((x, y, z + size_m / 2 - size[2] / 2), (size[0], size[1], size[2]), 0.0, STONE, 1.0))
    return joined(f"own/{category}", category, slabs)


ROAD = block("road", (60.0, 20.0, 0.5), -0.5)
PAVEMENT = block("sidewalk", (60.0, 4.0, KERB_M))
CAR = family_asset("sedan", 0)


def world(*things: tuple[Asset, Pose]) -> Scene:
    """Return a road along x with a pavement from y = 4 to 8 m, and things."""
    parts = [(ROAD, Pose()), (PAVEMENT, at(0.0, 6.0)), *things]
    return Scene(
        objects=tuple(
            Instance(id=k, name=f"o{k}", asset=asset, world_from_object=pose)
            for k, (asset, pose) in enumerate(parts, 1)
        )
    )


def kinds(scene: Scene) -> list[str]:
    return [fault.kind for fault in faults.faults_of_objects(scene)]


def _box(x: float, turn_deg: float = 0.0) -> Cuboid:
    pose = at(x, 0.0, 0.0) @ about((0.0, 0.0, 1.0), np.deg2rad(turn_deg))
    return Cuboid(world_from_box=pose, size_m=(2.0, 2.0, 2.0))


def test_depth_of_two_boxes_is_how_far_one_must_move() -> None:
    assert faults.box_depth_m(_box(0.0), _box(1.7)) == pytest.approx(0.3)
    assert faults.box_depth_m(_box(0.0), _box(2.5)) == pytest.approx(-0.5)


def test_a_box_turned_by_45_degrees_reaches_as_far_as_its_diagonal() -> None:
    assert faults.box_depth_m(_box(0.0), _box(2.0, 45.0)) == pytest.approx(np.sqrt(2.0) - 1.0)
    assert _box(0.0).world_from_box == Pose()


def test_a_world_in_order_has_no_faults() -> None:
    crate = block("crate", (1.0, 1.0, 1.0))
    scene = world(
        (CAR, Pose()), (CAR, at(6.0, 0.0)), (CAR, at(0.0, 6.0, KERB_M)), (crate, at(-10.0, 0.0)),
        (crate, at(-10.0, 0.0, 1.0, 0.4)), (crate, at(-11.01, 0.0)),
    )  # fmt: skip
    assert kinds(scene) == []


@pytest.mark.parametrize("depth_m", [0.05, 0.3])
def test_a_thing_in_another_is_found_with_its_depth(depth_m: float) -> None:
    crate = block("crate", (1.0, 1.0, 1.0))
    (fault,) = faults.faults_of_objects(world((crate, Pose()), (crate, at(1.0 - depth_m, 0.0))))
    assert fault.kind == "in another"
    low, high = (float(text) for text in fault.text.split(" go ")[1].split(" m ")[0].split(" to "))
    assert low <= depth_m <= high


def test_a_thing_shut_in_a_house_is_found() -> None:
    scene = world((hollow("building", 6.0), Pose()), (block("crate", (1.0, 1.0, 1.0)), at(0.5, 0.5, 0.05)))
    assert "in another" in kinds(scene)


def test_a_thing_in_an_open_bin_is_not_shut_in() -> None:
    scene = world((family_asset("picking_bin", 0), Pose()), (block("part", (0.05, 0.05, 0.05)), at(0.0, 0.0, 0.02)))
    assert "in another" not in kinds(scene)


def test_a_thing_lifted_by_ten_centimetres_is_in_the_air() -> None:
    assert kinds(world((block("crate", (1.0, 1.0, 1.0)), at(0.0, 0.0, 0.10)))) == ["in the air"]
    assert kinds(world((block("crate", (1.0, 1.0, 1.0)), at(0.0, 0.0, 0.04)))) == []


def test_a_mug_beside_a_shelf_but_above_the_ground_is_in_the_air() -> None:
    mug = block("mug", (0.1, 0.1, 0.1))
    assert kinds(world((block("crate", (1.0, 1.0, 1.0)), Pose()), (mug, at(0.56, 0.0, 0.5)))) == ["in the air"]
    assert kinds(world((block("crate", (1.0, 1.0, 1.0)), Pose()), (mug, at(0.0, 0.0, 1.0)))) == []


def test_what_reaches_below_the_ground_with_a_corner_is_found() -> None:
    tilted = Pose(translation_m=(0.0, 0.0, 0.2)) @ about((0.0, 1.0, 0.0), 0.8)
    assert "below ground" in kinds(world((block("crate", (1.0, 1.0, 1.0)), tilted)))


def test_a_car_with_two_wheels_on_the_pavement_is_across_a_kerb() -> None:
    found = kinds(world((CAR, at(0.0, 4.0, KERB_M))))
    assert "across a kerb" in found
    assert "in the air" in found  # the wheels over the road


def camera_faults(scene: Scene, x: float, y: float, z: float) -> list[str]:
    from dataclasses import replace

    camera = Camera(name="eye", width_px=8, height_px=8, fx_px=8.0, fy_px=8.0, cx_px=4.0, cy_px=4.0)
    seen = replace(scene, sensors=(replace(camera, rig_from_camera=at(x, y, z) @ CAMERA_AXES),))
    return [f.text for f in faults.faults_of_cameras(seen, Tracer(seen.objects))]


def test_cameras_in_walls_below_the_ground_and_at_things_are_found() -> None:
    scene = world((block("wall", (4.0, 1.0, 3.0)), at(0.0, 0.0)), (block("crate", (1.0, 1.0, 1.0)), at(5.0, 0.0)))
    assert camera_faults(scene, 3.0, 0.0, 1.5) == []
    assert "inside of o3" in camera_faults(scene, 0.0, 0.0, 1.5)[0]
    assert "inside of o1" in camera_faults(scene, 3.0, 0.0, -0.25)[0]
    assert "m from o4" in camera_faults(scene, 4.46, 0.0, 0.5)[0]


def test_worlds_of_the_smallest_recipe_have_no_faults() -> None:
    found = lint.lint_recipe("quickstart", 2)
    assert found.faults == []
    assert (found.scenes, found.frames) == (1, 2)


def test_tables_name_every_fault_and_every_refusal() -> None:
    found = lint.Found(name="mine", scenes=3, frames=9)
    found.faults.append((4, faults.Fault("camera", "eye is inside of wall")))
    found.redrawn["no room"] += 2
    told = lint.tables([found])
    assert "| mine | 3 | 9 | 0 | 0 | 0 | 0 | 1 | 0 |" in told
    assert "| mine | 2 | no room |" in told
    assert "- mine, frame 4: camera: eye is inside of wall" in told
