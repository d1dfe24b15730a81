"""The light that comes from all around: the sky as tables that the shading kernels look up."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from simgen.render.compiled import inlined, kernel
from simgen.render.hdri import photographed
from simgen.render.sky import glow_luminance, moon_illuminance, moonlit_luminance, sky_luminance, sun_illuminance
from simgen.scene.light import ClearSky, HdriSky, Moon, Sky, Sun, UniformSky

_ROWS, _COLUMNS = 128, 256
_ROUGH_ROWS, _ROUGH_COLUMNS = 24, 48
_ROUGHNESS = (0.25, 0.5, 0.75, 1.0)
_GROUND_REFLECTANCE = np.array([0.19, 0.18, 0.165])
_HORIZON_HAZE_DEG = 2.0


class Environment(NamedTuple):
    """The sky and the sun, in linear RGB.

    Rows of a table run from straight down to straight up, close together at the horizon; columns turn from +x
    counter-clockwise.

    Attributes:
        sharp: (H, W, 3) float32 luminance, nit, without the sun's disc.
        rough: (L, h, w, 3) float32 luminance as mirrored by GGX surfaces of roughness 1/L, 2/L ... 1.
        harmonics: (9, 3) float64 spherical harmonics of the irradiance, lux.
        sun_direction: (3,) float64 unit vector towards the sun.
        sun_lux: (3,) float64 on a surface facing it; 0 without a sun.
        sun_radius_rad: of its disc.
    """

    sharp: np.ndarray
    rough: np.ndarray
    harmonics: np.ndarray
    sun_direction: np.ndarray
    sun_lux: np.ndarray
    sun_radius_rad: float


@lru_cache(maxsize=16)
def make_environment(sky: Sky | None, sun: Sun | None, moon: Moon | None = None) -> Environment:
    """Return the tables of a sky, its sun and its moon, each of which may be missing.

    Once the sun gives no direct light, the moon stands in its place; the sky's light is that of both, and of the town.

    An `HdriSky` brings its own sun. A sun without a `ClearSky` shines through air of turbidity 3. A clear sky without a
    sun is refused.

    Raises:
        ValueError: a clear sky has no sun, a photographed one has a second, or a value the sky model is not made for.
    """
    direction, area = _table_directions(_ROWS, _COLUMNS)
    sun_direction, lux, radius = np.array([0.0, 0.0, 1.0]), np.zeros(3), 0.0
    if sun is not None:
        air = sky if isinstance(sky, ClearSky) else ClearSky()
        sun_direction = np.array(sun.direction)
        lux = sun_illuminance(sun.elevation_deg, air, sun.angular_diameter_deg)
        radius = math.radians(sun.angular_diameter_deg / 2)
    if isinstance(sky, ClearSky):
        if sun is None:
            raise ValueError("scene: a ClearSky needs a Sun among the lights, below the horizon for night; add one")
        above = sky_luminance(direction, sun_direction, sky)
        if any(sky.glow_nit):
            above = above + glow_luminance(direction, sky)
        if moon is not None:
            above = above + moonlit_luminance(direction, moon, sky)
            if not lux.any():
                sun_direction = np.array(moon.direction)
                lux = moon_illuminance(moon.elevation_deg, moon.lit, sky)
                radius = math.radians(moon.angular_diameter_deg / 2)
        table = _with_ground(above, direction, area, sun_direction, lux)
    elif isinstance(sky, HdriSky):
        if sun is not None:
            raise ValueError("scene: an HdriSky brings its own sun; take the Sun out of the lights")
        table, sun_direction, lux, radius = photographed(sky, _row_edges(_ROWS), _COLUMNS)
    elif isinstance(sky, UniformSky):
        table = np.broadcast_to(np.array(sky.luminance_nit, dtype=np.float64), direction.shape)
    else:
        table = np.zeros_like(direction)
    sharp = np.ascontiguousarray(table, dtype=np.float32).reshape(_ROWS, _COLUMNS, 3)
    return Environment(
        sharp=sharp,
        rough=_roughened(sharp),
        harmonics=_irradiance_harmonics(table, direction, area),
        sun_direction=sun_direction,
        sun_lux=lux,
        sun_radius_rad=radius,
    )


def sun_and_sky_lux(sky: Sky | None, sun: Sun | None, moon: Moon | None = None) -> np.ndarray:
    """Return (3,) the illuminance, lux, of level ground under the open sky."""
    environment = make_environment(sky, sun, moon)
    upward = np.array(_basis(0.0, 0.0, 1.0)) @ environment.harmonics
    return upward + environment.sun_lux * max(float(environment.sun_direction[2]), 0.0)


def _with_ground(
    table: np.ndarray, direction: np.ndarray, area: np.ndarray, sun_direction: np.ndarray, sun_lux: np.ndarray
) -> np.ndarray:
    """Fill the lower half with what level ground sends back, the horizon fading into it."""
    up = np.maximum(direction[:, 2], 0.0)
    level_lux = (table * (up * area)[:, None]).sum(axis=0) + sun_lux * max(float(sun_direction[2]), 0.0)
    ground = _GROUND_REFLECTANCE * level_lux / math.pi
    below_deg = -np.degrees(np.arcsin(np.clip(direction[:, 2], -1.0, 1.0)))
    mixed = np.clip(below_deg / _HORIZON_HAZE_DEG, 0.0, 1.0)[:, None]
    return np.where(below_deg[:, None] > 0, (1.0 - mixed) * table + mixed * ground, table)


def _table_directions(rows: int, columns: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the (rows * columns, 3) directions of a table's cells and their solid angles."""
    edge_rad = _row_edges(rows)
    middle = (np.arange(rows) + 0.5) / rows * 2.0 - 1.0
    elevation = np.sign(middle) * middle**2 * (math.pi / 2)
    azimuth = (np.arange(columns) + 0.5) / columns * 2.0 * math.pi
    e, a = np.meshgrid(elevation, azimuth, indexing="ij")
    direction = np.stack([np.cos(e) * np.cos(a), np.cos(e) * np.sin(a), np.sin(e)], axis=-1).reshape(-1, 3)
    band = np.diff(np.sin(edge_rad)) * (2.0 * math.pi / columns)
    return direction, np.repeat(band, columns)


def _row_edges(rows: int) -> np.ndarray:
    """Return (rows + 1,) elevations, rad, where a table's rows begin and end."""
    edge = np.linspace(-1.0, 1.0, rows + 1)
    return np.sign(edge) * edge**2 * (math.pi / 2)


def _irradiance_harmonics(table: np.ndarray, direction: np.ndarray, area: np.ndarray) -> np.ndarray:
    """Return the irradiance in nine spherical harmonics (Ramamoorthi and Hanrahan 2001), basis of `irradiance`."""
    band = np.array([math.pi] + [2.0 * math.pi / 3.0] * 3 + [math.pi / 4.0] * 5)
    basis = np.stack([np.asarray(b) for b in _basis(*direction.T)], axis=1)
    return band[:, None] * (basis.T @ (table * area[:, None]))


def _basis(x, y, z):
    return (
        0.282095 + 0.0 * x,
        0.488603 * y,
        0.488603 * z,
        0.488603 * x,
        1.092548 * x * y,
        1.092548 * y * z,
        0.315392 * (3.0 * z * z - 1.0),
        1.092548 * x * z,
        0.546274 * (x * x - y * y),
    )


_basis_compiled = inlined(_basis)


def _roughened(sharp: np.ndarray) -> np.ndarray:
    """Return the table as rough surfaces mirror it, one level per roughness."""
    source = sharp.reshape(_ROWS // 4, 4, _COLUMNS // 4, 4, 3).mean(axis=(1, 3)).reshape(-1, 3)
    from_direction, area = _table_directions(_ROWS // 4, _COLUMNS // 4)
    to_direction, _ = _table_directions(_ROUGH_ROWS, _ROUGH_COLUMNS)
    levels = np.empty((len(_ROUGHNESS), len(to_direction), 3), dtype=np.float32)
    for level, roughness in enumerate(_ROUGHNESS):
        _filter_ggx(
            len(to_direction),
            levels[level],
            to_direction,
            source.astype(np.float64),
            from_direction,
            area,
            roughness**2,
        )
    return levels.reshape(len(_ROUGHNESS), _ROUGH_ROWS, _ROUGH_COLUMNS, 3)


@kernel
def _filter_ggx(
    start: int,
    stop: int,
    out: np.ndarray,
    to_direction: np.ndarray,
    source: np.ndarray,
    direction: np.ndarray,
    area: np.ndarray,
    alpha: float,
) -> None:
    """Weigh ``source`` by a GGX lobe about each direction, seen head-on (the split sum of Karis 2013)."""
    for i in range(start, stop):
        _filter_ggx_at(i, out, to_direction, source, direction, area, alpha)


@inlined
def _filter_ggx_at(
    i: int,
    out: np.ndarray,
    to_direction: np.ndarray,
    source: np.ndarray,
    direction: np.ndarray,
    area: np.ndarray,
    alpha: float,
) -> None:
    x, y, z = to_direction[i, 0], to_direction[i, 1], to_direction[i, 2]
    red = green = blue = total = 0.0
    for j in range(len(source)):
        cosine = x * direction[j, 0] + y * direction[j, 1] + z * direction[j, 2]
        if cosine > 0.0:
            half_squared = 0.5 * (1.0 + cosine)
            bell = half_squared * (alpha * alpha - 1.0) + 1.0
            weight = area[j] * cosine / (bell * bell)
            red += weight * source[j, 0]
            green += weight * source[j, 1]
            blue += weight * source[j, 2]
            total += weight
    out[i, 0], out[i, 1], out[i, 2] = red / total, green / total, blue / total


@inlined
def _table_position(x: float, y: float, z: float) -> tuple[float, float]:
    """Return row and column of a direction, each as a share 0..1 of the table."""
    folded = math.sqrt(_arcsine(abs(z)) / (math.pi / 2))
    turn = _turn(x, y) / (2.0 * math.pi)
    return 0.5 + 0.5 * (folded if z >= 0.0 else -folded), turn if turn >= 0.0 else turn + 1.0


@inlined
def _arcsine(z: float) -> float:
    """Return the arcsine of 0 to 1 within 7e-5 (Abramowitz and Stegun 1964, 4.4.45)."""
    z = min(z, 1.0)
    return math.pi / 2 - math.sqrt(1.0 - z) * (1.5707288 + z * (-0.2121144 + z * (0.0742610 - 0.0187293 * z)))


@inlined
def _turn(x: float, y: float) -> float:
    """Return the angle of (x, y) within 2e-4 (Abramowitz and Stegun 1964, 4.4.48 and its reflections)."""
    along, across = abs(x), abs(y)
    long = max(max(along, across), 1e-12)
    t = min(along, across) / long
    square = t * t
    angle = t * (0.9998660 + square * (-0.3302995 + square * (0.1801410 + square * (-0.0851330 + 0.0208351 * square))))
    if across > along:
        angle = math.pi / 2 - angle
    if x < 0.0:
        angle = math.pi - angle
    return angle if y >= 0.0 else -angle


@inlined
def _look_up(table: np.ndarray, along_rows: float, along_columns: float) -> tuple[float, float, float]:
    """Return a table's value at a position, bilinear, wrapped around in columns."""
    rows, columns = table.shape[0], table.shape[1]
    row = min(max(along_rows * rows - 0.5, 0.0), rows - 1.001)
    column = along_columns * columns - 0.5
    r = int(row)
    c = int(column + 1.0) - 1
    fr, fc = row - r, column - c
    c0, c1 = (c + columns) % columns, (c + 1) % columns
    w00, w01, w10, w11 = (1.0 - fr) * (1.0 - fc), (1.0 - fr) * fc, fr * (1.0 - fc), fr * fc
    return (
        w00 * table[r, c0, 0] + w01 * table[r, c1, 0] + w10 * table[r + 1, c0, 0] + w11 * table[r + 1, c1, 0],
        w00 * table[r, c0, 1] + w01 * table[r, c1, 1] + w10 * table[r + 1, c0, 1] + w11 * table[r + 1, c1, 1],
        w00 * table[r, c0, 2] + w01 * table[r, c1, 2] + w10 * table[r + 1, c0, 2] + w11 * table[r + 1, c1, 2],
    )


@inlined
def sharp_sky(environment: Environment, x: float, y: float, z: float) -> tuple[float, float, float]:
    """Return the luminance, nit, seen in a direction, without the sun's disc."""
    row, column = _table_position(x, y, z)
    return _look_up(environment.sharp, row, column)


@inlined
def rough_sky(environment: Environment, x: float, y: float, z: float, roughness: float) -> tuple[float, float, float]:
    """Return the luminance, nit, that a surface of ``roughness`` mirrors from about a direction."""
    row, column = _table_position(x, y, z)
    levels = environment.rough.shape[0]
    level = roughness * levels
    lower = min(int(level), levels - 1)
    share = level - lower
    if lower == 0:
        r0, g0, b0 = _look_up(environment.sharp, row, column)
    else:
        r0, g0, b0 = _look_up(environment.rough[lower - 1], row, column)
    if share < 0.01:
        return r0, g0, b0
    r1, g1, b1 = _look_up(environment.rough[lower], row, column)
    return r0 + share * (r1 - r0), g0 + share * (g1 - g0), b0 + share * (b1 - b0)


@inlined
def irradiance(environment: Environment, x: float, y: float, z: float) -> tuple[float, float, float]:
    """Return the illuminance, lux, that the whole sky and ground give a surface of unit normal (x, y, z)."""
    red = green = blue = 0.0
    basis = _basis_compiled(x, y, z)
    for k in range(9):
        red += basis[k] * environment.harmonics[k, 0]
        green += basis[k] * environment.harmonics[k, 1]
        blue += basis[k] * environment.harmonics[k, 2]
    return max(red, 0.0), max(green, 0.0), max(blue, 0.0)
