"""How surfaces share light between diffuse and mirrored: GGX in its closed forms."""

from __future__ import annotations

import math

from simgen.render.compiled import inlined

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
def mirrored_share(roughness: float, n_v: float) -> tuple[float, float]:
    """Return (scale, bias): a GGX surface under even light mirrors the share ``f0 * scale + bias``.

    The analytic fit of Karis 2014 to the split-sum integral.
    """
    r0, r1 = 1.0 - roughness, 0.0425 - 0.0275 * roughness
    r2, r3 = 1.04 - 0.572 * roughness, 0.022 * roughness - 0.04
    a = min(r0 * r0, 2.0 ** (-9.28 * n_v)) * r0 + r1
    return max(-1.04 * a + r2, 0.0), max(1.04 * a + r3, 0.0)
