"""Windows with light behind them, each for itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from simgen.assets.library import Library
from simgen.distributions import AnyDistribution, Choice, LogUniform, Uniform, check_support
from simgen.randomize.lenses import scaled
from simgen.randomize.room_lights import white
from simgen.randomize.street_lights import is_dark
from simgen.scene.material import Material
from simgen.scene.scene import Instance, Scene
from simgen.streams import Draws

_LOOKS = 6
"""Different lights behind the windows of one building."""

_SHOP_AREA_M2 = 3.0
_CURTAIN_PASSES = 0.4


@dataclass(frozen=True, kw_only=True)
class LitWindows:
    """Lights windows of buildings in the dark; place it after ``daylight``.

    Attributes:
        name: prefix of its factors.
        every: once per scene.
        on_below_deg: elevation of the sun below which windows may be lit; 90 for always.
        share: of the windows of each building that are lit.
        shops_open: share of shop windows that are lit, larger than 3 m2.
        luminance_nit: of a lit window; a shop's is half as bright again.
        colour_temperature_k: of the light behind it.
    """

    kind: Literal["lit_windows"] = "lit_windows"
    name: str = "lit_windows"
    every: Literal["scene"] = "scene"
    on_below_deg: float = 0.0
    share: AnyDistribution = Uniform(low=0.08, high=0.45)
    shops_open: AnyDistribution = Uniform(low=0.2, high=0.9)
    luminance_nit: AnyDistribution = LogUniform(low=5.0, high=80.0)
    colour_temperature_k: AnyDistribution = Choice(
        options=(2500.0, 2800.0, 3200.0, 4500.0), weights=(3.0, 4.0, 2.0, 1.0)
    )

    def __post_init__(self) -> None:
        check_support("share", self.share, 0.0, 1.0)
        check_support("shops_open", self.shops_open, 0.0, 1.0)
        check_support("luminance_nit", self.luminance_nit, 0.0, 1e5)
        check_support("colour_temperature_k", self.colour_temperature_k, 1700.0, 25000.0)

    def __call__(self, scene: Scene, draws: Draws, library: Library) -> Scene:  # noqa: ARG002 - a Randomizer
        """Return the scene with lit windows, or as it was by day."""
        on = is_dark(scene, self.on_below_deg)
        draws.note("on", on)
        if not on:
            return scene
        share, shops = float(draws.value("share", self.share)), float(draws.value("shops_open", self.shops_open))
        objects, lit, k = list(scene.objects), 0, 0
        for at, instance in enumerate(scene.objects):
            if instance.category != "building" or not any(m.name == "glass" for m in instance.surface):
                continue
            rng = draws.rng("windows", k)
            objects[at], count = self._lit(instance, share, shops, rng)
            lit, k = lit + count, k + 1
        draws.note("windows", lit)
        return replace(scene, objects=tuple(objects))

    def _lit(self, instance: Instance, share: float, shops: float, rng: np.random.Generator) -> tuple[Instance, int]:
        """Return one building with some of its panes alight, and how many."""
        mesh, surface = instance.asset.mesh, list(instance.surface)
        names = [m.name for m in surface]
        glass, first = names.index("glass"), len(surface)
        curtain = names.index("curtain") if "curtain" in names else -1
        dull = replace(surface[glass], substance="lamp", base_color=(0.02, 0.02, 0.02))
        cloth = surface[curtain] if curtain >= 0 else dull
        for _ in range(_LOOKS):
            surface += self._look(dull, cloth, rng)
        material = mesh.face_material.copy()
        corners = mesh.vertices[mesh.faces].astype(np.float64)
        middles = corners.mean(axis=1)
        hung = np.flatnonzero(mesh.face_material == curtain)
        panes = _panes(mesh.vertices, mesh.faces, np.flatnonzero(mesh.face_material == glass))
        count = 0
        for pane in panes:
            low, high = corners[pane].min(axis=(0, 1)), corners[pane].max(axis=(0, 1))
            big = (high[1] - low[1]) * (high[2] - low[2]) > _SHOP_AREA_M2
            chance, look = rng.random(), int(rng.integers(_LOOKS))
            if chance >= (shops if big else share):
                continue
            count += 1
            material[pane] = first + 3 * look + (2 if big else 0)
            inside = (np.abs(middles[hung] - (low + high) / 2) < (high - low) / 2 + 0.05).all(axis=1)
            material[hung[inside]] = first + 3 * look + 1
        if not count:
            return instance, 0
        asset = replace(
            instance.asset,
            mesh=replace(mesh, face_material=material),
            materials=(*instance.asset.materials, *surface[first:]),
        )
        return replace(instance, asset=asset, materials=tuple(surface)), count

    def _look(self, glass: Material, cloth: Material, rng: np.random.Generator) -> list[Material]:
        """Return a lit pane, the curtain before it and a shop's pane, of one light."""
        color = white(float(self.colour_temperature_k.sample(rng)))
        nit = float(self.luminance_nit.sample(rng))
        return [
            replace(glass, emission_nit=scaled(color, nit)),
            replace(cloth, emission_nit=scaled(color, _CURTAIN_PASSES * nit)),
            replace(glass, emission_nit=scaled(color, 1.5 * nit)),
        ]


def _panes(vertices: np.ndarray, faces: np.ndarray, chosen: np.ndarray) -> list[np.ndarray]:
    """Return the chosen faces in groups that hang together, in order of their first faces."""
    _, point = np.unique(np.rint(vertices * 1e4).astype(np.int64), axis=0, return_inverse=True)
    corners = point.ravel()[faces[chosen]]
    group = np.arange(len(vertices))
    while True:
        least = group[corners].min(axis=1)
        lower = group.copy()
        np.minimum.at(lower, corners.ravel(), np.repeat(least, 3))
        if (lower == group).all():
            break
        group = lower
    labels = group[corners[:, 0]]
    _, start = np.unique(labels, return_index=True)
    return [chosen[labels == labels[at]] for at in sorted(start)]
