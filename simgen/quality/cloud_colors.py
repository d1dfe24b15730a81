"""Colours of a LiDAR's points, by any of what a cloud holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import cv2
import numpy as np

from simgen.errors import StoreError
from simgen.frame import BEHIND_GLASS, GHOST, MIXED, WEATHER
from simgen.quality.ink import BRIGHT, Color, Scale, category_color, depth_scale, instance_colors
from simgen.quality.solids import rig_motion_of
from simgen.scene.sweep import skew
from simgen.truth import FrameRecord, ScanRecord

PointField = Literal[
    "range", "intensity", "ring", "column", "time", "return", "category", "instance", "flags", "noise"
]  # fmt: skip
"""What points can be coloured by: a field of a cloud, or what follows from its fields."""

POINT_FIELDS: tuple[PointField, ...] = get_args(PointField)

_PLAIN: Color = (88, 94, 106)
_RETURNS: tuple[Color, ...] = (_PLAIN, (255, 158, 60), (238, 80, 200))
_FLAGS: Mapping[int, tuple[str, Color]] = {
    MIXED: ("mixed", (255, 176, 60)),
    BEHIND_GLASS: ("behind glass", (96, 224, 128)),
    GHOST: ("ghost", (248, 84, 220)),
    WEATHER: ("weather", (90, 200, 255)),
}
"""By flag, in the order in which they are laid over each other."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Coloring:
    """Colours of points, and what they mean: a scale, or a key of single colours.

    Attributes:
        title: what is coloured.
        colors: (N, 3) uint8.
        scale: None where single colours have single meanings.
        unit: of the scale.
        key: what colours mean, the most frequent first, with the number of points; empty where there is a scale.
    """

    title: str
    colors: np.ndarray
    scale: Scale | None = None
    unit: str = ""
    key: tuple[tuple[str, Color], ...] = ()


def color_points(frame: FrameRecord, scan: ScanRecord, cloud: np.ndarray, by: PointField) -> Coloring:
    """Return the colours of a cloud's points.

    Args:
        frame: what is true of the frame.
        scan: the LiDAR's record in it.
        cloud: (N,) of `simgen.run.store.CLOUD_DTYPE`.
        by: what tells the colour. ``noise`` is how much longer than the exact range the measured one is.
    """
    how: Mapping[PointField, Callable[[FrameRecord, ScanRecord, np.ndarray], Coloring]] = {
        "range": _by_range,
        "intensity": _by_intensity,
        "ring": _by_ring,
        "column": _by_column,
        "time": _by_time,
        "return": _by_return,
        "category": _by_category,
        "instance": _by_instance,
        "flags": _by_flags,
        "noise": _by_noise,
    }
    return how[by](frame, scan, cloud)


def point_field(name: str) -> PointField:
    """Return what is called so.

    Raises:
        StoreError: points cannot be coloured by it.
    """
    fields: Mapping[str, PointField] = {field: field for field in POINT_FIELDS}
    if name not in fields:
        raise StoreError(f"points cannot be coloured by {name!r}; choose one of {', '.join(POINT_FIELDS)}")
    return fields[name]


def _scaled(title: str, values: np.ndarray, scale: Scale, unit: str = "") -> Coloring:
    return Coloring(title=title, colors=scale.colors(values), scale=scale, unit=unit)


def _by_range(_frame: FrameRecord, _scan: ScanRecord, cloud: np.ndarray) -> Coloring:
    return _scaled("range", cloud["clean_range_m"], depth_scale(cloud["clean_range_m"]), "m")


def _by_intensity(_frame: FrameRecord, _scan: ScanRecord, cloud: np.ndarray) -> Coloring:
    scale = Scale(low=0.005, high=1.0, logarithmic=True, colormap=cv2.COLORMAP_INFERNO)
    return _scaled("intensity: reflectance as it appears", cloud["intensity"], scale)


def _by_ring(_frame: FrameRecord, scan: ScanRecord, cloud: np.ndarray) -> Coloring:
    return _scaled("ring, 0 on top", cloud["ring"], Scale(low=0.0, high=max(scan.lidar.rings - 1.0, 1.0)))


def _by_column(_frame: FrameRecord, scan: ScanRecord, cloud: np.ndarray) -> Coloring:
    return _scaled("column: the firing", cloud["column"], Scale(low=0.0, high=max(scan.lidar.columns - 1.0, 1.0)))


def _by_time(_frame: FrameRecord, scan: ScanRecord, cloud: np.ndarray) -> Coloring:
    scale = Scale(low=0.0, high=1e3 / scan.lidar.rate_hz)
    return _scaled("time since the sweep began", 1e3 * cloud["time_s"].astype(np.float64), scale, "ms")


def _by_noise(frame: FrameRecord, scan: ScanRecord, cloud: np.ndarray) -> Coloring:
    xyz, lidar = np.stack([cloud["x"], cloud["y"], cloud["z"]], axis=1).astype(np.float64), scan.lidar
    if lidar.deskewed:
        xyz = skew(xyz, cloud["time_s"], lidar, scan.world_from_lidar, rig_motion_of(frame))
    beam = cloud["column"].astype(np.int64) * lidar.rings + cloud["ring"]
    off = np.linalg.norm(xyz - lidar.origins()[beam], axis=1) - cloud["clean_range_m"]
    reach = 3e3 * max(lidar.range_noise_m, 0.001)
    return _scaled("noise of the range", 1e3 * off, Scale(low=-reach, high=reach), "mm")


def _by_return(_frame: FrameRecord, _scan: ScanRecord, cloud: np.ndarray) -> Coloring:
    number = cloud["return_number"].astype(np.int64) - 1
    names = ("nearest return", "second", "third")
    return _keyed("number of the return", number, dict(enumerate(zip(names, _RETURNS, strict=True))))


def _by_category(frame: FrameRecord, _scan: ScanRecord, cloud: np.ndarray) -> Coloring:
    pairs = np.unique(np.stack([cloud["category_id"], cloud["instance_id"]], axis=1), axis=0).tolist()
    names = {number: (frame.instances[owner].replace("_", " "), category_color(number)) for number, owner in pairs
             if owner}  # fmt: skip
    return _keyed("category", cloud["category_id"].astype(np.int64), {0: ("air or mirror", BRIGHT)} | names)


def _by_instance(frame: FrameRecord, _scan: ScanRecord, cloud: np.ndarray) -> Coloring:
    table = instance_colors(sorted(frame.instances), [truth.instance_id for truth in frame.objects])
    table[0] = BRIGHT
    return Coloring(title=f"instance: {len(np.unique(cloud['instance_id']))} met", colors=table[cloud["instance_id"]])


def _by_flags(_frame: FrameRecord, _scan: ScanRecord, cloud: np.ndarray) -> Coloring:
    kind = np.zeros(len(cloud), np.int64)
    for flag in _FLAGS:
        kind[cloud["flags"] & flag > 0] = flag
    return _keyed("flags", kind, {0: ("plain", _PLAIN), **_FLAGS})


def _keyed(title: str, kind: np.ndarray, names: Mapping[int, tuple[str, Color]]) -> Coloring:
    """Return the colours of points of some kinds, and the key of those there are."""
    found, count = np.unique(kind, return_counts=True)
    table = np.zeros((int(max(names)) + 1, 3), np.uint8)
    for number, (_, color) in names.items():
        table[number] = color
    order = np.argsort(-count, kind="stable")
    key = tuple((f"{names[int(found[k])][0]} {count[k]:,}", names[int(found[k])][1]) for k in order)
    return Coloring(title=title, colors=table[kind], key=key)
