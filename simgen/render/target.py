"""All that rays are cast at and lit by while one image is made."""

from __future__ import annotations

from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from simgen.geometry.rays import Rays
from simgen.render.air import Air, air_of, sky_through
from simgen.render.atlas import Materials, pack_materials
from simgen.render.environment import Environment, make_environment
from simgen.render.ground import ground_of
from simgen.render.lights import Lamps, lamps_of
from simgen.render.surface import Surface, Triangles, surface_at, triangles_of
from simgen.scene.camera import Camera
from simgen.scene.light import ClearSky, HdriSky
from simgen.scene.scene import Scene
from simgen.trace.tracer import Tracer

# Arrays made for a tracer live as long as it does, so that the views of one scene share them.
_packed: WeakKeyDictionary[Tracer, tuple[Triangles, Materials]] = WeakKeyDictionary()


class Target(NamedTuple):
    """What rays meet, and the light on it.

    Attributes:
        tracer: of the scene.
        triangles: its arrays.
        materials: and what they are made of.
        environment: sky and sun.
        air: what veils the distance.
        lamps: all other lights.
        cone_rad: angle between neighbouring pixels' rays.
        nearby_m: distance within which things are thought to stand in each other's way; larger outdoors.
    """

    tracer: Tracer
    triangles: Triangles
    materials: Materials
    environment: Environment
    air: Air
    lamps: Lamps
    cone_rad: float
    nearby_m: float


def target_of(scene: Scene, camera: Camera, tracer: Tracer) -> Target:
    """Return the target of one image; ``tracer`` must be of the scene's objects.

    Raises:
        ValueError: a light or the sky is not what the renderer can show.
    """
    if tracer not in _packed:
        geometry = tracer.geometry
        _packed[tracer] = triangles_of(geometry), pack_materials(geometry.materials, geometry.object_from_world)
    triangles, materials = _packed[tracer]
    environment = make_environment(sky_through(scene.weather, scene.sky, scene.sun), scene.sun, scene.moon)
    return Target(
        tracer=tracer,
        triangles=triangles,
        materials=materials._replace(ground=ground_of(scene.weather)),
        environment=environment,
        air=air_of(scene.weather, environment),
        lamps=lamps_of(scene.lights),
        cone_rad=camera.pixel_angle_rad,
        nearby_m=0.7 if isinstance(scene.sky, ClearSky | HdriSky) else 0.15,
    )


def cast(
    origin: np.ndarray,
    direction: np.ndarray,
    travelled_m: np.ndarray,
    target: Target,
    cone_rad: float,
    *,
    coarse: bool = False,
) -> Surface:
    """Return the surfaces met by N rays that already came ``travelled_m`` (N,) from the camera."""
    rays = Rays(origin=origin, direction=direction, time_s=np.zeros(len(direction), np.float32))
    hits = target.tracer.closest_hit(rays)
    return surface_at(direction, hits, travelled_m, cone_rad, target.triangles, target.materials, coarse=coarse)
