"""Renders what a camera sees: colour, depth, instance ids and normals of the same rays."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from simgen.frame import View
from simgen.geometry.rays import Hits, Rays
from simgen.render.air import veil
from simgen.render.antialias import find_edges, glint_limit, mean_excess, resolve, sample_counts, sub_positions
from simgen.render.before_lens import before_lens
from simgen.render.environment import sun_and_sky_lux
from simgen.render.exposure import LUMINANCE_RGB, white_balance
from simgen.render.gather import Gathered, ambient_at, gather_ambient, tile_pattern
from simgen.render.imager import take_picture
from simgen.render.metering import Exposure, expose
from simgen.render.noise import uniforms
from simgen.render.reflect import Mirrored, no_mirrors, trace_behind, trace_mirrored
from simgen.render.relief import tilt_ambient
from simgen.render.settings import Quality, RenderSettings
from simgen.render.shading import Light, shade
from simgen.render.soften import share, share_sun, soften, soften_mirrored, soften_sun
from simgen.render.surface import Surface, surface_at
from simgen.render.target import Target, target_of
from simgen.render.visibility import lamp_visibility, sun_visibility
from simgen.scene.camera import Camera
from simgen.scene.scene import Scene
from simgen.trace.panes import hit_behind_glass
from simgen.trace.tracer import Tracer

_HIGHEST_ID = 65535


@dataclass(frozen=True, kw_only=True, eq=False)
class Radiance:
    """An image before exposure.

    Attributes:
        nit: (H, W, 3) float32 linear Rec. 709 luminance, cd/m2; highlights are cut for anti-aliasing.
        excess: (H, W, 3) float32 what was cut; None unless the camera's imager scatters light.
        exposure: what it was anti-aliased for.
        hits: what the rays through the pixel centres met, row by row.
        albedo: (H, W, 3) float32 linear base colour there; 0 where nothing was met.
    """

    nit: np.ndarray
    excess: np.ndarray | None
    exposure: Exposure
    hits: Hits
    albedo: np.ndarray

    @property
    def ev100(self) -> float:
        """Its exposure value at ISO 100."""
        return self.exposure.ev100


def render_view(
    scene: Scene,
    camera: Camera,
    tracer: Tracer,
    key: np.uint64,
    settings: RenderSettings,
    *,
    through_glass: bool = False,
) -> View:
    """Return what ``camera`` sees of ``scene``.

    Labels are of the first surface behind each pixel's centre, glass too, or with ``through_glass`` of the first that
    is not of glass; the picture is the same. Normals are the triangles', without normal maps.

    Args:
        scene: lights, sky and where the rig stands.
        camera: one of its sensors.
        tracer: of the scene's objects.
        key: of this image's random numbers.
        settings: picture quality.
        through_glass: whether depth, ids, normals and albedo are of what lies behind panes.

    Raises:
        ValueError: an instance id does not fit 16 bits, or a light or sky is not what the renderer can show.
    """
    highest = max((o.id for o in scene.objects), default=0)
    if highest > _HIGHEST_ID:
        raise ValueError(f"instance id {highest} does not fit the 16-bit instance image; number objects below 65536")
    world_from_camera = scene.world_from_rig @ camera.rig_from_camera
    image = radiance(scene, camera, tracer, key, settings)
    nit, lens_mask = before_lens(image.nit, scene, camera, image.hits, tracer, key)
    excess = image.excess
    if excess is not None and lens_mask is not None:
        excess = excess * lens_mask[..., None]
    if through_glass:
        image = _behind_glass(image, scene, camera, tracer)
    shape = (camera.height_px, camera.width_px)
    gains = white_balance(scene, sun_and_sky_lux(scene.sky, scene.sun), settings.white_balance)
    along = camera.pixel_directions()[:, 2]
    met = image.hits.triangle >= 0
    z_m = np.where(met, image.hits.range_m * along, 0.0).astype(np.float32)
    normal = world_from_camera.inverse.rotate(image.hits.normal).astype(np.float32)
    return View(
        camera=camera,
        world_from_camera=world_from_camera,
        rgb=take_picture(nit, excess, camera, image.exposure, gains, key, settings.tone_curve),
        z_m=z_m.reshape(shape),
        instance_id=image.hits.instance_id.astype(np.uint16).reshape(shape),
        normal=normal.reshape(*shape, 3),
        ev100=image.ev100,
        exposure_s=image.exposure.exposure_s,
        iso=image.exposure.iso,
        through_glass=through_glass,
        hits=image.hits,
        albedo=image.albedo,
        lens_mask=lens_mask,
        nit=image.nit,
    )


def _behind_glass(image: Radiance, scene: Scene, camera: Camera, tracer: Tracer) -> Radiance:
    """Return the same image with hits and albedo of what lies behind panes."""
    target, rays = target_of(scene, camera, tracer), camera.rays(scene.world_from_rig @ camera.rig_from_camera)
    hits = hit_behind_glass(tracer, rays)
    start = np.zeros(len(rays), np.float32)
    surface = surface_at(rays.direction, hits, start, target.cone_rad, target.triangles, target.materials)
    return replace(image, hits=hits, albedo=surface.albedo.reshape(image.albedo.shape))


def radiance(scene: Scene, camera: Camera, tracer: Tracer, key: np.uint64, settings: RenderSettings) -> Radiance:
    """Return the luminance that reaches each pixel of ``camera``; arguments as for `render_view`."""
    target, quality = target_of(scene, camera, tracer), settings.quality
    world_from_camera = scene.world_from_rig @ camera.rig_from_camera
    shape = (camera.height_px, camera.width_px)
    offset = uniforms(key, np.arange(2), 0)
    camera_uv = camera.pixel_centres()
    pattern = tile_pattern(*shape)
    hits, surface = _primary(camera.rays(world_from_camera), target)
    smooth = surface._replace(normal=surface.smooth)
    gathered = gather_ambient(smooth, shape, target, quality.ambient_rays, offset)
    lamps = lamp_visibility(smooth, target.lamps, tracer, pattern, offset, pick_one=False)
    lamps = soften(lamps, smooth, shape, target.lamps.wide, target.cone_rad)
    drawn = sun_visibility(smooth, target.environment, tracer, pattern, offset)
    sun, wide = soften_sun(drawn, smooth, shape, target, pattern, offset)
    mirrored = no_mirrors(len(camera_uv))
    if quality.reflections:
        mirrored = trace_mirrored(surface, target, gathered, pattern, offset)
        mirrored = soften_mirrored(mirrored, smooth, shape, target.cone_rad)
    nit = _shade_samples(surface, camera_uv, pattern, sun, lamps, mirrored, target, gathered, offset, quality)
    exposure = expose(camera, (nit @ LUMINANCE_RGB).reshape(shape))
    ev100 = exposure.ev100
    limit_nit = glint_limit(ev100) * 2.0**camera.imager.headroom_stops
    excess = np.maximum(nit - limit_nit, 0.0) if camera.imager.scatters else None
    np.minimum(nit, limit_nit, out=nit)
    if quality.edge_samples:
        material = np.where(hits.triangle >= 0, tracer.geometry.face_material[hits.triangle], -1)
        edges = find_edges(smooth, hits.instance_id.reshape(shape), material, nit, ev100)
        means = nit.copy()
        for index, samples in sample_counts(edges, quality.edge_samples):
            inside = sub_positions(samples)
            uv = (np.floor(camera_uv[index])[:, None] + inside[None]).reshape(-1, 2)
            finer_pattern = (pattern[index][:, None] + 16 * np.arange(1, samples + 1, dtype=np.int32)[None]).ravel()
            _, finer = _primary(camera.rays(world_from_camera, uv), target)
            level = finer._replace(normal=finer.smooth)
            drawn = lamp_visibility(level, target.lamps, tracer, finer_pattern, offset, pick_one=False)
            pixel = np.repeat(index, samples)
            seen = share(drawn, lamps, level, smooth, pixel, target.cone_rad)
            drawn = sun_visibility(level, target.environment, tracer, finer_pattern, offset)
            lit = share_sun(drawn, sun, wide, level, smooth, pixel, target.cone_rad)
            mirrored = no_mirrors(len(uv))
            if quality.reflections:
                mirrored = trace_mirrored(finer, target, gathered, finer_pattern, offset)
            extra = _shade_samples(finer, uv, finer_pattern, lit, seen, mirrored, target, gathered, offset, quality)
            means[index] = resolve(nit[index], extra.reshape(-1, samples, 3), limit_nit)
            if excess is not None:
                excess[index] = mean_excess(excess[index], extra.reshape(-1, samples, 3), limit_nit)
        nit = means
    albedo = surface.albedo.reshape(*shape, 3)
    return Radiance(
        nit=nit.reshape(*shape, 3),
        excess=None if excess is None else excess.reshape(*shape, 3),
        exposure=exposure,
        hits=hits,
        albedo=albedo,
    )


def _primary(rays: Rays, target: Target) -> tuple[Hits, Surface]:
    hits = target.tracer.closest_hit(rays)
    start = np.zeros(len(rays), np.float32)
    return hits, surface_at(rays.direction, hits, start, target.cone_rad, target.triangles, target.materials)


def _shade_samples(
    surface: Surface,
    uv: np.ndarray,
    pattern: np.ndarray,
    sun: np.ndarray,
    lamps: np.ndarray,
    mirrored: Mirrored,
    target: Target,
    gathered: Gathered,
    offset: np.ndarray,
    quality: Quality,
) -> np.ndarray:
    """Return (N, 3) float32 luminance of samples at (N, 2) image positions that see so much of sun and lamps."""
    # What hides light, and what is gathered for neighbours too, goes by the surface without its fine bumps.
    smooth = surface._replace(normal=surface.smooth)
    ambient_lux, opening = ambient_at(smooth, uv.astype(np.float32), gathered, target.environment)
    if target.materials.reliefs.any:
        tilt_ambient(ambient_lux, opening, surface.smooth, surface.normal, target.environment)
    behind, behind_row = np.zeros((0, 3), np.float32), np.full(len(uv), -1, np.int32)
    if quality.see_through_glass:
        behind, behind_row = trace_behind(surface, target, gathered, pattern, offset)
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
