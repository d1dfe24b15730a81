"""Upholstered seats: sofas, armchairs and office chairs, all facing +x."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from simgen.assets.families.shapes import Part, assemble, box, ellipsoid, pick, plain, revolve, tube
from simgen.assets.families.soft import cloth, cushion
from simgen.geometry.pose import about
from simgen.scene.asset import Asset

_CLOTHS = ("#8b8f94", "#4a5560", "#b8aa94", "#5f6b58", "#2f3d52", "#94584a", "#c9c2b4", "#3b3b3d", "#7a6a58", "#a8894f")
_LEATHERS = ("#5a3521", "#2b2725", "#8a5a34", "#c8b08c")


@dataclass(frozen=True, kw_only=True)
class SofaShape:
    """A sofa's measures.

    Attributes:
        seats: cushions side by side; 1 for an armchair.
        seat_m: width of one.
        depth_m: of the whole, front to back.
        seat_height_m, back_height_m: above the floor.
        arm: ``block``, ``round`` or ``none``.
        arm_m: width of an arm.
        leg_m: height of the legs, 0 for none.
        pillows: how many lie loose on the seat.
    """

    seats: int = 3
    seat_m: float = 0.62
    depth_m: float = 0.9
    seat_height_m: float = 0.43
    back_height_m: float = 0.8
    arm: Literal["block", "round", "none"] = "block"
    arm_m: float = 0.16
    leg_m: float = 0.1
    pillows: int = 2


def sofa(
    shape: SofaShape, *, name: str = "sofa", cover: str = "#8b8f94", leather: bool = False, pillow: str = "#a8894f"
) -> Asset:
    """Return a sofa or armchair: frame, seat and back cushions, arms, legs."""
    wide = shape.seats * shape.seat_m
    arm = 0.0 if shape.arm == "none" else shape.arm_m
    whole, deep, low = wide + 2 * arm, shape.depth_m, shape.leg_m
    thick, back = 0.15, 0.2
    frame_top = shape.seat_height_m - thick
    parts: list[Part] = [
        (cushion((deep - 0.04, whole, frame_top - low), (0.0, 0.0, (frame_top + low) / 2), 0.02), "cover"),
        (
            cushion((back, whole, shape.back_height_m - 0.06 - low), (-deep / 2 + back / 2, 0.0,
                    (shape.back_height_m - 0.06 + low) / 2), 0.05),
            "cover",
        ),
    ]  # fmt: skip
    for side in (1.0, -1.0) if arm else ():
        tall = shape.seat_height_m + 0.17
        centre = (0.0, side * (whole - arm) / 2, (tall + low) / 2)
        parts.append((cushion((deep, arm, tall - low), centre, 0.03 if shape.arm == "block" else 0.48 * arm), "cover"))
    lean = about((0.0, 1.0, 0.0), -0.16)
    for k in range(shape.seats):
        y = (k - (shape.seats - 1) / 2) * shape.seat_m
        seat = (deep - back - 0.02, shape.seat_m - 0.006, thick)
        parts.append((cushion(seat, (back / 2, y, shape.seat_height_m - thick / 2), 0.045, 0.022), "cover"))
        tall = shape.back_height_m - shape.seat_height_m + 0.02
        upright = cushion((0.17, shape.seat_m - 0.01, tall), (0.0, 0.0, tall / 2), 0.06, 0.025).turned(lean)
        parts.append((upright.moved(-deep / 2 + back + 0.09, y, shape.seat_height_m - 0.01), "cover"))
    parts += _pillows(shape, -deep / 2 + back + 0.27, wide)
    parts += _legs(deep, whole, low)
    made_of = "leather" if leather else "cloth"
    materials = [
        cloth("cover", cover, made_of, 0.45 if leather else None),
        cloth("pillow", pillow),
        plain("leg", "wood", "#4a3524", 0.5),
    ]
    return assemble(name, "sofa", parts, materials)


def draw_sofa(rng: np.random.Generator, seats: int | None = None) -> Asset:
    """Draw a sofa of two or three seats, or of so many."""
    leather = bool(rng.random() < 0.25)
    shape = SofaShape(
        seats=int(rng.integers(2, 4)) if seats is None else seats,
        seat_m=float(rng.uniform(0.54, 0.7)),
        depth_m=float(rng.uniform(0.82, 1.0)),
        seat_height_m=float(rng.uniform(0.39, 0.46)),
        back_height_m=float(rng.uniform(0.72, 0.92)),
        arm=pick(rng, ("block", "round", "block", "none")),
        arm_m=float(rng.uniform(0.1, 0.22)),
        leg_m=float(rng.uniform(0.05, 0.16)),
        pillows=int(rng.integers(0, 4 if seats != 1 else 2)),
    )
    return sofa(shape, cover=pick(rng, _LEATHERS if leather else _CLOTHS), leather=leather, pillow=pick(rng, _CLOTHS))


def draw_armchair(rng: np.random.Generator) -> Asset:
    """Draw an armchair."""
    return draw_sofa(rng, 1)


def office_chair(
    *,
    name: str = "office_chair",
    seat_height_m: float = 0.47,
    back_m: float = 0.55,
    arms: bool = True,
    cover: str = "#2b2d31",
    shell: str = "#1b1c1e",
    turn_rad: float = 0.0,
) -> Asset:
    """Return a chair on five casters.

    Args:
        name: of the asset.
        seat_height_m: of the seat's top.
        back_m: height of the back's cushion.
        arms: whether it has armrests.
        cover: ``#rrggbb`` of the cushions.
        shell: ``#rrggbb`` of all plastic.
        turn_rad: how the base is turned against the seat.
    """
    parts: list[Part] = []
    for k in range(5):
        angle = turn_rad + k * 2 * math.pi / 5
        c, s = math.cos(angle), math.sin(angle)
        parts.append((tube([(0.0, 0.0, 0.105), (0.3 * c, 0.3 * s, 0.075)], (0.024, 0.016), 12), "shell"))
        for sign in (1.0, -1.0):
            wheel = revolve([(0.0, -0.009), (0.026, -0.009), (0.029, 0.0), (0.026, 0.009), (0.0, 0.009)], 18)
            upright = wheel.turned(about((1.0, 0.0, 0.0), math.pi / 2)).moved(0.0, sign * 0.014, 0.029)
            parts.append((upright.turned(about((0.0, 0.0, 1.0), angle)).moved(0.3 * c, 0.3 * s), "shell"))
        parts.append((tube([(0.3 * c, 0.3 * s, 0.03), (0.3 * c, 0.3 * s, 0.085)], 0.009), "shell"))
    low = seat_height_m - 0.075
    parts.append((revolve([(0.0, 0.08), (0.036, 0.08), (0.036, 0.13), (0.028, 0.24), (0.0, 0.24)], 24), "shell"))
    parts.append((tube([(0.0, 0.0, 0.2), (0.0, 0.0, low - 0.03)], 0.014, 16), "steel"))
    parts.append((box((0.24, 0.17, 0.05), (0.0, 0.0, low - 0.025), 0.008), "shell"))
    parts.append((cushion((0.47, 0.48, 0.075), (0.02, 0.0, low + 0.037), 0.034, 0.01), "cover"))
    lean = about((0.0, 1.0, 0.0), -0.12)
    back = cushion((0.06, 0.44, back_m), (0.0, 0.0, back_m / 2), 0.028, 0.01).turned(lean)
    parts.append((back.moved(-0.205, 0.0, seat_height_m + 0.06), "cover"))
    spine = [(-0.1, 0.0, low - 0.03), (-0.26, 0.0, low - 0.02), (-0.275, 0.0, seat_height_m + 0.1),
             (-0.30, 0.0, seat_height_m + 0.3)]  # fmt: skip
    parts.append((tube(spine, 0.018, 12).scaled(1.0, 1.8, 1.0), "shell"))
    for side in (1.0, -1.0) if arms else ():
        y = side * 0.27
        post = [(0.0, side * 0.1, low - 0.02), (0.0, y, low - 0.005), (0.0, y, seat_height_m + 0.19)]
        parts.append((tube(post, 0.014, 10), "shell"))
        parts.append((cushion((0.25, 0.075, 0.03), (0.02, y, seat_height_m + 0.2), 0.013), "shell"))
    materials = [cloth("cover", cover), plain("shell", "plastic", shell, 0.5), plain("steel", "chrome", "#c8c8ca")]
    return assemble(name, "chair", parts, materials)


def draw_office_chair(rng: np.random.Generator) -> Asset:
    """Draw an office chair."""
    return office_chair(
        seat_height_m=float(rng.uniform(0.43, 0.52)),
        back_m=float(rng.uniform(0.42, 0.68)),
        arms=bool(rng.random() < 0.7),
        cover=pick(rng, ("#2b2d31", "#1f3a5c", "#4b4f54", "#6b2d2a", "#3f5a46", "#8a8d90")),
        shell=pick(rng, ("#1b1c1e", "#1b1c1e", "#c9cacb")),
        turn_rad=float(rng.uniform(0.0, 2 * math.pi / 5)),
    )


def _pillows(shape: SofaShape, x: float, wide: float) -> list[Part]:
    """Return loose pillows that lean against the back, at the ends first."""
    parts: list[Part] = []
    room = wide / 2 - 0.24
    spots = (room, -room, room * 0.45)
    for k in range(min(shape.pillows, 3 if shape.seats > 1 else 1)):
        y = spots[k] if shape.seats > 1 else 0.0
        pillow = ellipsoid((0.08, 0.21, 0.21), segments=20, rings=12)
        # A pillow's seam runs in a square.
        points = pillow.vertices / np.array([0.08, 0.21, 0.21])
        reach = np.abs(points[:, 1:]).max(axis=1, keepdims=True) / np.maximum(
            np.linalg.norm(points[:, 1:], axis=1, keepdims=True), 1e-9
        )
        square = pillow.vertices / np.concatenate(
            [np.ones_like(reach), np.repeat(0.5 + 0.5 * reach, 2, axis=1)], axis=1
        )
        shaped = type(pillow)(vertices=square, faces=pillow.faces, crease_deg=80.0)
        tilted = shaped.turned(about((0.0, 1.0, 0.0), -0.38)).wrapped(0.12)
        parts.append((tilted.moved(x, y, shape.seat_height_m + 0.2), "pillow"))
    return parts


def _legs(deep: float, whole: float, low: float) -> list[Part]:
    """Return four legs, tapering down, into the frame's underside."""
    if low <= 0.0:
        return []
    leg = revolve([(0.0, 0.0), (0.014, 0.0), (0.024, low + 0.005), (0.0, low + 0.005)], 16)
    return [
        (leg.moved(sx * (deep / 2 - 0.09), sy * (whole / 2 - 0.09)), "leg") for sx in (1.0, -1.0) for sy in (1.0, -1.0)
    ]
