"""Random patterns for any surface, and texture coordinates for models that have none."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from simgen.assets.families.shapes import Shape
from simgen.scene.asset import Asset
from simgen.scene.material import Rgb, Texture
from simgen.scene.mesh import Mesh

PATTERNS = ("stripes", "checks", "dots", "clouds", "noise", "cells", "gradient")
_SIZE = 96


def pattern(kind: str, colors: tuple[Rgb, Rgb, Rgb], rng: np.random.Generator) -> Texture:
    """Draw a pattern that repeats without seams.

    Args:
        kind: one of `PATTERNS`.
        colors: linear, in 0..1.
        rng: of its numbers, angles and places.
    """
    v, u = np.mgrid[0:_SIZE, 0:_SIZE] / _SIZE
    across, along = (int(n) for n in rng.integers(1, 9, 2))
    match kind:
        case "stripes":
            share = ((u * across + v * (along - 4)) % 1.0 < rng.uniform(0.25, 0.75)).astype(np.float64)
        case "checks":
            share = (((u * across) % 1.0 < 0.5) != ((v * along) % 1.0 < 0.5)).astype(np.float64)
        case "dots":
            radius = rng.uniform(0.15, 0.45)
            share = (np.hypot((u * across) % 1.0 - 0.5, (v * across) % 1.0 - 0.5) < radius).astype(np.float64)
        case "clouds":
            share = np.sum([_smooth(rng, 2**octave) * 0.5**octave for octave in range(1, 6)], axis=0)
            share = (share - share.min()) / max(float(np.ptp(share)), 1e-9)
        case "noise":
            share = rng.random((_SIZE, _SIZE))
        case "cells":
            spots = rng.random((10 + 4 * across, 2))
            gap = np.abs(np.stack([u, v], axis=-1)[:, :, None] - spots)
            nearest = np.minimum(gap, 1.0 - gap)
            share = rng.random(len(spots))[(nearest**2).sum(axis=-1).argmin(axis=-1)]
        case "gradient":
            share = 0.5 - 0.5 * np.cos(2 * np.pi * (u * (across % 3) + v * (1 + along % 2)))
        case _:
            raise ValueError(f"no pattern {kind!r}; known: {', '.join(PATTERNS)}")
    low, high, third = (np.asarray(c) for c in colors)
    linear = low + (high - low) * np.asarray(share)[..., None]
    if kind in ("clouds", "noise", "cells"):
        linear = linear + (third - linear) * (_smooth(rng, 4) ** 2)[..., None]
    coded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055)
    return Texture(name=f"wild_{kind}", pixels=np.rint(np.clip(coded, 0.0, 1.0) * 255.0).astype(np.uint8))


def wrapped(asset: Asset, tile_m: float) -> Asset:
    """Return a model with texture coordinates by the axis that each face looks along most, ``tile_m`` to a tile.

    Faces, their order and their shading stay; only vertices that several faces share are stored once per face.
    """
    mesh = asset.mesh
    corners = mesh.faces.reshape(-1)
    shape = Shape(vertices=mesh.vertices.astype(np.float64), faces=mesh.faces.astype(np.int64)).wrapped(tile_m)
    assert shape.uv is not None
    apart = Mesh(
        vertices=mesh.vertices[corners],
        faces=np.arange(len(corners), dtype=np.int32).reshape(-1, 3),
        normals=mesh.normals[corners],
        uv=shape.uv.reshape(-1, 2).astype(np.float32),
        face_material=mesh.face_material,
    )
    return replace(asset, mesh=apart)


def _smooth(rng: np.random.Generator, cells: int) -> np.ndarray:
    """Return smooth noise in 0..1 that repeats, of so many cells a side."""
    coarse = rng.random((cells, cells)).astype(np.float32)
    padded = np.pad(coarse, 2, mode="wrap")
    fine = cv2.resize(padded, None, fx=_SIZE / cells, fy=_SIZE / cells, interpolation=cv2.INTER_CUBIC)
    start = round(2 * _SIZE / cells)
    return np.clip(fine[start : start + _SIZE, start : start + _SIZE], 0.0, 1.0).astype(np.float64)
