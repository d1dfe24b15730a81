"""Reference lines of roads: arcs, clothoids and cubics in closed form."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simgen.places.roads.line import Cubic, ParamPoly3, Poly3, Spiral, chain, evaluate, joining


def integrated(curvature, length_m: float, steps: int = 20000) -> tuple[float, float, float]:
    """End of a line of given curvature by the midpoint rule."""
    s = (np.arange(steps) + 0.5) * length_m / steps
    ends = np.concatenate([[0.0], np.cumsum(curvature(s) * length_m / steps)])
    middle = (ends[1:] + ends[:-1]) / 2
    return float(np.cos(middle).mean() * length_m), float(np.sin(middle).mean() * length_m), float(ends[-1])


@pytest.mark.parametrize(("start", "end"), [(0.0, 0.02), (0.02, 0.0), (-0.01, 0.03), (0.01, -0.004), (0.011, 0.0109)])
def test_a_clothoid_ends_where_its_curvature_integrates_to(start, end):
    length = 80.0
    line = chain((0.0, 0.0), 0.0, (Spiral(length_m=length, start_per_m=start, end_per_m=end),))
    last = line.at(np.array([length]))
    x, y, turn = integrated(lambda s: start + (end - start) * s / length, length)
    assert (last.x[0], last.y[0]) == pytest.approx((x, y), abs=1e-5)
    assert last.heading[0] == pytest.approx(turn, abs=1e-9)
    assert last.curvature[0] == pytest.approx(end)


def test_an_arc_of_a_quarter_circle_ends_beside_its_centre():
    line = chain((3.0, -2.0), math.pi / 2, (Spiral(length_m=25.0 * math.pi, start_per_m=0.02, end_per_m=0.02),))
    last = line.at(np.array([line.length_m]))
    assert (last.x[0], last.y[0], last.heading[0]) == pytest.approx((3.0 - 50.0, -2.0 + 50.0, math.pi))


def test_pieces_join_without_a_step_or_a_corner():
    bend = 0.02
    curves = (
        Spiral(length_m=40.0),
        Spiral(length_m=30.0, end_per_m=bend),
        Spiral(length_m=50.0, start_per_m=bend, end_per_m=bend),
        Spiral(length_m=30.0, start_per_m=bend),
    )
    line = chain((0.0, 0.0), 0.3, curves)
    for joint in (40.0, 70.0, 120.0):
        before, after = line.at(np.array([joint - 1e-7])), line.at(np.array([joint + 1e-7]))
        assert np.hypot(after.x - before.x, after.y - before.y)[0] < 1e-6
        assert after.heading[0] == pytest.approx(before.heading[0], abs=1e-7)
        assert after.curvature[0] == pytest.approx(before.curvature[0], abs=1e-8)


def test_distance_along_a_clothoid_is_its_length():
    line = chain((0.0, 0.0), 0.0, (Spiral(length_m=90.0, start_per_m=-0.01, end_per_m=0.04),))
    frames = line.at(np.linspace(0.0, 90.0, 9001))
    assert np.hypot(np.diff(frames.x), np.diff(frames.y)).sum() == pytest.approx(90.0, abs=1e-4)


def test_a_cubic_beside_a_line_keeps_its_distance_along_itself():
    line = chain((0.0, 0.0), 0.0, (Poly3(length_m=50.0, v=Cubic(c=0.01, d=-1e-4)),))
    frames = line.at(np.linspace(0.0, 50.0, 501))
    assert np.hypot(np.diff(frames.x), np.diff(frames.y)) == pytest.approx(np.full(500, 0.1), abs=1e-5)
    assert frames.y == pytest.approx(0.01 * frames.x**2 - 1e-4 * frames.x**3)
    assert np.gradient(frames.heading, 0.1)[5:-5] == pytest.approx(frames.curvature[5:-5], abs=1e-4)


def test_a_parametric_cubic_is_the_same_for_either_range_of_its_parameter():
    u, v = Cubic(b=40.0, c=3.0, d=-2.0), Cubic(c=9.0, d=4.0)
    unit = chain((0.0, 0.0), 0.0, (ParamPoly3(length_m=44.0, u=u, v=v, range_p=1.0),))
    scaled = [Cubic(b=q.b / 44.0, c=q.c / 44.0**2, d=q.d / 44.0**3) for q in (u, v)]
    by_length = chain((0.0, 0.0), 0.0, (ParamPoly3(length_m=44.0, u=scaled[0], v=scaled[1], range_p=44.0),))
    at = np.linspace(0.0, 44.0, 45)
    one, other = unit.at(at), by_length.at(at)
    for key in ("x", "y", "heading", "curvature"):
        assert getattr(one, key) == pytest.approx(getattr(other, key))


def test_distance_along_a_parametric_cubic_is_its_length_however_its_parameter_runs():
    u, v = Cubic(b=10.0, c=30.0), Cubic(c=9.0, d=4.0)
    p = (np.arange(20000) + 0.5) / 20000
    length = float(np.hypot(u.slope(p), v.slope(p)).mean())
    line = chain((0.0, 0.0), 0.0, (ParamPoly3(length_m=length, u=u, v=v, range_p=1.0),))
    frames = line.at(np.linspace(0.0, length, 401))
    assert np.hypot(np.diff(frames.x), np.diff(frames.y)) == pytest.approx(np.full(400, length / 400), rel=2e-3)
    assert (frames.x[-1], frames.y[-1]) == pytest.approx((40.0, 13.0))


def test_the_pieces_of_a_joining_line_are_travelled_evenly_by_their_parameter():
    for piece in joining((1.0, 2.0), 0.4, (31.0, 22.0), 1.9).pieces:
        p = np.linspace(0.0, 1.0, 21)
        speed = np.hypot(piece.curve.u.slope(p), piece.curve.v.slope(p))
        assert speed == pytest.approx(np.full(21, piece.curve.length_m), rel=5e-3)


def test_a_joining_line_meets_both_ends_and_headings():
    line = joining((1.0, 2.0), 0.4, (31.0, 22.0), 1.9)
    frames = line.at(np.linspace(0.0, line.length_m, 2001))
    assert (frames.x[0], frames.y[0], frames.heading[0]) == pytest.approx((1.0, 2.0, 0.4))
    assert (frames.x[-1], frames.y[-1], frames.heading[-1]) == pytest.approx((31.0, 22.0, 1.9))
    assert np.hypot(np.diff(frames.x), np.diff(frames.y)).sum() == pytest.approx(line.length_m, rel=1e-3)


def test_a_crest_rises_and_falls_by_its_vertical_curve():
    # 4 % up, over a parabola of 2500 m radius, 4 % down.
    heights = (Cubic(b=0.04), Cubic(start_m=100.0, a=4.0, b=0.04, c=-1 / 5000.0), Cubic(start_m=300.0, a=4.0, b=-0.04))
    line = chain((0.0, 0.0), 0.0, (Spiral(length_m=400.0),), heights)
    frames = line.at(np.array([100.0, 200.0, 300.0, 400.0]))
    assert frames.z == pytest.approx([4.0, 6.0, 4.0, 0.0])
    assert frames.slope == pytest.approx([0.04, 0.0, -0.04, -0.04])


def test_a_profile_holds_each_cubic_up_to_the_next():
    value, slope = evaluate((Cubic(a=3.0), Cubic(start_m=10.0, a=3.0, b=0.1)), np.array([-1.0, 9.9, 10.0, 20.0]))
    assert value == pytest.approx([3.0, 3.0, 3.0, 4.0])
    assert slope == pytest.approx([0.0, 0.0, 0.1, 0.1])


def test_a_piece_without_length_is_refused():
    with pytest.raises(ValueError, match="pieces need lengths above 0, got 0"):
        chain((0.0, 0.0), 0.0, (Spiral(length_m=20.0), Poly3(length_m=0.0, v=Cubic())))
