"""The colour of white light."""

from __future__ import annotations

import numpy as np

from simgen.scene.material import Rgb

LUMINANCE = (0.2126, 0.7152, 0.0722)
"""Share of each linear Rec. 709 primary in luminance."""


def white(kelvin: float) -> Rgb:
    """Return the linear Rec. 709 colour, of luminance 1, of white light of a colour temperature.

    Below 4000 K the Planckian locus by Kim et al. (US patent 7024034, 2002), above it the CIE daylight locus (CIE 15,
    between 4000 and 25000 K); chromaticity to XYZ to Rec. 709 (IEC 61966-2-1). Negative primaries are set to 0.
    """
    if not 1667.0 <= kelvin <= 25000.0:
        raise ValueError(f"colour temperature must lie in 1667 to 25000 K, got {kelvin:g}")
    t = 1000.0 / kelvin
    if kelvin < 4000.0:
        x = -0.2661239 * t**3 - 0.2343589 * t**2 + 0.8776956 * t + 0.179910
        a, b, c, d = (
            (-1.1063814, -1.34811020, 2.18555832, -0.20219683)
            if kelvin < 2222.0
            else (-0.9549476, -1.37418593, 2.09137015, -0.16748867)
        )
        y = a * x**3 + b * x**2 + c * x + d
    else:
        a, b, c, d = (-4.6070, 2.9678, 0.09911, 0.244063) if kelvin <= 7000.0 else (-2.0064, 1.9018, 0.24748, 0.237040)
        x = a * t**3 + b * t**2 + c * t + d
        y = -3.0 * x * x + 2.870 * x - 0.275
    xyz = np.array([x / y, 1.0, (1.0 - x - y) / y])
    linear = np.array([[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.2040, 1.0570]]) @ xyz
    linear = np.maximum(linear, 0.0)
    red, green, blue = linear / (linear @ np.array(LUMINANCE))
    return float(red), float(green), float(blue)
