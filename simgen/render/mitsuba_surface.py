"""simgen's material model as a Mitsuba BSDF, so that both renderers show the same surfaces."""

# Mitsuba and Dr.Jit know their types only after a variant is set; there is nothing for a type checker to hold on to.
# pyright: basic
# ruff: noqa: ARG002 - Mitsuba hands its context to every method of a BSDF

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from simgen.render.atlas import LEAF, LEAF_PASSES, LINEAR_OF_BYTE, Materials
from simgen.render.brdf import COAT_ROUGHNESS, DIELECTRIC_F0, LOWEST_ROUGHNESS, SHARES, TABLE_COLUMNS, TABLE_ROWS
from simgen.render.relief import Reliefs


class Tables(NamedTuple):
    """What the BSDF looks up, on Mitsuba's device: a `Materials` without its smaller textures.

    Attributes:
        base_color: (M * 3) linear.
        gloss: (M * 3) metallic, roughness, clear coat.
        retro: (M * 3) gain, width in radians, and 0.
        leaf: (M) 1 for leaves, else 0.
        texture: (M) index, -1 for none.
        start: (T) first byte of each texture.
        width, height: (T) of each texture.
        texels: flat, linear.
        shares: flat, of `simgen.render.brdf`.
        relief: (M) index of the normal map, -1 for none.
        relief_scale: (M * 3) factor on its slopes, and its repeats along u and v.
        relief_start, relief_width, relief_height: (R) of each map.
        slopes: flat, three numbers a texel: x and y over z of the normals, and 0.
    """

    base_color: Any
    gloss: Any
    retro: Any
    leaf: Any
    texture: Any
    start: Any
    width: Any
    height: Any
    texels: Any
    shares: Any
    relief: Any
    relief_scale: Any
    relief_start: Any
    relief_width: Any
    relief_height: Any
    slopes: Any


def tables_of(mi: Any, materials: Materials) -> Tables:
    """Return ``materials`` on the device of Mitsuba's variant."""
    size, reliefs = materials.size[:, 0], materials.reliefs
    finest = reliefs.size[:, 0]
    return Tables(
        base_color=mi.Float(materials.base_color.ravel()),
        gloss=mi.Float(materials.gloss[:, :3].ravel()),
        retro=mi.Float(np.pad(materials.gloss[:, 3:], ((0, 0), (0, 1))).ravel()),
        leaf=mi.Float((materials.kind == LEAF).astype(np.float32)),
        texture=mi.Int32(materials.texture),
        start=mi.UInt32(materials.start[:, 0].astype(np.uint32)),
        width=mi.Int32(np.ascontiguousarray(size[:, 0])),
        height=mi.Int32(np.ascontiguousarray(size[:, 1])),
        texels=mi.Float(LINEAR_OF_BYTE[materials.texels]),
        shares=mi.Float(np.ascontiguousarray(SHARES).ravel()),
        relief=mi.Int32(reliefs.which),
        relief_scale=mi.Float(np.column_stack([reliefs.strength, reliefs.repeat]).ravel()),
        relief_start=mi.UInt32(reliefs.start[:, 0].astype(np.uint32)),
        relief_width=mi.Int32(np.ascontiguousarray(finest[:, 0])),
        relief_height=mi.Int32(np.ascontiguousarray(finest[:, 1])),
        slopes=mi.Float(_finest_slopes(reliefs)),
    )


def _finest_slopes(reliefs: Reliefs) -> np.ndarray:
    """Return the maps' bytes as slopes, flat; only their finest levels mean anything then."""
    slopes = (reliefs.texels.astype(np.float32) - 128.0) / 127.0
    for start, size, steepest in zip(reliefs.start[:, 0], reliefs.size[:, 0], reliefs.steepest, strict=True):
        slopes[start : start + 3 * int(size[0]) * int(size[1])] *= steepest
    return slopes


class _Point(NamedTuple):
    """A surface where light meets it, in the shading frame turned so that the viewer is above.

    Attributes:
        side: -1 where the shading frame was turned over.
        normal: of the bumps, in that frame.
        away: to the viewer, in the frame about that normal; as all directions below.
    """

    side: Any
    normal: Any
    away: Any
    albedo: Any
    metallic: Any
    roughness: Any
    coat: Any
    retro_gain: Any
    retro_width: Any
    leaf: Any


def make_surface(mi: Any, dr: Any, tables: Tables, face_material: np.ndarray) -> Any:
    """Return a BSDF for a mesh whose (F,) faces have these materials.

    Mitsuba asks that BSDFs inherit from its own class, which exists once a variant is set.
    """
    material_of = mi.UInt32(face_material.astype(np.uint32))
    flags = mi.BSDFFlags.DiffuseReflection | mi.BSDFFlags.DiffuseTransmission | mi.BSDFFlags.GlossyReflection
    flags = flags | mi.BSDFFlags.FrontSide | mi.BSDFFlags.BackSide

    class Surface(mi.BSDF):
        def __init__(self, props: Any) -> None:
            super().__init__(props)
            self.m_components = [int(flags)]
            self.m_flags = int(flags)

        def sample(self, ctx: Any, si: Any, sample1: Any, sample2: Any, active: Any = True) -> Any:
            point = _point_at(mi, dr, tables, material_of, si, active)
            wo = _draw(mi, dr, tables, point, sample1, sample2)
            value, density = _value(mi, dr, tables, point, wo), _density(mi, dr, tables, point, wo)
            drawn = mi.BSDFSample3f()
            outer = mi.Frame3f(point.normal).to_world(wo)
            drawn.wo = mi.Vector3f(outer.x, outer.y, outer.z * point.side)
            drawn.pdf = density
            drawn.eta = 1.0
            drawn.sampled_type = mi.UInt32(int(flags))
            drawn.sampled_component = mi.UInt32(0)
            good = active & (density > 1e-9)
            return drawn, dr.select(good, value / dr.maximum(density, 1e-9), mi.Color3f(0.0))

        def eval(self, ctx: Any, si: Any, wo: Any, active: Any = True) -> Any:
            point = _point_at(mi, dr, tables, material_of, si, active)
            value = _value(mi, dr, tables, point, _turned(mi, point, wo))
            return dr.select(active, value, mi.Color3f(0.0))

        def pdf(self, ctx: Any, si: Any, wo: Any, active: Any = True) -> Any:
            point = _point_at(mi, dr, tables, material_of, si, active)
            density = _density(mi, dr, tables, point, _turned(mi, point, wo))
            return dr.select(active, density, mi.Float(0.0))

        def eval_pdf(self, ctx: Any, si: Any, wo: Any, active: Any = True) -> Any:
            point = _point_at(mi, dr, tables, material_of, si, active)
            turned = _turned(mi, point, wo)
            value, density = _value(mi, dr, tables, point, turned), _density(mi, dr, tables, point, turned)
            return dr.select(active, value, mi.Color3f(0.0)), dr.select(active, density, mi.Float(0.0))

        def eval_diffuse_reflectance(self, si: Any, active: Any = True) -> Any:
            return _point_at(mi, dr, tables, material_of, si, active).albedo

        def to_string(self) -> str:
            return "simgen surface"

    return Surface(mi.Properties())


def _point_at(mi: Any, dr: Any, tables: Tables, material_of: Any, si: Any, active: Any) -> _Point:
    material = dr.gather(mi.UInt32, material_of, si.prim_index, active)
    base = dr.gather(mi.Color3f, tables.base_color, material, active)
    gloss = dr.gather(mi.Color3f, tables.gloss, material, active)
    retro = dr.gather(mi.Color3f, tables.retro, material, active)
    texture = dr.gather(mi.Int32, tables.texture, material, active)
    textured = active & (texture >= 0)
    images = (tables.start, tables.width, tables.height, tables.texels)
    albedo = dr.select(textured, base * _texel(mi, dr, images, mi.UInt32(texture), si.uv, textured), base)
    # The side that is seen is that of the flat triangle, wherever the interpolated normal leans.
    side = dr.select(dr.dot(si.n, si.to_world(si.wi)) >= 0.0, mi.Float(1.0), mi.Float(-1.0))
    outer = dr.normalize(mi.Vector3f(si.wi.x, si.wi.y, dr.maximum(si.wi.z * side, 0.03)))
    normal = _bumpy_normal(mi, dr, tables, material, si, side, active)
    facing = dr.dot(normal, outer)
    normal = dr.normalize(normal + dr.maximum(0.03 - facing, 0.0) * outer)
    return _Point(
        side=side,
        normal=normal,
        away=mi.Frame3f(normal).to_local(outer),
        albedo=albedo,
        metallic=gloss.x,
        roughness=gloss.y,
        coat=gloss.z,
        retro_gain=retro.x,
        retro_width=dr.maximum(retro.y, 1e-3),
        leaf=dr.gather(mi.Float, tables.leaf, material, active),
    )


def _turned(mi: Any, point: _Point, wo: Any) -> Any:
    """Return a direction of the shading frame in the frame about the bumps' normal."""
    return mi.Frame3f(point.normal).to_local(mi.Vector3f(wo.x, wo.y, wo.z * point.side))


def _bumpy_normal(mi: Any, dr: Any, tables: Tables, material: Any, si: Any, side: Any, active: Any) -> Any:
    """Return the normal as a normal map tilts it, in the shading frame turned so that the viewer is above."""
    relief = dr.gather(mi.Int32, tables.relief, material, active)
    bumpy = active & (relief >= 0)
    scale = dr.gather(mi.Color3f, tables.relief_scale, material, active)
    uv = mi.Point2f(si.uv.x * scale.y, si.uv.y * scale.z)
    maps = (tables.relief_start, tables.relief_width, tables.relief_height, tables.slopes)
    slopes = _texel(mi, dr, maps, mi.UInt32(dr.maximum(relief, 0)), uv, bumpy) * scale.x
    tilt = mi.Vector3f(0.0)
    for slope, along in ((slopes.x, si.dp_du), (slopes.y, si.dp_dv)):
        axis = si.to_local(along)
        axis = mi.Vector3f(axis.x, axis.y, 0.0)
        length = dr.norm(axis)
        tilt += dr.select(length > 1e-9, axis * (slope / dr.maximum(length, 1e-9)), mi.Vector3f(0.0))
    normal = dr.normalize(mi.Vector3f(tilt.x * side, tilt.y * side, 1.0))
    return dr.select(bumpy, normal, mi.Vector3f(0.0, 0.0, 1.0))


def _texel(mi: Any, dr: Any, images: tuple[Any, Any, Any, Any], texture: Any, uv: Any, active: Any) -> Any:
    """Return three numbers of one of ``images`` (starts, widths, heights, texels), bilinear, wrapped, v upwards."""
    starts, widths, heights, texels = images
    # Untextured points gather 0, and dividing by it would end the process.
    width = dr.maximum(dr.gather(mi.Int32, widths, texture, active), 1)
    height = dr.maximum(dr.gather(mi.Int32, heights, texture, active), 1)
    start = dr.gather(mi.UInt32, starts, texture, active)
    x = (uv.x - dr.floor(uv.x)) * mi.Float(width) - 0.5
    y = (1.0 - (uv.y - dr.floor(uv.y))) * mi.Float(height) - 0.5
    left, above = mi.Int32(dr.floor(x)), mi.Int32(dr.floor(y))
    fx, fy = x - dr.floor(x), y - dr.floor(y)
    color = mi.Color3f(0.0)
    for right, below in ((0, 0), (1, 0), (0, 1), (1, 1)):
        weight = (fx if right else 1.0 - fx) * (fy if below else 1.0 - fy)
        column, row = (left + right + width) % width, (above + below + height) % height
        at = start // 3 + mi.UInt32(row * width + column)
        color += weight * dr.gather(mi.Color3f, texels, at, active)
    return color


def _mirrored_share(mi: Any, dr: Any, tables: Tables, roughness: Any, n_v: Any) -> tuple[Any, Any]:
    """Return (scale, bias) as `simgen.render.brdf.mirrored_share` does."""
    y = (dr.clip(roughness, LOWEST_ROUGHNESS, 1.0) - LOWEST_ROUGHNESS) / (1.0 - LOWEST_ROUGHNESS) * (TABLE_ROWS - 1)
    x = dr.sqrt(dr.clip(1.0 - n_v, 0.0, 1.0)) * (TABLE_COLUMNS - 1)
    row, column = dr.minimum(mi.UInt32(y), TABLE_ROWS - 2), dr.minimum(mi.UInt32(x), TABLE_COLUMNS - 2)
    fy, fx = y - mi.Float(row), x - mi.Float(column)
    share = mi.Vector2f(0.0)
    for down, right in ((0, 0), (0, 1), (1, 0), (1, 1)):
        weight = (fy if down else 1.0 - fy) * (fx if right else 1.0 - fx)
        share += weight * dr.gather(mi.Vector2f, tables.shares, (row + down) * TABLE_COLUMNS + column + right)
    return share.x, share.y


def _fresnel(dr: Any, f0: Any, cosine: Any) -> Any:
    """Return the mirrored share at an angle of incidence (Schlick 1994)."""
    return f0 + (1.0 - f0) * (1.0 - dr.clip(cosine, 0.0, 1.0)) ** 5


def _alphas(dr: Any, point: _Point) -> tuple[Any, float]:
    return dr.maximum(dr.square(point.roughness), 2e-3), COAT_ROUGHNESS**2


def _lobe(mi: Any, dr: Any, away: Any, wo: Any, alpha: Any) -> tuple[Any, Any]:
    """Return GGX without Fresnel, times the cosine, and the cosine at the facet."""
    half = dr.normalize(away + wo)
    ggx = mi.MicrofacetDistribution(mi.MicrofacetType.GGX, alpha, True)
    value = ggx.eval(half) * ggx.G(away, wo, half) / (4.0 * away.z)
    return dr.select(wo.z > 0.0, value, 0.0), dr.dot(away, half)


def _value(mi: Any, dr: Any, tables: Tables, point: _Point, wo: Any) -> Any:
    """Return the BSDF times the cosine of light from ``wo``, for both sides of leaves."""
    n_v, n_l = point.away.z, wo.z
    alpha, coat_alpha = _alphas(dr, point)
    f0 = DIELECTRIC_F0 + (point.albedo - DIELECTRIC_F0) * point.metallic
    scale, bias = _mirrored_share(mi, dr, tables, point.roughness, n_v)
    returned = 1.0 + point.metallic * f0 * (1.0 / dr.maximum(scale + bias, 1e-3) - 1.0)
    share = (f0 * scale + bias) * returned
    cosine = dr.select(n_l >= 0.0, n_l, -n_l * LEAF_PASSES * point.leaf)
    squared = dr.square(point.retro_width)
    returned_share = dr.exp(-0.5 * dr.squared_norm(wo - point.away) / squared)
    cosine *= 1.0 - 2.0 * point.retro_gain * squared
    cosine += dr.select(n_l > 0.0, point.retro_gain * returned_share, 0.0)
    value = (1.0 - share) * (1.0 - point.metallic) * point.albedo * dr.inv_pi * cosine
    lobe, facing = _lobe(mi, dr, point.away, wo, alpha)
    value += _fresnel(dr, f0, facing) * returned * lobe
    lobe, facing = _lobe(mi, dr, point.away, wo, coat_alpha)
    value *= 1.0 - point.coat * _fresnel(dr, DIELECTRIC_F0, n_v)
    return value + point.coat * _fresnel(dr, DIELECTRIC_F0, facing) * lobe


def _shares(mi: Any, dr: Any, tables: Tables, point: _Point) -> tuple[Any, Any]:
    """Return how often the coat and the base's mirror are drawn; the rest is scattered."""
    scale, bias = _mirrored_share(mi, dr, tables, point.roughness, point.away.z)
    color = dr.mean(point.albedo)
    mirrored = (DIELECTRIC_F0 + (color - DIELECTRIC_F0) * point.metallic) * scale + bias
    coat = point.coat * _fresnel(dr, DIELECTRIC_F0, point.away.z)
    scattered = (1.0 - point.metallic) * color + 0.02
    total = mirrored + coat + scattered
    return coat / total, mirrored / total


def _draw(mi: Any, dr: Any, tables: Tables, point: _Point, sample1: Any, sample2: Any) -> Any:
    """Return a direction of light, drawn about as `_value` goes."""
    coat, mirrored = _shares(mi, dr, tables, point)
    alpha, coat_alpha = _alphas(dr, point)
    is_coat, is_mirrored = sample1 < coat, sample1 < coat + mirrored
    ggx = mi.MicrofacetDistribution(mi.MicrofacetType.GGX, dr.select(is_coat, coat_alpha, alpha), True)
    half, _ = ggx.sample(point.away, sample2)
    reflected = mi.reflect(point.away, half)
    left = (sample1 - coat - mirrored) / dr.maximum(1.0 - coat - mirrored, 1e-6)
    scattered = mi.warp.square_to_cosine_hemisphere(sample2)
    through = left < _passed(point)
    scattered = mi.Vector3f(scattered.x, scattered.y, dr.select(through, -scattered.z, scattered.z))
    return dr.select(is_mirrored, reflected, scattered)


def _density(mi: Any, dr: Any, tables: Tables, point: _Point, wo: Any) -> Any:
    """Return the density, 1/sr, with which `_draw` draws ``wo``."""
    coat, mirrored = _shares(mi, dr, tables, point)
    alpha, coat_alpha = _alphas(dr, point)
    half = dr.normalize(point.away + wo)
    density = mi.Float(0.0)
    for share, width in ((coat, coat_alpha), (mirrored, alpha)):
        ggx = mi.MicrofacetDistribution(mi.MicrofacetType.GGX, width, True)
        density += share * ggx.pdf(point.away, half) / (4.0 * dr.maximum(dr.dot(wo, half), 1e-6))
    density = dr.select(wo.z > 0.0, density, 0.0)
    passed = _passed(point)
    sided = dr.select(wo.z >= 0.0, 1.0 - passed, passed)
    return density + (1.0 - coat - mirrored) * sided * dr.abs(wo.z) * dr.inv_pi


def _passed(point: _Point) -> Any:
    return point.leaf * (LEAF_PASSES / (1.0 + LEAF_PASSES))
