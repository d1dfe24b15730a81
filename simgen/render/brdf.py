"""How surfaces share light between diffuse and mirrored: GGX in its closed forms."""

from __future__ import annotations

import math

import numpy as np

from simgen.render.compiled import inlined
from simgen.render.vectors import Vector
from simgen.resources import shipped

LOWEST_ROUGHNESS = 0.05
"""Of the first row of tables of GGX; the last is for 1. Columns go by the square root of 1 - n.v from 0 to 1."""

SHARES = np.load(shipped("assets") / "tables" / "ggx_shares.npy")
"""(R, C, 2) float32 scale and bias of `mirrored_share`."""

TABLE_ROWS, TABLE_COLUMNS = SHARES.shape[:2]

COAT_ROUGHNESS = 0.08
"""Of a clear coat: lacquer is nearly, not wholly, smooth."""

DIELECTRIC_F0 = 0.04
"""Mirrored share at normal incidence for a refractive index of 1.5."""


@inlined
def fresnel(f0: float, cosine: float) -> float:
    """Return the mirrored share at an angle of incidence (Schlick 1994)."""
    m = 1.0 - min(max(cosine, 0.0), 1.0)
    return f0 + (1.0 - f0) * m * m * m * m * m


@inlined
def ggx(n_l: float, n_v: float, n_h: float, alpha: float) -> float:
    """Return GGX distribution times Smith visibility, 1/sr; the Fresnel term is left out.

    Walter et al. 2007, with the height-correlated masking of Heitz 2014.
    """
    a2 = alpha * alpha
    bell = n_h * n_h * (a2 - 1.0) + 1.0
    distribution = a2 / (math.pi * bell * bell)
    masking = n_l * math.sqrt(n_v * n_v * (1.0 - a2) + a2) + n_v * math.sqrt(n_l * n_l * (1.0 - a2) + a2)
    return distribution * 0.5 / max(masking, 1e-7)


@inlined
def lobe_towards(n: Vector, v: Vector, x: float, y: float, z: float, n_v: float, alpha: float) -> tuple[float, float]:
    """Return GGX times cosine for light from the unit direction (x, y, z), and Schlick's fifth power."""
    n_l = n[0] * x + n[1] * y + n[2] * z
    if n_l <= 0.0:
        return 0.0, 0.0
    hx, hy, hz = v[0] + x, v[1] + y, v[2] + z
    inverse = 1.0 / max(math.sqrt(hx * hx + hy * hy + hz * hz), 1e-6)
    n_h = min((n[0] * hx + n[1] * hy + n[2] * hz) * inverse, 1.0)
    v_h = (v[0] * hx + v[1] * hy + v[2] * hz) * inverse
    return ggx(n_l, n_v, n_h, alpha) * n_l, fresnel(0.0, v_h)


@inlined
def table_cell(roughness: float, n_v: float) -> tuple[int, int, float, float]:
    """Return row, column and what lies beyond them, 0 to 1, where tables of GGX are to be read."""
    y = (min(max(roughness, LOWEST_ROUGHNESS), 1.0) - LOWEST_ROUGHNESS) / (1.0 - LOWEST_ROUGHNESS) * (TABLE_ROWS - 1)
    x = math.sqrt(min(max(1.0 - n_v, 0.0), 1.0)) * (TABLE_COLUMNS - 1)
    row, column = min(int(y), TABLE_ROWS - 2), min(int(x), TABLE_COLUMNS - 2)
    return row, column, y - row, x - column


@inlined
def mirrored_share(roughness: float, n_v: float) -> tuple[float, float]:
    """Return (scale, bias): a GGX surface under even light mirrors the share ``f0 * scale + bias``.

    The split-sum integral under Schlick's Fresnel (Karis 2013), summed by tools/fit_highlights.
    """
    r, c, fy, fx = table_cell(roughness, n_v)
    w00, w01, w10, w11 = (1.0 - fy) * (1.0 - fx), (1.0 - fy) * fx, fy * (1.0 - fx), fy * fx
    return (
        SHARES[r, c, 0] * w00 + SHARES[r, c + 1, 0] * w01 + SHARES[r + 1, c, 0] * w10 + SHARES[r + 1, c + 1, 0] * w11,
        SHARES[r, c, 1] * w00 + SHARES[r, c + 1, 1] * w01 + SHARES[r + 1, c, 1] * w10 + SHARES[r + 1, c + 1, 1] * w11,
    )
