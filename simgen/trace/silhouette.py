"""An object's whole outline, as if nothing stood before it and the image had no edge."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
import open3d as o3d

from simgen.geometry.boxes import BoxPx, box_of_mask
from simgen.geometry.pose import Pose
from simgen.scene.asset import Asset
from simgen.scene.camera import Camera
from simgen.scene.scene import Instance
from simgen.trace.tracer import ray_scene

CANVAS = 3
"""The outline is followed on a canvas this many times the image's width and height, centred on it, as BOP does."""

_NEAREST_M = 0.001
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
            inside, mask = (0, 0, 0, 0), np.zeros((0, 0), dtype=bool)
        samples, size = _outside_samples(bound, width, height)
        beyond = self._hits(instance, camera, world_from_camera, samples)
        return Silhouette(
            box_px=inside,
            mask=mask,
            outside_px=float(size[beyond].prod(axis=1).sum()),
            canvas_box=_canvas_box(mask, inside, samples[beyond], size[beyond]),
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

    What lies less than 1 mm in front of the camera's plane, or behind it, is cut off first.
    """
    margin_u, margin_v = (CANVAS - 1) / 2 * camera.width_px, (CANVAS - 1) / 2 * camera.height_px
    canvas = (-margin_u, -margin_v, camera.width_px + margin_u, camera.height_px + margin_v)
    camera_from_world = world_from_camera.inverse
    if _beside_canvas(camera_from_world.apply(instance.cuboid.corners), camera, canvas):
        return None
    points = camera_from_world.apply(instance.world_vertices())
    uv, _ = camera.project(_cut_at_plane(points, instance.asset.mesh.faces))
    if not len(uv):
        return None
    low, high = np.maximum(uv.min(axis=0), canvas[:2]), np.minimum(uv.max(axis=0), canvas[2:])
    if (low >= high).any():
        return None
    low, high = np.floor(low), np.ceil(high)
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])


def _beside_canvas(corners: np.ndarray, camera: Camera, canvas: tuple[float, float, float, float]) -> bool:
    """Return whether (8, 3) corners in the camera frame all lie beyond one side of the canvas's pyramid."""
    x, y, z = corners.T
    sides = (
        z < _NEAREST_M,
        camera.fx_px * x < (canvas[0] - camera.cx_px) * z,
        camera.fx_px * x > (canvas[2] - camera.cx_px) * z,
        camera.fy_px * y < (canvas[1] - camera.cy_px) * z,
        camera.fy_px * y > (canvas[3] - camera.cy_px) * z,
    )
    return any(bool(outer.all()) for outer in sides)


def _cut_at_plane(points: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Return the (N, 3) corners of a mesh in the camera frame, its triangles cut off at the nearest plane."""
    front = points[:, 2] >= _NEAREST_M
    if front.all():
        return points
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    edges = edges[front[edges[:, 0]] != front[edges[:, 1]]]
    start, end = points[edges[:, 0]], points[edges[:, 1]]
    share = (_NEAREST_M - start[:, 2]) / (end[:, 2] - start[:, 2])
    cuts = start + share[:, None] * (end - start)
    cuts[:, 2] = _NEAREST_M
    return np.concatenate([points[front], cuts])


def _outside_samples(bound: BoxPx, width: int, height: int) -> tuple[np.ndarray, np.ndarray]:
    """Return (N, 2) image positions that sample ``bound`` outside the image, and the (N, 2) size of the cell of each.

    The cells tile that region exactly: single pixels, or larger where there would be too many.
    """
    x0, y0, x1, y1 = bound
    top, bottom = min(max(y0, 0), y1), max(min(y1, height), y0)
    strips = (
        (x0, y0, x1, min(y1, 0)),
        (x0, max(y0, height), x1, y1),
        (x0, top, min(x1, 0), bottom),
        (max(x0, width), top, x1, bottom),
    )
    strips = [s for s in strips if s[2] > s[0] and s[3] > s[1]]
    area = sum((s[2] - s[0]) * (s[3] - s[1]) for s in strips)
    edge = max(1.0, float(np.sqrt(area / _OUTSIDE_SAMPLES)))
    positions, sizes = [np.zeros((0, 2))], [np.zeros((0, 2))]
    for left, upper, right, lower in strips:
        columns, rows = int(np.ceil((right - left) / edge)), int(np.ceil((lower - upper) / edge))
        size = np.array([(right - left) / columns, (lower - upper) / rows])
        v, u = np.mgrid[0:rows, 0:columns]
        positions.append(np.stack([u.ravel() + 0.5, v.ravel() + 0.5], axis=1) * size + (left, upper))
        sizes.append(np.broadcast_to(size, positions[-1].shape))
    return np.concatenate(positions), np.concatenate(sizes)


def _canvas_box(
    mask: np.ndarray, box: BoxPx, beyond: np.ndarray, size: np.ndarray
) -> tuple[float, float, float, float] | None:
    """Return the box around the mask and the (N, 2) positions beyond the image, whose cells have (N, 2) sizes."""
    edges = []
    inside = box_of_mask(mask)
    if inside is not None:
        edges.append(np.add(inside, (box[0], box[1], box[0], box[1])))
    if len(beyond):
        edges.append(np.concatenate([(beyond - size / 2).min(axis=0), (beyond + size / 2).max(axis=0)]))
    if not edges:
        return None
    corners = np.array(edges, dtype=np.float64)
    low, high = corners[:, :2].min(axis=0), corners[:, 2:].max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])
