"""Claims about what lines a road: trees leave the room that lanes for traffic need."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simgen.assets.families import family_asset
from simgen.assets.library import Library
from simgen.distributions import Constant
from simgen.places.roadside import GAUGE_M, lopped
from simgen.places.urban_street import UrbanStreet
from simgen.streams import Draws


@pytest.mark.parametrize("towards_rad", [0.0, 2.0, -math.pi / 2])
def test_a_lopped_tree_has_nothing_low_on_the_side_of_the_road(towards_rad):
    tree = family_asset("broadleaf", 1)
    less = lopped(tree, towards_rad, 1.2, 4.0)
    corners = less.mesh.vertices[less.mesh.faces.reshape(-1)]
    reach = corners[:, :2] @ np.array([math.cos(towards_rad), math.sin(towards_rad)])
    assert not ((reach > 1.2) & (corners[:, 2] < 4.0)).any()
    assert 0 < len(less.mesh.faces) < len(tree.mesh.faces)
    assert less.size_m[2] == pytest.approx(tree.size_m[2])


def test_a_tree_that_reaches_nowhere_is_left_alone():
    tree = family_asset("broadleaf", 1)
    assert lopped(tree, 0.3, 50.0, 4.0) is tree


@pytest.mark.parametrize("seed", [2, 5])
def test_nothing_of_a_street_s_trees_hangs_low_over_its_lanes(seed):
    place = UrbanStreet(length_m=Constant(value=80.0), yard_trees=Constant(value=0))
    scene = place.build(Draws(seed, "place", 0), Library())
    lanes = [lane for lane in scene.lanes("drive") if lane.name.startswith("street/")]
    trees = [o for o in scene.objects if o.name.startswith("trees_")]
    assert trees and lanes
    for tree in trees:
        low = tree.world_vertices()
        low = low[low[:, 2] < GAUGE_M - 1e-3]
        for lane in lanes:
            assert np.abs(lane.lefts(low[:, :2])).min() > lane.width_m / 2 - 1e-3
