"""What tools/compare_lidar counts in scans, and how it holds that against counts from real ones."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

DISTANCES_M = ((0.0, 10.0), (10.0, 20.0), (20.0, 30.0), (30.0, 45.0))
"""Bands of distance in which points per object are compared."""


class Spread(NamedTuple):
    """What real recordings show of one figure.

    Attributes:
        low, high: between these lie the means of the sequences.
        widest_low, widest_high: the same, each sequence widened by how much its single scans differ.
    """

    low: float
    high: float
    widest_low: float
    widest_high: float

    def verdict(self, value: float) -> str:
        """Return ``inside``, ``among scans`` (inside the wider bounds alone), or by how much it is outside of those."""
        if self.low <= value <= self.high:
            return "inside"
        if self.widest_low <= value <= self.widest_high:
            return "among scans"
        edge = self.widest_low if value < self.widest_low else self.widest_high
        return f"off by {value - edge:+.3g}"


class Row(NamedTuple):
    """One compared figure: ours, the real spread, and what follows."""

    name: str
    ours: float
    real: Spread

    @property
    def verdict(self) -> str:
        """As `Spread.verdict`."""
        return self.real.verdict(self.ours)


class Counts(NamedTuple):
    """What is counted in one scan.

    Attributes:
        points: how many returns.
        rings: (R,) returns of each ring.
        range_share, intensity_share: share of the returns in each bin; they sum to 1 where no return lies outside.
    """

    points: int
    rings: np.ndarray
    range_share: np.ndarray
    intensity_share: np.ndarray


def shares(values: np.ndarray, edges: Sequence[float]) -> np.ndarray:
    """Return (B,) shares of all values that lie in each of the bins between (B + 1,) edges, the last edge included."""
    if not len(values):
        raise ValueError("a scan without returns has no shares")
    return np.histogram(values, edges)[0] / len(values)


def count_scan(
    xyz_m: np.ndarray,
    intensity: np.ndarray,
    ring: np.ndarray,
    rings: int,
    range_edges_m: Sequence[float],
    intensity_edges: Sequence[float],
) -> Counts:
    """Return the counts of a scan of N returns, of (N, 3) points, (N,) intensities and (N,) rings."""
    range_m = np.linalg.norm(xyz_m.astype(np.float64), axis=1)
    return Counts(
        points=len(xyz_m),
        rings=np.bincount(ring, minlength=rings),
        range_share=shares(range_m, range_edges_m),
        intensity_share=shares(intensity, intensity_edges),
    )


def spread(means: Iterable[float], deviations: Iterable[float] | None = None) -> Spread:
    """Return the spread of sequences of these means, whose scans differ by these standard deviations."""
    middle = np.array(list(means), dtype=np.float64)
    off = np.zeros(len(middle)) if deviations is None else np.array(list(deviations), dtype=np.float64)
    return Spread(
        float(middle.min()), float(middle.max()), float((middle - off).min()), float((middle + off).max())
    )  # fmt: skip


def scan_rows(counts: Sequence[Counts], beams: int, real: Mapping[str, Any]) -> dict[str, list[Row]]:
    """Return the compared figures of whole scans: ``points``, ``rings``, ``range`` and ``intensity``.

    Args:
        counts: of each of our scans.
        beams: how many a scan sends out.
        real: by sequence, as assets/reference/kitti_lidar_stats.json has them.
    """
    sequences = list(real.values())
    points = float(np.mean([c.points for c in counts]))
    seen = spread([s["points_mean"] for s in sequences])._replace(
        widest_low=min(s["points_min"] for s in sequences), widest_high=max(s["points_max"] for s in sequences)
    )
    missing = Spread(*(1.0 - seen[k] / beams for k in (1, 0, 3, 2)))
    rings = np.mean([c.rings for c in counts], axis=0)
    return {
        "points": [
            Row("points per scan", points, seen),
            Row("share of missing returns", 1.0 - points / beams, missing),
        ],
        "rings": [
            Row(f"ring {k}", float(ours), spread(s["returns_per_ring"][k] for s in sequences))
            for k, ours in enumerate(rings)
        ],
        "range": _bins("range", "range_share", counts, sequences),
        "intensity": _bins("intensity", "intensity_share", counts, sequences),
    }


def _bins(name: str, field: str, counts: Sequence[Counts], sequences: Sequence[Mapping[str, Any]]) -> list[Row]:
    key = f"{name}_hist_edges_m" if name == "range" else f"{name}_hist_edges"
    edges = sequences[0][key]
    ours = np.mean([getattr(c, field) for c in counts], axis=0)
    unit = " m" if name == "range" else ""
    return [
        Row(
            f"{edges[k]:g} to {edges[k + 1]:g}{unit}",
            float(share),
            _rounded(
                spread((s[f"{name}_hist"][k] for s in sequences), (s[f"{name}_hist_std"][k] for s in sequences)),
            ),
        )
        for k, share in enumerate(ours)
    ]


def _rounded(real: Spread) -> Spread:
    """Return a spread of shares with room for their having been rounded to four digits."""
    half = 0.00005
    return Spread(real.low - half, real.high + half, real.widest_low - half, real.widest_high + half)


class Boxed(NamedTuple):
    """Points in one object's box.

    Attributes:
        category: KITTI's name for it.
        distance_m: level distance of the box's middle from the sensor.
        points: returns within the box, of whatever they are.
        seen_share: share of the beams that meet the object that would, were nothing before it.
    """

    category: str
    distance_m: float
    points: int
    seen_share: float


def object_rows(boxes: Sequence[Boxed], real: Mapping[str, Any]) -> list[Row]:
    """Return the median points per box, by category and distance, beside the real quartiles.

    Bands in which we have no object are left out; a name tells how many there are and their median distance.
    ``unoccluded`` is KITTI's "fully visible": here, at least 85 % of the beams.

    Args:
        boxes: of all our scans.
        real: as assets/reference/kitti_points_per_object.json has them.
    """
    rows = []
    for category, found in real["by_class"].items():
        for name, quartiles in found["points_per_box"].items():
            band, which = name.split("_")
            low, high = (float(part) for part in band.removesuffix("m").split("-"))
            ours = [
                b
                for b in boxes
                if b.category == category and low <= b.distance_m < high and (which == "all" or b.seen_share >= 0.85)
            ]
            if not ours:
                continue
            first, _, third = quartiles["points_p25_50_75"]
            away = float(np.median([b.distance_m for b in ours]))
            rows.append(
                Row(
                    f"{category}, {band}, {which} ({len(ours)} at {away:.1f} m / {quartiles['n']})",
                    float(np.median([b.points for b in ours])),
                    Spread(first, third, first, third),
                )
            )
    return rows


def reflectance_rows(intensities: Mapping[str, np.ndarray], real: Mapping[str, Any]) -> list[Row]:
    """Return our median intensity on objects of each category beside the real quartiles.

    Args:
        intensities: by KITTI's name of the category, of all returns within such boxes.
        real: as assets/reference/kitti_points_per_object.json has them.
    """
    rows = []
    for category, found in real["by_class"].items():
        if len(ours := intensities.get(category, np.zeros(0))):
            _, first, _, third, _ = found["reflectance_p5_25_50_75_95"]
            rows.append(Row(category, float(np.median(ours)), Spread(first, third, first, third)))
    return rows


def misplaced(rows: Sequence[Row]) -> float:
    """Return how much of a histogram lies beyond the real bins' wider spread, over the bins that hold too much."""
    return math.fsum(max(row.ours - row.real.widest_high, 0.0) for row in rows)
