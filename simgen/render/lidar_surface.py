"""What surfaces send straight back to a LiDAR, in near infrared, dry, wet or below snow."""

from __future__ import annotations

import math
from collections.abc import Sequence
from weakref import WeakKeyDictionary

import numba
import numpy as np

from simgen.geometry.rays import Hits, Rays
from simgen.render.compiled import kernel
from simgen.render.ground import Ground, lies_at
from simgen.scene.material import Material
from simgen.trace.geometry import Geometry
from simgen.trace.tracer import Tracer

COAT_ALPHA = 0.03
"""GGX width of a clear coat's lobe: car paint glints back within about two degrees of square-on."""

COAT_REFLECTANCE = 0.04
"""Fresnel reflectance at normal incidence of a coat of refractive index 1.5."""

PANE_DUST = 0.003
"""Diffuse reflectance of a pane: of the haze of dust on it alone; estimate."""

_SNOW_REFLECTANCE = 0.85


def surface_table(materials: Sequence[Material]) -> np.ndarray:
    """Return (M, 6) float64, what `apparent_reflectance` reads of each material; one row of zeros for none.

    Columns: diffuse reflectance; Oren and Nayar's ratio B / A; metal's reflectance; GGX alpha of the metal; weight of
    the coat's lobe; reflectance that comes back whatever the angle. A pane has two smooth faces and some dust.
    """
    table = np.zeros((max(len(materials), 1), 6))
    if not materials:
        return table
    columns = [(m.nir_reflectance, m.metallic, m.roughness, m.clear_coat, m.retro_gain) for m in materials]
    nir, metallic, roughness, coat, retro = np.array(columns, dtype=np.float64).T
    alpha = np.maximum(roughness * roughness, 0.01)
    # Slope of a Beckmann surface as rough as the GGX one: alpha is sqrt(2) times the root mean square slope.
    slope = np.array([math.atan(a / math.sqrt(2.0)) for a in alpha.tolist()])
    squared = np.where(roughness > 0.0, slope * slope, 0.0)
    table[:, 0] = nir * (1.0 - metallic)
    table[:, 1] = (0.45 * squared / (squared + 0.09)) / (1.0 - 0.5 * squared / (squared + 0.33))
    table[:, 2] = nir * metallic
    table[:, 3] = alpha
    table[:, 4] = COAT_REFLECTANCE * coat
    table[:, 5] = nir * retro
    glass = np.array([m.substance == "glass" for m in materials])
    table[glass, 0], table[glass, 4] = np.minimum(PANE_DUST, table[glass, 0]), 2.0 * COAT_REFLECTANCE
    return table


@numba.njit(cache=True, nogil=True)
def apparent_reflectance(surface: np.ndarray, cosine: float) -> float:
    """Return the reflectance of the Lambertian surface, met squarely, that would send as much light straight back.

    The sum of a rough diffuse part (Oren and Nayar 1994 with viewer and lamp in one place: ``cos + B / A * sin**2``,
    scaled so that the reflectance holds square-on; plain Lambert at roughness 0), a GGX lobe for metal and one for a
    clear coat (Walter et al. 2007), and a retro-reflecting part that does not fall with the angle, as glass beads in
    road paint and prismatic sheets are made for.

    Args:
        surface: (6,) one row of `surface_table`.
        cosine: of the angle of incidence, 0 to 1.
    """
    value = surface[0] * (cosine + surface[1] * (1.0 - cosine * cosine)) + surface[5]
    if surface[2] > 0.0:
        value += surface[2] * _backscatter(cosine, surface[3])
    if surface[4] > 0.0:
        value += surface[4] * _backscatter(cosine, COAT_ALPHA)
    return value


@numba.njit(cache=True, nogil=True)
def _backscatter(cosine: float, alpha: float) -> float:
    """Return pi times D G / (4 cos), GGX's answer straight back: what multiplies the Fresnel reflectance."""
    squared = max(cosine * cosine, 1e-6)
    spread = squared * (alpha * alpha - 1.0) + 1.0
    masking = math.sqrt(1.0 + alpha * alpha * (1.0 - squared) / squared)  # Smith, both ways at once: 1 / (1 + 2 lambda)
    return alpha * alpha / (spread * spread * 4.0 * math.sqrt(squared) * masking)


def reflectances(
    tracer: Tracer, rays: Rays, hits: Hits, ground: Ground, *, slopes: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Return what rays meet as `apparent_reflectance` has it, under water and snow, and how it slopes away from them.

    Args:
        tracer: of the scene's objects.
        rays: N of them.
        hits: what they met.
        ground: where water and snow lie.
        slopes: whether these are asked for.

    Returns:
        (N,) float32 reflectances, 0 for nothing met; (N,) float32 tangents of the angle of incidence, or zeros.
    """
    value, slope = np.zeros(len(rays), np.float32), np.zeros(len(rays), np.float32)
    _reflect(
        len(rays),
        value,
        slope,
        hits.range_m,
        hits.triangle,
        np.ascontiguousarray(rays.origin) if ground.any else np.zeros((0, 3), np.float32),
        rays.direction,
        hits.normal,
        tracer.geometry.face_material,
        _table_of(tracer.geometry),
        ground,
        slopes,
    )
    return value, slope


_tables: WeakKeyDictionary[Geometry, np.ndarray] = WeakKeyDictionary()
"""Tables made, as long as what they are of: a sweep asks for one up to six times."""


def _table_of(geometry: Geometry) -> np.ndarray:
    if geometry not in _tables:
        _tables[geometry] = surface_table(geometry.materials)
    return _tables[geometry]


@kernel
def _reflect(
    start: int,
    stop: int,
    value: np.ndarray,
    slope: np.ndarray,
    range_m: np.ndarray,
    triangle: np.ndarray,
    origin: np.ndarray,
    direction: np.ndarray,
    normal: np.ndarray,
    face_material: np.ndarray,
    surfaces: np.ndarray,
    ground: Ground,
    slopes: bool,
) -> None:
    for i in range(start, stop):
        if triangle[i] < 0:
            continue
        cosine = 0.0
        for axis in range(3):
            cosine -= float(direction[i, axis]) * float(normal[i, axis])
        cosine = min(max(cosine, 0.0), 1.0)
        back = apparent_reflectance(surfaces[face_material[triangle[i]]], cosine)
        if ground.any:
            x = origin[i, 0] + range_m[i] * direction[i, 0]
            y = origin[i, 1] + range_m[i] * direction[i, 1]
            z = origin[i, 2] + range_m[i] * direction[i, 2]
            film, pool, snow = lies_at(ground, x, y, z, normal[i, 2])
            # A film darkens pores (asphalt from 0.15 to 0.06); a pool sends the beam on as a mirror does.
            back *= (1.0 - 0.6 * film) * (1.0 - 0.97 * pool)
            back += snow * (_SNOW_REFLECTANCE * cosine - back)
        value[i] = back
        if slopes:
            slope[i] = math.sqrt(1.0 - cosine * cosine) / max(cosine, 1e-3)
