"""Loads a user's own model file: GLB, glTF, OBJ, PLY, STL or URDF."""

from __future__ import annotations

import logging
import warnings
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import trimesh
import yaml
from trimesh.visual.material import PBRMaterial

from simgen.assets.categories import category as category_of
from simgen.assets.obj import RawMaterial, RawModel, read_obj
from simgen.assets.prepare import finish, place
from simgen.assets.stored import AssetInfo, digest_of, info_of, read_index, write_asset, write_index
from simgen.assets.substances import material_of, substance_of
from simgen.assets.urdf import Visual, read_visuals
from simgen.errors import AssetError, SimgenWarning
from simgen.resources import cache_dir, shipped
from simgen.scene.asset import Asset, Credit
from simgen.scene.material import SubstanceName, srgb_from_linear
from simgen.streams import stream

UNITS_M = {"m": 1.0, "cm": 0.01, "mm": 0.001, "in": 0.0254, "ft": 0.3048}
EXTENSIONS = {".glb": "y", ".gltf": "y", ".obj": "y", ".ply": "z", ".stl": "z", ".urdf": "z"}
"""Files that can be read, and the axis that points up in them by custom."""
MOST_FACES = 3_000_000
GLOW_NIT = 200.0
"""Luminance of glTF's emissive factor 1, cd/m2: that of a screen. The format states none without an extension."""
_AXES = {sign + axis: (1.0 if sign == "+" else -1.0) * np.eye(3)[k] for sign in "+-" for k, axis in enumerate("xyz")}


def load_model(
    path: Path,
    *,
    category: str,
    credit: Credit,
    name: str | None = None,
    front: str = "+x",
    up: str = "auto",
    length_m: float | None = None,
    unit: str | None = None,
    budget: int = 20000,
) -> Asset:
    """Load a model from a file and make it fit for use: scaled, turned to face +x, on its feet, thinned if need be.

    Args:
        path: .glb, .gltf, .obj (with MTL), .ply, .stl or .urdf.
        category: name in ``assets/categories.yaml``.
        credit: maker and licence.
        name: the asset's name; ``own/`` and the file's stem by default.
        front: axis of the file that the model faces along: ``+x``, ``-x``, ``+y``, ...
        up: axis of the file that points up: as ``front``, or ``auto`` for the custom of the file's kind (y for GLB,
            glTF and OBJ, z for PLY, STL and URDF).
        length_m: true extent along ``front``; wins over ``unit``.
        unit: of the file's numbers: m, cm, mm, in or ft; metres by default.
        budget: most triangles wanted.

    Raises:
        AssetError: the file is missing, of an unknown kind, broken, empty, far too large, holds numbers that are not
            finite, or has a size that nothing of its category has.

    Warns:
        SimgenWarning: a texture or material is missing, the model was thinned, mirrored or has vertex colours.
    """
    category_of(category)
    turn = _turn(path, front, up)
    if unit is not None and unit not in UNITS_M:
        raise AssetError(f"{path}: unknown unit {unit!r}; known: {', '.join(UNITS_M)}")
    raw = _checked(path, _read(path))
    extent = np.ptp(raw.vertices @ turn.T, axis=0)
    factor = UNITS_M[unit or "m"]
    if length_m is not None:
        if not length_m > 0 or not extent[0] > 0:
            raise AssetError(
                f"{path}: length_m must be above 0 and the model must have a length, got {length_m} and {extent[0]:g}"
            )
        factor = length_m / extent[0]
    _check_size(path, category, extent, factor, given=unit is not None or length_m is not None)
    kind = category_of(category).supercategory
    if len(raw.faces) > budget:
        warnings.warn(f"{path}: thinned from {len(raw.faces)} faces to about {budget}", SimgenWarning, stacklevel=2)
    substances: list[SubstanceName] = [substance_of(m, kind) for m in raw.materials]
    name = name or f"own/{path.stem}"
    mesh, kept = finish(
        replace(raw, vertices=place(raw.vertices, turn, factor)),
        budget,
        np.array([m.opacity < 0.9 for m in raw.materials]),
        np.array([kind == "vegetation" and s == "foliage" for s in substances]),
        stream(0, name, 0),
    )
    materials = tuple(material_of(raw.materials[k], substances[k]) for k in kept)
    asset = Asset(name=name, category=category, mesh=mesh, materials=materials, credit=credit)
    return replace(asset, digest=digest_of(asset))


def add_own(asset: Asset) -> AssetInfo:
    """Keep a loaded asset in the cache, from where the source ``own`` offers it; one of the same name is replaced."""
    if not asset.name.startswith("own/"):
        raise AssetError(f"an own asset's name must start with 'own/', got {asset.name!r}")
    folder = cache_dir() / "own"
    folder.mkdir(parents=True, exist_ok=True)
    write_asset(folder, asset)
    info = info_of(asset)
    write_index(folder, {**read_index(folder), asset.name: info}, pack="own")
    return info


@cache
def size_ranges_m() -> dict[str, tuple[float, float]]:
    """Return the least and greatest longest side by category, metres."""
    table = yaml.safe_load((shipped("assets") / "sizes.yaml").read_text())
    return {name: (float(low), float(high)) for name, (low, high) in table.items()}


def _turn(path: Path, front: str, up: str) -> np.ndarray:
    """Return the rotation from the file's axes to the asset's."""
    suffix = path.suffix.lower()
    if suffix not in EXTENSIONS:
        raise AssetError(f"{path}: cannot read {suffix or 'a file without extension'}; known: {', '.join(EXTENSIONS)}")
    up = f"+{EXTENSIONS[suffix]}" if up == "auto" else up
    for key, axis in (("front", front), ("up", up)):
        if axis not in _AXES:
            raise AssetError(f"{path}: {key} must be one of {', '.join(_AXES)}, got {axis!r}")
    x, z = _AXES[front], _AXES[up]
    if abs(float(x @ z)) > 0.5:
        raise AssetError(f"{path}: front {front} and up {up} lie along one axis; give --front or --up")
    return np.stack([x, np.cross(z, x), z])


def _checked(path: Path, raw: RawModel) -> RawModel:
    """Return the model without unused vertices, once it is known to be sound."""
    if not len(raw.faces):
        raise AssetError(f"{path}: no faces in it; a point cloud cannot be used as a model")
    if len(raw.faces) > MOST_FACES:
        raise _too_many(path, len(raw.faces))
    used, faces = np.unique(raw.faces, return_inverse=True)
    vertices = raw.vertices[used]
    if bad := int((~np.isfinite(vertices)).any(axis=1).sum()):
        raise AssetError(
            f"{path}: {bad} of {len(vertices)} vertices are not finite (NaN or infinite); export the model again"
        )
    if not float(np.ptp(vertices, axis=0).max()) > 0:
        raise AssetError(f"{path}: all {len(vertices)} vertices lie at one point")
    return replace(raw, vertices=vertices, faces=faces.reshape(-1, 3))


def _too_many(path: Path, count: int) -> AssetError:
    return AssetError(
        f"{path}: {count:,} faces, at most {MOST_FACES:,} can be taken; thin the model in a 3D program first"
    )


def _check_size(path: Path, category: str, extent: np.ndarray, factor: float, *, given: bool) -> None:
    """Refuse a size that nothing of the category has, and say which unit would fit."""
    least, most = size_ranges_m().get(category, (0.0, np.inf))
    longest = float(extent.max() * factor)
    if least <= longest <= most:
        return
    size = " x ".join(f"{v:.4g}" for v in extent * factor)
    fitting = [unit for unit, metres in UNITS_M.items() if least <= extent.max() * metres <= most]
    hint = (
        f"its numbers fit a {category} in {' or '.join(fitting)}: give --unit {fitting[0]}"
        if fitting
        else "no common unit fits"
    )
    raise AssetError(
        f"{path}: as a {category} it would be {size} m{'' if given else ' (taken as metres)'}; "
        f"a {category}'s longest side is {least:g} to {most:g} m; {hint}, or give its true length with --length-m"
    )


def _read(path: Path) -> RawModel:
    """Return the triangles of any known kind of file."""
    if not path.is_file():
        raise AssetError(f"{path}: no such file")
    suffix = path.suffix.lower()
    if (count := _announced_faces(path, suffix)) > MOST_FACES:
        raise _too_many(path, count)
    if suffix == ".obj":
        return read_obj(path.name, lambda name: _beside(path, name))
    if suffix == ".urdf":
        return _join([_read_visual(path, visual) for visual in read_visuals(path)])
    return _read_by_trimesh(path)


def _beside(path: Path, name: str) -> bytes | None:
    """Return the bytes of a file named relative to the model, or by an absolute path; None where there is none."""
    file = path.parent / name
    return file.read_bytes() if file.is_file() else None


def _announced_faces(path: Path, suffix: str) -> int:
    """Return how many faces a file says it has, before it is parsed; 0 where it does not say."""
    if suffix == ".obj":
        return path.read_bytes().count(b"\nf ")
    with path.open("rb") as file:
        head = file.read(4096)
    if suffix == ".stl" and not head.startswith(b"solid") and len(head) >= 84:
        return int.from_bytes(head[80:84], "little")
    if suffix == ".ply":
        words = head.partition(b"element face ")[2].split(maxsplit=1)
        return int(words[0]) if words and words[0].isdigit() else 0
    return 0


def _read_visual(path: Path, visual: Visual) -> RawModel:
    """Return one visual shape of a URDF in the robot's frame."""
    plain = RawMaterial(name="visual", color=visual.color or (0.8, 0.8, 0.8))
    if visual.file:
        file = path.parent / visual.file
        if file.suffix.lower() == ".urdf" or file.suffix.lower() not in EXTENSIONS:
            raise AssetError(
                f"{path}: its mesh {visual.file!r} is of a kind that cannot be read; known: {', '.join(EXTENSIONS)}"
            )
        raw = _read(file)
        if visual.color is not None:
            raw = replace(raw, materials=(plain,), face_material=np.zeros_like(raw.face_material))
        if np.prod(visual.scale) < 0:
            warnings.warn(
                f"{path}: {visual.file} has the negative scale {visual.scale}: mirrored", SimgenWarning, stacklevel=4
            )
        vertices = raw.vertices * visual.scale
    else:
        raw = _raw_of(_primitive(visual.primitive), plain)
        vertices = raw.vertices
    pose = visual.root_from_visual
    return replace(raw, vertices=vertices @ pose[:3, :3].T + pose[:3, 3])


def _primitive(shape: tuple[Any, ...]) -> trimesh.Trimesh:
    match shape:
        case ("box", x, y, z):
            return trimesh.creation.box(extents=(x, y, z))
        case ("cylinder", radius, length):
            return trimesh.creation.cylinder(radius=radius, height=length)
        case _:
            return trimesh.creation.icosphere(subdivisions=3, radius=shape[1])


def _read_by_trimesh(path: Path) -> RawModel:
    """Return the triangles of all meshes of a file, in the scene's frame."""
    logging.getLogger("trimesh").setLevel(logging.CRITICAL)
    try:
        scene = trimesh.load_scene(path, process=False)
    except Exception as error:  # trimesh lets the errors of many parsers through
        raise AssetError(f"{path}: not a readable {path.suffix.lower()} file: {error}") from error
    parts = []
    for node in sorted(scene.graph.nodes_geometry):
        matrix, geometry = scene.graph[node]
        mesh = scene.geometry[geometry]
        if not isinstance(mesh, trimesh.Trimesh) or not len(mesh.faces):
            continue
        if np.linalg.det(matrix[:3, :3]) < 0:
            warnings.warn(f"{path}: part {node!r} has a negative scale: mirrored", SimgenWarning, stacklevel=4)
        raw = _raw_of(mesh, _material_of(path, mesh))
        parts.append(replace(raw, vertices=raw.vertices @ matrix[:3, :3].T + matrix[:3, 3]))
    if not parts:
        raise AssetError(f"{path}: no faces in it; an empty file or a point cloud cannot be used as a model")
    return _join(parts)


def _raw_of(mesh: trimesh.Trimesh, material: RawMaterial) -> RawModel:
    faces = np.asarray(mesh.faces, dtype=np.int64)
    uv = getattr(mesh.visual, "uv", None)
    return RawModel(
        vertices=np.asarray(mesh.vertices, dtype=np.float64),
        faces=faces,
        uv=np.zeros((len(faces), 3, 2)) if uv is None else np.asarray(uv, dtype=np.float64)[faces],
        face_material=np.zeros(len(faces), dtype=np.int64),
        materials=(material,),
    )


def _material_of(path: Path, mesh: trimesh.Trimesh) -> RawMaterial:
    """Return the material that trimesh found on a mesh."""
    visual: Any = mesh.visual
    if visual.kind == "texture":
        found = visual.material
        if isinstance(found, PBRMaterial):
            return _material_of_gltf(path, found)
        picture = getattr(found, "image", None)
        rgba = np.asarray(found.main_color, dtype=np.float64) / 255
        return RawMaterial(
            name=str(getattr(found, "name", None) or "material"),
            color=(float(rgba[0]), float(rgba[1]), float(rgba[2])),
            opacity=float(rgba[3]) if len(rgba) > 3 else 1.0,
            pixels=None if picture is None else _pixels(picture),
        )
    if visual.kind in ("vertex", "face"):
        colors = np.asarray(visual.vertex_colors if visual.kind == "vertex" else visual.face_colors)
        warnings.warn(f"{path}: its {visual.kind} colours are averaged into one", SimgenWarning, stacklevel=5)
        r, g, b = (float(v) for v in colors[:, :3].mean(axis=0) / 255)
        return RawMaterial(name="plain", color=(r, g, b))
    return RawMaterial(name="plain")


def _material_of_gltf(path: Path, found: PBRMaterial) -> RawMaterial:
    """Return a material of glTF 2.0, section 3.9: factors are linear and multiply textures; what is not given is 1.

    Metal and roughness are means over their texture. Where a file names neither, its substance tells them.
    """
    name = str(found.name or "material")
    # trimesh gives bytes, still linear.
    rgba = np.ones(4) if found.baseColorFactor is None else np.asarray(found.baseColorFactor, np.float64) / 255
    r, g, b = (float(c) for c in srgb_from_linear(rgba[:3]))
    cut = found.alphaMode == "MASK"
    metallic, roughness = found.metallicFactor, found.roughnessFactor
    if found.metallicRoughnessTexture is not None:
        _, rough, metal = _pixels(found.metallicRoughnessTexture)[..., :3].reshape(-1, 3).mean(axis=0) / 255
        metallic = (1.0 if metallic is None else metallic) * metal
        roughness = (1.0 if roughness is None else roughness) * rough
    if found.emissiveTexture is not None:
        warnings.warn(
            f"{path}: the glow of material {name!r} follows a texture: not shown", SimgenWarning, stacklevel=6
        )
    glow = (0.0,) * 3 if found.emissiveFactor is None or found.emissiveTexture is not None else found.emissiveFactor
    return RawMaterial(
        name=name,
        color=(r, g, b),
        opacity=float(rgba[3]) if found.alphaMode == "BLEND" else 1.0,
        pixels=None if found.baseColorTexture is None else _pixels(found.baseColorTexture),
        tints=True,
        cutoff=(0.5 if found.alphaCutoff is None else float(found.alphaCutoff)) if cut else None,
        metallic=None if metallic is None else float(metallic),
        roughness=None if roughness is None else float(roughness),
        emission_nit=(GLOW_NIT * float(glow[0]), GLOW_NIT * float(glow[1]), GLOW_NIT * float(glow[2])),
        bumps=None if found.normalTexture is None else _pixels(found.normalTexture)[..., :3].copy(),
    )


def _pixels(picture: Any) -> np.ndarray:
    return np.asarray(picture.convert("RGBA" if "A" in picture.mode or "transparency" in picture.info else "RGB"))


def _join(parts: list[RawModel]) -> RawModel:
    """Return one model of several; materials stay apart."""
    starts = np.cumsum([0, *(len(p.vertices) for p in parts[:-1])])
    firsts = np.cumsum([0, *(len(p.materials) for p in parts[:-1])])
    return RawModel(
        vertices=np.concatenate([p.vertices for p in parts]),
        faces=np.concatenate([p.faces + s for p, s in zip(parts, starts, strict=True)]),
        uv=np.concatenate([p.uv for p in parts]),
        face_material=np.concatenate([p.face_material + f for p, f in zip(parts, firsts, strict=True)]),
        materials=tuple(m for p in parts for m in p.materials),
    )
