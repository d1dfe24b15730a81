"""How much care a picture is made with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class RenderSettings:
    """Picture quality; labels are the same under all settings.

    Attributes:
        edge_samples: extra samples in pixels where something changes, 0 (no anti-aliasing) to 16; half as many in
            foliage and the like.
        ambient_rays: rays per 2 x 2 pixels that gather light from sky and surroundings, 0 to 16; 0 leaves out contact
            shadows and bounced light.
        reflections: whether smooth surfaces mirror the scene, or the sky only.
        see_through_glass: whether glass shows what is behind it, or only what it mirrors.
        white_balance: 0 shows the light's own colour, 1 makes a grey surface in the scene's main light grey.
        tone_curve: ``filmic`` rolls highlights off, ``linear`` clips them.
    """

    edge_samples: int = 4
    ambient_rays: int = 2
    reflections: bool = True
    see_through_glass: bool = True
    white_balance: float = 0.7
    tone_curve: Literal["filmic", "linear"] = "filmic"

    def __post_init__(self) -> None:
        for key in ("edge_samples", "ambient_rays"):
            if not 0 <= getattr(self, key) <= 16:
                raise ValueError(f"{key} must lie in 0 to 16, got {getattr(self, key)}")
        if not 0.0 <= self.white_balance <= 1.0:
            raise ValueError(f"white_balance must lie in 0 to 1, got {self.white_balance}")
