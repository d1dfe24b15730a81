"""Points on moving objects, carried from one instant to another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from simgen.scene.scene import Instance


def moving_ids(objects: Sequence[Instance], instance_id: np.ndarray) -> np.ndarray:
    """Return (N,) booleans: which of (N,) instance ids are of objects that move."""
    moves = np.zeros(max(int(instance_id.max(initial=0)), max((o.id for o in objects), default=0)) + 1, dtype=bool)
    moves[[o.id for o in objects if not o.motion.still]] = True
    return moves[instance_id]


def carried(
    objects: Sequence[Instance], instance_id: np.ndarray, points: np.ndarray, from_s: np.ndarray, to_s: np.ndarray
) -> np.ndarray:
    """Return (N, 3) float64 world points, given for (N,) times ``from_s``, as their objects carry them to ``to_s``.

    Args:
        objects: of the scene.
        instance_id: (N,) whose points they are; what is in no object stays.
        points: (N, 3) metres.
        from_s: (N,) relative to the scene's instant.
        to_s: (N,).
    """
    out = np.array(points, dtype=np.float64)
    for thing, on in _each_moving(objects, instance_id):
        out[on] = thing.motion.move(thing.motion.move_back(out[on], from_s[on]), to_s[on])
    return out


def turned_back(
    objects: Sequence[Instance], instance_id: np.ndarray, vectors: np.ndarray, time_s: np.ndarray
) -> np.ndarray:
    """Return (N, 3) directions seen from their objects at (N,) times, as seen from these at time 0; the same dtype."""
    turning = [o for o in objects if o.yaw_rate_rps]
    if not turning:
        return vectors
    out = np.array(vectors)
    for thing, on in _each_moving(turning, instance_id):
        out[on] = thing.motion.turn(out[on], -time_s[on].astype(np.float64))
    return out


def _each_moving(objects: Sequence[Instance], instance_id: np.ndarray) -> list[tuple[Instance, np.ndarray]]:
    """Return the moving objects among ids, each with the indices where it is."""
    index = np.flatnonzero(moving_ids(objects, instance_id))
    order = index[np.argsort(instance_id[index], kind="stable")]
    ids, first = np.unique(instance_id[order], return_index=True)
    by_id = {o.id: o for o in objects}
    return [(by_id[int(i)], on) for i, on in zip(ids, np.split(order, first[1:]), strict=True)] if len(ids) else []
