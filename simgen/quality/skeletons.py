"""Keypoints drawn over a picture, and held against its instances."""

from __future__ import annotations

import cv2
import numpy as np

from simgen.frame import HIDDEN, NOT_LABELLED, VISIBLE, Annotation, ObjectTruth
from simgen.quality.ink import Color, line
from simgen.quality.masks import Pixels
from simgen.quality.report import Fault, Faults
from simgen.scene.keypoints import SKELETONS
from simgen.truth import FrameRecord, ViewRecord

LEFT: Color = (255, 176, 59)
RIGHT: Color = (86, 196, 255)
MIDDLE: Color = (240, 240, 240)
_LEAST_PX = 18
"""Lower boxes show no skeleton: it would hide them."""


def draw_skeleton(picture: np.ndarray, seen: Annotation, category: str, zoom: float) -> None:
    """Draw an object's keypoints and the lines between those that are labelled: left orange, right blue.

    Visible points are filled, hidden ones hollow.
    """
    skeleton = SKELETONS[category]
    box = seen.box_px
    if box is None or (box[3] - box[1]) * zoom < _LEAST_PX:
        return
    for a, b in skeleton.pairs:
        (xa, ya, flag_a), (xb, yb, flag_b) = seen.keypoints[a], seen.keypoints[b]
        if flag_a != NOT_LABELLED and flag_b != NOT_LABELLED:
            sides = {_color(skeleton.names[a]), _color(skeleton.names[b])}
            line(picture, np.array([[xa, ya], [xb, yb]]) * zoom, sides.pop() if len(sides) == 1 else MIDDLE)
    radius = max(2, round((box[3] - box[1]) * zoom / 90))
    for name, (x, y, flag) in zip(skeleton.names, seen.keypoints, strict=True):
        if flag != NOT_LABELLED:
            at, thick = (round(x * zoom), round(y * zoom)), -1 if flag == VISIBLE else 1
            cv2.circle(picture, at, radius, _color(name), thick, cv2.LINE_AA)


def check_keypoints(where: str, frame: FrameRecord, view: ViewRecord, pixels: Pixels) -> Faults:
    """Yield what is wrong with a picture's keypoints: number, place, flags, and the pixels they claim to see."""
    truths = {o.instance_id: o for o in frame.objects}
    for seen in frame.annotations:
        if seen.camera == view.camera.name and seen.instance_id in truths:
            truth = truths[seen.instance_id]
            at = f"{where}, object {truth.instance_id} ({truth.category})"
            yield from _check_object(at, view, seen, truth, pixels)


def _check_object(where: str, view: ViewRecord, seen: Annotation, truth: ObjectTruth, pixels: Pixels) -> Faults:
    if not seen.keypoints:
        if truth.keypoints_m:
            yield Fault(where=where, what="has keypoints in the world but none in the picture")
        return
    skeleton = SKELETONS.get(truth.category)
    if skeleton is None or len(seen.keypoints) != len(skeleton.names):
        yield Fault(where=where, what=f"{len(seen.keypoints)} keypoints are not those of {truth.category!r}")
        return
    camera = view.camera
    for name, (x, y, flag) in zip(skeleton.names, seen.keypoints, strict=True):
        at = f"{where}, keypoint {name!r}"
        if flag not in (NOT_LABELLED, HIDDEN, VISIBLE):
            yield Fault(where=at, what=f"flag is {flag}, should be 0, 1 or 2")
        elif flag == NOT_LABELLED:
            if (x, y) != (0.0, 0.0):
                yield Fault(where=at, what=f"is not labelled but lies at ({x:g}, {y:g})")
        elif not (0.0 <= x < camera.width_px and 0.0 <= y < camera.height_px):
            yield Fault(where=at, what=f"({x:g}, {y:g}) lies outside the image")
        elif name not in truth.keypoints_m:
            yield Fault(where=at, what="is labelled, but the model has no such point")
        elif flag == VISIBLE and int(pixels.instance_id[int(y), int(x)]) != truth.instance_id:
            found = int(pixels.instance_id[int(y), int(x)])
            yield Fault(where=at, what=f"counts as visible, but its pixel shows object {found}")


def _color(name: str) -> Color:
    return LEFT if "left" in name else RIGHT if "right" in name else MIDDLE
