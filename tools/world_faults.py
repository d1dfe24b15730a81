"""What tools/lint_worlds looks for: things in others, below the ground, in the air, across kerbs, cameras in walls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, product
from typing import NamedTuple

import numpy as np

from simgen.assets.categories import category
from simgen.geometry.boxes import Cuboid
from simgen.geometry.rays import Hits, Rays
from simgen.scene.camera import Camera
from simgen.scene.depth_camera import DepthCamera
from simgen.scene.scene import Instance, Scene
from simgen.trace.tracer import Tracer

OVERLAP_M = 0.02
"""How deep one thing may lie in another: what settles keeps a little of it, and so do soles on a kerb."""

GROUND_M = 0.06
"""How far below the ground a part may lie, and how far above what carries it a thing or a wheel may be."""

CAMERA_M = 0.05
"""Nothing but the rig's own vehicle may be this near to a camera."""

ON_WHEELS = ("car", "van", "truck", "bus", "motorcycle", "bicycle")
RAISED = ("sidewalk", "kerb")

FIXED = ("hanging", "wall_mounted")
"""Tags of models that something beside or above them carries."""

_STEM_M = 0.4
_DEEPEST_M = 1.28
_BACK_SHARE = 0.7
_SEEN_SHARE = 0.2


class Fault(NamedTuple):
    """What is wrong: of which kind, and with what."""

    kind: str
    text: str


KINDS = ("in another", "below ground", "in the air", "across a kerb", "camera")


def faults_of_objects(scene: Scene) -> list[Fault]:
    """Return what is wrong with where a scene's objects stand."""
    return [*overlaps(scene), *off_ground(scene), *wheels_astray(scene)]


def overlaps(scene: Scene) -> Iterator[Fault]:
    """Yield pairs of a thing and another, or a house or wall, of which one lies deeper than `OVERLAP_M` in the other.

    The depth is how far one must be moved, in the best of 26 directions, until their surfaces part; it is told as the
    two steps, each twice the one before, between which it lies. What lies in another whole without touching its
    surface is found by rays that all meet this.
    """
    solid = [o for o in scene.objects if category(o.category).thing or o.category in ("building", "wall")]
    solid = [o for o in solid if not _flies(o)]
    centres = np.array([o.cuboid.world_from_box.translation_m for o in solid]).reshape(-1, 3)
    radii = np.array([np.linalg.norm(o.cuboid.size_m) / 2 for o in solid])
    for i, j in combinations(range(len(solid)), 2):
        first, second = solid[i], solid[j]
        if np.linalg.norm(centres[i] - centres[j]) > radii[i] + radii[j]:
            continue
        if not (category(first.category).thing or category(second.category).thing) or _belong(first, second):
            continue
        if box_depth_m(first.cuboid, second.cuboid) <= OVERLAP_M:
            continue
        low, high = penetration_m(first, second)
        told = f"{first.name} ({first.asset.name}) and {second.name} ({second.asset.name})"
        if low >= OVERLAP_M:
            depth = f"{low:.2f} to {high:.2f}" if np.isfinite(high) else f"more than {low:.2f}"
            yield Fault("in another", f"{told} go {depth} m into each other")
        elif _holds_whole(first, second) or _holds_whole(second, first):
            yield Fault("in another", f"of {told} one is inside of the other")


def box_depth_m(first: Cuboid, second: Cuboid) -> float:
    """Return how far one box would have to be moved to leave another, metres; 0 or less where they are apart.

    Separating axes of two boxes (Gottschalk, Lin and Manocha 1996).
    """
    a, b = (np.stack([c.world_from_box.rotate(e) for e in np.eye(3)]) for c in (first, second))
    crossed = np.cross(a[:, None], b[None]).reshape(-1, 3)
    lengths = np.linalg.norm(crossed, axis=1)
    axes = np.concatenate([a, b, crossed[lengths > 1e-6] / lengths[lengths > 1e-6, None]])
    apart = np.abs(axes @ (np.subtract(first.world_from_box.translation_m, second.world_from_box.translation_m)))
    reach = np.abs(axes @ a.T) @ np.asarray(first.size_m) + np.abs(axes @ b.T) @ np.asarray(second.size_m)
    return float((reach / 2 - apart).min())


def penetration_m(first: Instance, second: Instance) -> tuple[float, float]:
    """Return two steps between which the depth lies to which two surfaces go into each other; (0, 0) if they do not.

    Steps are 0, `OVERLAP_M`, and twice as much each time, up to infinity.
    """
    pair = _Pair(first, second)
    if not pair.crosses(np.zeros(3)):
        return 0.0, 0.0
    low, step = 0.0, OVERLAP_M
    while step <= _DEEPEST_M:
        if any(not pair.crosses(step * direction) for direction in _WAYS):
            return low, step
        low, step = step, 2.0 * step
    return low, float("inf")


_WAYS = sorted(
    (np.array(m, float) / np.linalg.norm(m) for m in product((0, 1, -1), repeat=3) if any(m)),
    key=lambda way: (-way[2], np.abs(way).sum()),
)
"""26 directions, upwards first: most of what touches comes free that way."""


class _Pair:
    """Two surfaces, of which the first can be moved."""

    def __init__(self, first: Instance, second: Instance) -> None:
        self._tracers = Tracer([first]), Tracer([second])
        self._corners = first.world_vertices(), second.world_vertices()
        self._faces = first.asset.mesh.faces, second.asset.mesh.faces

    def crosses(self, by_m: np.ndarray) -> bool:
        """Return whether the surfaces cross with the first moved: then an edge of one goes through the other."""
        (first, second), (faces, other_faces) = self._corners, self._faces
        return _crosses(first + by_m, faces, second, self._tracers[1]) or _crosses(
            second - by_m, other_faces, first, self._tracers[0]
        )


def _crosses(vertices: np.ndarray, faces: np.ndarray, others: np.ndarray, tracer: Tracer) -> bool:
    """Return whether an edge of a mesh goes through the surface of what has the vertices ``others``."""
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    start, along = vertices[edges[:, 0]], vertices[edges[:, 1]] - vertices[edges[:, 0]]
    low, high = others.min(axis=0), others.max(axis=0)
    length = np.linalg.norm(along, axis=1)
    near = ((np.minimum(start, start + along) <= high) & (np.maximum(start, start + along) >= low)).all(axis=1)
    near &= length > 1e-6
    if not near.any():
        return False
    start, along, length = start[near], along[near] / length[near, None], length[near]
    return bool(tracer.occluded(start.astype(np.float32), along.astype(np.float32), length.astype(np.float32)).any())


def _holds_whole(outer: Instance, inner: Instance) -> bool:
    """Return whether from the middle of a thing's box all directions meet another: it is shut in there.

    A point of its surface would not do: where it stands on the other, rounding puts that into it.
    """
    if not outer.cuboid.contains(inner.cuboid.corners).all():
        return False
    seen = _look_around(np.asarray(inner.cuboid.world_from_box.translation_m), Tracer([outer]))
    return float(np.isfinite(seen.range_m).mean()) > 0.99


def _belong(first: Instance, second: Instance) -> bool:
    """Return whether two objects may go through each other: a vehicle and its rider, crowns, a fence's next stretch."""
    if first.category == second.category == "fence":
        return first.name.rsplit("_", 1)[0] == second.name.rsplit("_", 1)[0]
    if {first.category, second.category} <= {"tree", "bush"}:
        return True
    return f"{first.name}_rider" == second.name or f"{second.name}_rider" == first.name


def _flies(thing: Instance) -> bool:
    """Return whether a thing is a distractor made to fly: in the air, in others and before cameras on purpose.

    Its model is named after it; distractors that are let fall have models of the library.
    """
    return thing.category == "distractor" and thing.asset.name.startswith(thing.name.rsplit("_", 1)[0] + "/")


def off_ground(scene: Scene) -> Iterator[Fault]:
    """Yield things that reach more than `GROUND_M` below the ground, or are that far above all that could carry them.

    A part is below the ground where the first surface above it is seen from behind: it leaves the ground, or a wall's
    foot, there. A thing is carried if, moved down by `GROUND_M`, it meets anything.
    """
    still = [o for o in scene.objects if not category(o.category).thing and o.category != "ego_vehicle"]
    ground = Tracer(still)
    for thing in scene.objects:
        if not category(thing.category).thing or _flies(thing) or thing.name.endswith("_rider"):
            continue
        vertices = thing.world_vertices()
        depth = _depth_below_m(_rooted(thing, vertices), ground)
        if depth > GROUND_M:
            yield Fault("below ground", f"{thing.name} ({thing.asset.name}) reaches {depth:.2f} m below the ground")
        low = vertices[vertices[:, 2] < vertices[:, 2].min() + 0.02]
        if _gaps_m(low[:: max(1, len(low) // 40)], ground, 0.3).min() <= GROUND_M:
            continue
        if not _is_carried(thing, scene.objects):
            yield Fault("in the air", f"{thing.name} ({thing.asset.name}) is carried by nothing within {GROUND_M} m")


def _rooted(thing: Instance, vertices: np.ndarray) -> np.ndarray:
    """Return points of a thing that may not be in the ground: `OVERLAP_M` within its sides; of plants, the stem's.

    Low branches on a slope lie on the ground that rises beside them, and grow around it.
    """
    if thing.category not in ("tree", "bush"):
        # What stands flush with a wall is not in it.
        middle = (vertices[:, :2].min(axis=0) + vertices[:, :2].max(axis=0)) / 2
        inwards = np.clip(middle - vertices[:, :2], -OVERLAP_M, OVERLAP_M)
        return np.column_stack([vertices[:, :2] + inwards, vertices[:, 2]])
    away = np.hypot(*(vertices[:, :2] - np.asarray(thing.world_from_object.translation_m)[:2]).T)
    return vertices[away <= max(_STEM_M, float(away.min()))]


def _depth_below_m(vertices: np.ndarray, ground: Tracer) -> float:
    """Return how far the deepest of some points is below the ground; 0 if none is."""
    points = vertices[np.argsort(vertices[:, 2], kind="stable")[:2000:4]]
    up = _rays(points, np.array([0.0, 0.0, 1.0]))
    hits = ground.closest_hit(up)
    met = hits.triangle >= 0
    corners = ground.geometry.vertices[ground.geometry.faces[hits.triangle[met]]].astype(np.float64)
    facing = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    left = facing[:, 2] > 0.5 * np.linalg.norm(facing, axis=1)
    return float(hits.range_m[met][left].max(initial=0.0))


def _gaps_m(points: np.ndarray, below: Tracer, lift_m: float) -> np.ndarray:
    """Return how far below points the next surface is, which may lie up to ``lift_m`` above them (negative there)."""
    rays = _rays(points + np.array([0.0, 0.0, lift_m]), np.array([0.0, 0.0, -1.0]))
    return below.closest_hit(rays).range_m - lift_m


def _is_carried(thing: Instance, objects: Sequence[Instance]) -> bool:
    """Return whether a thing meets another when it is moved down by `GROUND_M`, or any way if something may hold it."""
    corners = thing.cuboid.corners
    low, high = corners.min(axis=0) - GROUND_M, corners.max(axis=0) + GROUND_M
    near = []
    for other in objects:
        theirs = other.world_vertices()
        if other.id != thing.id and (theirs.min(axis=0) <= high).all() and (theirs.max(axis=0) >= low).all():
            near.append((other, theirs))
    fixed = bool(set(FIXED) & set(thing.asset.tags)) or thing.category in ("picture", "gripper")
    ways = [np.eye(3)[k] * sign for k in range(3) for sign in (-1.0, 1.0)] if fixed else [np.array([0.0, 0.0, -1.0])]
    vertices, tracer = thing.world_vertices(), Tracer([thing])
    for other, theirs in near:
        others = Tracer([other])
        for way in ways:
            by = way * GROUND_M
            swept = np.full(len(vertices), GROUND_M, np.float32)
            if others.occluded(vertices.astype(np.float32), np.tile(way, (len(vertices), 1)), swept).any():
                return True
            if _crosses(vertices + by, thing.asset.mesh.faces, theirs, others):
                return True
            if _crosses(theirs - by, other.asset.mesh.faces, vertices, tracer):
                return True
    return False


def wheels_astray(scene: Scene) -> Iterator[Fault]:
    """Yield upright vehicles with wheels both on the carriageway and on what is raised above it, or a wheel in the air.

    Wheels are what a vehicle has within 3 cm of the plane that it stands on, in the four quarters around its middle.
    """
    ground = [
        o for o in scene.objects if not category(o.category).thing and o.category not in ("ego_vehicle", "building")
    ]
    raised = {o.id for o in ground if o.category in RAISED}
    tracer = Tracer(ground)
    for thing in scene.objects:
        upright = thing.world_from_object.rotate(np.array([0.0, 0.0, 1.0]))[2] > 0.9
        if thing.category not in ON_WHEELS or not upright:
            continue
        mesh = thing.asset.mesh.vertices
        low = mesh[:, 2] < mesh[:, 2].min() + 0.03 / thing.scale
        middle = (mesh[:, :2].min(axis=0) + mesh[:, :2].max(axis=0)) / 2
        quarter = (mesh[low, 0] > middle[0]) * 2 + (mesh[low, 1] > middle[1])
        hits = tracer.closest_hit(_rays(thing.world_vertices()[low] + (0.0, 0.0, 0.3), np.array([0.0, 0.0, -1.0])))
        up = np.isin(hits.instance_id, list(raised))
        if up.any() and not up.all():
            yield Fault("across a kerb", f"{thing.name} ({thing.asset.name}) stands across a kerb")
        for k in np.unique(quarter):
            gap = float((hits.range_m[quarter == k] - 0.3).min())
            if gap > GROUND_M:
                yield Fault("in the air", f"a wheel of {thing.name} ({thing.asset.name}) is {gap:.2f} m above ground")


def faults_of_cameras(scene: Scene, tracer: Tracer) -> Iterator[Fault]:
    """Yield cameras that are nearer than `CAMERA_M` to a surface, or inside of something.

    Inside of a house, of a wall or below the ground most of what can be seen around is seen from behind.

    Args:
        scene: where the rig stands.
        tracer: of its objects, without the rig's own vehicle.
    """
    for sensor in scene.sensors:
        if not isinstance(sensor, Camera | DepthCamera):
            continue
        eye = np.asarray((scene.world_from_rig @ sensor.rig_from_camera).translation_m)
        hits = _look_around(eye, tracer)
        met = hits.triangle >= 0
        if not met.any():
            continue
        nearest = int(np.argmin(hits.range_m))
        thing = next(o for o in scene.objects if o.id == int(hits.instance_id[nearest]))
        if hits.range_m[nearest] < CAMERA_M and not _flies(thing):
            yield Fault("camera", f"{sensor.name} is {hits.range_m[nearest]:.3f} m from {thing.name}")
        corners = tracer.geometry.vertices[tracer.geometry.faces[hits.triangle[met]]].astype(np.float64)
        facing = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        behind = (facing * _AROUND[met]).sum(axis=1) > 0
        if met.mean() > _SEEN_SHARE and behind.mean() > _BACK_SHARE:
            ids, counts = np.unique(hits.instance_id[met][behind], return_counts=True)
            name = next(o.name for o in scene.objects if o.id == int(ids[np.argmax(counts)]))
            yield Fault(
                "camera", f"{sensor.name} is inside of {name}: {behind.mean():.0%} of what it meets is turned away"
            )


def _directions(count: int) -> np.ndarray:
    """Return (count, 3) unit vectors spread evenly over the sphere, by the golden angle."""
    z = 1.0 - (2.0 * np.arange(count) + 1.0) / count
    turn = np.pi * (3.0 - np.sqrt(5.0)) * np.arange(count)
    flat = np.sqrt(1.0 - z * z)
    return np.stack([flat * np.cos(turn), flat * np.sin(turn), z], axis=1).astype(np.float32)


_AROUND = _directions(600)


def _look_around(point: np.ndarray, tracer: Tracer) -> Hits:
    return tracer.closest_hit(_rays(np.tile(point, (len(_AROUND), 1)), _AROUND))


def _rays(origin: np.ndarray, direction: np.ndarray) -> Rays:
    """Return rays of time 0 from (N, 3) points in one direction or in N."""
    origin = np.asarray(origin, dtype=np.float32)
    way = np.ascontiguousarray(np.broadcast_to(np.asarray(direction, dtype=np.float32), origin.shape))
    return Rays(origin=origin, direction=way, time_s=np.zeros(len(origin), np.float32))
