"""How much care a picture is made with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Preset = Literal["fast", "standard", "fine"]


class Quality(NamedTuple):
    """What a picture is made with; the values of `RenderSettings`, all decided."""

    edge_samples: int
    ambient_rays: int
    reflections: bool
    see_through_glass: bool
    blur_samples: int


PRESETS: dict[Preset, Quality] = {
    "fast": Quality(edge_samples=0, ambient_rays=0, reflections=False, see_through_glass=False, blur_samples=8),
    "standard": Quality(edge_samples=4, ambient_rays=2, reflections=True, see_through_glass=True, blur_samples=16),
    "fine": Quality(edge_samples=12, ambient_rays=8, reflections=True, see_through_glass=True, blur_samples=32),
}


@dataclass(frozen=True, kw_only=True)
class RenderSettings:
    """Picture quality; labels are the same under all settings.

    What is null is as the preset has it: ``fast`` casts one ray per pixel and one to the sun, ``standard`` is what
    data sets are made with, ``fine`` takes about three times as long.

    Attributes:
        preset: ``fast``, ``standard`` or ``fine``.
        edge_samples: extra samples in pixels where something changes, 0 (no anti-aliasing) to 16; half as many in
            foliage and the like.
        ambient_rays: rays per 2 x 2 pixels that gather light from sky and surroundings, 0 to 16; 0 leaves out contact
            shadows and bounced light.
        reflections: whether smooth surfaces mirror the scene, or the sky only.
        see_through_glass: whether glass shows what is behind it, or only what it mirrors.
        blur_samples: most samples in pixels that motion or a wide aperture blurs, 4 to 64; fewer where it blurs little.
        white_balance: 0 shows the light's own colour, 1 makes a grey surface in the scene's main light grey.
        tone_curve: ``filmic`` rolls highlights off, ``linear`` clips them.
    """

    preset: Preset = "standard"
    edge_samples: int | None = None
    ambient_rays: int | None = None
    reflections: bool | None = None
    see_through_glass: bool | None = None
    blur_samples: int | None = None
    white_balance: float = 0.7
    tone_curve: Literal["filmic", "linear"] = "filmic"

    def __post_init__(self) -> None:
        for key in ("edge_samples", "ambient_rays"):
            value = getattr(self, key)
            if value is not None and not 0 <= value <= 16:
                raise ValueError(f"{key} must lie in 0 to 16, got {value}")
        if self.blur_samples is not None and not 4 <= self.blur_samples <= 64:
            raise ValueError(f"blur_samples must lie in 4 to 64, got {self.blur_samples}")
        if not 0.0 <= self.white_balance <= 1.0:
            raise ValueError(f"white_balance must lie in 0 to 1, got {self.white_balance}")

    @property
    def quality(self) -> Quality:
        """The preset with what is set in its place."""
        chosen = {key: getattr(self, key) for key in Quality._fields}
        return PRESETS[self.preset]._replace(**{key: value for key, value in chosen.items() if value is not None})
