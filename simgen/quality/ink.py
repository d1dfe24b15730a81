"""What every picture of a data set is drawn with: colours, colour scales, text and lines."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

Color = tuple[int, int, int]
"""8-bit sRGB."""

BACKGROUND: Color = (17, 19, 24)
PANEL: Color = (28, 31, 38)
NOTHING: Color = (10, 11, 14)
"""Where a sensor met nothing."""
FAINT: Color = (92, 98, 110)
DIM: Color = (150, 157, 170)
BRIGHT: Color = (236, 239, 244)

_GOLDEN_DEG = 137.50776405003785
# Of all half degrees, the step that keeps the colours of street categories, and those of tabletop ones, furthest apart.
_CATEGORY_STEP_DEG = 317.0
_SHIFT = 5


def category_color(category_id: int) -> Color:
    """Return the colour of a category: bright, and the same in every sheet."""
    return _from_lightness_and_hue((60.0, 75.0, 88.0)[category_id % 3], 62.0, category_id * _CATEGORY_STEP_DEG)


def instance_colors(ids: Sequence[int], things: Sequence[int]) -> np.ndarray:
    """Return a (65536, 3) uint8 table from instance id to colour: things vivid, ground and walls dark."""
    table = np.zeros((1 << 16, 3), dtype=np.uint8)
    table[:] = NOTHING
    countable = set(things)
    for k in ids:
        if k in countable:
            table[k] = _from_lightness_and_hue((58.0, 74.0, 86.0)[k % 3], 58.0, k * _GOLDEN_DEG)
        else:
            table[k] = _from_lightness_and_hue(24.0 + 9.0 * (k % 3), 9.0, k * _GOLDEN_DEG)
    return table


@dataclass(frozen=True, kw_only=True)
class Scale:
    """A colour scale for a quantity from ``low`` to ``high``; values outside take the end's colour.

    Attributes:
        low, high: ends; both above 0 when ``logarithmic``.
        logarithmic: equal ratios, not equal differences, get equal steps.
        falling: whether low values get the end of the colour map.
        colormap: OpenCV's number of the map.
    """

    low: float
    high: float
    logarithmic: bool = False
    falling: bool = False
    colormap: int = cv2.COLORMAP_TURBO

    def colors(self, values: np.ndarray) -> np.ndarray:
        """Return (..., 3) uint8 colours of (...) values."""
        place = np.clip(self._place(np.asarray(values, dtype=np.float64)), 0.0, 1.0)
        coded = np.rint((1.0 - place if self.falling else place) * 255.0).astype(np.uint8)
        table = cv2.applyColorMap(np.arange(256, dtype=np.uint8)[:, None], self.colormap)[:, 0, ::-1]
        return table[coded]

    def ticks(self, most: int = 5) -> list[float]:
        """Return at most ``most`` round values within the scale."""
        if not self.logarithmic:
            step = round_up((self.high - self.low) / most)
            first = math.ceil(self.low / step - 1e-9)
            return [k * step for k in range(first, math.floor(self.high / step + 1e-9) + 1)][:most]
        decades = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        for mantissas in ((1, 2, 5), (1, 1.5, 2, 3, 4, 5, 7), (1, 1.2, 1.4, 1.6, 1.8, *(k / 2 for k in range(4, 20)))):
            candidates = [m * 10.0**k for k in decades for m in mantissas]
            inside = [c for c in candidates if self.low * 1.02 <= c <= self.high * 0.98]
            if len(inside) >= 3:
                break
        return inside[:: max(1, math.ceil(len(inside) / most))]

    def position(self, value: float) -> float:
        """Return where on the scale a value lies, 0 at ``low`` to 1 at ``high``."""
        return float(self._place(np.asarray(value, dtype=np.float64)))

    def _place(self, values: np.ndarray) -> np.ndarray:
        if not self.logarithmic:
            return (values - self.low) / (self.high - self.low)
        return np.log(np.maximum(values, 1e-9) / self.low) / math.log(self.high / self.low)


def depth_scale(z_m: np.ndarray) -> Scale:
    """Return a logarithmic colour scale that fits (...) depths or ranges, 0 for none: near red, far blue."""
    met = z_m[z_m > 0]
    low, high = np.quantile(met, (0.01, 0.99)).tolist() if met.size else (1.0, 10.0)
    return Scale(low=low, high=max(high, low * 1.5), logarithmic=True, falling=True)


def round_up(value: float) -> float:
    """Return the least of 1, 2, 2.5, 5 times a power of ten that is no less than ``value``, which is above 0."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(m * power for m in (1.0, 2.0, 2.5, 5.0, 10.0) if m * power >= value * (1 - 1e-9))


def write(
    picture: np.ndarray,
    text: str,
    at: tuple[float, float],
    *,
    size: int = 13,
    color: Color = BRIGHT,
    weight: int = 450,
    align: Literal["left", "middle", "right"] = "left",
) -> None:
    """Write ``text`` into an (H, W, 3) uint8 picture, its baseline starting, centred or ending at ``at`` (x, y)."""
    share = {"left": 0.0, "middle": 0.5, "right": 1.0}[align]
    place = (round(at[0] - share * text_width(text, size, weight)), round(at[1]))
    cv2.putText(picture, text, place, color, cv2.FontFace("sans"), size, weight)


def write_over(
    picture: np.ndarray, text: str, at: tuple[float, float], *, size: int = 15, color: Color = BRIGHT
) -> None:
    """Write ``text`` over a scene, whatever its brightness: with a dark rim."""
    for dx, dy in ((-1, 0), (1, 0), (0, -1), (0, 1), (1, 1)):
        write(picture, text, (at[0] + dx, at[1] + dy), size=size, color=BACKGROUND, weight=550)
    write(picture, text, at, size=size, color=color, weight=550)


def text_width(text: str, size: int = 13, weight: int = 450) -> int:
    """Return how wide `write` draws ``text``, pixels."""
    return cv2.getTextSize((1 << 14, 1 << 14), text, (0, 0), cv2.FontFace("sans"), size, weight)[2]


def line(picture: np.ndarray, points: np.ndarray, color: Color, width: int = 1, *, closed: bool = False) -> None:
    """Draw an anti-aliased line through (N, 2) positions, pixel corners at whole numbers."""
    cv2.polylines(picture, [_fixed(points)], closed, color, width, cv2.LINE_AA, _SHIFT)


def fill(picture: np.ndarray, points: np.ndarray, color: Color, opacity: float) -> None:
    """Fill the polygon of (N, 2) positions, letting the picture shine through."""
    covered = np.zeros(picture.shape[:2], dtype=np.uint8)
    cv2.fillPoly(covered, [_fixed(points)], 255, cv2.LINE_AA, _SHIFT)
    blend(picture, np.asarray(color, dtype=np.float32), covered.astype(np.float32) * (opacity / 255.0))


def blend(picture: np.ndarray, colors: np.ndarray, opacity: np.ndarray) -> None:
    """Lay ``colors``, (H, W, 3) or (3,), over the picture with (H, W) float32 opacity in 0..1."""
    alpha = opacity[..., None]
    picture[:] = np.rint(picture * (1.0 - alpha) + colors * alpha).astype(np.uint8)


def legend(picture: np.ndarray, scale: Scale, right: int, top: int, *, unit: str, width: int = 190) -> None:
    """Draw a scale as a bar with its ticks below, ending at ``right``, after its unit; 26 pixels high."""
    left, bar = right - width, 9
    write(picture, unit, (left - 8, top + bar + 2), size=11, color=DIM, align="right")
    values = np.linspace(0.0, 1.0, width)
    low, high = (math.log(scale.low), math.log(scale.high)) if scale.logarithmic else (scale.low, scale.high)
    spread = low + values * (high - low)
    picture[top : top + bar, left:right] = scale.colors(np.exp(spread) if scale.logarithmic else spread)[None]
    for value in scale.ticks():
        x = left + scale.position(value) * width
        line(picture, np.array([[x, top + bar - 3], [x, top + bar + 2]]), BRIGHT)
        write(picture, f"{value:g}", (min(x, right - 6), top + bar + 13), size=10, color=DIM, align="middle")


def swatches(picture: np.ndarray, key: Sequence[tuple[str, Color]], left: int, right: int, top: int) -> None:
    """Draw what single colours mean, one beside the other up to ``right``, as many as have room between."""
    shown, wide = 0, 0
    for words, _ in key:
        if wide + text_width(words, 11) + 34 > right - left:
            break
        shown, wide = shown + 1, wide + text_width(words, 11) + 34
    x = right - wide
    for words, color in key[:shown]:
        picture[top : top + 10, x + 14 : x + 24] = color
        write(picture, words, (x + 28, top + 10), size=11, color=DIM)
        x += text_width(words, 11) + 34


def _fixed(points: np.ndarray) -> np.ndarray:
    """Return OpenCV's fixed-point positions, whose whole numbers are pixel centres."""
    within = np.clip(np.asarray(points, dtype=np.float64), -20000, 20000)
    return np.rint((within - 0.5) * (1 << _SHIFT)).astype(np.int32)


def _from_lightness_and_hue(lightness: float, chroma: float, hue_deg: float) -> Color:
    """Return the colour of CIE LCh values, cut to sRGB."""
    hue = math.radians(hue_deg)
    lab = np.array([[[lightness, chroma * math.cos(hue), chroma * math.sin(hue)]]], dtype=np.float32)
    r, g, b = np.clip(np.rint(cv2.cvtColor(lab, cv2.COLOR_Lab2RGB)[0, 0] * 255.0), 0, 255)
    return int(r), int(g), int(b)
