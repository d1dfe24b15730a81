"""How a ray's footprint on a texture is covered by look-ups in a chain of ever smaller images."""

from __future__ import annotations

import numpy as np

from simgen.render.compiled import inlined


@inlined
def taps_over(
    width: int, height: int, levels: int, most: int, du1: float, dv1: float, du2: float, dv2: float
) -> tuple[int, int, float, float, float]:
    """Return how many look-ups, in which level, the share of the next smaller one, and the axis they lie along.

    Args:
        width: of the whole image, pixels.
        height: of the whole image, pixels.
        levels: how many images there are, each half as large as the one before.
        most: look-ups at most.
        du1: first axis of the footprint, its full width, in texture coordinates; dv1, du2, dv2 likewise.
        dv1: as ``du1``.
        du2: second axis.
        dv2: as ``du2``.
    """
    first = np.sqrt((du1 * width) ** 2 + (dv1 * height) ** 2)
    second = np.sqrt((du2 * width) ** 2 + (dv2 * height) ** 2)
    if second > first:
        first, second, du1, dv1 = second, first, du2, dv2
    # Several taps along the longer axis keep a road seen at a slant from blurring sideways.
    taps = int(min(max(np.ceil(first / max(second, 1e-9)), 1.0), most)) if first > 1.0 else 1
    level = np.log2(max(max(first / taps, second), 1.0))
    level = min(level, levels - 1.0)
    lower = int(level)
    # Between two levels only around the middle: half of all look-ups then read one level, and no seam shows.
    share = min(max(2.0 * (level - lower) - 0.5, 0.0), 1.0)
    return taps, lower, share, du1, dv1
