"""The randomizer ``dropout``: loses frames, parts of pictures and sectors of sweeps, and records what was lost."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from simgen.assets.library import Library
from simgen.distributions import AnyDistribution, Constant, Uniform, check_support
from simgen.randomize.pick import pick
from simgen.scene.camera import Camera
from simgen.scene.dropout import CAMERA_DROPOUTS, LIDAR_DROPOUTS, Dropout, DropoutKind
from simgen.scene.lidar import Lidar
from simgen.scene.scene import Scene
from simgen.streams import Draws

_KINDS: dict[str, DropoutKind] = {kind: kind for kind in CAMERA_DROPOUTS + LIDAR_DROPOUTS}


@dataclass(frozen=True, kw_only=True)
class SensorDropout:
    """Breaks the line to some of the sensors; labels stay what they would be, and each loss is a factor.

    Attributes:
        name: prefix of its factors.
        every: for each frame or once per scene. The frames of a sequence share it unless ``sequence.redraw`` names it.
        sensors: names of those it may strike; empty for all cameras and LiDARs.
        chance: that it strikes, for each sensor on its own.
        camera: what is lost of a picture, with weights: ``black``, ``rows``, ``bands``, ``blocks``.
        lidar: what is lost of a sweep, with weights: ``sector``, ``rings``.
        share: how much of it.
    """

    kind: Literal["dropout"] = "dropout"
    name: str = "dropout"
    every: Literal["scene", "frame"] = "frame"
    sensors: tuple[str, ...] = ()
    chance: AnyDistribution = Constant(value=0.05)
    camera: dict[str, float] = field(default_factory=lambda: dict.fromkeys(CAMERA_DROPOUTS, 1.0))
    lidar: dict[str, float] = field(default_factory=lambda: dict.fromkeys(LIDAR_DROPOUTS, 1.0))
    share: AnyDistribution = Uniform(low=0.1, high=0.6)

    def __post_init__(self) -> None:
        for key, known in (("camera", CAMERA_DROPOUTS), ("lidar", LIDAR_DROPOUTS)):
            weights: dict[str, float] = getattr(self, key)
            strangers = sorted(set(weights) - set(known))
            if strangers or not any(weights.values()) or min(weights.values()) < 0:
                raise ValueError(f"{key} needs weights of 0 or more for some of {', '.join(known)}, got {weights}")
        check_support("chance", self.chance, 0.0, 1.0)
        check_support("share", self.share, 0.01, 1.0)

    def __call__(self, scene: Scene, draws: Draws, library: Library) -> Scene:  # noqa: ARG002 - a Randomizer
        """Return the scene with the lines to its sensors broken, or whole."""
        struck = []
        for k, sensor in enumerate(scene.sensors):
            if isinstance(sensor, Camera | Lidar) and (not self.sensors or sensor.name in self.sensors):
                weights = self.camera if isinstance(sensor, Camera) else self.lidar
                found = self._drawn(draws, weights, k)
                draws.note(f"{sensor.name}.lost", "nothing" if found is None else found.lost)
                draws.note(f"{sensor.name}.share", 0.0 if found is None else found.share)
                struck.append(replace(sensor, dropout=found))
            else:
                struck.append(sensor)
        return replace(scene, sensors=tuple(struck))

    def _drawn(self, draws: Draws, weights: dict[str, float], k: int) -> Dropout | None:
        if float(draws.rng("strikes", k).random()) >= float(self.chance.sample(draws.rng("chance", k))):
            return None
        chosen = pick(draws.rng("lost", k), weights)
        lost = _KINDS[chosen]
        share = 1.0 if lost == "black" else float(self.share.sample(draws.rng("share", k)))
        return Dropout(lost=lost, share=share, pattern=int(draws.rng("pattern", k).integers(2**31)))
