"""Lets dropped objects fall and come to rest, and keeps only those that truly rest where they belong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from simgen.errors import PlacementError
from simgen.scene.region import Area
from simgen.scene.scene import Instance, Scene
from simgen.simulate.contact import bounds, fall_m, near_pairs, penetration_m
from simgen.simulate.world import Surface, World

_CHECK_EVERY_S = 0.05
_REACH_M = 0.3
_ROUNDS = 4
_BELOW_M = 0.03


@dataclass(frozen=True, kw_only=True)
class Settle:
    """How dropped objects come to rest, and what counts as resting.

    Attributes:
        time_step_s: of the simulation.
        max_time_s: what still moves then is taken out.
        rest_speed_mps, rest_turn_radps: an object below both, for ``rest_time_s``, is at rest.
        rest_time_s: see above.
        friction, rolling_friction_m, restitution: of every surface; those of two that touch are multiplied.
        max_penetration_m: how deep two meshes may lie in each other.
        max_gap_m: how far an object could sink straight down before it meets another.
        min_kept: share of the dropped objects that must come to rest in place; with fewer the scene is drawn anew.
    """

    time_step_s: float = 1.0 / 240.0
    max_time_s: float = 5.0
    rest_speed_mps: float = 0.002
    rest_turn_radps: float = 0.04
    rest_time_s: float = 0.4
    friction: float = 0.7
    rolling_friction_m: float = 0.0015
    restitution: float = 0.2
    max_penetration_m: float = 0.002
    max_gap_m: float = 0.002
    min_kept: float = 0.5

    def __post_init__(self) -> None:
        for key in ("time_step_s", "max_time_s", "rest_speed_mps", "rest_turn_radps", "max_penetration_m", "max_gap_m"):
            if not getattr(self, key) > 0:
                raise ValueError(f"{key} must be above 0, got {getattr(self, key)}")
        if not 0 <= self.rest_time_s <= self.max_time_s:
            raise ValueError(f"rest_time_s must lie in 0 to max_time_s ({self.max_time_s}), got {self.rest_time_s}")
        if self.time_step_s > 1 / 100:
            raise ValueError(
                f"time_step_s must be 0.01 or less, or small objects pass through each other, got {self.time_step_s}"
            )
        if self.friction < 0 or self.rolling_friction_m < 0:
            raise ValueError(
                f"friction and rolling_friction_m must be 0 or more, got {self.friction}, {self.rolling_friction_m}"
            )
        for key in ("restitution", "min_kept"):
            if not 0 <= getattr(self, key) <= 1:
                raise ValueError(f"{key} must lie in 0 to 1, got {getattr(self, key)}")


@dataclass(frozen=True, kw_only=True)
class Rejected:
    """An object that was taken out; ``reason`` is ``fell``, ``moving``, ``penetrating`` or ``floating``."""

    name: str
    reason: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Settled:
    """What came of it.

    Attributes:
        scene: with the objects that rest, none of them ``dynamic`` any more.
        rejected: those taken out, in that order.
        simulated_s: time that passed in the simulation.
        penetration_m: the deepest that two of the meshes lie in each other.
        gap_m: the farthest that a settled object could still sink straight down.
    """

    scene: Scene
    rejected: tuple[Rejected, ...]
    simulated_s: float
    penetration_m: float
    gap_m: float

    @property
    def factors(self) -> Mapping[str, Any]:
        """What the table of factors says about it."""
        reasons = Counter(r.reason for r in self.rejected)
        return {
            "physics.rejected": len(self.rejected),
            **{f"physics.rejected_{r}": reasons[r] for r in ("fell", "moving", "penetrating", "floating")},
            "physics.simulated_s": round(self.simulated_s, 6),
            "physics.penetration_mm": round(self.penetration_m * 1000, 3),
            "physics.gap_mm": round(self.gap_m * 1000, 3),
        }


def settle(scene: Scene, settings: Settle) -> Settled:
    """Let the scene's ``dynamic`` objects fall onto the others until they rest.

    Physics moves convex pieces that follow each mesh (`convex_parts`); what is kept is then measured on the meshes
    themselves. What left its region, would not rest, lies too deep in another or on nothing is taken out, and the
    rest settles again.

    Args:
        scene: each dynamic object must start above one of its areas; that area is where it has to stay.
        settings: what counts as resting.

    Raises:
        PlacementError: fewer than ``min_kept`` of them came to rest in place, or an object starts above no area.
    """
    movers = {o.id: o for o in scene.objects if o.dynamic}
    homes = {o.id: _home(o, scene) for o in movers.values()}
    fixed = _near(scene, movers.values())
    surface = Surface(
        friction=settings.friction, rolling_friction_m=settings.rolling_friction_m, restitution=settings.restitution
    )
    rejected: list[Rejected] = []
    passed_s, depth, gap = 0.0, 0.0, 0.0
    with World(settings.time_step_s, surface) as world:
        for vertices, faces in near_triangles(fixed, movers.values()):
            world.add_static(vertices, faces)
        for mover in movers.values():
            world.add_dynamic(mover)
        for _ in range(_ROUNDS):
            taken_s, at_rest = _let_fall(world, movers, homes, settings, rejected)
            passed_s += taken_s
            if not at_rest:
                continue  # what lay on or against those taken out may move now
            unfit, depth, gap = _measure(list(movers.values()), fixed, settings)
            if not unfit:
                break
            for instance_id, reason in unfit.items():
                world.remove(instance_id)
                rejected.append(Rejected(name=movers.pop(instance_id).name, reason=reason))
        else:
            raise PlacementError(f"objects would not come to rest in {_ROUNDS} rounds: {_counted(rejected)}")
    _check_kept(len(movers), len(homes), rejected, settings)
    rested = tuple(
        replace(movers[o.id], dynamic=False) if o.id in movers else o
        for o in scene.objects
        if o.id in movers or not o.dynamic
    )
    return Settled(
        scene=replace(scene, objects=rested),
        rejected=tuple(rejected),
        simulated_s=passed_s,
        penetration_m=depth,
        gap_m=gap,
    )


def _let_fall(
    world: World, movers: dict[int, Instance], homes: Mapping[int, Area], settings: Settle, rejected: list[Rejected]
) -> tuple[float, bool]:
    """Step until all rest, taking out what falls off and what still moves at the end.

    Returns:
        The time that passed, and whether all that is left is at rest.
    """
    passed_s, rested_s = 0.0, 0.0
    moving: list[int] = []
    while passed_s < settings.max_time_s and rested_s < settings.rest_time_s:
        world.step(_CHECK_EVERY_S)
        passed_s += _CHECK_EVERY_S
        moving = []
        for instance_id in list(movers):
            pose = world.pose(instance_id)
            movers[instance_id] = replace(movers[instance_id], world_from_object=pose)
            if _has_left(movers[instance_id], homes[instance_id]):
                world.remove(instance_id)
                rejected.append(Rejected(name=movers.pop(instance_id).name, reason="fell"))
                continue
            speed, turn = world.speeds(instance_id)
            if speed > settings.rest_speed_mps or turn > settings.rest_turn_radps:
                moving.append(instance_id)
        rested_s = 0.0 if moving else rested_s + _CHECK_EVERY_S
    for instance_id in moving:
        world.remove(instance_id)
        rejected.append(Rejected(name=movers.pop(instance_id).name, reason="moving"))
    return passed_s, not moving


def _measure(
    movers: Sequence[Instance], fixed: Sequence[Instance], settings: Settle
) -> tuple[dict[int, str], float, float]:
    """Return what must be taken out and why, and the deepest penetration and widest gap among what may stay."""
    depths: list[tuple[float, int, int]] = []
    gaps = {m.id: np.inf for m in movers}
    moving_ids = set(gaps)
    for one, other in near_pairs(movers, fixed, settings.max_gap_m):
        depth = penetration_m(one, other)
        depths.append((depth, one.id, other.id))
        for upper, lower in ((one, other), (other, one)):
            if upper.id in moving_ids:
                gaps[upper.id] = min(gaps[upper.id], 0.0 if depth > 0 else fall_m(upper, lower))
    unfit: dict[int, str] = {}
    worst = 0.0
    for depth, one_id, other_id in sorted(depths, key=lambda d: (-d[0], d[1], d[2])):
        if one_id in unfit or other_id in unfit:
            continue
        if depth > settings.max_penetration_m:
            # The later of two lies on top as a rule: it goes.
            unfit[other_id if other_id in moving_ids else one_id] = "penetrating"
        else:
            worst = max(worst, depth)
    unfit |= {i: "floating" for i, gap in gaps.items() if gap > settings.max_gap_m and i not in unfit}
    return unfit, worst, max((g for i, g in gaps.items() if i not in unfit), default=0.0)


def _home(instance: Instance, scene: Scene) -> Area:
    """Return the highest area below the middle of an object."""
    centre = instance.cuboid.world_from_box.translation_m
    below = [
        r
        for r in scene.regions
        if isinstance(r, Area) and r.z_m <= centre[2] and bool(r.contains(np.array([centre[:2]]))[0])
    ]
    if not below:
        raise PlacementError(
            f"{instance.name!r} starts at {centre[0]:.2f}, {centre[1]:.2f}, {centre[2]:.2f} m, above no area"
        )
    return max(below, key=lambda r: r.z_m)


def _has_left(instance: Instance, home: Area) -> bool:
    centre = instance.cuboid.world_from_box.translation_m
    return centre[2] < home.z_m - _BELOW_M or not bool(home.contains(np.array([centre[:2]]))[0])


def _near(scene: Scene, movers: Iterable[Instance]) -> list[Instance]:
    """Return the fixed objects that the moving ones can meet."""
    low, high = _reach(movers)
    near = []
    for instance in scene.objects:
        if not instance.dynamic:
            box = bounds(instance)
            if (box[0] <= high).all() and (box[1] >= low).all():
                near.append(instance)
    return near


def near_triangles(
    fixed: Sequence[Instance], movers: Iterable[Instance], further_m: float = 0.0
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the world triangles of the fixed objects within reach of the moving ones, which travel ``further_m``."""
    low, high = _reach(movers)
    low, high = low - further_m, high + further_m
    parts = []
    for instance in fixed:
        vertices, faces = instance.world_vertices(), instance.asset.mesh.faces
        corners = vertices[faces]
        close = ((corners.min(axis=1) <= high) & (corners.max(axis=1) >= low)).all(axis=1)
        if close.any():
            used, index = np.unique(faces[close], return_inverse=True)
            parts.append((vertices[used], index.reshape(-1, 3)))
    return parts


def _reach(movers: Iterable[Instance]) -> tuple[np.ndarray, np.ndarray]:
    boxes = np.array([bounds(m) for m in movers])
    low, high = boxes[:, 0].min(axis=0) - _REACH_M, boxes[:, 1].max(axis=0) + _REACH_M
    low[2] -= 3.0
    return low, high


def _check_kept(kept: int, dropped: int, rejected: Sequence[Rejected], settings: Settle) -> None:
    if kept < settings.min_kept * dropped:
        raise PlacementError(
            f"{dropped} objects were dropped, {kept} came to rest in place, fewer than physics.min_kept "
            f"({settings.min_kept:g}) asks for: {_counted(rejected)}. Enlarge the region, lower the count or the "
            "height, or lower physics.min_kept."
        )


def _counted(rejected: Sequence[Rejected]) -> str:
    said = {"fell": "fell off", "moving": "kept moving", "penetrating": "lay in another", "floating": "lay on nothing"}
    counts = Counter(r.reason for r in rejected)
    return ", ".join(f"{counts[k]} {text}" for k, text in said.items() if counts[k]) or "none was taken out"
