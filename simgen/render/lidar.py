"""LiDAR sweeps: what each beam meets, how much light comes back, and what the sensor makes of it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numba
import numpy as np

from simgen.assets.categories import category
from simgen.frame import Scan
from simgen.render.ground import Ground, ground_of, lies_at
from simgen.render.noise import uniform
from simgen.render.spray import spray_on_beams
from simgen.scene.lidar import Lidar
from simgen.scene.material import Material
from simgen.scene.scene import Scene
from simgen.scene.sweep import deskew, sweep_rays
from simgen.scene.weather import Weather
from simgen.trace.tracer import Tracer

COAT_ALPHA = 0.03
"""GGX width of a clear coat's lobe: car paint glints back within about two degrees of square-on."""

COAT_REFLECTANCE = 0.04
"""Fresnel reflectance at normal incidence of a coat of refractive index 1.5."""

_SURE = 6.0
"""A return this many softnesses above the threshold is taken as kept (the chance of losing it is 1e-9)."""

_PULSE_M = 1.5
"""Depth of air that answers at once: half the length of a pulse of 10 ns."""

_FOG_BACKSCATTER = 0.046 / math.log(20.0)
"""Of the extinction, 1/sr: 0.046 over the visibility (Rasshofer, Spies and Spies 2011)."""

_FALL_LIDAR_RATIO_SR = 18.0
"""Extinction over backscatter of drops much wider than the wavelength (O'Connor, Illingworth and Hogan 2004)."""

_SNOW_REFLECTANCE = 0.85

# Dimensions of a beam's draws; a normal number takes two.
_RANGE_NOISE, _DROPOUT, _AIR_PLACE, _AIR_DENSITY, _SPRAY_DENSITY = 0, 2, 4, 5, 7


def scan(scene: Scene, lidar: Lidar, tracer: Tracer, key: np.uint64) -> Scan:
    """Return one sweep of ``lidar``: the beams that came back, column by column, top ring first.

    A beam's received power, relative to a white Lambertian surface met squarely at 1 m, is ``reflectance / range**2``
    with `apparent_reflectance`. It is kept when that is above what a 10 % target at ``range_at_10_percent_m`` gives,
    the threshold blurred by ``dropout_softness``. Noise moves a point along its beam alone. Intensity is the apparent
    reflectance, so the range is compensated as real sensors do: 1 is white and square-on; retro-reflectors and glints
    saturate at 1. Fog, rain, snow and spray weaken the way there and back, and may answer in an object's place:
    such points carry instance id 0.

    Every beam starts where the rig has carried the sensor when it fires, and meets moving objects where they are then.

    Args:
        scene: what there is.
        lidar: which sensor; its pose is the rig's and its mounting's.
        tracer: holds the scene's objects.
        key: of this sensor's noise in this frame (`simgen.render.noise.sensor_key`).

    Raises:
        ValueError: an instance id does not fit 16 bits.
        AssetError: an object's category is unknown.
    """
    world_from_lidar = scene.world_from_rig @ lidar.rig_from_lidar
    rays = sweep_rays(lidar, scene.world_from_rig, scene.rig_motion)
    hits = tracer.closest_hit(rays)
    reflectance = _reflectances(
        hits.range_m,
        hits.triangle,
        rays.origin,
        rays.direction,
        hits.normal,
        tracer.geometry.face_material,
        surface_table(tracer.geometry.materials),
        ground_of(scene.weather),
    )
    spray = spray_on_beams(scene, rays, np.minimum(hits.range_m, np.float32(lidar.max_range_m)), key)
    range_m, intensity, in_air = _receive(hits.range_m, reflectance, key, _figures(lidar), _air(scene.weather), spray)
    beam = np.flatnonzero(range_m)
    if lidar.crop_m is not None:
        beam = beam[~_within(lidar, beam, range_m[beam])]
    instance_id = np.where(in_air[beam], np.uint32(0), hits.instance_id[beam])
    time_s = lidar.times_s()[beam]
    xyz_m = lidar.origins()[beam] + lidar.directions()[beam] * range_m[beam, None].astype(np.float32)
    if lidar.deskewed:
        xyz_m = deskew(xyz_m, time_s, lidar, world_from_lidar, scene.rig_motion).astype(np.float32)
    return Scan(
        lidar=lidar,
        world_from_lidar=world_from_lidar,
        rig_motion=scene.rig_motion,
        xyz_m=xyz_m,
        intensity=intensity[beam],
        ring=(beam % lidar.rings).astype(np.uint16),
        column=(beam // lidar.rings).astype(np.uint16),
        time_s=time_s.astype(np.float32),
        instance_id=instance_id.astype(np.uint16),
        category_id=_category_of_id(scene)[instance_id],
    )


def _within(lidar: Lidar, beam: np.ndarray, range_m: np.ndarray) -> np.ndarray:
    """Return (N,) booleans: which points lie in the box that is cropped, where the rig is at their firing."""
    assert lidar.crop_m is not None
    points = lidar.rig_from_lidar.apply(lidar.origins()[beam] + lidar.directions()[beam] * range_m[:, None])
    low, high = lidar.crop_m
    return np.all((points >= low) & (points <= high), axis=1)


def surface_table(materials: Sequence[Material]) -> np.ndarray:
    """Return (M, 6) float64, what `apparent_reflectance` reads of each material; one row of zeros for none.

    Columns: diffuse reflectance; Oren and Nayar's ratio B / A; metal's reflectance; GGX alpha of the metal; weight of
    the coat's lobe; reflectance that comes back whatever the angle.
    """
    table = np.zeros((max(len(materials), 1), 6))
    for row, material in zip(table, materials, strict=False):
        alpha = max(material.roughness**2, 0.01)
        # Slope of a Beckmann surface as rough as the GGX one: alpha is sqrt(2) times the root mean square slope.
        squared = math.atan(alpha / math.sqrt(2.0)) ** 2 if material.roughness > 0 else 0.0
        row[0] = material.nir_reflectance * (1.0 - material.metallic)
        row[1] = (0.45 * squared / (squared + 0.09)) / (1.0 - 0.5 * squared / (squared + 0.33))
        row[2] = material.nir_reflectance * material.metallic
        row[3] = alpha
        row[4] = COAT_REFLECTANCE * material.clear_coat
        row[5] = material.nir_reflectance * material.retro_gain
    return table


@numba.njit(cache=True)
def apparent_reflectance(surface: np.ndarray, cosine: float) -> float:
    """Return the reflectance of the Lambertian surface, met squarely, that would send as much light straight back.

    The sum of a rough diffuse part (Oren and Nayar 1994 with viewer and lamp in one place: ``cos + B / A * sin**2``,
    scaled so that the reflectance holds square-on; plain Lambert at roughness 0), a GGX lobe for metal and one for a
    clear coat (Walter et al. 2007), and a retro-reflecting part that does not fall with the angle, as glass beads in
    road paint and prismatic sheets are made for.

    Args:
        surface: (6,) one row of `surface_table`.
        cosine: of the angle of incidence, 0 to 1.
    """
    value = surface[0] * (cosine + surface[1] * (1.0 - cosine * cosine)) + surface[5]
    if surface[2] > 0.0:
        value += surface[2] * _backscatter(cosine, surface[3])
    if surface[4] > 0.0:
        value += surface[4] * _backscatter(cosine, COAT_ALPHA)
    return value


@numba.njit(cache=True)
def _backscatter(cosine: float, alpha: float) -> float:
    """Return pi times D G / (4 cos), GGX's answer straight back: what multiplies the Fresnel reflectance."""
    squared = max(cosine * cosine, 1e-6)
    spread = squared * (alpha * alpha - 1.0) + 1.0
    masking = math.sqrt(1.0 + alpha * alpha * (1.0 - squared) / squared)  # Smith, both ways at once: 1 / (1 + 2 lambda)
    return alpha * alpha / (spread * spread * 4.0 * math.sqrt(squared) * masking)


@numba.njit(cache=True)
def _normal(key: np.uint64, index: int, dimension: int) -> float:
    radius = math.sqrt(-2.0 * math.log1p(-uniform(key, index, dimension)))
    return radius * math.cos(2.0 * math.pi * uniform(key, index, dimension + 1))


def _figures(lidar: Lidar) -> np.ndarray:
    return np.array(
        [
            lidar.min_range_m,
            lidar.max_range_m,
            lidar.range_at_10_percent_m,
            lidar.range_noise_m,
            lidar.weak_range_noise_m,
            lidar.range_step_m,
            lidar.dropout_softness,
        ]
    )


def _air(weather: Weather) -> np.ndarray:
    """Return extinction, 1/m, and the share of light sent straight back by each metre of air, 1/(m sr)."""
    back = _FOG_BACKSCATTER * weather.fog_per_m + weather.fall_per_m / _FALL_LIDAR_RATIO_SR
    return np.array([weather.extinction_per_m, back])


@numba.njit(cache=True)
def _reflectances(
    range_m: np.ndarray,
    triangle: np.ndarray,
    origin: np.ndarray,
    direction: np.ndarray,
    normal: np.ndarray,
    face_material: np.ndarray,
    surfaces: np.ndarray,
    ground: Ground,
) -> np.ndarray:
    """Return (N,) float64 apparent reflectances of what the beams meet, under water and snow; 0 for nothing."""
    out = np.zeros(len(range_m))
    for beam in range(len(range_m)):
        if triangle[beam] < 0:
            continue
        cosine = 0.0
        for axis in range(3):
            cosine -= direction[beam, axis] * normal[beam, axis]
        cosine = min(max(cosine, 0.0), 1.0)
        value = apparent_reflectance(surfaces[face_material[triangle[beam]]], cosine)
        if ground.any:
            x = origin[beam, 0] + range_m[beam] * direction[beam, 0]
            y = origin[beam, 1] + range_m[beam] * direction[beam, 1]
            z = origin[beam, 2] + range_m[beam] * direction[beam, 2]
            film, pool, snow = lies_at(ground, x, y, z, normal[beam, 2])
            # A film darkens pores (asphalt from 0.15 to 0.06); a pool sends the beam on as a mirror does.
            value *= (1.0 - 0.6 * film) * (1.0 - 0.97 * pool)
            value += snow * (_SNOW_REFLECTANCE * cosine - value)
        out[beam] = value
    return out


@numba.njit(cache=True)
def _receive(
    true_range_m: np.ndarray,
    reflectance: np.ndarray,
    key: np.uint64,
    figures: np.ndarray,
    air: np.ndarray,
    spray: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (N,) float64 measured ranges, 0 where nothing came back; (N,) float32 intensities; (N,) bool: from air."""
    nearest, farthest, reach, sigma, weak_sigma, step, softness = figures
    extinction, backscatter = air
    sure = math.exp(_SURE * softness)
    measured = np.zeros(len(true_range_m), dtype=np.float64)
    intensity = np.zeros(len(true_range_m), dtype=np.float32)
    in_air = np.zeros(len(true_range_m), dtype=np.bool_)
    for beam in range(len(true_range_m)):
        distance = float(true_range_m[beam])
        over_threshold = 0.0
        if reflectance[beam] > 0.0 and nearest <= distance <= farthest:
            over_threshold = reflectance[beam] / 0.1 * (reach / distance) ** 2 * math.exp(-2.0 * extinction * distance)
        seen, sprayed = reflectance[beam], 0.0
        if len(spray) > 0:
            sprayed = spray[beam, 0]
            over_threshold *= math.exp(-2.0 * sprayed)
        if backscatter > 0.0:
            # One place along the beam where droplets happen to stand close, the denser the rarer; the stronger wins.
            end = min(distance, farthest)
            at = _place_in_air(uniform(key, beam, _AIR_PLACE), nearest, end)
            density = -math.log1p(-uniform(key, beam, _AIR_DENSITY))
            air_reflectance = math.pi * backscatter * _PULSE_M * density
            power = air_reflectance / 0.1 * (reach / at) ** 2 * math.exp(-2.0 * extinction * at)
            if at < end and power > over_threshold:
                over_threshold, distance, seen, in_air[beam], sprayed = power, at, air_reflectance, True, 0.0
        if len(spray) > 0 and spray[beam, 1] > nearest:
            at = spray[beam, 1]
            density = -math.log1p(-uniform(key, beam, _SPRAY_DENSITY))
            air_reflectance = math.pi * spray[beam, 2] * _PULSE_M * density
            power = air_reflectance / 0.1 * (reach / at) ** 2 * math.exp(-2.0 * (extinction * at + spray[beam, 3]))
            if power > over_threshold:
                over_threshold, distance, seen, in_air[beam] = power, at, air_reflectance, True
                sprayed = spray[beam, 3]
        if over_threshold <= 0.0:
            continue
        if over_threshold < sure and math.log(over_threshold) + softness * _normal(key, beam, _DROPOUT) < 0.0:
            continue
        spread = math.sqrt(sigma * sigma + weak_sigma * weak_sigma / over_threshold)
        distance += spread * _normal(key, beam, _RANGE_NOISE)
        if step > 0.0:
            distance = math.floor(distance / step + 0.5) * step
        if distance <= 0.0:
            continue
        measured[beam] = distance
        # Sensors make up for the range, not for the air.
        intensity[beam] = min(seen * math.exp(-2.0 * (extinction * distance + sprayed)), 1.0)
    return measured, intensity, in_air


@numba.njit(cache=True)
def _place_in_air(share: float, nearest: float, farthest: float) -> float:
    """Return a distance drawn evenly in its logarithm: near air answers more strongly, there is more of the far."""
    start = max(nearest, 1.0)
    return start * (max(farthest, start) / start) ** share


def _category_of_id(scene: Scene) -> np.ndarray:
    """Return the category id of every instance id, as a table."""
    highest = scene.next_id - 1
    if highest > np.iinfo(np.uint16).max:
        raise ValueError(f"instance id {highest} does not fit 16 bits, as a scan keeps it; number objects from 1")
    table = np.zeros(highest + 1, dtype=np.uint16)
    for instance in scene.objects:
        table[instance.id] = category(instance.category).id
    return table
