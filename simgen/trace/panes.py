"""Rays that look through glass: what lies behind panes, for labels that are to be of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from simgen.geometry.rays import Hits, Rays
from simgen.trace.tracer import Tracer

MOST_PANES = 8
"""What lies behind more panes than these is not looked for: the next pane counts as what is seen."""


def hit_behind_glass(tracer: Tracer, rays: Rays) -> Hits:
    """Return what each ray meets first that is not of glass; ranges are from the rays' origins.

    Rays go straight on, as through thin panes.
    """
    hits = tracer.closest_hit(rays)
    glass = np.array([m.substance == "glass" for m in tracer.geometry.materials], dtype=np.bool_)
    if not glass.any():
        return hits
    face_is_glass = glass[tracer.geometry.face_material]
    found = {key: getattr(hits, key).copy() for key in ("range_m", "instance_id", "triangle", "barycentric", "normal")}
    for _ in range(MOST_PANES):
        on = np.flatnonzero((found["triangle"] >= 0) & face_is_glass[found["triangle"]])
        if not len(on):
            break
        reached = found["range_m"][on].astype(np.float64)
        start = reached + 1e-4 + 1e-6 * (np.abs(rays.origin[on]).max(axis=1) + reached)
        origin = rays.origin[on] + start[:, None].astype(np.float32) * rays.direction[on]
        behind = tracer.closest_hit(Rays(origin=origin, direction=rays.direction[on], time_s=rays.time_s[on]))
        for key, values in found.items():
            values[on] = getattr(behind, key)
        found["range_m"][on] += start.astype(np.float32)
    return replace(hits, **found)
