"""Infrared light of a depth camera's own lamp: how much a surface sends on to the imager."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from simgen.scene.material import Material, SubstanceName

_COAT_ALPHA = 0.03
"""GGX width of a clear coat's lobe."""

_FRESNEL = 0.04
"""Reflectance at normal incidence of a dielectric of refractive index 1.5."""

DIFFUSE, MIRRORED, ALPHA, COAT, RETRO, CONTRAST, WHOLE = range(7)
"""Columns of `infrared_table`."""

_CONTRAST: dict[SubstanceName, float] = {
    "wood": 0.15, "bark": 0.30, "foliage": 0.35, "grass": 0.30, "soil": 0.20, "asphalt": 0.15, "concrete": 0.08,
    "brick": 0.20, "stone": 0.15, "cloth": 0.10, "leather": 0.05, "hair": 0.20, "skin": 0.04, "food": 0.08,
    "cardboard": 0.05, "paper": 0.03, "plaster": 0.03, "water": 0.02, "retro_sheet": 0.08, "lane_paint": 0.08,
}  # fmt: skip
"""Contrast (standard deviation over mean) of a surface's own grain within a matching window; estimates."""

_PLAIN_CONTRAST = 0.02
_TEXTURED_CONTRAST = 0.2
"""At least, of a surface with a texture image."""


def infrared_table(materials: Sequence[Material]) -> np.ndarray:
    """Return (M + 1, 7) float64, what depth cameras see of each material; the last row is of nothing.

    Columns: diffuse reflectance; reflectance of the mirroring lobe at normal incidence; its GGX alpha; reflectance of
    the clear coat's; retro-reflected share as of a Lambertian surface; contrast of its own grain; reflectance in all,
    as if it were spread evenly.
    """
    table = np.zeros((len(materials) + 1, 7))
    for row, material in zip(table, materials, strict=False):
        row[DIFFUSE] = material.nir_reflectance * (1.0 - material.metallic)
        row[ALPHA] = max(material.roughness**2, 0.005)
        # The measured reflectance of a rough surface holds its wide lobe already.
        gloss = _FRESNEL * (1.0 - material.metallic) * (1.0 - row[ALPHA]) ** 2
        row[MIRRORED] = gloss + material.nir_reflectance * material.metallic
        row[COAT] = _FRESNEL * material.clear_coat
        row[RETRO] = material.nir_reflectance * material.retro_gain
        grain = _CONTRAST.get(material.substance, _PLAIN_CONTRAST)
        row[CONTRAST] = grain if material.texture is None else max(grain, _TEXTURED_CONTRAST)
        row[WHOLE] = material.nir_reflectance
    return table


def reflected(surface: np.ndarray, normal: np.ndarray, to_lamp: np.ndarray, to_eye: np.ndarray) -> np.ndarray:
    """Return (N,) how much of a lamp's light surfaces send to the eye: ``pi f cos``, 1 for white met squarely.

    A Lambertian part; GGX lobes (Walter et al. 2007) for the surface and for its clear coat, lamp and eye apart; what
    glass beads send straight back whatever the angle (lamp and eye taken as in one place).

    Args:
        surface: (N, 7) rows of `infrared_table`.
        normal: (N, 3) unit, towards the eye.
        to_lamp: (N, 3) unit.
        to_eye: (N, 3) unit.
    """
    from_lamp = _dot(normal, to_lamp)
    from_eye = np.maximum(_dot(normal, to_eye), 1e-3)
    half = to_lamp + to_eye
    half /= np.maximum(np.linalg.norm(half, axis=1, keepdims=True), 1e-9)
    tilt = np.clip(_dot(normal, half), 0.0, 1.0)
    lit = np.maximum(from_lamp, 0.0)
    value = surface[:, DIFFUSE] * lit
    value += surface[:, MIRRORED] * _lobe(tilt, lit, from_eye, surface[:, ALPHA])
    value += surface[:, COAT] * _lobe(tilt, lit, from_eye, np.full(len(tilt), _COAT_ALPHA))
    return np.where(from_lamp > 0, value + surface[:, RETRO], 0.0)


def _lobe(tilt: np.ndarray, from_lamp: np.ndarray, from_eye: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Return pi D G / (4 cos_eye), GGX's lobe times pi and the lamp's cosine, for a Fresnel reflectance of 1."""
    squared = alpha * alpha
    density = squared / (math.pi * (tilt * tilt * (squared - 1.0) + 1.0) ** 2)

    def masking(cosine: np.ndarray) -> np.ndarray:
        return 2.0 * cosine / (cosine + np.sqrt(squared + (1.0 - squared) * cosine * cosine))

    shadowing = masking(np.maximum(from_lamp, 1e-6)) * masking(from_eye)
    return math.pi * density * shadowing / (4.0 * from_eye)


def _dot(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.einsum("ij,ij->i", a, b)
