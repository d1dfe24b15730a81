"""A `Scene` as Mitsuba's: meshes and camera."""

# Mitsuba and Dr.Jit know their types only after a variant is set; there is nothing for a type checker to hold on to.
# pyright: basic

from __future__ import annotations

import math
from typing import Any

import numpy as np

from simgen.geometry.pose import Pose
from simgen.render.atlas import GLASS, pack_materials
from simgen.render.environment import make_environment
from simgen.render.lights import lamps_of
from simgen.render.mitsuba_lights import FAR_CLIP_M, lamp_parts, sky_parts
from simgen.render.mitsuba_surface import Tables, make_surface, tables_of
from simgen.scene.camera import Camera
from simgen.scene.lens import Pinhole
from simgen.scene.optics import Shutter
from simgen.scene.scene import Scene
from simgen.trace.geometry import Geometry, flatten

_PANEL_REACH_M = 0.05


def mitsuba_scene(mi: Any, dr: Any, scene: Scene) -> tuple[Any, list[tuple[Any, np.ndarray]]]:
    """Return ``scene`` for Mitsuba, and its meshes, each with the (F,) instance ids of its faces.

    Raises:
        ValueError: there is weather, which this renderer does not show, or a light or sky that no renderer can show.
    """
    if not scene.weather.is_dry:
        raise ValueError(f"photoreal shows dry ground in clear air only; render without weather, got {scene.weather}")
    geometry = flatten(scene.objects)
    meshes, glowing = _meshes(mi, dr, geometry, scene)
    parts: dict[str, Any] = {"type": "scene"}
    parts |= {f"mesh_{k}": mesh for k, (mesh, _) in enumerate(meshes)}
    parts |= sky_parts(mi, scene, make_environment(scene.sky, scene.sun, scene.moon))
    parts |= lamp_parts(mi, scene, glowing)
    return mi.load_dict(parts, parallel=False), meshes


def labels_scene(mi: Any, meshes: list[tuple[Any, np.ndarray]]) -> Any:
    """Return a scene of the meshes alone: no lamp or sun stands in the way."""
    return mi.load_dict({"type": "scene", **{f"mesh_{k}": m for k, (m, _) in enumerate(meshes)}}, parallel=False)


def mitsuba_camera(mi: Any, camera: Camera, world_from_camera: Pose) -> Any:
    """Return a sensor of the same pose and intrinsics.

    Raises:
        ValueError: the lens is no pinhole, or dirty, its pixels are not square, its shutter takes time, or it is open
            with an autofocus or its axis off the image's middle.
    """
    if camera.shutter != Shutter():
        raise ValueError(
            f"photoreal shows one instant; {camera.name!r} has exposure_s {camera.shutter.exposure_s} and readout_s "
            f"{camera.shutter.readout_s:g}. Leave its shutter out"
        )
    if not isinstance(camera.lens, Pinhole):
        raise ValueError(f"photoreal shows pinhole cameras only; {camera.name!r} has a {camera.lens.kind} lens")
    if not camera.lens_dirt.is_clean:
        raise ValueError(f"photoreal shows clean lenses only; {camera.name!r} has {camera.lens_dirt}")
    if not math.isclose(camera.fx_px, camera.fy_px, rel_tol=1e-6):
        raise ValueError(
            f"photoreal needs square pixels; {camera.name!r} has fx {camera.fx_px} and fy {camera.fy_px} px"
        )
    # Mitsuba's cameras have x to the left and y upwards.
    matrix = world_from_camera.matrix @ np.diag([-1.0, -1.0, 1.0, 1.0])
    off_u, off_v = 0.5 - camera.cx_px / camera.width_px, 0.5 - camera.cy_px / camera.height_px
    if camera.aperture is None:
        optics = {"type": "perspective", "principal_point_offset_x": off_u, "principal_point_offset_y": off_v}
    else:
        if camera.aperture.focus_m is None:
            raise ValueError(f"photoreal has no autofocus; set focus_m of {camera.name!r}'s aperture")
        if max(abs(off_u), abs(off_v)) > 1e-9:
            raise ValueError(
                f"photoreal's open lens needs its axis in the image's middle; {camera.name!r} has it at "
                f"({camera.cx_px:g}, {camera.cy_px:g}) of {camera.width_px} x {camera.height_px} px"
            )
        optics = {
            "type": "thinlens",
            "aperture_radius": camera.aperture.diameter_m / 2.0,
            "focus_distance": camera.aperture.focus_m,
        }
    return mi.load_dict(
        {
            **optics,
            "to_world": mi.ScalarTransform4f(matrix),
            "fov": 2.0 * math.degrees(math.atan(camera.width_px / 2.0 / camera.fx_px)),
            "fov_axis": "x",
            "near_clip": 1e-3,
            "far_clip": FAR_CLIP_M,
            "sampler": {"type": "independent"},
            "film": {
                "type": "hdrfilm",
                "width": camera.width_px,
                "height": camera.height_px,
                "pixel_format": "rgb",
                "component_format": "float32",
                "rfilter": {"type": "box"},
            },
        }
    )


def _meshes(mi: Any, dr: Any, geometry: Geometry, scene: Scene) -> tuple[list[tuple[Any, np.ndarray]], np.ndarray]:
    """Return meshes with their faces' instance ids, and the (N, 3) middles of faces that glow."""
    if not len(geometry.faces):
        return [], np.zeros((0, 3))
    materials = pack_materials(geometry.materials)
    tables = tables_of(mi, materials)
    emission = materials.emission_nit[geometry.face_material]
    middles = geometry.vertices[geometry.faces].mean(axis=1, dtype=np.float64)
    emission[_on_lamp(middles, scene)] = 0.0
    glass = materials.kind[geometry.face_material] == GLASS
    masks = [None if m.texture is None else m.texture.mask for m in geometry.materials]
    holed = np.array([mask is not None for mask in masks])[geometry.face_material]
    _, group = np.unique(
        np.column_stack([np.where(glass | holed, geometry.face_material, -1), emission]), axis=0, return_inverse=True
    )
    group = group.ravel()
    meshes = []
    for k in range(int(group.max()) + 1):
        faces = np.flatnonzero(group == k)
        props = mi.Properties()
        if glass[faces[0]]:
            tint = [float(c) for c in materials.mean_color[geometry.face_material[faces[0]]]]
            props["mesh_bsdf"] = mi.load_dict(
                {"type": "thindielectric", "specular_transmittance": {"type": "rgb", "value": tint}}
            )
        else:
            surface = _surface(mi, dr, tables, geometry, faces)
            mask = masks[geometry.face_material[faces[0]]]
            props["mesh_bsdf"] = surface if mask is None else _with_holes(mi, surface, mask)
        if emission[faces[0]].any():
            nit = [float(c) for c in emission[faces[0]]]
            light = {"type": "area", "radiance": {"type": "rgb", "value": nit}}
            props["mesh_emitter"] = mi.load_dict(light)
        meshes.append((_mesh(mi, f"mesh_{k}", props, geometry, faces), geometry.face_instance[faces]))
    return meshes, middles[emission.any(axis=1)]


def _with_holes(mi: Any, surface: Any, mask: np.ndarray) -> Any:
    """Return a BSDF with holes where (H, W) ``mask``, row 0 at v = 1, is False; Mitsuba's images start at v = 0."""
    image = mi.Bitmap(np.ascontiguousarray(mask[::-1, :, None]).astype(np.float32))
    opacity = {"type": "bitmap", "bitmap": image, "raw": True, "filter_type": "nearest", "wrap_mode": "repeat"}
    return mi.load_dict({"type": "mask", "opacity": opacity, "nested": surface})


def _surface(mi: Any, dr: Any, tables: Tables, geometry: Geometry, faces: np.ndarray) -> Any:
    return make_surface(mi, dr, tables, geometry.face_material[faces])


def _mesh(mi: Any, name: str, props: Any, geometry: Geometry, faces: np.ndarray) -> Any:
    """Return a mesh that stores every corner by itself, normals on the side of the flat triangle's."""
    corner = geometry.faces[faces]
    points, normals = geometry.vertices[corner], geometry.normals[corner].copy()
    edges = (points[:, 1:] - points[:, :1]).astype(np.float64)
    facet = np.cross(edges[:, 0], edges[:, 1])
    normals[np.einsum("fcx,fx->fc", normals, facet) < 0] *= -1.0
    mesh = mi.Mesh(name, 3 * len(faces), len(faces), props, has_vertex_normals=True, has_vertex_texcoords=True)
    values = mi.traverse(mesh)
    values["vertex_positions"] = mi.Float(points.ravel())
    values["vertex_normals"] = mi.Float(normals.ravel())
    values["vertex_texcoords"] = mi.Float(geometry.uv[corner].ravel())
    values["faces"] = mi.UInt32(np.arange(3 * len(faces), dtype=np.uint32))
    values.update()
    return mesh


def _on_lamp(points: np.ndarray, scene: Scene) -> np.ndarray:
    """Return (N,) booleans: which points lie on a panel, a globe or a lamp's lens, which give their light already."""
    lamps = lamps_of(scene.lights)
    on = np.zeros(len(points), dtype=bool)
    for k in range(lamps.panels):
        offset = points - lamps.center[k]
        near = np.abs(offset @ lamps.normal[k]) < _PANEL_REACH_M
        for edge in (lamps.edge_u[k], lamps.edge_v[k]):
            near &= np.abs(offset @ edge) < 0.55 * float(edge @ edge)
        on |= near
    for k in np.flatnonzero(lamps.lens_m):
        on |= np.linalg.norm(points - lamps.center[k], axis=1) < lamps.lens_m[k]
    return on
