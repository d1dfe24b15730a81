"""Tells what a model's materials are made of from their names, colours and the kind of thing they are on."""

from __future__ import annotations

import re

import numpy as np

from simgen.assets.obj import RawMaterial
from simgen.scene.material import Material, SubstanceName, Texture, linear_from_srgb, make_material

# Word stems as modellers write them (English, French, Spanish, Italian), most telling first.
_WORDS: tuple[tuple[SubstanceName, str], ...] = (
    ("chrome", r"chrom|cromo|mirror|espejo|miroir"),
    ("rubber", r"rubber|tyre|tire|pneu|goma|neumatic|caoutchouc|rueda"),
    ("lamp", r"headl|(head|tail|brake).?light|blinker|turn.?sig|faros|phare|lamp|bulb|luz|flame|light_|_light|lights"),
    ("glass", r"glass|glas\b|verre|vitre|crista|vidrio|window|windsh|windscreen|ventana|lens|verri"),
    ("skin", r"skin|flesh|lips|nails\b|eyewhite|iris|pupil"),
    ("hair", r"(?<!c)hair|pelo\b|cheveu|\bfur\b|eyebrow|eyelash|beard"),
    ("painted_metal", r"paint|carross|chapa|enamel"),
    ("leather", r"leather|cuir\b|cuero|pelle"),
    ("cloth", r"cloth|fabric|textil|tissu|tela|shirt|trouser|pants|jean|sock|cotton|wool|cushion|pillow|sheet|towel"
     r"|blanket|mattress|carpet|rug\b|seat|canvas|velvet|colchon|sabana|coussin|jacket|suit\b|dress|tie\b"),
    ("bark", r"bark|trunk|tronc|ecorce|branch|tige|stem"),
    ("foliage", r"leaf|leaves|feuil|hoja|foliage|twig|petal|needle|grass|bush"),
    ("soil", r"soil|earth|terre|tierra|dirt|ground"),
    ("cardboard", r"cardboard|carton"),
    ("paper", r"paper|papier|papel|label|etiquette|page|book|card\b|cover"),
    ("wood", r"wood|bois|madera|legno|oak|pine\b|beech|walnut|cherry|teak|mahog|parquet|birch|cork|bamboo"),
    ("ceramic", r"ceramic|porcel|porzel|clay|terracotta|glaze|china|faience|\bmug\b"),
    ("concrete", r"concrete|cement|beton"),
    ("brick", r"brick|brique|ladrillo"),
    ("stone", r"stone|marble|marbre|granit|rock|pierre|piedra|marmol"),
    ("metal", r"metal|steel|alumin|iron|acero|acier|inox|silver|gold|brass|copper|bronze|zinc|hierro|\bmet_|tin\b"
     r"|rim\b|llanta|nickel|laiton|cuivre|argent"),
    ("food", r"bread|cheese|meat|fruit|apple|orange|banana|lemon|steak|chicken|fries|cake|chocolate|cream|food|salad"
     r"|tomato"),
    ("water", r"water|eau\b|agua|liquid|wine|juice|beer"),
    ("plastic", r"plasti|pvc|nylon|vinyl|acryl|resin|foam"),
)  # fmt: skip

_DEFAULT: dict[str, SubstanceName] = {
    "vehicle": "plastic", "person": "cloth", "animal": "hair", "vegetation": "foliage", "furniture": "wood",
    "street": "painted_metal",
}  # fmt: skip

_DARKEST, _BRIGHTEST, _CLEAREST = 0.02, 0.85, 0.98


def substance_of(raw: RawMaterial, supercategory: str) -> SubstanceName:
    """Return what a material is made of: by its name, else its transparency and mirror colour, else its kind."""
    for substance, words in _WORDS:
        if re.search(words, raw.name.lower()):
            return substance
    if raw.opacity < 0.75:
        return "glass"
    if min(raw.specular) > 0.7 and max(raw.color) < 0.7 and raw.pixels is None:
        return "metal"
    return _DEFAULT.get(supercategory, "plastic")


def material_of(
    raw: RawMaterial,
    substance: SubstanceName,
    *,
    tintable: bool = False,
    color: str | None = None,
    roughness: float | None = None,
) -> Material:
    """Return the renderer's material for a raw one.

    Colours are read as sRGB and kept within 2 % and 85 % linear: real surfaces are neither blacker nor whiter,
    while model files often say 0 or 1. What the file says of metal and roughness wins over its substance.

    Args:
        raw: as in the file.
        substance: from `substance_of` or a pack's map.
        tintable: whether its colour may be changed.
        color: ``#rrggbb`` in place of the file's.
        roughness: in place of the substance's.
    """
    texture = None if raw.pixels is None or color else Texture(name=raw.name, pixels=_opaque(raw), mask=_mask(raw))
    linear = linear_from_srgb(color or raw.color)
    if substance == "glass" and not color:
        # A glass's colour is what it lets through: all that its file's paint leaves open, and of the rest the paint's.
        linear = 1.0 - raw.opacity * (1.0 - linear)
    base = (
        np.clip(linear, _DARKEST, _CLEAREST if substance == "glass" else _BRIGHTEST)
        if texture is None
        else linear
        if raw.tints
        else np.ones(3)
    )
    return make_material(
        raw.name or "plain",
        substance,
        (float(base[0]), float(base[1]), float(base[2])),
        texture=texture,
        normal_texture=None if raw.bumps is None else Texture(name=f"{raw.name} bumps", pixels=raw.bumps),
        metallic=raw.metallic,
        roughness=raw.roughness if roughness is None else roughness,
        emission_nit=raw.emission_nit,
        tintable=tintable,
    )


def _mask(raw: RawMaterial) -> np.ndarray | None:
    """Return (H, W) booleans, False in holes, or None where there are none."""
    if raw.pixels is None or raw.cutoff is None or raw.pixels.shape[2] == 3:
        return None
    mask = raw.pixels[..., 3] >= 255 * raw.cutoff
    return None if mask.all() or not mask.any() else mask


def _opaque(raw: RawMaterial) -> np.ndarray:
    """Return (H, W, 3) uint8 pixels, transparent ones blended over the plain colour unless alpha cuts holes."""
    assert raw.pixels is not None
    if raw.pixels.shape[2] == 3 or raw.cutoff is not None:
        return np.ascontiguousarray(raw.pixels[..., :3])
    alpha = raw.pixels[..., 3:].astype(np.float64) / 255
    return np.round(raw.pixels[..., :3] * alpha + np.asarray(raw.color) * 255 * (1 - alpha)).astype(np.uint8)
