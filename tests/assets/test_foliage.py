"""Claims about cards of leaves."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from simgen.assets.families.foliage import Leaf, cards, spray_textures


def _one_of_each(leaf: Leaf):
    """Return 64 cards lying flat side by side, tips along y: their shape, all sprays and both hands among them."""
    count = 64
    base = np.stack([np.arange(count) * 2.0, np.zeros(count), np.zeros(count)], axis=1)
    along, upward = np.tile([0.0, 1.0, 0.0], (count, 1)), np.tile([0.0, 0.0, 1.0], (count, 1))
    return cards(np.random.default_rng(0), leaf, base, along, upward, np.ones(count), width=1.0, droop=0.0)


def _areas(corners: np.ndarray) -> np.ndarray:
    """Return (F,) signed areas of (F, 3, 2) triangles, above 0 where they turn counter-clockwise."""
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    return 0.5 * (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])


@pytest.mark.parametrize("leaf", get_args(Leaf))
def test_cards_are_cut_to_their_sprays_and_cut_no_leaf_off(leaf: Leaf) -> None:
    shape, mask = _one_of_each(leaf), spray_textures(leaf)[0].mask
    assert mask is not None and shape.uv is not None
    rows, columns = np.nonzero(mask)
    solid = np.stack([(columns + 0.5) / mask.shape[1], 1.0 - (rows + 0.5) / mask.shape[0]], axis=1)
    held = np.zeros(len(solid), bool)
    for uv in np.unique(shape.uv.round(9), axis=0):
        turn = np.sign(_areas(uv[None]))[0]
        edges = np.roll(uv, -1, axis=0) - uv
        out = solid[:, None] - uv
        held |= (turn * (edges[:, 0] * out[..., 1] - edges[:, 1] * out[..., 0]) >= -1e-9).all(axis=1)
    # What is drawn right at a cell's rim is left out with it.
    assert held.mean() > 0.999
    share = np.abs(_areas(shape.uv)).sum() / 64.0
    assert mask.mean() / 4.0 < share < 0.9 / 4.0


def test_all_triangles_of_a_card_look_to_its_upper_side_whichever_way_it_is_mirrored() -> None:
    shape = _one_of_each("oval")
    assert shape.uv is not None
    areas = _areas(shape.vertices[shape.faces][..., :2])
    assert len(np.unique(np.sign(_areas(shape.uv)))) == 2
    assert np.all(areas > 1e-7) or np.all(areas < -1e-7)
