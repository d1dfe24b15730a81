"""Feet on uneven ground: how a walker's body and its height follow steps such as kerbs."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache

import numpy as np

from simgen.geometry.pose import Pose
from simgen.scene.asset import Asset
from simgen.scene.scene import Scene
from simgen.scene.track import Gait, Track
from simgen.scene.ways import ground_height

_STEP_S = 0.02
_REACH_M = 0.6
_LEVEL_M = 0.02
_LIFT_CM = 2
_FOOT_M = 0.22
_CELL_M = 0.025


def with_feet_on_ground(scene: Scene, track: Track) -> Track:
    """Return a walker's track whose feet stand on the ground that is below each of them; others as they are.

    Near a step the foot that is over the higher ground is raised, by the bodies that the gait has for it, and the body
    is as high as its feet let it come down.

    Args:
        scene: whose raised areas are walked on.
        track: upright, of what may have a gait.
    """
    gait = track.gait
    if gait is None or gait.raised is None:
        return track
    first, last = track.span_s
    times = np.linspace(first, last, max(1, math.ceil((last - first) / _STEP_S)) + 1)
    states = [track.at(float(t)) for t in times]
    place = np.array([s.pose.translation_m for s in states])
    steps = _near_steps(scene, states, place)
    if not steps.any():
        return track
    walked = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(place[:, :2], axis=0), axis=1))])
    lifts = np.zeros((len(times), 2), dtype=np.int64)
    for i in np.flatnonzero(steps):
        lifts[i], place[i, 2] = _stand(scene, gait, float(walked[i]), states[i].pose)
    velocity = np.array([s.velocity_mps for s in states])
    velocity[:, 2] = np.gradient(place[:, 2], times)
    return replace(
        track, time_s=times, position_m=place, velocity_mps=velocity, lifts_cm=lifts,
        rotation_wxyz=np.array([s.pose.rotation_wxyz for s in states]),
    )  # fmt: skip


def _near_steps(scene: Scene, states: list, place: np.ndarray) -> np.ndarray:
    """Return (N,) booleans: where the ground within a step's length ahead and behind is not level."""
    heading = np.array([s.pose.yaw_rad for s in states])
    ahead = np.column_stack([np.cos(heading), np.sin(heading)])
    shifts = np.linspace(-_REACH_M, _REACH_M, 13)
    points = place[:, None, :2] + shifts[:, None] * ahead[:, None, :]
    heights = ground_height(scene, points.reshape(-1, 2)).reshape(len(place), -1)
    return np.ptp(heights, axis=1) > _LEVEL_M


def _stand(scene: Scene, gait: Gait, walked_m: float, pose: Pose) -> tuple[tuple[int, int], float]:
    """Return how much higher each foot is, centimetres, and the height of the body that stands on both."""
    level = gait.body(walked_m)
    asked = [float(np.max(_ground_below(scene, foot, pose) - foot[:, 2] + foot[:, 2].min())) for foot in _feet(level)]
    lifts = [_LIFT_CM * round(100.0 * (high - min(asked)) / _LIFT_CM) for high in asked]
    chosen = (lifts[0], lifts[1])
    feet = np.vstack(_feet(gait.body(walked_m, chosen)))
    return chosen, float(np.max(_ground_below(scene, feet, pose) - feet[:, 2]))


def _ground_below(scene: Scene, points: np.ndarray, pose: Pose) -> np.ndarray:
    return ground_height(scene, pose.apply(points)[:, :2])


@lru_cache(maxsize=512)
def _feet(body: Asset) -> tuple[np.ndarray, np.ndarray]:
    """Return (N, 3) points of the left and of the right sole: the lowest of each cell seen from above."""
    vertices = body.mesh.vertices.astype(np.float64)
    ankles = np.array([body.keypoints["left_ankle"], body.keypoints["right_ankle"]])
    away = np.linalg.norm(vertices[:, None, :] - ankles[None], axis=2)
    found = []
    for k in range(2):
        near = vertices[(away.argmin(axis=1) == k) & (away[:, k] < _FOOT_M) & (vertices[:, 2] < ankles[k, 2])]
        near = near[np.argsort(near[:, 2], kind="stable")]
        _, lowest = np.unique(np.floor(near[:, :2] / _CELL_M).astype(np.int64), axis=0, return_index=True)
        found.append(near[lowest])
    return found[0], found[1]
