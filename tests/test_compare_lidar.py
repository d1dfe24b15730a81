"""tools/compare_lidar: its counts of hand-made scans, and what it says of them beside real ones."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "assets" / "reference"


@pytest.fixture(scope="module")
def realism() -> ModuleType:
    """tools/lidar_realism.py as a module."""
    sys.path.insert(0, str(ROOT / "tools"))
    return importlib.import_module("lidar_realism")


@pytest.fixture(scope="module")
def tool(realism: ModuleType) -> ModuleType:
    """tools/compare_lidar as a module."""
    loader = importlib.machinery.SourceFileLoader("compare_lidar_tool", str(ROOT / "tools" / "compare_lidar"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("compare_lidar_tool", loader))
    sys.modules["compare_lidar_tool"] = module
    loader.exec_module(module)
    return module


def sequence(**changes):
    """Figures of one recorded sequence of a sensor with two rings of ten beams."""
    return {
        "points_mean": 16.0, "points_min": 15, "points_max": 17, "returns_per_ring": [7.0, 9.0],
        "range_hist_edges_m": [0, 5, 10], "range_hist": [0.4, 0.6], "range_hist_std": [0.1, 0.05],
        "intensity_hist_edges": [0.0, 0.5, 1.0], "intensity_hist": [0.9, 0.1], "intensity_hist_std": [0.0, 0.0],
    } | changes  # fmt: skip


def four_returns(realism):
    """Returns at 3, 4, 6 and 12 m, three in ring 0 and one in ring 1."""
    xyz_m = np.array([[3, 0, 0], [0, 4, 0], [0, 0, -6], [0, -12, 0]], dtype=np.float32)
    return realism.count_scan(xyz_m, np.array([0.0, 0.5, 0.6, 1.0]), np.array([0, 0, 1, 0]), 2, [0, 5, 10], [0, 0.5, 1])


def test_returns_are_counted_by_ring_range_and_intensity(realism):
    counts = four_returns(realism)
    assert counts.points == 4
    assert counts.rings.tolist() == [3, 1]
    # The return at 12 m is in no bin, but it is one of the four.
    assert counts.range_share.tolist() == [0.5, 0.25]
    assert counts.intensity_share.tolist() == [0.25, 0.75]


def test_a_scan_without_returns_has_no_shares(realism):
    with pytest.raises(ValueError, match="without returns"):
        realism.shares(np.zeros(0), [0.0, 1.0])


def test_the_spread_reaches_from_sequence_to_sequence_and_wider_by_their_scans(realism):
    spread = realism.spread([0.2, 0.5, 0.3], [0.15, 0.01, 0.1])
    assert spread == pytest.approx((0.2, 0.5, 0.05, 0.51))


@pytest.mark.parametrize(
    ("value", "verdict"),
    [(0.2, "inside"), (0.5, "inside"), (0.06, "among scans"), (0.51, "among scans"), (0.61, "off by +0.1"),
     (0.0, "off by -0.05")],
)  # fmt: skip
def test_a_verdict_counts_from_the_nearer_edge(realism, value, verdict):
    assert realism.Spread(0.2, 0.5, 0.05, 0.51).verdict(value) == verdict


def test_scans_are_averaged_before_they_are_compared(realism):
    real = {"a": sequence(), "b": sequence(points_mean=18.0, points_max=19, returns_per_ring=[8.0, 10.0])}
    counts = [realism.Counts(14, np.array([6, 8]), np.array([0.5, 0.5]), np.array([0.8, 0.2])),
              realism.Counts(20, np.array([10, 10]), np.array([0.3, 0.7]), np.array([1.0, 0.0]))]  # fmt: skip
    rows = realism.scan_rows(counts, 20, real)
    points, missing = rows["points"]
    assert (points.ours, points.real) == (17.0, (16.0, 18.0, 15, 19))
    assert missing.ours == pytest.approx(0.15)
    assert tuple(missing.real) == pytest.approx((0.1, 0.2, 0.05, 0.25))
    assert [row.ours for row in rows["rings"]] == [8.0, 9.0]
    assert tuple(rows["rings"][0].real) == (7.0, 8.0, 7.0, 8.0)
    assert [row.name for row in rows["range"]] == ["0 to 5 m", "5 to 10 m"]
    assert [row.ours for row in rows["intensity"]] == pytest.approx([0.9, 0.1])


def test_what_is_misplaced_is_what_bins_hold_too_much(realism):
    rows = [
        realism.Row("a", 0.7, realism.Spread(0.4, 0.5, 0.3, 0.6)),
        realism.Row("b", 0.3, realism.Spread(0.4, 0.5, 0.4, 0.5)),
    ]
    assert realism.misplaced(rows) == pytest.approx(0.1)


def test_objects_are_compared_by_category_band_and_how_much_of_them_is_seen(realism):
    real = {"by_class": {"Car": {"points_per_box": {
        "0-10m_unoccluded": {"n": 4, "points_p25_50_75": [100.0, 150.0, 200.0]},
        "0-10m_all": {"n": 9, "points_p25_50_75": [100.0, 150.0, 200.0]},
        "20-30m_all": {"n": 2, "points_p25_50_75": [1.0, 2.0, 3.0]},
    }}}}  # fmt: skip
    found = (("Car", 9.9, 180, 0.85), ("Car", 2.0, 20, 0.5), ("Car", 10.0, 7, 1.0), ("Van", 5.0, 999, 1.0))
    boxes = [realism.Boxed(*values) for values in found]
    clear, every = realism.object_rows(boxes, real)
    assert (clear.name, clear.ours, clear.verdict) == ("Car, 0-10m, unoccluded (1 at 9.9 m / 4)", 180.0, "inside")
    assert every.ours == 100.0


def test_the_shipped_figures_have_what_is_compared(realism):
    real = json.loads((REFERENCE / "kitti_lidar_stats.json").read_text())
    counts = [realism.Counts(120_000, np.full(64, 1875), np.full(10, 0.1), np.full(10, 0.1))]
    rows = realism.scan_rows(counts, 64 * 2006, real)
    assert [len(rows[key]) for key in ("points", "rings", "range", "intensity")] == [2, 64, 10, 10]
    assert rows["points"][0].verdict == "inside"
    objects = json.loads((REFERENCE / "kitti_points_per_object.json").read_text())
    assert realism.object_rows([realism.Boxed("Car", 15.0, 500, 0.5)], objects)[0].verdict == "inside"


def test_the_report_replaces_what_stands_between_the_marks_alone(tool):
    page = f"before\n{tool.START}\nold\n{tool.END}\nafter\n"
    assert tool.kept(page, "new\n") == f"before\n{tool.START}\n\nnew\n\n{tool.END}\nafter\n"
    with pytest.raises(ValueError, match="once each"):
        tool.kept("no marks", "new")


def test_the_page_has_the_marks(tool):
    assert tool.kept(tool.DOCS.read_text(encoding="utf-8"), "new")
