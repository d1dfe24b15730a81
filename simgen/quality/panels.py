"""Panels of contact sheets: pictures below captions with their colour scales, side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from simgen.quality.ink import BACKGROUND, DIM, Color, Scale, legend, swatches, text_width, write
from simgen.run.store import Dataset

Key = tuple[tuple[str, Color], ...]
"""What single colours mean."""

GAP = 10
MARGIN = 18
CAPTION = 32
WIDE = 1.8
_MOST = 6
_MOST_WIDE = 4


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One picture of a sheet: its title, what draws it at a given width, and what its colours mean.

    Attributes:
        title: its caption.
        draw: returns (H, W, 3) uint8 RGB of a given width.
        scale: of its colours; None for none.
        unit: of the scale.
        key: what single colours mean.
    """

    title: str
    draw: Callable[[int], np.ndarray]
    scale: Scale | None = None
    unit: str = ""
    key: Key = ()


def panel_strip(panels: Sequence[Panel], aspect: float, width_px: int) -> np.ndarray:
    """Return panels in as few even rows as there may be."""
    rows = -(-len(panels) // (_MOST_WIDE if aspect >= WIDE else _MOST))
    columns = -(-len(panels) // rows)
    wide = (width_px - 2 * MARGIN - (columns - 1) * GAP) // columns
    step = (wide + GAP, round(wide / aspect) + CAPTION + GAP)
    strip = np.full((rows * step[1], width_px, 3), BACKGROUND, dtype=np.uint8)
    for k, panel in enumerate(panels):
        paste(strip, panel, MARGIN + k % columns * step[0], k // columns * step[1], wide)
    return strip


def paste(strip: np.ndarray, panel: Panel, left: int, top: int, wide: int) -> None:
    """Draw a panel below its caption into a strip, its corner at ``left``, ``top``, so many pixels wide."""
    write(strip, panel.title, (left, top + 19), size=14, color=DIM)
    room = wide - text_width(panel.title, 14) - text_width(panel.unit, 11) - 30
    if panel.scale is not None and room >= 60:
        legend(strip, panel.scale, left + wide - 4, top + 3, unit=panel.unit, width=min(190, room))
    swatches(strip, panel.key, left + text_width(panel.title, 14) + 12, left + wide, top + 8)
    picture = panel.draw(wide)
    strip[top + CAPTION : top + CAPTION + len(picture), left : left + wide] = picture


def title_strip(data: Dataset, width_px: int) -> np.ndarray:
    """Return the head of a data set's sheet: its name, size and digest."""
    strip = np.full((64, width_px, 3), BACKGROUND, dtype=np.uint8)
    manifest = data.manifest
    write(strip, str(manifest["name"]), (MARGIN, 42), size=28, weight=650)
    splits = ", ".join(f"{count} {split}" for split, count in manifest["splits"].items())
    about = f"{manifest['frames']} frames ({splits}) · {manifest['scenes']} scenes · seed {manifest['seed']}"
    write(strip, f"{about} · {manifest['digest'][:12]}", (width_px - MARGIN, 41), size=15, color=DIM, align="right")
    return strip
