"""Box trucks and city buses."""

from __future__ import annotations

import math

import numpy as np

from simgen.assets.families import prints
from simgen.assets.families.shapes import Part, Shape, assemble, box, hull, loft, panel, pick
from simgen.assets.families.vehicle_points import Hull, vehicle_points
from simgen.assets.families.wheels import road_wheel
from simgen.scene.asset import Asset
from simgen.scene.material import Material, Texture, make_material, rgb


def box_truck(
    *,
    name: str = "box_truck",
    length_m: float = 8.5,
    width_m: float = 2.45,
    height_m: float = 3.5,
    paint: str = "#e9eaea",
    cargo: str = "#e4e4e0",
    plate: Texture,
) -> Asset:
    """Return a two-axled truck with a cab over the engine and a closed box; sizes are without mirrors."""
    nose, tail, half = length_m / 2, -length_m / 2, width_m / 2
    cab_top, cab_back, floor = min(0.84 * height_m, 2.9), nose - 1.75, 1.05
    parts: list[Part] = [
        (
            box(
                (cab_back - 0.12 - tail, width_m, height_m - floor),
                ((cab_back - 0.12 + tail) / 2, 0.0, (height_m + floor) / 2),
                0.03,
            ),
            "cargo",
        ),
        (box((length_m - 0.9, 0.9, 0.28), (-0.2, 0.0, 0.86)), "dark"),
    ]
    parts += cab(nose, cab_back, half - 0.06, cab_top)
    parts += _cargo_trim(tail, cab_back - 0.12, half, floor, height_m)
    front_axle, rear_axle, r = nose - 1.25, tail + 0.26 * length_m, 0.48
    for part, material in road_wheel(radius_m=r, width_m=0.29, spokes=8, rim=0.58):
        for x in (front_axle, rear_axle):
            y = half - 0.19 if x > 0 else half - 0.17
            parts += [(part.moved(x, y, r), material), (part.mirrored().moved(x, -y, r), material)]
        parts += [
            (part.moved(rear_axle, half - 0.50, r), material),
            (part.mirrored().moved(rear_axle, 0.50 - half, r), material),
        ]
    for side in (1.0, -1.0):
        for x in (front_axle, rear_axle):
            parts.append((arch(x, side * (half - 0.17), r, 0.34), "trim" if x > 0 else "dark"))
        parts.append(
            (
                box(
                    (front_axle - rear_axle - 1.7, 0.03, 0.34),
                    ((front_axle + rear_axle) / 2, side * (half - 0.06), 0.62),
                ),
                "dark",
            )
        )
    parts += end_plates(nose + 0.035, tail - 0.03, 0.55, 0.62)
    hull_of = Hull(
        axles=(rear_axle, front_axle),
        track_m=width_m - 0.05,
        wheel_m=r,
        bottom=(tail + 0.1, nose, half - 0.05, 0.5),
        roof=(tail, cab_back - 0.12, half, height_m),
    )
    points = vehicle_points(hull_of, parts)
    return assemble(name, "truck", parts, lorry_materials(paint, cargo, plate), keypoints=points)


def draw_box_truck(rng: np.random.Generator) -> Asset:
    """Draw a box truck."""
    return box_truck(
        length_m=float(rng.uniform(7.0, 10.8)),
        width_m=float(rng.uniform(2.35, 2.5)),
        height_m=float(rng.uniform(3.2, 3.7)),
        paint=pick(rng, ("#e9eaea", "#1f4478", "#a3211f", "#d8a81a", "#2f6b45", "#3a3d40")),
        cargo=pick(rng, ("#e4e4e0", "#d9d6cc", "#2b4f86", "#e4e4e0", "#b33a2a")),
        plate=prints.plate(rng),
    )


def city_bus(
    *,
    name: str = "city_bus",
    length_m: float = 12.0,
    width_m: float = 2.5,
    height_m: float = 3.1,
    paint: str = "#b3261e",
    skirt: str = "#e4e2dc",
    plate: Texture,
    destination: Texture,
) -> Asset:
    """Return a low-floor city bus with doors on its right side; sizes are over the body, without mirrors."""
    nose, tail, half, low = length_m / 2, -length_m / 2, width_m / 2, 0.32
    front_axle, rear_axle, r = nose - 2.7, tail + 3.3, 0.48
    body = box((length_m, width_m, height_m - low), (0.0, 0.0, (height_m + low) / 2), 0.12)
    parts: list[Part] = [(body, "paint"), (box((length_m - 1.0, width_m - 0.9, 0.3), (0.0, 0.0, 0.32)), "dark")]
    parts.append((box((length_m * 0.55, width_m * 0.6, 0.22), (-0.5, 0.0, height_m + 0.05), 0.06), "paint"))
    sill, head = 1.25, 2.45
    for side in (1.0, -1.0):
        y = side * (half + 0.002)
        strip = box((length_m - 0.5, 0.012, head - sill), (0.0, y, (sill + head) / 2), 0.004)
        parts.append((strip, "window"))
        for x in np.linspace(tail + 1.8, nose - 1.9, max(4, round(length_m / 1.6))):
            parts.append((box((0.07, 0.018, head - sill), (float(x), y, (sill + head) / 2)), "seam"))
        parts.append((box((length_m - 0.24, 0.014, 0.42), (0.0, y, low + 0.24)), "skirt"))
        for x in (front_axle, rear_axle):
            parts.append((_well(x, side * (half + 0.008), r, low), "dark"))
        for x, kind in ((nose - 0.05, "indicator"), (0.0, "indicator"), (tail + 0.1, "tail_lamp")):
            parts.append((box((0.08, 0.02, 0.05), (x - 0.15, y, 0.98), 0.005), kind))
    for x in (nose - 1.05, 0.35):
        parts += _bus_door(x, -half - 0.006, low, head)
    parts += _bus_ends(nose, tail, half, height_m)
    for part, material in road_wheel(radius_m=r, width_m=0.29, spokes=8, rim=0.58):
        for x in (front_axle, rear_axle):
            y = half - 0.12
            parts += [(part.moved(x, y, r), material), (part.mirrored().moved(x, -y, r), material)]
    parts += end_plates(nose + 0.025, tail - 0.02, 0.52, 0.62)
    board = make_material("destination", "lamp", (1.0, 1.0, 1.0), texture=destination)
    hull_of = Hull(axles=(rear_axle, front_axle), track_m=width_m + 0.02, wheel_m=r,
                   bottom=(tail, nose, half, low), roof=(tail, nose, half, height_m))  # fmt: skip
    materials = [*lorry_materials(paint, skirt, plate), make_material("skirt", "car_paint", rgb(skirt)), board]
    return assemble(name, "bus", parts, materials, keypoints=vehicle_points(hull_of, parts))


def draw_city_bus(rng: np.random.Generator) -> Asset:
    """Draw a city bus."""
    return city_bus(
        length_m=float(rng.uniform(10.5, 12.5)),
        width_m=float(rng.uniform(2.45, 2.55)),
        height_m=float(rng.uniform(2.95, 3.2)),
        paint=pick(rng, ("#b3261e", "#d9a81c", "#2a5ba0", "#2f7a4a", "#e4e2dc", "#3a7f96")),
        skirt=pick(rng, ("#e4e2dc", "#2b2d30", "#8d9196")),
        plate=prints.plate(rng),
        destination=prints.destination(rng),
    )


def lorry_materials(paint: str, cargo: str, plate: Texture) -> list[Material]:
    """Return the materials that parts of trucks and buses name."""
    return [
        make_material("paint", "car_paint", rgb(paint), tintable=True),
        make_material("cargo", "painted_metal", rgb(cargo), tintable=True),
        make_material("window", "glass", rgb("#12171a")),
        make_material("trim", "plastic", rgb("#1b1c1e"), roughness=0.6),
        make_material("mirror", "plastic", rgb("#1b1c1e"), roughness=0.6),
        make_material("seam", "plastic", rgb("#0c0c0d"), roughness=0.8),
        make_material("dark", "plastic", rgb("#121213"), roughness=0.9),
        make_material("tyre", "rubber", rgb("#1b1b1c")),
        make_material("rim", "metal", rgb("#a9acaf")),
        make_material("metal", "metal", rgb("#9a9da0")),
        make_material("head_lamp", "lamp", rgb("#dfe6ea"), roughness=0.05),
        make_material("tail_lamp", "lamp", rgb("#8a0d10"), roughness=0.1),
        make_material("indicator", "lamp", rgb("#d9771a"), roughness=0.1),
        make_material("plate", "retro_sheet", (1.0, 1.0, 1.0), texture=plate),
    ]


def _both(parts: list[Part]) -> list[Part]:
    """Return parts and their mirror images."""
    return [(s if left else s.mirrored(), m) for s, m in parts for left in (True, False)]


def cab(nose: float, back: float, half: float, top: float) -> list[Part]:
    """Return the cab: shell, screen, side windows, grille, bumper, lamps, mirrors, steps."""
    low, waist = 0.62, 1.55
    slope = 0.24
    outline = [
        (nose, low),
        (nose, waist),
        (nose - slope, top - 0.12),
        (nose - slope - 0.22, top),
        (back, top),
        (back, low),
    ]
    points = [(x, s * half, z) for x, z in outline for s in (1, -1)]
    points += [(nose + 0.05, s * half * 0.8, z) for z in (low, waist) for s in (1, -1)]
    points += [(nose - slope + 0.05, s * half * 0.8, top - 0.12) for s in (1, -1)]
    parts: list[Part] = [(hull(points, 25.0), "paint")]

    def screen_x(z: float) -> float:
        return nose + 0.055 - slope * max(z - waist, 0.0) / (top - 0.12 - waist)

    a, b, w = waist + 0.05, top - 0.30, half * 0.79
    screen = [(screen_x(z) + d, s * w, z) for z in (a, b) for s in (1, -1) for d in (0.008, -0.03)]
    parts.append((hull(screen, 25.0), "window"))
    for s in (0.55, 0.0, -0.55):
        parts.append((box((0.02, 0.02, 0.5), (screen_x(a + 0.2) + 0.015, s * half - 0.2, a + 0.18)), "seam"))
    side = [
        (nose - 0.10, waist + 0.04),
        (nose - 0.30, top - 0.40),
        (back + 0.55, top - 0.40),
        (back + 0.55, waist + 0.12),
        (nose - 0.42, waist - 0.08),
    ]
    window = hull([(x, half + d, z) for x, z in side for d in (0.006, -0.02)], 25.0)
    gap = [
        box((0.012, 0.01, top - 0.55 - low), (x, half + 0.001, (top - 0.45 + low) / 2 + 0.05))
        for x in (back + 0.46, nose - 0.16)
    ]
    handle = box((0.16, 0.03, 0.03), (back + 0.62, half + 0.012, waist - 0.15), 0.008)
    arm = box((0.04, 0.20, 0.03), (nose - 0.02, half + 0.10, top - 0.45))
    mirror = box((0.10, 0.20, 0.42), (nose - 0.0, half + 0.18, top - 0.72), 0.03)
    lamp = box((0.06, 0.34, 0.18), (nose + 0.035, half * 0.72, 0.78), 0.03)
    blink = box((0.06, 0.08, 0.16), (nose + 0.0, half * 0.95, 0.78), 0.02)
    step = box((0.42, 0.05, 0.10), (nose - 0.62, half - 0.02, 0.60), 0.01)
    parts += _both(
        [
            (window, "window"),
            *((g, "seam") for g in gap),
            (handle, "trim"),
            (arm, "trim"),
            (mirror, "mirror"),
            (lamp, "head_lamp"),
            (blink, "indicator"),
            (step, "trim"),
        ]
    )
    parts.append((box((0.10, half * 1.1, 0.34), (nose + 0.02, 0.0, 1.16), 0.02), "trim"))
    parts += [(box((0.11, half * 1.05, 0.02), (nose + 0.022, 0.0, 1.06 + 0.07 * k), 0.004), "metal") for k in range(4)]
    parts.append((box((0.22, 2 * half + 0.04, 0.34), (nose - 0.03, 0.0, 0.55), 0.04), "trim"))
    return parts


def _cargo_trim(tail: float, front: float, half: float, floor: float, top: float) -> list[Part]:
    """Return the box's edge profiles, rear doors with their bars, rear lamps and under-run bar."""
    parts: list[Part] = []
    for side in (1.0, -1.0):
        for z in (floor + 0.05, top - 0.05):
            parts.append((box((front - tail, 0.02, 0.10), ((front + tail) / 2, side * half, z)), "metal"))
        for x in (tail + 0.03, front - 0.03):
            parts.append((box((0.07, 0.03, top - floor), (x, side * half, (top + floor) / 2), 0.008), "metal"))
        for y in (0.25, 0.55):
            parts.append(
                (
                    box(
                        (0.03, 0.03, top - floor - 0.1), (tail - 0.02, side * y * half * 1.4, (top + floor) / 2), 0.006
                    ),
                    "metal",
                )
            )
        parts.append((box((0.05, 0.36, 0.13), (tail + 0.30, side * (half - 0.26), 0.80), 0.015), "tail_lamp"))
        parts.append((box((0.06, 0.08, 0.40), (tail + 0.32, side * 0.5, 0.72)), "dark"))
    parts.append((box((0.02, 0.014, top - floor - 0.06), (tail - 0.004, 0.0, (top + floor) / 2)), "seam"))
    parts.append((box((0.10, 2 * half - 0.1, 0.12), (tail + 0.30, 0.0, 0.52), 0.02), "metal"))
    return parts


def arch(x: float, y: float, r: float, wide: float) -> Shape:
    """Return a mudguard: the upper half of a thick ring over a wheel."""
    angle = np.linspace(0.15, math.pi - 0.15, 11)
    ring = [
        (x + k * math.cos(a), z, r + k * math.sin(a))
        for a in angle
        for k in (r + 0.06, r + 0.10)
        for z in (y - wide / 2, y + wide / 2)
    ]
    points = np.array(ring).reshape(len(angle), 4, 3)[:, [0, 1, 3, 2]]
    return loft(points[:, ::-1], crease_deg=30.0)


def _well(x: float, y: float, r: float, low: float) -> Shape:
    """Return the dark side of a wheel well, cut off at the body's lower edge."""
    reach = r * 1.16
    start = math.asin(max(min((low - r) / reach, 1.0), -1.0))
    angle = np.linspace(start, math.pi - start, 15)
    return hull(
        [(x + reach * math.cos(a), y + d, r + reach * math.sin(a)) for a in angle for d in (-0.01, 0.006)], 25.0
    )


def _bus_door(x: float, y: float, low: float, head: float) -> list[Part]:
    """Return a glazed double door on the right side."""
    parts: list[Part] = [(box((1.36, 0.02, head - low + 0.02), (x, y, (head + low) / 2)), "seam")]
    for side in (-1, 1):
        pane = box((0.54, 0.03, head - low - 0.24), (x + side * 0.33, y, (head + low) / 2 + 0.03), 0.008)
        parts.append((pane, "window"))
    return parts


def _bus_ends(nose: float, tail: float, half: float, top: float) -> list[Part]:
    """Return screens, lamps, bumpers, mirrors, destination board and the engine's grille."""
    parts: list[Part] = [
        (box((0.03, 2 * half - 0.26, 1.45), (nose - 0.002, 0.0, 1.78), 0.01), "window"),
        (box((0.03, 2 * half - 0.30, 0.34), (nose - 0.002, 0.0, top - 0.34), 0.01), "seam"),
        (box((0.06, 2 * half - 0.10, 0.36), (nose - 0.015, 0.0, 0.52), 0.03), "trim"),
        (box((0.06, 2 * half - 0.10, 0.30), (tail + 0.015, 0.0, 0.50), 0.03), "trim"),
        (box((0.03, 2 * half - 0.5, 0.75), (tail + 0.002, 0.0, 2.1), 0.01), "window"),
        (box((0.03, 1.5, 0.55), (tail + 0.004, 0.0, 1.15), 0.01), "trim"),
    ]
    x, w, z = nose + 0.016, half * 0.7, top - 0.34
    parts.append((panel([(x, -w, z - 0.13), (x, w, z - 0.13), (x, w, z + 0.13), (x, -w, z + 0.13)]), "destination"))
    head = box((0.06, 0.42, 0.17), (nose - 0.006, half - 0.34, 0.86), 0.03)
    rear = box((0.05, 0.16, 0.50), (tail + 0.006, half - 0.16, 1.15), 0.02)
    wiper = box((0.02, 0.02, 0.75), (nose + 0.02, 0.45, 1.42))
    arm = box((0.30, 0.04, 0.05), (nose + 0.10, half - 0.03, 2.55), 0.01)
    mirror = box((0.12, 0.20, 0.42), (nose + 0.22, half + 0.04, 2.32), 0.03)
    return parts + _both([(head, "head_lamp"), (rear, "tail_lamp"), (wiper, "seam"), (arm, "trim"), (mirror, "mirror")])


def end_plates(front: float, rear: float, front_z: float, rear_z: float) -> list[Part]:
    """Return number plates at both ends."""
    y, z = 0.26, 0.055
    face = panel(
        [
            (front + 0.07, -y, front_z - z),
            (front + 0.07, y, front_z - z),
            (front + 0.07, y, front_z + z),
            (front + 0.07, -y, front_z + z),
        ]
    )
    back = panel([(rear, y, rear_z - z), (rear, -y, rear_z - z), (rear, -y, rear_z + z), (rear, y, rear_z + z)])
    holders = [
        box((0.12, 0.54, 0.125), (front + 0.009, 0.0, front_z)),
        box((0.34, 0.54, 0.125), (rear + 0.171, 0.0, rear_z)),
    ]
    return [(face, "plate"), (back, "plate"), *((h, "trim") for h in holders)]
