"""Choosing each frame among candidates so that a data set's outcomes follow the targets of its recipe."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from simgen.annotate.objects import annotate
from simgen.design.measures import seen_by
from simgen.design.targets import Bins, Target, Targets, bins_of, values_of
from simgen.design.tilt import Group, Plan, asked_bins, chances, solve, weight
from simgen.errors import RecipeError
from simgen.frame import Annotation, ObjectTruth, View
from simgen.recipe import Recipe
from simgen.render.label_view import label_view, reduced
from simgen.scene.camera import Camera
from simgen.scene.scene import Instance, Scene
from simgen.trace.silhouette import silhouette
from simgen.trace.tracer import Tracer


@dataclass(frozen=True, kw_only=True, eq=False)
class Candidate:
    """One way a frame could be drawn.

    Attributes:
        scene: what is there.
        factors: what was drawn for it.
        attempt: the number of the draw.
        values: per target, what its picture would show.
    """

    scene: Scene
    factors: Mapping[str, Any]
    attempt: int
    values: tuple[list[float], ...]


class Looker:
    """Tells what a scene's pictures would show, without making them; shares the tracer of what a scene begins with."""

    def __init__(self, recipe: Recipe, base: Sequence[Instance], threads: int = 0) -> None:
        """Build the ray scene of the objects that all candidates share."""
        assert recipe.targets is not None, "only recipes with targets have candidates"
        self._recipe, self._targets, self._threads = recipe, recipe.targets, threads
        self._base = tuple(base)
        self.tracer = Tracer(self._base, threads)

    def values(self, scene: Scene) -> tuple[list[float], ...]:
        """Return what each target measures in the scene's pictures, made ``reduce`` times smaller."""
        tracers = self._tracers(scene)
        wanted = {c for t in self._targets.wanted for c in t.categories}
        things = [o for o in scene.objects if o.category in wanted]
        names = {camera_of(t, scene) for t in self._targets.wanted}
        views = [
            self._look(scene, reduced(s, self._targets.reduce), things, tracers)
            for s in scene.sensors
            if isinstance(s, Camera) and s.name in names
        ]
        objects, annotations = annotate(scene, views, of=wanted)
        return measured_values(self._targets, scene, objects, annotations, self._targets.reduce)

    def _look(self, scene: Scene, camera: Camera, things: Sequence[Instance], tracers: tuple[Tracer, ...]) -> View:
        """Return a view of nothing but the pixels where the objects that are measured could be seen."""
        pose, through = scene.world_from_rig @ camera.rig_from_camera, self._recipe.labels.glass == "seen_through"
        where = np.zeros((camera.height_px, camera.width_px), np.bool_)
        for thing in things:
            outline = silhouette(thing, camera, pose, scene.rig_motion, through_glass=through)
            if outline is not None and outline.mask.size:
                x0, y0, x1, y1 = outline.box_px
                where[y0:y1, x0:x1] |= outline.mask
        return label_view(scene, camera, tracers, where, through_glass=through)

    def _tracers(self, scene: Scene) -> tuple[Tracer, ...]:
        """Return tracers of all objects, the shared one among them where the scene begins with its objects."""
        shared = len(self._base)
        if len(scene.objects) < shared or any(a is not b for a, b in zip(scene.objects, self._base, strict=False)):
            return (Tracer(scene.objects, self._threads),)
        added = scene.objects[shared:]
        return (self.tracer, Tracer(added, self._threads)) if added else (self.tracer,)


def camera_of(target: Target, scene: Scene) -> str:
    """Return the name of the camera whose pictures a target is about.

    Raises:
        RecipeError: the scene has no such camera.
    """
    cameras = [s.name for s in scene.sensors if isinstance(s, Camera)]
    if not cameras or (target.camera is not None and target.camera not in cameras):
        raise RecipeError(f"targets: {target.name}: no camera {target.camera or ''!r}; known: {', '.join(cameras)}")
    return target.camera or cameras[0]


def measured_values(
    targets: Targets,
    scene: Scene,
    objects: Sequence[ObjectTruth],
    annotations: Sequence[Annotation],
    reduce: int = 1,
) -> tuple[list[float], ...]:
    """Return what each target measures; ``reduce`` as the annotated pictures were made."""
    return tuple(
        values_of(target, seen_by(scene, camera_of(target, scene), objects, annotations, reduce))
        for target in targets.wanted
    )


def group_of(recipe: Recipe, index: int, candidates: Sequence[Candidate]) -> Group:
    """Return what a frame's candidates show, in the targets' bins, and what is asked of it."""
    bins = _bins(recipe)
    asked, _ = asked_bins(bins, recipe.seed, index)
    return tuple(np.stack([b.counts(c.values[k]) for c in candidates]) for k, b in enumerate(bins)), asked


def plan_of(recipe: Recipe, groups: Sequence[Group]) -> Plan:
    """Return the plan of a recipe's targets from the pilot's frames, in order."""
    return solve(_bins(recipe), groups)


def choose(recipe: Recipe, plan: Plan, index: int, candidates: Sequence[Candidate]) -> tuple[Candidate, dict[str, Any]]:
    """Return the candidate a frame becomes, and the factors that tell what was asked and how it was come by.

    ``targets.weight`` restores the frequencies of the recipe without targets, see `simgen.design.tilt.weight`.
    """
    bins = _bins(recipe)
    counts, asked = group_of(recipe, index, candidates)
    chance = chances(plan.slope, bins, plan.leasts, counts, asked)
    _, point = asked_bins(bins, recipe.seed, index)
    order = np.argsort([_middle(c) for c in candidates], kind="stable")
    # In the order of their outcomes, so that the evenly spread points of the frames fall evenly on these.
    picked = int(order[min(int(np.searchsorted(np.cumsum(chance[order]), point, side="right")), len(order) - 1)])
    told: dict[str, Any] = {
        "targets.tries": len(candidates),
        "targets.attempt": candidates[picked].attempt,
        "targets.weight": float(weight(plan, [c[picked] for c in counts])),
    }
    assert recipe.targets is not None, "only recipes with targets have candidates"
    for target, b, k in zip(recipe.targets.wanted, bins, asked, strict=True):
        told[f"targets.{target.name}.asked"] = b.describe(k)
    return candidates[picked], told


def _middle(candidate: Candidate) -> float:
    values = candidate.values[0]
    return float(np.mean(values)) if values else -math.inf


def _bins(recipe: Recipe) -> tuple[Bins, ...]:
    assert recipe.targets is not None, "only recipes with targets have bins"
    return tuple(bins_of(target) for target in recipe.targets.wanted)
