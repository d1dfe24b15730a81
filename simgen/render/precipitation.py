"""Rain and snow near the camera: every drop and flake big enough to be seen, streaked over the exposure."""

from __future__ import annotations

import math
from typing import NamedTuple

import cv2
import numpy as np

from simgen.geometry.pose import Pose
from simgen.geometry.rays import Hits
from simgen.render.air import Air, air_of, sky_through
from simgen.render.compiled import kernel
from simgen.render.environment import Environment, irradiance, make_environment
from simgen.render.noise import normals, uniforms
from simgen.scene.camera import Camera
from simgen.scene.scene import Scene
from simgen.scene.weather import Sizes, Weather

EXPOSURE_S = 0.01
"""How long a shutter is taken to be open: 1/100 s, as automatic cameras choose on a dull day."""

_NEAR_M, _FAR_M, _SHELL = 0.25, 80.0, 1.25
"""Where drops are drawn, in shells that each reach so many times as far as the one before."""

_LEAST_SHARE = 0.003
"""Of a pixel's light: what covers less is left to the air's extinction."""

_MOST = 150_000
"""Drops in one picture; where more would be seen, the faintest are left out."""

_ROOT_2PI = math.sqrt(2.0 * math.pi)

_SHARPEST_PX = 0.55
"""Standard deviation of the image of a point: of the pixel and of a good lens together."""

_FLAKE_ALBEDO = 0.95


class Kind(NamedTuple):
    """What falls.

    Attributes:
        sizes: of drops, or of flakes as drops.
        largest_mm: no drop is larger.
        flutter_mps: standard deviation of the velocity along each axis about the mean.
        first_dimension: of its random numbers.
    """

    sizes: Sizes
    largest_mm: float
    flutter_mps: float
    first_dimension: int


class Streaks(NamedTuple):
    """N drops as one image shows them.

    Attributes:
        ends_px: (N, 2, 2) float64 image positions where the exposure begins and ends.
        range_m: (N, 2) float64 distances from the camera there.
        area_px: (N,) float64 area of the drop's sharp image.
        sigma_px: (N,) float64 spread of the still drop's image: its size, defocus and the pixel together.
        diameter_mm: (N,) float64 as melted.
    """

    ends_px: np.ndarray
    range_m: np.ndarray
    area_px: np.ndarray
    sigma_px: np.ndarray
    diameter_mm: np.ndarray


def rain_of(weather: Weather) -> Kind | None:
    """Return the rain that falls, if any; drops above 6 mm break up."""
    sizes = weather.rain_sizes
    return None if sizes is None else Kind(sizes, 6.0, 0.15, 200)


def snow_of(weather: Weather) -> Kind | None:
    """Return the snow that falls, if any."""
    sizes = weather.snow_sizes
    return None if sizes is None else Kind(sizes, 8.0, 0.35, 220)


def fall_mps(kind: Kind, diameter_mm: np.ndarray) -> np.ndarray:
    """Return terminal speeds of melted diameters.

    Rain: ``9.65 - 10.3 exp(-0.6 D)`` m/s with D in mm (Atlas, Srivastava and Sekhon 1973, a fit to Gunn and Kinzer
    1949). Snow: ``1.6 D**0.3`` m/s with D in cm (Langleben 1954, dendrites).
    """
    if kind.sizes.stretch > 1.0:
        return 1.6 * (diameter_mm / 10.0) ** 0.3
    return np.maximum(9.65 - 10.3 * np.exp(-0.6 * diameter_mm), 0.2)


def fall_over(nit: np.ndarray, scene: Scene, camera: Camera, pose: Pose, hits: Hits, key: np.uint64) -> np.ndarray:
    """Return an image with the rain and snow before it.

    A drop refracts nearly the whole half-space beyond it into the camera, so it is about as bright as that is on
    average: brighter than dark walls, hardly seen against the sky (Garg and Nayar 2007). Over the exposure it covers
    each place for a short part of the time, so streaks are faint. A flake scatters what comes from all around.

    Args:
        nit: (H, W, 3) float32 luminance without them.
        scene: weather, sky and the rig's velocity.
        camera: whose image it is.
        pose: world_from_camera.
        hits: what is behind each pixel's centre.
        key: of this image's random numbers.
    """
    rain, snow = rain_of(scene.weather), snow_of(scene.weather)
    if rain is None and snow is None:
        return nit
    environment = make_environment(sky_through(scene.weather, scene.sky, scene.sun), scene.sun, scene.moon)
    range_m = hits.range_m.reshape(nit.shape[:2])
    out = nit
    for kind in (rain, snow):
        if kind is None:
            continue
        if kind is rain:
            light = beyond_nit(nit, camera, pose, environment)
        else:
            light = flake_nit(air_of(scene.weather, environment))
        fallen = streaks(kind, scene, camera, pose, key, camera.shutter.exposure_s or EXPOSURE_S)
        covered = coverage(fallen, range_m)[..., None]
        out = out + (light.astype(np.float32) - out) * -np.expm1(-covered)
    return out


def flake_nit(air: Air) -> np.ndarray:
    """Return (3,) luminance of a snowflake: the mean of what shines on it from all around."""
    return _FLAKE_ALBEDO * (air.glow_nit + air.sun_lux / (4.0 * math.pi))


def beyond_nit(nit: np.ndarray, camera: Camera, pose: Pose, environment: Environment) -> np.ndarray:
    """Return (3,) the mean luminance of the half-space before the camera, weighted by the cosine from its axis.

    What the image shows counts as it is there, the rest as sky and level ground.
    """
    axis = pose.rotate(np.array([0.0, 0.0, 1.0]))
    around = np.array(irradiance(environment, float(axis[0]), float(axis[1]), float(axis[2]))) / math.pi
    columns, rows = 16, 8
    v, u = np.mgrid[0 : rows + 1, 0 : columns + 1]
    edges = np.stack([u * (camera.width_px / columns), v * (camera.height_px / rows)], axis=-1).reshape(-1, 2)
    direction = camera.directions(edges).reshape(rows + 1, columns + 1, 3)
    across, down = direction[1:, 1:] - direction[:-1, :-1], direction[1:, :-1] - direction[:-1, 1:]
    solid = np.linalg.norm(np.cross(across, down), axis=-1) / 2.0
    weight = solid * np.maximum(direction[:-1, :-1, 2], 0.0) / math.pi
    shown = cv2.resize(nit, (columns, rows), interpolation=cv2.INTER_AREA).astype(np.float64)
    share = min(float(weight.sum()), 1.0)
    seen = (shown * weight[..., None]).sum(axis=(0, 1)) / max(float(weight.sum()), 1e-9)
    return share * seen + (1.0 - share) * around


def streaks(
    kind: Kind, scene: Scene, camera: Camera, pose: Pose, key: np.uint64, exposure_s: float = EXPOSURE_S
) -> Streaks:
    """Return what one exposure shows of all that falls before a camera, drawn anew for every key."""
    place, diameter_mm = drops_before(kind, camera, key, exposure_s)
    drift = np.array([*scene.weather.wind_mps, 0.0]) - np.array(scene.rig_velocity_mps)
    velocity = np.broadcast_to(drift, place.shape).copy()
    velocity[:, 2] -= fall_mps(kind, diameter_mm)
    index = np.arange(len(place))
    for axis in range(3):
        velocity[:, axis] += kind.flutter_mps * normals(key, index, kind.first_dimension + 5 + 2 * axis)
    return streaks_of(kind, camera, place, pose.inverse.rotate(velocity) * exposure_s, diameter_mm)


def drops_before(
    kind: Kind, camera: Camera, key: np.uint64, exposure_s: float = EXPOSURE_S
) -> tuple[np.ndarray, np.ndarray]:
    """Return (N, 3) places in the camera frame, metres, and (N,) melted diameters, mm, of the drops in its view.

    They fill a cone around the image evenly, with diameters as ``kind.sizes`` has them, above the least diameter that
    can be seen at their distance.
    """
    cosine = _widest_cosine(camera)
    inner, outer, least_mm, count = _shells(kind, camera, 2.0 * math.pi * (1.0 - cosine), exposure_s)
    drawn = np.floor(count + uniforms(key, np.arange(len(count)), kind.first_dimension)).astype(np.int64)
    shell = np.repeat(np.arange(len(count)), drawn)
    u = [uniforms(key, np.arange(len(shell)), kind.first_dimension + 1 + k) for k in range(4)]
    slope = kind.sizes.slope_per_mm
    low = np.exp(-slope * least_mm[shell])
    diameter_mm = -np.log(low + u[0] * (math.exp(-slope * kind.largest_mm) - low)) / slope
    distance = np.cbrt(inner[shell] ** 3 + u[1] * (outer[shell] ** 3 - inner[shell] ** 3))
    z = 1.0 - u[2] * (1.0 - cosine)
    around, sine = 2.0 * math.pi * u[3], np.sqrt(np.maximum(1.0 - z * z, 0.0))
    return distance[:, None] * np.stack([sine * np.cos(around), sine * np.sin(around), z], axis=1), diameter_mm


def _widest_cosine(camera: Camera) -> float:
    """Return the cosine of the angle from the axis within which drops may be seen, some way beyond the image too."""
    widest = math.acos(float(np.clip(camera.pixel_directions()[:, 2].min(), -1.0, 1.0))) + 0.12
    return math.cos(min(widest, camera.lens.reach_rad - 1e-3, math.pi))


def _shells(
    kind: Kind, camera: Camera, solid: float, exposure_s: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return inner and outer radii, the least diameter that is seen, and the number of such drops, of each shell."""
    steps = math.ceil(math.log(_FAR_M / _NEAR_M) / math.log(_SHELL))
    edge = _NEAR_M * _SHELL ** np.arange(steps + 1)
    volume = solid / 3.0 * np.diff(edge**3)
    diameter = np.linspace(0.1, kind.largest_mm, 200)
    focal = max(camera.fx_px, camera.fy_px)
    area, sigma = _image_of(kind, diameter[None], edge[:-1, None], focal, camera.lens_dirt.aperture_m)
    length = fall_mps(kind, diameter)[None] * exposure_s * focal / edge[:-1, None]
    share = area / (_ROOT_2PI * sigma * np.hypot(length, _ROOT_2PI * sigma))
    least = _LEAST_SHARE
    while True:
        first = (share < least).sum(axis=1)
        least_mm = np.append(diameter, kind.largest_mm)[first]
        count = volume * np.array([kind.sizes.per_m3(d, kind.largest_mm) for d in least_mm])
        if count.sum() <= _MOST:
            return edge[:-1], edge[1:], least_mm, count
        least *= 1.1


def _image_of(kind: Kind, diameter_mm, range_m, focal_px: float, aperture_m: float) -> tuple[np.ndarray, np.ndarray]:
    """Return area and spread, px, of the images of still drops; the lens is focused far away."""
    size = 1e-3 * kind.sizes.stretch * diameter_mm * focal_px / range_m
    blur = aperture_m * focal_px / range_m
    # A disc's variance along an axis is a sixteenth of its squared diameter.
    return math.pi / 4.0 * size**2, np.sqrt((size**2 + blur**2) / 16.0 + _SHARPEST_PX**2)


def streaks_of(kind: Kind, camera: Camera, place: np.ndarray, way: np.ndarray, diameter_mm: np.ndarray) -> Streaks:
    """Return the streaks of those drops that reach the image and can be seen.

    Args:
        kind: what they are.
        camera: which sees them.
        place: (N, 3) where they are in the camera frame when the exposure is half over.
        way: (N, 3) how far they move within it.
        diameter_mm: (N,) as melted.
    """
    focal, aperture_m = max(camera.fx_px, camera.fy_px), camera.lens_dirt.aperture_m
    ends = [place - way / 2.0, place + way / 2.0]
    uv = np.stack([camera.project(end)[0] for end in ends], axis=1)
    range_m = np.stack([np.linalg.norm(end, axis=1) for end in ends], axis=1)
    area, sigma = _image_of(kind, diameter_mm, np.maximum(range_m.mean(axis=1), 0.05), focal, aperture_m)
    with np.errstate(invalid="ignore"):
        reach = 3.0 * sigma
        low, high = uv.min(axis=1) - reach[:, None], uv.max(axis=1) + reach[:, None]
        inside = (high > 0).all(axis=1) & (low < (camera.width_px, camera.height_px)).all(axis=1)
        length = np.hypot(*(uv[:, 1] - uv[:, 0]).T)
        inside &= length < 2.0 * (camera.width_px + camera.height_px)
        share = area / (_ROOT_2PI * sigma * np.hypot(length, _ROOT_2PI * sigma))
        inside &= share > _LEAST_SHARE / 3.0
    return Streaks(uv[inside], range_m[inside], area[inside], sigma[inside], diameter_mm[inside])


def coverage(streaks: Streaks, range_m: np.ndarray) -> np.ndarray:
    """Return (H, W) float32: how often over the exposure drops stand before each pixel, those behind things left out.

    A streak's sum over its pixels is the area of the drop's image: the longer, the fainter.

    Args:
        streaks: of the drops.
        range_m: (H, W) float32 distances of what is behind the pixels; infinite for none.
    """
    rows, columns = range_m.shape
    out = np.zeros((rows, columns), np.float32)
    _draw(rows, out, np.ascontiguousarray(range_m), *streaks[:4])
    return out


@kernel
def _draw(
    start: int,
    stop: int,
    out: np.ndarray,
    range_m: np.ndarray,
    ends: np.ndarray,
    distance: np.ndarray,
    area: np.ndarray,
    sigma: np.ndarray,
) -> None:
    columns = out.shape[1]
    for i in range(len(area)):
        x0, y0 = ends[i, 0, 0], ends[i, 0, 1]
        dx, dy = ends[i, 1, 0] - x0, ends[i, 1, 1] - y0
        reach = 3.0 * sigma[i]
        top, bottom = min(y0, y0 + dy) - reach, max(y0, y0 + dy) + reach
        if bottom < start or top > stop:
            continue
        length, ux, uy = math.sqrt(dx * dx + dy * dy), 1.0, 0.0
        if length > 0.01 * sigma[i]:
            ux, uy = dx / length, dy / length
        length = max(length, 0.01 * sigma[i])
        narrow = 1.0 / (math.sqrt(2.0) * sigma[i])
        strength = area[i] / (_ROOT_2PI * sigma[i]) * 0.5 / length
        for row in range(max(start, math.floor(top)), min(stop, math.ceil(bottom) + 1)):
            y = row + 0.5 - y0
            # Where along the drop's way it is within reach of this row.
            first, last = 0.0, 1.0
            if abs(dy) > 1e-9:
                a, b = (y - reach) / dy, (y + reach) / dy
                first, last = max(min(a, b), 0.0), min(max(a, b), 1.0)
                if first > last:
                    continue
            left, right = min(first * dx, last * dx) + x0 - reach, max(first * dx, last * dx) + x0 + reach
            for column in range(max(0, math.floor(left)), min(columns, math.ceil(right) + 1)):
                x = column + 0.5 - x0
                across = (x * uy - y * ux) * narrow
                if across * across > 4.5:
                    continue
                along = x * ux + y * uy
                share = min(max(along / length, 0.0), 1.0)
                if distance[i, 0] + share * (distance[i, 1] - distance[i, 0]) > range_m[row, column]:
                    continue
                passing = math.erf(along * narrow) - math.erf((along - length) * narrow)
                out[row, column] += strength * math.exp(-across * across) * passing
