"""Cars and vans: a skinned body with lamps, seams, mirrors and number plates, on real wheels."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from simgen.assets.families import prints
from simgen.assets.families.car_body import Frame, body_parts, section
from simgen.assets.families.car_door import open_door
from simgen.assets.families.car_profiles import PROFILES, Profile
from simgen.assets.families.livery import livery_materials, livery_parts
from simgen.assets.families.shapes import Part, Shape, assemble, box, ellipsoid, grid, hull, panel, pick
from simgen.assets.families.vehicle_points import Hull, vehicle_points
from simgen.assets.families.wheels import road_wheel
from simgen.scene.asset import Asset
from simgen.scene.material import Material, Texture, make_material, rgb

Body = Literal["sedan", "hatchback", "suv", "estate", "pickup", "van"]

PAINTS = (
    "#e9eaea",
    "#e9eaea",
    "#0d0e10",
    "#17191c",
    "#8d9196",
    "#b4b7ba",
    "#55595e",
    "#7a1518",
    "#14284f",
    "#2b4a75",
    "#23382c",
    "#b8a98c",
    "#c8641e",
)
"""Paint colours, repeated as often as they are met: mostly white, black, greys and silver."""


LIVERIES = (("#c8201f", "#eceded"), ("#1d4fa8", "#e6d62a"), ("#e2581a", "#eceded"), ("#1f7a46", "#e6d62a"))
"""Squares of emergency vehicles: invented ones, as no single service's."""


@dataclass(frozen=True, kw_only=True)
class Style:
    """What tells one make from another, invented.

    Attributes:
        grille: width over half the car's, and height in metres.
        bars: chrome bars across the grille.
        lamps: where head lamps begin across, over half the width, and their height in metres.
        tail: height of the rear lamps beside the usual.
        nose, roof, belt: how much higher bonnet, roof's rear and the windows' foot are, in shares of the height.
        cowl: how far further ahead the windscreen stands, in shares of the length.
        rails: whether there are rails on the roof.
        wing: whether there is a spoiler over the rear window.
    """

    grille: tuple[float, float] = (0.92, 0.085)
    bars: int = 2
    lamps: tuple[float, float] = (0.50, 0.095)
    tail: float = 1.0
    nose: float = 0.0
    roof: float = 0.0
    belt: float = 0.0
    cowl: float = 0.0
    rails: bool = False
    wing: bool = False

    def shaped(self, profile: Profile) -> Profile:
        """Return a body's profile in this style."""
        top = tuple(
            (x if not profile.rear < x < 0.95 else x + self.cowl * (abs(x - profile.cowl) < 1e-9),
             z + (self.nose if x > profile.cowl - 1e-9 else self.roof if abs(x - profile.roof[0]) < 0.05 else 0.0))
            for x, z in profile.top
        )  # fmt: skip
        return replace(profile, top=top, cowl=profile.cowl + self.cowl, belt=profile.belt + self.belt)


def draw_style(rng: np.random.Generator, body: Body) -> Style:
    """Draw a style."""
    return Style(
        grille=(float(rng.uniform(0.45, 1.05)), float(rng.uniform(0.05, 0.13))),
        bars=int(rng.integers(0, 4)),
        lamps=(float(rng.uniform(0.44, 0.66)), float(rng.uniform(0.07, 0.125))),
        tail=float(rng.uniform(0.75, 1.15)),
        nose=float(rng.uniform(-0.012, 0.022)),
        roof=float(rng.uniform(-0.015, 0.010)),
        belt=float(rng.uniform(-0.012, 0.015)),
        cowl=float(rng.uniform(-0.014, 0.014)),
        rails=bool(body in ("suv", "estate") and rng.random() < 0.6),
        wing=bool(body in ("hatchback", "suv", "estate") and rng.random() < 0.6),
    )


def car(
    *,
    name: str = "car",
    body: Body = "sedan",
    length_m: float = 4.5,
    width_m: float = 1.8,
    height_m: float = 1.45,
    wheel_m: float = 0.32,
    paint: str = "#8d9196",
    spokes: int = 5,
    style: Style = Style(rails=True),
    open_door_deg: float = 0.0,
    livery: tuple[str, str] | None = None,
    plate: Texture,
) -> Asset:
    """Return a car.

    Args:
        name: of the asset.
        body: the kind of body, a key of `PROFILES`.
        length_m: from bumper to bumper; number plates and their holders add some centimetres.
        width_m: over the body, without the mirrors (which add about 2 x 0.13 m to the asset's box).
        height_m: to the roof.
        wheel_m: the wheels' outer radius.
        paint: ``#rrggbb`` of the body.
        spokes: of the rims.
        style: the make.
        open_door_deg: how far the driver's door, on the left, stands open.
        livery: the two ``#rrggbb`` of an emergency vehicle's squares; with them come lit blue lamps on the roof.
        plate: the number plate.
    """
    frame = Frame(
        profile=style.shaped(PROFILES[body]),
        length=length_m,
        width=width_m,
        height=height_m,
        wheel=wheel_m,
        ground=0.12 + 0.18 * wheel_m,
    )
    parts = [*body_parts(frame), *_under(frame), *_seams(frame, body), *_ends(frame, body, style), *_mirrors(frame)]
    if body == "pickup":
        parts += _cargo_bed(frame)
    if style.rails and body in ("suv", "estate"):
        parts += _roof_rails(frame)
    if style.wing:
        parts.append((_wing(frame), "paint"))
    if livery:
        parts += livery_parts(frame)
    if open_door_deg:
        parts += open_door(frame, frame.x(frame.profile.cowl - 0.06), frame.x(frame.profile.pillars[0]), open_door_deg)
    track = width_m / 2 - 0.115
    for axle in frame.axles:
        for part, material in road_wheel(radius_m=wheel_m, width_m=0.21, spokes=spokes):
            parts.append((part.moved(axle, track, wheel_m), material))
            parts.append((part.mirrored().moved(axle, -track, wheel_m), material))
    points = vehicle_points(_hull(frame, body), parts)
    materials = _materials(paint, plate) + (livery_materials(*livery) if livery else [])
    return assemble(name, "van" if body == "van" else "car", parts, materials, keypoints=points)


def _hull(frame: Frame, body: Body) -> Hull:
    """Return where corners and wheels are."""
    p, half = frame.profile, frame.width / 2
    rear, front = frame.x(p.roof[0]), frame.x(p.roof[1])
    edges = section(frame, [frame.x(p.roof[0] + 0.04), frame.x(p.roof[1] - 0.04)])[:, 8]
    bottom = (-frame.length / 2, frame.length / 2, half * 0.84, frame.ground + (0.10 if body != "suv" else 0.14))
    roof = (rear, front, float(edges[:, 1].mean()), float(edges[:, 2].mean()))
    return Hull(axles=frame.axles, track_m=frame.width - 0.02, wheel_m=frame.wheel, bottom=bottom, roof=roof)


def draw_car(rng: np.random.Generator, body: Body, *, open_door: bool = False, emergency: bool = False) -> Asset:
    """Draw a car of one kind of body, in the sizes that kind is sold in; an emergency one is white, in squares."""
    low, high = {
        "sedan": ((4.2, 1.66, 1.40), (4.9, 1.84, 1.48)),
        "hatchback": ((3.5, 1.58, 1.44), (4.3, 1.78, 1.54)),
        "suv": ((4.1, 1.74, 1.58), (4.8, 1.88, 1.74)),
        "estate": ((4.3, 1.68, 1.43), (4.9, 1.84, 1.52)),
        "pickup": ((4.9, 1.78, 1.72), (5.4, 1.90, 1.86)),
        "van": ((4.7, 1.82, 1.92), (5.6, 2.00, 2.50)),
    }[body]
    length, width, height = (float(rng.uniform(a, b)) for a, b in zip(low, high, strict=True))
    wheel = {"suv": 0.355, "pickup": 0.375, "van": 0.335}.get(body, 0.310) + float(rng.uniform(-0.012, 0.015))
    paints = ("#eceded", "#eceded", "#eceded", "#b4b7ba", "#8d9196", "#14284f", "#c9a21d") if body == "van" else PAINTS
    return car(
        body=body,
        length_m=length,
        width_m=width,
        height_m=height,
        wheel_m=wheel,
        paint="#eceded" if emergency else pick(rng, paints),
        spokes=int(rng.integers(5, 11)),
        plate=prints.plate(rng),
        style=draw_style(rng, body),
        open_door_deg=float(rng.uniform(35.0, 70.0)) if open_door else 0.0,
        livery=pick(rng, LIVERIES) if emergency else None,
    )


def _materials(paint: str, plate: Texture) -> list[Material]:
    return [
        make_material("paint", "car_paint", rgb(paint), tintable=True),
        make_material("window", "glass", rgb("#12171a")),
        make_material("trim", "plastic", rgb("#17181a"), roughness=0.6),
        make_material("seam", "plastic", rgb("#0a0a0b"), roughness=0.9),
        make_material("tyre", "rubber", rgb("#1b1b1c")),
        make_material("rim", "metal", rgb("#a9acaf")),
        make_material("dark", "plastic", rgb("#0c0c0d"), roughness=0.9),
        make_material("chrome", "chrome", rgb("#d2d4d6")),
        make_material("mirror", "chrome", rgb("#d2d4d6")),
        make_material("head_lamp", "lamp", rgb("#dfe6ea"), roughness=0.05),
        make_material("tail_lamp", "lamp", rgb("#8a0d10"), roughness=0.1),
        make_material("indicator", "lamp", rgb("#d9771a"), roughness=0.1),
        make_material("plate", "retro_sheet", (1.0, 1.0, 1.0), texture=plate),
    ]


def _under(frame: Frame) -> list[Part]:
    """Return what is seen through the wheel arches: the closed floor between the wheels."""
    inner = frame.width - 2 * 0.26
    low = frame.ground + 0.02
    return [(box((frame.length * 0.94, inner, frame.height * 0.36), (0.0, 0.0, low + frame.height * 0.18)), "dark")]


def _strip(frame: Frame, x: float, rows: tuple[int, int], width: float, slant: float = 0.0) -> list[Shape]:
    """Return a thin dark line along the cross-section at ``x``, 2 mm proud, on both sides."""
    lines = section(frame, [x + width / 2, x - width / 2])[:, rows[0] : rows[1] + 1] + np.array([0.0, 0.0025, 0.0])
    lines[..., 0] += slant * (lines[..., 2] - lines[:, :1, 2])
    shape = grid(lines[:, ::-1])
    return [shape, shape.mirrored()]


def _seams(frame: Frame, body: Body) -> list[Part]:
    """Return door gaps and handles."""
    p = frame.profile
    front = p.cowl - (0.06 if body != "van" else 0.085)
    gaps = [front, *[s for s in p.pillars if s > p.axles[0] + 0.1]]
    rear = p.axles[0] + frame.wheel * 1.35 / frame.length
    if body in ("sedan", "suv", "estate", "hatchback"):
        gaps.append(max(rear, p.pillars[-1] - 0.02) if len(p.pillars) > 1 else rear)
    elif body == "van":
        gaps += [0.42, 0.64]
    parts: list[Part] = [(s, "seam") for g in gaps for s in _strip(frame, frame.x(g), (2, 5), 0.009)]
    for ahead, behind in itertools.pairwise(gaps):
        if ahead - behind < 0.1:
            continue
        x = frame.x(behind) + 0.13
        at = section(frame, x)[4]
        grip = box((0.16, 0.028, 0.026), (x, float(at[1]) + 0.012, float(at[2]) - 0.015), 0.008)
        parts += [(grip, "paint"), (grip.mirrored(), "paint")]
    return parts


def _lamp(frame: Frame, x: float, z: tuple[float, float], inner: float, deep: float) -> Shape:
    """Return a lamp set into the left corner of an end: from ``inner`` to the corner across, ``z`` low to high."""
    sign = 1.0 if x > 0 else -1.0
    spots = [(share, 0.0) for share in (0.0, 0.6, 0.97)]
    spots += [(1.0, back) for back in (0.05, 0.12, 0.25, 0.4, 0.6, 0.8, 1.0)]
    places = [x + sign * (0.012 if back == 0 else 0.004) - sign * deep * back for _, back in spots]
    flanks = section(frame, [sign * min(abs(place), frame.length / 2) for place in places])[:, 2:7]
    points = []
    for (share, _), place, flank in zip(spots, places, flanks, strict=True):
        for level in z:
            outer = float(np.interp(level, flank[:, 2], flank[:, 1])) + 0.008
            y = inner + (outer - inner) * share
            points.append((place, y, level + (0.035 * share if level == z[1] else 0.02 * share)))
            points.append((place - sign * 0.05, y * 0.96, level))
    return hull(points, crease_deg=35.0)


def _ends(frame: Frame, body: Body, style: Style) -> list[Part]:
    """Return lamps, grille, bumpers, number plates and badges at both ends."""
    p, h, half = frame.profile, frame.height, frame.width / 2
    nose, tail = frame.length / 2, -frame.length / 2
    edge = h * p.top[-1][1]
    parts: list[Part] = []
    low = frame.ground + 0.10
    inner, tall_lamp = style.lamps
    head = _lamp(frame, nose, (edge - 0.015 - tall_lamp, edge - 0.015), half * inner, 0.27)
    parts += [(head, "head_lamp"), (head.mirrored(), "head_lamp")]
    wide, tall_grille = half * min(2 * inner - 0.04, 2.0) * style.grille[0] * 0.95, style.grille[1]
    centre = edge - 0.03 - tall_grille / 2
    parts.append((box((0.05, wide, tall_grille), (nose + 0.004, 0.0, centre), 0.015), "dark"))
    for k in range(style.bars):
        z = centre + tall_grille * ((k + 1) / (style.bars + 1) - 0.5)
        parts.append((box((0.055, wide - 0.02, 0.008), (nose + 0.006, 0.0, z), 0.003), "chrome"))
    intake = box(
        (0.05, half * 1.25, max(edge - 0.32 - low, 0.07)), (nose + 0.004, 0.0, (edge - 0.32 + low) / 2 + 0.01), 0.02
    )
    parts.append((intake, "trim"))
    rear_edge = h * (0.62 if body == "van" else 0.58)
    tall = (0.34 if body in ("van", "estate", "suv") else 0.17) * style.tail
    lamp_z = (rear_edge - tall + 0.06, rear_edge + 0.03)
    lamp = _lamp(frame, tail, lamp_z, half * (0.86 if body in ("van", "pickup") else 0.62), 0.16)
    parts += [(lamp, "tail_lamp"), (lamp.mirrored(), "tail_lamp")]
    bumper = frame.ground + 0.20
    parts.append((box((0.05, half * 1.55, 0.13), (tail - 0.004, 0.0, bumper), 0.02), "trim"))
    plate_z = rear_edge - 0.13 if body in ("sedan", "hatchback", "estate", "suv") else bumper + 0.02
    x, y, z, lift = nose + 0.034, 0.26, 0.055, edge - 0.235
    parts.append((panel([(x, -y, lift - z), (x, y, lift - z), (x, y, lift + z), (x, -y, lift + z)]), "plate"))
    parts.append((box((0.03, 0.54, 0.125), (x - 0.016, 0.0, lift)), "trim"))
    x = tail - 0.036
    parts.append(
        (panel([(x, y, plate_z - z), (x, -y, plate_z - z), (x, -y, plate_z + z), (x, y, plate_z + z)]), "plate")
    )
    parts.append((box((0.034, 0.54, 0.125), (x + 0.018, 0.0, plate_z)), "trim"))
    return parts + (_rear_doors(frame, tail) if body == "van" else [])


def _rear_doors(frame: Frame, tail: float) -> list[Part]:
    """Return a van's two rear windows and the gap between its doors."""
    z, half = frame.height * 0.70, frame.width / 2
    window = box((0.03, half * 0.62, frame.height * 0.22), (tail - 0.012, half * 0.40, z), 0.012)
    gap = box((0.03, 0.01, frame.height * 0.66), (tail - 0.012, 0.0, frame.height * 0.52))
    return [(window, "window"), (window.mirrored(), "window"), (gap, "seam")]


def _mirrors(frame: Frame) -> list[Part]:
    """Return the two door mirrors on their stalks."""
    x = frame.x(frame.profile.cowl) - 0.16
    at = section(frame, x)[5]
    y, z = float(at[1]), float(at[2])
    shell = ellipsoid((0.055, 0.082, 0.058), (x - 0.02, y + 0.078, z + 0.06), 12, 8)
    glass = box((0.008, 0.12, 0.08), (x - 0.066, y + 0.078, z + 0.06), 0.003)
    stalk = box((0.04, 0.09, 0.025), (x, y + 0.03, z + 0.012), 0.006)
    return [
        (s if left else s.mirrored(), m)
        for s, m in ((shell, "paint"), (glass, "mirror"), (stalk, "trim"))
        for left in (True, False)
    ]


def _wing(frame: Frame) -> Shape:
    """Return a spoiler that lengthens the roof over the rear window."""
    p, half = frame.profile, frame.width / 2
    x = frame.x(p.roof[0])
    z = float(section(frame, x + 0.02)[12, 2])
    edge = [(x + 0.10, z + 0.005), (x - 0.10, z - 0.012), (x - 0.10, z - 0.04), (x + 0.05, z - 0.05)]
    return hull([(a, s * half * 0.56, b) for a, b in edge for s in (1, -1)], 30.0)


def _cargo_bed(frame: Frame) -> list[Part]:
    """Return a pickup's open bed: its dark floor and the walls' caps (the bed is shown as a flush cover)."""
    rear, front = frame.x(0.025), frame.x(frame.profile.rear - 0.015)
    z, half = frame.height * 0.605, frame.width / 2 - 0.16
    cover = box((front - rear, 2 * half, 0.02), ((front + rear) / 2, 0.0, z), 0.008)
    return [(cover, "trim")]


def _roof_rails(frame: Frame) -> list[Part]:
    """Return two rails along the roof."""
    first, last = frame.x(frame.profile.roof[0] + 0.05), frame.x(frame.profile.roof[1] - 0.03)
    mid = section(frame, (first + last) / 2)[9]
    rail = box((last - first, 0.03, 0.03), ((first + last) / 2, float(mid[1]) - 0.02, float(mid[2]) + 0.045), 0.01)
    feet = [
        box((0.08, 0.03, 0.06), (x, float(mid[1]) - 0.02, float(mid[2]) + 0.015)) for x in (first + 0.04, last - 0.04)
    ]
    return [(s if left else s.mirrored(), "trim") for s in (rail, *feet) for left in (True, False)]
