"""One contact sheet of a data set: what each sensor saw, with its labels on it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from simgen.errors import StoreError
from simgen.quality.cloud_colors import PointField, color_points
from simgen.quality.clouds import at_the_frames_instant
from simgen.quality.from_above import HEIGHT_SCALE, SPEED_SCALE, draw_detections, draw_from_above, draw_turn
from simgen.quality.ink import BACKGROUND, BRIGHT, DIM, NOTHING, Scale, depth_scale, instance_colors, write
from simgen.quality.overlay import color_of, draw_amodal, draw_overlay, draw_points, fit
from simgen.quality.panels import CAPTION, GAP, MARGIN, WIDE, Key, Panel, panel_strip, paste, title_strip
from simgen.quality.truth_pictures import TITLES, reason_picture, truth_picture
from simgen.run.store import Dataset, open_dataset, read_scene, scene_path
from simgen.truth import DepthRecord, FrameRecord, RadarRecord, ScanRecord, ViewRecord

_HEADER = 34
_TURN_ASPECT = 3.0


def contact_sheet(
    root: Path,
    frames: int = 6,
    *,
    indices: Sequence[int] | None = None,
    camera: str | None = None,
    points: PointField | None = None,
    width_px: int = 2400,
) -> np.ndarray:
    """Return a picture of several frames, one below the other, with everything their sensors saw.

    Args:
        root: folder of a finished data set.
        frames: how many frames to show, evenly spread over the data set.
        indices: which frames to show instead.
        camera: name of the camera to show; None for the first.
        points: what colours the points of clouds; None for their height from above, their depth in pictures.
        width_px: width of the sheet, at least 800.

    Returns:
        (H, width_px, 3) uint8 RGB.

    Raises:
        StoreError: there is no finished data set, no such frame or camera, or a file is not readable.
    """
    if width_px < 800:
        raise ValueError(f"width_px must be 800 or more, got {width_px}")
    data = open_dataset(root)
    total = int(data.manifest["frames"])
    if indices is None:
        if frames < 1:
            raise ValueError(f"frames must be 1 or more, got {frames}")
        indices = sorted({round(k) for k in np.linspace(0, total - 1, min(frames, total)).tolist()})
    records = [_record(data, index) for index in indices]
    strips = [title_strip(data, width_px)]
    strips += [_frame_strip(data, record, camera, points, width_px) for record in records]
    strips.append(_category_strip(records, width_px))
    return np.concatenate(strips)


def depth_picture(z_m: np.ndarray, scale: Scale) -> np.ndarray:
    """Return (H, W, 3) uint8 colours of a depth image; where nothing was met it is nearly black."""
    return np.where((z_m > 0)[..., None], scale.colors(z_m), np.asarray(NOTHING, np.uint8))


def _record(data: Dataset, index: int) -> FrameRecord:
    total = int(data.manifest["frames"])
    if not 0 <= index < total:
        raise StoreError(f"{data.root}: has no frame {index}; it holds frames 0 to {total - 1}")
    each = int(data.manifest["recipe"]["frames_per_scene"])
    path = scene_path(index // each)
    for record in read_scene(data.root, path):
        if record.index == index:
            return record
    raise StoreError(f"{data.root / path}: frame {index} is missing; run 'simgen check' to list what is wrong")


def _frame_strip(
    data: Dataset, record: FrameRecord, camera: str | None, points: PointField | None, width_px: int
) -> np.ndarray:
    """Return one frame's panels in a grid, and what its first LiDAR saw from above beside them."""
    view = _chosen_view(data, record, camera)
    scan = record.scans[0] if record.scans else None
    if view is not None:
        panels, aspect = _view_panels(data, record, view, scan, points), view.camera.width_px / view.camera.height_px
        columns = 2 if scan is not None or aspect >= WIDE else len(panels)
    else:
        panels, aspect, columns = ([] if scan is None else _turn_panels(data, record, scan, points)), _TURN_ASPECT, 1
    rows = -(-len(panels) // columns)
    wide, side = _sizes(width_px - 2 * MARGIN, columns, rows, aspect, beside=scan is not None)
    step = (wide + GAP, round(wide / aspect) + CAPTION + GAP)
    height = _HEADER + rows * step[1] + GAP
    strip = np.full((height, width_px, 3), BACKGROUND, dtype=np.uint8)
    _frame_title(strip, record, view)
    for k, panel in enumerate(panels):
        paste(strip, panel, MARGIN + k % columns * step[0], _HEADER + k // columns * step[1], wide)
    if scan is not None:
        paste(strip, _above_panel(data, record, scan, points), MARGIN + columns * step[0], _HEADER, side)
    further = [] if view is None else _truth_panels(data, view)
    strips = [strip] if panels else [strip[: _HEADER + GAP]]
    if further:
        strips.append(panel_strip(further, aspect, width_px))
    for depth in record.depths:
        camera_aspect = depth.sensor.camera.width_px / depth.sensor.camera.height_px
        strips.append(panel_strip(depth_panels(data, depth), camera_aspect, width_px))
    if record.radars:
        strips.append(_radar_strip(data, record, width_px))
    return np.concatenate(strips)


def _radar_strip(data: Dataset, record: FrameRecord, width_px: int) -> np.ndarray:
    """Return what each radar detected, from above."""

    def panel(radar: RadarRecord) -> Panel:
        return Panel(
            title=f"{radar.radar.name} from above: {radar.detections} detections",
            draw=lambda width: draw_detections(record, radar, data.detections(radar), width),
            scale=SPEED_SCALE,
            unit="speed over ground, m/s",
        )

    shown = [panel(radar) for radar in record.radars]
    # Squares as small as a third of the sheet: they are not blown up where there is one alone.
    left = width_px // 3 * min(len(shown), 3)
    strip = panel_strip(shown, 1.0, left)
    sheet = np.full((len(strip), width_px, 3), BACKGROUND, dtype=np.uint8)
    sheet[:, :left] = strip
    return sheet


def _sizes(inner_px: int, columns: int, rows: int, aspect: float, *, beside: bool) -> tuple[int, int]:
    """Return the width of a grid's panels, and the side of the square beside it that is as high as the grid."""
    if not beside:
        return (inner_px - (columns - 1) * GAP) // columns, 0
    between = (rows - 1) * (CAPTION + GAP)
    wide = int((inner_px - columns * GAP - between) / (columns + rows / aspect))
    return wide, rows * round(wide / aspect) + between


def _chosen_view(data: Dataset, record: FrameRecord, camera: str | None) -> ViewRecord | None:
    if camera is None:
        return record.views[0] if record.views else None
    found = next((v for v in record.views if v.camera.name == camera), None)
    if found is None:
        known = ", ".join(v.camera.name for v in record.views)
        raise StoreError(f"{data.root}: frame {record.index} has no camera {camera!r}; it has: {known or 'none'}")
    return found


def _view_panels(
    data: Dataset, record: FrameRecord, view: ViewRecord, scan: ScanRecord | None, points: PointField | None
) -> list[Panel]:
    rgb, z_m, ids = data.image(view), data.z_m(view), data.instance_id(view)
    scale = depth_scale(z_m)
    colors = instance_colors(sorted(record.instances), [o.instance_id for o in record.objects])

    def depth(width: int) -> np.ndarray:
        return fit(depth_picture(z_m, scale), width)

    def grey(width: int) -> np.ndarray:
        dark = cv2.cvtColor(fit(rgb, width), cv2.COLOR_RGB2GRAY)
        return np.repeat((dark * 0.3).astype(np.uint8)[..., None], 3, axis=2)

    def whole(width: int) -> np.ndarray:
        picture = grey(width)
        draw_amodal(picture, record, view)
        return picture

    panels = [
        Panel(title="labels", draw=lambda width: draw_overlay(rgb, ids, record, view, width_px=width)),
        Panel(title="depth along the axis", draw=depth, scale=scale, unit="m"),
        Panel(title="instances", draw=lambda width: fit(colors[ids], width)),
    ]
    if scan is not None:
        cloud = data.cloud(scan)
        told = None if points is None else color_points(record, scan, cloud, points)

        def with_points(width: int) -> np.ndarray:
            picture, places = grey(width), at_the_frames_instant(record, scan, cloud)
            paint, size = scale if told is None else told.colors, max(2.0, width / 400)
            draw_points(picture, places, view, paint, width / rgb.shape[1], size_px=size)
            return picture

        title = f"{scan.lidar.name} in the image"
        if told is None:
            panels.insert(1, Panel(title=title, draw=with_points, scale=scale, unit="m"))
        else:
            title = f"{title}, by {told.title}"
            panels.insert(1, Panel(title=title, draw=with_points, scale=told.scale, unit=told.unit, key=told.key))
        return panels
    if view.normal is not None:
        normals = _picture(data.root, view.normal.path)
        panels.append(Panel(title="normals", draw=lambda width: fit(normals, width)))
    panels.append(Panel(title="whole outlines, hidden parts striped", draw=whole))
    return panels


def _truth_panels(data: Dataset, view: ViewRecord) -> list[Panel]:
    """Return the further images that were kept of a picture."""

    def panel(kind: str) -> Panel:
        hidden = kind.replace("flow", "occlusion") if kind.startswith("flow") else None
        state = data.truth(view, hidden) if hidden in view.truths and hidden is not None else None
        picture = truth_picture(kind, data.truth(view, kind), state)
        return Panel(title=TITLES[kind], draw=lambda width: fit(picture, width))

    return [panel(kind) for kind in TITLES if kind in view.truths]


def depth_panels(data: Dataset, depth: DepthRecord) -> list[Panel]:
    """Return what a depth camera measured beside what is exact, holes nearly black, and what else was kept."""
    name, clean, sensed = depth.sensor.name, data.clean_m(depth), data.sensed_m(depth)
    scale = depth_scale(clean)
    pictures: list[tuple[str, np.ndarray, Scale | None]] = [
        (f"{name}: exact depth", depth_picture(clean, scale), scale),
        (f"{name}: measured, {depth.sensor.model}", depth_picture(sensed, scale), scale),
    ]
    if "depth_reason" in depth.truths:
        pictures.append((f"{name}: why not", reason_picture(data.depth_truth(depth, "depth_reason")), None))
    if "infrared" in depth.truths:
        infrared = np.repeat(data.depth_truth(depth, "infrared")[..., None], 3, axis=-1)
        pictures.append((f"{name}: infrared", infrared, None))

    def panel(title: str, picture: np.ndarray, scale: Scale | None) -> Panel:
        return Panel(title=title, draw=lambda width: fit(picture, width), scale=scale, unit="m" if scale else "")

    return [panel(*one) for one in pictures]


def _turn_panels(data: Dataset, record: FrameRecord, scan: ScanRecord, points: PointField | None) -> list[Panel]:
    """Return a sweep as pictures of all beams, a row a ring and a column a firing."""
    cloud = data.cloud(scan)
    range_m = np.linalg.norm(_xyz(cloud), axis=1)
    near = depth_scale(range_m)
    bright = Scale(low=0.0, high=1.0, colormap=cv2.COLORMAP_INFERNO)
    told = None if points is None else color_points(record, scan, cloud, points)
    shown: list[tuple[str, np.ndarray, Scale | None, str, Key]] = [
        (f"{scan.lidar.name}: range, ahead in the middle", near.colors(range_m), near, "m", ()),
        (f"{scan.lidar.name}: intensity", bright.colors(cloud["intensity"]), bright, "", ()),
    ]
    if told is not None:
        shown.append((f"{scan.lidar.name}: {told.title}", told.colors, told.scale, told.unit, told.key))

    def panel(title: str, colors: np.ndarray, scale: Scale | None, unit: str, key: Key) -> Panel:
        def draw(width: int) -> np.ndarray:
            return draw_turn(scan, cloud, colors, (width, round(width / _TURN_ASPECT)))

        return Panel(title=title, draw=draw, scale=scale, unit=unit, key=key)

    return [panel(*one) for one in shown]


def _above_panel(data: Dataset, record: FrameRecord, scan: ScanRecord, points: PointField | None) -> Panel:
    cloud = data.cloud(scan)
    title = f"{scan.lidar.name} from above: {scan.points:,} points"
    if points is None:
        return Panel(
            title=title,
            draw=lambda width: draw_from_above(record, scan, cloud, width),
            scale=HEIGHT_SCALE,
            unit="height, m",
        )
    told = color_points(record, scan, cloud, points)
    return Panel(
        title=f"{scan.lidar.name} from above, by {told.title}",
        draw=lambda width: draw_from_above(record, scan, cloud, width, colors=told.colors),
        scale=told.scale,
        unit=told.unit,
        key=told.key,
    )


def _picture(root: Path, path: str) -> np.ndarray:
    read = cv2.imread(str(root / path), cv2.IMREAD_COLOR)
    if read is None:
        raise StoreError(f"{root / path}: is missing or not an image any more; run 'simgen check' to list what changed")
    return cv2.cvtColor(read, cv2.COLOR_BGR2RGB)


def _xyz(cloud: np.ndarray) -> np.ndarray:
    return np.stack([cloud["x"], cloud["y"], cloud["z"]], axis=1)


def _frame_title(strip: np.ndarray, record: FrameRecord, view: ViewRecord | None) -> None:
    strip[0] = (52, 57, 68)
    write(strip, f"frame {record.index:06d}", (MARGIN, 24), size=16, color=BRIGHT, weight=600)
    parts = [f"scene {record.scene_index}", record.split]
    if view is not None:
        seen = sum(a.visible_px > 0 for a in record.annotations if a.camera == view.camera.name)
        size = f"{view.camera.width_px} × {view.camera.height_px}"
        parts += [f"{view.camera.name} {size}", f"EV {view.ev100:.1f}", f"{seen} of {len(record.objects)} objects seen"]
    write(strip, " · ".join(parts), (MARGIN + 132, 24), size=14, color=DIM)


def _category_strip(records: Sequence[FrameRecord], width_px: int) -> np.ndarray:
    """Return the key of colours: every category in the frames shown, with how many there are."""
    counts: dict[str, int] = {}
    colors = {}
    for record in records:
        for truth in record.objects:
            counts[truth.category] = counts.get(truth.category, 0) + 1
            colors[truth.category] = color_of(truth)
    strip = np.full((48, width_px, 3), BACKGROUND, dtype=np.uint8)
    left = MARGIN
    for name in sorted(counts, key=lambda name: (-counts[name], name)):
        text = f"{name.replace('_', ' ')} {counts[name]}"
        if left + 200 > width_px:
            break
        strip[18:30, left : left + 12] = colors[name]
        write(strip, text, (left + 18, 29), size=14, color=DIM)
        left += 18 + len(text) * 8 + 22
    return strip
