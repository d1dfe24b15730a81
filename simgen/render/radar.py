"""Radar scans: what scatters, what falls into one cell, and what stands out of the noise."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simgen.assets.categories import category
from simgen.frame import RadarScan
from simgen.geometry.pose import Pose
from simgen.geometry.rays import Hits, Rays
from simgen.render.noise import normals, uniforms
from simgen.scene.radar import Radar
from simgen.scene.scene import Scene
from simgen.trace.tracer import Tracer

STEP_DEG = 0.25
"""Angle between the rays that find what scatters: a tenth of the azimuth's cell and finer."""

_GAIN = {
    "car": 6.0, "van": 6.0, "truck": 6.0, "bus": 6.0, "motorcycle": 4.0, "bicycle": 1.5, "person": 0.6, "dog": 0.5,
    "traffic_sign": 8.0, "street_lamp": 4.0, "traffic_light": 4.0, "barrier": 4.0, "fence": 1.0, "building": 0.5,
    "tree": 0.2, "bush": 0.1,
}  # fmt: skip
"""Cross-section per projected area met squarely. By it a car's tail has about 10 m2, a person about 0.3 m2 (77 GHz)."""

_GROUND_GAIN = 0.003
_OTHER_GAIN = 0.5
_LOBE_DEG = 20.0
_SIDEWAYS = 0.2

# Dimensions of a cell's draws.
_FLUCTUATION, _RANGE, _AZIMUTH, _DOPPLER = 0, 2, 4, 6
# Of the false alarms, counted from an index far beyond the cells'.
_FALSE_FROM = 1 << 40
_COUNT, _PLACE, _SIDE, _SPEED, _LEVEL = 10, 11, 12, 13, 14

_BUMPER_M = 0.6
"""Radars sit behind bumpers, whose plastic lets their waves pass: the own vehicle's surfaces this near are left out."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Cells:
    """Occupied cells: middle of what is in each, weighted by cross-section; (C,) each."""

    bins: np.ndarray
    range_m: np.ndarray
    azimuth_rad: np.ndarray
    doppler_mps: np.ndarray
    rcs_m2: np.ndarray
    instance_id: np.ndarray


def sweep(scene: Scene, radar: Radar, tracer: Tracer, key: np.uint64) -> RadarScan:
    """Return a radar's detections, by range.

    Rays over the field of view find the surfaces that are seen; each scatters by its projected area, its category and
    the angle it is met at. What falls into one cell of range, azimuth and Doppler adds up to one target, fluctuates
    (Swerling 1: exponentially), and is detected where ``snr = rcs (reference_range / range)^4 gain`` exceeds the
    threshold and its neighbouring cells. Errors are a cell's size over ``sqrt(2 snr)``. Cross-sections are as they
    would be judged by the power received and the range, straight ahead.

    Args:
        scene: what there is, and how it and the rig move.
        radar: which sensor.
        tracer: of the scene's objects.
        key: of this scan's random numbers.

    Raises:
        ValueError: an instance id does not fit 16 bits.
        AssetError: an object's category is unknown.
    """
    if scene.next_id - 1 > np.iinfo(np.uint16).max:
        raise ValueError(f"instance id {scene.next_id - 1} does not fit 16 bits; number objects from 1")
    world_from_radar = scene.world_from_rig @ radar.rig_from_radar
    directions, solid_angle = _directions(radar)
    world = world_from_radar.rotate(directions).astype(np.float32)
    origin = np.broadcast_to(np.asarray(world_from_radar.translation_m, np.float32), world.shape)
    rays = Rays(origin=np.ascontiguousarray(origin), direction=world, time_s=np.zeros(len(world), np.float32))
    hits = _beyond_bumpers(scene, tracer, rays)
    met = np.flatnonzero(
        (hits.triangle >= 0) & (hits.range_m >= radar.min_range_m) & (hits.range_m < radar.max_range_m)
    )
    range_m = hits.range_m[met].astype(np.float64)
    rcs = _cross_sections(scene, hits, met, world, range_m, solid_angle[met])
    azimuth = np.arctan2(directions[met, 1], directions[met, 0])
    doppler = radial_speed(scene, world_from_radar, world[met].astype(np.float64), range_m, hits.instance_id[met])
    cells = _cells(radar, range_m, azimuth, _wrapped(doppler, radar), rcs, hits.instance_id[met])
    return _detected(scene, radar, world_from_radar, cells, key)


def _beyond_bumpers(scene: Scene, tracer: Tracer, rays: Rays) -> Hits:
    """Return what rays meet first; of the vehicle that carries the radar, nothing within `_BUMPER_M`."""
    hits = tracer.closest_hit(rays)
    own = [thing.id for thing in scene.objects if thing.category == "ego_vehicle"]
    at = np.flatnonzero(np.isin(hits.instance_id, own) & (hits.range_m < _BUMPER_M))
    while len(at):
        start = hits.range_m[at] + np.float32(1e-3)
        origin = rays.origin[at] + start[:, None] * rays.direction[at]
        behind = tracer.closest_hit(Rays(origin=origin, direction=rays.direction[at], time_s=rays.time_s[at]))
        for key in ("instance_id", "triangle", "barycentric", "normal"):
            getattr(hits, key)[at] = getattr(behind, key)
        hits.range_m[at] = start + behind.range_m
        at = at[np.isin(behind.instance_id, own) & (hits.range_m[at] < _BUMPER_M)]
    return hits


def radial_speed(
    scene: Scene, world_from_radar: Pose, direction: np.ndarray, range_m: np.ndarray, instance_id: np.ndarray
) -> np.ndarray:
    """Return (N,) how fast points go away from the radar, m/s, by their objects' motion and the rig's."""
    eye = np.asarray(world_from_radar.translation_m)
    point = eye + range_m[:, None] * direction
    velocity = np.zeros_like(point)
    for thing in scene.objects:
        if not thing.motion.still:
            on = instance_id == thing.id
            velocity[on] = _velocity(thing.motion.velocity_mps, thing.yaw_rate_rps, thing.motion.center_m, point[on])
    rig = scene.rig_motion
    own = _velocity(rig.velocity_mps, rig.yaw_rate_rps, rig.center_m, eye[None])
    return np.einsum("ij,ij->i", velocity - own, direction)


def _velocity(
    velocity: tuple[float, float, float], yaw_rate: float, center: tuple[float, float, float], point: np.ndarray
) -> np.ndarray:
    arm = point - np.asarray(center)
    turning = yaw_rate * np.stack([-arm[:, 1], arm[:, 0], np.zeros(len(arm))], axis=1)
    return np.asarray(velocity) + turning


def _directions(radar: Radar) -> tuple[np.ndarray, np.ndarray]:
    """Return (N, 3) unit directions in the radar's frame and (N,) their solid angles."""
    across = max(round(radar.field_of_view_deg / STEP_DEG), 1)
    high = max(round(radar.elevation_fov_deg / STEP_DEG), 1)
    azimuth = np.radians(((np.arange(across) + 0.5) / across - 0.5) * radar.field_of_view_deg)
    elevation = np.radians(((np.arange(high) + 0.5) / high - 0.5) * radar.elevation_fov_deg)
    e, a = (grid.ravel() for grid in np.meshgrid(elevation, azimuth, indexing="ij"))
    directions = np.stack([np.cos(e) * np.cos(a), np.cos(e) * np.sin(a), np.sin(e)], axis=1)
    cell = math.radians(radar.field_of_view_deg / across) * math.radians(radar.elevation_fov_deg / high)
    return directions, cell * np.cos(e)


def _cross_sections(
    scene: Scene, hits: Hits, met: np.ndarray, direction: np.ndarray, range_m: np.ndarray, solid_angle: np.ndarray
) -> np.ndarray:
    """Return (M,) the radar cross-section, m2, of what each ray stands for."""
    gain = np.zeros(scene.next_id)
    for thing in scene.objects:
        ground = category(thing.category).supercategory == "ground"
        gain[thing.id] = _GROUND_GAIN if ground else _GAIN.get(thing.category, _OTHER_GAIN)
    cosine = np.clip(-np.einsum("ij,ij->i", direction[met], hits.normal[met]).astype(np.float64), 0.0, 1.0)
    lobe = np.exp(-((np.degrees(np.arccos(cosine)) / _LOBE_DEG) ** 2))
    return gain[hits.instance_id[met]] * range_m**2 * solid_angle * (_SIDEWAYS + (1.0 - _SIDEWAYS) * lobe)


def _wrapped(doppler: np.ndarray, radar: Radar) -> np.ndarray:
    most = radar.max_doppler_mps
    return (doppler + most) % (2.0 * most) - most


def _cells(
    radar: Radar, range_m: np.ndarray, azimuth: np.ndarray, doppler: np.ndarray, rcs: np.ndarray, ids: np.ndarray
) -> _Cells:
    """Return what falls into each cell; equal steps of the azimuth's sine, as an array of antennas has them."""
    step = math.sin(math.radians(radar.azimuth_resolution_deg))
    bins = np.stack(
        [
            np.floor(range_m / radar.range_resolution_m),
            np.floor(np.sin(azimuth) / step + 0.5),
            np.floor(doppler / radar.doppler_resolution_mps + 0.5),
        ],
        axis=1,
    ).astype(np.int64)
    kinds, cell = np.unique(bins, axis=0, return_inverse=True)
    cell, count = cell.ravel(), len(kinds)
    total = np.bincount(cell, rcs, count)

    def middle(values: np.ndarray) -> np.ndarray:
        return np.bincount(cell, rcs * values, count) / np.maximum(total, 1e-30)

    # The object with the largest share names the cell.
    pairs, pair = np.unique(np.stack([cell, ids.astype(np.int64)], axis=1), axis=0, return_inverse=True)
    share = np.bincount(pair.ravel(), rcs, len(pairs)) if len(pairs) else np.zeros(0)
    order = np.lexsort((share, pairs[:, 0])) if len(pairs) else np.zeros(0, np.int64)
    named = np.zeros(count, np.int64)
    named[pairs[order, 0]] = pairs[order, 1]
    return _Cells(
        bins=kinds,
        range_m=middle(range_m),
        azimuth_rad=middle(azimuth),
        doppler_mps=middle(doppler),
        rcs_m2=total,
        instance_id=named,
    )


def _detected(scene: Scene, radar: Radar, world_from_radar: Pose, cells: _Cells, key: np.uint64) -> RadarScan:
    """Return the cells that stand out, with their errors, and the false alarms, by range."""
    number = _cell_numbers(cells.bins)
    threshold = 10.0 ** (radar.threshold_db / 10.0)
    beam = np.maximum(np.cos(cells.azimuth_rad), 0.0) ** radar.beam_exponent
    far = (radar.reference_range_m / np.maximum(cells.range_m, 1e-3)) ** 4
    weather = np.exp(-2.0 * _rain_loss_per_m(scene) * cells.range_m)
    snr = threshold * cells.rcs_m2 * far * beam * weather * -np.log1p(-uniforms(key, number, _FLUCTUATION))
    keep = np.flatnonzero((snr > threshold) & _peaks(cells.bins, snr))
    error = 1.0 / np.sqrt(2.0 * snr[keep])
    range_m = cells.range_m[keep] + radar.range_resolution_m * error * normals(key, number[keep], _RANGE)
    step = math.radians(radar.azimuth_resolution_deg) / np.maximum(np.cos(cells.azimuth_rad[keep]), 0.1)
    azimuth = cells.azimuth_rad[keep] + step * error * normals(key, number[keep], _AZIMUTH)
    doppler = cells.doppler_mps[keep] + radar.doppler_resolution_mps * error * normals(key, number[keep], _DOPPLER)
    false = _false_alarms(radar, key)
    values = {
        "range_m": np.concatenate([np.maximum(range_m, 1e-3), false[0]]),
        "azimuth_rad": np.concatenate([azimuth, false[1]]),
        "doppler_mps": np.concatenate([_wrapped(doppler, radar), false[2]]),
        "snr_db": 10.0 * np.log10(np.concatenate([snr[keep], threshold * false[3]])),
    }
    ids = np.concatenate([cells.instance_id[keep], np.zeros(len(false[0]), np.int64)])
    judged = values["snr_db"] - radar.threshold_db + 40.0 * np.log10(values["range_m"] / radar.reference_range_m)
    order = np.argsort(values["range_m"], kind="stable")
    own = radial_speed(
        scene, world_from_radar, _toward(world_from_radar, values["azimuth_rad"]), values["range_m"], 0 * ids - 1
    )
    categories = np.zeros(scene.next_id, np.uint16)
    for thing in scene.objects:
        categories[thing.id] = category(thing.category).id
    return RadarScan(
        radar=radar,
        world_from_radar=world_from_radar,
        **{name: value[order].astype(np.float32) for name, value in values.items()},
        over_ground_mps=_wrapped(values["doppler_mps"] - own, radar)[order].astype(np.float32),
        rcs_dbsm=judged[order].astype(np.float32),
        instance_id=ids[order].astype(np.uint16),
        category_id=categories[ids[order]],
    )


def _toward(world_from_radar: Pose, azimuth: np.ndarray) -> np.ndarray:
    level = np.stack([np.cos(azimuth), np.sin(azimuth), np.zeros(len(azimuth))], axis=1)
    return world_from_radar.rotate(level)


def _cell_numbers(bins: np.ndarray) -> np.ndarray:
    """Return (C,) one number for each cell, the same whatever else there is."""
    shifted = bins + np.array([0, 1 << 11, 1 << 13])
    return (shifted[:, 0] << 27) + (shifted[:, 1] << 15) + shifted[:, 2]


def _peaks(bins: np.ndarray, snr: np.ndarray) -> np.ndarray:
    """Return (C,) whether a cell is stronger than its neighbours in range, azimuth and Doppler."""
    at = {tuple(cell): value for cell, value in zip(bins.tolist(), snr.tolist(), strict=True)}
    steps = [s for s in np.ndindex(3, 3, 3) if s != (1, 1, 1)]
    return np.array(
        [
            all(value >= at.get((r + i - 1, a + j - 1, d + k - 1), 0.0) for i, j, k in steps)
            for (r, a, d), value in zip(bins.tolist(), snr.tolist(), strict=True)
        ],
        dtype=np.bool_,
    )


def _false_alarms(radar: Radar, key: np.uint64) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return ranges, azimuths, Doppler speeds and signals over the threshold of what is not there."""
    drawn, chance, count = float(uniforms(key, np.array([_FALSE_FROM]), _COUNT)[0]), math.exp(-radar.false_alarms), 0
    term = chance
    while drawn > chance and count < 10_000:  # Poisson's distribution turned around
        count += 1
        term *= radar.false_alarms / count
        chance += term
    index = _FALSE_FROM + np.arange(count)
    span = radar.max_range_m - radar.min_range_m
    range_m = radar.min_range_m + span * uniforms(key, index, _PLACE)
    half = math.radians(radar.field_of_view_deg / 2)
    azimuth = half * (2.0 * uniforms(key, index, _SIDE) - 1.0)
    doppler = radar.max_doppler_mps * (2.0 * uniforms(key, index, _SPEED) - 1.0)
    # Above a threshold of the noise's mean power times T, exponential noise exceeds it by a mean of 1 / T.
    over = 1.0 - np.log1p(-uniforms(key, index, _LEVEL)) / 10.0 ** (radar.threshold_db / 10.0)
    return range_m, azimuth, doppler, over


def _rain_loss_per_m(scene: Scene) -> float:
    """Return the loss at 77 GHz by rain, 1/m: ``k R^a`` dB/km with k 1.07 and a 0.73 (ITU-R P.838-3, about)."""
    rate = scene.weather.rain_mm_per_h
    return 1.07 * rate**0.73 / 1000.0 * math.log(10.0) / 10.0 if rate > 0 else 0.0
