"""Depth by time of flight: what the phase of modulated light says of a pixel."""

from __future__ import annotations

import math

import cv2
import numpy as np

from simgen.geometry.rays import Rays
from simgen.render.depth_light import Returns, hidden, lamp_irradiance, returns
from simgen.render.infrared import DIFFUSE, infrared_table
from simgen.render.noise import normals, uniforms
from simgen.scene.depth_camera import (
    DARK,
    EDGE,
    FATTENED,
    FLYING,
    GLOSSY,
    GRAZING,
    HAS_DEPTH_FROM,
    MEASURED,
    MULTIPATH,
    NOTHING,
    SHADOW,
    SUNLIGHT,
    THROUGH_GLASS,
    TRANSPARENT,
    WRAPPED,
    DepthCamera,
    TimeOfFlight,
)
from simgen.scene.scene import Scene
from simgen.trace.tracer import Tracer

DROPOUT, NOISE, TURN = 0, 2, 4
"""Dimensions of a pixel's draws."""

_LIGHT_MPS = 299_792_458.0
_SAMPLES = 3
_BOUNCE_STEP = 4
_BOUNCES = 24
_NOTICEABLE_M = 0.01


def time_flight(
    scene: Scene, sensor: DepthCamera, method: TimeOfFlight, tracer: Tracer, back: Returns, key: np.uint64
) -> tuple[np.ndarray, np.ndarray]:
    """Return (H, W) float64 measured depth along the axis, 0 for none, and (H, W) uint8 reasons.

    A pixel's light is a sum of phasors, each as long as its signal and turned by ``4 pi f path / c``. Where depths
    jump, nine rays share the pixel's square; in corners, light that came by way of another surface is added (one
    bounce). The angle of the sum is the range, noisier the weaker the signal, and wrapped at the ambiguity range.

    Args:
        scene: what there is.
        sensor: which device.
        method: how it times.
        tracer: of the scene's objects.
        back: what the pixels' rays brought back, row by row.
        key: of this image's noise.
    """
    camera = sensor.camera
    shape = (camera.height_px, camera.width_px)
    index = np.arange(shape[0] * shape[1])
    path, over = back.path_m.copy(), back.over_by_day.copy()
    softness = sensor.dropout_softness * normals(key, index, DROPOUT)
    reason = _reasons(back, method, softness)
    bias = _bounced(scene, sensor, method, tracer, back, key)
    path += bias
    reason[(reason == MEASURED) & (bias > max(_NOTICEABLE_M, 3.0 * method.range_noise_m))] = MULTIPATH
    edges = np.flatnonzero(_edges(back, sensor))
    if len(edges):
        mixed, strength, coherence, kind = _mixed(scene, sensor, method, tracer, edges)
        path[edges], over[edges] = mixed, strength
        dark = strength < 1.0
        reason[edges] = np.where(dark, reason[edges], kind)
        reason[edges[~dark & (coherence < method.least_coherence)]] = EDGE
        reason[edges[dark & (reason[edges] == MEASURED)]] = DARK
    measured = (reason == MEASURED) | (reason >= HAS_DEPTH_FROM)
    sigma = np.hypot(method.range_noise_m, method.weak_range_noise_m / np.maximum(over, 1e-6))
    path += np.where(measured, sigma, 0.0) * normals(key, index, NOISE)
    if method.ambiguity_range_m is not None:
        reason[measured & (path >= method.ambiguity_range_m)] = WRAPPED
        path = np.where(measured, path % method.ambiguity_range_m, path)
    z = np.where(measured, path * camera.pixel_directions()[:, 2], 0.0)
    return z.reshape(shape), reason.reshape(shape)


def _reasons(back: Returns, method: TimeOfFlight, softness: np.ndarray) -> np.ndarray:
    """Return (N,) uint8 why each pixel's own surface is not measured; later lines win."""
    weak, dark = (np.log(np.maximum(over, 1e-12)) + softness < 0.0 for over in (back.over_by_day, back.over))
    reason = np.full(len(weak), MEASURED, np.uint8)
    reason[back.panes > 0] = THROUGH_GLASS
    even = back.even_signal * method.emitter.range_at_10_percent_m**2 / 0.1
    reason[weak] = DARK
    reason[weak & (even > 1.0) & (back.over < 0.5 * even)] = GLOSSY
    reason[weak & ~dark] = SUNLIGHT
    reason[weak & (back.panes > 0)] = TRANSPARENT
    reason[back.met & ~back.lit] = SHADOW
    reason[back.cosine < math.cos(math.radians(method.max_incidence_deg))] = GRAZING
    reason[back.dazzling] = GLOSSY
    reason[back.bent] = TRANSPARENT
    reason[~back.met] = NOTHING
    return reason


def _edges(back: Returns, sensor: DepthCamera) -> np.ndarray:
    """Return (N,) whether inverse depths around a pixel differ by more than its own plane's slope explains."""
    camera = sensor.camera
    shape = (camera.height_px, camera.width_px)
    z = back.range_m * camera.pixel_directions()[:, 2]
    inverse = np.where(back.met, 1.0 / np.where(back.met, z, 1.0), 0.0).reshape(shape)
    window = np.ones((3, 3), np.uint8)
    jump = cv2.dilate(inverse, window) - cv2.erode(inverse, window)
    # On a plane met at an angle t, inverse depth changes by no more than tan(t) / (f z) per pixel.
    flat = np.maximum(back.cosine, 0.02).reshape(shape)
    slope = np.sqrt(1.0 - np.minimum(flat, 1.0) ** 2) / flat * inverse / camera.fx_px
    steepest = cv2.dilate(slope, window)
    return (jump > 3.0 * steepest + 0.005 * cv2.dilate(inverse, window)).ravel()


def _mixed(
    scene: Scene, sensor: DepthCamera, method: TimeOfFlight, tracer: Tracer, pixels: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return (E,) mixed paths, signals over the least, coherences, and reasons: sound, flying, or a surface beside."""
    camera, count = sensor.camera, _SAMPLES**2
    place = (np.arange(_SAMPLES) + 0.5) / _SAMPLES - 0.5
    offset = method.pixel_blur_px * np.stack(np.meshgrid(place, place), axis=-1).reshape(-1, 2)
    uv = (camera.pixel_centres()[pixels, None, :] + offset).reshape(-1, 2)
    rays = camera.rays(scene.world_from_rig @ sensor.rig_from_camera, uv)
    back = returns(scene, sensor, tracer, rays, tracer.closest_hit(rays))
    signal = np.where(back.lit & ~back.bent, back.signal, 0.0).reshape(-1, count)
    over, path = back.over_by_day.reshape(-1, count), back.path_m.reshape(-1, count)
    turn = 4.0 * math.pi * method.modulation_hz / _LIGHT_MPS
    strongest = signal.argmax(axis=1)[:, None]
    near = np.take_along_axis(path, strongest, axis=1)
    whole = (signal * np.exp(1j * turn * (path - near))).sum(axis=1)
    total = signal.sum(axis=1)
    mixed = near[:, 0] + np.angle(whole) / turn
    off = np.where(signal > 0, np.abs(path - mixed[:, None]), np.inf)
    slack = max(3.0 * method.range_noise_m, _NOTICEABLE_M)
    kind = np.where(off.min(axis=1) > slack, FLYING, np.where(off[:, count // 2] > slack, FATTENED, MEASURED))
    kind[(kind == MEASURED) & (back.panes.reshape(-1, count)[:, count // 2] > 0)] = THROUGH_GLASS
    return mixed, over.mean(axis=1), np.abs(whole) / np.maximum(total, 1e-12), kind


def _bounced(
    scene: Scene, sensor: DepthCamera, method: TimeOfFlight, tracer: Tracer, back: Returns, key: np.uint64
) -> np.ndarray:
    """Return (N,) how much longer the path seems by light that came by way of one other surface.

    At every fourth pixel each way, rays over the hemisphere by the cosine find surfaces; each sends on its diffuse
    share of the emitter's light, where that reaches it. Between those pixels the bias is smooth.
    """
    camera, emitter = sensor.camera, method.emitter
    shape = (camera.height_px, camera.width_px)
    rows, columns = np.arange(1, shape[0], _BOUNCE_STEP), np.arange(1, shape[1], _BOUNCE_STEP)
    coarse = (rows[:, None] * shape[1] + columns).ravel()
    at = coarse[back.lit[coarse] & (back.panes[coarse] == 0)]
    bias = np.zeros(len(coarse))
    if not len(at):
        return np.zeros(len(back.range_m))
    point, normal = back.point[at], back.normal[at]
    ways = _cosine_ways(normal, uniforms(key, at, TURN))
    start = np.repeat(point + (2e-4 + 1e-5 * back.range_m[at])[:, None] * normal, _BOUNCES, axis=0)
    rays = Rays(
        origin=start.astype(np.float32), direction=ways.astype(np.float32), time_s=np.zeros(len(ways), np.float32)
    )
    hits = tracer.closest_hit(rays)
    met = np.flatnonzero(hits.triangle >= 0)
    length = np.zeros(len(ways))
    length[met] = hits.range_m[met]
    there = start[met] + length[met, None] * ways[met]
    irradiance, distance = lamp_irradiance(scene, sensor, emitter, there, hits.normal[met].astype(np.float64))
    lamp = (scene.world_from_rig @ sensor.rig_from_camera).apply(np.asarray(emitter.offset_m))
    irradiance *= ~hidden(tracer, there, hits.normal[met].astype(np.float64), distance, lamp)
    diffuse = infrared_table(tracer.geometry.materials)[tracer.geometry.face_material[hits.triangle[met]], DIFFUSE]
    sent, path = np.zeros(len(ways)), np.zeros(len(ways))
    sent[met] = diffuse * irradiance / _BOUNCES
    path[met] = 0.5 * (distance + length[met] + np.repeat(back.range_m[at], _BOUNCES)[met])
    direct, _ = lamp_irradiance(scene, sensor, emitter, point, normal)
    turn = 4.0 * math.pi * method.modulation_hz / _LIGHT_MPS
    later = path.reshape(-1, _BOUNCES) - back.path_m[at, None]
    whole = np.maximum(direct, 1e-12) + (sent.reshape(-1, _BOUNCES) * np.exp(1j * turn * later)).sum(axis=1)
    bias[np.isin(coarse, at)] = np.angle(whole) / turn
    small = cv2.blur(bias.reshape(len(rows), len(columns)), (3, 3))
    # Coarse pixel k stands at column 1 + 4 k: half a coarse pixel is 2 px, as resizing takes it, within half a pixel.
    return cv2.resize(small, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR).ravel() * back.lit


def _cosine_ways(normal: np.ndarray, turned: np.ndarray) -> np.ndarray:
    """Return (N * B, 3) unit directions over each hemisphere, spread by the cosine, turned by a share of a turn."""
    k = np.arange(_BOUNCES)
    radius = np.sqrt((k + 0.5) / _BOUNCES)
    angle = 2.0 * math.pi * (k * (math.sqrt(5.0) - 1.0) / 2.0 + turned[:, None])
    helper = np.where(np.abs(normal[:, 2:]) < 0.9, [[0.0, 0.0, 1.0]], [[1.0, 0.0, 0.0]])
    side = np.cross(normal, helper)
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    other = np.cross(normal, side)
    x, y, z = radius * np.cos(angle), radius * np.sin(angle), np.sqrt(1.0 - radius**2)
    ways = x[..., None] * side[:, None] + y[..., None] * other[:, None] + z[:, None] * normal[:, None]
    return ways.reshape(-1, 3)
