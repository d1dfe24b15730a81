"""Prepared assets on disk: one compact file a model, and an index that tells all about them but the shapes."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from simgen.errors import AssetError
from simgen.geometry.pose import Vector3
from simgen.scene.asset import Asset, Credit
from simgen.scene.material import Material, Texture
from simgen.scene.mesh import Mesh

INDEX = "index.json"
FORMAT = 1
_PACKING = 1
_PICTURES = ("texture", "normal_texture")
_LATER = {
    "normal_texture": None,
    "normal_texture_name": None,
    "normal_strength": 1.0,
    "normal_repeat": (1.0, 1.0),
    "retro_width_deg": 1.0,
    "soiling": None,
}
_MESH_ARRAYS = ("vertices", "faces", "normals", "uv", "face_material")


@dataclass(frozen=True, kw_only=True)
class AssetInfo:
    """What there is to know of an asset without its shape; every asset faces +x.

    Attributes:
        name, category, tags, credit, digest: as in `Asset`.
        title: what its maker calls it.
        size_m: length (x), width (y) and height (z).
        triangles: how many.
        materials: what it is made of, as ``name (substance)``.
    """

    name: str
    category: str
    title: str
    size_m: Vector3
    triangles: int
    materials: tuple[str, ...]
    credit: Credit
    tags: tuple[str, ...] = ()
    digest: str = ""


def info_of(asset: Asset, title: str = "") -> AssetInfo:
    """Return the record of a loaded asset."""
    return AssetInfo(
        name=asset.name,
        category=asset.category,
        title=title or asset.name.rpartition("/")[2],
        size_m=asset.size_m,
        triangles=len(asset.mesh.faces),
        materials=tuple(f"{m.name} ({m.substance})" for m in asset.materials),
        credit=asset.credit,
        tags=asset.tags,
        digest=asset.digest,
    )


def digest_of(asset: Asset) -> str:
    """Return the SHA-256 hex of all that an asset looks like: its arrays, its materials and their pixels."""
    digest = hashlib.sha256(f"{asset.category}\0{'/'.join(asset.tags)}".encode())
    for name in _MESH_ARRAYS:
        digest.update(getattr(asset.mesh, name).tobytes())
    for material in asset.materials:
        digest.update(repr(_material_row(material, {})).encode())
        for key in _PICTURES:
            texture = getattr(material, key)
            if texture is not None:
                digest.update(repr(texture.pixels.shape).encode() + texture.pixels.tobytes())
    return digest.hexdigest()


def file_name(name: str) -> str:
    """Return the file that the asset of that name is kept in."""
    return "".join(c if c.isalnum() or c in "-_." else "_" for c in name.partition("/")[2]) + ".npz"


def write_asset(folder: Path, asset: Asset) -> None:
    """Write one asset into ``folder``; the same asset always gives the same bytes."""
    textures: list[np.ndarray] = []
    rows = []
    for material in asset.materials:
        places = {}
        for key in _PICTURES:
            texture = getattr(material, key)
            if texture is not None:
                places[key] = len(textures)
                textures.append(_encode(texture))
        rows.append(_material_row(material, places))
    head = {"name": asset.name, "category": asset.category, "tags": asset.tags, "credit": asdict(asset.credit)}
    text = json.dumps({**head, "digest": asset.digest, "materials": rows})
    arrays = {name: getattr(asset.mesh, name) for name in _MESH_ARRAYS}
    arrays.update({f"texture_{k}": data for k, data in enumerate(textures)})
    write_arrays(folder / file_name(asset.name), {"head": np.frombuffer(text.encode(), dtype=np.uint8), **arrays})


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write an .npz file whole or not at all; the same arrays always give the same bytes.

    Arrays are packed lightly, which takes a quarter of the time that ``np.savez_compressed`` does; bytes (pictures
    that are packed already, text) as they are.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with zipfile.ZipFile(draft, "w") as archive:
            for name, array in arrays.items():
                member = zipfile.ZipInfo(f"{name}.npy")  # of 1980: no clock
                member.compress_type = zipfile.ZIP_STORED if array.dtype == np.uint8 else zipfile.ZIP_DEFLATED
                buffer = io.BytesIO()
                np.lib.format.write_array(buffer, np.asanyarray(array), allow_pickle=False)
                archive.writestr(member, buffer.getbuffer(), compresslevel=_PACKING)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def read_asset(path: Path) -> Asset:
    """Read an asset that `write_asset` wrote.

    Raises:
        AssetError: the file is missing or damaged.
    """
    try:
        with path.open("rb") as file, np.load(file) as stored:
            arrays = {name: stored[name] for name in stored.files}
        head = json.loads(arrays["head"].tobytes())
        materials = tuple(_material(row, arrays) for row in head.pop("materials"))
        mesh = Mesh(**{name: arrays[name] for name in _MESH_ARRAYS})
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise AssetError(f"{path}: not a readable prepared asset ({error}); install its pack again") from error
    return Asset(
        name=head["name"],
        category=head["category"],
        mesh=mesh,
        materials=materials,
        credit=Credit(**head["credit"]),
        tags=tuple(head["tags"]),
        digest=head["digest"],
    )


def write_index(folder: Path, infos: Mapping[str, AssetInfo], **about: Any) -> None:
    """Write the index of a folder of prepared assets, replacing the old one whole."""
    text = json.dumps({"format": FORMAT, **about, "assets": [asdict(infos[n]) for n in sorted(infos)]}, indent=1)
    draft = folder / f".{INDEX}.{os.getpid()}"
    draft.write_text(text + "\n")
    draft.replace(folder / INDEX)


def read_index(folder: Path) -> dict[str, AssetInfo]:
    """Return the records of a folder of prepared assets by name; empty where the folder has no index.

    Raises:
        AssetError: the index is damaged or of another format.
    """
    path = folder / INDEX
    if not path.is_file():
        return {}
    try:
        stored = json.loads(path.read_text())
        if stored["format"] != FORMAT:
            raise ValueError(f"format {stored['format']}, expected {FORMAT}")
        return {row["name"]: _info(row) for row in stored["assets"]}
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise AssetError(f"{path}: not a readable index ({error}); delete {folder} and install again") from error


@contextmanager
def built_whole(folder: Path) -> Iterator[Path]:
    """Give a draft folder beside ``folder``; it takes that one's place when the block ends well, else it goes."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        yield draft
        draft.chmod(0o755)
        if folder.exists():
            shutil.rmtree(folder)
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _info(row: dict[str, Any]) -> AssetInfo:
    length, width, height = row.pop("size_m")
    info = AssetInfo(
        **{**row, "credit": Credit(**row["credit"]), "tags": tuple(row["tags"]), "materials": tuple(row["materials"])},
        size_m=(length, width, height),
    )
    return info


def _material_row(material: Material, places: dict[str, int]) -> dict[str, Any]:
    """Return a material as plain values; ``places`` says which of the file's pictures are its own."""
    row = asdict(replace(material, **dict.fromkeys(_PICTURES)))
    for key in _PICTURES:
        picture = getattr(material, key)
        row.update({key: places.get(key), f"{key}_name": picture.name if picture else None})
    # What came later is left out where it is at rest, so that files and digests from before still hold.
    return {key: value for key, value in row.items() if key not in _LATER or value != _LATER[key]}


def _material(row: dict[str, Any], arrays: dict[str, np.ndarray]) -> Material:
    values = dict(row)
    for key in _PICTURES:
        index, name = values.pop(key, None), values.pop(f"{key}_name", "")
        if index is not None:
            values[key] = _decode(name, arrays[f"texture_{index}"])
    for key in ("base_color", "emission_nit", "normal_repeat"):
        if key in values:
            values[key] = tuple(values[key])
    return Material(**values)


def _decode(name: str, data: np.ndarray) -> Texture:
    image = cv2.imdecode(data, cv2.IMREAD_COLOR)
    if image is None:
        raise ValueError(f"texture {name!r} cannot be decoded")
    return Texture(name=name, pixels=cv2.cvtColor(image, cv2.COLOR_BGR2RGB))


def _encode(texture: Texture) -> np.ndarray:
    _, data = cv2.imencode(".png", cv2.cvtColor(texture.pixels, cv2.COLOR_RGB2BGR))
    return data.reshape(-1)
