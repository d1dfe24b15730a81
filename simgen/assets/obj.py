"""Wavefront OBJ and MTL files as bare arrays: polygons cut into triangles, materials and textures by name."""

from __future__ import annotations

import posixpath
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np

from simgen.assets.obj_lines import ObjLines, read_table, read_words, scan_lines
from simgen.assets.polygons import cut_polygons
from simgen.errors import AssetError, SimgenWarning

ReadBytes = Callable[[str], bytes | None]
"""Gives the bytes of a file beside the model, by its path as written there, or None where there is none."""


@dataclass(frozen=True, kw_only=True, eq=False)
class RawMaterial:
    """A material as a model file states it.

    Attributes:
        name: as in the file.
        color: diffuse colour, 0..1 as written (sRGB-coded in practice).
        specular: mirror colour, 0..1.
        shininess: Phong exponent (``Ns``), 0 or more.
        opacity: 1 is opaque.
        pixels: None, or (H, W, 3) or (H, W, 4) uint8 sRGB colour image with alpha, row 0 at the top.
        tints: whether ``color`` multiplies the image, as in glTF; else it is left out beside one, as MTL files state
            grey there.
        cutoff: alpha below which the image is a hole; None where alpha is transparency.
        metallic: 0 to 1; None where the file does not say.
        roughness: 0 to 1, glTF's; None where the file does not say.
        emission_nit: luminance given off, cd/m2.
        bumps: None, or (H, W, 3) uint8 tangent-space normal map.
    """

    name: str
    color: tuple[float, float, float] = (0.8, 0.8, 0.8)
    specular: tuple[float, float, float] = (0.0, 0.0, 0.0)
    shininess: float = 10.0
    opacity: float = 1.0
    pixels: np.ndarray | None = None
    tints: bool = False
    cutoff: float | None = None
    metallic: float | None = None
    roughness: float | None = None
    emission_nit: tuple[float, float, float] = (0.0, 0.0, 0.0)
    bumps: np.ndarray | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class RawModel:
    """Triangles as a model file states them, in the file's own axes and unit.

    Attributes:
        vertices: (V, 3) float64.
        faces: (F, 3) int64.
        uv: (F, 3, 2) float64 texture coordinates per corner; 0 where the file has none.
        face_material: (F,) int64 index into ``materials``.
        materials: at least one.
    """

    vertices: np.ndarray
    faces: np.ndarray
    uv: np.ndarray
    face_material: np.ndarray
    materials: tuple[RawMaterial, ...]


def read_obj(path: str, read: ReadBytes) -> RawModel:
    """Read an OBJ file with its MTL files and textures, all by way of ``read``.

    Groups and smoothing are ignored. Polygons that are not convex are cut by ear clipping.

    Raises:
        AssetError: the file is not there, has no faces, or does not parse.

    Warns:
        SimgenWarning: an MTL file, a material or a texture is missing; plain grey, or the plain colour, is used.
    """
    data = read(path)
    if data is None:
        raise AssetError(f"{path}: no such file")
    lines = scan_lines(data)
    if not lines.materials:
        raise AssetError(f"{path}: no faces in it")
    found: dict[str, RawMaterial] = {}
    for library in lines.libraries:
        found.update(_read_mtl(posixpath.join(posixpath.dirname(path), library), path, read))
    if missing := sorted(name for name in lines.materials if name and name not in found):
        warnings.warn(
            f"{path}: no material {', '.join(missing)} in its MTL files; grey is used", SimgenWarning, stacklevel=2
        )
    try:
        vertices, table = read_table(lines.points, 3), read_table(lines.texture_points, 2)
        faces, corners_uv, material = _triangles(lines, vertices)
    except ValueError as error:
        raise AssetError(f"{path}: not a readable OBJ file: {error}") from error
    if corners_uv.max() >= len(table):
        raise AssetError(f"{path}: a face asks for texture point {corners_uv.max() + 1}, there are {len(table)}")
    return RawModel(
        vertices=vertices,
        faces=faces,
        uv=np.concatenate([table, [[0.0, 0.0]]])[corners_uv],
        face_material=material,
        materials=tuple(found.get(name, RawMaterial(name=name or "plain")) for name in lines.materials),
    )


def _triangles(lines: ObjLines, points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cut polygons; return (F, 3) point and (F, 3) texture indices (-1 for none), and (F,) materials."""
    read = read_words(lines.polygons.replace(b"//", b"/0/").translate(None, b"f"))
    values = read.values.astype(np.int64)
    if (values != read.values).any():
        raise ValueError("a face whose corners are no whole numbers")
    corners = read.counts - read.slashes
    slashes = read.slashes // np.maximum(corners, 1)
    if (corners * slashes != read.slashes).any():
        raise ValueError("a face whose corners are not all of one form")
    if not (corners >= 3).any():
        raise ValueError("no face has three corners")
    begins = np.cumsum(read.counts) - read.counts
    faces: list[np.ndarray] = []
    texture: list[np.ndarray] = []
    material: list[np.ndarray] = []
    form = slashes << 32 | corners
    for one in np.unique(form[corners >= 3]):
        rows = np.flatnonzero(form == one)
        slash, count = int(one) >> 32, int(one) & 0xFFFFFFFF
        table = values[begins[rows, None] + np.arange(count * (slash + 1))].reshape(len(rows), count, slash + 1)
        v = _from_zero(table[..., 0], lines.points_before[rows])
        t = _from_zero(table[..., 1], lines.texture_points_before[rows]) if slash else np.full_like(v, -1)
        if v.min() < 0 or v.max() >= len(points):
            raise ValueError(f"a face asks for vertex {v.max() + 1}, there are {len(points)}")
        cuts = cut_polygons(points[v])
        every = np.arange(len(v))[:, None, None]
        faces.append(v[every, cuts].reshape(-1, 3))
        texture.append(t[every, cuts].reshape(-1, 3))
        material.append(np.repeat(lines.polygon_material[rows], count - 2))
    return np.concatenate(faces), np.concatenate(texture), np.concatenate(material)


def _from_zero(index: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Return indices from 0 of OBJ references, which count from 1, or backwards from -1; 0 (none) becomes -1."""
    return np.where(index >= 0, index - 1, before[:, None] + index)


def _read_mtl(path: str, model: str, read: ReadBytes) -> dict[str, RawMaterial]:
    """Return the materials of one MTL file by name."""
    data = read(path)
    if data is None:
        warnings.warn(f"{model}: its material file {path} is missing; grey is used", SimgenWarning, stacklevel=3)
        return {}
    materials: dict[str, RawMaterial] = {}
    name = ""
    for line in data.decode("utf-8", errors="replace").splitlines():
        key, _, rest = line.strip().partition(" ")
        rest = rest.strip()
        if key == "newmtl":
            name = rest
            materials[name] = RawMaterial(name=name)
        elif name and rest:
            materials[name] = _with(materials[name], key.lower(), rest, model, posixpath.dirname(path), read)
    return materials


def _with(material: RawMaterial, key: str, rest: str, model: str, folder: str, read: ReadBytes) -> RawMaterial:
    """Return the material with one line of the MTL file taken into account."""
    try:
        if key in ("kd", "ks") and len(rest.split()) >= 3:
            r, g, b = (min(max(float(c), 0.0), 1.0) for c in rest.split()[:3])
            return replace(material, color=(r, g, b)) if key == "kd" else replace(material, specular=(r, g, b))
        if key == "ns":
            return replace(material, shininess=max(float(rest), 0.0))
        if key in ("d", "tr"):
            value = float(rest.split()[-1])
            return replace(material, opacity=value if key == "d" else 1.0 - value)
    except ValueError as error:
        raise AssetError(f"{model}: material {material.name!r}: cannot read '{key} {rest}': {error}") from error
    if key == "map_kd":
        return replace(material, pixels=_read_texture(rest, material.name, model, folder, read))
    if key == "norm":
        bumps = _read_texture(rest, material.name, model, folder, read)
        return replace(material, bumps=None if bumps is None else np.ascontiguousarray(bumps[..., :3]))
    return material


def _read_texture(rest: str, material: str, model: str, folder: str, read: ReadBytes) -> np.ndarray | None:
    """Return the pixels of a ``map_Kd`` or ``norm`` line, whose file name may hold spaces and follow options."""
    name = rest.replace("\\", "/")
    data = read(posixpath.join(folder, name))
    if data is None and name.startswith("-"):
        name = name.split()[-1]
        data = read(posixpath.join(folder, name))
    if data is None:
        warnings.warn(
            f"{model}: texture {name!r} of material {material!r} is missing; its plain colour is used",
            SimgenWarning,
            stacklevel=2,
        )
        return None
    pixels = decode_image(data)
    if pixels is None:
        warnings.warn(
            f"{model}: texture {name!r} of material {material!r} is no readable image; its plain colour is used",
            SimgenWarning,
            stacklevel=2,
        )
    return pixels


def decode_image(data: bytes) -> np.ndarray | None:
    """Return (H, W, 3) or, with alpha, (H, W, 4) uint8 pixels of a PNG, JPEG or the like; None if unreadable."""
    image = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), cv2.IMREAD_UNCHANGED)
    if image is None:
        return None
    if image.dtype == np.uint16:
        image = (image // 256).astype(np.uint8)
    if image.ndim == 2:
        return cv2.cvtColor(image, cv2.COLOR_GRAY2RGB)
    return cv2.cvtColor(image, cv2.COLOR_BGRA2RGBA if image.shape[2] == 4 else cv2.COLOR_BGR2RGB)
