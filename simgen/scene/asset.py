"""Models as they come from a family, a pack or a user's file, each with its credit."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from simgen.geometry.pose import Pose, Vector3, about
from simgen.scene.material import Material
from simgen.scene.mesh import Mesh


@dataclass(frozen=True, kw_only=True)
class Credit:
    """Who made a model and on what terms it may be used.

    Attributes:
        author: the maker's name.
        licence: SPDX identifier, or the licence's own name where SPDX has none.
        source: where it came from: a package, a file, or ``simgen`` for its own families.
    """

    author: str
    licence: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Symmetry:
    """Turns about an axis under which a model looks the same, as BOP declares them for pose estimation.

    Attributes:
        axis: unit vector in the model's frame.
        offset_m: a point that the axis passes.
        folds: number of places in a full turn that look the same, 2 or more; 0 for any angle.
    """

    axis: Vector3 = (0.0, 0.0, 1.0)
    offset_m: Vector3 = (0.0, 0.0, 0.0)
    folds: int = 0

    def __post_init__(self) -> None:
        if self.folds == 1 or self.folds < 0 or abs(math.hypot(*self.axis) - 1.0) > 1e-6:
            raise ValueError(
                f"a symmetry needs a unit axis and folds 0 or 2 and more, got {self.axis} and {self.folds}"
            )


@dataclass(frozen=True, kw_only=True, eq=False)
class Asset:
    """One model, in its own frame: x forward, y left, z up, metres.

    The origin is below the middle of its bounding box, on the plane it stands on.

    Attributes:
        name: unique, such as ``families/sedan/3`` or ``sweethome3d/fordFocus``.
        category: name in ``assets/categories.yaml``.
        mesh: its triangles.
        materials: what ``mesh.face_material`` points into.
        credit: maker and licence.
        tags: free words, such as ``child``, ``walking``, ``parked_only``.
        digest: SHA-256 hex of what it was made from, for the manifest.
        keypoints: positions by name; either none, or all that `simgen.scene.keypoints` lists for the category and
            that the model has.
        symmetries: turns under which it looks the same; those that follow from two of them are not listed.
    """

    name: str
    category: str
    mesh: Mesh
    materials: tuple[Material, ...]
    credit: Credit
    tags: tuple[str, ...] = ()
    digest: str = ""
    keypoints: Mapping[str, Vector3] = field(default_factory=dict)
    symmetries: tuple[Symmetry, ...] = ()

    def __post_init__(self) -> None:
        highest = int(self.mesh.face_material.max())
        if highest >= len(self.materials) or int(self.mesh.face_material.min()) < 0:
            raise ValueError(
                f"asset {self.name!r}: a face asks for material {highest}, there are {len(self.materials)}"
            )

    @property
    def bounds(self) -> tuple[Vector3, Vector3]:
        """Lowest and highest corner in the asset's frame, metres."""
        low, high = self.mesh.bounds
        return (float(low[0]), float(low[1]), float(low[2])), (float(high[0]), float(high[1]), float(high[2]))

    @property
    def size_m(self) -> Vector3:
        """Length (x), width (y) and height (z)."""
        low, high = self.bounds
        return high[0] - low[0], high[1] - low[1], high[2] - low[2]

    @property
    def symmetries_about_middle(self) -> tuple[Symmetry, ...]:
        """Its symmetries in the frame of its cuboid, whose origin is the middle of its bounding box."""
        low, high = (np.asarray(corner) for corner in self.bounds)
        moved = [np.asarray(s.offset_m) - (low + high) / 2 for s in self.symmetries]
        return tuple(
            replace(s, offset_m=(float(x), float(y), float(z)))
            for s, (x, y, z) in zip(self.symmetries, moved, strict=True)
        )

    def shifted(self, x_m: float, y_m: float) -> Asset:
        """Return the model moved along its own floor, keypoints too."""
        shift = np.array([x_m, y_m, 0.0])
        moved = {name: (x + x_m, y + y_m, z) for name, (x, y, z) in self.keypoints.items()}
        mesh = replace(self.mesh, vertices=self.mesh.vertices + shift.astype(np.float32))
        return replace(self, mesh=mesh, keypoints=moved)


def discrete_symmetries(symmetries: tuple[Symmetry, ...]) -> tuple[Pose, ...]:
    """Return all turns that follow from the symmetries of 2 and more folds, but for the one that leaves all in place.

    Turns are closed under one after the other, so that two half turns about x and z give the one about y, too.
    """
    steps = [
        Pose(translation_m=s.offset_m) @ about(s.axis, 2.0 * math.pi / s.folds) @ Pose(translation_m=s.offset_m).inverse
        for s in symmetries
        if s.folds
    ]
    found, fresh = [Pose()], [Pose()]
    while fresh:
        tried = [step @ known for known in fresh for step in steps]
        fresh = []
        for pose in tried:
            if not any(np.allclose(pose.matrix, other.matrix, atol=1e-6) for other in found):
                found.append(pose)
                fresh.append(pose)
    return tuple(found[1:])
