"""What the cameras make of the light: exposure, noise, white balance, lens and compression, drawn anew."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from simgen.assets.library import Library
from simgen.distributions import AnyDistribution, check_support
from simgen.errors import RecipeError
from simgen.scene.camera import Camera
from simgen.scene.imager import Imager
from simgen.scene.scene import Scene
from simgen.streams import Draws

_SAME_NAME = ("vignette_cos4", "bloom_share", "ghost_share", "softness_px", "jpeg_quality", "sharpening")
_BOUNDS = {
    "exposure_bias_stops": (-8.0, 8.0),
    "iso_stops": (0.0, 16.0),
    "noise_scale": (0.0, 20.0),
    "white_balance_k": (1667.0, 25000.0),
    "vignette_cos4": (0.0, 1.0),
    "bloom_share": (0.0, 0.5),
    "ghost_share": (0.0, 0.1),
    "softness_px": (0.0, 8.0),
    "sharpening": (0.0, 5.0),
    "jpeg_quality": (0, 100),
}


@dataclass(frozen=True, kw_only=True)
class Imaging:
    """Draws how the cameras take their pictures. What is null stays as the camera's ``imager`` has it.

    Labels stay as they are. All its cameras get the same values; name several of these for different ones.

    Attributes:
        name: prefix of its factors.
        every: once per scene or for each frame.
        cameras: names of the cameras; none for all.
        exposure_bias_stops: brighter (+) or darker (-) than the camera would be.
        iso_stops: ISO above the imager's ``base_iso``, up to its ``highest_iso``: each stop halves the electrons of the
            same brightness. The shutter is shortened, and where there is too little light the picture gets brighter.
        noise_scale: factor of read noise, row noise, and the fixed pattern's offsets and gains.
        white_balance_k: colour temperature that is made grey.
        vignette_cos4: share of the natural fall-off towards the corners.
        bloom_share: share of the light that is scattered.
        ghost_share: share of the light of what overfills the sensor that comes back as mirror images.
        softness_px: blur.
        sharpening: strength.
        jpeg_quality: 1 to 100, or 0 for no JPEG.
    """

    kind: Literal["imaging"] = "imaging"
    name: str = "imaging"
    every: Literal["scene", "frame"] = "frame"
    cameras: tuple[str, ...] = ()
    exposure_bias_stops: AnyDistribution | None = None
    iso_stops: AnyDistribution | None = None
    noise_scale: AnyDistribution | None = None
    white_balance_k: AnyDistribution | None = None
    vignette_cos4: AnyDistribution | None = None
    bloom_share: AnyDistribution | None = None
    ghost_share: AnyDistribution | None = None
    softness_px: AnyDistribution | None = None
    sharpening: AnyDistribution | None = None
    jpeg_quality: AnyDistribution | None = None

    def __post_init__(self) -> None:
        for key, (low, high) in _BOUNDS.items():
            if getattr(self, key) is not None:
                check_support(key, getattr(self, key), low, high)

    def __call__(self, scene: Scene, draws: Draws, library: Library) -> Scene:  # noqa: ARG002 - a Randomizer
        """Return the scene with its cameras changed.

        Raises:
            RecipeError: there is no such camera, or its imager cannot take a drawn value.
        """
        known = [s.name for s in scene.sensors if isinstance(s, Camera)]
        missing = [name for name in self.cameras if name not in known]
        if missing:
            raise RecipeError(
                f"randomizer {self.name!r}: there is no camera {missing[0]!r}; known: {', '.join(known) or 'none'}"
            )
        chosen = self.cameras or tuple(known)
        drawn = {
            key: draws.value(key, distribution) for key in _BOUNDS if (distribution := getattr(self, key)) is not None
        }
        sensors = tuple(
            self._changed(s, drawn) if isinstance(s, Camera) and s.name in chosen else s for s in scene.sensors
        )
        return replace(scene, sensors=sensors)

    def _changed(self, camera: Camera, drawn: dict[str, Any]) -> Camera:
        bias = camera.exposure_bias_stops + float(drawn.get("exposure_bias_stops", 0.0))
        imager = camera.imager
        wanting = [key for key in ("iso_stops", "noise_scale") if key in drawn]
        if imager.full_well_e is None and wanting:
            raise RecipeError(
                f"randomizer {self.name!r}: {', '.join(wanting)}: camera {camera.name!r} has an ideal sensor without "
                "noise; give it an imager, such as {preset: kitti_like}, or leave the key out"
            )
        try:
            return replace(camera, exposure_bias_stops=bias, imager=_drawn_imager(imager, drawn))
        except ValueError as error:
            raise RecipeError(f"randomizer {self.name!r}: camera {camera.name!r}: {error}") from error


def _drawn_imager(imager: Imager, drawn: dict[str, Any]) -> Imager:
    changes: dict[str, Any] = {key: float(drawn[key]) for key in _SAME_NAME if key in drawn}
    if "jpeg_quality" in changes:
        changes["jpeg_quality"] = round(changes["jpeg_quality"])
    if "iso_stops" in drawn:
        changes["iso"] = imager.base_iso * 2.0 ** float(drawn["iso_stops"])
    if "noise_scale" in drawn:
        scaled = ("read_noise_e", "row_noise_e", "dsnu_e", "prnu")
        changes |= {key: getattr(imager, key) * float(drawn["noise_scale"]) for key in scaled}
    if "white_balance_k" in drawn:
        changes |= {"white_balance": "fixed", "white_balance_k": float(drawn["white_balance_k"])}
    return replace(imager, **changes)
