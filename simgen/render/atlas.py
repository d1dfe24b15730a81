"""Materials and textures as flat arrays: chains of ever smaller images, all in one buffer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import cv2
import numpy as np

from simgen.render.compiled import inlined
from simgen.render.footprint import taps_over
from simgen.render.ground import DRY, Ground
from simgen.render.relief import Reliefs, pack_reliefs
from simgen.render.soil import Soils, pack_soils
from simgen.scene.material import Material, Texture, linear_from_srgb

OPAQUE, GLASS, LEAF = 1, 2, 3
"""How a surface passes light on: not at all, straight through, or scattered."""

LEAF_PASSES = 0.5
"""Share of what a leaf reflects that it also lets through."""

GLOSS = 5
"""How many numbers there are in a row of `Materials.gloss`."""

_TAPS = 6
"""Look-ups over the footprint of a ray, at most."""

_LEVELS = 15
_LEAVES = ("foliage", "grass")

LINEAR_OF_BYTE = linear_from_srgb(np.arange(256) / 255.0).astype(np.float32)


class Materials(NamedTuple):
    """The materials of a scene, by index.

    Attributes:
        base_color: (M, 3) float32 linear.
        mean_color: (M, 3) float32 linear, with the texture's mean.
        emission_nit: (M, 3) float32.
        gloss: (M, 5) float32 metallic, roughness, clear coat; retro gain and width in radians.
        kind: (M,) uint8, one of `OPAQUE`, `GLASS`, `LEAF`.
        texture: (M,) int32 index into the next ones; -1 for none.
        texels: flat uint8, sRGB-coded, three bytes a texel.
        start: (T, 15) int64 first byte of each level of each texture.
        size: (T, 15, 2) int32 width and height of each level.
        levels: (T,) int32 how many levels there are.
        reliefs: normal maps.
        soils: dirt.
        ground: what weather left on all that faces up.
    """

    base_color: np.ndarray
    mean_color: np.ndarray
    emission_nit: np.ndarray
    gloss: np.ndarray
    kind: np.ndarray
    texture: np.ndarray
    texels: np.ndarray
    start: np.ndarray
    size: np.ndarray
    levels: np.ndarray
    reliefs: Reliefs
    soils: Soils
    ground: Ground = DRY


def pack_materials(materials: Sequence[Material], object_from_world: np.ndarray | None = None) -> Materials:
    """Return the flat arrays of ``materials``, each texture stored once.

    Args:
        materials: M of them.
        object_from_world: (M, 3, 4), as in `simgen.trace.geometry.Geometry`; None where none is soiled.
    """
    textures: dict[int, tuple[int, Texture]] = {}
    for material in materials:
        if material.texture is not None:
            textures.setdefault(id(material.texture), (len(textures), material.texture))
    chains = [_chain(texture) for _, texture in textures.values()]
    start = np.zeros((max(len(chains), 1), _LEVELS), dtype=np.int64)
    size = np.ones((max(len(chains), 1), _LEVELS, 2), dtype=np.int32)
    levels = np.ones(max(len(chains), 1), dtype=np.int32)
    at = 0
    for k, chain in enumerate(chains):
        levels[k] = len(chain)
        for level, image in enumerate(chain):
            start[k, level] = at
            size[k, level] = image.shape[1], image.shape[0]
            at += image.size
    flat = [image.reshape(-1) for chain in chains for image in chain]
    base_color = np.array([m.base_color for m in materials], dtype=np.float32).reshape(-1, 3)
    texture = np.array([-1 if m.texture is None else textures[id(m.texture)][0] for m in materials], dtype=np.int32)
    # The last row stands for "no texture".
    mean = np.array([LINEAR_OF_BYTE[chain[-1]].mean(axis=(0, 1)) for chain in chains] + [(1.0, 1.0, 1.0)], np.float32)
    return Materials(
        base_color=base_color,
        mean_color=base_color * mean[texture],
        emission_nit=np.array([m.emission_nit for m in materials], dtype=np.float32).reshape(-1, 3),
        gloss=np.array([_gloss(m) for m in materials], dtype=np.float32).reshape(-1, GLOSS),
        kind=np.array([_kind(m) for m in materials], dtype=np.uint8),
        texture=texture,
        texels=np.concatenate(flat) if flat else np.zeros(3, dtype=np.uint8),
        start=start,
        size=size,
        levels=levels,
        reliefs=pack_reliefs(materials),
        soils=pack_soils(materials, object_from_world),
    )


def _gloss(m: Material) -> tuple[float, float, float, float, float]:
    return m.metallic, m.roughness, m.clear_coat, m.retro_gain, math.radians(m.retro_width_deg)


def _kind(material: Material) -> int:
    return GLASS if material.substance == "glass" else LEAF if material.substance in _LEAVES else OPAQUE


@lru_cache(maxsize=512)
def _chain(texture: Texture) -> tuple[np.ndarray, ...]:
    """Return the texture and its halvings down to one texel, averaged in linear light."""
    chain = [texture.pixels]
    linear = LINEAR_OF_BYTE[texture.pixels]
    if texture.mask is not None:
        # Holes have no colour of their own: they take on that of the solid texels about them.
        linear = _filled(linear, texture.mask)
        chain = [_coded(linear)]
    while max(linear.shape[:2]) > 1 and len(chain) < _LEVELS:
        height, width = linear.shape[:2]
        linear = cv2.resize(linear, (max(width // 2, 1), max(height // 2, 1)), interpolation=cv2.INTER_AREA)
        linear = linear.reshape(max(height // 2, 1), max(width // 2, 1), 3)
        chain.append(_coded(linear))
    return tuple(chain)


def _coded(linear: np.ndarray) -> np.ndarray:
    coded = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * np.maximum(linear, 1e-8) ** (1 / 2.4) - 0.055)
    return np.round(coded * 255.0).astype(np.uint8)


def _filled(linear: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return colours with those of holes replaced by means of solid texels, of ever wider surroundings."""
    weight = mask.astype(np.float32)
    total = linear * weight[..., None]
    out, known = total.copy(), mask.copy()
    size = 3
    while not known.all():
        side = min(size, 2 * max(mask.shape) + 1)
        near = cv2.boxFilter(weight, -1, (side, side), borderType=cv2.BORDER_REFLECT)
        sums = cv2.boxFilter(total, -1, (side, side), borderType=cv2.BORDER_REFLECT)
        found = ~known & (near > 1e-6)
        out[found] = sums[found] / near[found][:, None]
        known |= found
        size = 2 * size + 1
    return out


@inlined
def _bilinear(materials: Materials, texture: int, level: int, u: float, v: float) -> tuple[float, float, float]:
    """Return the linear colour at (u, v), v upwards, wrapped around."""
    width, height = materials.size[texture, level, 0], materials.size[texture, level, 1]
    start = materials.start[texture, level]
    x = (u - np.floor(u)) * width - 0.5
    y = (1.0 - (v - np.floor(v))) * height - 0.5
    x0, y0 = int(np.floor(x)), int(np.floor(y))
    fx, fy = x - x0, y - y0
    # x0 is -1 at the least, x1 the width at the most: dividing for the remainder would cost more than all the rest.
    x1, y1 = (x0 + 1 if x0 + 1 < width else 0), (y0 + 1 if y0 + 1 < height else 0)
    x0, y0 = (x0 if x0 >= 0 else width - 1), (y0 if y0 >= 0 else height - 1)
    a = start + 3 * (y0 * width + x0)
    b = start + 3 * (y0 * width + x1)
    c = start + 3 * (y1 * width + x0)
    d = start + 3 * (y1 * width + x1)
    wa, wb, wc, wd = (1.0 - fx) * (1.0 - fy), fx * (1.0 - fy), (1.0 - fx) * fy, fx * fy
    texels, linear = materials.texels, LINEAR_OF_BYTE
    return (
        wa * linear[texels[a]] + wb * linear[texels[b]] + wc * linear[texels[c]] + wd * linear[texels[d]],
        wa * linear[texels[a + 1]]
        + wb * linear[texels[b + 1]]
        + wc * linear[texels[c + 1]]
        + wd * linear[texels[d + 1]],
        wa * linear[texels[a + 2]]
        + wb * linear[texels[b + 2]]
        + wc * linear[texels[c + 2]]
        + wd * linear[texels[d + 2]],
    )


@inlined
def sample_texture(
    materials: Materials, texture: int, u: float, v: float, du1: float, dv1: float, du2: float, dv2: float
) -> tuple[float, float, float]:
    """Return the texture's linear colour over a footprint.

    Args:
        materials: where the texture lies.
        texture: its index.
        u: texture coordinate of the footprint's middle.
        v: texture coordinate of the footprint's middle, upwards.
        du1: first axis of the footprint, its full width, in texture coordinates; dv1, du2, dv2 likewise.
        dv1: as ``du1``.
        du2: second axis.
        dv2: as ``du2``.
    """
    taps, lower, share, du1, dv1 = taps_over(
        materials.size[texture, 0, 0],
        materials.size[texture, 0, 1],
        materials.levels[texture],
        _TAPS,
        du1,
        dv1,
        du2,
        dv2,
    )
    red = green = blue = 0.0
    for tap in range(taps if share <= 0.0 else 2 * taps):
        upper = tap >= taps
        along = ((tap - taps if upper else tap) + 0.5) / taps - 0.5
        r, g, b = _bilinear(materials, texture, lower + 1 if upper else lower, u + along * du1, v + along * dv1)
        weight = share if upper else 1.0 - share
        red, green, blue = red + weight * r, green + weight * g, blue + weight * b
    return red / taps, green / taps, blue / taps
