"""Heads of people: skull and face, hair, hats, glasses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import cv2
import numpy as np

from simgen.assets.families.shapes import Part, Shape, ellipsoid, hull, loft, revolve, tube
from simgen.scene.material import Texture

HairName = Literal["bald", "buzz", "short", "curly", "bob", "long", "ponytail", "bun"]
HatName = Literal["none", "cap", "beanie", "brimmed", "hard_hat", "helmet", "headscarf", "hood"]

# In shares of the head's height, from the middle between chin and crown: (z, rear x, front x, half width).
_ROWS = np.array([
    (-0.515, 0.16, 0.30, 0.05), (-0.49, 0.04, 0.365, 0.115), (-0.45, -0.06, 0.388, 0.158), (-0.38, -0.16, 0.380, 0.203),
    (-0.28, -0.25, 0.376, 0.243), (-0.16, -0.33, 0.382, 0.273), (-0.04, -0.39, 0.385, 0.293),
    (0.06, -0.425, 0.382, 0.308), (0.14, -0.44, 0.396, 0.316), (0.24, -0.445, 0.385, 0.318),
    (0.33, -0.42, 0.345, 0.298), (0.41, -0.35, 0.265, 0.248), (0.465, -0.24, 0.16, 0.170), (0.495, -0.12, 0.05, 0.080),
    (0.5, -0.05, -0.02, 0.012),
])  # fmt: skip
_LEVELS = (-0.515, -0.49, -0.45, -0.40, -0.35, -0.31, -0.28, -0.25, -0.215, -0.18, -0.15, -0.11, -0.06, 0.0, 0.045,
           0.085, 0.13, 0.19, 0.26, 0.33, 0.40, 0.46, 0.495, 0.5)  # fmt: skip
_SEGMENTS = 26

EYE, EAR, NOSE = (0.375, 0.135, 0.055), (-0.03, 0.315, 0.0), (0.485, 0.0, -0.14)
"""Left eye and ear and tip of the nose, in shares of the head's height."""

Masked = Callable[[np.ndarray, np.ndarray], np.ndarray]


def head_parts(
    at: np.ndarray, turn: np.ndarray, size_m: float, *, hair: HairName, hat: HatName, glasses: bool, shape: float
) -> list[Part]:
    """Return a head.

    Args:
        at: its middle.
        turn: (3, 3) columns forward, left, up.
        size_m: from chin to crown.
        hair: its cut.
        hat: what is on it.
        glasses: whether it wears them.
        shape: -1 (narrow, long nose) to 1 (broad, short nose).
    """
    broad = np.array([1.0, 1.0 + 0.05 * shape, 1.0])

    def placed(part: Shape) -> Shape:
        return Shape(
            vertices=at + (part.vertices * broad * size_m) @ turn.T, faces=part.faces, uv=part.uv,
            crease_deg=part.crease_deg,
        )  # fmt: skip

    parts: list[Part] = [(_skull(shape), "face")]
    for side in (1.0, -1.0):
        ear = ellipsoid((0.065, 0.030, 0.125), (0.0, 0.0, 0.0), 8, 6).moved(EAR[0], side * EAR[1], EAR[2] + 0.01)
        if hat not in ("headscarf", "hood"):
            parts.append((ear, "skin"))
    covered = hat in ("beanie", "headscarf", "hood")
    parts += _hair("buzz" if covered and hair != "long" else hair, under_hat=hat != "none")
    parts += _hat(hat)
    if glasses:
        for side in (1.0, -1.0):
            ring = [
                (0.425, side * (0.135 + 0.085 * a), 0.05 + 0.065 * b)
                for a, b in ((1, 0.2), (0.7, 1), (-0.7, 1), (-1, 0.2), (-0.6, -1), (0.6, -1), (1, 0.2))
            ]
            parts.append((tube(ring, 0.010, 5), "frame"))
            parts.append((tube([(0.425, side * 0.22, 0.08), (-0.02, side * 0.325, 0.06)], 0.010, 4), "frame"))
        parts.append((tube([(0.43, 0.05, 0.07), (0.43, -0.05, 0.07)], 0.010, 4), "frame"))
    return [(placed(part), material) for part, material in parts]


def face_texture(hair_rgb: tuple[int, int, int], *, beard: float, lips: float, seed: float) -> Texture:
    """Draw a face as factors on the skin's colour: eyes, brows, lips, nostrils, a beard of 0 to 1."""
    high, wide = 192, 128
    rows, columns = np.mgrid[0:high, 0:wide]
    y, z = 0.33 - (columns + 0.5) / wide * 0.66, 0.5 - (rows + 0.5) / high
    image = np.full((high, wide, 3), 248.0)

    def lay(color: tuple[float, ...], alpha: np.ndarray) -> None:
        image[:] += (np.array(color) - image) * np.clip(alpha, 0.0, 1.0)[..., None]

    def blob(cy: float, cz: float, ry: float, rz: float, hard: float = 3.0) -> np.ndarray:
        return np.clip(hard * (1.0 - np.sqrt(((y - cy) / ry) ** 2 + ((z - cz) / rz) ** 2)), 0.0, 1.0)

    for side in (1.0, -1.0):
        lay((250, 205, 195), 0.35 * blob(side * 0.17, -0.12, 0.11, 0.10, 1.0))
        lay((190, 150, 140), 0.45 * blob(side * 0.135, 0.06, 0.085, 0.055, 1.2))
        lay((252, 252, 252), blob(side * 0.135, 0.052, 0.055, 0.022))
        lay((58, 40, 28), blob(side * (0.135 + 0.004 * seed), 0.053, 0.024, 0.024))
        lay((40, 28, 24), 0.8 * blob(side * 0.135, 0.076, 0.062, 0.009))
        slope = 0.10 * np.abs(y - side * 0.05)
        lay(tuple(0.75 * c for c in hair_rgb), 0.85 * blob(side * 0.135, 0.125, 0.08, 0.017) * (slope >= 0))
        lay((95, 55, 48), 0.8 * blob(side * 0.035, -0.188, 0.018, 0.010))
        lay((205, 160, 150), 0.4 * blob(side * 0.075, -0.16, 0.02, 0.03, 1.5))
    red = (250 - 60 * lips, 150 - 45 * lips, 145 - 40 * lips)
    lay(red, 0.8 * np.maximum(blob(0.0, -0.262, 0.085, 0.018), blob(0.0, -0.293, 0.075, 0.022)))
    lay((95, 45, 45), 0.8 * blob(0.0, -0.277, 0.082, 0.005, 2.0))
    if beard > 0:
        jaw = np.maximum(blob(0.0, -0.40, 0.26, 0.19, 2.5), blob(0.0, -0.228, 0.10, 0.022, 2.0))
        sides = np.clip((np.abs(y) - 0.20) * 12.0, 0.0, 1.0) * (z < 0.0)
        lay(hair_rgb, beard * np.clip(np.maximum(jaw, sides) - blob(0.0, -0.278, 0.10, 0.04), 0.0, 1.0))
    image[:4, :] = 248.0
    return Texture(name="face", pixels=cv2.GaussianBlur(image, (3, 3), 0.6).astype(np.uint8))


def _surface(levels: np.ndarray, segments: int = _SEGMENTS) -> np.ndarray:
    """Return (L, S, 3) points of a head without features, denser towards the face."""
    angle = np.arange(segments) * (2 * np.pi / segments)
    angle = angle - 0.42 * np.sin(angle)
    c, s = np.cos(angle), np.sin(angle)
    rear, front, wide = (np.interp(levels, _ROWS[:, 0], _ROWS[:, k])[:, None] for k in (1, 2, 3))
    x = (rear + front) / 2 + (front - rear) / 2 * np.sign(c) * np.abs(c) ** 0.92
    y = wide * np.sign(s) * np.abs(s) ** 0.85
    return np.stack([x, y, np.broadcast_to(levels[:, None], x.shape)], axis=-1)


def _skull(shape: float) -> Shape:
    """Return the head with its face, textured from ahead."""
    points = _surface(np.array(_LEVELS))
    x, y, z = points[..., 0], points[..., 1], points[..., 2]
    ahead = np.clip(x / 0.25, 0.0, 1.0)

    def bump(cy: float, cz: float, ry: float, rz: float) -> np.ndarray:
        return np.exp(-(((np.abs(y) - cy) / ry) ** 2) - ((z - cz) / rz) ** 2)

    nose = np.interp(z, [-0.215, -0.18, -0.15, -0.11, 0.0, 0.085], [0.0, 0.055, 0.108, 0.098, 0.045, 0.0])
    change = nose * (1.0 - 0.15 * shape) * np.exp(-((y / 0.05) ** 2))
    change = change + 0.020 * bump(0.055, -0.165, 0.03, 0.03) - 0.034 * bump(0.135, 0.05, 0.065, 0.040)
    change = change + 0.012 * bump(0.13, 0.125, 0.10, 0.03) + 0.014 * bump(0.0, -0.262, 0.08, 0.022)
    change = change + 0.012 * bump(0.0, -0.30, 0.07, 0.022) + 0.016 * bump(0.0, -0.44, 0.09, 0.05)
    points[..., 0] = x + ahead * change
    skin = loft(points, crease_deg=85.0)
    at = skin.vertices[skin.faces]
    u, v = 0.5 - at[..., 1] / 0.66, at[..., 2] + 0.5
    behind = (at[..., 0] < 0.06).any(axis=1) | (np.abs(at[..., 1]) > 0.33).any(axis=1)
    uv = np.stack([np.clip(u, 0.01, 0.99), np.clip(v, 0.01, 0.99)], axis=-1)
    uv[behind] = (0.5, 0.995)
    return Shape(vertices=skin.vertices, faces=skin.faces, uv=uv, crease_deg=85.0)


def _shell(thick: float, masked: Masked, *, low: float = -0.42, rough: float = 0.0, segments: int = 28) -> Shape:
    """Return what covers a head where ``masked``, ``thick`` at most; elsewhere it stays below the skin."""
    levels = np.concatenate([np.linspace(low, 0.30, 14), np.array([0.36, 0.41, 0.45, 0.48, 0.497, 0.5])])
    points = _surface(levels, segments)
    x, y, z = points[..., 0], points[..., 1], points[..., 2]
    centre = np.array([-0.02, 0.0, 0.05])
    away = points - centre
    away /= np.linalg.norm(away, axis=-1, keepdims=True)
    uneven = 1.0 + rough * np.sin(13 * x + 9 * y) * np.sin(11 * z + 7 * y + 1.0)
    reach = np.where(masked(x, z), thick * uneven, -0.05)
    return loft(points + away * reach[..., None], crease_deg=80.0)


def _grown(x: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Return where short hair grows: above the forehead, before the ears a little, behind them to the nape."""
    line = np.interp(x, [-0.30, -0.14, -0.05, 0.04, 0.10, 0.25, 0.40], [-0.30, -0.20, 0.06, -0.02, 0.12, 0.24, 0.30])
    return z > line


def _long_line(x: np.ndarray, z: np.ndarray) -> np.ndarray:
    line = np.interp(x, [-0.1, 0.10, 0.16, 0.28, 0.40], [-0.45, -0.42, 0.10, 0.24, 0.32])
    return z > line


def _hair(hair: HairName, *, under_hat: bool) -> list[Part]:
    """Return hair in shares of the head's height."""
    if hair == "bald":
        return []
    thick = {"buzz": 0.018, "short": 0.045, "curly": 0.10, "bob": 0.06, "long": 0.055, "ponytail": 0.03, "bun": 0.03}
    reach = min(thick[hair], 0.03) if under_hat else thick[hair]
    line = _long_line if hair in ("bob", "long") else _grown
    rough = {"curly": 0.35, "short": 0.15, "bob": 0.06}.get(hair, 0.03)
    parts: list[Part] = [(_shell(reach, line, rough=rough), "hair")]
    if hair in ("bob", "long"):
        end = -0.52 if hair == "bob" else -0.98
        rows = [(0.05, -0.20, 0.27, 0.34), (-0.18, -0.20, 0.27, 0.355), (-0.42, -0.21, 0.23, 0.345)]
        rows += [(end, -0.26, 0.17, 0.30), (end - 0.05, -0.26, 0.08, 0.18)]
        angle = np.arange(20) * (2 * np.pi / 20)
        rings = [np.stack([x + d * np.cos(angle), w * np.sin(angle), np.full(20, z)], axis=1) for z, x, d, w in rows]
        parts.append((loft(np.stack(rings[::-1]), crease_deg=70.0), "hair"))
    if hair == "ponytail":
        path = [(-0.42, 0.0, 0.22), (-0.56, 0.0, 0.20), (-0.62, 0.0, 0.0), (-0.58, 0.0, -0.35), (-0.54, 0.0, -0.62)]
        parts.append((tube(path, [0.05, 0.08, 0.10, 0.075, 0.02], 10), "hair"))
    if hair == "bun":
        parts.append((ellipsoid((0.14, 0.15, 0.14), (-0.48, 0.0, 0.22), 12, 8), "hair"))
    return parts


def _hat(hat: HatName) -> list[Part]:
    """Return a hat in shares of the head's height."""
    if hat == "none":
        return []
    low = {"cap": 0.20, "beanie": 0.16, "brimmed": 0.20, "hard_hat": 0.20, "helmet": 0.17}.get(hat, 0.0)
    if hat in ("headscarf", "hood"):

        def around_face(x: np.ndarray, z: np.ndarray) -> np.ndarray:
            return (x < 0.10) | (z > 0.34) | (z < -0.46)

        neck = [(-0.44, -0.06, 0.30, 0.30), (-0.56, -0.05, 0.33, 0.33), (-0.72, -0.03, 0.44, 0.52)]
        angle = np.arange(24) * (2 * np.pi / 24)
        rings = [np.stack([x + d * np.cos(angle), w * np.sin(angle), np.full(24, z)], axis=1) for z, x, d, w in neck]
        thick = 0.045 if hat == "headscarf" else 0.09
        return [(_shell(thick, around_face, low=-0.5), "hat"), (loft(np.stack(rings[::-1]), crease_deg=70.0), "hat")]

    def crown(x: np.ndarray, z: np.ndarray) -> np.ndarray:
        return z > low - 0.12 * (x < 0) * (hat == "helmet")

    thick = {"cap": 0.05, "beanie": 0.06, "brimmed": 0.065, "hard_hat": 0.11, "helmet": 0.12}[hat]
    parts: list[Part] = [(_shell(thick, crown, low=0.0), "hat")]
    if hat in ("brimmed", "hard_hat"):
        wide = 0.24 if hat == "brimmed" else 0.09
        brim = revolve([(0.30, 0.0), (0.40 + wide, -0.035), (0.405 + wide, -0.02), (0.30, 0.03)], 26, 60.0)
        parts.append((brim.scaled(1.08, 0.94, 1.0).moved(-0.02, 0.0, low + 0.04), "hat"))
    if hat in ("cap", "hard_hat"):
        reach = 0.74 if hat == "cap" else 0.62
        peak = [(x, y, low + z) for x, y, z in ((0.33, 0.24, 0.04), (0.33, -0.24, 0.04), (reach - 0.04, 0.17, 0.005),
                (reach - 0.04, -0.17, 0.005), (reach, 0.0, 0.0))]  # fmt: skip
        parts.append((hull([(x, y, z + d) for x, y, z in peak for d in (0.0, 0.02)], 30.0), "hat"))
    if hat == "beanie":
        parts.append((ellipsoid((0.06, 0.06, 0.05), (-0.03, 0.0, 0.58), 10, 6), "hat"))
    return parts
