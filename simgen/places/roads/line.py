"""Reference lines of roads as OpenDRIVE has them: lines, arcs, clothoids and cubics, with a profile of heights."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import fresnel

_ARC_LENGTH_STEPS = 400
_FLAT_PER_M2 = 1e-12
_JOINING_PIECE_M = 2.0


@dataclass(frozen=True, kw_only=True)
class Cubic:
    """A cubic of the distance from ``start_m``: ``a + b ds + c ds^2 + d ds^3``."""

    start_m: float = 0.0
    a: float = 0.0
    b: float = 0.0
    c: float = 0.0
    d: float = 0.0

    def at(self, along_m: np.ndarray) -> np.ndarray:
        """Return (N,) values at (N,) distances."""
        ds = np.asarray(along_m, dtype=np.float64) - self.start_m
        return self.a + ds * (self.b + ds * (self.c + ds * self.d))

    def slope(self, along_m: np.ndarray) -> np.ndarray:
        """Return (N,) derivatives at (N,) distances."""
        ds = np.asarray(along_m, dtype=np.float64) - self.start_m
        return self.b + ds * (2 * self.c + ds * 3 * self.d)


Profile = tuple[Cubic, ...]
"""Cubics in rising order of their starts; each holds up to the next one's, the first also before its own."""


def evaluate(profile: Profile, along_m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (N,) values and (N,) derivatives of a profile at (N,) distances; an empty profile is 0 all along."""
    along = np.asarray(along_m, dtype=np.float64)
    if not profile:
        return np.zeros_like(along), np.zeros_like(along)
    starts = np.array([c.start_m for c in profile])
    which = np.clip(np.searchsorted(starts, along + 1e-9, side="right") - 1, 0, len(profile) - 1)
    table = np.array([(c.a, c.b, c.c, c.d) for c in profile])[which]
    ds = along - starts[which]
    a, b, c, d = table.T
    return a + ds * (b + ds * (c + ds * d)), b + ds * (2 * c + ds * 3 * d)


@dataclass(frozen=True, kw_only=True)
class Spiral:
    """A piece whose curvature (1 / radius, above 0 to the left) changes evenly: a clothoid, an arc or a straight line.

    Attributes:
        length_m: along the piece.
        start_per_m: curvature at its start.
        end_per_m: curvature at its end.
    """

    length_m: float
    start_per_m: float = 0.0
    end_per_m: float = 0.0

    def local(self, along_m: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return (N,) x, y, heading and curvature in the frame of the piece's start.

        A clothoid's heading is ``k0 s + k' s^2 / 2``. Completing the square makes its position a difference of Fresnel
        integrals, turned by the heading at the point where the curvature would be 0 (Abramowitz and Stegun, 7.3).
        """
        s = np.asarray(along_m, dtype=np.float64)
        rate = (self.end_per_m - self.start_per_m) / self.length_m
        curvature = self.start_per_m + rate * s
        heading = s * (self.start_per_m + curvature) / 2
        if abs(rate) > _FLAT_PER_M2:
            x, y = self._clothoid(s, rate)
        elif self.start_per_m != 0.0:
            # The chord of an arc: 2 sin(half its angle) / k, in the direction of half its angle.
            chord = s * np.sinc(self.start_per_m * s / (2 * math.pi))
            x, y = chord * np.cos(heading / 2), chord * np.sin(heading / 2)
        else:
            x, y = s.copy(), np.zeros_like(s)
        return x, y, heading, curvature

    def _clothoid(self, s: np.ndarray, rate: float) -> tuple[np.ndarray, np.ndarray]:
        scale = math.sqrt(math.pi / abs(rate))
        sign = math.copysign(1.0, rate)
        origin = self.start_per_m / rate
        sine_0, cosine_0 = fresnel(origin / scale)
        sine_1, cosine_1 = fresnel((origin + s) / scale)
        x, y = scale * (cosine_1 - cosine_0), sign * scale * (sine_1 - sine_0)
        turn = -rate * origin * origin / 2
        return math.cos(turn) * x - math.sin(turn) * y, math.sin(turn) * x + math.cos(turn) * y


@dataclass(frozen=True, kw_only=True)
class Poly3:
    """A piece ``v(u)`` to the left of the straight line at its start, u being the distance along that line."""

    length_m: float
    v: Cubic

    def local(self, along_m: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return (N,) x, y, heading and curvature in the frame of the piece's start."""
        # The curve is at least as long as its chord, so the parameter ends by the length at the latest.
        u_of = _ParamTable.of(Cubic(b=1.0), self.v, self.length_m)
        u = u_of.parameter(np.asarray(along_m, dtype=np.float64))
        slope, second = self.v.slope(u), 2 * self.v.c + 6 * self.v.d * u
        return u, self.v.at(u), np.arctan(slope), second / (1 + slope**2) ** 1.5


@dataclass(frozen=True, kw_only=True)
class ParamPoly3:
    """A piece ``(u(p), v(p))``; p runs from 0 to ``range_p`` (1 or the length)."""

    length_m: float
    u: Cubic
    v: Cubic
    range_p: float

    def local(self, along_m: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return (N,) x, y, heading and curvature in the frame of the piece's start.

        Distances are those along the curve, which it need not be travelled evenly by p. Where its length is not quite
        ``length_m`` they are shares of it, so that it ends where p does.
        """
        share = np.asarray(along_m, dtype=np.float64) / self.length_m
        p = self._table.parameter(share * self._table.length[-1])
        du, dv = self.u.slope(p), self.v.slope(p)
        ddu, ddv = 2 * self.u.c + 6 * self.u.d * p, 2 * self.v.c + 6 * self.v.d * p
        speed = np.maximum(np.hypot(du, dv), 1e-12)
        return self.u.at(p), self.v.at(p), np.unwrap(np.arctan2(dv, du)), (du * ddv - dv * ddu) / speed**3

    @cached_property
    def _table(self) -> _ParamTable:
        return _ParamTable.of(self.u, self.v, self.range_p)


@dataclass(frozen=True, kw_only=True, eq=False)
class _ParamTable:
    """The arc length of a parametric curve by its parameter, tabled."""

    p: np.ndarray
    length: np.ndarray

    @staticmethod
    def of(u: Cubic, v: Cubic, range_p: float) -> _ParamTable:
        p = np.linspace(0.0, range_p, _ARC_LENGTH_STEPS + 1)
        middle = (p[1:] + p[:-1]) / 2
        speed = [np.hypot(u.slope(q), v.slope(q)) for q in (p[:-1], middle, p[1:])]
        steps = (speed[0] + 4 * speed[1] + speed[2]) / 6 * np.diff(p)
        return _ParamTable(p=p, length=np.concatenate([[0.0], np.cumsum(steps)]))

    def parameter(self, along_m: np.ndarray) -> np.ndarray:
        return np.interp(along_m, self.length, self.p)


Curve = Spiral | Poly3 | ParamPoly3


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A piece of a reference line where it lies: its start along the line, its first point and heading."""

    start_m: float
    x_m: float
    y_m: float
    heading_rad: float
    curve: Curve


@dataclass(frozen=True, kw_only=True, eq=False)
class Frames:
    """Points of a reference line, N of each: position, heading, slope (dz by distance in plan) and curvature."""

    x: np.ndarray
    y: np.ndarray
    z: np.ndarray
    heading: np.ndarray
    slope: np.ndarray
    curvature: np.ndarray

    def beside(self, left_m: np.ndarray | float) -> np.ndarray:
        """Return (N, 3) points to the left of the line, level across it."""
        return np.column_stack([self.x - np.sin(self.heading) * left_m, self.y + np.cos(self.heading) * left_m, self.z])


@dataclass(frozen=True, kw_only=True)
class ReferenceLine:
    """A road's reference line: pieces one after the other, and its height along them.

    Attributes:
        pieces: in rising order of ``start_m``, the first at 0.
        heights: of the line above the world's z = 0.
    """

    pieces: tuple[Placed, ...]
    heights: Profile = ()

    def __post_init__(self) -> None:
        if not self.pieces:
            raise ValueError("a reference line needs at least one piece")
        for piece in self.pieces:
            if not piece.curve.length_m > 0:
                raise ValueError(f"a reference line's pieces need lengths above 0, got {piece.curve.length_m}")

    @cached_property
    def length_m(self) -> float:
        """Length of the line in plan."""
        last = self.pieces[-1]
        return last.start_m + last.curve.length_m

    def at(self, along_m: np.ndarray) -> Frames:
        """Return the line's frames at (N,) distances along it, which are held to its ends."""
        along = np.clip(np.atleast_1d(np.asarray(along_m, dtype=np.float64)), 0.0, self.length_m)
        starts = np.array([p.start_m for p in self.pieces])
        which = np.clip(np.searchsorted(starts, along, side="right") - 1, 0, len(starts) - 1)
        x, y, heading, curvature = (np.zeros_like(along) for _ in range(4))
        for k in np.unique(which):
            chosen, piece = which == k, self.pieces[k]
            u, v, turn, bend = piece.curve.local(np.minimum(along[chosen] - piece.start_m, piece.curve.length_m))
            c, s = math.cos(piece.heading_rad), math.sin(piece.heading_rad)
            x[chosen], y[chosen] = piece.x_m + c * u - s * v, piece.y_m + s * u + c * v
            heading[chosen], curvature[chosen] = piece.heading_rad + turn, bend
        z, slope = evaluate(self.heights, along)
        return Frames(x=x, y=y, z=z, heading=heading, slope=slope, curvature=curvature)


def chain(
    start_m: tuple[float, float], heading_rad: float, curves: tuple[Curve, ...], heights: Profile = ()
) -> ReferenceLine:
    """Return the line that starts at a point with a heading and follows ``curves`` one after the other.

    Raises:
        ValueError: there are no curves, or one has no length.
    """
    pieces: list[Placed] = []
    x, y, heading, along = *start_m, heading_rad, 0.0
    for curve in curves:
        if not curve.length_m > 0:
            raise ValueError(f"a reference line's pieces need lengths above 0, got {curve.length_m}")
        pieces.append(Placed(start_m=along, x_m=x, y_m=y, heading_rad=heading, curve=curve))
        u, v, turn, _ = (float(q[0]) for q in curve.local(np.array([curve.length_m])))
        c, s = math.cos(heading), math.sin(heading)
        x, y, heading, along = x + c * u - s * v, y + s * u + c * v, heading + turn, along + curve.length_m
    return ReferenceLine(pieces=tuple(pieces), heights=heights)


def joining(
    start_m: tuple[float, float], start_rad: float, end_m: tuple[float, float], end_rad: float, ease: float = 0.4
) -> ReferenceLine:
    """Return a smooth line from a point and heading to another: a cubic Bezier curve.

    It is cut into pieces that are travelled evenly by their parameter, to a few tenths of a percent: readers of
    OpenDRIVE differ in whether p is the share of the length or not.

    Args:
        start_m: where it starts.
        start_rad: its heading there.
        end_m: where it ends.
        end_rad: its heading there.
        ease: how far the inner control points lie from the ends, as a share of the distance between the ends.
    """
    p0, p3 = np.array(start_m), np.array(end_m)
    reach = ease * float(np.linalg.norm(p3 - p0))
    p1 = p0 + reach * np.array([math.cos(start_rad), math.sin(start_rad)])
    p2 = p3 - reach * np.array([math.cos(end_rad), math.sin(end_rad)])
    bezier = [
        Cubic(a=a, b=3 * (b - a), c=3 * (a - 2 * b + c), d=d - 3 * c + 3 * b - a)
        for a, b, c, d in np.array([p0, p1, p2, p3]).T.tolist()
    ]
    table = _ParamTable.of(bezier[0], bezier[1], 1.0)
    count = math.ceil(table.length[-1] / _JOINING_PIECE_M)
    even = table.parameter(np.linspace(0.0, table.length[-1], count + 1))
    x, y = (q.at(even) for q in bezier)
    heading = np.unwrap(np.arctan2(bezier[1].slope(even), bezier[0].slope(even)))
    step = float(table.length[-1]) / count
    pieces: list[Placed] = []
    along = 0.0
    for k in range(count):
        c, s = math.cos(heading[k]), math.sin(heading[k])
        to_x, to_y, turn = x[k + 1] - x[k], y[k + 1] - y[k], float(heading[k + 1] - heading[k])
        u = _between(float(c * to_x + s * to_y), step, step * math.cos(turn))
        v = _between(float(c * to_y - s * to_x), 0.0, step * math.sin(turn))
        curve = ParamPoly3(length_m=float(_ParamTable.of(u, v, 1.0).length[-1]), u=u, v=v, range_p=1.0)
        pieces.append(
            Placed(start_m=along, x_m=float(x[k]), y_m=float(y[k]), heading_rad=float(heading[k]), curve=curve)
        )
        along += curve.length_m
    return ReferenceLine(pieces=tuple(pieces))


def _between(end: float, leaves: float, arrives: float) -> Cubic:
    """Return Hermite's cubic from 0 at 0 to ``end`` at 1, with its slopes there."""
    return Cubic(b=leaves, c=3 * end - 2 * leaves - arrives, d=leaves + arrives - 2 * end)
