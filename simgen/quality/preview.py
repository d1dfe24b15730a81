"""One contact sheet of a data set: what each sensor saw, with its labels on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from simgen.errors import StoreError
from simgen.quality.clouds import at_the_frames_instant
from simgen.quality.from_above import HEIGHT_SCALE, SPEED_SCALE, draw_detections, draw_from_above, draw_turn
from simgen.quality.ink import BACKGROUND, BRIGHT, DIM, NOTHING, Scale, instance_colors, legend, text_width, write
from simgen.quality.overlay import color_of, draw_amodal, draw_overlay, draw_points, fit
from simgen.quality.truth_pictures import TITLES, reason_picture, truth_picture
from simgen.run.store import Dataset, open_dataset, read_scene, scene_path
from simgen.truth import DepthRecord, FrameRecord, RadarRecord, ScanRecord, ViewRecord

_GAP = 10
_MARGIN = 18
_CAPTION = 32
_HEADER = 34
_WIDE = 1.8
_MOST = 6
_MOST_WIDE = 4
_TURN_ASPECT = 3.0


@dataclass(frozen=True, kw_only=True)
class _Panel:
    """One picture of a row: its title, what draws it at a given width, and its colour scale."""

    title: str
    draw: Callable[[int], np.ndarray]
    scale: Scale | None = None
    unit: str = ""


def contact_sheet(
    root: Path,
    frames: int = 6,
    *,
    indices: Sequence[int] | None = None,
    camera: str | None = None,
    width_px: int = 2400,
) -> np.ndarray:
    """Return a picture of several frames, one below the other, with everything their sensors saw.

    Args:
        root: folder of a finished data set.
        frames: how many frames to show, evenly spread over the data set.
        indices: which frames to show instead.
        camera: name of the camera to show; None for the first.
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
    strips = [_title(data, width_px)]
    strips += [_frame_strip(data, record, camera, width_px) for record in records]
    strips.append(_category_strip(records, width_px))
    return np.concatenate(strips)


def depth_picture(z_m: np.ndarray, scale: Scale) -> np.ndarray:
    """Return (H, W, 3) uint8 colours of a depth image; where nothing was met it is nearly black."""
    return np.where((z_m > 0)[..., None], scale.colors(z_m), np.asarray(NOTHING, np.uint8))


def depth_scale(z_m: np.ndarray) -> Scale:
    """Return a logarithmic colour scale that fits a depth image: near red, far blue."""
    met = z_m[z_m > 0]
    low, high = np.quantile(met, (0.01, 0.99)).tolist() if met.size else (1.0, 10.0)
    return Scale(low=low, high=max(high, low * 1.5), logarithmic=True, falling=True)


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


def _frame_strip(data: Dataset, record: FrameRecord, camera: str | None, width_px: int) -> np.ndarray:
    """Return one frame's panels in a grid, and what its first LiDAR saw from above beside them."""
    view = _chosen_view(data, record, camera)
    scan = record.scans[0] if record.scans else None
    if view is not None:
        panels, aspect = _view_panels(data, record, view, scan), view.camera.width_px / view.camera.height_px
        columns = 2 if scan is not None or aspect >= _WIDE else len(panels)
    else:
        panels, aspect, columns = ([] if scan is None else _turn_panels(data, scan)), _TURN_ASPECT, 1
    rows = -(-len(panels) // columns)
    wide, side = _sizes(width_px - 2 * _MARGIN, columns, rows, aspect, beside=scan is not None)
    step = (wide + _GAP, round(wide / aspect) + _CAPTION + _GAP)
    height = _HEADER + rows * step[1] + _GAP
    strip = np.full((height, width_px, 3), BACKGROUND, dtype=np.uint8)
    _frame_title(strip, record, view)
    for k, panel in enumerate(panels):
        _paste(strip, panel, _MARGIN + k % columns * step[0], _HEADER + k // columns * step[1], wide)
    if scan is not None:
        _paste(strip, _above_panel(data, record, scan), _MARGIN + columns * step[0], _HEADER, side)
    further = [] if view is None else _truth_panels(data, view)
    strips = [strip] if panels else [strip[: _HEADER + _GAP]]
    if further:
        strips.append(_further_strip(further, aspect, width_px))
    for depth in record.depths:
        camera_aspect = depth.sensor.camera.width_px / depth.sensor.camera.height_px
        strips.append(_further_strip(depth_panels(data, depth), camera_aspect, width_px))
    if record.radars:
        strips.append(_radar_strip(data, record, width_px))
    return np.concatenate(strips)


def _radar_strip(data: Dataset, record: FrameRecord, width_px: int) -> np.ndarray:
    """Return what each radar detected, from above."""

    def panel(radar: RadarRecord) -> _Panel:
        return _Panel(
            title=f"{radar.radar.name} from above: {radar.detections} detections",
            draw=lambda width: draw_detections(record, radar, data.detections(radar), width),
            scale=SPEED_SCALE,
            unit="speed over ground, m/s",
        )

    shown = [panel(radar) for radar in record.radars]
    # Squares as small as a third of the sheet: they are not blown up where there is one alone.
    left = width_px // 3 * min(len(shown), 3)
    strip = _further_strip(shown, 1.0, left)
    sheet = np.full((len(strip), width_px, 3), BACKGROUND, dtype=np.uint8)
    sheet[:, :left] = strip
    return sheet


def _further_strip(panels: Sequence[_Panel], aspect: float, width_px: int) -> np.ndarray:
    """Return panels in as few even rows as there may be."""
    rows = -(-len(panels) // (_MOST_WIDE if aspect >= _WIDE else _MOST))
    columns = -(-len(panels) // rows)
    wide = (width_px - 2 * _MARGIN - (columns - 1) * _GAP) // columns
    step = (wide + _GAP, round(wide / aspect) + _CAPTION + _GAP)
    strip = np.full((rows * step[1], width_px, 3), BACKGROUND, dtype=np.uint8)
    for k, panel in enumerate(panels):
        _paste(strip, panel, _MARGIN + k % columns * step[0], k // columns * step[1], wide)
    return strip


def _sizes(inner_px: int, columns: int, rows: int, aspect: float, *, beside: bool) -> tuple[int, int]:
    """Return the width of a grid's panels, and the side of the square beside it that is as high as the grid."""
    if not beside:
        return (inner_px - (columns - 1) * _GAP) // columns, 0
    between = (rows - 1) * (_CAPTION + _GAP)
    wide = int((inner_px - columns * _GAP - between) / (columns + rows / aspect))
    return wide, rows * round(wide / aspect) + between


def _chosen_view(data: Dataset, record: FrameRecord, camera: str | None) -> ViewRecord | None:
    if camera is None:
        return record.views[0] if record.views else None
    found = next((v for v in record.views if v.camera.name == camera), None)
    if found is None:
        known = ", ".join(v.camera.name for v in record.views)
        raise StoreError(f"{data.root}: frame {record.index} has no camera {camera!r}; it has: {known or 'none'}")
    return found


def _view_panels(data: Dataset, record: FrameRecord, view: ViewRecord, scan: ScanRecord | None) -> list[_Panel]:
    rgb, z_m, ids = data.image(view), data.z_m(view), data.instance_id(view)
    scale = depth_scale(z_m)
    colors = instance_colors(sorted(record.instances), [o.instance_id for o in record.objects])

    def depth(width: int) -> np.ndarray:
        return fit(depth_picture(z_m, scale), width)

    def grey(width: int) -> np.ndarray:
        dark = cv2.cvtColor(fit(rgb, width), cv2.COLOR_RGB2GRAY)
        return np.repeat((dark * 0.3).astype(np.uint8)[..., None], 3, axis=2)

    def with_points(width: int) -> np.ndarray:
        assert scan is not None
        picture = grey(width)
        points = at_the_frames_instant(record, scan, data.cloud(scan))
        draw_points(picture, points, view, scale, width / rgb.shape[1], size_px=max(2.0, width / 400))
        return picture

    def whole(width: int) -> np.ndarray:
        picture = grey(width)
        draw_amodal(picture, record, view)
        return picture

    panels = [
        _Panel(title="labels", draw=lambda width: draw_overlay(rgb, ids, record, view, width_px=width)),
        _Panel(title="depth along the axis", draw=depth, scale=scale, unit="m"),
        _Panel(title="instances", draw=lambda width: fit(colors[ids], width)),
    ]
    if scan is not None:
        title = f"{scan.lidar.name} in the image"
        panels.insert(1, _Panel(title=title, draw=with_points, scale=scale, unit="m"))
        return panels
    if view.normal is not None:
        normals = _picture(data.root, view.normal.path)
        panels.append(_Panel(title="normals", draw=lambda width: fit(normals, width)))
    panels.append(_Panel(title="whole outlines, hidden parts striped", draw=whole))
    return panels


def _truth_panels(data: Dataset, view: ViewRecord) -> list[_Panel]:
    """Return the further images that were kept of a picture."""

    def panel(kind: str) -> _Panel:
        hidden = kind.replace("flow", "occlusion") if kind.startswith("flow") else None
        state = data.truth(view, hidden) if hidden in view.truths and hidden is not None else None
        picture = truth_picture(kind, data.truth(view, kind), state)
        return _Panel(title=TITLES[kind], draw=lambda width: fit(picture, width))

    return [panel(kind) for kind in TITLES if kind in view.truths]


def depth_panels(data: Dataset, depth: DepthRecord) -> list[_Panel]:
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

    def panel(title: str, picture: np.ndarray, scale: Scale | None) -> _Panel:
        return _Panel(title=title, draw=lambda width: fit(picture, width), scale=scale, unit="m" if scale else "")

    return [panel(*one) for one in pictures]


def _turn_panels(data: Dataset, scan: ScanRecord) -> list[_Panel]:
    """Return a sweep as pictures of all beams, a row a ring and a column a firing: ranges and intensities."""
    cloud = data.cloud(scan)
    range_m = np.linalg.norm(_xyz(cloud), axis=1)
    near = depth_scale(range_m)
    bright = Scale(low=0.0, high=1.0, colormap=cv2.COLORMAP_INFERNO)

    def ranges(width: int) -> np.ndarray:
        return draw_turn(scan, cloud, near.colors(range_m), (width, round(width / _TURN_ASPECT)))

    def intensities(width: int) -> np.ndarray:
        return draw_turn(scan, cloud, bright.colors(cloud["intensity"]), (width, round(width / _TURN_ASPECT)))

    return [
        _Panel(title=f"{scan.lidar.name}: range, ahead in the middle", draw=ranges, scale=near, unit="m"),
        _Panel(title=f"{scan.lidar.name}: intensity", draw=intensities, scale=bright),
    ]


def _above_panel(data: Dataset, record: FrameRecord, scan: ScanRecord) -> _Panel:
    return _Panel(
        title=f"{scan.lidar.name} from above: {scan.points:,} points",
        draw=lambda width: draw_from_above(record, scan, data.cloud(scan), width),
        scale=HEIGHT_SCALE,
        unit="height, m",
    )


def _picture(root: Path, path: str) -> np.ndarray:
    read = cv2.imread(str(root / path), cv2.IMREAD_COLOR)
    if read is None:
        raise StoreError(f"{root / path}: is missing or not an image any more; run 'simgen check' to list what changed")
    return cv2.cvtColor(read, cv2.COLOR_BGR2RGB)


def _xyz(cloud: np.ndarray) -> np.ndarray:
    return np.stack([cloud["x"], cloud["y"], cloud["z"]], axis=1)


def _paste(strip: np.ndarray, panel: _Panel, left: int, top: int, wide: int) -> None:
    """Draw a panel below its caption."""
    write(strip, panel.title, (left, top + 19), size=14, color=DIM)
    room = wide - text_width(panel.title, 14) - text_width(panel.unit, 11) - 30
    if panel.scale is not None and room >= 60:
        legend(strip, panel.scale, left + wide - 4, top + 3, unit=panel.unit, width=min(190, room))
    picture = panel.draw(wide)
    strip[top + _CAPTION : top + _CAPTION + len(picture), left : left + wide] = picture


def _title(data: Dataset, width_px: int) -> np.ndarray:
    strip = np.full((64, width_px, 3), BACKGROUND, dtype=np.uint8)
    manifest = data.manifest
    write(strip, str(manifest["name"]), (_MARGIN, 42), size=28, weight=650)
    splits = ", ".join(f"{count} {split}" for split, count in manifest["splits"].items())
    about = f"{manifest['frames']} frames ({splits}) · {manifest['scenes']} scenes · seed {manifest['seed']}"
    write(strip, f"{about} · {manifest['digest'][:12]}", (width_px - _MARGIN, 41), size=15, color=DIM, align="right")
    return strip


def _frame_title(strip: np.ndarray, record: FrameRecord, view: ViewRecord | None) -> None:
    strip[0] = (52, 57, 68)
    write(strip, f"frame {record.index:06d}", (_MARGIN, 24), size=16, color=BRIGHT, weight=600)
    parts = [f"scene {record.scene_index}", record.split]
    if view is not None:
        seen = sum(a.visible_px > 0 for a in record.annotations if a.camera == view.camera.name)
        size = f"{view.camera.width_px} × {view.camera.height_px}"
        parts += [f"{view.camera.name} {size}", f"EV {view.ev100:.1f}", f"{seen} of {len(record.objects)} objects seen"]
    write(strip, " · ".join(parts), (_MARGIN + 132, 24), size=14, color=DIM)


def _category_strip(records: Sequence[FrameRecord], width_px: int) -> np.ndarray:
    """Return the key of colours: every category in the frames shown, with how many there are."""
    counts: dict[str, int] = {}
    colors = {}
    for record in records:
        for truth in record.objects:
            counts[truth.category] = counts.get(truth.category, 0) + 1
            colors[truth.category] = color_of(truth)
    strip = np.full((48, width_px, 3), BACKGROUND, dtype=np.uint8)
    left = _MARGIN
    for name in sorted(counts, key=lambda name: (-counts[name], name)):
        text = f"{name.replace('_', ' ')} {counts[name]}"
        if left + 200 > width_px:
            break
        strip[18:30, left : left + 12] = colors[name]
        write(strip, text, (left + 18, 29), size=14, color=DIM)
        left += 18 + len(text) * 8 + 22
    return strip
