"""Printed faces drawn by code: road signs, number plates, labels, boards. All words on them are invented."""

from __future__ import annotations

import math

import cv2
import numpy as np

from simgen.scene.material import Texture

RED, BLUE, WHITE, BLACK, YELLOW = (186, 24, 32), (14, 72, 156), (244, 244, 240), (18, 18, 18), (242, 196, 28)
SIGNS = ("stop", "yield", "speed_30", "speed_50", "crossing", "no_entry", "parking")
_WORDS = (
    "ALVO",
    "BRIMA",
    "CORDEN",
    "DUMEL",
    "ESTRA",
    "FENNO",
    "GALIP",
    "HOVEN",
    "ILVAR",
    "JUNO",
    "KESTO",
    "LUMEA",
    "MORVA",
)
_GOODS = ("tea", "oats", "coffee", "soap", "rice", "beans", "juice", "flour", "honey", "paint", "screws", "pasta")
_INKS = (
    (30, 60, 120),
    (150, 30, 40),
    (20, 100, 70),
    (200, 120, 20),
    (60, 50, 90),
    (20, 20, 24),
    (190, 60, 110),
    (240, 200, 60),
)


def sign_face(kind: str, size_px: int = 256) -> Texture:
    """Draw the square around a traffic sign's face; ``kind`` is one of `SIGNS`."""
    image = np.full((size_px, size_px, 3), WHITE, dtype=np.uint8)
    s, mid = size_px, size_px // 2
    if kind == "stop":
        image[:] = RED
        cv2.polylines(image, [_corners(mid, 0.485 * s, 8, math.pi / 8)], True, WHITE, s // 40, cv2.LINE_AA)
        write(image, "STOP", (mid, mid), 0.30 * s, WHITE)
    elif kind == "yield":
        image[:] = RED
        inner = np.array([[0.19, 0.17], [0.81, 0.17], [0.5, 0.71]]) * s
        cv2.fillPoly(image, [np.rint(inner).astype(np.int32)], WHITE, cv2.LINE_AA)
    elif kind.startswith("speed_"):
        cv2.circle(image, (mid, mid), int(0.44 * s), RED, int(0.105 * s), cv2.LINE_AA)
        write(image, kind.removeprefix("speed_"), (mid, mid), 0.40 * s, BLACK)
    elif kind == "no_entry":
        image[:] = RED
        cv2.rectangle(image, (int(0.16 * s), int(0.42 * s)), (int(0.84 * s), int(0.58 * s)), WHITE, -1)
    elif kind == "parking":
        image[:] = BLUE
        write(image, "P", (mid, mid), 0.62 * s, WHITE)
    elif kind == "crossing":
        _draw_crossing(image)
    else:
        raise ValueError(f"no sign {kind!r}; known: {', '.join(SIGNS)}")
    return Texture(name=f"sign_{kind}", pixels=image)


def plate(rng: np.random.Generator) -> Texture:
    """Draw a number plate of 520 x 110 mm with an invented number."""
    image = np.full((55, 260, 3), (240, 240, 236), dtype=np.uint8)
    cv2.rectangle(image, (1, 1), (258, 53), BLACK, 2)
    image[3:52, 3:24] = BLUE
    letters = "".join("ABCDEFGHKLMNPRSTUVXYZ"[int(k)] for k in rng.integers(0, 21, 4))
    number = int(rng.integers(100, 1000))
    write(image, f"{letters[:2]} {number} {letters[2:]}", (140, 28), 34, BLACK)
    return Texture(name="plate", pixels=image)


def label(rng: np.random.Generator, width_px: int = 512, height_px: int = 256) -> Texture:
    """Draw a wrap-around label: two invented words, a badge, a table of small print and a bar code."""
    ink, second = (_INKS[int(k)] for k in rng.permutation(len(_INKS))[:2])
    dark = bool(rng.random() < 0.5)
    paper, print_color = (ink, (245, 242, 232)) if dark else ((242, 238, 226), ink)
    image = np.full((height_px, width_px, 3), paper, dtype=np.uint8)
    band = int(height_px * rng.uniform(0.08, 0.2))
    image[:band] = image[-band:] = second
    middle = (width_px // 3, int(height_px * 0.45))
    cv2.circle(image, middle, int(height_px * 0.33), second, -1, cv2.LINE_AA)
    cv2.circle(image, middle, int(height_px * 0.30), paper, max(height_px // 80, 1), cv2.LINE_AA)
    write(image, _WORDS[int(rng.integers(len(_WORDS)))], middle, height_px * 0.20, print_color, width_px * 0.55)
    write(
        image, _GOODS[int(rng.integers(len(_GOODS)))], (middle[0], int(height_px * 0.68)), height_px * 0.11, print_color
    )
    left = int(width_px * 0.70)
    for row in range(7):
        y = int(height_px * (0.24 + 0.05 * row))
        image[y : y + max(height_px // 90, 1), left : left + int(width_px * rng.uniform(0.12, 0.26))] = print_color
    top, bottom = int(height_px * 0.63), int(height_px * 0.82)
    image[top - 4 : bottom + 4, left - 4 : left + int(width_px * 0.24) + 4] = 250
    x = left
    while x < left + int(width_px * 0.23):
        step = int(rng.integers(1, 4)) * max(width_px // 256, 1)
        image[top:bottom, x : x + step] = BLACK
        x += step + int(rng.integers(1, 4)) * max(width_px // 256, 1)
    return Texture(name="label", pixels=image)


def page(rng: np.random.Generator, size_px: tuple[int, int] = (256, 362)) -> Texture:
    """Draw a printed page, (width, height) in pixels: a heading, paragraphs of lines as of words, maybe a chart."""
    width, height = size_px
    image = np.full((height, width, 3), (244, 243, 238), dtype=np.uint8)
    write(image, _WORDS[int(rng.integers(len(_WORDS)))], (width // 2, height // 14), height * 0.045, (30, 30, 34))
    y, end = height // 8, height - height // 14
    while y < end:
        if rng.random() < 0.05 and y < 0.7 * height:
            ink = _INKS[int(rng.integers(len(_INKS)))]
            for k in range(8):
                x = int(width * (0.16 + 0.085 * k))
                top = y + int(height * float(rng.uniform(0.02, 0.15)))
                cv2.rectangle(image, (x, top), (x + width // 20, y + height // 6), ink, -1)
            y += height // 5
            continue
        x, stop = width // 10, int(width * (0.9 if rng.random() < 0.85 else rng.uniform(0.3, 0.8)))
        while x < stop:
            word = min(int(rng.integers(width // 40, width // 11)), stop - x)
            image[y : y + max(height // 120, 1), x : x + word] = 70
            x += word + width // 64
        y += height // 45
    return Texture(name="page", pixels=image)


def shop_sign(rng: np.random.Generator, width_px: int = 512, height_px: int = 64) -> Texture:
    """Draw a shop's name board with an invented name."""
    ink = _INKS[int(rng.integers(len(_INKS)))]
    image = np.full((height_px, width_px, 3), ink, dtype=np.uint8)
    name = f"{_WORDS[int(rng.integers(len(_WORDS)))]} {_GOODS[int(rng.integers(len(_GOODS)))]}"
    write(image, name, (width_px // 2, height_px // 2), height_px * 0.55, (240, 236, 220), width_px * 0.8)
    return Texture(name="shop_sign", pixels=image)


def destination(rng: np.random.Generator) -> Texture:
    """Draw a bus's destination board: a line number and an invented place, amber on black."""
    image = np.full((48, 320, 3), (14, 14, 14), dtype=np.uint8)
    place = place_name(rng)
    write(image, f"{int(rng.integers(1, 99))} {place}", (160, 24), 26, (250, 170, 40), 290)
    return Texture(name="destination", pixels=image)


def place_name(rng: np.random.Generator) -> str:
    """Draw the name of an invented place."""
    return _WORDS[int(rng.integers(len(_WORDS)))].title()


def bands(
    first: tuple[int, int, int], second: tuple[int, int, int], count: int, slant: float, size_px: int = 256
) -> Texture:
    """Draw ``count`` pairs of stripes across u; ``slant`` is how many pairs they shift over the height."""
    y, x = np.mgrid[0:size_px, 0:size_px] / size_px
    which = ((x * count + y * slant) % 1.0 < 0.5)[..., None]
    pixels = np.where(which, np.array(first), np.array(second)).astype(np.uint8)
    return Texture(name="bands", pixels=pixels)


def _draw_crossing(image: np.ndarray) -> None:
    """Draw a walker on stripes in a white triangle on blue."""
    s = len(image)
    image[:] = BLUE
    cv2.fillPoly(image, [_points([[0.5, 0.1], [0.92, 0.84], [0.08, 0.84]], s)], WHITE, cv2.LINE_AA)
    cv2.circle(image, (int(0.51 * s), int(0.35 * s)), int(0.045 * s), BLACK, -1, cv2.LINE_AA)
    limbs = ([[0.5, 0.41], [0.49, 0.56]], [[0.49, 0.56], [0.41, 0.75]], [[0.49, 0.56], [0.58, 0.65], [0.61, 0.75]])
    for limb in (*limbs, [[0.5, 0.43], [0.41, 0.53]], [[0.5, 0.43], [0.6, 0.53]]):
        cv2.polylines(image, [_points(limb, s)], False, BLACK, max(int(0.045 * s), 1), cv2.LINE_AA)
    for k in range(6):
        x = 0.17 + 0.115 * k
        cv2.fillPoly(image, [_points([[x + 0.03, 0.77], [x + 0.08, 0.77], [x + 0.06, 0.81], [x, 0.81]], s)], BLACK)


def _points(points: list[list[float]], size_px: int) -> np.ndarray:
    return np.rint(np.array(points) * size_px).astype(np.int32)


def _corners(middle: float, radius: float, count: int, turn: float) -> np.ndarray:
    angle = np.arange(count) * (2 * math.pi / count) + turn
    return np.rint(middle + radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)).astype(np.int32)


def write(
    image: np.ndarray,
    words: str,
    middle: tuple[int, int],
    height_px: float,
    color: tuple[int, ...],
    width_px: float = 0.0,
) -> None:
    """Write ``words`` about ``middle``, ``height_px`` tall, or smaller to fit ``width_px`` (0: no limit)."""
    font, thickness = cv2.FONT_HERSHEY_DUPLEX, max(round(height_px / 9), 1)
    (wide, tall), _ = cv2.getTextSize(words, font, 1.0, 1)
    scale = height_px / tall
    if width_px and wide * scale > width_px:
        scale = width_px / wide
    (wide, tall), _ = cv2.getTextSize(words, font, scale, thickness)
    at = (int(middle[0] - wide / 2), int(middle[1] + tall / 2))
    cv2.putText(image, words, at, font, scale, tuple(int(c) for c in color), thickness, cv2.LINE_AA)
