"""The families of people: who they are, how they hold themselves."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from simgen.assets.families.costume import draw_suit, mascot
from simgen.assets.families.family import Family
from simgen.assets.families.person import Age, draw_carrier, draw_look, draw_person, person, posed
from simgen.assets.families.posture import (
    Posture,
    crouching_posture,
    draw_stand,
    draw_walk,
    lying_posture,
    pushing_posture,
    riding_posture,
    running_posture,
    scooting_posture,
    sitting_posture,
)
from simgen.scene.asset import Asset


def _usual(rng: np.random.Generator, *, child: bool, walking: bool) -> Asset:
    return person(**draw_look(rng, child=child, walking=walking))


def _people(
    name: str, age: Age, posture: Callable[[np.random.Generator], Posture], *tags: str, worker: bool = False
) -> Family:
    free = not {"standing", "walking"} & set(tags)
    draw = partial(draw_person, age=age, posture=posture, worker=worker, hands_free=free, rides="riding" in tags)
    return Family(name=name, category="person", variants=64, draw=draw, tags=(age, *tags))


def _mascot(rng: np.random.Generator) -> Asset:
    suit = draw_suit(rng)
    return mascot(suit, draw_walk(rng))


def _carrier(rng: np.random.Generator) -> Asset:
    look = draw_carrier(rng)
    return person(**posed(look, draw_walk(rng)))


def _run(rng: np.random.Generator) -> Posture:
    return running_posture(float(rng.random()), float(rng.uniform(0.8, 1.05)))


def _ride(rng: np.random.Generator) -> Posture:
    return riding_posture(float(rng.random()), float(rng.uniform(12.0, 34.0)))


def _push(rng: np.random.Generator) -> Posture:
    return pushing_posture(float(rng.random()))


def _scoot(_: np.random.Generator) -> Posture:
    return scooting_posture()


FAMILIES: tuple[Family, ...] = (
    *(
        Family(
            name=f"{age}_{gait}",
            category="person",
            variants=192 if age == "adult" else 96,
            draw=partial(_usual, child=age == "child", walking=gait == "walking"),
            tags=(age, gait),
        )
        for age in ("adult", "child")
        for gait in ("standing", "walking")
    ),
    _people("elderly_standing", "elderly", draw_stand, "standing"),
    _people("elderly_walking", "elderly", draw_walk, "walking"),
    _people("worker_standing", "adult", draw_stand, "standing", "worker", "posed", worker=True),
    _people("worker_walking", "adult", draw_walk, "walking", "worker", "posed", worker=True),
    _people("worker_crouching", "adult", crouching_posture, "crouching", "worker", "posed", worker=True),
    _people("adult_running", "adult", _run, "running", "posed"),
    _people("child_running", "child", _run, "running", "posed"),
    _people("adult_sitting", "adult", sitting_posture, "sitting"),
    _people("adult_crouching", "adult", crouching_posture, "crouching", "posed"),
    _people("child_crouching", "child", crouching_posture, "crouching", "posed"),
    _people("adult_cycling", "adult", _ride, "riding", "posed"),
    _people("adult_scooting", "adult", _scoot, "riding", "posed"),
    _people("adult_lying", "adult", lying_posture, "lying"),
    _people("adult_pushing", "adult", _push, "pushing", "posed"),
    Family(name="mascot_walking", category="person", variants=48, draw=_mascot, tags=("adult", "costume", "posed")),
    Family(name="carrier_walking", category="person", variants=48, draw=_carrier, tags=("adult", "board", "posed")),
)
"""All of people. What carries ``posed`` is for scenes that ask for it."""
