"""What is measured of a scene that unfolds, for the relations that make scenarios what they are."""

from __future__ import annotations

import math

import numpy as np

from simgen.geometry.pose import Pose
from simgen.geometry.rays import Rays
from simgen.randomize.encounter import Encounter
from simgen.randomize.reach import stands_over
from simgen.scene.camera import Camera
from simgen.scene.scene import Instance, Scene
from simgen.scene.sequence import scene_at
from simgen.scene.signals import lit_lamp
from simgen.simulate.contact import surface_points
from simgen.trace.tracer import Tracer

_TIME_STEP_S = 0.02
_RAYS = 400


def actor_of(scene: Scene, encounter: Encounter, name: str) -> Instance:
    """Return an actor by its name.

    Raises:
        ValueError: there is none.
    """
    wanted = f"{encounter.name}/{name}"
    found = next((o for o in scene.objects if o.name == wanted), None)
    if found is None:
        raise ValueError(f"no actor {name!r}; there are {', '.join(a.name for a in encounter.actors)}")
    return found


def actor_at(scene: Scene, encounter: Encounter, name: str, time_s: float) -> tuple[Scene, Instance]:
    """Return a scene at an instant and an actor in it."""
    target = actor_of(scene, encounter, name).id
    now = scene_at(scene, time_s)
    return now, next(o for o in now.objects if o.id == target)


def left_m(now: Scene, body: Instance) -> float:
    """Return how far left of the ego vehicle's middle line something is."""
    return float(now.world_from_rig.inverse.apply(np.array(body.world_from_object.translation_m))[1])


def first_touch_s(scene: Scene, encounter: Encounter, name: str) -> float | None:
    """Return when the ego vehicle's outline first meets an actor's from above, or None if it never does."""
    actor = actor_of(scene, encounter, name)
    half = np.array([encounter.ego.length_m, encounter.ego.width_m]) / 2
    end_s = encounter.impact_s + 0.4
    for time_s in np.arange(0.0, end_s, _TIME_STEP_S):
        now = scene_at(scene, float(time_s))
        body = next(o for o in now.objects if o.id == actor.id)
        points = now.world_from_rig.inverse.apply(body.world_vertices())
        if _reaches(points[:, :2], half):
            return float(time_s)
    return None


def _reaches(points: np.ndarray, half: np.ndarray) -> bool:
    """Return whether the convex hull of (N, 2) points meets the rectangle of (2,) half sizes about the origin."""
    if (np.abs(points) <= half).all(axis=1).any():
        return True
    corners = half * np.array([[1, 1], [1, -1], [-1, -1], [-1, 1]])
    for angle in np.linspace(0.0, math.pi, 36, endpoint=False):
        axis = np.array([math.cos(angle), math.sin(angle)])
        a, b = points @ axis, corners @ axis
        if a.max() < b.min() or b.max() < a.min():
            return False
    return True


def facing_signal(now: Scene, pose: Pose) -> str | None:
    """Return which lamp is lit of the nearest traffic light ahead that faces a vehicle; None where none does."""
    ahead = pose.rotate(np.array([1.0, 0.0, 0.0]))
    found: list[tuple[float, str]] = []
    for light in now.objects:
        away = np.subtract(light.world_from_object.translation_m, pose.translation_m)
        faces = float(light.world_from_object.rotate(np.array([1.0, 0.0, 0.0])) @ ahead)
        if light.category != "traffic_light" or faces > -0.9 or float(away @ ahead) < 0.0:
            continue
        found.append((float(np.linalg.norm(away)), lit_lamp(light)))
    return min(found)[1] if found else None


def visible_share(scene: Scene, instance_id: int) -> float:
    """Return the share of an object's outline, by rays to points on it, that the first camera sees, in frame or not."""
    camera = next(s for s in scene.sensors if isinstance(s, Camera))
    eye = np.asarray((scene.world_from_rig @ camera.rig_from_camera).translation_m)
    body = next(o for o in scene.objects if o.id == instance_id)
    points = surface_points(body.asset.mesh)
    points = points[:: max(1, len(points) // _RAYS)] * body.scale
    target = body.world_from_object.apply(points)
    way = target - eye
    direction = way / np.linalg.norm(way, axis=1, keepdims=True)
    rays = Rays(
        origin=np.broadcast_to(eye, target.shape).astype(np.float32),
        direction=direction.astype(np.float32),
        time_s=np.zeros(len(target), np.float32),
    )
    around = [o for o in scene.objects if _within(o, body, eye)]
    alone = Tracer([body]).closest_hit(rays).instance_id == instance_id
    seen = Tracer(around).closest_hit(rays).instance_id == instance_id
    return float(seen.sum() / max(1, int(alone.sum())))


def _within(thing: Instance, body: Instance, eye: np.ndarray) -> bool:
    """Return whether a thing's box meets the box around the eye and the body."""
    points = np.vstack([body.cuboid.corners, eye])
    low, high = points.min(axis=0), points.max(axis=0)
    corners = thing.cuboid.corners
    return bool((corners.max(axis=0) >= low).all() and (corners.min(axis=0) <= high).all())


def tilt_deg(pose: Pose) -> float:
    """Return how far a pose's own up is from the vertical."""
    return math.degrees(math.acos(min(1.0, max(-1.0, float(pose.rotation[2, 2])))))


def lying_on(scene: Scene) -> list[Instance]:
    """Return what lies in bins and on table tops: not the arms over them, and nothing higher than half a metre."""
    found = []
    for area in (*scene.areas("bin"), *scene.areas("table_top")):
        found += [o for o in scene.objects if o not in found and stands_over(o, area)]
    return found
