"""Wavefront OBJ and MTL files as bare arrays: polygons cut into triangles, materials and textures by name."""

from __future__ import annotations

import posixpath
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np

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
    """

    name: str
    color: tuple[float, float, float] = (0.8, 0.8, 0.8)
    specular: tuple[float, float, float] = (0.0, 0.0, 0.0)
    shininess: float = 10.0
    opacity: float = 1.0
    pixels: np.ndarray | None = None


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
    lines = _scan(data.decode("utf-8", errors="replace"))
    if not lines.polygons:
        raise AssetError(f"{path}: no faces in it")
    found: dict[str, RawMaterial] = {}
    for library in lines.libraries:
        found.update(_read_mtl(posixpath.join(posixpath.dirname(path), library), path, read))
    if missing := sorted(name for name in lines.materials if name and name not in found):
        warnings.warn(
            f"{path}: no material {', '.join(missing)} in its MTL files; grey is used", SimgenWarning, stacklevel=2
        )
    try:
        vertices, table = _numbers(lines.points, 3), _numbers(lines.texture_points, 2)
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


@dataclass(frozen=True, kw_only=True, eq=False)
class _Lines:
    """An OBJ file sorted by kind of line: the numbers still text.

    Attributes:
        points, texture_points: one string a line.
        polygons: by (slashes in a corner, corners): the corners' text, and per polygon its material and how many points
            and texture points came before it, which backward references count from.
        materials: names in order of use, to their index.
        libraries: paths of MTL files.
    """

    points: list[str]
    texture_points: list[str]
    polygons: dict[tuple[int, int], tuple[list[str], list[tuple[int, int, int]]]]
    materials: dict[str, int]
    libraries: list[str]


def _scan(text: str) -> _Lines:
    """Sort the lines of an OBJ file."""
    lines = _Lines(points=[], texture_points=[], polygons={}, materials={}, libraries=[])
    current = ""
    for line in text.replace("\\\r\n", " ").replace("\\\n", " ").splitlines():
        key, _, rest = line.strip().partition(" ")
        if key == "v":
            lines.points.append(rest)
        elif key == "vt":
            lines.texture_points.append(rest)
        elif key == "f":
            corners = rest.split()
            if len(corners) >= 3:
                kind = (corners[0].count("/"), len(corners))
                texts, about = lines.polygons.setdefault(kind, ([], []))
                texts.append(rest)
                which = lines.materials.setdefault(current, len(lines.materials))
                about.append((which, len(lines.points), len(lines.texture_points)))
        elif key == "usemtl":
            current = rest.strip()
        elif key == "mtllib":
            lines.libraries.append(rest.strip())
    return lines


def _numbers(lines: list[str], columns: int) -> np.ndarray:
    """Return (N, columns) float64 of the first numbers of each line; 0 where a line is short by one."""
    return np.array([[*line.split(), "0"][:columns] for line in lines], dtype=np.float64).reshape(-1, columns)


def _triangles(lines: _Lines, points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cut polygons; return (F, 3) point and (F, 3) texture indices (-1 for none), and (F,) materials."""
    faces: list[np.ndarray] = []
    texture: list[np.ndarray] = []
    material: list[np.ndarray] = []
    for (slashes, count), (texts, about) in sorted(lines.polygons.items()):
        text = " ".join(texts).replace("//", "/0/").replace("/", " ")
        table = np.array(text.split(), dtype=np.int64).reshape(len(texts), count, slashes + 1)
        which, points_before, texture_before = np.array(about).T
        v = _from_zero(table[..., 0], points_before)
        t = _from_zero(table[..., 1], texture_before) if slashes else np.full_like(v, -1)
        if v.min() < 0 or v.max() >= len(points):
            raise ValueError(f"a face asks for vertex {v.max() + 1}, there are {len(points)}")
        cuts = _cuts(points[v])
        rows = np.arange(len(v))[:, None, None]
        faces.append(v[rows, cuts].reshape(-1, 3))
        texture.append(t[rows, cuts].reshape(-1, 3))
        material.append(np.repeat(which, count - 2))
    return np.concatenate(faces), np.concatenate(texture), np.concatenate(material)


def _from_zero(index: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Return indices from 0 of OBJ references, which count from 1, or backwards from -1; 0 (none) becomes -1."""
    return np.where(index >= 0, index - 1, before[:, None] + index)


def _cuts(corners: np.ndarray) -> np.ndarray:
    """Return (K, N - 2, 3) corner numbers of the triangles that (K, N, 3) polygons are cut into."""
    count = corners.shape[1]
    fan = np.array([(0, k, k + 1) for k in range(1, count - 1)])
    cuts = np.repeat(fan[None], len(corners), axis=0)
    if count == 3:
        return cuts
    bends_in, flat = _flatten(corners)
    for k in np.flatnonzero(bends_in.any(axis=1)):
        # A quad is cut from the corner that bends in; other shapes need care.
        cuts[k] = (fan + int(bends_in[k].argmax())) % 4 if count == 4 else _clip_ears(flat[k])
    return cuts


def _flatten(corners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (K, N) which corners of (K, N, 3) polygons bend in, and the polygons, counter-clockwise, as (K, N, 2)."""
    normal = np.cross(corners, np.roll(corners, -1, axis=1)).sum(axis=1)  # Newell's normal
    drop = np.abs(normal).argmax(axis=1)
    rows = np.arange(len(corners))
    axes = np.stack([(drop + 1) % 3, (drop + 2) % 3], axis=1)
    axes = np.where((normal[rows, drop] < 0)[:, None], axes[:, ::-1], axes)
    flat = np.take_along_axis(corners, np.repeat(axes[:, None, :], corners.shape[1], axis=1), axis=2)
    before, after = flat - np.roll(flat, 1, axis=1), np.roll(flat, -1, axis=1) - flat
    turn = before[..., 0] * after[..., 1] - before[..., 1] * after[..., 0]
    return turn < -1e-9 * np.maximum(np.abs(turn).max(axis=1, keepdims=True), 1e-30), flat


def _clip_ears(flat: np.ndarray) -> np.ndarray:
    """Cut one counter-clockwise polygon of (N, 2) corners into (N - 2, 3) triangles, ear by ear."""
    left = list(range(len(flat)))
    cuts: list[tuple[int, int, int]] = []
    while len(left) > 3:
        ear = next((k for k in range(len(left)) if _is_ear(flat, left, k)), 0)
        cuts.append((left[ear - 1], left[ear], left[(ear + 1) % len(left)]))
        del left[ear]
    cuts.append((left[0], left[1], left[2]))
    return np.array(cuts)


def _is_ear(flat: np.ndarray, left: list[int], k: int) -> bool:
    """Tell whether the corner at place ``k`` of the remaining polygon can be cut off."""
    here = (left[k - 1], left[k], left[(k + 1) % len(left)])
    triangle = flat[list(here)]
    edges = np.roll(triangle, -1, axis=0) - triangle
    if edges[0, 0] * edges[1, 1] - edges[0, 1] * edges[1, 0] <= 0:
        return False
    others = flat[[i for i in left if i not in here]]
    offset = others[:, None, :] - triangle[None]
    side = edges[None, :, 0] * offset[..., 1] - edges[None, :, 1] * offset[..., 0]
    return not (side >= 0).all(axis=1).any()


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
    return material


def _read_texture(rest: str, material: str, model: str, folder: str, read: ReadBytes) -> np.ndarray | None:
    """Return the pixels of a ``map_Kd`` line, whose file name may hold spaces and follow options."""
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
