"""Monitors, televisions and laptops, and what their screens show: windows and words by no real maker, in true light."""

from __future__ import annotations

from typing import Literal

import numpy as np

from simgen.assets.families.shapes import Part, Shape, assemble, box, join, panel, pick, plain, tube
from simgen.geometry.pose import Pose, about
from simgen.scene.asset import Asset
from simgen.scene.material import Material, make_material

Shown = Literal["off", "text", "windows", "film"]

_WHITE_NIT = 110.0
"""Luminance of white on a screen, as set for rooms (ISO 9241-303 asks for 100 cd/m2 or more)."""
_LEVELS = 6


def screen(rng: np.random.Generator, wide_m: float, tall_m: float, shown: Shown) -> tuple[list[Part], list[Material]]:
    """Draw a lit screen in the plane x = 0 about the origin, facing +x: rectangles that glow, in layers 0.1 mm apart.

    Args:
        rng: draws what is on it.
        wide_m: its width.
        tall_m: its height.
        shown: a dark screen, a page of text, windows on a desktop, or a landscape.

    Returns:
        Parts and the materials ``screen_0``, ... that they are made of.
    """
    if shown == "off":
        glass = plain("screen_0", "plastic", "#0a0b0d", 0.12)
        return [(_rectangle((0.5, 0.5), (1.0, 1.0), (wide_m, tall_m), 0), "screen_0")], [glass]
    colors = _palette(rng, shown)
    materials = [
        make_material(f"screen_{k}", "plastic", (0.01, 0.01, 0.01), roughness=0.3, emission_nit=(r, g, b))
        for k, (r, g, b) in enumerate((_WHITE_NIT * colors).tolist())
    ]
    layers = {"text": _text, "windows": _windows, "film": _film}[shown](rng)
    by_color: dict[int, list[Shape]] = {}
    for layer, (middle, size, color) in enumerate(layers):
        by_color.setdefault(color, []).append(_rectangle(middle, size, (wide_m, tall_m), min(layer, 12)))
    return [(join(shapes), f"screen_{k}") for k, shapes in by_color.items()], [materials[k] for k in by_color]


_Layer = tuple[tuple[float, float], tuple[float, float], int]
"""Middle and size as shares of the screen (from its lower left), and colour."""


def _palette(rng: np.random.Generator, shown: Shown) -> np.ndarray:
    """Return (6, 3) linear colours: ground, light, ink, and three accents."""
    accents = rng.uniform(0.05, 0.75, (3, 3))
    if shown == "film":
        sky = np.array([0.25, 0.45, 0.8]) * rng.uniform(0.5, 1.1)
        return np.clip(np.vstack([sky, [0.85, 0.85, 0.82], [0.05, 0.1, 0.04], accents]), 0.0, 1.0)
    dark = rng.random() < 0.4
    ground = [0.03, 0.035, 0.045] if dark else [0.9, 0.9, 0.9]
    ink = [0.55, 0.58, 0.6] if dark else [0.06, 0.06, 0.07]
    return np.vstack([accents[0] * 0.5 if shown == "windows" else ground, ground, ink, accents])


def _lines(rng: np.random.Generator, left: float, right: float, top: float, low: float, step: float) -> list[_Layer]:
    """Return rows of words between heights."""
    out: list[_Layer] = []
    at = top
    while at > low:
        x, end = left, right - (right - left) * float(rng.uniform(0.0, 0.5) ** 2)
        while x < end:
            word = float(rng.uniform(0.2, 1.0)) * 0.1 * (right - left) + 0.006
            word = min(word, end - x)
            if word > 0.004:
                out.append(((x + word / 2, at), (word, step * 0.42), 2 if rng.random() < 0.85 else 3))
            x += word + 0.008
        at -= step * (2.0 if rng.random() < 0.12 else 1.0)
    return out


def _text(rng: np.random.Generator) -> list[_Layer]:
    page = float(rng.uniform(0.5, 1.0))
    layers: list[_Layer] = [
        ((0.5, 0.5), (1.0, 1.0), 0),
        ((0.5, 0.965), (1.0, 0.07), 3),
        ((0.08, 0.46), (0.16, 0.92), 4),
    ]
    layers += _lines(rng, 0.02, 0.14, 0.88, 0.4, 0.05)
    return layers + _lines(rng, 0.2, 0.2 + 0.78 * page, 0.88, 0.05, 0.036)


def _windows(rng: np.random.Generator) -> list[_Layer]:
    layers: list[_Layer] = [((0.5, 0.5), (1.0, 1.0), 0), ((0.5, 0.02), (1.0, 0.04), 2)]
    for _ in range(int(rng.integers(1, 4))):
        w, h = float(rng.uniform(0.3, 0.6)), float(rng.uniform(0.35, 0.7))
        x, y = float(rng.uniform(w / 2 + 0.02, 0.98 - w / 2)), float(rng.uniform(h / 2 + 0.06, 0.97 - h / 2))
        layers += [((x, y), (w, h), 1), ((x, y + h / 2 - 0.018), (w, 0.036), 4)]
        if rng.random() < 0.35:
            count = int(rng.integers(4, 9))
            for k in range(count):
                tall = float(rng.uniform(0.1, 0.8)) * (h - 0.12)
                across = x - w / 2 + w * (k + 0.7) / (count + 0.4)
                layers.append(((across, y - h / 2 + 0.03 + tall / 2), (0.6 * w / count, tall), 3 + k % 3))
        else:
            layers += _lines(rng, x - w / 2 + 0.02, x + w / 2 - 0.02, y + h / 2 - 0.07, y - h / 2 + 0.03, 0.034)
    return layers


def _film(rng: np.random.Generator) -> list[_Layer]:
    """Return a landscape of bands: sky, far hills in steps, a field, something upright."""
    horizon = float(rng.uniform(0.35, 0.6))
    layers: list[_Layer] = [((0.5, 0.5), (1.0, 1.0), 0), ((0.5, horizon / 2), (1.0, horizon), 3)]
    steps = 40
    height = np.cumsum(rng.normal(0.0, 0.02, steps))
    height = 0.06 + np.abs(height - height.min()) * 0.7
    for k in range(steps):
        tall = float(min(height[k], 0.95 - horizon))
        layers.append((((k + 0.5) / steps, horizon + tall / 2), (1.0 / steps, tall), 4))
    layers.append(((0.5, horizon * 0.25), (1.0, horizon * 0.5), 5))
    sun = float(rng.uniform(0.2, 0.8))
    layers.append(((sun, 0.86), (0.05, 0.09), 1))
    trunk = float(rng.uniform(0.1, 0.9))
    return [*layers, ((trunk, horizon * 0.8), (0.05, horizon * 0.7), 2)]


def _rectangle(
    middle: tuple[float, float], size: tuple[float, float], screen_m: tuple[float, float], layer: int
) -> Shape:
    (x, y), (w, h), (wide, tall) = middle, size, screen_m
    left, right = max(x - w / 2, 0.0) - 0.5, min(x + w / 2, 1.0) - 0.5
    low, top = max(y - h / 2, 0.0) - 0.5, min(y + h / 2, 1.0) - 0.5
    out = 1e-4 * layer
    # Seen from +x, y grows to the right.
    return panel(
        [(out, left * wide, low * tall), (out, right * wide, low * tall), (out, right * wide, top * tall),
         (out, left * wide, top * tall)]
    )  # fmt: skip


def monitor(
    rng: np.random.Generator,
    *,
    wide_m: float = 0.54,
    tall_m: float = 0.31,
    lift_m: float = 0.12,
    shown: Shown = "windows",
    body: str = "#17181a",
    television: bool = False,
) -> Asset:
    """Return a monitor on its stand, or a television on its feet, facing +x.

    Args:
        rng: draws what the screen shows.
        wide_m: width of the screen.
        tall_m: height of the screen.
        lift_m: height of its lower edge.
        shown: see `screen`.
        body: ``#rrggbb`` of the housing.
        television: whether it is one: on two feet, and of that category.
    """
    border, deep = 0.008 if not television else 0.011, 0.032
    middle = lift_m + border + tall_m / 2
    face = Pose(translation_m=(deep / 2 + 0.0005, 0.0, middle))
    shown_parts, shown_materials = screen(rng, wide_m, tall_m, shown)
    parts: list[Part] = [
        (box((deep, wide_m + 2 * border, tall_m + 2 * border), (0.0, 0.0, middle), 0.003), "body"),
        *((shape.turned(face), of) for shape, of in shown_parts),
    ]
    if television:
        for side in (1.0, -1.0):
            y = side * 0.36 * wide_m
            for ahead in (0.13, -0.13):
                parts.append((tube([(0.0, y, lift_m + 0.01), (ahead, y, 0.006)], 0.006, 8), "body"))
    else:
        parts += [
            (box((0.19, 0.24, 0.012), (-0.05, 0.0, 0.006), 0.003), "foot"),
            (box((0.03, 0.055, middle), (-0.06, 0.0, middle / 2), 0.004), "foot"),
            (box((0.05, 0.09, 0.09), (-0.035, 0.0, middle), 0.004), "foot"),
        ]
    materials = [plain("body", "plastic", body, 0.4), plain("foot", "plastic", body, 0.35), *shown_materials]
    return assemble(
        "television" if television else "monitor", "television" if television else "monitor", parts, materials
    )


def draw_monitor(rng: np.random.Generator) -> Asset:
    """Draw a monitor of 22 to 34 inches."""
    tall = float(rng.uniform(0.27, 0.36))
    return monitor(
        rng,
        wide_m=tall * pick(rng, (16 / 9, 16 / 9, 16 / 10, 21 / 9)),
        tall_m=tall,
        lift_m=float(rng.uniform(0.08, 0.18)),
        shown=pick(rng, ("text", "windows", "windows", "film", "off")),
        body=pick(rng, ("#17181a", "#17181a", "#26282b", "#c9cacc")),
    )


def draw_television(rng: np.random.Generator) -> Asset:
    """Draw a television of 40 to 65 inches."""
    tall = float(rng.uniform(0.5, 0.81))
    return monitor(
        rng,
        wide_m=tall * 16 / 9,
        tall_m=tall,
        lift_m=float(rng.uniform(0.06, 0.1)),
        shown=pick(rng, ("off", "off", "film")),
        television=True,
    )


def draw_laptop(rng: np.random.Generator) -> Asset:
    """Draw an open laptop, its screen towards +x."""
    wide, deep, thick = float(rng.uniform(0.3, 0.36)), float(rng.uniform(0.205, 0.245)), 0.016
    tall = deep - 0.012
    shown_parts, shown_materials = screen(rng, wide - 0.016, tall - 0.016, pick(rng, ("text", "windows", "off")))
    lean = about((0.0, 1.0, 0.0), -float(rng.uniform(0.15, 0.5)))
    hinge = Pose(translation_m=(-deep / 2 + 0.006, 0.0, thick)) @ lean
    up = Pose(translation_m=(0.0025, 0.0, tall / 2))
    parts: list[Part] = [
        (box((deep, wide, thick), (0.0, 0.0, thick / 2), 0.002), "body"),
        (box((0.1, wide - 0.04, 0.0006), (-0.035, 0.0, thick + 0.0002)), "well"),
        (box((0.07, 0.11, 0.0006), (deep / 2 - 0.046, 0.0, thick + 0.0002)), "pad"),
        (box((0.005, wide, tall), (0.0, 0.0, tall / 2), 0.001).turned(hinge), "body"),
        *((shape.turned(hinge @ up @ Pose(translation_m=(0.0003, 0.0, 0.0))), of) for shape, of in shown_parts),
    ]
    for row in range(5):
        for k in range(13):
            y = (k - 6) * (wide - 0.05) / 13
            key = box((0.0145, (wide - 0.05) / 13 - 0.003, 0.0014), (-0.07 + row * 0.0178, y, thick + 0.0009))
            parts.append((key, "key"))
    body = pick(rng, ("#a9abae", "#35373a", "#c9c6c0", "#1c1d1f"))
    materials = [
        plain("body", "painted_metal", body, 0.45),
        plain("well", "plastic", "#18191b", 0.6),
        plain("pad", "plastic", body, 0.25),
        plain("key", "plastic", "#202124", 0.55),
        *shown_materials,
    ]
    return assemble("laptop", "laptop", parts, materials)
