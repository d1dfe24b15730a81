"""The 1,000 untextured random parts that the pybullet package carries: distractors and parts for bins."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path

import numpy as np

from simgen.assets.obj import RawMaterial, RawModel, read_obj
from simgen.assets.prepare import finish, place
from simgen.assets.stored import digest_of
from simgen.assets.urdf import read_visuals
from simgen.errors import AssetError
from simgen.scene.asset import Asset, Credit
from simgen.scene.material import make_material
from simgen.streams import stream

CATEGORY: str = "part"
TAGS: tuple[str, ...] = ("distractor", "untextured")
CREDIT = Credit(
    author="Erwin Coumans and the Bullet contributors; shapes of unnamed makers",
    licence="LicenseRef-pybullet-data",
    source="Python package pybullet, pybullet_data/random_urdfs (the package is under the zlib licence; "
    "it states none for these shapes by themselves)",
)
_BUDGET = 3000


def names() -> tuple[str, ...]:
    """Return the names of all parts, sorted.

    Raises:
        AssetError: the pybullet package is not installed.
    """
    return tuple(
        f"pybullet/random_urdfs/{folder.name}" for folder in sorted(_root().iterdir()) if folder.name.isdigit()
    )


def load(name: str) -> Asset:
    """Return one part, at the size its URDF gives; its one material is plain grey plastic, to be recoloured."""
    number = name.rpartition("/")[2]
    folder = _root() / number
    visual = read_visuals(folder / f"{number}.urdf")[0]

    def read(path: str) -> bytes | None:
        file = folder / path
        return file.read_bytes() if file.is_file() else None

    raw = read_obj(visual.file, read)
    used, faces = np.unique(raw.faces, return_inverse=True)
    model = RawModel(
        vertices=place(raw.vertices[used] * visual.scale, np.eye(3), None),
        faces=faces.reshape(-1, 3),
        uv=np.zeros_like(raw.uv),
        face_material=np.zeros(len(faces.reshape(-1, 3)), dtype=np.int64),
        materials=(RawMaterial(name="body"),),
    )
    no = np.zeros(1, dtype=bool)
    mesh, _ = finish(model, _BUDGET, no, no, stream(0, name, 0))
    asset = Asset(
        name=name,
        category=CATEGORY,
        mesh=mesh,
        materials=(make_material("body", "plastic", (0.5, 0.5, 0.5), tintable=True),),
        credit=CREDIT,
        tags=TAGS,
    )
    return Asset(**{**vars(asset), "digest": digest_of(asset)})


@cache
def _root() -> Path:
    """Return the folder of the random parts; found without importing the package."""
    spec = importlib.util.find_spec("pybullet_data")
    if spec is None or not spec.submodule_search_locations:
        raise AssetError("the asset source 'pybullet' needs the Python package pybullet; run: pip install pybullet")
    return Path(spec.submodule_search_locations[0]) / "random_urdfs"
