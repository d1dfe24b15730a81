"""Where head lamps send their light: low and high beam, as shares of the brightest direction."""

from __future__ import annotations

import math

from simgen.render.compiled import inlined

# ECE R112 sets limits at points of a screen 25 m off, not a shape: a low beam's cut-off lies 1 % (0.57 degrees) below
# the lamp, rises at 15 degrees towards the kerb from the middle, and little light goes above it. The widths of the
# bells and the share above are assumed, after published beam plots: at a peak of 25,000 cd, 400 cd dazzle.
_CUT_OFF, _KERB_SLOPE, _KERB_HIGHEST = -0.01, 0.268, 0.05
_CUT_WIDTH = 0.005
_ABOVE = 0.016


@inlined
def low_beam(kerbwards: float, up: float) -> float:
    """Return the share of the peak intensity in a direction, given as tangents towards the kerb and upwards."""
    cut = _CUT_OFF + min(max(kerbwards, 0.0) * _KERB_SLOPE, _KERB_HIGHEST)
    step = min(max((cut + _CUT_WIDTH - up) / (2.0 * _CUT_WIDTH), 0.0), 1.0)
    below = step * step * (3.0 - 2.0 * step)
    # The hot spot hangs under the cut-off.
    across, down = kerbwards - 0.03, up - min(cut, 0.01) + 0.016
    hot = 0.84 * math.exp(-across * across / 0.02 - down * down / 0.001)
    wide = 0.18 * math.exp(-kerbwards * kerbwards / 0.25 - (up + 0.06) * (up + 0.06) / 0.012)
    stray = _ABOVE * math.exp(-kerbwards * kerbwards / 0.3 - up * up / 0.2)
    return below * (hot + wide) + stray


@inlined
def high_beam(kerbwards: float, up: float) -> float:
    """Return the share of the peak intensity, arguments as for `low_beam`; its shape is assumed."""
    hot = 0.84 * math.exp(-kerbwards * kerbwards / 0.012 - up * up / 0.004)
    wide = 0.15 * math.exp(-kerbwards * kerbwards / 0.2 - (up + 0.04) * (up + 0.04) / 0.02)
    return hot + wide + _ABOVE * math.exp(-kerbwards * kerbwards / 0.3 - up * up / 0.2)
