"""Metallic-roughness materials, what they are made of, and their textures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

Rgb = tuple[float, float, float]

SubstanceName = Literal[
    "car_paint", "glass", "rubber", "metal", "chrome", "plastic", "skin", "hair", "cloth", "leather", "wood", "bark",
    "foliage", "grass", "soil", "asphalt", "concrete", "brick", "plaster", "stone", "ceramic", "paper", "cardboard",
    "lane_paint", "retro_sheet", "painted_metal", "lamp", "food", "water",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Substance:
    """What a surface is made of: the physical values its colour does not tell.

    Attributes:
        metallic: 0 for dielectrics, 1 for bare metals.
        roughness: perceptual; the GGX alpha is its square.
        nir_reflectance: diffuse reflectance at about 905 nm, in 0..1: its own value, not the RGB albedo.
        clear_coat: strength 0..1 of a smooth dielectric layer on top.
        retro_gain: how much more than Lambertian light returns to where it came from; 0 for none.
    """

    metallic: float
    roughness: float
    nir_reflectance: float
    clear_coat: float = 0.0
    retro_gain: float = 0.0


# Near-infrared values: mid-points of the published ranges (asphalt 0.10-0.20, concrete 0.25-0.40, green vegetation
# 0.4-0.6, bark 0.25, denim and cotton 0.4-0.7, skin 0.5-0.6, tyre 0.03-0.05, lane marking 0.4-0.6); others are guessed.
SUBSTANCES: dict[SubstanceName, Substance] = {
    "car_paint": Substance(metallic=0.0, roughness=0.35, nir_reflectance=0.35, clear_coat=1.0),
    "glass": Substance(metallic=0.0, roughness=0.03, nir_reflectance=0.04),
    "rubber": Substance(metallic=0.0, roughness=0.85, nir_reflectance=0.04),
    "metal": Substance(metallic=1.0, roughness=0.35, nir_reflectance=0.55),
    "chrome": Substance(metallic=1.0, roughness=0.08, nir_reflectance=0.60),
    "plastic": Substance(metallic=0.0, roughness=0.45, nir_reflectance=0.35),
    "skin": Substance(metallic=0.0, roughness=0.55, nir_reflectance=0.55),
    "hair": Substance(metallic=0.0, roughness=0.60, nir_reflectance=0.25),
    "cloth": Substance(metallic=0.0, roughness=0.90, nir_reflectance=0.55),
    "leather": Substance(metallic=0.0, roughness=0.50, nir_reflectance=0.40),
    "wood": Substance(metallic=0.0, roughness=0.55, nir_reflectance=0.50),
    "bark": Substance(metallic=0.0, roughness=0.95, nir_reflectance=0.25),
    "foliage": Substance(metallic=0.0, roughness=0.60, nir_reflectance=0.50),
    "grass": Substance(metallic=0.0, roughness=0.95, nir_reflectance=0.45),
    "soil": Substance(metallic=0.0, roughness=1.00, nir_reflectance=0.25),
    "asphalt": Substance(metallic=0.0, roughness=0.90, nir_reflectance=0.15),
    "concrete": Substance(metallic=0.0, roughness=0.90, nir_reflectance=0.32),
    "brick": Substance(metallic=0.0, roughness=0.95, nir_reflectance=0.40),
    "plaster": Substance(metallic=0.0, roughness=0.95, nir_reflectance=0.60),
    "stone": Substance(metallic=0.0, roughness=0.80, nir_reflectance=0.35),
    "ceramic": Substance(metallic=0.0, roughness=0.15, nir_reflectance=0.60),
    "paper": Substance(metallic=0.0, roughness=0.90, nir_reflectance=0.65),
    "cardboard": Substance(metallic=0.0, roughness=0.95, nir_reflectance=0.55),
    "lane_paint": Substance(metallic=0.0, roughness=0.70, nir_reflectance=0.50, retro_gain=1.0),
    "retro_sheet": Substance(metallic=0.0, roughness=0.50, nir_reflectance=0.60, retro_gain=100.0),
    "painted_metal": Substance(metallic=0.0, roughness=0.40, nir_reflectance=0.40),
    "lamp": Substance(metallic=0.0, roughness=0.20, nir_reflectance=0.40),
    "food": Substance(metallic=0.0, roughness=0.60, nir_reflectance=0.55),
    "water": Substance(metallic=0.0, roughness=0.02, nir_reflectance=0.02),
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Texture:
    """An image wrapped over a surface.

    Attributes:
        name: for messages and credits.
        pixels: (H, W, 3) uint8, sRGB-coded, row 0 at the top (v = 1); made read-only.
    """

    name: str
    pixels: np.ndarray

    def __post_init__(self) -> None:
        pixels = np.ascontiguousarray(self.pixels)
        if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8 or 0 in pixels.shape:
            raise ValueError(f"texture {self.name!r} must be (H, W, 3) uint8, got {pixels.shape} {pixels.dtype}")
        pixels.flags.writeable = False
        object.__setattr__(self, "pixels", pixels)


@dataclass(frozen=True, kw_only=True)
class Material:
    """How a surface meets light.

    Attributes:
        name: unique within its asset.
        substance: what it is made of; key of `SUBSTANCES`.
        base_color: linear Rec. 709 RGB in 0..1; multiplies the texture.
        metallic, roughness, nir_reflectance, clear_coat, retro_gain: as in `Substance`.
        texture: base colour image, or None.
        emission_nit: linear RGB luminance given off, cd/m2.
        tintable: whether a randomizer may give it another colour (a car's paint, a shirt, a mug's glaze).
    """

    name: str
    substance: SubstanceName
    base_color: Rgb
    metallic: float
    roughness: float
    nir_reflectance: float
    clear_coat: float = 0.0
    retro_gain: float = 0.0
    texture: Texture | None = None
    emission_nit: Rgb = (0.0, 0.0, 0.0)
    tintable: bool = False

    def __post_init__(self) -> None:
        for key in ("metallic", "roughness", "nir_reflectance", "clear_coat"):
            if not 0.0 <= getattr(self, key) <= 1.0:
                raise ValueError(f"material {self.name!r}: {key} must lie in 0 to 1, got {getattr(self, key)}")
        if not all(0.0 <= c <= 1.0 for c in self.base_color):
            raise ValueError(f"material {self.name!r}: base_color must lie in 0 to 1, got {self.base_color}")
        if self.retro_gain < 0 or min(self.emission_nit) < 0:
            raise ValueError(f"material {self.name!r}: retro_gain and emission_nit must be 0 or more")


def make_material(
    name: str,
    substance: SubstanceName,
    base_color: Rgb = (0.8, 0.8, 0.8),
    *,
    roughness: float | None = None,
    metallic: float | None = None,
    nir_reflectance: float | None = None,
    texture: Texture | None = None,
    emission_nit: Rgb = (0.0, 0.0, 0.0),
    tintable: bool = False,
) -> Material:
    """Return a material of ``substance``; what is not given comes from `SUBSTANCES`."""
    made_of = SUBSTANCES[substance]
    return Material(
        name=name,
        substance=substance,
        base_color=base_color,
        metallic=made_of.metallic if metallic is None else metallic,
        roughness=made_of.roughness if roughness is None else roughness,
        nir_reflectance=made_of.nir_reflectance if nir_reflectance is None else nir_reflectance,
        clear_coat=made_of.clear_coat,
        retro_gain=made_of.retro_gain,
        texture=texture,
        emission_nit=emission_nit,
        tintable=tintable,
    )


def linear_from_srgb(color: np.ndarray | Rgb | str) -> np.ndarray:
    """Return linear RGB of sRGB-coded values in 0..1, or of a ``#rrggbb`` string (IEC 61966-2-1)."""
    if isinstance(color, str):
        color = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    c = np.asarray(color, dtype=np.float64)
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def rgb(color: str) -> Rgb:
    """Return the linear RGB of a ``#rrggbb`` string, as a tuple for `Material.base_color`."""
    r, g, b = linear_from_srgb(color)
    return float(r), float(g), float(b)
