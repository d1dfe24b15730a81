"""An object's whole outline, as if nothing stood before it and the image had no edge."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
import open3d as o3d

from simgen.geometry.boxes import BoxPx
from simgen.geometry.pose import Pose
from simgen.scene.asset import Asset
from simgen.scene.camera import Camera
from simgen.scene.scene import Instance
from simgen.trace.tracer import ray_scene

CANVAS = 3
"""The outline is followed on a canvas this many times the image's width and height, centred on it, as BOP does."""

_OUTSIDE_SAMPLES = 40_000
_KEPT_ASSETS = 256


@dataclass(frozen=True, kw_only=True, eq=False)
class Silhouette:
    """Where one object alone would be seen.

    Attributes:
        box_px: image region that ``mask`` covers.
        mask: (y1 - y0, x1 - x0) booleans at pixel centres, inside the image only.
        outside_px: area of the outline beyond the image's edge, pixels; sampled on a coarser grid where it is large.
        canvas_box: (x0, y0, x1, y1) pixel edges of the outline on the whole canvas; None when nothing is there.
    """

    box_px: BoxPx
    mask: np.ndarray
    outside_px: float
    canvas_box: tuple[float, float, float, float] | None


class Silhouettes:
    """Traces outlines, keeping the ray scenes of the assets used last."""

    def __init__(self, threads: int = 0) -> None:
        """Start with nothing kept; ``threads`` 0 uses all cores."""
        self._threads = threads
        self._scenes: OrderedDict[int, tuple[Asset, o3d.t.geometry.RaycastingScene]] = OrderedDict()

    def trace(self, instance: Instance, camera: Camera, world_from_camera: Pose) -> Silhouette | None:
        """Return the outline of ``instance``, or None when it lies wholly off the canvas or behind the camera."""
        bound = projected_bound(instance, camera, world_from_camera)
        if bound is None:
            return None
        width, height = camera.width_px, camera.height_px
        inside = (max(bound[0], 0), max(bound[1], 0), min(bound[2], width), min(bound[3], height))
        mask = np.zeros((max(inside[3] - inside[1], 0), max(inside[2] - inside[0], 0)), dtype=bool)
        if mask.size:
            v, u = np.mgrid[inside[1] : inside[3], inside[0] : inside[2]]
            uv = np.stack([u.ravel() + 0.5, v.ravel() + 0.5], axis=1)
            mask = self._hits(instance, camera, world_from_camera, uv).reshape(mask.shape)
        else:
            inside = (0, 0, 0, 0)
        samples, cell = _outside_samples(bound, width, height)
        beyond = samples[self._hits(instance, camera, world_from_camera, samples)] if len(samples) else samples
        return Silhouette(
            box_px=inside,
            mask=mask,
            outside_px=float(len(beyond) * cell * cell),
            canvas_box=_canvas_box(mask, inside, beyond, cell),
        )

    def _hits(self, instance: Instance, camera: Camera, world_from_camera: Pose, uv: np.ndarray) -> np.ndarray:
        """Return which image positions see the object, casting in the object's own frame."""
        object_from_camera = instance.world_from_object.inverse @ world_from_camera
        packed = np.empty((len(uv), 6), dtype=np.float32)
        packed[:, :3] = np.asarray(object_from_camera.translation_m) / instance.scale
        packed[:, 3:] = object_from_camera.rotate(camera.directions(uv))
        scene = self._scene_of(instance.asset)
        return scene.test_occlusions(o3d.core.Tensor.from_numpy(packed), nthreads=self._threads).numpy()

    def _scene_of(self, asset: Asset) -> o3d.t.geometry.RaycastingScene:
        kept = self._scenes.get(id(asset))
        if kept is None:
            kept = (asset, ray_scene(asset.mesh.vertices, asset.mesh.faces, self._threads))
            self._scenes[id(asset)] = kept
            if len(self._scenes) > _KEPT_ASSETS:
                self._scenes.popitem(last=False)
        self._scenes.move_to_end(id(asset))
        return kept[1]


def projected_bound(instance: Instance, camera: Camera, world_from_camera: Pose) -> BoxPx | None:
    """Return whole pixel edges around the object's projection, cut to the canvas; None when it is not on it.

    Parts behind the camera are cut off 1 cm before it; then the bound reaches to the canvas's edge on every side that the
    remaining vertices leave open, so it may be too large but never too small.
    """
    points = world_from_camera.inverse.apply(instance.world_vertices())
    behind = points[:, 2] < 0.01
    if behind.all():
        return None
    uv, _ = camera.project(points[~behind])
    low, high = uv.min(axis=0), uv.max(axis=0)
    if behind.any():
        low, high = np.full(2, -np.inf), np.full(2, np.inf)
    margin_u, margin_v = (CANVAS - 1) / 2 * camera.width_px, (CANVAS - 1) / 2 * camera.height_px
    x0, y0 = max(low[0], -margin_u), max(low[1], -margin_v)
    x1, y1 = min(high[0], camera.width_px + margin_u), min(high[1], camera.height_px + margin_v)
    if x0 >= x1 or y0 >= y1:
        return None
    return int(np.floor(x0)), int(np.floor(y0)), int(np.ceil(x1)), int(np.ceil(y1))


def _outside_samples(bound: BoxPx, width: int, height: int) -> tuple[np.ndarray, int]:
    """Return (N, 2) image positions in ``bound`` outside the image, and the pixel step between them."""
    x0, y0, x1, y1 = bound
    inside_area = max(min(x1, width) - max(x0, 0), 0) * max(min(y1, height) - max(y0, 0), 0)
    area = (x1 - x0) * (y1 - y0) - inside_area
    if area <= 0:
        return np.zeros((0, 2)), 1
    cell = max(1, int(np.ceil(np.sqrt(area / _OUTSIDE_SAMPLES))))
    # Cells are counted from the image's corner, so that none straddles the image's edge unless the size is no multiple.
    u = np.arange(x0 // cell * cell, x1, cell) + cell / 2
    v = np.arange(y0 // cell * cell, y1, cell) + cell / 2
    grid = np.stack(np.meshgrid(u, v), axis=-1).reshape(-1, 2)
    beyond = (grid[:, 0] < 0) | (grid[:, 0] > width) | (grid[:, 1] < 0) | (grid[:, 1] > height)
    return grid[beyond], cell


def _canvas_box(
    mask: np.ndarray, box: BoxPx, beyond: np.ndarray, cell: int
) -> tuple[float, float, float, float] | None:
    edges = []
    if mask.any():
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        edges.append((box[0] + columns[0], box[1] + rows[0], box[0] + columns[-1] + 1, box[1] + rows[-1] + 1))
    if len(beyond):
        low, high = beyond.min(axis=0) - cell / 2, beyond.max(axis=0) + cell / 2
        edges.append((low[0], low[1], high[0], high[1]))
    if not edges:
        return None
    corners = np.array(edges, dtype=np.float64)
    low, high = corners[:, :2].min(axis=0), corners[:, 2:].max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])
