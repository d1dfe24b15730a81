"""Skies from photographs: an equirectangular image of luminance becomes the sky's table, its sun a light of its own."""

from __future__ import annotations

import math
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from simgen.assets.panoramas import read_panorama
from simgen.scene.light import HdriSky

_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
_SUN_OVER_MEAN = 60.0
"""How many times as bright as the whole upper half on average a spot must be to be the sun. Assumed."""

_SUN_REACH_RAD = math.radians(4.0)
_LEAST_SHARE = 0.1
"""Share of the level ground's light that the spot must give to cast shadows of its own."""

_SAMPLES = 6
"""Samples along each side of one of the table's cells."""

_WIDEST_PX = 1536
"""Wider images are reduced before they are sampled, so that no pixel is passed over."""

_FINEST_PX = 2048
"""Wider images are reduced as they are read; the sun is three pixels wide then."""

_UNRESOLVED_PX = 4
"""A spot of so few pixels tells no size: it is taken to be as small as the sun."""

_SUN_RADIUS_RAD = math.radians(0.265)


class Photographed(NamedTuple):
    """A photographed sky, the sun taken out.

    Attributes:
        table: (N, 3) float64 luminance, nit, of the sky's cells.
        sun_direction: (3,) unit vector.
        sun_lux: (3,) on a surface facing it; 0 where the image shows no sun.
        sun_radius_rad: of a disc as large as the bright spot.
    """

    table: np.ndarray
    sun_direction: np.ndarray
    sun_lux: np.ndarray
    sun_radius_rad: float


def photographed(sky: HdriSky, row_edges_rad: np.ndarray, columns: int) -> Photographed:
    """Return the sky of an image.

    Args:
        sky: names the image.
        row_edges_rad: (rows + 1,) elevations of the edges of the table's rows, rising.
        columns: of the table, turning from +x counter-clockwise.

    Raises:
        AssetError: the image cannot be read, or is not what `read_panorama` takes.
        ValueError: it is black above the horizon and ``level_lux`` is given.
    """
    rgb = read_panorama(Path(sky.image))
    if rgb.shape[1] > _FINEST_PX:
        rgb = cv2.resize(rgb, (_FINEST_PX, _FINEST_PX // 2), interpolation=cv2.INTER_AREA)
    height, width, _ = rgb.shape
    direction, area = _pixel_directions(height, width, sky.rotation_deg)
    nit = rgb * _scale_nit(sky, rgb, direction, area)
    flat, sun = _without_sun(nit.reshape(-1, 3), direction, area.ravel())
    return Photographed(_averaged(flat.reshape(nit.shape), row_edges_rad, columns, sky.rotation_deg), *sun)


def _averaged(nit: np.ndarray, row_edges_rad: np.ndarray, columns: int, rotation_deg: float) -> np.ndarray:
    """Return (rows * columns, 3) means of an image over a table's cells, from samples spread evenly over each."""
    if nit.shape[1] > _WIDEST_PX:
        nit = cv2.resize(nit, (_WIDEST_PX, _WIDEST_PX // 2), interpolation=cv2.INTER_AREA)
    height, width, _ = nit.shape
    step = (np.arange(_SAMPLES) + 0.5) / _SAMPLES
    sines = np.sin(row_edges_rad)
    elevation = np.arcsin(sines[:-1, None] + np.diff(sines)[:, None] * step).ravel()
    azimuth = (np.arange(columns * _SAMPLES) + 0.5) / (columns * _SAMPLES) * 2.0 * math.pi
    row = np.clip((0.5 - elevation / math.pi) * height - 0.5, 0.0, height - 1.0)
    column = (0.5 - (azimuth - math.radians(rotation_deg)) / (2.0 * math.pi)) % 1.0 * width + 0.5
    wrapped = np.concatenate([nit[:, -1:], nit, nit[:, :1]], axis=1).astype(np.float32)
    c, r = np.meshgrid(column.astype(np.float32), row.astype(np.float32))
    samples = cv2.remap(wrapped, c, r, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    cells = samples.reshape(len(sines) - 1, _SAMPLES, columns, _SAMPLES, 3).mean(axis=(1, 3), dtype=np.float64)
    return cells.reshape(-1, 3)


def _scale_nit(sky: HdriSky, rgb: np.ndarray, direction: np.ndarray, area: np.ndarray) -> float:
    """Return the luminance of the image's value 1: as the sky says, or such that level ground gets its light."""
    if sky.level_lux is None:
        return sky.scale_nit
    level = float(((rgb.reshape(-1, 3) @ _LUMINANCE) * area.ravel() * np.maximum(direction[:, 2], 0.0)).sum())
    if not level > 0.0:
        raise ValueError(f"{sky.image}: is black above the horizon, so it cannot give level ground {sky.level_lux} lux")
    return sky.level_lux / level


def _pixel_directions(height: int, width: int, rotation_deg: float) -> tuple[np.ndarray, np.ndarray]:
    """Return (H * W, 3) directions and (H, W) solid angles; the image's middle is +x, its left half towards +y."""
    edge = np.linspace(math.pi / 2, -math.pi / 2, height + 1)
    elevation = (edge[:-1] + edge[1:]) / 2
    azimuth = math.pi - (np.arange(width) + 0.5) / width * 2.0 * math.pi + math.radians(rotation_deg)
    e, a = np.meshgrid(elevation, azimuth, indexing="ij")
    direction = np.stack([np.cos(e) * np.cos(a), np.cos(e) * np.sin(a), np.sin(e)], axis=-1).reshape(-1, 3)
    band = (np.sin(edge[:-1]) - np.sin(edge[1:])) * 2.0 * math.pi / width
    return direction, np.repeat(band[:, None], width, axis=1)


def _without_sun(
    nit: np.ndarray, direction: np.ndarray, area: np.ndarray
) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray, float]]:
    """Return the (N, 3) sky with its sun levelled down to its glare, and the sun's direction, lux and radius."""
    none = np.array([0.0, 0.0, 1.0]), np.zeros(3), 0.0
    luminance = nit @ _LUMINANCE
    above = direction[:, 2] > 0.0
    mean = float((luminance * area)[above].sum() / area[above].sum())
    brightest = int(np.argmax(np.where(above, luminance, 0.0)))
    if not luminance[brightest] > _SUN_OVER_MEAN * mean:
        return nit, none
    apart = np.arccos(np.clip(direction @ direction[brightest], -1.0, 1.0))
    around = (apart >= _SUN_REACH_RAD) & (apart < 2.0 * _SUN_REACH_RAD)
    level = np.median(nit[around], axis=0)
    # What is left in its place is as bright as the brightest glare that is not counted as sun: else it would be a hole.
    glare = 2.0 * level
    spot = (apart < _SUN_REACH_RAD) & (luminance > float(glare @ _LUMINANCE))
    excess = np.maximum(nit[spot] - glare, 0.0) * area[spot][:, None]
    lux = excess.sum(axis=0)
    towards = (direction[spot] * (excess @ _LUMINANCE)[:, None]).sum(axis=0)
    towards /= np.linalg.norm(towards)
    level_lux = (luminance * area * np.maximum(direction[:, 2], 0.0)).sum()
    if float(lux @ _LUMINANCE) * towards[2] < _LEAST_SHARE * level_lux:
        return nit, none
    out = nit.copy()
    out[spot] = np.minimum(nit[spot], glare)
    # The half-bright part of the spot is its disc; glare around it is not.
    disc = spot & (luminance > 0.5 * luminance[brightest])
    radius = math.sqrt(float(area[disc].sum()) / math.pi)
    if int(disc.sum()) <= _UNRESOLVED_PX:
        radius = min(radius, _SUN_RADIUS_RAD)
    return out, (towards, lux, radius)
