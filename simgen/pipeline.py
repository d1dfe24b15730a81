"""The one loop: a recipe's scenes, made by several processes, into a data set on disk."""

from __future__ import annotations

import importlib.metadata
import json
import platform
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import simgen
from simgen import spec
from simgen.assets.categories import categories
from simgen.assets.library import Library
from simgen.design.tilt import Group, Plan
from simgen.errors import StoreError
from simgen.export.panoptic import panoptic_files
from simgen.export.symmetries import models_with_symmetries
from simgen.generator import Generator, pilot_scenes
from simgen.randomize.hdri_sky import HdriSkyDraw
from simgen.recipe import Place, Recipe, load_place
from simgen.run import store, tables
from simgen.run.engine import limit_threads, run_all
from simgen.run.frame_files import write_frame
from simgen.steer import plan_of
from simgen.truth import FileRecord, FrameRecord

_VERSIONED = ("numpy", "open3d-cpu", "open3d", "numba", "opencv-python-headless", "pybullet", "trimesh", "pycocotools")


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a run is.

    Attributes:
        frames_done, frames_total: counts; frames found already on disk are counted as done.
        bytes_written: by this run.
        frames_made: by this run.
        elapsed_s: since this run began.
    """

    frames_done: int
    frames_total: int
    bytes_written: int
    frames_made: int
    elapsed_s: float


def steering_record(plan: Plan | None) -> dict[str, Any] | None:
    """Return what ``dataset.json`` tells of the pilot: shares expected and natural, and how many candidates show each.

    None without a plan.
    """
    if plan is None:
        return None
    parts = zip(plan.expected, plan.natural, plan.seen, strict=True)
    return {
        "candidates": plan.candidates,
        "targets": [
            {
                "expected": [round(float(v), 6) for v in e],
                "natural": [round(float(v), 6) for v in n],
                "seen": s.tolist(),
            }
            for e, n, s in parts
        ],
    }


def make_plan(recipe: Recipe, place: Place, workers: int = 0) -> Plan | None:
    """Return the plan of a recipe's targets, worked out by several processes; None without targets.

    Raises:
        PlacementError: a scene of the pilot cannot be drawn.
    """
    if recipe.targets is None:
        return None
    found = run_all(_open_pilot, (recipe, place), range(pilot_scenes(recipe)), workers)
    return plan_of(recipe, [group for _, groups in found for group in groups])


def _open_pilot(setup: tuple[Recipe, Place], threads: int) -> Callable[[int], list[Group]]:
    limit_threads(threads)
    return Generator(*setup, threads).pilot


def generate(
    recipe: Recipe,
    out: Path,
    *,
    workers: int = 0,
    overwrite: bool = False,
    report: Callable[[Progress], None] = lambda _: None,
    place: Place | None = None,
) -> store.Dataset:
    """Make a recipe's data set in the folder ``out`` and return it; goes on where an earlier run stopped.

    Args:
        recipe: what to make.
        out: a folder that is new, empty, or holds this very data set, finished or not.
        workers: processes; 0 for one per core. The result is the same for any number.
        overwrite: whether another data set in ``out`` may be deleted first.
        report: called after every scene.
        place: in place of the one the recipe names.

    Raises:
        RecipeError, AssetError: before anything is written.
        PlacementError: a scene cannot be drawn; what is done stays and is used by the next run.
        StoreError: ``out`` holds something else, or cannot be written.
    """
    place = load_place(recipe.place) if place is None else place
    Library(sources=recipe.assets)
    _check_skies(recipe)
    plan = _plan(recipe, place)
    if _prepare_folder(out, plan, overwrite):
        return store.open_dataset(out)
    started = time.monotonic()
    done = [k for k in range(recipe.scenes) if (out / store.scene_path(k)).is_file()]
    frames_done = sum(_frames_of(recipe, k) for k in done)
    made = written = 0
    report(Progress(frames_done=frames_done, frames_total=recipe.frames, bytes_written=0, frames_made=0, elapsed_s=0.0))
    todo = [k for k in range(recipe.scenes) if k not in set(done)]
    steering = make_plan(recipe, place, workers)
    for scene_index, size in run_all(_open_task, (recipe, place, str(out), steering), todo, workers):
        made, written = made + _frames_of(recipe, scene_index), written + size
        report(
            Progress(
                frames_done=frames_done + made,
                frames_total=recipe.frames,
                bytes_written=written,
                frames_made=made,
                elapsed_s=time.monotonic() - started,
            )
        )
    _finish(recipe, out, plan, steering_record(steering))
    return store.open_dataset(out)


def _frames_of(recipe: Recipe, scene_index: int) -> int:
    each = recipe.frames_per_scene
    return min(each, recipe.frames - scene_index * each)


def _open_task(setup: tuple[Recipe, Place, str, Plan | None], threads: int) -> Callable[[int], int]:
    """Return what makes and commits one scene and gives back the bytes it wrote; called once per process."""
    recipe, place, out, steering = setup
    limit_threads(threads)
    generator = Generator(recipe, place, threads, steering)

    def task(scene_index: int) -> int:
        root = Path(out)
        records = [write_frame(root, frame, recipe.storage) for frame in generator.scene_frames(scene_index)]
        store.commit_scene(root, scene_index, records)
        return sum(f.bytes for record in records for f in store.files_of(record))

    return task


def _check_skies(recipe: Recipe) -> None:
    """Raise ``AssetError`` unless all skies that the recipe may draw are there."""
    for randomizer in recipe.randomizers:
        if isinstance(randomizer, HdriSkyDraw):
            randomizer.skies()


def _plan(recipe: Recipe, place: Place) -> dict[str, Any]:
    """Return what ``dataset.json`` says before anything is made."""
    versions = {"simgen": simgen.__version__, "python": ".".join(platform.python_version_tuple()[:2])}
    for package in _VERSIONED:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return {
        "format": store.FORMAT,
        "name": recipe.name,
        "description": recipe.description,
        "seed": recipe.seed,
        "versions": versions,
        "recipe_digest": recipe.digest(place),
        "recipe": spec.dump(recipe),
        "place": spec.dump(place),
        "sensors": [spec.dump(mount.build()) for mount in recipe.mounts],
    }


def _prepare_folder(out: Path, plan: dict[str, Any], overwrite: bool) -> bool:
    """Make ``out`` ready to be written; return whether this data set is finished there already."""
    for name in (store.MANIFEST, store.UNFINISHED):
        path = out / name
        if not path.is_file():
            continue
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            found = {}
        if all(found.get(key) == plan[key] for key in ("format", "versions", "recipe_digest")):
            return name == store.MANIFEST
        if not overwrite:
            raise StoreError(
                f"{out}: holds another data set ({found.get('name', 'unknown')!r}, seed {found.get('seed')}), or one "
                "made by other versions. Choose another folder, or delete it first with --overwrite."
            )
        shutil.rmtree(out)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise StoreError(f"{out}: is not an empty folder. Choose another one.")
    store.write_json(out, store.UNFINISHED, plan)
    return False


def _finish(recipe: Recipe, out: Path, plan: dict[str, Any], steering: dict[str, Any] | None) -> None:
    """Write what is gathered from all scenes, and ``dataset.json`` last."""
    scenes = [store.scene_path(k) for k in range(recipe.scenes)]

    def frames() -> Iterator[FrameRecord]:
        for path in scenes:
            yield from store.read_scene(out, path)

    files: list[FileRecord] = [store.file_record(out, path) for path in scenes]
    for writer in recipe.export:
        files += [store.write_json(out, path, value) for path, value in writer(frames()).items()]
    if recipe.storage.panoptic:
        files += [store.write_json(out, path, value) for path, value in panoptic_files(frames()).items()]
    files.append(tables.write_factors(out, frames()))
    used = tables.used_assets(frames())
    files.append(tables.write_credits(out, used))
    frame_splits = [recipe.splits.of(k // recipe.frames_per_scene) for k in range(recipe.frames)]
    manifest = {
        **plan,
        "frames": recipe.frames,
        "scenes": recipe.scenes,
        "splits": {split: frame_splits.count(split) for split in ("train", "val", "test")},
        "categories": {name: c.id for name, c in categories().items()},
        "models": models_with_symmetries(used),
        "files": [spec.dump(f) for f in files],
        "digest": store.tree_digest(files),
    }
    if steering is not None:
        manifest["steering"] = steering
    store.write_json(out, store.MANIFEST, manifest)
    (out / store.UNFINISHED).unlink()
