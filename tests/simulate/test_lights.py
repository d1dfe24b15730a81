"""Claims about traffic lights: who has red waits before its line, who has green goes on, who is past it leaves."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from simgen.assets.families import family_asset
from simgen.assets.families.signs import Lamp, showing
from simgen.geometry.pose import at
from simgen.scene.region import Lane
from simgen.scene.scene import Instance, Scene
from simgen.scene.sequence import scene_at
from simgen.scene.signals import lit_lamp, stops_of
from simgen.scene.ways import way_along
from simgen.simulate.behaviour import Behaviour, unfold
from simgen.streams import Draws

EAST = Lane(name="east", use="drive", centre_m=((-150.0, 0.0, 0.0), (300.0, 0.0, 0.0)), width_m=3.5)
NORTH = Lane(name="north", use="drive", centre_m=((20.0, -150.0, 0.0), (20.0, 300.0, 0.0)), width_m=3.5)
STOP_X = 12.0


def car(number: int, x: float, y: float, heading: float, speed: float) -> Instance:
    velocity = (speed * math.cos(heading), speed * math.sin(heading), 0.0)
    asset = family_asset("sedan", 0)
    return Instance(
        id=number, name=f"car{number}", asset=asset, world_from_object=at(x, y, 0.0, heading), velocity_mps=velocity
    )


def light(number: int, x: float, y: float, faces_rad: float, lit: Lamp) -> Instance:
    asset = showing(family_asset("signal", 0), lit)
    return Instance(id=number, name=f"light{number}", asset=asset, world_from_object=at(x, y, 0.0, faces_rad))


def east(lit: Lamp) -> Instance:
    """Beside the lane to the east, facing west; its stop line is at `STOP_X`."""
    return light(90, STOP_X + 1.0, -3.0, math.pi, lit)


def run(*objects: Instance, until_s: float = 30.0) -> Scene:
    return unfold(Scene(objects=objects, regions=(EAST, NORTH)), Behaviour(), until_s, Draws(0, "sequence", 0))


def fronts(scene: Scene, number: int, axis: int = 0) -> np.ndarray:
    """Return where a car's front is along x or y, ten times a second."""
    half = next(o.asset.size_m[0] for o in scene.objects if o.id == number) / 2
    states = [scene_at(scene, t).objects for t in np.arange(0.0, 30.0, 0.1)]
    return half + np.array([next(o.world_from_object.translation_m[axis] for o in s if o.id == number) for s in states])


@pytest.mark.parametrize("lit", ["red", "amber"])
def test_who_has_red_or_amber_stops_a_metre_before_the_line(lit: Lamp) -> None:
    assert lit_lamp(east(lit)) == lit
    front = fronts(run(car(1, -60.0, 0.0, 0.0, 12.0), east(lit)), 1)
    assert front.max() < STOP_X and front[-1] == pytest.approx(STOP_X - 1.0, abs=0.6)
    assert np.ptp(front[-20:]) < 0.05


def test_who_has_green_goes_on() -> None:
    assert fronts(run(car(1, -60.0, 0.0, 0.0, 12.0), east("green")), 1)[-1] > 100.0


def test_those_behind_queue_with_gaps() -> None:
    scene = run(car(1, -30.0, 0.0, 0.0, 10.0), car(2, -60.0, 0.0, 0.0, 12.0), east("red"))
    length = scene.objects[0].asset.size_m[0]
    gap = fronts(scene, 1)[-1] - length - fronts(scene, 2)[-1]
    assert 1.0 < gap < 3.5


def test_who_is_past_the_line_leaves_the_junction() -> None:
    assert fronts(run(car(1, STOP_X + 1.0, 0.0, 0.0, 5.0), east("red")), 1)[-1] > 60.0


def test_a_light_holds_for_those_who_see_its_face() -> None:
    scene = Scene(objects=(east("red"),), regions=(EAST, NORTH))
    there = way_along(np.array(EAST.centre_m))
    back = way_along(np.array(EAST.centre_m)[::-1])
    assert stops_of(scene, there) == pytest.approx((150.0 + STOP_X,), abs=0.01)
    assert stops_of(scene, back) == () and stops_of(scene, way_along(np.array(NORTH.centre_m))) == ()


def test_who_has_green_does_not_wait_for_those_who_stand_at_red() -> None:
    # Alone, the car from the south gives way to the one that is at the crossing of the lanes before it.
    objects = (car(1, -10.0, 0.0, 0.0, 9.0), car(2, 20.0, -40.0, math.pi / 2, 9.0))
    north = fronts(run(*objects, east("red")), 2, axis=1)
    alone = fronts(run(objects[1]), 2, axis=1)
    assert np.allclose(north, alone, atol=0.5)
    assert fronts(run(*objects, east("red")), 1).max() < STOP_X


def test_an_unlit_light_stops_nobody() -> None:
    dark = replace(family_asset("signal", 0), materials=tuple(
        replace(m, emission_nit=(0.0, 0.0, 0.0)) for m in family_asset("signal", 0).materials
    ))  # fmt: skip
    post = Instance(id=90, name="light", asset=dark, world_from_object=at(STOP_X + 1.0, -3.0, 0.0, math.pi))
    assert lit_lamp(post) == ""
    assert fronts(run(car(1, -60.0, 0.0, 0.0, 12.0), post), 1)[-1] > 100.0
