"""What is packed, sent and stored: parcels, padded mailers, drums, pails and sacks in their usual sizes."""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np

from simgen.assets import textures
from simgen.assets.families import prints
from simgen.assets.families.shapes import Part, assemble, box, hoop, panel, pick, plain, revolve
from simgen.assets.families.soft import cushion
from simgen.assets.families.tabletop import TURNED, half_turns
from simgen.geometry.pose import about
from simgen.scene.asset import Asset
from simgen.scene.material import Texture, make_material

_TAPES = ("#b8905a", "#c9b48a", "#d9d5c8", "#7a5a34")


def parcel(
    *,
    name: str = "parcel",
    size_m: tuple[float, float, float] = (0.4, 0.3, 0.2),
    sheet: Texture,
    ticket: Texture,
    ticket_at_m: tuple[float, float] = (0.05, 0.03),
    tape: str = "#b8905a",
    printed: Texture | None = None,
) -> Asset:
    """Return a closed cardboard box with tape over its seam and a shipping ticket on top.

    Args:
        name: of the asset.
        size_m: length (x), width (y) and height (z).
        sheet: the cardboard.
        ticket: what is printed on the ticket, 100 x 150 mm or as large as fits.
        ticket_at_m: its middle on the top, from the top's middle.
        tape: ``#rrggbb``.
        printed: the makers' print on both long sides, or None.
    """
    x, y, z = size_m
    over, wide = 0.0004, 0.05
    drop = min(0.06, 0.4 * z)
    parts: list[Part] = [
        (box(size_m, (0.0, 0.0, z / 2), min(0.003, z / 5)).wrapped(textures.TILE_M["cardboard"]), "cardboard"),
        (box((x - 0.006, wide, over), (0.0, 0.0, z + over / 2)), "tape"),
    ]
    for side in (1.0, -1.0):
        parts.append((box((over, wide, drop), (side * (x + over) / 2, 0.0, z - 0.003 - drop / 2)), "tape"))
    a, b = min(0.15, 0.8 * x) / 2, min(0.1, 0.8 * y) / 2
    u = float(np.clip(ticket_at_m[0], a + 0.006 - x / 2, x / 2 - a - 0.006))
    v = float(np.clip(ticket_at_m[1], b + 0.006 - y / 2, y / 2 - b - 0.006))
    up = z + 2.2 * over
    parts.append((panel([(u - a, v - b, up), (u + a, v - b, up), (u + a, v + b, up), (u - a, v + b, up)]), "ticket"))
    if printed is not None:
        h, w, out = 0.36 * z, 0.36 * x, y / 2 + over
        for s in (1.0, -1.0):
            corners = [(s * w, s * out, z / 2 - h), (-s * w, s * out, z / 2 - h), (-s * w, s * out, z / 2 + h),
                       (s * w, s * out, z / 2 + h)]  # fmt: skip
            parts.append((panel(corners), "print"))
    materials = [
        make_material("cardboard", "cardboard", (1.0, 1.0, 1.0), texture=sheet),
        plain("tape", "plastic", tape, 0.2),
        make_material("ticket", "paper", (1.0, 1.0, 1.0), texture=ticket, roughness=0.5),
        *([] if printed is None else [make_material("print", "cardboard", (1.0, 1.0, 1.0), texture=printed)]),
    ]
    return assemble(name, "box", parts, materials, symmetries=half_turns(size_m[2]))


def draw_parcel(rng: np.random.Generator, size_m: tuple[float, float, float] | None = None) -> Asset:
    """Draw a parcel, or one of a size."""
    size = size_m or (float(rng.uniform(0.2, 0.48)), float(rng.uniform(0.15, 0.34)), float(rng.uniform(0.06, 0.3)))
    size = (max(size[:2]), min(size[:2]), size[2]) if size_m is None else size
    sheet = textures.cardboard(rng, 256)
    tone = rng.uniform(0.8, 1.08) * rng.uniform(0.96, 1.04, 3) * (1.0 if rng.random() < 0.85 else 1.35)
    pixels = np.clip(sheet.pixels.astype(np.float32) * tone, 0, 255).astype(np.uint8)
    sheet = Texture(name="cardboard", pixels=pixels)
    printed = _stamp(rng, pixels) if rng.random() < 0.5 else None
    return parcel(
        size_m=size,
        sheet=sheet,
        ticket=shipping_ticket(rng),
        ticket_at_m=(float(rng.uniform(-0.1, 0.1)), float(rng.uniform(-0.06, 0.06))),
        tape=pick(rng, _TAPES),
        printed=printed,
    )


def draw_mailer(rng: np.random.Generator) -> Asset:
    """Draw a padded mailer that lies flat, of paper or of plastic."""
    size = (float(rng.uniform(0.22, 0.4)), float(rng.uniform(0.16, 0.28)), float(rng.uniform(0.015, 0.045)))
    paper = rng.random() < 0.5
    a, b, up = 0.075, 0.05, size[2] * 1.22
    ticket = box((2 * a, 2 * b, 0.0012), (0.0, 0.0, up))
    # The pad bulges by a fifth of its thickness on either side.
    parts: list[Part] = [
        (cushion(size, (0.0, 0.0, size[2] / 2), 0.45 * size[2], 0.2 * size[2]), "pad"),
        (ticket, "ticket"),
        (panel([(-a, -b, up + 0.0008), (a, -b, up + 0.0008), (a, b, up + 0.0008), (-a, b, up + 0.0008)]), "print"),
    ]
    color = pick(rng, ("#c8a46a", "#d8c8a0", "#e9e4d6") if paper else ("#c9cdd1", "#23262b", "#e8e8ea", "#54406e"))
    materials = [
        plain("pad", "paper" if paper else "plastic", color, 0.7 if paper else 0.3),
        plain("ticket", "paper", "#f2f1ec", 0.5),
        make_material("print", "paper", (1.0, 1.0, 1.0), texture=shipping_ticket(rng), roughness=0.5),
    ]
    return assemble("mailer", "envelope", parts, materials)


def drum(
    *,
    name: str = "drum",
    radius_m: float = 0.29,
    height_m: float = 0.88,
    made_of: Literal["steel", "plastic", "fibre"] = "steel",
    color: str = "#1f4f8f",
) -> Asset:
    """Return a closed drum: of steel with two rolling hoops, of plastic with a waist, or of fibre with a steel rim."""
    r, h = radius_m, height_m
    rim = [(0.94 * r, h - 0.004), (0.955 * r, h), (0.985 * r, h), (r, h - 0.006)]
    side = _drum_side(r, h, made_of)
    profile = [(0.0, 0.004), (side[-1][0] - 0.012, 0.004), *side[::-1], *rim[::-1], (0.93 * r, h - 0.014),
               (0.0, h - 0.014)]  # fmt: skip
    parts: list[Part] = [(revolve(profile, 48, crease_deg=35.0), "body")]
    for x, bung in ((0.62 * r, 0.035), (-0.62 * r, 0.02)):
        cap = [(0.0, h - 0.002), (bung * 0.7, h - 0.002), (bung, h - 0.008), (bung, h - 0.014), (0.0, h - 0.014)]
        parts.append((revolve(cap[::-1], 20).moved(x), "cap"))
    out = 1.001 * r if made_of == "plastic" else 0.9865 * r if made_of == "fibre" else 0.9765 * r
    parts.append((revolve([(out, h * 0.41), (out, h * 0.59)], 48), "label"))
    materials = [
        plain("body", *{"steel": ("painted_metal", color, 0.35), "plastic": ("plastic", color, 0.35),
                        "fibre": ("cardboard", "#9a7a50", None)}[made_of]),
        plain("cap", "metal", "#a9abae", 0.4),
        plain("label", "paper", "#e9e7df", 0.5),
    ]  # fmt: skip
    return assemble(name, "barrel", parts, materials, symmetries=TURNED)


def _drum_side(r: float, h: float, made_of: str) -> list[tuple[float, float]]:
    """Return the (radius, z) points of a drum's side, from below its upper rim to its foot."""
    if made_of == "plastic":
        turn = np.linspace(0.0, 1.0, 9)
        side = [(r * (1.0 - 0.05 * abs(2 * t - 1) ** 6), h - 0.012 - t * (h - 0.024)) for t in turn]
        return [*side, (0.9 * r, 0.0)]
    if made_of == "fibre":
        return [(r, h - 0.03), (r * 0.985, h - 0.034), (r * 0.985, 0.03), (r, 0.026), (r, 0.002), (0.97 * r, 0.0)]
    side = [(r, h - 0.018), (r * 0.975, h - 0.024)]
    for middle in (0.66 * h, 0.34 * h):
        side += [(r * 0.975, middle + 0.016), (r, middle + 0.008), (r, middle - 0.008), (r * 0.975, middle - 0.016)]
    return [*side, (r * 0.975, 0.024), (r, 0.018), (r, 0.004), (r * 0.97, 0.0), (0.94 * r, 0.0)]


def draw_drum(rng: np.random.Generator) -> Asset:
    """Draw a drum of 60 to 220 litres."""
    radius, height = pick(rng, ((0.29, 0.88), (0.29, 0.88), (0.24, 0.79), (0.195, 0.62)))
    return drum(
        radius_m=radius,
        height_m=height,
        made_of=pick(rng, ("steel", "steel", "plastic", "fibre")),
        color=pick(rng, ("#1f4f8f", "#1d1f22", "#a3292a", "#d8b021", "#e4e3de", "#2f6b45", "#6b7075")),
    )


def draw_pail(rng: np.random.Generator, size_m: tuple[float, float] | None = None) -> Asset:
    """Draw a pail with a lid and a folded handle, as paint is sold in; or one of a radius and a height."""
    r, h = size_m or (float(rng.uniform(0.1, 0.16)), float(rng.uniform(0.18, 0.36)))
    foot = 0.9 * r
    body = [(0.0, 0.004), (foot - 0.01, 0.004), (foot - 0.006, 0.0), (foot, 0.0), (0.985 * r, h - 0.03)]
    lid = [(0.985 * r, h - 0.028), (r, h - 0.026), (r, h - 0.004), (0.97 * r, h), (0.93 * r, h), (0.9 * r, h - 0.006),
           (0.0, h - 0.006)]  # fmt: skip
    share = (0.25, 0.75)
    ring = [(foot + (0.985 * r - foot) * t + 0.0006, (h - 0.03) * t) for t in share]
    parts: list[Part] = [
        (revolve(body, 40), "body"),
        (revolve(lid, 40), "lid"),
        (revolve(ring, 40), "label"),
    ]
    wire = hoop(0.96 * r, 0.0016, 32, 6)
    half = wire.vertices[:, 2] <= 1e-9
    keep = half[wire.faces].all(axis=1)
    folded = type(wire)(vertices=wire.vertices, faces=wire.faces[keep], crease_deg=60.0)
    parts.append(
        (folded.scaled(1.07, 1.0, 0.55).turned(about((1.0, 0.0, 0.0), -0.16)).moved(z=h - 0.05, y=-r * 0.98), "wire")
    )
    color = pick(rng, ("#e8e8e4", "#2a5f9e", "#c23a2a", "#2c2e31", "#e0b42a", "#3f7a4a"))
    materials = [
        plain("body", "plastic", color, 0.35),
        plain("lid", "plastic", pick(rng, (color, "#e8e8e4", "#2c2e31")), 0.35),
        make_material("label", "paper", (1.0, 1.0, 1.0), texture=prints.label(rng, 384, 128), roughness=0.4),
        plain("wire", "metal", "#b0b2b4", 0.35),
    ]
    return assemble("pail", "bucket", parts, materials)


def draw_sack(rng: np.random.Generator, size_m: tuple[float, float, float] | None = None) -> Asset:
    """Draw a full sack that lies, of paper or woven plastic; or one of a size."""
    x, y, z = size_m or (float(rng.uniform(0.5, 0.62)), float(rng.uniform(0.34, 0.42)), float(rng.uniform(0.1, 0.15)))
    body = cushion((x, y, 0.72 * z), (0.0, 0.0, z / 2), 0.3 * z, 0.14 * z)
    parts: list[Part] = [(body, "sack")]
    for side in (1.0, -1.0):
        parts.append((box((0.03, 0.86 * y, 0.006), (side * (x / 2 + 0.008), 0.0, z / 2)), "seam"))
    color = pick(rng, ("#c8a46a", "#e6e2d6", "#d9c9a0", "#b9c4ce"))
    materials = [plain("sack", "paper", color, 0.8), plain("seam", "paper", "#d6d0be")]
    return assemble("sack", "sack", parts, materials)


def shipping_ticket(rng: np.random.Generator) -> Texture:
    """Draw a shipping ticket of invented words: address lines, a bar code, a square of dots."""
    image = np.full((192, 288, 3), 246, np.uint8)
    cv2.rectangle(image, (3, 3), (284, 188), (20, 20, 20), 2)
    cv2.line(image, (3, 66), (284, 66), (20, 20, 20), 2)
    prints.write(image, prints.place_name(rng), (80, 34), 30, (15, 15, 15), 140)
    for row in range(4):
        end = int(rng.integers(70, 150))
        image[80 + 13 * row : 85 + 13 * row, 16:end] = 40
    x = 16
    while x < 268:
        step = int(rng.integers(1, 5))
        image[140:180, x : x + step] = 10
        x += step + int(rng.integers(1, 5))
    dots = (rng.random((14, 14)) < 0.5).astype(np.uint8)
    image[10:60, 222:272] = np.where(cv2.resize(dots, (50, 50), interpolation=cv2.INTER_NEAREST)[..., None], 10, 246)
    return Texture(name="ticket", pixels=image)


def _stamp(rng: np.random.Generator, sheet: np.ndarray) -> Texture:
    """Draw a maker's print on cardboard: an invented name between lines, arrows that say which way is up."""
    image = cv2.resize(sheet, (320, 160))
    ink = tuple(int(c) for c in rng.integers(10, 90, 3))
    prints.write(image, prints.place_name(rng).upper(), (150, 70), 60, ink, 250)
    for x in (256, 290):
        cv2.arrowedLine(image, (x, 140), (x, 96), ink, 5, cv2.LINE_AA, 0, 0.4)
    cv2.line(image, (20, 120), (230, 120), ink, 4)
    return Texture(name="stamp", pixels=np.ascontiguousarray(image))
