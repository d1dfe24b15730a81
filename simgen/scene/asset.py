"""Models as they come from a family, a pack or a user's file, each with its credit."""

from __future__ import annotations

from dataclasses import dataclass

from simgen.geometry.pose import Vector3
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
    """

    name: str
    category: str
    mesh: Mesh
    materials: tuple[Material, ...]
    credit: Credit
    tags: tuple[str, ...] = ()
    digest: str = ""

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
