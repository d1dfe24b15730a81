"""Where the lamps of models are: the lenses found in their meshes, and the models with those lenses aglow."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from simgen.geometry.pose import Vector3
from simgen.scene.light import SpotLight
from simgen.scene.material import Rgb
from simgen.scene.mesh import face_crosses
from simgen.scene.scene import Instance

_LENS_REACH_M = 0.7


@dataclass(frozen=True, kw_only=True)
class Lens:
    """One lens of a lamp in the world.

    Attributes:
        center_m: middle of its face, by area.
        direction: unit, which way it faces.
        area_m2: of its face.
        radius_m: from its middle to the farthest corner of what glows with it, within 0.7 m.
    """

    center_m: Vector3
    direction: Vector3
    area_m2: float
    radius_m: float


def lenses_of(instance: Instance, material: str, facing: Vector3) -> tuple[Lens, ...]:
    """Return the lenses of ``material`` that face an axis of the model: a left and a right one, or one in the middle.

    Only the faces of the outermost 0.4 m count, so that lamps along a lorry's side are not among its tail lamps.

    Args:
        instance: whose lenses.
        material: name of the lenses' material.
        facing: unit axis in the model's frame, such as (1, 0, 0) for head lamps.
    """
    names = [m.name for m in instance.surface]
    if material not in names:
        return ()
    mesh, axis = instance.asset.mesh, np.array(facing)
    faces = mesh.faces[mesh.face_material == names.index(material)]
    corners = mesh.vertices[faces].astype(np.float64) * instance.scale
    cross = face_crosses(corners)
    area = np.sqrt((cross * cross).sum(axis=1)) / 2.0
    middles = corners.mean(axis=1)
    along = middles @ axis
    front = (cross @ axis > area) & (along > along.max(initial=-np.inf) - 0.4)
    offset = middles[:, 1] if abs(axis[1]) < 0.5 else middles[:, 0]
    apart = np.abs(offset[front]).max(initial=0.0) > 0.2
    sides = (front & (offset > 0.0), front & (offset <= 0.0)) if apart else (front,)
    return tuple(_lens(instance, corners, side, area, axis) for side in sides if side.any())


def _lens(instance: Instance, corners: np.ndarray, face: np.ndarray, area: np.ndarray, axis: np.ndarray) -> Lens:
    """Return the lens whose front faces are marked in ``face``; what wraps around the corner belongs to it, too."""
    area = area[face]
    center = (corners[face].mean(axis=1) * area[:, None]).sum(axis=0) / area.sum()
    away = np.linalg.norm(corners.reshape(-1, 3) - center, axis=1)
    radius = float(away[away < _LENS_REACH_M].max(initial=0.0))
    x, y, z = instance.world_from_object.apply(center)
    dx, dy, dz = instance.world_from_object.rotate(axis[None])[0]
    return Lens(
        center_m=(float(x), float(y), float(z)),
        direction=(float(dx), float(dy), float(dz)),
        area_m2=float(area.sum()),
        radius_m=radius,
    )


def aglow(instance: Instance, material: str, emission_nit: Rgb) -> Instance:
    """Return an instance whose materials of one name give off light."""
    surface = tuple(replace(m, emission_nit=emission_nit) if m.name == material else m for m in instance.surface)
    return replace(instance, materials=surface)


def lens_spot(lens: Lens, intensity_cd: Rgb, inner_deg: float, outer_deg: float, direction: Vector3) -> SpotLight:
    """Return the light of a lens, standing a little before it."""
    x, y, z = (c + 0.03 * d for c, d in zip(lens.center_m, direction, strict=True))
    return SpotLight(
        position_m=(x, y, z), direction=direction, intensity_cd=intensity_cd, inner_deg=inner_deg,
        outer_deg=outer_deg, lens_radius_m=lens.radius_m + 0.1,
    )  # fmt: skip


def scaled(color: Rgb, factor: float) -> Rgb:
    """Return a colour times a factor."""
    return color[0] * factor, color[1] * factor, color[2] * factor
