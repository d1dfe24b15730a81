"""Spray behind vehicles on wet roads: soft puffs of droplets that camera and LiDAR look through alike."""

from __future__ import annotations

import hashlib
import math
import struct

import numpy as np

from simgen.assets.categories import category
from simgen.geometry.pose import Pose
from simgen.geometry.rays import Hits, Rays
from simgen.render.air import air_of, lit_air, sky_through
from simgen.render.compiled import inlined, kernel, kernel_with_scratch
from simgen.render.environment import make_environment
from simgen.render.noise import normals, uniform, uniforms
from simgen.scene.camera import Camera
from simgen.scene.scene import Instance, Scene

_LEAST_SPEED_MPS = 4.0

_PER_M, _AT_MPS = 0.12, 20.0
"""Extinction just behind a car's wheel on a wet road at that speed, assumed: a car ahead is veiled by about half."""

_PUFFS = 20
"""Behind each side's wheels."""

_TRAIL_S = 0.6
"""How long droplets stay aloft."""

_REACH = 3.2
"""Standard deviations from a puff's middle beyond which nothing is left of it."""

OPEN_SHARE = 0.75
"""Of the light in open air that reaches spray low above the road, between what stands there; assumed."""

_LIDAR_RATIO_SR = 18.0
"""Extinction over backscatter of drops much wider than the wavelength (O'Connor, Illingworth and Hogan 2004)."""

_HALVINGS = 11
_PLACE = 6
"""Dimension of a beam's draw of where it meets a droplet."""


def puffs_of(scene: Scene) -> np.ndarray:
    """Return (P, 9) float64 the puffs in the air; none on dry roads.

    The water thrown up grows with the square of the speed, so their extinction does; trucks throw up more and higher.
    Columns: x, y, z of the middle in the world; cosine and sine of the heading; standard deviations along it, across
    and up; extinction in the middle, 1/m. A vehicle's puffs follow from where it is, so all sensors see the same.
    """
    strength = scene.weather.spray * scene.weather.wetness
    if strength == 0.0:
        return np.zeros((0, 9))
    trails = [_trail(o, strength, scene.weather.wind_mps) for o in scene.objects if _throws_spray(o)]
    return np.concatenate(trails) if trails else np.zeros((0, 9))


def _throws_spray(instance: Instance) -> bool:
    fast = math.hypot(*instance.velocity_mps[:2]) >= _LEAST_SPEED_MPS
    return fast and instance.category != "bicycle" and category(instance.category).supercategory == "vehicle"


def _trail(vehicle: Instance, strength: float, wind_mps: tuple[float, float]) -> np.ndarray:
    """Return (P, 9) the puffs behind one vehicle."""
    digest = hashlib.blake2b(struct.pack("<i3d", vehicle.id, *vehicle.world_from_object.translation_m), digest_size=8)
    key = np.frombuffer(digest.digest(), dtype=np.uint64)[0]
    cuboid = vehicle.cuboid
    length, width, height = cuboid.size_m
    middle = np.array(cuboid.world_from_box.translation_m)
    speed = math.hypot(*vehicle.velocity_mps[:2])
    ahead = np.array(vehicle.velocity_mps[:2]) / speed
    left = np.array([-ahead[1], ahead[0]])
    index = np.arange(2 * _PUFFS)
    step, side = index % _PUFFS, np.where(index < _PUFFS, 1.0, -1.0)
    u = [uniforms(key, index, k) for k in range(3)]
    n = [normals(key, index, 3 + 2 * k) for k in range(3)]
    # Close together at the wheel, wider apart as they grow.
    behind = ((step + u[0]) / _PUFFS) ** 1.6 * speed * _TRAIL_S
    tall = math.sqrt(height / 1.5)
    first = 0.28 * tall
    spread = (first + 0.08 * tall * behind**0.75) * (0.7 + 0.6 * u[1])
    low = 0.75 * spread
    along = np.maximum(spread, 0.6 * speed * _TRAIL_S / _PUFFS * ((step + 1.0) / _PUFFS) ** 0.6)
    place = middle[:2] + np.outer(-0.4 * length - behind + 0.3 * n[0] * spread, ahead)
    place += np.outer(side * 0.4 * width + 0.35 * n[1] * spread, left) + np.outer(behind / speed, wind_mps)
    up = middle[2] - height / 2.0 + low * (0.8 + 0.5 * u[2])
    per_m = _PER_M * strength * (speed / _AT_MPS) ** 2 * tall**2 * (first / spread) ** 2
    per_m = per_m * np.exp(0.6 * n[2] - 0.2 - behind / (speed * _TRAIL_S))
    turned = np.broadcast_to(ahead, place.shape)
    return np.column_stack([place, up, turned, along, spread, low, per_m])


@inlined
def _span(puffs: np.ndarray, i: int, ray: tuple) -> tuple[float, float, float]:
    """Return, in a puff's own measure, how a ray passes it.

    Args:
        puffs: all of them.
        i: which.
        ray: three coordinates of its origin and three of its direction.

    Returns:
        Squared distance at the closest; the way along the ray to the origin from there, negative ahead; units per
        metre.
    """
    x, y, z = ray[0] - puffs[i, 0], ray[1] - puffs[i, 1], ray[2] - puffs[i, 2]
    c, s = puffs[i, 3], puffs[i, 4]
    ox, oy, oz = (c * x + s * y) / puffs[i, 5], (c * y - s * x) / puffs[i, 6], z / puffs[i, 7]
    dx, dy = (c * ray[3] + s * ray[4]) / puffs[i, 5], (c * ray[4] - s * ray[3]) / puffs[i, 6]
    dz = ray[5] / puffs[i, 7]
    pace = math.sqrt(dx * dx + dy * dy + dz * dz)
    along = (ox * dx + oy * dy + oz * dz) / pace
    return max(ox * ox + oy * oy + oz * oz - along * along, 0.0), along, pace


@inlined
def depth_through(puffs: np.ndarray, i: int, ray: tuple, range_m: float) -> float:
    """Return the optical depth of one puff along a ray up to ``range_m``: a Gaussian's integral in closed form."""
    aside, along, pace = _span(puffs, i, ray)
    if aside > _REACH * _REACH or along > _REACH or along + pace * range_m < -_REACH:
        return 0.0
    half = math.sqrt(0.5)
    passed = math.erf((along + pace * range_m) * half) - math.erf(along * half)
    return puffs[i, 8] * math.exp(-0.5 * aside) * math.sqrt(0.5 * math.pi) / pace * passed


def spray_over(nit: np.ndarray, scene: Scene, camera: Camera, pose: Pose, hits: Hits) -> np.ndarray:
    """Return an image with the spray before what it shows.

    Args:
        nit: (H, W, 3) float32 luminance without it.
        scene: weather, sky, and what moves.
        camera: whose image it is.
        pose: world_from_camera.
        hits: what is behind each pixel's centre.
    """
    puffs = puffs_of(scene)
    if not len(puffs):
        return nit
    boxes = _boxes(puffs, camera, pose)
    direction = camera.rays(pose).direction
    depth = np.zeros(nit.shape[:2], np.float32)
    origin = np.array(pose.translation_m)
    _look(len(depth), depth, puffs, boxes, origin, direction, hits.range_m.reshape(depth.shape))
    air = air_of(
        scene.weather, make_environment(sky_through(scene.weather, scene.sky, scene.sun), scene.sun, scene.moon)
    )
    seen = np.flatnonzero(depth)
    out = nit.reshape(-1, 3).copy()
    hidden = -np.expm1(-depth.ravel()[seen, None])
    out[seen] += (OPEN_SHARE * lit_air(air, direction[seen]) - out[seen]) * hidden
    return out.reshape(nit.shape)


def _boxes(puffs: np.ndarray, camera: Camera, pose: Pose) -> np.ndarray:
    """Return (P, 4) int64 the part of the image where each puff may be seen: left, top, right, bottom."""
    size = (camera.width_px, camera.height_px)
    boxes = np.empty((len(puffs), 4), np.int64)
    corner = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], dtype=float) * _REACH
    for box, puff in zip(boxes, puffs, strict=True):
        x, y, z = (corner * puff[5:8]).T
        turned = np.column_stack([puff[3] * x - puff[4] * y, puff[4] * x + puff[3] * y, z])
        uv, z_m = camera.project(pose.inverse.apply(turned + puff[:3]))
        if z_m.min() > 0.1 and np.isfinite(uv).all():
            # A lens that bends lines may bulge the box a little beyond its corners.
            low, high = uv.min(axis=0), uv.max(axis=0)
            bulge = 0.1 * (high - low) + 1.0
            box[:2], box[2:] = np.clip(low - bulge, 0, size), np.clip(high + bulge, 0, size)
        elif z_m.max() > 0.0 or camera.lens.kind == "kannala_brandt":
            box[:] = 0, 0, *size
        else:
            box[:] = 0
    return boxes


@kernel
def _look(
    start: int,
    stop: int,
    depth: np.ndarray,
    puffs: np.ndarray,
    boxes: np.ndarray,
    origin: np.ndarray,
    direction: np.ndarray,
    range_m: np.ndarray,
) -> None:
    columns = depth.shape[1]
    for i in range(len(puffs)):
        for row in range(max(start, boxes[i, 1]), min(stop, boxes[i, 3])):
            for column in range(boxes[i, 0], boxes[i, 2]):
                k = row * columns + column
                ray = (origin[0], origin[1], origin[2], direction[k, 0], direction[k, 1], direction[k, 2])
                depth[row, column] += depth_through(puffs, i, ray, min(range_m[row, column], 1e4))


def spray_on_beams(scene: Scene, rays: Rays, range_m: np.ndarray, key: np.uint64) -> np.ndarray:
    """Return (N, 4) float64 what the spray does to N beams of a LiDAR; (0, 4) where there is none.

    Columns: optical depth as far as ``range_m``; distance of the place before it where the beam first meets a droplet,
    drawn as Beer and Lambert's law has it, 0 for none; share of light sent back from there, 1/(m sr); optical depth up
    to there.

    Args:
        scene: weather, and what moves.
        rays: the beams.
        range_m: (N,) distances of what they meet, finite.
        key: of the sensor's random numbers.
    """
    puffs = puffs_of(scene)
    out = np.zeros((len(rays) if len(puffs) else 0, 4))
    if len(puffs):
        _beams(len(out), out, puffs, rays.origin, rays.direction, range_m, key)
    return out


@kernel_with_scratch
def _beams(
    start: int,
    stop: int,
    out: np.ndarray,
    puffs: np.ndarray,
    origin: np.ndarray,
    direction: np.ndarray,
    range_m: np.ndarray,
    key: np.uint64,
) -> None:
    near_puffs = np.empty(len(puffs), np.int64)
    for beam in range(start, stop):
        o, d = origin[beam], direction[beam]
        ray = (float(o[0]), float(o[1]), float(o[2]), float(d[0]), float(d[1]), float(d[2]))
        total, count, near, far = 0.0, 0, float(range_m[beam]), 0.0
        for i in range(len(puffs)):
            depth = depth_through(puffs, i, ray, range_m[beam])
            if depth > 1e-5:
                near_puffs[count] = i
                count += 1
                total += depth
                _, along, pace = _span(puffs, i, ray)
                near, far = min(near, (-_REACH - along) / pace), max(far, (_REACH - along) / pace)
        if count == 0:
            continue
        before = -math.log1p(-uniform(key, beam, _PLACE) * (1.0 - math.exp(-total)))
        near, far = max(near, 0.0), min(far, float(range_m[beam]))
        for _ in range(_HALVINGS):
            place, reached = 0.5 * (near + far), 0.0
            for i in near_puffs[:count]:
                reached += depth_through(puffs, i, ray, place)
            if reached < before:
                near = place
            else:
                far = place
        place, per_m = 0.5 * (near + far), 0.0
        for i in near_puffs[:count]:
            aside, along, pace = _span(puffs, i, ray)
            way = along + pace * place
            per_m += puffs[i, 8] * math.exp(-0.5 * (aside + way * way))
        out[beam, 0], out[beam, 1] = total, place
        out[beam, 2], out[beam, 3] = per_m / _LIDAR_RATIO_SR, before
