"""Light that leaves a surface towards the viewer."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from simgen.render.atlas import GLASS, LEAF, LEAF_PASSES
from simgen.render.brdf import COAT_ROUGHNESS, DIELECTRIC_F0, fresnel, lobe_towards, mirrored_share
from simgen.render.compiled import inlined, kernel
from simgen.render.environment import Environment, irradiance, rough_sky, sharp_sky
from simgen.render.highlight import panel_mirrored
from simgen.render.lights import Lamps, beam_share, lamp_illuminance, lamp_lux
from simgen.render.surface import NOTHING, Surface
from simgen.render.vectors import Vector, triple, vec
from simgen.render.visibility import Seen


class Light(NamedTuple):
    """What reaches N points; float32.

    Attributes:
        sun: (N,) visible share of the sun's disc.
        lamps: which lamps light each point, and how much of them is seen.
        ambient_lux: (N, 3) illuminance by sky and surroundings.
        open: (N,) share of the hemisphere, weighted by cosine, that is open sky.
        mirrored: (M, 3) luminance in the mirrored direction, nit.
        mirrored_row: (N,) int32 row of ``mirrored``, or -1 where the sky's tables must do.
        behind: (K, 3) luminance seen through glass, nit.
        behind_row: (N,) int32 row of ``behind``, or -1.
    """

    sun: np.ndarray
    lamps: Seen
    ambient_lux: np.ndarray
    open: np.ndarray
    mirrored: np.ndarray
    mirrored_row: np.ndarray
    behind: np.ndarray
    behind_row: np.ndarray


def shade(surface: Surface, light: Light, environment: Environment, lamps: Lamps) -> np.ndarray:
    """Return (N, 3) float32 luminance, nit, towards the viewer; the sky where a ray met nothing."""
    out = np.empty((len(surface.kind), 3), dtype=np.float32)
    _shade_all(len(out), out, surface, light, environment, lamps)
    return out


@kernel
def _shade_all(
    start: int, stop: int, out: np.ndarray, surface: Surface, light: Light, environment: Environment, lamps: Lamps
) -> None:
    for i in range(start, stop):
        _shade_all_at(i, out, surface, light, environment, lamps)


@inlined
def _shade_all_at(
    i: int, out: np.ndarray, surface: Surface, light: Light, environment: Environment, lamps: Lamps
) -> None:
    if surface.kind[i] == NOTHING:
        r, g, b = _sky_with_sun(environment, -surface.away[i, 0], -surface.away[i, 1], -surface.away[i, 2])
    else:
        r, g, b = _shade_point(i, surface, light, environment, lamps)
    out[i, 0], out[i, 1], out[i, 2] = r, g, b


@inlined
def _sky_with_sun(environment: Environment, x: float, y: float, z: float) -> tuple[float, float, float]:
    r, g, b = sharp_sky(environment, x, y, z)
    s = triple(environment.sun_direction)
    radius = environment.sun_radius_rad
    if x * s[0] + y * s[1] + z * s[2] > math.cos(radius) and radius > 0.0:
        solid = math.pi * radius * radius
        lux = triple(environment.sun_lux)
        r, g, b = r + lux[0] / solid, g + lux[1] / solid, b + lux[2] / solid
    return r, g, b


@inlined
def _shade_point(
    i: int, surface: Surface, light: Light, environment: Environment, lamps: Lamps
) -> tuple[float, float, float]:
    n, v = vec(surface.normal, i), vec(surface.away, i)
    n_v = max(n[0] * v[0] + n[1] * v[1] + n[2] * v[2], 1e-3)
    metallic, roughness, coat = surface.gloss[i, 0], surface.gloss[i, 1], surface.gloss[i, 2]
    diffuse = direct_diffuse(i, surface, light.sun[i], light.lamps, environment, lamps)
    if surface.gloss[i, 3] > 0.0:
        diffuse = with_returned(i, diffuse, surface, light, environment, lamps)
    scale = bias = 0.0
    around = glint = edge_glint = coat_around = coat_glint = coat_edge = (0.0, 0.0, 0.0)
    # The surface, then its coat: in a loop, as what it calls would be compiled twice otherwise.
    for layer in range(2 if coat > 0.0 else 1):
        rough = roughness if layer == 0 else COAT_ROUGHNESS
        shares = mirrored_share(rough, n_v)
        coat_glint, coat_edge = direct_mirrored(i, surface, light, environment, lamps, rough, n_v, shares[0], shares[1])
        coat_around = _mirrored_around(i, surface, light, environment, rough, n_v)
        if layer == 0:
            scale, bias, around, glint, edge_glint = shares[0], shares[1], coat_around, coat_glint, coat_edge
    whole = max(scale + bias, 1e-3)
    coat_share = coat * fresnel(DIELECTRIC_F0, n_v)
    behind = light.behind_row[i] if surface.kind[i] == GLASS else -1
    ambient = vec(light.ambient_lux, i)
    out = (0.0, 0.0, 0.0)
    for k in range(3):
        albedo = float(surface.albedo[i, k])
        f0 = DIELECTRIC_F0 + (albedo - DIELECTRIC_F0) * metallic
        # Facets of rough metals mirror to each other, too; the last factor gives that light back (Fdez-Aguera 2019).
        returned = 1.0 + metallic * f0 * (1.0 / whole - 1.0)
        share = (f0 * scale + bias) * returned
        value = share * around[k] + (f0 * (glint[k] - edge_glint[k]) + edge_glint[k]) * returned
        if behind >= 0:
            # A pane mirrors with both its faces.
            value *= 2.0 / (1.0 + share)
            share = 2.0 * share / (1.0 + share)
            value += (1.0 - share) * light.behind[behind, k]
        else:
            value += (1.0 - share) * (1.0 - metallic) * albedo * (diffuse[k] + ambient[k]) / math.pi
        coat_direct = DIELECTRIC_F0 * (coat_glint[k] - coat_edge[k]) + coat_edge[k]
        value += coat_share * (coat_around[k] - value) + coat * coat_direct
        value += surface.emission_nit[i, k]
        out = (value, out[1], out[2]) if k == 0 else ((out[0], value, out[2]) if k == 1 else (out[0], out[1], value))
    return out


@inlined
def direct_diffuse(
    i: int, surface: Surface, sun: float, seen: Seen, environment: Environment, lamps: Lamps
) -> tuple[float, float, float]:
    """Return the illuminance, lux, by sun and lamps; a leaf also gets part of what falls on its other side.

    Args:
        i: index of the point.
        surface: the points.
        sun: visible share of the sun.
        seen: which lamps light each point.
        environment: holds the sun.
        lamps: L lamps.
    """
    p, n, s = vec(surface.position, i), vec(surface.normal, i), triple(environment.sun_direction)
    leaf = surface.kind[i] == LEAF
    cosine = n[0] * s[0] + n[1] * s[1] + n[2] * s[2]
    if cosine < 0.0:
        cosine = -cosine * LEAF_PASSES if leaf else 0.0
    cosine *= sun
    lux = triple(environment.sun_lux)
    red, green, blue = cosine * lux[0], cosine * lux[1], cosine * lux[2]
    for column in range(seen.share.shape[1]):
        if seen.share[i, column] > 0.0:
            lamp = seen.lamp[i, column]
            value = seen.share[i, column] * lamp_lux(lamps, lamp, p, n, leaf)
            red += value * lamps.strength[lamp, 0]
            green += value * lamps.strength[lamp, 1]
            blue += value * lamps.strength[lamp, 2]
    return red, green, blue


@inlined
def with_returned(
    i: int, diffuse: Vector, surface: Surface, light: Light, environment: Environment, lamps: Lamps
) -> Vector:
    """Return the direct illuminance, lux, where part of what is scattered returns to where it came from.

    To be multiplied by albedo / pi as the diffuse part is. A normal curve about the direction of the light: at its peak
    ``retro_gain`` times what a white surface met squarely sends back, at any angle of incidence; as much as it returns
    in all is taken from the diffuse part. The glow of the sky does the same to no effect.
    """
    p, n, v = vec(surface.position, i), vec(surface.normal, i), vec(surface.away, i)
    gain, width = surface.gloss[i, 3], surface.gloss[i, 4]
    squared = width * width
    s = triple(environment.sun_direction)
    lux = triple(environment.sun_lux)
    kept = 1.0 - 2.0 * gain * squared
    back = gain * light.sun[i] * _returned_share(v, s[0], s[1], s[2], squared)
    if n[0] * s[0] + n[1] * s[1] + n[2] * s[2] <= 0.0:
        back = 0.0
    red, green, blue = kept * diffuse[0] + back * lux[0], kept * diffuse[1] + back * lux[1], kept * diffuse[2]
    blue += back * lux[2]
    for column in range(light.lamps.share.shape[1]):
        if light.lamps.share[i, column] > 0.0:
            lamp = light.lamps.lamp[i, column]
            x, y, z = lamps.center[lamp, 0] - p[0], lamps.center[lamp, 1] - p[1], lamps.center[lamp, 2] - p[2]
            far = max(x * x + y * y + z * z, 1e-8)
            inverse = 1.0 / math.sqrt(far)
            x, y, z = x * inverse, y * inverse, z * inverse
            met_lux = lamp_illuminance(lamps, lamp, p[0], p[1], p[2], x, y, z)
            # A lamp widens the curve by its own width: the illuminance by a panel is about the solid angle it fills.
            solid = met_lux if lamp < lamps.panels else math.pi * lamps.radius[lamp] * lamps.radius[lamp] / far
            wide = squared + solid / (4.0 * math.pi)
            back = gain * light.lamps.share[i, column] * _returned_share(v, x, y, z, wide) * squared / wide
            if back > 1e-6:
                back *= met_lux
                red += back * lamps.strength[lamp, 0]
                green += back * lamps.strength[lamp, 1]
                blue += back * lamps.strength[lamp, 2]
    return red, green, blue


@inlined
def _returned_share(v: Vector, x: float, y: float, z: float, squared: float) -> float:
    """Return the normal curve of deviation ``sqrt(squared)`` at the angle between the viewer and (x, y, z)."""
    dx, dy, dz = x - v[0], y - v[1], z - v[2]
    return math.exp(-0.5 * (dx * dx + dy * dy + dz * dz) / squared)


@inlined
def direct_mirrored(
    i: int,
    surface: Surface,
    light: Light,
    environment: Environment,
    lamps: Lamps,
    roughness: float,
    n_v: float,
    scale: float,
    bias: float,
) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """Return what a GGX surface mirrors of sun and lamps, nit: wholly, and weighted by Schlick's ``(1 - v.h)**5``."""
    p, n, v, s = (
        vec(surface.position, i),
        vec(surface.normal, i),
        vec(surface.away, i),
        triple(environment.sun_direction),
    )
    r = g = b = r5 = g5 = b5 = 0.0
    # A disc of some width is mirrored no sharper than itself.
    alpha = max(roughness * roughness, 2e-3) + 0.5 * environment.sun_radius_rad
    if light.sun[i] > 0.0:
        lobe, fifth = lobe_towards(n, v, s[0], s[1], s[2], n_v, alpha)
        lobe *= light.sun[i]
        lux = triple(environment.sun_lux)
        r, g, b = lobe * lux[0], lobe * lux[1], lobe * lux[2]
        r5, g5, b5 = fifth * r, fifth * g, fifth * b
    alpha = max(roughness * roughness, 2e-3)
    for column in range(light.lamps.share.shape[1]):
        if light.lamps.share[i, column] > 0.0:
            lamp = light.lamps.lamp[i, column]
            if lamp < lamps.panels:
                filled = panel_mirrored(lamps, lamp, p, n, v, n_v, roughness)
                lobe, fifth = filled * (scale + bias), bias / max(scale + bias, 1e-3)
            else:
                x, y, z = lamps.center[lamp, 0] - p[0], lamps.center[lamp, 1] - p[1], lamps.center[lamp, 2] - p[2]
                squared = max(x * x + y * y + z * z, 1e-8)
                inverse = 1.0 / math.sqrt(squared)
                x, y, z = x * inverse, y * inverse, z * inverse
                lobe, fifth = lobe_towards(n, v, x, y, z, n_v, alpha)
                lobe *= beam_share(lamps, lamp, -x, -y, -z) / squared
            # A lamp that stands for others stands for what they scatter: each has a mirror image of its own.
            lobe *= min(light.lamps.share[i, column], 1.0)
            r, r5 = r + lobe * lamps.strength[lamp, 0], r5 + fifth * lobe * lamps.strength[lamp, 0]
            g, g5 = g + lobe * lamps.strength[lamp, 1], g5 + fifth * lobe * lamps.strength[lamp, 1]
            b, b5 = b + lobe * lamps.strength[lamp, 2], b5 + fifth * lobe * lamps.strength[lamp, 2]
    return (r, g, b), (r5, g5, b5)


@inlined
def _mirrored_around(
    i: int, surface: Surface, light: Light, environment: Environment, roughness: float, n_v: float
) -> tuple[float, float, float]:
    """Return the luminance, nit, that a lobe of ``roughness`` gathers from sky and surroundings."""
    n, v = vec(surface.normal, i), vec(surface.away, i)
    x, y, z = 2.0 * n_v * n[0] - v[0], 2.0 * n_v * n[1] - v[1], 2.0 * n_v * n[2] - v[2]
    row = light.mirrored_row[i]
    traced = 1.0 - min(max((roughness - 0.4) / 0.2, 0.0), 1.0) if row >= 0 else 0.0
    if traced == 1.0:
        return light.mirrored[row, 0], light.mirrored[row, 1], light.mirrored[row, 2]
    a = vec(light.ambient_lux, i)
    # The widest lobes see about all that the point does, as the diffuse part has gathered it already.
    wide = min(max((roughness - 0.6) / 0.2, 0.0), 1.0)
    if wide == 1.0:
        return a[0] / math.pi, a[1] / math.pi, a[2] / math.pi
    r, g, b = rough_sky(environment, x, y, z, roughness)
    # Share of the lobe that sees the sky (Lagarde and de Rousiers 2014); the rest sees about what lights the point.
    opening = light.open[i]
    sky = (n_v + opening) ** (2.0 ** (-16.0 * roughness - 1.0)) - 1.0 + opening
    sky = min(max(sky, 0.0), 1.0)
    sky *= 1.0 - wide
    rest = (1.0 - sky) / math.pi
    r, g, b = sky * r + rest * a[0], sky * g + rest * a[1], sky * b + rest * a[2]
    if traced == 0.0:
        return r, g, b
    m = vec(light.mirrored, row)
    return r + traced * (m[0] - r), g + traced * (m[1] - g), b + traced * (m[2] - b)


def shade_simply(
    surface: Surface,
    sun: np.ndarray,
    seen: Seen,
    environment: Environment,
    lamps: Lamps,
    sky_share: np.ndarray,
    bounced_nit: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Return luminance of points seen by way of another surface, without traced mirror images of their own.

    Args:
        surface: N points.
        sun: (N,) visible share of the sun.
        seen: which lamps light each point.
        environment: sky and sun.
        lamps: L lamps.
        sky_share: (N,) estimated share of the sky's light that gets there.
        bounced_nit: (3,) estimated luminance of what hides the rest of the sky.

    Returns:
        (N, 3) float32 luminance, nit; and (N,) booleans, whether anything was met.
    """
    out = np.empty((len(surface.kind), 3), dtype=np.float32)
    _shade_simply(len(out), out, surface, sun, seen, environment, lamps, sky_share, bounced_nit)
    return out, surface.kind != NOTHING


@kernel
def _shade_simply(
    start: int,
    stop: int,
    out: np.ndarray,
    surface: Surface,
    sun: np.ndarray,
    seen: Seen,
    environment: Environment,
    lamps: Lamps,
    sky_share: np.ndarray,
    bounced_nit: np.ndarray,
) -> None:
    for i in range(start, stop):
        _shade_simply_at(i, out, surface, sun, seen, environment, lamps, sky_share, bounced_nit)


@inlined
def _shade_simply_at(
    i: int,
    out: np.ndarray,
    surface: Surface,
    sun: np.ndarray,
    seen: Seen,
    environment: Environment,
    lamps: Lamps,
    sky_share: np.ndarray,
    bounced_nit: np.ndarray,
) -> None:
    n, v = vec(surface.normal, i), vec(surface.away, i)
    if surface.kind[i] == NOTHING:
        r, g, b = sharp_sky(environment, -v[0], -v[1], -v[2])
        out[i, 0], out[i, 1], out[i, 2] = r, g, b
        return
    direct = direct_diffuse(i, surface, sun[i], seen, environment, lamps)
    ambient = irradiance(environment, n[0], n[1], n[2])
    n_v = max(n[0] * v[0] + n[1] * v[1] + n[2] * v[2], 1e-3)
    x, y, z = 2.0 * n_v * n[0] - v[0], 2.0 * n_v * n[1] - v[1], 2.0 * n_v * n[2] - v[2]
    metallic, roughness = surface.gloss[i, 0], surface.gloss[i, 1]
    mirror = rough_sky(environment, x, y, z, roughness)
    scale, bias = mirrored_share(roughness, n_v)
    for k in range(3):
        albedo = surface.albedo[i, k]
        f0 = DIELECTRIC_F0 + (albedo - DIELECTRIC_F0) * metallic
        share = f0 * scale + bias
        lux = direct[k] + sky_share[i] * ambient[k] + math.pi * bounced_nit[k]
        # What sun and lamps give is mirrored one way only; on the whole it goes round about evenly.
        around = sky_share[i] * mirror[k] + bounced_nit[k] + direct[k] / math.pi
        out[i, k] = (1.0 - share) * (1.0 - metallic) * albedo * lux / math.pi + share * around
        out[i, k] += surface.emission_nit[i, k]


def shade_diffusely(
    surface: Surface, sun: np.ndarray, seen: Seen, environment: Environment, lamps: Lamps
) -> tuple[np.ndarray, np.ndarray]:
    """Return what points that light others send on, as if all they mirror were scattered, too.

    Args:
        surface: N points.
        sun: (N,) visible share of the sun.
        seen: which lamps light each point.
        environment: sky and sun.
        lamps: L lamps.

    Returns:
        (N, 3) float32 luminance, nit, by sun, lamps and their own glow; and the same by an open sky; 0 at no surface.
    """
    direct, skylit = np.zeros((len(sun), 3), np.float32), np.zeros((len(sun), 3), np.float32)
    _shade_diffusely(len(direct), direct, skylit, surface, sun, seen, environment, lamps)
    return direct, skylit


@kernel
def _shade_diffusely(
    start: int,
    stop: int,
    direct: np.ndarray,
    skylit: np.ndarray,
    surface: Surface,
    sun: np.ndarray,
    seen: Seen,
    environment: Environment,
    lamps: Lamps,
) -> None:
    for i in range(start, stop):
        _shade_diffusely_at(i, direct, skylit, surface, sun, seen, environment, lamps)


@inlined
def _shade_diffusely_at(
    i: int,
    direct: np.ndarray,
    skylit: np.ndarray,
    surface: Surface,
    sun: np.ndarray,
    seen: Seen,
    environment: Environment,
    lamps: Lamps,
) -> None:
    if surface.kind[i] == NOTHING:
        return
    n = vec(surface.normal, i)
    lux = direct_diffuse(i, surface, sun[i], seen, environment, lamps)
    sky = irradiance(environment, n[0], n[1], n[2])
    if surface.kind[i] == LEAF:
        behind = irradiance(environment, -n[0], -n[1], -n[2])
        sky = sky[0] + LEAF_PASSES * behind[0], sky[1] + LEAF_PASSES * behind[1], sky[2] + LEAF_PASSES * behind[2]
    for k in range(3):
        albedo = surface.albedo[i, k] / math.pi
        direct[i, k] = albedo * lux[k] + surface.emission_nit[i, k]
        skylit[i, k] = albedo * sky[k]
