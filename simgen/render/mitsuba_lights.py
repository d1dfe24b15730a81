"""The sky, sun and lamps of a `Scene` as Mitsuba's, and how often its paths ask each of them."""

# Mitsuba and Dr.Jit know their types only after a variant is set; there is nothing for a type checker to hold on to.
# pyright: basic

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np

from simgen.render.environment import Environment
from simgen.render.exposure import LUMINANCE_RGB
from simgen.render.lights import GLOBE_REACH
from simgen.scene.light import AreaLight, HeadLamp, PointLight, SpotLight, UniformSky
from simgen.scene.scene import Scene

_SKY_ROWS, _SKY_COLUMNS = 1536, 1024
_SUN_AWAY_M = 1e6
"""Where the sun's disc stands: so far off that it stands in the same direction from all of a scene."""

FAR_CLIP_M = 10.0 * _SUN_AWAY_M

_LAMP_REACH_M = 0.15
"""What glows this near to a lamp is that lamp."""

_ASKED_COLUMNS, _ASKED_ROWS, _ASKED_TIMES = 40, 30, 8
"""Points of the picture that tell which lamps matter, and how often each lamp is asked at each of them."""

_LEAST_SHARE = 0.1
"""What a lamp gets at least, of an equal share of the shadow rays: its light may come round corners."""


def weigh_emitters(mi: Any, dr: Any, scene: Any, sensor: Any) -> None:
    """Let shadow rays go to each emitter as often as it lights what ``sensor`` sees, were nothing in the way.

    An image's mean does not depend on it, its noise does: of a street's sixty lamps, a few light any one place.
    """
    lamps, points = len(scene.emitters()), _ASKED_COLUMNS * _ASKED_ROWS
    if lamps < 2:
        return
    index = dr.arange(mi.UInt32, points)
    x = (mi.Float(index % _ASKED_COLUMNS) + 0.5) / _ASKED_COLUMNS
    y = (mi.Float(index // _ASKED_COLUMNS) + 0.5) / _ASKED_ROWS
    ray, _ = sensor.sample_ray(0.0, 0.0, mi.Point2f(x, y), mi.Point2f(0.5))
    hit = scene.ray_intersect(ray)
    normal, met = dr.mulsign(hit.n, hit.wi.z), mi.UInt32(hit.is_valid())
    dr.eval(hit.p, normal, met)
    each = dr.arange(mi.UInt32, lamps * points)
    at, lamp = each % points, dr.gather(mi.EmitterPtr, scene.emitters_dr(), each // points)
    place = dr.zeros(mi.SurfaceInteraction3f, lamps * points)
    place.p = dr.gather(mi.Point3f, hit.p, at)
    asked = dr.gather(mi.UInt32, met, at) > 0
    sampler = mi.load_dict({"type": "independent"})
    sampler.seed(1, lamps * points)
    light = np.zeros(lamps * points)
    for _ in range(_ASKED_TIMES):
        drawn, weight = lamp.sample_direction(place, sampler.next_2d(), asked)
        grey = sum(float(share) * channel for share, channel in zip(LUMINANCE_RGB, weight, strict=True))
        cosine = dr.maximum(dr.dot(dr.gather(mi.Normal3f, normal, at), drawn.d), 0.0)
        light += np.nan_to_num(np.array(dr.select(asked, grey * cosine, 0.0)))
    light = light.reshape(lamps, points)
    total = light.sum(axis=0)
    lit = total > 0.0
    shares = (light[:, lit] / total[lit]).mean(axis=1) if lit.any() else np.zeros(lamps)
    _set_weights(mi, scene, np.maximum(lamps * shares, _LEAST_SHARE))


def _set_weights(mi: Any, scene: Any, weights: np.ndarray) -> None:
    """Set how often each of a scene's emitters is asked, in their order."""
    values = mi.traverse(scene)
    keys = [key for key in values.keys() if key.endswith("sampling_weight") and "silhouette" not in key]  # noqa: SIM118
    shapes = [shape for shape in scene.shapes() if shape.is_emitter()]
    for emitter, weight in zip(scene.emitters(), weights, strict=True):
        name = next((shape.id() for shape in shapes if shape.emitter() is emitter), emitter.id())
        (key,) = (k for k in keys if k.startswith(f"{name}."))
        values[key] = float(weight)
    values.update()


def sky_parts(mi: Any, scene: Scene, environment: Environment) -> dict[str, Any]:
    """Return the sky, and the sun as a disc of its own size."""
    parts: dict[str, Any] = {}
    if isinstance(scene.sky, UniformSky):
        nit = list(scene.sky.luminance_nit)
        parts["sky"] = {"type": "constant", "radiance": {"type": "rgb", "value": nit}}
    elif scene.sky is not None:
        parts["sky"] = {
            "type": "envmap",
            "bitmap": mi.Bitmap(_sky_map(environment)),
            "to_world": mi.ScalarTransform4f().rotate([1, 0, 0], 90),
        }
    if environment.sun_lux.any():
        towards, radius = environment.sun_direction, math.sin(environment.sun_radius_rad)
        center = _SUN_AWAY_M * towards
        nit = [float(c) for c in environment.sun_lux / (math.pi * radius**2)]
        up = [0.0, 0.0, 1.0] if abs(towards[2]) < 0.99 else [1.0, 0.0, 0.0]
        size = _SUN_AWAY_M * math.tan(environment.sun_radius_rad)
        turned = mi.ScalarTransform4f().look_at(origin=list(map(float, center)), target=[0.0, 0.0, 0.0], up=up)
        parts["sun"] = {
            "type": "disk",
            "to_world": turned @ mi.ScalarTransform4f().scale([size, size, 1.0]),
            "emitter": {"type": "area", "radiance": {"type": "rgb", "value": nit}},
        }
    return parts


def _sky_map(environment: Environment) -> np.ndarray:
    """Return (H, W, 3) float32 luminance in the layout of Mitsuba's maps, once turned upright by 90 degrees about x.

    The top row is straight up; columns turn from the world's +y towards +x.
    """
    rows, columns, _ = environment.sharp.shape
    elevation = (0.5 - (np.arange(_SKY_ROWS) + 0.5) / _SKY_ROWS) * math.pi
    azimuth = math.pi / 2 - (np.arange(_SKY_COLUMNS) + 0.5) / _SKY_COLUMNS * 2.0 * math.pi
    # Rows of the table lie close together at the horizon, see `Environment`.
    folded = np.sign(elevation) * np.sqrt(np.abs(elevation) / (math.pi / 2))
    row = np.clip((0.5 + 0.5 * folded) * rows - 0.5, 0.0, rows - 1.0)
    column = (azimuth / (2.0 * math.pi) % 1.0) * columns - 0.5 + 1.0
    r, c = np.meshgrid(row.astype(np.float32), column.astype(np.float32), indexing="ij")
    wrapped = np.concatenate([environment.sharp[:, -1:], environment.sharp, environment.sharp[:, :1]], axis=1)
    return cv2.remap(wrapped, c, r, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def lamp_parts(mi: Any, scene: Scene, glowing: np.ndarray) -> dict[str, Any]:
    """Return panels as rectangles, and point lights where no glowing globe of the scene gives their light."""
    parts: dict[str, Any] = {}
    for k, light in enumerate(scene.lights):
        if isinstance(light, AreaLight):
            u, v = np.array(light.edge_u_m) / 2.0, np.array(light.edge_v_m) / 2.0
            matrix = np.eye(4)
            matrix[:3, 0], matrix[:3, 1], matrix[:3, 3] = u, v, light.center_m
            normal = np.cross(u, v)
            matrix[:3, 2] = normal / np.linalg.norm(normal)
            parts[f"lamp_{k}"] = {
                "type": "rectangle",
                "to_world": mi.ScalarTransform4f(matrix),
                "emitter": {"type": "area", "radiance": {"type": "rgb", "value": list(light.luminance_nit)}},
            }
        elif isinstance(light, PointLight) and light.radius_m > 0.0:
            # Drawn a little around the globe in the scene, which would hide it.
            radius = GLOBE_REACH * light.radius_m
            nit = [c / (math.pi * radius**2) for c in light.intensity_cd]
            parts[f"lamp_{k}"] = {
                "type": "sphere",
                "center": list(light.position_m),
                "radius": radius,
                "emitter": {"type": "area", "radiance": {"type": "rgb", "value": nit}},
            }
        elif isinstance(light, PointLight):
            away = np.linalg.norm(glowing - light.position_m, axis=1)
            if not (away < _LAMP_REACH_M).any():
                parts[f"lamp_{k}"] = {
                    "type": "point",
                    "position": list(light.position_m),
                    "intensity": {"type": "rgb", "value": list(light.intensity_cd)},
                }
        elif isinstance(light, SpotLight):
            parts[f"lamp_{k}"] = _spot(mi, light)
        elif isinstance(light, HeadLamp):
            raise ValueError(
                f"photoreal has no beam patterns; render without head lamps, or take a SpotLight in place of the one "
                f"at {light.position_m}"
            )
    return parts


def _spot(mi: Any, light: SpotLight) -> dict[str, Any]:
    """Return a spot; between its cones Mitsuba's falls off along a line, simgen's along a smooth step of the cosine."""
    position, towards = np.array(light.position_m), np.array(light.direction)
    towards = towards / np.linalg.norm(towards)
    up = [0.0, 0.0, 1.0] if abs(towards[2]) < 0.99 else [1.0, 0.0, 0.0]
    target = [float(c) for c in position + towards]
    return {
        "type": "spot",
        "to_world": mi.ScalarTransform4f().look_at(origin=[float(c) for c in position], target=target, up=up),
        "intensity": {"type": "rgb", "value": list(light.intensity_cd)},
        "cutoff_angle": light.outer_deg,
        "beam_width": light.inner_deg,
    }
