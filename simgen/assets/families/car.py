"""Cars and vans: a body skinned over cross-sections drawn from a side profile, on real wheels."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from simgen.assets.families import prints
from simgen.assets.families.shapes import Part, Shape, assemble, box, ellipsoid, grid, hull, join, panel, pick
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


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A body's side view, in shares of its length (from the rear, 0, to the front, 1) and of its height.

    Attributes:
        top: (x, z) points of the outline's upper edge over its middle, rear to front.
        roof: x of the roof's rear and front end.
        rear, cowl: x of the foot of the rear window and of the windscreen.
        belt: height of the side windows' foot.
        pillars: x of the pillars' middles within the side windows.
        axles: x of the two axles.
        blind: x range of the side that has no windows though it rises to the roof.
    """

    top: tuple[tuple[float, float], ...]
    roof: tuple[float, float]
    rear: float
    cowl: float
    belt: float
    pillars: tuple[float, ...]
    axles: tuple[float, float]
    blind: tuple[float, float] = (0.0, 0.0)


PROFILES: dict[str, Profile] = {
    "sedan": Profile(
        top=(
            (0.0, 0.60),
            (0.015, 0.70),
            (0.13, 0.735),
            (0.30, 0.965),
            (0.44, 1.0),
            (0.56, 0.98),
            (0.735, 0.665),
            (0.90, 0.60),
            (0.985, 0.50),
            (1.0, 0.43),
        ),
        roof=(0.30, 0.56),
        rear=0.13,
        cowl=0.735,
        belt=0.655,
        pillars=(0.475, 0.28),
        axles=(0.205, 0.80),
    ),
    "hatchback": Profile(
        top=(
            (0.0, 0.60),
            (0.015, 0.64),
            (0.03, 0.68),
            (0.12, 0.93),
            (0.22, 0.985),
            (0.42, 1.0),
            (0.53, 0.98),
            (0.745, 0.665),
            (0.90, 0.61),
            (0.985, 0.51),
            (1.0, 0.44),
        ),
        roof=(0.12, 0.53),
        rear=0.03,
        cowl=0.745,
        belt=0.65,
        pillars=(0.44, 0.19),
        axles=(0.165, 0.815),
    ),
    "suv": Profile(
        top=(
            (0.0, 0.58),
            (0.012, 0.62),
            (0.03, 0.66),
            (0.09, 0.94),
            (0.20, 0.985),
            (0.42, 1.0),
            (0.55, 0.98),
            (0.72, 0.69),
            (0.89, 0.645),
            (0.985, 0.55),
            (1.0, 0.46),
        ),
        roof=(0.09, 0.55),
        rear=0.03,
        cowl=0.72,
        belt=0.66,
        pillars=(0.47, 0.24),
        axles=(0.185, 0.805),
    ),
    "estate": Profile(
        top=(
            (0.0, 0.60),
            (0.012, 0.64),
            (0.025, 0.68),
            (0.09, 0.94),
            (0.20, 0.985),
            (0.42, 1.0),
            (0.55, 0.98),
            (0.735, 0.665),
            (0.90, 0.60),
            (0.985, 0.50),
            (1.0, 0.43),
        ),
        roof=(0.09, 0.55),
        rear=0.025,
        cowl=0.735,
        belt=0.655,
        pillars=(0.47, 0.25),
        axles=(0.20, 0.80),
    ),
    "pickup": Profile(
        top=(
            (0.0, 0.60),
            (0.39, 0.605),
            (0.425, 0.95),
            (0.50, 0.995),
            (0.56, 1.0),
            (0.62, 0.985),
            (0.745, 0.69),
            (0.89, 0.65),
            (0.985, 0.56),
            (1.0, 0.46),
        ),
        roof=(0.425, 0.62),
        rear=0.39,
        cowl=0.745,
        belt=0.66,
        pillars=(0.545,),
        axles=(0.215, 0.81),
    ),
    "van": Profile(
        top=(
            (0.0, 0.90),
            (0.012, 0.965),
            (0.06, 0.995),
            (0.40, 1.0),
            (0.66, 0.985),
            (0.72, 0.945),
            (0.885, 0.595),
            (0.97, 0.49),
            (0.99, 0.44),
            (1.0, 0.36),
        ),
        roof=(0.06, 0.72),
        rear=0.012,
        cowl=0.885,
        belt=0.55,
        pillars=(0.655,),
        axles=(0.20, 0.83),
        blind=(0.0, 0.64),
    ),
}


@dataclass(frozen=True, kw_only=True)
class _Frame:
    """A profile at its true size: x forward from the middle, metres."""

    profile: Profile
    length: float
    width: float
    height: float
    wheel: float
    ground: float

    def x(self, share: float) -> float:
        """Return the place of a share of the length."""
        return (share - 0.5) * self.length

    @property
    def axles(self) -> tuple[float, float]:
        """Where the axles stand, rear then front."""
        return self.x(self.profile.axles[0]), self.x(self.profile.axles[1])


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
        plate: the number plate.
    """
    frame = _Frame(
        profile=PROFILES[body],
        length=length_m,
        width=width_m,
        height=height_m,
        wheel=wheel_m,
        ground=0.12 + 0.18 * wheel_m,
    )
    parts = [*_body(frame), *_under(frame), *_seams(frame, body), *_ends(frame, body), *_mirrors(frame)]
    if body == "pickup":
        parts += _cargo_bed(frame)
    if body == "suv":
        parts += _roof_rails(frame)
    track = width_m / 2 - 0.115
    for axle in frame.axles:
        for part, material in road_wheel(radius_m=wheel_m, width_m=0.21, spokes=spokes):
            parts.append((part.moved(axle, track, wheel_m), material))
            parts.append((part.mirrored().moved(axle, -track, wheel_m), material))
    return assemble(name, "van" if body == "van" else "car", parts, _materials(paint, plate))


def draw_car(rng: np.random.Generator, body: Body) -> Asset:
    """Draw a car of one kind of body, in the sizes that kind is sold in."""
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
        paint=pick(rng, paints),
        spokes=int(rng.integers(5, 11)),
        plate=prints.plate(rng),
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
        make_material("head_lamp", "lamp", rgb("#dfe6ea"), roughness=0.05),
        make_material("tail_lamp", "lamp", rgb("#8a0d10"), roughness=0.1),
        make_material("indicator", "lamp", rgb("#d9771a"), roughness=0.1),
        make_material("plate", "retro_sheet", (1.0, 1.0, 1.0), texture=plate),
    ]


def _section(frame: _Frame, x: float) -> np.ndarray:
    """Return (13, 3) points of the cross-section's left half at ``x``, from the floor's middle to the roof's.

    Rows: 0 floor, 1 floor's edge, 2 sill, 3 flank, 4 shoulder, 5 belt, 6 and 7 window's foot and head, 8 roof's edge,
    9 screen's edge, 10 and 11 roof, 12 middle.
    """
    p, share = frame.profile, x / frame.length + 0.5
    h, half = frame.height, frame.width / 2
    top = h * float(np.interp(share, [a for a, _ in p.top], [b for _, b in p.top]))
    # In plan the body narrows towards both ends: a rounded rectangle of exponent 6 or so, a little more at the front.
    end = max(share - 0.5, 0.0) * 2 if share > 0.5 else max(0.5 - share, 0.0) * 2
    plan = half * (1.0 - (0.15 if share > 0.5 else 0.11) * end**7 - 0.03 * end**2)
    # The belt climbs a little to the rear, and stays under the upper edge of bonnet and boot.
    belt = min(h * (p.belt + 0.03 * (0.5 - share)), top - 0.025)
    shoulder = min(belt - 0.09 * h * 0.5, top - 0.05)
    lift = _arch_lift(frame, x)
    rise = 0.06 * max(end - 0.9, 0.0) / 0.1 * h
    floor = max(frame.ground + rise, lift)
    sill = max(frame.ground + 0.07 + rise, lift + 0.001)
    flank = max(frame.ground + 0.36 * (shoulder - frame.ground), lift + 0.05)
    shoulder = max(shoulder, flank + 0.02)
    belt = max(belt, shoulder + 0.01)
    glass = max(top - belt, 0.0) / h
    lean = 0.42 if frame.profile.blind == (0.0, 0.0) else 0.16
    roof_half = plan - 0.045 - lean * glass * h * (0.75 if glass > 0.05 else 0.5)
    crown = 0.02 + 0.04 * min(glass / 0.3, 1.0)
    edge = max(top - crown, belt + 0.006)
    up = edge - belt
    wide = plan - 0.012

    def across(t: float) -> float:
        return (wide - 0.012) + (roof_half - wide + 0.012) * t

    rows = [
        (0.0, floor),
        (0.86 * plan, floor),
        (0.972 * plan, sill),
        (plan, flank),
        (plan - 0.006, shoulder),
        (wide, belt),
        (across(0.10), belt + 0.10 * up),
        (across(0.84), belt + 0.84 * up),
        (roof_half, edge),
        (roof_half - 0.07 * min(up / 0.3, 1.0) - 0.02, edge + 0.45 * (top - edge)),
        (0.62 * roof_half, edge + 0.78 * (top - edge)),
        (0.3 * roof_half, edge + 0.95 * (top - edge)),
        (0.0, top),
    ]
    return np.array([(x, y, z) for y, z in rows])


def _arch_lift(frame: _Frame, x: float) -> float:
    """Return the height of the wheel arches' edge at ``x``; 0 outside them."""
    reach = frame.wheel * 1.17
    lift = 0.0
    for axle in frame.axles:
        inside = reach**2 - (x - axle) ** 2
        if inside > 0:
            lift = max(lift, frame.wheel + math.sqrt(inside))
    return lift


def _stations(frame: _Frame) -> np.ndarray:
    """Return the places of the cross-sections, front to rear, dense at arches, ends and where materials change."""
    p, reach = frame.profile, frame.wheel * 1.17
    shares = [0.0, 0.004, 0.012, 0.03, 0.06, 0.94, 0.965, 0.985, 0.995, 1.0, p.rear, p.cowl, *p.roof, *p.blind]
    shares += [a for a, _ in p.top]
    shares += [s + d for s in p.pillars for d in (-0.012, 0.012)]
    shares += [p.cowl - 0.035, p.roof[0] + 0.02, p.roof[1] + 0.02, p.rear + 0.008, p.cowl - 0.008]
    places = [frame.x(s) for s in shares if 0.0 <= s <= 1.0] + [frame.x(s) for s in np.linspace(0.0, 1.0, 13)]
    for axle in frame.axles:
        places += [axle + reach * math.cos(a) for a in np.linspace(0.0, math.pi, 13)]
        places += [axle + reach * (1 + 1e-3), axle - reach * (1 + 1e-3)]
    found = [frame.x(1.0)]
    for place in sorted(places, reverse=True):
        if found[-1] - place > 1e-3 * reach * 0.9:
            found.append(place)
    return np.array(found)


def _body(frame: _Frame) -> list[Part]:
    """Return the painted skin, the windows set into it, and the two ends' faces."""
    places = _stations(frame)
    half = np.stack([_section(frame, float(x)) for x in places])
    sheets = _sheets(frame, places)
    skin: dict[str, list[Shape]] = {}
    for material, shape in _panels(half, sheets):
        skin[material] = [shape, shape.mirrored()]
    parts: list[Part] = []
    for material, shapes in skin.items():
        parts.append((join(shapes).creased(42.0), material))
    for row, flip in ((half[0], False), (half[-1], True)):
        ring = np.concatenate([row, row[1:-1][::-1] * np.array([1.0, -1.0, 1.0])])
        count = len(ring)
        middle = np.array([[row[0, 0] + (0.02 if not flip else -0.02), 0.0, row[:, 2].mean()]])
        k = np.arange(count)
        faces = np.stack([np.full(count, count), (k + 1) % count, k], axis=1)
        parts.append((Shape(vertices=np.concatenate([ring, middle]), faces=faces if flip else faces[:, ::-1]), "paint"))
    return parts


def _sheets(frame: _Frame, places: np.ndarray) -> np.ndarray:
    """Return (S - 1, 12) material names of the skin's quads."""
    p = frame.profile
    middle = (places[:-1] + places[1:]) / 2 / frame.length + 0.5
    names = np.full((len(middle), 12), "paint", dtype=object)
    names[:, 0:1] = "dark"
    names[:, 1] = "trim"
    for k, share in enumerate(middle):
        screen = p.roof[1] + 0.02 < share < p.cowl - 0.008
        rear = p.rear + 0.008 < share < p.roof[0] + (0.0 if p.blind == (0.0, 0.0) else -1.0)
        if screen or rear:
            names[k, 9:12] = "window"
        pillar = any(abs(share - s) < 0.012 for s in p.pillars)
        first = max(p.rear + 0.035 if p.roof[0] > 0.2 else p.roof[0] + 0.02, p.blind[1])
        if first < share < p.cowl - 0.035:
            names[k, 6] = "trim" if pillar else "window"
    return names


def _panels(half: np.ndarray, sheets: np.ndarray) -> list[tuple[str, Shape]]:
    """Return the skin's left half as pieces of one material."""
    quads = grid(half[:, ::-1])
    rows, columns = sheets.shape
    flat = sheets[:, ::-1].ravel()
    pieces = []
    for material in sorted(set(flat)):
        chosen = np.flatnonzero(flat == material)
        faces = np.concatenate([quads.faces[chosen], quads.faces[chosen + rows * columns]])
        pieces.append((material, Shape(vertices=quads.vertices, faces=faces)))
    return pieces


def _under(frame: _Frame) -> list[Part]:
    """Return what is seen through the wheel arches: the closed floor between the wheels."""
    inner = frame.width - 2 * 0.26
    low = frame.ground + 0.02
    return [(box((frame.length * 0.94, inner, frame.height * 0.36), (0.0, 0.0, low + frame.height * 0.18)), "dark")]


def _strip(frame: _Frame, x: float, rows: tuple[int, int], width: float, slant: float = 0.0) -> list[Shape]:
    """Return a thin dark line along the cross-section at ``x``, 2 mm proud, on both sides."""
    lines = []
    for shift in (width / 2, -width / 2):
        line = _section(frame, x + shift)[rows[0] : rows[1] + 1]
        line = line + np.array([0.0, 0.0025, 0.0])
        line[:, 0] += slant * (line[:, 2] - line[0, 2])
        lines.append(line[::-1])
    shape = grid(np.stack(lines))
    return [shape, shape.mirrored()]


def _seams(frame: _Frame, body: Body) -> list[Part]:
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
        at = _section(frame, x)[4]
        grip = box((0.16, 0.028, 0.026), (x, float(at[1]) + 0.012, float(at[2]) - 0.015), 0.008)
        parts += [(grip, "paint"), (grip.mirrored(), "paint")]
    return parts


def _lamp(frame: _Frame, x: float, z: tuple[float, float], inner: float, deep: float) -> Shape:
    """Return a lamp set into the left corner of an end: from ``inner`` to the corner across, ``z`` low to high."""
    sign = 1.0 if x > 0 else -1.0
    points = []
    for share, back in (
        (0.0, 0.0),
        (0.6, 0.0),
        (0.97, 0.0),
        *((1.0, b) for b in (0.05, 0.12, 0.25, 0.4, 0.6, 0.8, 1.0)),
    ):
        place = x + sign * (0.012 if back == 0 else 0.004) - sign * deep * back
        for level in z:
            inside = min(abs(place), frame.length / 2)
            outer = float(np.interp(level, *_flank(frame, sign * inside))) + 0.008
            y = inner + (outer - inner) * share
            points.append((place, y, level + (0.035 * share if level == z[1] else 0.02 * share)))
            points.append((place - sign * 0.05, y * 0.96, level))
    return hull(points, crease_deg=35.0)


def _flank(frame: _Frame, x: float) -> tuple[np.ndarray, np.ndarray]:
    """Return heights and half widths of the flank at ``x``, for interpolation."""
    rows = _section(frame, x)[2:7]
    return rows[:, 2], rows[:, 1]


def _ends(frame: _Frame, body: Body) -> list[Part]:
    """Return lamps, grille, bumpers, number plates and badges at both ends."""
    p, h, half = frame.profile, frame.height, frame.width / 2
    nose, tail = frame.length / 2, -frame.length / 2
    edge = h * p.top[-1][1]
    parts: list[Part] = []
    low = frame.ground + 0.10
    head = _lamp(frame, nose, (edge - 0.11, edge - 0.015), half * 0.50, 0.27)
    parts += [(head, "head_lamp"), (head.mirrored(), "head_lamp")]
    grille = box((0.05, half * 0.92, 0.085), (nose + 0.004, 0.0, edge - 0.075), 0.015)
    parts.append((grille, "dark"))
    parts += [
        (box((0.055, half * 0.90, 0.008), (nose + 0.006, 0.0, edge - 0.075 + d), 0.003), "chrome")
        for d in (-0.022, 0.022)
    ]
    intake = box(
        (0.05, half * 1.25, max(edge - 0.32 - low, 0.07)), (nose + 0.004, 0.0, (edge - 0.32 + low) / 2 + 0.01), 0.02
    )
    parts.append((intake, "trim"))
    rear_edge = h * (0.62 if body == "van" else 0.58)
    tall = 0.34 if body in ("van", "estate", "suv") else 0.17
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


def _rear_doors(frame: _Frame, tail: float) -> list[Part]:
    """Return a van's two rear windows and the gap between its doors."""
    z, half = frame.height * 0.70, frame.width / 2
    window = box((0.03, half * 0.62, frame.height * 0.22), (tail - 0.012, half * 0.40, z), 0.012)
    gap = box((0.03, 0.01, frame.height * 0.66), (tail - 0.012, 0.0, frame.height * 0.52))
    return [(window, "window"), (window.mirrored(), "window"), (gap, "seam")]


def _mirrors(frame: _Frame) -> list[Part]:
    """Return the two door mirrors on their stalks."""
    x = frame.x(frame.profile.cowl) - 0.16
    at = _section(frame, x)[5]
    y, z = float(at[1]), float(at[2])
    shell = ellipsoid((0.055, 0.082, 0.058), (x - 0.02, y + 0.078, z + 0.06), 12, 8)
    glass = box((0.008, 0.12, 0.08), (x - 0.066, y + 0.078, z + 0.06), 0.003)
    stalk = box((0.04, 0.09, 0.025), (x, y + 0.03, z + 0.012), 0.006)
    return [
        (s if left else s.mirrored(), m)
        for s, m in ((shell, "paint"), (glass, "chrome"), (stalk, "trim"))
        for left in (True, False)
    ]


def _cargo_bed(frame: _Frame) -> list[Part]:
    """Return a pickup's open bed: its dark floor and the walls' caps (the bed is shown as a flush cover)."""
    rear, front = frame.x(0.025), frame.x(frame.profile.rear - 0.015)
    z, half = frame.height * 0.605, frame.width / 2 - 0.16
    cover = box((front - rear, 2 * half, 0.02), ((front + rear) / 2, 0.0, z), 0.008)
    return [(cover, "trim")]


def _roof_rails(frame: _Frame) -> list[Part]:
    """Return two rails along the roof."""
    first, last = frame.x(frame.profile.roof[0] + 0.05), frame.x(frame.profile.roof[1] - 0.03)
    mid = _section(frame, (first + last) / 2)[9]
    rail = box((last - first, 0.03, 0.03), ((first + last) / 2, float(mid[1]) - 0.02, float(mid[2]) + 0.045), 0.01)
    feet = [
        box((0.08, 0.03, 0.06), (x, float(mid[1]) - 0.02, float(mid[2]) + 0.015)) for x in (first + 0.04, last - 0.04)
    ]
    return [(s if left else s.mirrored(), "trim") for s in (rail, *feet) for left in (True, False)]
