"""Lanes through a junction: straight on, and the turns between neighbouring arms."""

from __future__ import annotations

from typing import Literal

import numpy as np

from simgen.geometry.pose import Vector3
from simgen.places.road import Road
from simgen.places.section import LaidStrip
from simgen.scene.region import Lane, Region

_CURVE_STEPS = 10


def arm_lanes(arms: list[Road], drive_on: Literal["right", "left"]) -> list[Region]:
    """Return every way through a junction as one lane, from the end of an arm to the end of another.

    Straight on, each approaching lane meets the lane of the same rank. The turn to traffic's own side starts and ends
    in the outermost lanes, the turn across oncoming traffic in the innermost ones. A lane's name tells its arms:
    ``junction/arm_e_to_arm_w_0``.

    Args:
        arms: counter-clockwise, a quarter turn apart, the first along +x; three or four of them.
        drive_on: the side that traffic keeps to.
    """
    found: list[Region] = []
    for k, arm in enumerate(arms):
        coming = _ranked(arm, "backward")
        for quarter in (1, 2, 3):
            to = (k + quarter) % 4
            if to >= len(arms):
                continue
            leaving = _ranked(arms[to], "forward")
            # Seen from above, the arm a quarter turn clockwise of one's own lies to one's left.
            near = quarter == (1 if drive_on == "right" else 3)
            if quarter == 2:
                pairs = list(zip(coming, leaving, strict=False))
            else:
                pairs = [(coming[-1], leaving[-1])] if near else [(coming[0], leaving[0])]
            for rank, (a, b) in enumerate(pairs):
                found.append(_way(arm, a, arms[to], b, f"junction/{arm.name}_to_{arms[to].name}_{rank}"))
    return found


def _ranked(arm: Road, direction: str) -> list[LaidStrip]:
    """Return the lanes of one direction, innermost first."""
    return sorted((s for s in arm.section.of("drive") if s.direction == direction), key=lambda s: abs(s.middle_m))


def _way(arm: Road, a: LaidStrip, to: Road, b: LaidStrip, name: str) -> Lane:
    """Return the lane in along ``a``, over a quadratic Bezier curve through the junction, and out along ``b``."""
    into = arm.path.offset(a.middle_m, *arm.span_m)[::-1]
    out = to.path.offset(b.middle_m, *to.span_m)
    start, end = into[-1], out[0]
    heading_in, heading_out = into[-1] - into[-2], out[1] - out[0]
    t = np.linspace(0.0, 1.0, _CURVE_STEPS + 1)[1:-1, None]
    cross = heading_in[0] * heading_out[1] - heading_in[1] * heading_out[0]
    if abs(cross) < 1e-6 * float(np.linalg.norm(heading_in) * np.linalg.norm(heading_out)):
        between = start + (end - start) * t
    else:
        gap = end - start
        reach = (gap[0] * heading_out[1] - gap[1] * heading_out[0]) / cross
        bend = start + heading_in * reach
        between = (1 - t) ** 2 * start + 2 * t * (1 - t) * bend + t**2 * end
    points = np.vstack([into, between, out])
    line: tuple[Vector3, ...] = tuple((float(x), float(y), 0.0) for x, y in points)
    return Lane(name=name, use="drive", centre_m=line, width_m=min(a.width_m, b.width_m))
