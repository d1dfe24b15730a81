"""Odd things that fly about: primitives and their joins, free of each other, of what is there, and of the cameras."""

from __future__ import annotations

import math

import numpy as np

from simgen.assets.families.shapes import Part, Shape, assemble, box, ellipsoid, hoop, hull, plain, revolve, tube
from simgen.distributions import AnyDistribution
from simgen.errors import PlacementError
from simgen.geometry.pose import Pose
from simgen.scene.asset import Asset
from simgen.scene.camera import Camera
from simgen.scene.region import Area
from simgen.scene.scene import Instance, Scene
from simgen.streams import Draws

KINDS = ("box", "ball", "rod", "ring", "cone", "shard", "knot")
_CLEAR_M = 0.25
"""Least distance from a camera to what flies, beside its own size."""
_TRIES = 60


def flying_things(
    scene: Scene, draws: Draws, name: str, count: int, around: str, reach_m: float, longest_m: AnyDistribution
) -> tuple[Instance, ...]:
    """Return ``count`` things in the air; one that finds no room within 60 tries is left out, and its factor says so.

    Args:
        scene: what there is.
        draws: of the randomizer.
        name: the things' names begin with it.
        count: how many.
        around: use of the areas above whose middle they fly.
        reach_m: how far from there, and how high.
        longest_m: their longest side.

    Raises:
        PlacementError: there is no such area.
    """
    areas = scene.areas(around)
    if not areas:
        uses = sorted({r.use for r in scene.regions if isinstance(r, Area)})
        raise PlacementError(f"{name}: the place has no area {around!r} to fly above; it has {', '.join(uses)}")
    taken = [_ball(o) for o in scene.objects if max(o.asset.size_m) * o.scale < 3.0 * reach_m]
    for sensor in scene.sensors:
        if isinstance(sensor, Camera):
            eye = (scene.world_from_rig @ sensor.rig_from_camera).translation_m
            taken.append((np.asarray(eye), _CLEAR_M))
    made: list[Instance] = []
    for k in range(count):
        rng = draws.rng("thing", k)
        size = float(draws.value("longest_m", longest_m, k))
        kind = KINDS[int(rng.integers(len(KINDS)))]
        area = areas[k % len(areas)]
        low = np.array([*np.asarray(area.corners_m).mean(axis=0), area.z_m + size / 2])
        for _ in range(_TRIES):
            turn, away = float(rng.uniform(0, 2 * math.pi)), reach_m * math.sqrt(float(rng.random()))
            place = low + np.array(
                [away * math.cos(turn), away * math.sin(turn), 0.7 * reach_m * float(rng.random()) ** 2]
            )
            if all(np.linalg.norm(place - at) > radius + size / 2 for at, radius in taken):
                break
        else:
            draws.note("thing", "no room", k)
            continue
        draws.note("thing", kind, k)
        asset = _thing(kind, f"{name}/{kind}", rng)
        scale = size / max(asset.size_m)
        quaternion = rng.normal(size=4)
        w, x, y, z = (quaternion / np.linalg.norm(quaternion)).tolist()
        turned = Pose((w, x, y, z))
        middle = turned.apply(np.array([0.0, 0.0, asset.size_m[2] * scale / 2]))
        px, py, pz = (place - middle).tolist()
        number = scene.next_id + len(made)
        made.append(Instance(id=number, name=f"{name}_{k}", asset=asset, scale=scale,
                             world_from_object=Pose((w, x, y, z), (px, py, pz))))  # fmt: skip
        taken.append((place, size / 2))
    return tuple(made)


def _ball(thing: Instance) -> tuple[np.ndarray, float]:
    """Return the middle and radius of the ball around an object's cuboid."""
    cuboid = thing.cuboid
    return np.asarray(cuboid.world_from_box.translation_m), float(np.linalg.norm(cuboid.size_m)) / 2


def _thing(kind: str, name: str, rng: np.random.Generator) -> Asset:
    """Draw a thing about 1 m in size."""
    a, b = (float(s) for s in rng.uniform(0.15, 0.9, 2))
    shapes: list[Shape]
    match kind:
        case "box":
            shapes = [box((1.0, 0.2 + a, 0.1 + b), bevel_m=0.02)]
        case "ball":
            shapes = [ellipsoid((0.5, 0.15 + 0.35 * a, 0.15 + 0.35 * b))]
        case "rod":
            shapes = [tube([(0.0, 0.0, 0.0), (0.5, 0.3 * a - 0.15, 0.0), (1.0, 0.0, 0.3 * b)], 0.03 + 0.10 * a, 12)]
        case "ring":
            shapes = [hoop(0.5, 0.05 + 0.15 * a, 32, 12)]
        case "cone":
            shapes = [revolve([(0.0, 0.0), (0.5, 0.0), (0.5 * a, 0.5 + b), (0.0, 0.5 + b)], 24)]
        case "shard":
            shapes = [hull(rng.normal(size=(9, 3)), 20.0)]
        case _:
            places = rng.uniform(-0.4, 0.4, (4, 3))
            shapes = [box((0.5, 0.3 * a + 0.1, 0.3)).moved(*place) for place in places[:2].tolist()]
            shapes += [ellipsoid((0.25, 0.2, 0.1 + 0.2 * b)).moved(*place) for place in places[2:].tolist()]
    parts: list[Part] = [(shape, f"part_{k}") for k, shape in enumerate(shapes)]
    return assemble(name, "distractor", parts, [plain(of, "plastic", "#808080") for _, of in parts])
