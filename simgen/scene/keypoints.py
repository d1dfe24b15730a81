"""Keypoints of categories: their names, the lines drawn between them, and how deep they lie below the surface."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, kw_only=True)
class Skeleton:
    """The keypoints of a category, in the order in which every format writes them.

    Attributes:
        names: of the keypoints.
        edges: pairs of names that are joined by a line.
        depth_m: how far below the surface each point may lie for what is seen there to count as the point: joints
            are inside the body. At an object's own scale.
    """

    names: tuple[str, ...]
    edges: tuple[tuple[str, str], ...]
    depth_m: tuple[float, ...]

    @cached_property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """The edges as indices from 0."""
        return tuple((self.names.index(a), self.names.index(b)) for a, b in self.edges)


PERSON = Skeleton(
    names=(
        "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder", "left_elbow",
        "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle",
        "right_ankle",
    ),
    edges=(
        ("left_ankle", "left_knee"), ("left_knee", "left_hip"), ("right_ankle", "right_knee"),
        ("right_knee", "right_hip"), ("left_hip", "right_hip"), ("left_shoulder", "left_hip"),
        ("right_shoulder", "right_hip"), ("left_shoulder", "right_shoulder"), ("left_shoulder", "left_elbow"),
        ("right_shoulder", "right_elbow"), ("left_elbow", "left_wrist"), ("right_elbow", "right_wrist"),
        ("left_eye", "right_eye"), ("nose", "left_eye"), ("nose", "right_eye"), ("left_eye", "left_ear"),
        ("right_eye", "right_ear"), ("left_ear", "left_shoulder"), ("right_ear", "right_shoulder"),
    ),
    depth_m=(0.03, 0.03, 0.03, 0.035, 0.035, 0.10, 0.10, 0.08, 0.08, 0.06, 0.06, 0.17, 0.17, 0.10, 0.10, 0.09, 0.09),
)  # fmt: skip
"""The 17 keypoints of COCO (Lin et al. 2014), left and right being the person's own."""

_CORNERS = tuple(f"{end}_{side}_{level}" for level in ("bottom", "roof") for end in ("front", "rear")
                 for side in ("left", "right"))  # fmt: skip

VEHICLE = Skeleton(
    names=(
        "front_left_wheel", "front_right_wheel", "rear_left_wheel", "rear_right_wheel", "left_head_lamp",
        "right_head_lamp", "left_tail_lamp", "right_tail_lamp", "front_plate", "rear_plate", "left_mirror",
        "right_mirror", *_CORNERS,
    ),
    edges=(
        ("front_left_wheel", "rear_left_wheel"), ("front_right_wheel", "rear_right_wheel"),
        ("left_head_lamp", "right_head_lamp"), ("left_tail_lamp", "right_tail_lamp"),
        ("front_left_wheel", "left_head_lamp"), ("front_right_wheel", "right_head_lamp"),
        ("rear_left_wheel", "left_tail_lamp"), ("rear_right_wheel", "right_tail_lamp"),
        ("front_left_roof", "front_right_roof"), ("rear_left_roof", "rear_right_roof"),
        ("front_left_roof", "rear_left_roof"), ("front_right_roof", "rear_right_roof"),
        ("left_head_lamp", "front_left_roof"), ("right_head_lamp", "front_right_roof"),
        ("left_tail_lamp", "rear_left_roof"), ("right_tail_lamp", "rear_right_roof"),
        ("front_left_bottom", "front_right_bottom"), ("rear_left_bottom", "rear_right_bottom"),
        ("front_left_bottom", "rear_left_bottom"), ("front_right_bottom", "rear_right_bottom"),
    ),
    depth_m=(0.12,) * 4 + (0.10,) * 8 + (0.20,) * 8,
)  # fmt: skip
"""Wheels (hubs), lamps, plates, mirrors and the body's corners; left and right being the driver's own."""

SKELETONS: dict[str, Skeleton] = {
    "person": PERSON, "car": VEHICLE, "van": VEHICLE, "truck": VEHICLE, "bus": VEHICLE,
}  # fmt: skip
"""By category; the others have no keypoints."""
