"""People in a plush animal's suit: a body in thick fur, and a head as large as a barrel. No known figure's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from simgen.assets.families.clothes import clothes
from simgen.assets.families.figure import figure
from simgen.assets.families.limbs import arm_parts, leg_parts
from simgen.assets.families.person import person_keypoints
from simgen.assets.families.posture import Joints, Posture, pose_joints
from simgen.assets.families.shapes import Part, Shape, assemble, ellipsoid, pick, plain
from simgen.assets.families.trunk import trunk_parts
from simgen.scene.asset import Asset

FURS = ("#e2a32c", "#6b4a2e", "#8f9aa3", "#d86fa0", "#3f9a58", "#2f76b8", "#e4e2dc", "#c8342f", "#7a5cc0")
PALE = ("#efe6d2", "#e4e2dc", "#f3d7a6")
Ears = Literal["round", "pointed", "long"]
_SKINS = ("skin", "face", "top", "trousers", "inner", "stocking", "belt", "hat")


@dataclass(frozen=True, kw_only=True)
class Suit:
    """Who is in a suit and what it looks like: the same in every posture.

    Attributes:
        height_m: of who is in it.
        head_m: the suit's head, across.
        ears: their kind.
        fur, pale: ``#rrggbb`` of the fur, and of belly, snout and feet.
    """

    height_m: float = 1.75
    head_m: float = 0.56
    ears: Ears = "round"
    fur: str = "#e2a32c"
    pale: str = "#efe6d2"


def mascot(suit: Suit, posture: Posture, *, name: str = "mascot") -> Asset:
    """Return somebody in a suit, facing +x, with COCO's 17 keypoints of the body inside."""
    body = figure(suit.height_m, sex="male", girth=1.5, age_years=30.0)
    worn = clothes("jacket", "trousers", loose=1.3)
    joints = pose_joints(body, posture)
    trunk = [*trunk_parts(joints, body, worn), *arm_parts(joints, body, worn, posture.curl)]
    parts: list[Part] = [*trunk, *leg_parts(joints, body, worn), *_belly(joints, body.height_m, body.chest_m)]
    parts += [*_head(joints, suit), *_feet(joints, body.height_m)]
    used = {of for _, of in parts} - {"fur", "pale", "dark"}
    materials = [plain("fur", "cloth", suit.fur), plain("pale", "cloth", suit.pale),
                 plain("dark", "plastic", "#15120f", 0.2)]  # fmt: skip
    materials += [plain(of, "cloth", suit.fur if of in _SKINS else suit.pale) for of in sorted(used)]
    return assemble(name, "person", parts, materials, keypoints=person_keypoints(joints, body))


def draw_suit(rng: np.random.Generator) -> Suit:
    """Draw a suit and who is in it."""
    ears: tuple[Ears, ...] = ("round", "pointed", "long")
    return Suit(
        height_m=float(rng.uniform(1.62, 1.88)),
        head_m=float(rng.uniform(0.50, 0.64)),
        ears=pick(rng, ears),
        fur=pick(rng, FURS),
        pale=pick(rng, PALE),
    )


def _placed(shape: Shape, at: np.ndarray, turn: np.ndarray) -> Shape:
    return Shape(vertices=at + shape.vertices @ turn.T, faces=shape.faces, uv=shape.uv, crease_deg=shape.crease_deg)


def _belly(joints: Joints, height_m: float, chest_m: float) -> list[Part]:
    """Return the stuffed trunk with its pale front."""
    at = joints.pelvis + joints.chest_turn @ np.array([0.01, 0.0, 0.30 * chest_m])
    round_ = ellipsoid((0.135 * height_m, 0.150 * height_m, 0.185 * height_m), segments=24, rings=14)
    patch = ellipsoid((0.05 * height_m, 0.105 * height_m, 0.145 * height_m), (0.094 * height_m, 0.0, 0.0), 24, 14)
    tail = ellipsoid((0.06, 0.06, 0.06), (-0.15 * height_m, 0.0, -0.12 * height_m), 14, 9)
    return [(_placed(round_, at, joints.chest_turn), "fur"), (_placed(patch, at, joints.chest_turn), "pale"),
            (_placed(tail, at, joints.chest_turn), "pale")]  # fmt: skip


def _head(joints: Joints, suit: Suit) -> list[Part]:
    """Return the head with ears, eyes, snout and nose, over the wearer's own."""
    r, turn = suit.head_m / 2, joints.head_turn
    at = joints.head + turn @ np.array([0.02, 0.0, 0.42 * r])
    shapes: list[Part] = [
        (ellipsoid((0.95 * r, r, 0.92 * r), segments=28, rings=18), "fur"),
        (ellipsoid((0.42 * r, 0.52 * r, 0.36 * r), (0.72 * r, 0.0, -0.30 * r), 20, 12), "pale"),
        (ellipsoid((0.12 * r, 0.17 * r, 0.11 * r), (1.12 * r, 0.0, -0.14 * r), 14, 9), "dark"),
    ]
    long, high, thick = {"round": (0.30, 0.30, 0.14), "pointed": (0.20, 0.46, 0.12), "long": (0.20, 0.80, 0.11)}[
        suit.ears
    ]
    for sign in (1.0, -1.0):
        y, z = sign * (0.62 if suit.ears != "long" else 0.36) * r, (0.70 + 0.6 * high) * r
        shapes.append((ellipsoid((thick * r, long * r, high * r), (-0.05 * r, y, z), 16, 12), "fur"))
        shapes.append((ellipsoid((thick * r, long * 0.6 * r, high * 0.7 * r), (0.01 * r, y, z), 16, 12), "pale"))
        eye = (0.80 * r, sign * 0.36 * r, 0.22 * r)
        shapes.append((ellipsoid((0.11 * r, 0.17 * r, 0.22 * r), eye, 14, 9), "pale"))
        shapes.append((ellipsoid((0.08 * r, 0.10 * r, 0.13 * r), (eye[0] + 0.06 * r, eye[1], eye[2]), 12, 8), "dark"))
    return [(_placed(shape, at, turn), of) for shape, of in shapes]


def _feet(joints: Joints, height_m: float) -> list[Part]:
    """Return broad paws over the shoes."""
    size = (0.105 * height_m, 0.062 * height_m, 0.045 * height_m)
    found: list[Part] = []
    for ankle in joints.ankle:
        middle = (float(ankle[0]) + 0.05 * height_m, float(ankle[1]), max(float(ankle[2]) - 0.012 * height_m, size[2]))
        found.append((ellipsoid(size, middle, 18, 10), "pale"))
    return found
