"""Models with the place that the frame they were built in has in them, for what must stand at a point of theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simgen.assets.families.shapes import Part
from simgen.geometry.pose import Pose, Vector3
from simgen.scene.asset import Asset


@dataclass(frozen=True, kw_only=True, eq=False)
class Placed:
    """A model and where the frame it was built in has its origin, in the model's own frame."""

    asset: Asset
    origin_m: Vector3

    def by_origin(self, pose: Pose) -> Pose:
        """Return the pose of the model for which the frame it was built in has ``pose``."""
        x, y, z = self.origin_m
        return pose @ Pose(translation_m=(-x, -y, -z))


def origin_of(parts: Sequence[Part]) -> Vector3:
    """Return where the parts' origin is once `assemble` has set them on the ground, their box's middle over (0, 0)."""
    used = np.concatenate([shape.vertices[np.unique(shape.faces)] for shape, _ in parts])
    low, high = used.min(axis=0), used.max(axis=0)
    return -float(low[0] + high[0]) / 2, -float(low[1] + high[1]) / 2, -float(low[2])
