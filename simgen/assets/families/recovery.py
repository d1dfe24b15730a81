"""Recovery trucks: a cab and a flat bed with ramps, an amber bar of lamps, made to carry a car."""

from __future__ import annotations

import numpy as np

from simgen.assets.families import prints
from simgen.assets.families.lorry import arch, cab, end_plates, lorry_materials
from simgen.assets.families.shapes import Part, Shape, assemble, box, pick, tube
from simgen.assets.families.vehicle_points import Hull, vehicle_points
from simgen.assets.families.wheels import road_wheel
from simgen.scene.asset import Asset
from simgen.scene.material import Texture, make_material, rgb

BED_M = 0.96
"""How high a recovery truck's bed is above the ground."""


def recovery_truck(
    *,
    name: str = "recovery_truck",
    length_m: float = 8.4,
    width_m: float = 2.35,
    paint: str = "#d8a81a",
    deck: str = "#6d7276",
    beacon_nit: float = 9000.0,
    plate: Texture,
) -> Asset:
    """Return a two-axled truck with a low flat bed; what it carries stands at `BED_M`, its middle 1.25 m behind."""
    nose, tail, half = length_m / 2, -length_m / 2, width_m / 2
    cab_back, cab_top = nose - 1.75, 2.55
    front = cab_back - 0.35
    parts: list[Part] = [
        (box((length_m - 0.9, 0.9, 0.24), (-0.2, 0.0, 0.70)), "dark"),
        (box((front - tail, width_m, 0.10), ((front + tail) / 2, 0.0, BED_M - 0.05), 0.01), "deck"),
        *cab(nose, cab_back, half - 0.06, cab_top),
        *_bed_trim(front, tail, half),
        *_bar(cab_back + 0.75, cab_top, half),
    ]
    front_axle, rear_axle, r = nose - 1.25, tail + 0.27 * length_m, 0.40
    for part, material in road_wheel(radius_m=r, width_m=0.26, spokes=8, rim=0.58):
        for x in (front_axle, rear_axle):
            parts += [(part.moved(x, half - 0.17, r), material), (part.mirrored().moved(x, 0.17 - half, r), material)]
    for side in (1.0, -1.0):
        parts += [(arch(x, side * (half - 0.16), r, 0.30), "trim") for x in (front_axle, rear_axle)]
        skirt = box(
            (front_axle - rear_axle - 1.5, 0.03, 0.26), ((front_axle + rear_axle) / 2, side * (half - 0.06), 0.62)
        )
        parts.append((skirt, "dark"))
        parts.append((box((0.05, 0.36, 0.13), (tail + 0.02, side * (half - 0.26), 0.72), 0.015), "tail_lamp"))
    parts += end_plates(nose + 0.035, tail - 0.03, 0.55, 0.60)
    shape = Hull(
        axles=(rear_axle, front_axle), track_m=width_m - 0.05, wheel_m=r, bottom=(tail + 0.1, nose, half - 0.05, 0.5),
        roof=(cab_back, nose - 0.4, half - 0.1, cab_top),
    )  # fmt: skip
    stripes = prints.bands((255, 220, 30), (20, 20, 22), 3, 1.0)
    amber = (2.6 * beacon_nit, 0.62 * beacon_nit, 0.002 * beacon_nit)
    materials = [
        *lorry_materials(paint, deck, plate),
        make_material("deck", "metal", rgb(deck), roughness=0.5),
        make_material("beacon", "lamp", rgb("#e08a12"), roughness=0.1, emission_nit=amber),
        make_material("warning", "retro_sheet", (1.0, 1.0, 1.0), texture=stripes),
    ]
    return assemble(name, "truck", parts, materials, keypoints=vehicle_points(shape, parts))


def draw_recovery_truck(rng: np.random.Generator) -> Asset:
    """Draw a recovery truck."""
    return recovery_truck(
        length_m=float(rng.uniform(8.2, 8.8)),
        width_m=float(rng.uniform(2.3, 2.45)),
        paint=pick(rng, ("#d8a81a", "#e2581a", "#e9eaea", "#1f4478", "#a3211f")),
        deck=pick(rng, ("#6d7276", "#8a8f92", "#4b5054")),
        plate=prints.plate(rng),
    )


def _bed_trim(front: float, tail: float, half: float) -> list[Part]:
    """Return the bed's head board with its winch, low rails, tail ramps folded up, and wheel straps' rings."""
    board = box((0.06, 2 * half, 0.75), (front - 0.03, 0.0, BED_M + 0.37), 0.01)
    parts: list[Part] = [(board, "paint"), (box((0.30, 0.5, 0.28), (front - 0.22, 0.0, BED_M + 0.14), 0.04), "dark")]
    for side in (1.0, -1.0):
        rail = box((front - tail, 0.05, 0.09), ((front + tail) / 2, side * (half - 0.025), BED_M + 0.045), 0.01)
        parts.append((rail, "paint"))
        ramp = box((0.07, 0.55, 0.85), (tail + 0.02, side * (half - 0.45), BED_M + 0.36), 0.01)
        parts.append((ramp, "deck"))
        parts += [(box((0.012, 0.50, 0.10), (tail - 0.02, side * (half - 0.45), BED_M + z), 0.002), "warning")
                  for z in (0.15, 0.6)]  # fmt: skip
    return parts


def _bar(x: float, top: float, half: float) -> list[Part]:
    """Return the bar of lamps on the cab's roof."""
    found: list[tuple[Shape, str]] = [(box((0.24, 2 * half * 0.8, 0.05), (x, 0.0, top + 0.04), 0.015), "trim")]
    for y in (-0.62, 0.0, 0.62):
        found.append((box((0.20, half * 0.42, 0.12), (x, y * half, top + 0.12), 0.03), "beacon"))
    foot = tube([(x, 0.0, top - 0.02), (x, 0.0, top + 0.03)], 0.05)
    return [*found, (foot, "dark")]
