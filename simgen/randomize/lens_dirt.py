"""Drops, dust, smears and frost on the cameras' glass."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from simgen.assets.library import Library
from simgen.distributions import AnyDistribution, Constant, check_support
from simgen.scene.camera import Camera
from simgen.scene.scene import Scene
from simgen.streams import Draws

_DROPS_PER_MM_PER_H, _MOST_DROPS = 0.1, 3.0
"""Drops on a square centimetre of glass that nobody wipes, assumed: they run together before there are more."""


@dataclass(frozen=True, kw_only=True)
class LensDirtDraw:
    """Draws what lies on the glass before every camera; place it after ``weather`` where drops follow the rain.

    Each camera has a drawing of its own, the same for the whole scene where ``every`` is ``scene``.

    Attributes:
        name: prefix of its factors.
        every: once per scene or for each frame.
        drops_per_cm2: drops of water on a square centimetre; null follows the rain, with no wiper.
        drop_mm: their median diameter.
        running: share of the drops that run down and leave a trail.
        dust: 0 (clean) to 1 (a film with specks and splashes of mud that takes half the light).
        smear: 0 (clean) to 1 (the whole glass wiped with a greasy cloth).
        frost: share of the glass under frost.
        glass_m: from the cameras to the glass: some millimetres for a lens, decimetres for a windscreen.
    """

    kind: Literal["lens_dirt"] = "lens_dirt"
    name: str = "lens_dirt"
    every: Literal["scene", "frame"] = "scene"
    drops_per_cm2: AnyDistribution | None = None
    drop_mm: AnyDistribution = Constant(value=2.5)
    running: AnyDistribution = Constant(value=0.1)
    dust: AnyDistribution = Constant(value=0.0)
    smear: AnyDistribution = Constant(value=0.0)
    frost: AnyDistribution = Constant(value=0.0)
    glass_m: AnyDistribution = Constant(value=0.1)

    def __post_init__(self) -> None:
        if self.drops_per_cm2 is not None:
            check_support("drops_per_cm2", self.drops_per_cm2, 0.0, 50.0)
        check_support("drop_mm", self.drop_mm, 0.1, 20.0)
        check_support("glass_m", self.glass_m, 0.002, 1.0)
        for key in ("running", "dust", "smear", "frost"):
            check_support(key, getattr(self, key), 0.0, 1.0)

    def __call__(self, scene: Scene, draws: Draws, library: Library) -> Scene:  # noqa: ARG002 - a Randomizer
        """Return the scene with dirt before its cameras."""
        if self.drops_per_cm2 is None:
            drops = min(_MOST_DROPS, _DROPS_PER_MM_PER_H * scene.weather.rain_mm_per_h)
            draws.note("drops_per_cm2", drops)
        else:
            drops = float(draws.value("drops_per_cm2", self.drops_per_cm2))
        drawn = {
            key: float(draws.value(key, getattr(self, key)))
            for key in ("drop_mm", "running", "dust", "smear", "frost", "glass_m")
        }
        pattern = int(draws.rng("pattern").integers(2**31))
        draws.note("pattern", pattern)

        def soiled(camera: Camera) -> Camera:
            dirt = replace(camera.lens_dirt, drops_per_cm2=drops, pattern=pattern, **drawn)
            return replace(camera, lens_dirt=dirt)

        return replace(scene, sensors=tuple(soiled(s) if isinstance(s, Camera) else s for s in scene.sensors))
