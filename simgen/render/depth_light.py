"""What comes back to a depth camera along its rays: surfaces, how strongly its light returns, what outshines it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from simgen.geometry.rays import Hits, Rays
from simgen.render.environment import make_environment, sun_and_sky_lux
from simgen.render.infrared import ALPHA, COAT, CONTRAST, DIFFUSE, MIRRORED, WHOLE, infrared_table, reflected
from simgen.scene.depth_camera import DepthCamera, Emitter, Triangulation
from simgen.scene.scene import Scene
from simgen.trace.panes import MOST_PANES, hit_behind_glass
from simgen.trace.tracer import Tracer

_PANE_TRANSMITTANCE = 0.85
"""Of a sheet's surface met twice, on the way there and back: (1 - 0.04) ** 4."""

_BENT_COSINE = 0.82
"""Glass met at a flatter angle than about 35 degrees bends what is seen through it too much to be measured."""

_MIRROR_ALPHA = 0.05
"""A lobe narrower than this mirrors a pattern instead of showing it."""

_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])


@dataclass(frozen=True, kw_only=True, eq=False)
class Returns:
    """What N rays of a depth camera meet and send back; glass is looked through.

    Attributes:
        met: (N,) whether there is a surface.
        range_m: (N,) float64 along the ray; 0 where nothing was met.
        point: (N, 3) float64 in the world.
        normal: (N, 3) float64 unit in the world, towards the camera.
        cosine: (N,) of the angle of incidence.
        path_m: (N,) half the way from the emitter to the surface to the imager.
        lit: (N,) whether the emitter reaches the surface.
        signal: (N,) of the emitter's light, relative to a white Lambertian surface met squarely at 1 m.
        even_signal: (N,) the same if the surface spread all it reflects evenly.
        over: (N,) what of that signal can be measured, over the least that is measured in the dark.
        over_by_day: (N,) the same with the noise of daylight.
        reflectance: (N,) diffuse, of the surface.
        contrast: (N,) of the surface's own grain.
        daylight_lux: (N,) on the surface.
        panes: (N,) number of glass surfaces before it.
        bent: (N,) whether glass before it bends the way too much.
        dazzling: (N,) whether a highlight saturates the pixel.
    """

    met: np.ndarray
    range_m: np.ndarray
    point: np.ndarray
    normal: np.ndarray
    cosine: np.ndarray
    path_m: np.ndarray
    lit: np.ndarray
    signal: np.ndarray
    even_signal: np.ndarray
    over: np.ndarray
    over_by_day: np.ndarray
    reflectance: np.ndarray
    contrast: np.ndarray
    daylight_lux: np.ndarray
    panes: np.ndarray
    bent: np.ndarray
    dazzling: np.ndarray


def returns(scene: Scene, sensor: DepthCamera, tracer: Tracer, rays: Rays, hits: Hits) -> Returns:
    """Return what rays from the imager meet and send back.

    The emitter's light falls with the square of the distance and with its own falloff, is reflected as
    `simgen.render.infrared.reflected` says, weakened by fog and by each pane, and nothing comes from where something
    stands in the emitter's way. Daylight is the sun's and the sky's; lamps are left out.

    Args:
        scene: lights, sky, weather.
        sensor: which device.
        tracer: of the scene's objects.
        rays: N rays from the imager.
        hits: what they met first.
    """
    first, panes, bent = hits, np.zeros(len(rays), np.int64), np.zeros(len(rays), np.bool_)
    if _glass(tracer).any():
        hits, panes, bent = _behind_glass(tracer, rays, first)
    met = hits.triangle >= 0
    table = infrared_table(tracer.geometry.materials)
    surface = _surface(table, tracer, hits)
    direction, normal = rays.direction.astype(np.float64), hits.normal.astype(np.float64)
    range_m = np.where(met, hits.range_m, 0.0).astype(np.float64)
    point = rays.origin + range_m[:, None] * direction
    cosine = np.where(met, np.clip(-np.einsum("ij,ij->i", direction, normal), 0.0, 1.0), 0.0)
    daylight_lux = _daylight_lux(scene, tracer, point, normal, met)
    none = np.zeros(len(rays))
    lit, path_m, signal, even, over, by_day, dazzling = met, range_m, none, none, none, none, none > 1.0
    emitter = sensor.method.emitter
    if emitter is not None:
        lamp = (scene.world_from_rig @ sensor.rig_from_camera).apply(np.asarray(emitter.offset_m))
        way, distance, strength = _lamp_at(scene, sensor, emitter, point, range_m)
        strength = np.where(met, strength * _PANE_TRANSMITTANCE**panes, 0.0)
        signal = strength * reflected(surface, normal, way, -direction)
        pattern = strength * reflected(_spreading(surface, sensor), normal, way, -direction)
        even = strength * surface[:, WHOLE] * np.maximum(np.einsum("ij,ij->i", way, normal), 0.0)
        lit = met & ((panes > 0) | ~hidden(tracer, point, normal, range_m, lamp))
        if emitter.saturating_signal is not None:
            dazzle = np.where(panes > 0, _highlight(table, tracer, first, way, direction, strength), signal)
            dazzling = lit & (np.maximum(signal, dazzle) > emitter.saturating_signal)
        least = 0.1 / emitter.range_at_10_percent_m**2
        over = np.where(lit, pattern / least, 0.0)
        drowned = 0.0 if emitter.drowning_lux is None else daylight_lux * surface[:, DIFFUSE] / emitter.drowning_lux
        by_day, path_m = over / np.sqrt(1.0 + drowned), 0.5 * (range_m + distance)
    return Returns(
        met=met,
        range_m=range_m,
        point=point,
        normal=normal,
        cosine=cosine,
        path_m=path_m,
        lit=lit,
        signal=np.where(lit, signal, 0.0),
        even_signal=even,
        over=over,
        over_by_day=by_day,
        reflectance=surface[:, DIFFUSE],
        contrast=surface[:, CONTRAST],
        daylight_lux=daylight_lux,
        panes=panes,
        bent=bent,
        dazzling=dazzling,
    )


def hidden(tracer: Tracer, point: np.ndarray, normal: np.ndarray, range_m: np.ndarray, eye: np.ndarray) -> np.ndarray:
    """Return (N,) whether something that is not of glass stands between surface points and an eye, or they face away.

    Args:
        tracer: of the scene's objects.
        point: (N, 3) float64 in the world.
        normal: (N, 3) unit, of the side that is looked at.
        range_m: (N,) how far from the imager they are, for the rounding of ``point``.
        eye: (3,) in the world.
    """
    start = point + (2e-4 + 1e-5 * range_m)[:, None] * normal
    way = eye - start
    distance = np.maximum(np.linalg.norm(way, axis=1), 1e-9)
    way /= distance[:, None]
    away = np.einsum("ij,ij->i", way, normal) <= 0.0
    if not _glass(tracer).any():
        return away | tracer.occluded(start.astype(np.float32), way.astype(np.float32), distance * (1.0 - 1e-5))
    origin, direction = start.astype(np.float32), way.astype(np.float32)
    rays = Rays(origin=origin, direction=direction, time_s=np.zeros(len(way), np.float32))
    return away | (hit_behind_glass(tracer, rays).range_m < distance * (1.0 - 1e-5))


def lamp_irradiance(
    scene: Scene, sensor: DepthCamera, emitter: Emitter, point: np.ndarray, normal: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return (N,) the emitter's irradiance where nothing hides it, 1 for squarely at 1 m, and (N,) its distance."""
    way, distance, strength = _lamp_at(scene, sensor, emitter, point, np.zeros(len(point)))
    return strength * np.maximum(np.einsum("ij,ij->i", way, normal), 0.0), distance


def _lamp_at(
    scene: Scene, sensor: DepthCamera, emitter: Emitter, point: np.ndarray, range_m: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return unit ways to the emitter, its distance, and its strength there with the air's loss on both ways."""
    world_from_camera = scene.world_from_rig @ sensor.rig_from_camera
    way = world_from_camera.apply(np.asarray(emitter.offset_m)) - point
    distance = np.maximum(np.linalg.norm(way, axis=1), 1e-6)
    way = way / distance[:, None]
    axis = world_from_camera.rotate(np.array([0.0, 0.0, 1.0]))
    falloff = np.maximum(-way @ axis, 0.0) ** emitter.falloff_exponent
    strength = falloff / distance**2 * np.exp(-scene.weather.extinction_per_m * (distance + range_m))
    return way, distance, strength


def _highlight(
    table: np.ndarray, tracer: Tracer, first: Hits, way: np.ndarray, direction: np.ndarray, strength: np.ndarray
) -> np.ndarray:
    """Return what the first pane mirrors from the emitter; the way to it is taken as that of what lies behind."""
    surface = _surface(table, tracer, first).copy()
    surface[:, [DIFFUSE, COAT]] = 0.0
    return strength * np.where(surface[:, MIRRORED] > 0, reflected(surface, first.normal, way, -direction), 0.0)


def _spreading(surface: np.ndarray, sensor: DepthCamera) -> np.ndarray:
    """Return the surfaces without what shows a pattern elsewhere than on them: the narrow lobes, to two eyes."""
    if not isinstance(sensor.method, Triangulation):
        return surface
    spreading = surface.copy()
    spreading[:, COAT] = 0.0
    spreading[surface[:, ALPHA] < _MIRROR_ALPHA, MIRRORED] = 0.0
    return spreading


def _surface(table: np.ndarray, tracer: Tracer, hits: Hits) -> np.ndarray:
    if not len(tracer.geometry.face_material):
        return np.repeat(table[-1:], len(hits), axis=0)
    rows = np.where(hits.triangle >= 0, tracer.geometry.face_material[hits.triangle], len(table) - 1)
    return table[rows]


def _glass(tracer: Tracer) -> np.ndarray:
    return np.array([m.substance == "glass" for m in tracer.geometry.materials], dtype=np.bool_)


def _behind_glass(tracer: Tracer, rays: Rays, first: Hits) -> tuple[Hits, np.ndarray, np.ndarray]:
    """Return what lies behind all panes, how many surfaces of glass come before it, and whether one is met flatly."""
    panes, bent = np.zeros(len(rays), np.int64), np.zeros(len(rays), np.bool_)
    is_glass = np.append(_glass(tracer)[tracer.geometry.face_material], False)
    found = {key: getattr(first, key).copy() for key in ("range_m", "instance_id", "triangle", "barycentric", "normal")}
    on = np.flatnonzero(is_glass[found["triangle"]])
    for _ in range(MOST_PANES):
        if not len(on):
            break
        panes[on] += 1
        bent[on] |= -np.einsum("ij,ij->i", rays.direction[on], found["normal"][on]) < _BENT_COSINE
        reached = found["range_m"][on].astype(np.float64)
        start = reached + 1e-4 + 1e-6 * (np.abs(rays.origin[on]).max(axis=1) + reached)
        origin = rays.origin[on] + start[:, None].astype(np.float32) * rays.direction[on]
        behind = tracer.closest_hit(Rays(origin=origin, direction=rays.direction[on], time_s=rays.time_s[on]))
        for key, values in found.items():
            values[on] = getattr(behind, key)
        found["range_m"][on] += start.astype(np.float32)
        on = on[is_glass[found["triangle"][on]]]
    return replace(first, **found), panes, bent


def _daylight_lux(scene: Scene, tracer: Tracer, point: np.ndarray, normal: np.ndarray, met: np.ndarray) -> np.ndarray:
    """Return (N,) sunlight with its shadows, and the sky's share as one ray towards its middle sees it."""
    lux = np.zeros(len(point))
    if scene.sky is None and scene.sun is None:
        return lux
    at = np.flatnonzero(met)
    environment = make_environment(scene.sky, scene.sun, None)
    sun, toward = float(environment.sun_lux @ _LUMINANCE), np.asarray(environment.sun_direction, dtype=np.float64)
    start = (point[at] + 1e-3 * normal[at]).astype(np.float32)
    if sun > 0:
        facing = np.maximum(normal[at] @ toward, 0.0)
        way = np.broadcast_to(toward.astype(np.float32), start.shape)
        lux[at] += sun * facing * ~tracer.occluded(start, np.ascontiguousarray(way))
    if scene.sky is not None:
        level = float(sun_and_sky_lux(scene.sky, scene.sun) @ _LUMINANCE) - sun * max(float(toward[2]), 0.0)
        up = normal[at] + (0.0, 0.0, 1.001)
        up /= np.linalg.norm(up, axis=1, keepdims=True)
        share = 0.5 + 0.5 * normal[at, 2]
        lux[at] += level * share * ~tracer.occluded(start, up.astype(np.float32))
    return lux
