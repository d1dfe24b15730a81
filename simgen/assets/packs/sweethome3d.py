"""The pack ``sweethome3d``: models of a Debian package, chosen and mapped by assets/packs/sweethome3d.yaml."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import tempfile
import warnings
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import yaml

from simgen.assets.categories import category as category_of
from simgen.assets.obj import RawMaterial, RawModel, read_obj
from simgen.assets.packs import debian
from simgen.assets.packs.sh3f import Entry, Library3f
from simgen.assets.prepare import Y_UP_FRONT_Z, finish, pick_faces, place
from simgen.assets.stored import AssetInfo, built_whole, digest_of, info_of, write_asset, write_index
from simgen.assets.substances import material_of, substance_of
from simgen.errors import AssetError, SimgenWarning
from simgen.resources import cache_dir, shipped
from simgen.scene.asset import Asset, Credit
from simgen.scene.material import Material, SubstanceName
from simgen.streams import stream

NAME = "sweethome3d"
PACKAGE = "sweethome3d-furniture"
_PREPARATION = 3
"""Raised whenever the same files and map would give other assets, so that an older preparation is not used."""

_LARGEST_TEXTURE_PX = 1024
_BUDGETS = {"vehicle": 12000, "person": 8000, "animal": 6000, "vegetation": 20000, "furniture": 6000, "street": 6000}
_SMALL_BUDGET = 3000


@dataclass(frozen=True, kw_only=True)
class MaterialMap:
    """What to make of one material, in place of what its name suggests; ``drop`` leaves its faces out."""

    substance: SubstanceName | None = None
    color: str | None = None
    roughness: float | None = None
    tintable: bool | None = None
    drop: bool = False


@dataclass(frozen=True, kw_only=True)
class ModelMap:
    """How one model of the catalogue is used.

    Attributes:
        library, id: which model.
        name: its asset's name is ``sweethome3d/`` and this.
        category: name in ``assets/categories.yaml``.
        tags: free words.
        yaw_deg: turn that makes it face +x, where its own front is not the catalogue's.
        scale: its true size relative to the catalogue's, where that is wrong.
        triangles: budget in place of its kind's.
        paint: names of the tintable materials (a car's paint, a shirt, a mug's glaze).
        materials: by material name.
    """

    library: str
    id: str
    name: str
    category: str
    tags: tuple[str, ...] = ()
    yaw_deg: float = 0.0
    scale: float = 1.0
    triangles: int | None = None
    paint: tuple[str, ...] = ()
    materials: dict[str, MaterialMap] = field(default_factory=dict)


@cache
def model_maps() -> tuple[ModelMap, ...]:
    """Return the map of all used models, in file order.

    Raises:
        AssetError: the map file has an unknown key or category, or uses a name twice.
    """
    path = _map_path()
    maps = []
    for library, rows in yaml.safe_load(path.read_text(encoding="utf-8"))["models"].items():
        for entry_id, row in rows.items():
            where = f"{path.name}: models.{library}.{entry_id}"
            try:
                maps.append(_model_map(library, str(entry_id), dict(row)))
            except (TypeError, AssetError) as error:
                raise AssetError(f"{where}: {error}") from error
    names = [m.name for m in maps]
    if twice := sorted({n for n in names if names.count(n) > 1}):
        raise AssetError(f"{path.name}: models: names used twice: {', '.join(twice)}; give one of each another 'name'")
    return tuple(maps)


def _model_map(library: str, entry_id: str, row: dict[str, Any]) -> ModelMap:
    category_of(row["category"])
    materials = {str(name): MaterialMap(**values) for name, values in row.pop("materials", {}).items()}
    for key in ("tags", "paint"):
        row[key] = tuple(str(v) for v in row.get(key, ()))
    return ModelMap(**{"name": entry_id, **row}, library=library, id=entry_id, materials=materials)


def _map_path() -> Path:
    return shipped("assets") / "packs" / f"{NAME}.yaml"


def folder() -> Path:
    """Return where the prepared pack is, or would be; named by the map's digest: a changed map is another pack."""
    digest = hashlib.sha256(f"{_PREPARATION}\0".encode() + _map_path().read_bytes()).hexdigest()
    return cache_dir() / "packs" / f"{NAME}-{digest[:12]}"


def install(from_file: Path | None = None, *, say: Callable[[str], None] = print, workers: int = 0) -> int:
    """Fetch the package, or read ``from_file``, prepare all mapped models, and return how many there are.

    Done once: where the pack is already there, nothing happens unless ``from_file`` is given.
    It appears whole or not at all.

    Args:
        from_file: a .deb or .sh3f file in place of the download.
        say: told what is going on, a line at a time.
        workers: processes; 0 for one per core that may be used. What is written does not depend on it.

    Raises:
        AssetError: download, file or preparation failed.
    """
    target = folder()
    if from_file is None and (target / "index.json").is_file():
        say(f"{NAME} is already installed in {target}")
        return len(model_maps())
    with tempfile.TemporaryDirectory(prefix="simgen-") as scratch:
        libraries = _libraries(from_file, Path(scratch), say)
        with built_whole(target) as draft:
            infos = _prepare_all(libraries, draft, say, workers)
            write_index(draft, infos, pack=NAME)
    say(f"{len(infos)} models installed in {target}")
    return len(infos)


def _libraries(from_file: Path | None, scratch: Path, say: Callable[[str], None]) -> dict[str, Path]:
    """Return the .sh3f files by library name."""
    if from_file is not None and not from_file.is_file():
        raise AssetError(f"{from_file}: no such file")
    if from_file is not None and from_file.suffix == ".sh3f":
        return {from_file.name.removesuffix(".sh3f"): from_file}
    if from_file is not None and from_file.suffix != ".deb":
        raise AssetError(f"{from_file}: expected a .deb or a .sh3f file")
    deb = from_file or debian.fetch(PACKAGE, scratch, say)
    files = debian.unpack(deb, ".sh3f", scratch)
    if not files:
        raise AssetError(f"{deb}: no .sh3f file in it; expected the package {PACKAGE}")
    return {file.name.removesuffix(".sh3f"): file for file in files}


def _prepare_all(
    libraries: dict[str, Path], draft: Path, say: Callable[[str], None], workers: int
) -> dict[str, AssetInfo]:
    """Prepare every mapped model of the libraries into ``draft``; return the records by asset name."""
    maps = [m for m in model_maps() if m.library in libraries]
    size: dict[tuple[str, str], int] = {}
    for name, path in libraries.items():
        with Library3f(path) as library:
            size.update({(name, entry.id): library.size(entry.path) for entry in library.entries.values()})
    if absent := [f"{m.library}/{m.id}" for m in maps if (m.library, m.id) not in size]:
        warnings.warn(f"{NAME}: not in this version of the package: {', '.join(absent)}", SimgenWarning, stacklevel=3)
        maps = [m for m in maps if (m.library, m.id) in size]
    if not maps:
        raise AssetError(f"no model that simgen uses is in {', '.join(map(str, libraries.values()))}")
    # The largest go first, lest one of them is begun last and all others wait for it.
    maps.sort(key=lambda m: -size[m.library, m.id])
    jobs = [(str(libraries[m.library]), m, str(draft)) for m in maps]
    workers = min(workers or _usable_cores(), len(jobs))
    say(f"preparing {len(jobs)} models with {workers} processes ...")
    if workers == 1:
        records = [_prepare_into(job) for job in jobs]
    else:
        with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
            records = list(pool.map(_prepare_into, jobs))
    return {record.name: record for record in records}


def _usable_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _prepare_into(job: tuple[str, ModelMap, str]) -> AssetInfo:
    """Prepare one model and write it; runs in a worker process."""
    library_path, model, draft = job
    with warnings.catch_warnings():
        # The map was made with what these files lack (textures, materials) in view.
        warnings.simplefilter("ignore", SimgenWarning)
        library = _opened(library_path)
        entry = library.entries[model.id]
        try:
            asset = prepare(entry, model, library.read)
        except ValueError as error:
            raise AssetError(f"{library.name}/{model.id}: cannot be prepared: {error}") from error
    write_asset(Path(draft), asset)
    return info_of(asset, title=entry.title)


@cache
def _opened(path: str) -> Library3f:
    """Return an archive that stays open as long as the worker process lives."""
    return Library3f(Path(path))


def prepare(entry: Entry, model: ModelMap, read: Callable[[str], bytes | None]) -> Asset:
    """Return the asset of one catalogue entry: sized by catalogue and map, facing +x, thinned, materials mapped."""
    raw = read_obj(entry.path, read)
    unknown = ({*model.materials, *model.paint}) - {m.name for m in raw.materials}
    if unknown:
        raise AssetError(
            f"{_map_path().name}: models.{model.library}.{model.id}: no material {', '.join(sorted(unknown))}; "
            f"it has {', '.join(m.name for m in raw.materials)}"
        )
    drops = np.array([model.materials.get(m.name, MaterialMap()).drop for m in raw.materials])
    kind = category_of(model.category).supercategory
    raw = pick_faces(raw, ~drops[raw.face_material])
    raw = _compact(_split_clear(raw) if kind == "vehicle" else raw)
    substances: list[SubstanceName] = [_substance(m, model, kind) for m in raw.materials]
    placed = replace(raw, vertices=_placed(raw.vertices, entry, model))
    name = f"{NAME}/{model.name}"
    mesh, kept = finish(
        placed,
        model.triangles or _BUDGETS.get(kind, _SMALL_BUDGET),
        np.array([s == "glass" or m.opacity < 0.9 for s, m in zip(substances, raw.materials, strict=True)]),
        np.array([kind == "vegetation" and s == "foliage" for s in substances]),
        stream(0, name, 0),
    )
    asset = Asset(
        name=name,
        category=model.category,
        mesh=mesh,
        materials=tuple(_material(raw.materials[k], substances[k], model) for k in kept),
        credit=Credit(
            author=entry.creator,
            licence=entry.licence,
            source=f"Debian package {PACKAGE}, {entry.library}.sh3f: {entry.title}",
        ),
        tags=model.tags,
    )
    return replace(asset, digest=digest_of(asset))


def _compact(raw: RawModel) -> RawModel:
    """Return the model without vertices that no face uses."""
    used, faces = np.unique(raw.faces, return_inverse=True)
    return replace(raw, vertices=raw.vertices[used], faces=faces.reshape(-1, 3))


def _split_clear(raw: RawModel) -> RawModel:
    """Give the faces on which a texture is half transparent (windows drawn into one big picture) a glass of their own.

    Faces on which it is wholly transparent are left out.
    """
    face_material, materials = raw.face_material.copy(), list(raw.materials)
    gone = np.zeros(len(raw.faces), dtype=bool)
    for index, material in enumerate(raw.materials):
        if material.pixels is None or material.pixels.shape[2] != 4:
            continue
        faces = np.flatnonzero(raw.face_material == index)
        alpha = _alpha(material.pixels, raw.uv[faces])
        gone[faces[alpha < 8]] = True
        clear = faces[(alpha >= 8) & (alpha < 200)]
        if len(clear):
            face_material[clear] = len(materials)
            materials.append(RawMaterial(name=f"{material.name} glass", color=(0.3, 0.33, 0.35)))
    return pick_faces(replace(raw, face_material=face_material, materials=tuple(materials)), ~gone)


def _alpha(pixels: np.ndarray, uv: np.ndarray) -> np.ndarray:
    """Return (F,) mean alpha, 0..255, at seven points of every face."""
    weights = np.array([[4, 1, 1], [1, 4, 1], [1, 1, 4], [2, 2, 2], [3, 3, 0], [0, 3, 3], [3, 0, 3]]) / 6
    points = np.einsum("kc,fcd->fkd", weights, uv)
    height, width = pixels.shape[:2]
    columns = np.floor(points[..., 0] * width).astype(np.int64) % width
    rows = np.floor((1 - points[..., 1]) * height).astype(np.int64) % height
    return pixels[rows, columns, 3].mean(axis=1)


def _placed(vertices: np.ndarray, entry: Entry, model: ModelMap) -> np.ndarray:
    """Return the vertices in asset axes and metres: catalogue rotation and size first, then the map's corrections."""
    width, depth, height = (cm / 100 for cm in entry.size_cm)
    rotation = Y_UP_FRONT_Z @ np.array(entry.rotation).reshape(3, 3)
    placed = place(vertices, rotation, (depth, width, height))
    yaw = np.radians(model.yaw_deg)
    turn = np.array([[np.cos(yaw), -np.sin(yaw), 0], [np.sin(yaw), np.cos(yaw), 0], [0, 0, 1]])
    return place(placed, turn, model.scale)


def _substance(material: RawMaterial, model: ModelMap, kind: str) -> SubstanceName:
    chosen = model.materials.get(material.name, MaterialMap()).substance
    if chosen is None and material.name in model.paint and kind == "vehicle":
        return "car_paint"
    return chosen or substance_of(material, kind)


def _material(material: RawMaterial, substance: SubstanceName, model: ModelMap) -> Material:
    mapped = model.materials.get(material.name, MaterialMap())
    small = material if material.pixels is None else replace(material, pixels=_shrunk(material.pixels))
    return material_of(
        small,
        substance,
        tintable=material.name in model.paint if mapped.tintable is None else mapped.tintable,
        color=mapped.color,
        roughness=mapped.roughness,
    )


def _shrunk(pixels: np.ndarray) -> np.ndarray:
    """Return the picture no larger than 1024 px on its longer side."""
    longest = max(pixels.shape[:2])
    if longest <= _LARGEST_TEXTURE_PX:
        return pixels
    factor = _LARGEST_TEXTURE_PX / longest
    size = (max(round(pixels.shape[1] * factor), 1), max(round(pixels.shape[0] * factor), 1))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
