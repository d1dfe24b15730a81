"""Data sets made from finished ones: the scenes a design still lacks, and counterfactual twins."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from simgen import spec
from simgen.design.coverage import missing_rows
from simgen.errors import RecipeError
from simgen.frame import Annotation, ObjectTruth
from simgen.options import TwinOf
from simgen.pipeline import generate
from simgen.randomize.remove import Remove
from simgen.recipe import Place, Recipe
from simgen.run import store
from simgen.truth import FrameRecord
from simgen.variants import with_values


def complete(data: store.Dataset, out: Path, *, workers: int = 0) -> store.Dataset:
    """Make the scenes whose combinations a data set's coverage design still lacks, in a folder of their own.

    Their seed is the next, so that what the design does not set differs.

    Raises:
        RecipeError: the data set has no coverage design, or lacks nothing.
    """
    recipe, place = _made_with(data)
    if recipe.coverage is None:
        raise RecipeError(f"{data.root}: its recipe has no coverage design to complete")
    scenes = {f.scene_index: f.factors for f in data.frames()}
    found = [{f: str(factors[f"coverage.{f}"]) for f in recipe.coverage.factors} for factors in scenes.values()]
    rows = missing_rows(recipe.coverage, found)
    if not rows:
        raise RecipeError(f"{data.root}: holds all valid combinations of {recipe.coverage.strength} factors already")
    coverage = replace(recipe.coverage, mode="rows", rows=rows)
    more = replace(recipe, coverage=coverage, seed=recipe.seed + 1, frames=len(rows) * recipe.frames_per_scene)
    return generate(more, out, workers=workers, place=place)


def twin(
    data: store.Dataset,
    values: Mapping[str, Any],
    out: Path,
    *,
    without: tuple[str, ...] = (),
    frames: int | None = None,
    workers: int = 0,
) -> store.Dataset:
    """Make a data set again with some values changed, and write ``twins.json``: what is the same, frame by frame.

    Every factor has a random stream of its own, so all that is drawn for others stays as it was.

    Args:
        data: what the twin is of.
        values: path (see `simgen.variants.with_values`) to a plain value or distribution.
        out: a new folder.
        without: names of objects to take out.
        frames: only so many, from the first; None for all.
        workers: processes.

    Raises:
        RecipeError: nothing is changed, or a path or value does not fit.
    """
    if not values and not without:
        raise RecipeError("a twin needs something that is changed: a value, or an object that is left out")
    recipe, place = _made_with(data)
    changed, ground = with_values(recipe, place, values, "twin")
    if without:
        changed = replace(changed, randomizers=(*changed.randomizers, Remove(name="twin_without", objects=without)))
    of = TwinOf(
        name=recipe.name,
        digest=data.manifest["digest"],
        changed={path: json.dumps(value) for path, value in values.items()},
        without=without,
    )
    made = generate(
        replace(changed, twin_of=of, frames=min(frames or recipe.frames, recipe.frames)),
        out,
        workers=workers,
        place=ground,
    )
    pairs = [_pair(a, b) for a, b in zip(data.frames(), made.frames(), strict=False)]
    store.write_json(out, "twins.json", {"twin_of": spec.dump(of), "frames": pairs})
    return made


def _made_with(data: store.Dataset) -> tuple[Recipe, Place]:
    place: Place = spec.parse(cast("Any", Place), data.manifest["place"], f"{data.root}: place")
    return spec.parse(Recipe, data.manifest["recipe"], str(data.root)), place


def _pair(before: FrameRecord, after: FrameRecord) -> dict[str, Any]:
    """Return what two frames have in common, byte by byte."""
    images = [{k: getattr(v, k).sha256 for k in ("image", "depth", "instance")} for v in (*before.views, *after.views)]
    half = len(before.views)
    return {
        "frame": before.index,
        "same_objects": spec.dump(before.objects, tuple[ObjectTruth, ...])
        == spec.dump(after.objects, tuple[ObjectTruth, ...]),
        "same_annotations": spec.dump(before.annotations, tuple[Annotation, ...])
        == spec.dump(after.annotations, tuple[Annotation, ...]),
        "same_pose": before.world_from_rig == after.world_from_rig,
        **{
            f"same_{k}": [i[k] for i in images[:half]] == [i[k] for i in images[half:]]
            for k in ("image", "depth", "instance")
        },
        "changed_factors": sorted(
            k for k in {*before.factors, *after.factors} if before.factors.get(k) != after.factors.get(k)
        ),
    }
