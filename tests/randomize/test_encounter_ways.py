"""Claims about the ways of actors: drifts end where they should, lanes that turn meet where their bends end."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simgen.assets.families import family_asset
from simgen.distributions import Constant
from simgen.generator import Generator
from simgen.randomize.actors import Actor, laid
from simgen.recipe import Recipe
from simgen.rig import CameraMount
from simgen.scene.crossings import lane_across, meeting_of, turn_of


@pytest.fixture(scope="module")
def junction():
    return Generator(Recipe(name="j", place="test_junction", frames=1, sensors=(CameraMount(),))).draw_scene(0)[0]


@pytest.mark.parametrize("wanted", ["from_left", "from_right", "oncoming_turning_left", "from_right_turning_left"])
def test_lanes_that_cross_meet_at_one_place(junction, wanted):
    ego = _through(junction)
    other = lane_across(junction, wanted, ego)
    one, two = meeting_of(other, ego)
    assert np.allclose(_at(other, one), _at(ego, two), atol=1e-6)


@pytest.mark.parametrize("wanted", ["from_right_turning_right", "from_left_turning_left"])
def test_a_lane_that_turns_in_meets_where_its_bend_ends(junction, wanted):
    ego = _through(junction)
    other = lane_across(junction, wanted, ego)
    one, two = meeting_of(other, ego)
    assert np.allclose(_at(other, one), _at(ego, two), atol=0.35)
    assert meeting_of(ego, other) == (two, one)


def _through(scene):
    return next(x for x in scene.lanes("drive") if x.name.startswith("junction/") and turn_of(x) == "straight")


def _at(lane, along_m):
    line = np.asarray(lane.centre_m)[:, :2]
    reached = np.r_[0.0, np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))]
    return np.array([np.interp(along_m, reached, line[:, k]) for k in (0, 1)])


def test_a_felled_tree_rests_on_two_ends():
    tree = family_asset("broadleaf", 0)
    down = laid(tree, "felled")
    points = down.apply(tree.mesh.vertices)
    low = points[points[:, 2] < 1e-6]
    assert abs(points[:, 2].min()) < 1e-6 and low[:, 1].max() - low[:, 1].min() > 0.4 * (np.ptp(points[:, 1]))
    assert 45.0 < math.degrees(math.acos(down.rotation[2, 2])) < 135.0


def test_drift_and_reverse_are_refused_where_they_mean_nothing():
    with pytest.raises(ValueError, match="drift_m is for course along, got 'crossing'"):
        Actor(name="a", drift_m=Constant(value=1.0))
    with pytest.raises(ValueError, match="reverses is for what moves"):
        Actor(name="a", course="standing", reverses=True)
