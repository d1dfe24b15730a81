"""Symmetries are told as BOP tells them, in the frame in which annotations give poses."""

from __future__ import annotations

import numpy as np
import pytest

from simgen.assets.families import family_asset
from simgen.export.symmetries import models_with_symmetries
from simgen.scene.asset import Symmetry
from simgen.truth import AssetRecord


def record(*symmetries: Symmetry) -> AssetRecord:
    return AssetRecord(author="a", licence="CC0-1.0", source="s", digest="d", symmetries=symmetries)


def test_models_without_symmetries_are_left_out():
    assert models_with_symmetries({"a": record()}) == {}


def test_a_turned_vessel_has_an_axis_and_no_matrices():
    (told,) = models_with_symmetries({"a": record(Symmetry(offset_m=(0.1, 0.0, 0.0)))}).values()
    assert told == {
        "symmetries_discrete": [],
        "symmetries_continuous": [{"axis": [0.0, 0.0, 1.0], "offset": [0.1, 0.0, 0.0]}],
    }


def test_two_half_turns_make_three_matrices_row_by_row():
    half_turns = record(Symmetry(axis=(1.0, 0.0, 0.0), folds=2), Symmetry(folds=2))
    (told,) = models_with_symmetries({"a": half_turns}).values()
    matrices = np.array(told["symmetries_discrete"]).reshape(-1, 4, 4)
    assert sorted(np.diag(m)[:3].tolist() for m in matrices) == [[-1, -1, 1], [-1, 1, -1], [1, -1, -1]]


@pytest.mark.parametrize("family", ["cardboard_box", "pallet", "tyre", "crate", "cone"])
def test_symmetries_about_the_middle_leave_the_cuboid_where_it_is(family):
    asset = family_asset(family, 0)
    told = models_with_symmetries({family: record(*asset.symmetries_about_middle)})[family]
    low, high = asset.mesh.vertices.min(axis=0), asset.mesh.vertices.max(axis=0)
    corners = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)]) * (high - low)
    for matrix in np.array(told["symmetries_discrete"]).reshape(-1, 4, 4):
        moved = corners @ matrix[:3, :3].T + matrix[:3, 3]
        assert moved.min(axis=0) == pytest.approx(corners.min(axis=0), abs=2e-3)
        assert moved.max(axis=0) == pytest.approx(corners.max(axis=0), abs=2e-3)
    for turn in told["symmetries_continuous"]:
        across = np.asarray(turn["offset"]) * (1.0 - np.abs(turn["axis"]))
        assert np.abs(across).max() < 2e-3
