"""Metallic-roughness materials, what they are made of, and their textures."""

from __future__ import annotations

import math
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
        retro_gain: how much more than Lambertian, met squarely, light returns straight to where it came from, at any
            angle of incidence; 0 for none.
        retro_width_deg: how far the viewer may stand from the light, as the surface sees them: at this observation
            angle 61 % of what returns straight is left (a normal curve).
    """

    metallic: float
    roughness: float
    nir_reflectance: float
    clear_coat: float = 0.0
    retro_gain: float = 0.0
    retro_width_deg: float = 1.0


# Near-infrared values: mid-points of the published ranges (asphalt 0.1 when new to 0.3 after ten years, as the binder
# wears off the stones: Herold and Roberts 2005, not re-read; concrete 0.25-0.40, green vegetation 0.4-0.6, bark 0.25,
# denim and cotton 0.4-0.7, skin 0.5-0.6, tyre 0.03-0.05, lane marking 0.4-0.6); others are guessed.
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
    "asphalt": Substance(metallic=0.0, roughness=0.90, nir_reflectance=0.20),
    "concrete": Substance(metallic=0.0, roughness=0.90, nir_reflectance=0.32),
    "brick": Substance(metallic=0.0, roughness=0.95, nir_reflectance=0.40),
    "plaster": Substance(metallic=0.0, roughness=0.95, nir_reflectance=0.60),
    "stone": Substance(metallic=0.0, roughness=0.80, nir_reflectance=0.35),
    "ceramic": Substance(metallic=0.0, roughness=0.15, nir_reflectance=0.60),
    "paper": Substance(metallic=0.0, roughness=0.90, nir_reflectance=0.65),
    "cardboard": Substance(metallic=0.0, roughness=0.95, nir_reflectance=0.55),
    "lane_paint": Substance(metallic=0.0, roughness=0.70, nir_reflectance=0.50, retro_gain=1.0, retro_width_deg=3.0),
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
        mask: None, or (H, W) booleans: False where there is a hole in the surface. Rays of all kinds go through it,
            and labels are of what lies behind. As a base colour alone.
    """

    name: str
    pixels: np.ndarray
    mask: np.ndarray | None = None

    def __post_init__(self) -> None:
        pixels = np.ascontiguousarray(self.pixels)
        if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8 or 0 in pixels.shape:
            raise ValueError(f"texture {self.name!r} must be (H, W, 3) uint8, got {pixels.shape} {pixels.dtype}")
        pixels.flags.writeable = False
        object.__setattr__(self, "pixels", pixels)
        if self.mask is not None:
            mask = np.ascontiguousarray(self.mask)
            if mask.shape != pixels.shape[:2] or mask.dtype != np.bool_ or not mask.any():
                raise ValueError(
                    f"texture {self.name!r}: mask must be {pixels.shape[:2]} booleans, not all False, got {mask.shape} "
                    f"{mask.dtype}"
                )
            mask.flags.writeable = False
            object.__setattr__(self, "mask", mask)


@dataclass(frozen=True, kw_only=True)
class Soiling:
    """Dirt on one object's surface, placed by where on the object a point lies. Pictures alone show it.

    Attributes:
        kind: ``road``: mud low down, spots above it, dust on what faces up; ``rain``: streaks down walls, splashes at
            their foot.
        amount: 0 for none to 1 for as much as is ever seen.
    """

    kind: Literal["road", "rain"]
    amount: float

    def __post_init__(self) -> None:
        if not 0.0 <= self.amount <= 1.0:
            raise ValueError(f"soiling amount must lie in 0 to 1, got {self.amount}")


@dataclass(frozen=True, kw_only=True)
class Material:
    """How a surface meets light.

    Attributes:
        name: unique within its asset.
        substance: what it is made of; key of `SUBSTANCES`.
        base_color: linear Rec. 709 RGB in 0..1; multiplies the texture.
        metallic, roughness, nir_reflectance, clear_coat, retro_gain, retro_width_deg: as in `Substance`.
        texture: base colour image, or None.
        normal_texture: bumps too fine for triangles, or None: a tangent-space normal map, its bytes not sRGB-coded.
            Red, green and blue are x, y and z of a unit vector, byte 128 being 0 and 255 being 1; x points along
            growing u, y along growing v (up in the image, as OpenGL and glTF have it), z out of the surface. Pictures
            alone show it: the normals in labels are of the triangles.
        normal_strength: factor on its slopes; 0 for none.
        normal_repeat: how often it repeats along u and v where ``texture`` does once.
        emission_nit: linear RGB luminance given off, cd/m2.
        soiling: dirt, or None.
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
    retro_width_deg: float = 1.0
    texture: Texture | None = None
    normal_texture: Texture | None = None
    normal_strength: float = 1.0
    normal_repeat: tuple[float, float] = (1.0, 1.0)
    emission_nit: Rgb = (0.0, 0.0, 0.0)
    soiling: Soiling | None = None
    tintable: bool = False

    def __post_init__(self) -> None:
        for key in ("metallic", "roughness", "nir_reflectance", "clear_coat"):
            if not 0.0 <= getattr(self, key) <= 1.0:
                raise ValueError(f"material {self.name!r}: {key} must lie in 0 to 1, got {getattr(self, key)}")
        if not all(0.0 <= c <= 1.0 for c in self.base_color):
            raise ValueError(f"material {self.name!r}: base_color must lie in 0 to 1, got {self.base_color}")
        if self.retro_gain < 0 or min(self.emission_nit) < 0:
            raise ValueError(f"material {self.name!r}: retro_gain and emission_nit must be 0 or more")
        if not 0.0 < self.retro_width_deg <= 30.0 or self.retro_share > 1.0:
            raise ValueError(
                f"material {self.name!r}: retro_width_deg must lie in 0 to 30 and be so narrow that no more light "
                f"returns than falls in, got {self.retro_width_deg} with retro_gain {self.retro_gain}, which would "
                f"return {self.retro_share:.3g} times the light that the surface scatters"
            )
        if self.normal_strength < 0 or min(self.normal_repeat) <= 0:
            raise ValueError(
                f"material {self.name!r}: normal_strength must be 0 or more and normal_repeat above 0, "
                f"got {self.normal_strength} and {self.normal_repeat}"
            )

    @property
    def retro_share(self) -> float:
        """How much of the light that the surface scatters returns to where it came from: its lobe's integral."""
        return 2.0 * self.retro_gain * math.radians(self.retro_width_deg) ** 2


def make_material(
    name: str,
    substance: SubstanceName,
    base_color: Rgb = (0.8, 0.8, 0.8),
    *,
    roughness: float | None = None,
    metallic: float | None = None,
    nir_reflectance: float | None = None,
    texture: Texture | None = None,
    normal_texture: Texture | None = None,
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
        retro_width_deg=made_of.retro_width_deg,
        texture=texture,
        normal_texture=normal_texture,
        emission_nit=emission_nit,
        tintable=tintable,
    )


def linear_from_srgb(color: np.ndarray | Rgb | str) -> np.ndarray:
    """Return linear RGB of sRGB-coded values in 0..1, or of a ``#rrggbb`` string (IEC 61966-2-1)."""
    if isinstance(color, str):
        color = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    c = np.asarray(color, dtype=np.float64)
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def srgb_from_linear(color: np.ndarray) -> np.ndarray:
    """Return sRGB-coded values of linear ones in 0..1 (IEC 61966-2-1)."""
    c = np.asarray(color, dtype=np.float64)
    return np.where(c <= 0.0031308, 12.92 * c, 1.055 * c ** (1 / 2.4) - 0.055)


def rgb(color: str) -> Rgb:
    """Return the linear RGB of a ``#rrggbb`` string, as a tuple for `Material.base_color`."""
    r, g, b = linear_from_srgb(color)
    return float(r), float(g), float(b)
