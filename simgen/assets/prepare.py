"""Makes a fit asset of a raw model: turned, scaled, stood on its feet, faces facing out, thinned to a budget."""

from __future__ import annotations

import numpy as np
import open3d as o3d
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from simgen.assets.obj import RawModel
from simgen.scene.mesh import Mesh, mesh_from_faces

Y_UP_FRONT_Z = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
"""Turns a model with y up that faces +z (the usual OBJ and glTF axes) into z up, facing +x."""

_WOOD_SHARE = 0.4
_LEAF_FACES = 8
_MOST_GROWTH = 2.2
_VIEWS = 50
_VIEW_CELLS = 96


def pick_faces(model: RawModel, keep: np.ndarray) -> RawModel:
    """Return the model with only some of its faces: ``keep`` is a (F,) mask or a list of indices."""
    return RawModel(
        vertices=model.vertices,
        faces=model.faces[keep],
        uv=model.uv[keep],
        face_material=model.face_material[keep],
        materials=model.materials,
    )


def place(
    vertices: np.ndarray, asset_from_file: np.ndarray, size_m: tuple[float, float, float] | float | None
) -> np.ndarray:
    """Return (V, 3) vertices turned, scaled, centred over the origin, the lowest at z = 0.

    Args:
        vertices: (V, 3) in the file's axes and unit; every one must belong to a face.
        asset_from_file: (3, 3) rotation.
        size_m: length, width and height that the model is stretched to (an extent of 0 is left alone), one factor for
            all axes, or None for a factor of 1.
    """
    turned = vertices @ asset_from_file.T
    low, high = turned.min(axis=0), turned.max(axis=0)
    scale: np.ndarray | float = 1.0
    if isinstance(size_m, tuple):
        extent = high - low
        scale = np.where(extent > 1e-12, np.asarray(size_m) / np.maximum(extent, 1e-12), 1.0)
    elif size_m is not None:
        scale = size_m
    return (turned - [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2]]) * scale


def drop_doubles(model: RawModel) -> RawModel:
    """Return the model without faces that lie on another face, either side up; the first of them stays."""
    a, b, c = np.sort(_position(model.vertices)[model.faces], axis=1).T
    count = int(c.max()) + 1
    if count > 2_000_000:
        raise ValueError(f"{count} distinct points: more than can be told apart")
    _, first = np.unique((a * count + b) * count + c, return_index=True)
    return pick_faces(model, np.sort(first))


def _position(vertices: np.ndarray) -> np.ndarray:
    """Return (V,) numbers from 0 that are equal for vertices at one position, to a millionth of the model's extent."""
    extent = max(float(np.ptp(vertices, axis=0).max()), 1e-12)
    x, y, z = np.round((vertices - vertices.min(axis=0)) / (extent * 1e-6)).astype(np.int64).T
    return np.unique((x << 42) | (y << 21) | z, return_inverse=True)[1].reshape(-1)


def components(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Return (F,) labels of the pieces that hang together by corners at one position."""
    position = _position(vertices)
    welded = position[faces]
    rows, columns = np.concatenate([welded[:, 0], welded[:, 1]]), np.concatenate([welded[:, 1], welded[:, 2]])
    count = int(position.max()) + 1
    _, label = connected_components(
        coo_array((np.ones(len(rows), dtype=np.int8), (rows, columns)), shape=(count, count)), directed=False
    )
    return label[welded[:, 0]]


def votes(vertices: np.ndarray, faces: np.ndarray, see_through: np.ndarray) -> np.ndarray:
    """Return (F, 2) counts of rays from outside that meet each face's front and back.

    Parallel rays come from directions spread evenly over the sphere (Fibonacci lattice). Rays that meet a face where
    the (F,) mask ``see_through`` is true are counted there and go on to what lies behind.
    """
    rays = _rays_from_around(vertices.min(axis=0), vertices.max(axis=0), vertices)
    counts = np.zeros(2 * len(faces), dtype=np.int64)
    for mask in (~see_through, see_through):
        scene = _scene(vertices, faces[mask])
        if scene is None:
            continue
        hit = scene.cast_rays(o3d.core.Tensor.from_numpy(rays), nthreads=1)
        which = hit["primitive_ids"].numpy()
        met = np.flatnonzero(which != o3d.t.geometry.RaycastingScene.INVALID_ID)
        front = np.einsum("ij,ij->i", hit["primitive_normals"].numpy()[met], rays[met, 3:]) < 0
        counts += np.bincount(2 * np.flatnonzero(mask)[which[met]] + ~front, minlength=len(counts))
    return counts.reshape(-1, 2)


def _rays_from_around(low: np.ndarray, high: np.ndarray, vertices: np.ndarray) -> np.ndarray:
    """Return (N, 6) float32 rays of all views of `votes`, but for those that pass by the box ``low`` to ``high``."""
    centre, half = (low + high) / 2, (high - low) / 2
    radius = float(np.linalg.norm(vertices - centre, axis=1).max()) * 1.01
    k = np.arange(_VIEWS) + 0.5
    z, turn = 1 - 2 * k / _VIEWS, np.pi * (1 + 5**0.5) * k
    towards = np.stack([np.sqrt(1 - z * z) * np.cos(turn), np.sqrt(1 - z * z) * np.sin(turn), z], axis=1)
    side = np.cross(towards, np.where(np.abs(z)[:, None] < 0.9, [[0.0, 0.0, 1.0]], [[1.0, 0.0, 0.0]]))
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    up = np.cross(towards, side)
    step = ((np.arange(_VIEW_CELLS) + 0.5) / _VIEW_CELLS * 2 - 1) * radius
    parts = []
    for view in range(_VIEWS):
        u, v = (step[np.abs(step) <= np.abs(axis[view]) @ half * 1.001] for axis in (side, up))
        rays = np.empty((len(v), len(u), 6), dtype=np.float32)
        rays[..., :3] = (centre + towards[view] * radius + u[:, None] * side[view]) + (v[:, None] * up[view])[:, None]
        rays[..., 3:] = -towards[view]
        parts.append(rays.reshape(-1, 6))
    return np.concatenate(parts)


def _scene(vertices: np.ndarray, faces: np.ndarray) -> o3d.t.geometry.RaycastingScene | None:
    if not len(faces):
        return None
    scene = o3d.t.geometry.RaycastingScene(nthreads=1)
    scene.add_triangles(
        o3d.core.Tensor.from_numpy(vertices.astype(np.float32)), o3d.core.Tensor.from_numpy(faces.astype(np.uint32))
    )
    return scene


def face_outwards(model: RawModel, seen: np.ndarray) -> RawModel:
    """Return the model with faces turned so that what is seen of them is their front.

    Args:
        model: in asset axes.
        seen: (F, 2) from `votes`. A face that no ray met goes with the majority of its piece.
    """
    label = components(model.vertices, model.faces)
    balance = (seen[:, 1] - seen[:, 0]).astype(np.float64)
    piece = np.bincount(label, weights=balance)
    flip = np.where(seen.sum(axis=1) > 0, balance > 0, piece[label] > 0)
    faces, uv = model.faces.copy(), model.uv.copy()
    faces[flip], uv[flip] = faces[flip][:, ::-1], uv[flip][:, ::-1]
    return RawModel(
        vertices=model.vertices, faces=faces, uv=uv, face_material=model.face_material, materials=model.materials
    )


def drop_hidden(model: RawModel, seen: np.ndarray) -> np.ndarray:
    """Return (F,) booleans: false for faces of pieces that no ray from outside meets (an engine, a lining)."""
    label = components(model.vertices, model.faces)
    return np.bincount(label, weights=seen.sum(axis=1))[label] > 0


def thin(model: RawModel, budget: int, border_weight: float = 20.0) -> RawModel:
    """Return the model with at most about ``budget`` faces, by quadric error (Garland and Heckbert 1997).

    Each material's surface is thinned as an open sheet with its border held in place, so borders between materials stay
    where they are. Texture coordinates are read back from the nearest point of the surface as it was.
    """
    if len(model.faces) <= budget:
        return model
    sheets = _position(model.vertices)[model.faces] * len(model.materials) + model.face_material[:, None]
    _, first, corner = np.unique(sheets, return_index=True, return_inverse=True)
    points = model.vertices[model.faces.reshape(-1)[first]]
    sheet = o3d.geometry.TriangleMesh(
        o3d.utility.Vector3dVector(points), o3d.utility.Vector3iVector(corner.reshape(-1, 3).astype(np.int32))
    )
    # Collapsing averages vertex colours; within one material they are all the same, so they tell the material after.
    scale = max(len(model.materials), 1)
    sheet.vertex_colors = o3d.utility.Vector3dVector(
        np.repeat(model.face_material[first // 3, None] / scale, 3, axis=1)
    )
    sheet = sheet.simplify_quadric_decimation(budget, boundary_weight=border_weight)
    vertices, faces = np.asarray(sheet.vertices), np.asarray(sheet.triangles).astype(np.int64)
    material = np.round(np.asarray(sheet.vertex_colors)[faces[:, 0], 0] * scale).astype(np.int64)
    return RawModel(
        vertices=vertices,
        faces=faces,
        uv=_read_back_uv(model, vertices, faces, material),
        face_material=material,
        materials=model.materials,
    )


def _read_back_uv(old: RawModel, vertices: np.ndarray, faces: np.ndarray, material: np.ndarray) -> np.ndarray:
    """Return (F, 3, 2) texture coordinates of new faces from the nearest old face of the same material.

    Corners are looked up a little inside their face, so that those on a seam find the right side of it.
    """
    uv = np.zeros((len(faces), 3, 2))
    for index, raw in enumerate(old.materials):
        was, now = old.face_material == index, material == index
        if raw.pixels is None or not was.any() or not now.any():
            continue
        scene = _scene(old.vertices, old.faces[was])
        assert scene is not None
        corners = vertices[faces[now]]
        inside = corners * 0.9 + corners.mean(axis=1, keepdims=True) * 0.1
        found = scene.compute_closest_points(
            o3d.core.Tensor.from_numpy(np.ascontiguousarray(inside.reshape(-1, 3), dtype=np.float32)),
            nthreads=1,
        )
        old_uv = old.uv[was][found["primitive_ids"].numpy()]
        weight = found["primitive_uvs"].numpy().astype(np.float64)
        weight = np.column_stack([1 - weight.sum(axis=1), weight])
        uv[now] = (old_uv * weight[..., None]).sum(axis=1).reshape(-1, 3, 2)
    return uv


def thin_clumps(model: RawModel, clumps: np.ndarray, budget: int, rng: np.random.Generator) -> RawModel:
    """Return the model with fewer, plainer, larger leaves and thinned wood, with at most about ``budget`` faces.

    Quadric error alone would fold leaves away; dropping whole leaves at random and growing the others to the area that
    was there keeps the crown's fill (Cook, Halstead, Planck and Ryu 2007, Stochastic simplification).

    Args:
        model: as from `place`; returned as it is when it fits the budget or has no more than a few leaves.
        clumps: one boolean per material: whether it is made of many small pieces.
        budget: most faces wanted; the wood gets what share of it `_WOOD_SHARE` allows.
        rng: which leaves go.
    """
    small = clumps[model.face_material]
    if len(model.faces) <= budget or not small.any():
        return model
    leaves = pick_faces(model, small)
    _, label = np.unique(components(leaves.vertices, leaves.faces), return_inverse=True)
    pieces = int(label.max()) + 1
    if pieces < 50:
        return model
    wood = model if small.all() else thin(pick_faces(model, ~small), int(budget * _WOOD_SHARE))
    left = budget if small.all() else budget - len(wood.faces)
    share = min(left / min(len(leaves.faces), pieces * _LEAF_FACES), 1.0)
    kept = np.zeros(pieces, dtype=bool)
    kept[rng.permutation(pieces)[: max(int(pieces * share), 1)]] = True
    leaves = thin(pick_faces(leaves, kept[label]), int(kept.sum()) * _LEAF_FACES, border_weight=1.0)
    _, label = np.unique(components(leaves.vertices, leaves.faces), return_inverse=True)
    grown, faces = _grow(leaves, label, min(share**-0.5, _MOST_GROWTH))
    uv, face_material = leaves.uv, leaves.face_material
    if not small.all():
        grown, faces = np.concatenate([grown, wood.vertices]), np.concatenate([faces, len(grown) + wood.faces])
        uv, face_material = np.concatenate([uv, wood.uv]), np.concatenate([face_material, wood.face_material])
    vertices = _fit(grown, faces, model.vertices)
    return RawModel(vertices=vertices, faces=faces, uv=uv, face_material=face_material, materials=model.materials)


def _fit(vertices: np.ndarray, faces: np.ndarray, like: np.ndarray) -> np.ndarray:
    """Return the vertices stretched so that those in use fill the bounding box of the points ``like``."""
    used = vertices[np.unique(faces)]
    low, high = used.min(axis=0), used.max(axis=0)
    scale = np.ptp(like, axis=0) / np.maximum(high - low, 1e-12)
    return (vertices - low) * scale + like.min(axis=0)


def _grow(model: RawModel, label: np.ndarray, factor: float) -> tuple[np.ndarray, np.ndarray]:
    """Return (3F, 3) corners and (F, 3) faces of the model with every labelled piece scaled about its middle."""
    corners = model.vertices[model.faces]
    count = np.maximum(np.bincount(label), 1)
    middle = np.stack([np.bincount(label, weights=c) for c in corners.mean(axis=1).T], axis=1) / count[:, None]
    centre = middle[label][:, None]
    return (centre + (corners - centre) * factor).reshape(-1, 3), np.arange(3 * len(corners)).reshape(-1, 3)


def finish(
    model: RawModel,
    budget: int,
    see_through: np.ndarray,
    clumps: np.ndarray,
    rng: np.random.Generator,
    crease_deg: float = 40.0,
) -> tuple[Mesh, tuple[int, ...]]:
    """Return the mesh of a model already in asset axes and metres, and which of its materials are left, in their order.

    Args:
        model: as from `place`.
        budget: most triangles wanted; a model with more loses what cannot be seen, then is thinned.
        see_through: one boolean per material: glass and the like.
        clumps: one boolean per material: leaves, as for `thin_clumps`.
        rng: which leaves go, should there be too many.
        crease_deg: as in `mesh_from_faces`.
    """
    model = thin_clumps(drop_doubles(model), clumps, budget, rng)
    seen = votes(model.vertices, model.faces, see_through[model.face_material])
    if len(model.faces) > budget:
        keep = drop_hidden(model, seen)
        model, seen = pick_faces(model, keep), seen[keep]
    model = thin(face_outwards(model, seen), budget)
    kept, face_material = np.unique(model.face_material, return_inverse=True)
    mesh = mesh_from_faces(
        model.vertices, model.faces, uv=model.uv, face_material=face_material.reshape(-1), crease_deg=crease_deg
    )
    return _reseat(mesh), tuple(int(k) for k in kept)


def _reseat(mesh: Mesh) -> Mesh:
    """Centre the mesh and stand it on z = 0 again: thinning may move its outermost points a little."""
    low, high = mesh.bounds
    shift = np.array([(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2]])
    return Mesh(
        vertices=mesh.vertices - shift,
        faces=mesh.faces,
        normals=mesh.normals,
        uv=mesh.uv,
        face_material=mesh.face_material,
    )
