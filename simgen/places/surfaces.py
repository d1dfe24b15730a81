"""Materials of the ground: tiled textures in a few variants, worn road sheets, lane paint, manhole covers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter

from simgen.assets import textures
from simgen.assets.reliefs import RELIEFS
from simgen.scene.material import SUBSTANCES, Material, SubstanceName, Texture, make_material, rgb
from simgen.streams import Draws, stream

VARIANTS = 6
"""How many textures of each kind there are; drawn once per process and shared by scenes."""

SHEET_M = 16.0
"""Length of road that one sheet texture covers."""

_SHEET_PX_PER_M = 128
_SUBSTANCE: dict[str, SubstanceName] = {
    "asphalt": "asphalt",
    "brick": "brick",
    "concrete": "concrete",
    "grass": "grass",
    "kerb_stone": "stone",
    "leaves": "foliage",
    "paving": "concrete",
    "plaster": "plaster",
    "soil": "soil",
}


@lru_cache(maxsize=64)
def tiled_texture(kind: str, variant: int) -> Texture:
    """Return the texture ``kind`` (a function of `simgen.assets.textures`) in one of its variants."""
    return getattr(textures, kind)(stream(0, f"places/{kind}", variant))


@lru_cache(maxsize=64)
def tiled_relief(kind: str, variant: int) -> Texture | None:
    """Return the normal map that goes with `tiled_texture`, or None for what is smooth."""
    draw = RELIEFS.get(kind)
    return None if draw is None else draw(stream(0, f"places/{kind}", variant))


def tiled(draws: Draws, factor: str, kind: str, brightness: tuple[float, float] = (0.8, 1.0)) -> Material:
    """Draw a variant of a tiled texture and its brightness; recorded as ``factor``."""
    rng = draws.rng(factor)
    variant = int(rng.integers(VARIANTS))
    level = float(rng.uniform(*brightness))
    warm = float(rng.normal(0.0, 0.015))
    draws.note(factor, f"{kind}/{variant}")
    red, green, blue = (float(np.clip(level * c, 0.0, 1.0)) for c in (1.0 + warm, 1.0, 1.0 - warm))
    return make_material(
        f"{factor}/{kind}",
        _SUBSTANCE[kind],
        (red, green, blue),
        texture=tiled_texture(kind, variant),
        normal_texture=tiled_relief(kind, variant),
    )


@dataclass(frozen=True, kw_only=True)
class RoadLook:
    """The materials of one road."""

    carriageway: Material
    parking: Material
    parking_tile_m: float
    plain: Material
    gutter: Material
    kerb: Material
    walk: Material
    rim: Material
    rim_tile_m: float
    plot: Material
    plot_tile_m: float
    grass: Material
    soil: Material
    paint: Material
    patch: Material
    tar: Material
    manhole: Material


def draw_look(draws: Draws, track_offsets_m: tuple[float, ...], width_m: float) -> RoadLook:
    """Draw the materials of a road.

    Args:
        draws: where they are drawn from.
        track_offsets_m: middles of the lanes, from the right edge of the outermost one.
        width_m: of all lanes together.
    """
    variant = int(draws.rng("road").integers(VARIANTS))
    brightness = float(draws.rng("road_brightness").uniform(0.75, 1.1))
    wear = float(draws.rng("paint_wear").uniform(0.05, 0.6))
    draws.note("road", f"asphalt/{variant}")
    draws.note("road_brightness", brightness)
    draws.note("paint_wear", wear)
    sheet = _road_sheet(variant, tuple(round(t, 2) for t in track_offsets_m), round(width_m, 2))
    level = min(brightness, 1.0)
    shade = (level, level, level)
    # A road brightens as it ages, in the near infrared too: 0.16 to 0.24.
    nir = SUBSTANCES["asphalt"].nir_reflectance * brightness / 0.925
    relief = tiled_relief("asphalt", variant)
    asphalt = replace(
        make_material("carriageway", "asphalt", shade, nir_reflectance=nir, texture=sheet, normal_texture=relief),
        normal_repeat=(SHEET_M / textures.TILE_M["asphalt"], width_m / textures.TILE_M["asphalt"]),
    )
    other = (variant + 1) % VARIANTS
    plain = make_material(
        "plain",
        "asphalt",
        shade,
        nir_reflectance=nir,
        texture=tiled_texture("asphalt", other),
        normal_texture=tiled_relief("asphalt", other),
    )
    patch_shade = float(draws.rng("patch_shade").uniform(0.45, 0.75))
    paved_bays = bool(draws.rng("parking_surface").random() < 0.4)
    green_rim = bool(draws.rng("kerb_strip_surface").random() < 0.35)
    draws.note("patch_shade", patch_shade)
    draws.note("parking_surface", "paving" if paved_bays else "asphalt")
    draws.note("kerb_strip_surface", "grass" if green_rim else "paving")
    parking = tiled(draws, "parking", "paving", (0.55, 0.75)) if paved_bays else plain
    grass = tiled(draws, "grass", "grass", (0.75, 1.0))
    walk = tiled(draws, "walk", "paving", (0.75, 1.0))
    return RoadLook(
        carriageway=asphalt,
        parking=parking,
        parking_tile_m=1.0 if paved_bays else textures.TILE_M["asphalt"],
        plain=plain,
        gutter=tiled(draws, "gutter", "concrete", (0.55, 0.75)),
        kerb=tiled(draws, "kerb", "kerb_stone", (0.8, 1.0)),
        walk=walk,
        rim=grass if green_rim else replace(walk, name="rim", base_color=_scaled(walk.base_color, 0.85)),
        rim_tile_m=textures.TILE_M["grass"] if green_rim else textures.TILE_M["paving"] / 2,
        plot=tiled(draws, "plot", "concrete", (0.6, 0.85)),
        plot_tile_m=textures.TILE_M["concrete"],
        grass=grass,
        soil=tiled(draws, "soil", "soil", (0.7, 1.0)),
        paint=_lane_paint(int(wear * 10), relief),
        patch=replace(
            plain,
            name="patch",
            base_color=_scaled(shade, patch_shade),
            nir_reflectance=plain.nir_reflectance * patch_shade,
        ),
        tar=make_material("tar", "asphalt", rgb("#26262a"), roughness=0.9, nir_reflectance=0.05),
        manhole=make_material(
            "manhole", "metal", (0.8, 0.8, 0.8), roughness=0.6, metallic=0.6, texture=_manhole_texture()
        ),
    )


def _scaled(color: tuple[float, float, float], factor: float) -> tuple[float, float, float]:
    return color[0] * factor, color[1] * factor, color[2] * factor


def _lane_paint(wear_tenths: int, relief: Texture | None) -> Material:
    """Return road paint, which fills the stones' gaps in part."""
    paint = make_material(
        "lane_paint",
        "lane_paint",
        (0.95, 0.95, 0.93),
        texture=_paint_texture(wear_tenths),
        normal_texture=relief,
    )
    share = 1.0 / textures.TILE_M["asphalt"]
    return replace(paint, normal_repeat=(share, share), normal_strength=0.6)


@lru_cache(maxsize=16)
def _road_sheet(variant: int, tracks_m: tuple[float, ...], width_m: float) -> Texture:
    """Return `SHEET_M` of road: asphalt, wheel tracks, oil line, dirt at the edges, hair cracks; v = 1 is the left."""
    rng = stream(0, "places/road_sheet", variant)
    base = tiled_texture("asphalt", variant).pixels
    tile = int(textures.TILE_M["asphalt"] * _SHEET_PX_PER_M)
    rows, columns = max(int(width_m * _SHEET_PX_PER_M), 8), int(SHEET_M * _SHEET_PX_PER_M)
    small = cv2.resize(base, (tile, tile), interpolation=cv2.INTER_AREA).astype(np.float32)
    # From the lower edge up, where v = 0, so that the tile's own relief lies on its stones.
    image = np.tile(small, (rows // tile + 1, columns // tile, 1))[-rows:]
    offset = (rows - np.arange(rows) - 0.5) / _SHEET_PX_PER_M
    tone = np.ones(rows, dtype=np.float32)
    for middle in tracks_m:
        for side in (-0.78, 0.78):
            tone -= 0.10 * np.exp(-(((offset - middle - side) / 0.28) ** 2))
        tone -= 0.05 * np.exp(-(((offset - middle) / 0.22) ** 2))
    for edge in (offset, width_m - offset):
        tone += 0.10 * np.exp(-((edge / 0.25) ** 2))
    blotches = _wrapped_noise(rng, rows, columns, 12, max(int(width_m), 2)) + 0.6 * _wrapped_noise(
        rng, rows, columns, 40, 24
    )
    streaks = _wrapped_noise(rng, rows, columns, 6, max(int(width_m * 6), 4))
    image *= (tone[:, None] * (1.0 + 0.045 * blotches + 0.025 * streaks))[..., None]
    image = np.ascontiguousarray(np.clip(image, 0, 255).astype(np.uint8))
    _draw_cracks(rng, image)
    return Texture(name=f"road_sheet/{variant}", pixels=image)


def _wrapped_noise(rng: np.random.Generator, rows: int, columns: int, cells_u: int, cells_v: int) -> np.ndarray:
    """Return (rows, columns) float32 noise of unit deviation that joins up along u."""
    lattice = rng.standard_normal((cells_v + 1, cells_u)).astype(np.float32)
    lattice = np.concatenate([lattice, lattice[:, :1]], axis=1)
    field = cv2.remap(
        lattice,
        *np.meshgrid(
            np.linspace(0, cells_u, columns, endpoint=False, dtype=np.float32),
            np.linspace(0, cells_v, rows, dtype=np.float32),
        ),
        interpolation=cv2.INTER_LINEAR,
    )
    return (field - field.mean()) / field.std()


def _draw_cracks(rng: np.random.Generator, image: np.ndarray) -> None:
    """Draw a few hair cracks as random walks, mostly along the road."""
    rows, columns = image.shape[:2]
    for _ in range(int(rng.integers(3, 9))):
        count = int(rng.integers(20, 90))
        heading = rng.normal(0.0, 0.25) + (np.pi / 2 if rng.random() < 0.35 else 0.0)
        turns = heading + np.cumsum(rng.normal(0.0, 0.25, count)) * 0.4
        steps = rng.uniform(4, 14, count)[:, None] * np.stack([np.cos(turns), np.sin(turns)], axis=1)
        points = np.cumsum(steps, axis=0) + rng.uniform((200, 60), (columns - 1200, rows - 60))
        points = np.clip(points, (2, 2), (columns - 3, rows - 3))
        dark = float(rng.uniform(38, 62))
        cv2.polylines(image, [(points * 16).astype(np.int32)], False, (dark, dark, dark), 1, cv2.LINE_AA, 4)


@lru_cache(maxsize=16)
def _paint_texture(wear_tenths: int) -> Texture:
    """Return one square metre of white road paint, flaked away in spots down to the asphalt."""
    rng = stream(0, "places/lane_paint", wear_tenths)
    size = 256
    fine = gaussian_filter(rng.standard_normal((size, size)), 1.6, mode="wrap")
    coarse = gaussian_filter(rng.standard_normal((size, size)), 14.0, mode="wrap")
    flaked = fine / fine.std() + 0.8 * coarse / coarse.std() > 2.6 - 0.28 * wear_tenths
    tone = 226 - 3.0 * wear_tenths + 5.0 * fine / fine.std() + 5.0 * coarse / coarse.std()
    color = np.where(flaked[..., None], 96.0, tone[..., None] * np.array([1.0, 1.0, 0.97]))
    return Texture(name="lane_paint", pixels=np.clip(color, 0, 255).astype(np.uint8))


@lru_cache(maxsize=1)
def _manhole_texture() -> Texture:
    """Return a cast-iron cover in its frame, seen from above."""
    size, middle = 256, 128
    image = np.full((size, size, 3), 92, dtype=np.uint8)
    for k in range(0, size, 16):
        image[k : k + 8] += 10
    for radius, tone in ((128, 58), (118, 98), (110, 46), (106, 88)):
        cv2.circle(image, (middle, middle), radius, (tone, tone, tone), -1, cv2.LINE_AA)
    for row in range(-6, 7):
        for column in range(-6, 7):
            x, y = column * 15, row * 15
            if x * x + y * y < 96 * 96:
                long, short = (5, 2) if (row + column) % 2 else (2, 5)
                cv2.rectangle(
                    image,
                    (middle + x - long, middle + y - short),
                    (middle + x + long, middle + y + short),
                    (122, 120, 116),
                    -1,
                )
    return Texture(name="manhole", pixels=image)
