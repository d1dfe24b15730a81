"""What tools/compare_labels reckons."""

from __future__ import annotations

import importlib.machinery
import importlib.util
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
_LOADER = importlib.machinery.SourceFileLoader("compare_labels_tool", str(ROOT / "tools" / "compare_labels"))
_SPEC = importlib.util.spec_from_loader(_LOADER.name, _LOADER)
assert _SPEC is not None
compare = importlib.util.module_from_spec(_SPEC)
_LOADER.exec_module(compare)


def test_equal_distributions_have_no_distance() -> None:
    values = np.linspace(0.0, 1.0, 2001)
    assert compare.quantile_distance(values, compare.LEVELS) < 0.001
    assert compare.quantile_distance(values + 2.0, compare.LEVELS) == pytest.approx(0.95)


def test_shares_with_nothing_in_common_are_one_apart() -> None:
    assert compare.total_variation([1.0, 0.0], [0.0, 1.0]) == 1.0
    assert compare.total_variation([0.25, 0.75], [0.25, 0.75]) == 0.0
