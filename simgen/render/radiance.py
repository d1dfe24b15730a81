"""The light that reaches a camera: all the steps from rays to luminance, in their order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from simgen.geometry.rays import Hits, Rays
from simgen.render.air import veil
from simgen.render.antialias import (
    contrasty,
    find_edges,
    glint_limit,
    mean_excess,
    resolve,
    sample_counts,
    shown,
    sub_positions,
    uneven,
)
from simgen.render.blur import blur_groups, blur_px, blurs, reach_px, smoothed
from simgen.render.exposure import LUMINANCE_RGB
from simgen.render.eye import Eye, draw_samples, eye_of, points_on
from simgen.render.gather import Gathered, ambient_at, gather_ambient, tile_pattern
from simgen.render.metering import Exposure, expose
from simgen.render.noise import uniforms
from simgen.render.reflect import Mirrored, no_mirrors, trace_behind, trace_mirrored
from simgen.render.relief import tilt_ambient
from simgen.render.settings import Quality, RenderSettings
from simgen.render.shading import Light, shade
from simgen.render.soften import alike, share, share_mirrored, soften, soften_mirrored, soften_sun
from simgen.render.surface import Surface, surface_at
from simgen.render.target import Target, target_of
from simgen.render.visibility import Seen, lamp_visibility, sun_visibility
from simgen.scene.camera import Camera
from simgen.scene.moving import carried, moving_ids, turned_back
from simgen.scene.scene import Scene
from simgen.trace.tracer import Tracer

BLURRED_HIGHLIGHT = 10.0
"""Samples of blurred pixels may be brighter by this factor than others: a highlight spread over a disc still shows."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Radiance:
    """An image before exposure.

    Attributes:
        nit: (H, W, 3) float32 linear Rec. 709 luminance, cd/m2; highlights are cut for anti-aliasing.
        excess: (H, W, 3) float32 what was cut; None unless the camera's imager scatters light.
        exposure: what it was anti-aliased for.
        hits: what the rays through the pixel centres met, row by row.
        albedo: (H, W, 3) float32 linear base colour there; 0 where nothing was met.
        rays: those rays, each at its row's time.
        camera: the camera with the focus and the exposure time that were found.
    """

    nit: np.ndarray
    excess: np.ndarray | None
    exposure: Exposure
    hits: Hits
    albedo: np.ndarray
    rays: Rays
    camera: Camera

    @property
    def ev100(self) -> float:
        """Its exposure value at ISO 100."""
        return self.exposure.ev100


def radiance(scene: Scene, camera: Camera, tracer: Tracer, key: np.uint64, settings: RenderSettings) -> Radiance:
    """Return the luminance that reaches each pixel of ``camera``; arguments as for `render_view`."""
    target, quality = target_of(scene, camera, tracer), settings.quality
    eye, camera_uv = eye_of(scene, camera), camera.pixel_centres()
    shape = (camera.height_px, camera.width_px)
    offset = uniforms(key, np.arange(2), 0)
    pattern = tile_pattern(*shape)
    rays = eye.rays(None, eye.row_times_s(camera_uv))
    seen = _primary(rays, scene, target)
    hits, smooth = seen.hits, seen.smooth
    eye = eye.focused(hits)
    gathered = gather_ambient(smooth, shape, target, quality.ambient_rays, offset)
    lamps = lamp_visibility(smooth, target.lamps, tracer, pattern, offset, pick_one=False)
    lamps = soften(lamps, smooth, shape, target.lamps.wide, target.cone_rad)
    drawn = sun_visibility(smooth, target.environment, tracer, pattern, offset, seen.shadow_s)
    sun, sun_shared = soften_sun(drawn, smooth, shape, target, pattern, offset)
    mirrored, mirrored_shared = no_mirrors(len(camera_uv)), np.zeros(len(camera_uv), np.bool_)
    if quality.reflections:
        mirrored = trace_mirrored(seen.surface, target, gathered, pattern, offset)
        mirrored, mirrored_shared = soften_mirrored(mirrored, smooth, shape, target.cone_rad)
    centres = _Centres(lamps, sun, sun_shared, mirrored, mirrored_shared)
    picture = _Picture(scene, eye, target, seen, gathered, centres, pattern, offset, quality)
    nit = _shade_samples(seen, camera_uv, pattern, sun, lamps, mirrored, picture)
    exposure = expose(camera, (nit @ LUMINANCE_RGB).reshape(shape))
    limit_nit = glint_limit(exposure.ev100) * 2.0**camera.imager.headroom_stops
    excess = np.maximum(nit - limit_nit, 0.0) if camera.imager.scatters else None
    np.minimum(nit, limit_nit, out=nit)
    eye = eye.exposing(exposure.exposure_s)
    picture = picture._replace(eye=eye)
    blurred = np.zeros(shape)
    means = nit.copy()
    if blurs(scene, eye):
        moved, circle = blur_px(scene, eye, rays, hits)
        blurred = np.maximum(reach_px(moved), reach_px(circle))
    if quality.edge_samples:
        material = np.where(hits.triangle >= 0, tracer.geometry.face_material[hits.triangle], -1)
        edges = find_edges(smooth, hits.instance_id.reshape(shape), material, nit, exposure.ev100)
        looks = shown(nit, exposure.ev100)
        for index, samples in sample_counts(edges & (blurred == 0), quality.edge_samples):
            for pixels, extra in _edge_samples(picture, camera_uv, looks, index, samples, exposure.ev100):
                means[pixels] = resolve(nit[pixels], extra, limit_nit)
                if excess is not None:
                    excess[pixels] = mean_excess(excess[pixels], extra, limit_nit)
    if blurred.any():
        means = _blur(picture, means, blurred, BLURRED_HIGHLIGHT * limit_nit)
    return Radiance(
        nit=means.reshape(*shape, 3),
        excess=None if excess is None else excess.reshape(*shape, 3),
        exposure=exposure,
        hits=hits,
        albedo=seen.surface.albedo.reshape(*shape, 3),
        rays=rays,
        camera=eye.camera,
    )


class _Seen(NamedTuple):
    """What rays met.

    Attributes:
        hits: at the rays' times.
        surface: moving objects' points where these are at the scene's instant, whose light falls on them.
        smooth: the same without normal maps; what hides light goes by it.
        shadow_s: (N,) when to ask for the sun; None for always at the scene's instant.
    """

    hits: Hits
    surface: Surface
    smooth: Surface
    shadow_s: np.ndarray | None


class _Centres(NamedTuple):
    """Light at the pixels' centres, which samples within a pixel share where they may.

    Attributes:
        lamps: of all lamps.
        sun: (N,) visible share of the sun.
        sun_shared: (N,) booleans, whether it holds for the whole pixel.
        mirrored: what is mirrored.
        mirrored_shared: (N,) booleans, likewise.
    """

    lamps: Seen
    sun: np.ndarray
    sun_shared: np.ndarray
    mirrored: Mirrored
    mirrored_shared: np.ndarray


class _Picture(NamedTuple):
    """What the samples of one image have in common; ``seen``, ``centres`` and ``pattern`` are of the pixel centres."""

    scene: Scene
    eye: Eye
    target: Target
    seen: _Seen
    gathered: Gathered
    centres: _Centres
    pattern: np.ndarray
    offset: np.ndarray
    quality: Quality


def _primary(rays: Rays, scene: Scene, target: Target) -> _Seen:
    hits = target.tracer.closest_hit(rays)
    start, direction, shadow_s = np.zeros(len(rays), np.float32), rays.direction, None
    if rays.time_s.any():
        direction = turned_back(scene.objects, hits.instance_id, direction, rays.time_s)
        shadow_s = np.where(moving_ids(scene.objects, hits.instance_id), np.float32(0.0), rays.time_s)
    surface = surface_at(direction, hits, start, target.cone_rad, target.triangles, target.materials)
    return _Seen(hits, surface, surface._replace(normal=surface.smooth), shadow_s)


def _edge_samples(
    picture: _Picture, camera_uv: np.ndarray, looks: np.ndarray, index: np.ndarray, samples: int, ev100: float
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield pixels, as indices, and the (P, S, 3) luminance of further samples in each.

    Of four, two are taken at first, and the others where those or the pixels around differ: on many outlines both sides
    look alike. Who asks for more than four wants them all.
    """
    places, few = sub_positions(samples), 2 if samples == 4 else samples

    def take(pixels: np.ndarray, first: int, places: np.ndarray) -> np.ndarray:
        uv = (np.floor(camera_uv[pixels])[:, None] + places[None]).reshape(-1, 2)
        each = np.repeat(pixels, len(places))
        extra, _ = _sample(picture, each, uv, picture.eye.row_times_s(uv), None, first=first)
        return extra.reshape(-1, len(places), 3)

    extra = take(index, 0, places[:few])
    if few == samples:
        yield index, extra
        return
    seen = shown(extra.reshape(-1, 3), ev100).reshape(extra.shape)
    shape = (picture.eye.camera.height_px, picture.eye.camera.width_px)
    more = uneven(looks[index], seen) | contrasty(looks, shape)[index]
    yield index[~more], extra[~more]
    yield index[more], np.concatenate([extra[more], take(index[more], few, places[few:])], axis=1)


def _sample(
    picture: _Picture, pixel: np.ndarray, uv: np.ndarray, time_s: np.ndarray, lens_m: np.ndarray | None, first: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Return (N, 3) luminance of further samples, several in a row for each pixel, and (N,) ``z_m`` of what they met.

    Args:
        picture: what they are samples of.
        pixel: (N,) index of each sample's pixel, equal ones side by side.
        uv: (N, 2) image positions.
        time_s: (N,).
        lens_m: (N, 2) on the opening, or None.
        first: how many samples each pixel has had before.
    """
    target, offset = picture.target, picture.offset
    rays = picture.eye.rays(uv, time_s, lens_m)
    finer = _primary(rays, picture.scene, target)
    z_m = np.zeros(len(uv))
    if lens_m is not None or (time_s != picture.eye.row_times_s(uv)).any():
        uv, z_m, pixel_seen = _where_centres_see(picture, rays, finer.hits, uv)
    else:
        pixel_seen = pixel
    number = np.arange(len(pixel)) - np.searchsorted(pixel, pixel) + 1 + first
    pattern = picture.pattern[pixel] + 16 * number.astype(np.int32)
    level, centres = finer.smooth, picture.centres
    same = alike(level, picture.seen.smooth, pixel_seen, target.cone_rad)
    drawn = lamp_visibility(level, target.lamps, target.tracer, pattern, offset, pick_one=False, asked=~same)
    lamps = share(drawn, centres.lamps, same, pixel_seen)
    shared = same & centres.sun_shared[pixel_seen]
    sun = sun_visibility(level, target.environment, target.tracer, pattern, offset, finer.shadow_s, ~shared)
    sun[shared] = centres.sun[pixel_seen[shared]]
    mirrored = no_mirrors(len(uv))
    if picture.quality.reflections:
        shared = same & centres.mirrored_shared[pixel_seen]
        mirrored = trace_mirrored(finer.surface, target, picture.gathered, pattern, offset, ~shared)
        mirrored = share_mirrored(mirrored, centres.mirrored, shared, pixel_seen)
    return _shade_samples(finer, uv, pattern, sun, lamps, mirrored, picture), z_m


def _where_centres_see(
    picture: _Picture, rays: Rays, hits: Hits, uv: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (N, 2) where the unblurred picture shows what rays met, (N,) ``z_m`` there, and (N,) the pixel's index.

    What was gathered for the unblurred picture is looked up there.
    """
    eye, time_s = picture.eye, rays.time_s.astype(np.float64)
    row_s = eye.row_times_s(uv)
    points = carried(picture.scene.objects, hits.instance_id, points_on(rays, hits), time_s, row_s)
    shown, z_m = eye.project(points, row_s)
    size = np.array([eye.camera.width_px, eye.camera.height_px])
    shown = np.clip(np.where(np.isfinite(shown), shown, uv), 0.0, size - 1e-3)
    column, row = np.floor(shown).astype(np.int64).T
    return shown, np.where(hits.triangle >= 0, z_m, 0.0), row * eye.camera.width_px + column


def _blur(picture: _Picture, nit: np.ndarray, reach: np.ndarray, limit_nit: float) -> np.ndarray:
    """Return (N, 3) luminance with the pixels that blur reaches sampled over exposure and opening.

    Args:
        picture: what is sampled.
        nit: (N, 3) of all pixels.
        reach: (H, W) blur that reaches each pixel, px; 0 where it is left as it is.
        limit_nit: cuts brighter samples.
    """
    camera, out = picture.eye.camera, nit.copy()
    circle = np.zeros(len(nit), np.float32)
    for index, samples in blur_groups(reach, picture.quality.blur_samples):
        drawn = draw_samples(picture.pattern[index], samples, picture.offset)
        columns, rows = index % camera.width_px, index // camera.width_px
        uv = (np.stack([columns, rows], axis=1)[:, None] + drawn.inside[None]).reshape(-1, 2)
        time_s = picture.eye.row_times_s(uv) + drawn.share.ravel() * (camera.shutter.exposure_s or 0.0)
        lens_m = None if camera.aperture is None else drawn.lens.reshape(-1, 2) * camera.aperture.diameter_m
        extra, z_m = _sample(picture, np.repeat(index, samples), uv, time_s, lens_m)
        out[index] = np.minimum(extra, np.float32(limit_nit)).reshape(-1, samples, 3).mean(axis=1)
        circle[index] = picture.eye.circle_px(z_m).reshape(-1, samples).mean(axis=1)
    return smoothed(out.reshape(*reach.shape, 3), circle.reshape(reach.shape)).reshape(-1, 3)


def _shade_samples(
    seen: _Seen,
    uv: np.ndarray,
    pattern: np.ndarray,
    sun: np.ndarray,
    lamps: Seen,
    mirrored: Mirrored,
    picture: _Picture,
) -> np.ndarray:
    """Return (N, 3) float32 luminance of samples at (N, 2) image positions that see so much of sun and lamps."""
    surface, target = seen.surface, picture.target
    # What is gathered for neighbours too goes by the surface without its fine bumps.
    ambient_lux, opening = ambient_at(seen.smooth, uv.astype(np.float32), picture.gathered, target.environment)
    if target.materials.reliefs.any:
        tilt_ambient(ambient_lux, opening, surface.smooth, surface.normal, target.environment)
    behind, behind_row = np.zeros((0, 3), np.float32), np.full(len(uv), -1, np.int32)
    if picture.quality.see_through_glass:
        behind, behind_row = trace_behind(surface, target, picture.gathered, pattern, picture.offset)
    light = Light(
        sun=sun,
        lamps=lamps,
        ambient_lux=ambient_lux,
        open=opening,
        mirrored=mirrored.nit,
        mirrored_row=mirrored.row,
        behind=behind,
        behind_row=behind_row,
    )
    nit = shade(surface, light, target.environment, target.lamps)
    veil(nit, surface, target.air)
    return nit
