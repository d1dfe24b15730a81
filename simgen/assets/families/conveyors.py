"""Conveyors along x, with a belt or with rollers, between side rails."""

from __future__ import annotations

import math

import numpy as np

from simgen.assets.families.placed import Placed, origin_of
from simgen.assets.families.shapes import Part, assemble, box, loft, revolve, tube
from simgen.geometry.pose import Vector3, about
from simgen.scene.material import Material, make_material, rgb

PROFILE_M = 0.035
"""Thickness of the frame at each side of the bed; the rails stand on it."""

_DRUM_M = 0.045
_PITCH_M = 0.075
_ROLLER_M = 0.025


def conveyor(
    *,
    size_m: Vector3 = (3.0, 0.6, 0.75),
    rail_m: float = 0.08,
    rollers: bool = False,
    bed: Material,
    frame: str = "#b7babd",
    rail: str = "#c9cccf",
) -> Placed:
    """Return a conveyor; its bed is level, its middle above the origin, its top at ``size_m``'s height.

    Args:
        size_m: length, clear width between the rails and height of the bed.
        rail_m: how high the rails stand above the bed.
        rollers: whether the bed is of rollers, or a belt.
        bed: of the belt, or of the rollers; named ``bed``.
        frame: ``#rrggbb`` of legs and frame.
        rail: ``#rrggbb`` of the rails.
    """
    long, wide, high = size_m
    parts: list[Part] = _rollers(long, wide, high) if rollers else [_belt(long, wide, high)]
    out = wide / 2 + PROFILE_M / 2
    for sign in (1.0, -1.0):
        side = sign * out
        parts.append((box((long, PROFILE_M, 0.10), (0.0, side, high - 0.055), 0.003), "frame"))
        parts.append((box((long - 0.02, 0.004, 0.022), (0.0, side + sign * PROFILE_M / 2, high - 0.055)), "groove"))
        # The rail reaches down to the frame, so that nothing slips under it.
        inner = sign * (wide / 2 + 0.006)
        parts.append(
            (box((long - 0.04, 0.012, rail_m + 0.005), (0.0, inner, high + rail_m / 2 - 0.0025), 0.003), "rail")
        )
        for x in np.linspace(-long / 2 + 0.15, long / 2 - 0.15, max(2, round(long / 0.7))):
            post = (0.03, 0.014, rail_m + 0.04)
            parts.append((box(post, (float(x), sign * (wide / 2 + 0.019), high + rail_m / 2 - 0.022), 0.002), "frame"))
    parts += _legs(long, wide, high)
    parts += _drive(long, wide, high)
    materials = [
        bed,
        make_material("frame", "painted_metal", rgb(frame), roughness=0.4),
        make_material("rail", "metal", rgb(rail), roughness=0.35),
        make_material("groove", "plastic", rgb("#3a3d40")),
        make_material("steel", "metal", rgb("#a9abae"), roughness=0.35),
        make_material("motor", "painted_metal", rgb("#33506f"), roughness=0.5),
        make_material("dark", "plastic", rgb("#1d1e20"), roughness=0.5),
        make_material("yellow", "plastic", rgb("#e0b21f"), roughness=0.45),
        make_material("red", "plastic", rgb("#b3201d"), roughness=0.35),
    ]
    return Placed(asset=assemble("conveyor", "conveyor", parts, materials), origin_m=origin_of(parts))


def belt_material(color: str) -> Material:
    """Return what a belt is covered with, ``#rrggbb``."""
    return make_material("bed", "rubber", rgb(color), roughness=0.6)


def roller_material() -> Material:
    """Return zinc-plated rollers."""
    return make_material("bed", "metal", rgb("#b4b7ba"), roughness=0.35)


def _belt(long: float, wide: float, high: float) -> Part:
    """Return the loop of a belt about two drums."""
    r, half = _DRUM_M, long / 2 - _DRUM_M
    turn = np.linspace(-math.pi / 2, math.pi / 2, 13)
    right = np.stack([half + r * np.cos(turn), r * np.sin(turn)], axis=1)
    ring = np.concatenate([right, -right])
    at = [np.column_stack([ring[:, 0], np.full(len(ring), y), high - r + ring[:, 1]]) for y in (wide / 2, -wide / 2)]
    return loft(np.stack(at), crease_deg=35.0), "bed"


def _rollers(long: float, wide: float, high: float) -> list[Part]:
    """Return rollers across, the top edge of each at the bed's height."""
    parts: list[Part] = []
    across = about((1.0, 0.0, 0.0), math.pi / 2)
    r, half = _ROLLER_M, wide / 2 - 0.001
    profile = [(0.0, -half), (0.6 * r, -half), (r, -half + 0.012), (r, half - 0.012), (0.6 * r, half), (0.0, half)]
    # A corner of the ring is at the very top.
    one = revolve(profile, 24, crease_deg=35.0).turned(across)
    count = math.floor((long - 0.08) / _PITCH_M)
    for k in range(count):
        parts.append((one.moved((k - (count - 1) / 2) * _PITCH_M, 0.0, high - r), "bed"))
    return parts


def _legs(long: float, wide: float, high: float) -> list[Part]:
    """Return pairs of legs with feet and a bar between them."""
    parts: list[Part] = []
    out, top = wide / 2 + PROFILE_M / 2, high - 0.10
    for x in np.linspace(-long / 2 + 0.25, long / 2 - 0.25, max(2, round(long / 1.2))):
        for sign in (1.0, -1.0):
            spot = (float(x), sign * out, (top + 0.03) / 2 + 0.01)
            parts.append((box((0.06, 0.04, top - 0.02), spot, 0.003), "frame"))
            foot = [(0.0, 0.0), (0.04, 0.0), (0.04, 0.008), (0.012, 0.016), (0.012, 0.05), (0.0, 0.05)]
            parts.append((revolve(foot, 16).moved(float(x), sign * out, 0.0), "dark"))
        parts.append((box((0.04, 2 * out - 0.03, 0.04), (float(x), 0.0, 0.22), 0.003), "frame"))
    return parts


def _drive(long: float, wide: float, high: float) -> list[Part]:
    """Return a geared motor under one end, an emergency stop, and a light barrier across the other end."""
    side, x = wide / 2 + PROFILE_M, long / 2 - 0.32
    low = high - 0.19
    motor = [(x, side + d, low) for d in (0.02, 0.20)]
    parts: list[Part] = [
        (box((0.13, 0.12, 0.13), (x, side - 0.05, low), 0.012), "motor"),
        (tube(motor, 0.058, 28), "motor"),
        (tube([(x, side + 0.20, low), (x, side + 0.235, low)], 0.054, 28), "dark"),
        (box((0.07, 0.06, 0.04), (x, side + 0.10, low + 0.07), 0.006), "dark"),
    ]
    stop = (-x, -side - 0.03, high - 0.05)
    button = [(0.0, 0.0), (0.011, 0.0), (0.011, 0.012), (0.02, 0.014), (0.02, 0.022), (0.014, 0.027), (0.0, 0.027)]
    parts += [
        (box((0.07, 0.06, 0.07), stop, 0.006), "yellow"),
        (
            revolve(button, 24).turned(about((1.0, 0.0, 0.0), math.pi / 2)).moved(stop[0], stop[1] - 0.03, stop[2]),
            "red",
        ),
    ]
    for sign in (1.0, -1.0):
        at = (-long / 2 + 0.3, sign * (wide / 2 + 0.045), high + 0.03)
        parts.append((box((0.025, 0.022, 0.09), at, 0.003), "dark"))
        parts.append((box((0.03, 0.03, 0.006), (at[0], sign * (wide / 2 + 0.035), high - 0.02)), "steel"))
    return parts
