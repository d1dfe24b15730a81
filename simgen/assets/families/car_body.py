"""The skin of cars and vans: cross-sections drawn from a side profile, and the sheets and windows between them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from simgen.assets.families.car_profiles import Profile
from simgen.assets.families.shapes import Part, Shape, grid, join


@dataclass(frozen=True, kw_only=True)
class Frame:
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


def section(frame: Frame, x: ArrayLike) -> np.ndarray:
    """Return (..., 13, 3) points of the cross-sections' left halves at (...) ``x``, from floor's middle to roof's.

    Rows: 0 floor, 1 floor's edge, 2 sill, 3 flank, 4 shoulder, 5 belt, 6 and 7 window's foot and head, 8 roof's edge,
    9 screen's edge, 10 and 11 roof, 12 middle.
    """
    x = np.asarray(x, dtype=np.float64)
    p, share = frame.profile, x / frame.length + 0.5
    h, half = frame.height, frame.width / 2
    top = h * np.interp(share, [a for a, _ in p.top], [b for _, b in p.top])
    # In plan the body narrows towards both ends: a rounded rectangle of exponent 6 or so, a little more at the front.
    end = 2 * np.abs(share - 0.5)
    plan = half * (1.0 - np.where(share > 0.5, 0.15, 0.11) * end**7 - 0.03 * end**2)
    # The belt climbs a little to the rear, and stays under the upper edge of bonnet and boot.
    belt = np.minimum(h * (p.belt + 0.03 * (0.5 - share)), top - 0.025)
    shoulder = np.minimum(belt - 0.09 * h * 0.5, top - 0.05)
    lift = _arch_lift(frame, x)
    ground = frame.ground + 0.06 * np.maximum(end - 0.9, 0.0) / 0.1 * h
    flank = np.maximum(frame.ground + 0.36 * (shoulder - frame.ground), lift + 0.05)
    shoulder = np.maximum(shoulder, flank + 0.02)
    belt = np.maximum(belt, shoulder + 0.01)
    glass = np.maximum(top - belt, 0.0) / h
    lean = 0.42 if frame.profile.blind == (0.0, 0.0) else 0.16
    roof_half = plan - 0.045 - lean * glass * h * np.where(glass > 0.05, 0.75, 0.5)
    edge = np.maximum(top - (0.02 + 0.04 * np.minimum(glass / 0.3, 1.0)), belt + 0.006)
    up, crown = edge - belt, top - edge
    wide, foot = plan - 0.012, plan - 0.024
    rows = [
        (np.zeros_like(x), np.maximum(ground, lift)),
        (0.86 * plan, np.maximum(ground, lift)),
        (0.972 * plan, np.maximum(ground + 0.07, lift + 0.001)),
        (plan, flank),
        (plan - 0.006, shoulder),
        (wide, belt),
        (foot + 0.10 * (roof_half - foot), belt + 0.10 * up),
        (foot + 0.84 * (roof_half - foot), belt + 0.84 * up),
        (roof_half, edge),
        (roof_half - 0.07 * np.minimum(up / 0.3, 1.0) - 0.02, edge + 0.45 * crown),
        (0.62 * roof_half, edge + 0.78 * crown),
        (0.3 * roof_half, edge + 0.95 * crown),
        (np.zeros_like(x), top),
    ]
    y, z = (np.stack(each, axis=-1) for each in zip(*rows, strict=True))
    return np.stack(np.broadcast_arrays(x[..., None], y, z), axis=-1)


def _arch_lift(frame: Frame, x: np.ndarray) -> np.ndarray:
    """Return the height of the wheel arches' edge at (...) ``x``; 0 outside them."""
    inside = (frame.wheel * 1.17) ** 2 - (x[..., None] - np.array(frame.axles)) ** 2
    return np.where(inside > 0, frame.wheel + np.sqrt(np.maximum(inside, 0.0)), 0.0).max(axis=-1)


def _stations(frame: Frame) -> np.ndarray:
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


def body_parts(frame: Frame) -> list[Part]:
    """Return the painted skin, the windows set into it, and the two ends' faces."""
    places = _stations(frame)
    half = section(frame, places)
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


def _sheets(frame: Frame, places: np.ndarray) -> np.ndarray:
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
