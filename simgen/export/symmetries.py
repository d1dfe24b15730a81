"""Symmetries of models as BOP's ``models_info.json`` tells them, in metres and in the frame of the cuboid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from simgen.scene.asset import discrete_symmetries
from simgen.truth import AssetRecord

_DIGITS = 6


def models_with_symmetries(assets: Mapping[str, AssetRecord]) -> dict[str, dict[str, Any]]:
    """Return the symmetries of those models that have any, by name, sorted.

    As in BOP, ``symmetries_discrete`` are 4 x 4 matrices row by row, each a turn under which the model looks the same
    (all that follow from one another, but for the one that leaves all in place), and ``symmetries_continuous`` are an
    ``axis`` and an ``offset`` that it passes, about which any angle will do. Lengths: metres at the model's own size.
    """
    return {
        name: {
            "symmetries_discrete": [_rounded(p.matrix.ravel()) for p in discrete_symmetries(assets[name].symmetries)],
            "symmetries_continuous": [
                {"axis": _rounded(s.axis), "offset": _rounded(s.offset_m)}
                for s in assets[name].symmetries
                if not s.folds
            ],
        }
        for name in sorted(assets)
        if assets[name].symmetries
    }


def _rounded(values: Any) -> list[float]:
    return (np.round(np.asarray(values, dtype=np.float64), _DIGITS) + 0.0).tolist()
