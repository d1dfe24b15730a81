"""The contact sheet and what it is drawn with."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from conftest import CAMERA, LIDAR, make_dataset

from simgen.errors import StoreError
from simgen.frame import ObjectTruth
from simgen.geometry.pose import Pose
from simgen.quality.from_above import draw_from_above
from simgen.quality.ink import NOTHING, Scale, category_color, depth_scale, instance_colors, round_up
from simgen.quality.overlay import draw_cuboid, draw_names, draw_overlay, draw_points, fit
from simgen.quality.preview import contact_sheet, depth_picture
from simgen.quality.solids import cuboid_of
from simgen.run.store import CLOUD_DTYPE, open_dataset
from simgen.truth import FileRecord, FrameRecord, ScanRecord, ViewRecord

FILE = FileRecord(path="none", bytes=0, sha256="")


def extent(changed: np.ndarray) -> tuple[int, int, int, int]:
    rows, columns = np.nonzero(changed)
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


def test_a_sheet_has_the_width_asked_for_and_is_the_same_each_time(dataset: Path) -> None:
    sheet = contact_sheet(dataset, 2, width_px=1000)
    assert sheet.shape[1:] == (1000, 3)
    assert sheet.dtype == np.uint8
    assert np.array_equal(sheet, contact_sheet(dataset, 2, width_px=1000))


def test_a_sheet_grows_by_a_strip_per_frame_and_shows_no_frame_twice(dataset: Path) -> None:
    one, two, three = (len(contact_sheet(dataset, indices=range(n), width_px=800)) for n in (1, 2, 3))
    assert three - two == two - one
    assert len(contact_sheet(dataset, 50, width_px=800)) == three


@pytest.mark.parametrize("sensors", [{"lidar": False, "normals": True}, {"lidar": False}, {"camera": False}])
def test_a_sheet_is_drawn_of_whatever_sensors_there_are(tmp_path: Path, sensors: dict[str, bool]) -> None:
    make_dataset(tmp_path, **sensors)
    sheet = contact_sheet(tmp_path, 1, width_px=1000)
    assert sheet.shape[1:] == (1000, 3)
    assert len(np.unique(sheet.reshape(-1, 3), axis=0)) > 200


def test_a_sheet_names_what_is_not_there(dataset: Path) -> None:
    with pytest.raises(StoreError, match="has no frame 9; it holds frames 0 to 2"):
        contact_sheet(dataset, indices=[9])
    with pytest.raises(StoreError, match="frame 0 has no camera 'rear'; it has: front"):
        contact_sheet(dataset, indices=[0], camera="rear")
    with pytest.raises(ValueError, match="frames must be 1 or more, got 0"):
        contact_sheet(dataset, 0)


def first(dataset: Path) -> tuple[np.ndarray, np.ndarray, FrameRecord, ViewRecord]:
    data = open_dataset(dataset)
    frame = next(iter(data.frames()))
    view = frame.views[0]
    return data.image(view), data.instance_id(view), frame, view


def test_masks_change_the_seen_things_and_nothing_else(dataset: Path) -> None:
    rgb, ids, frame, view = first(dataset)
    drawn = draw_overlay(rgb, ids, frame, view, boxes=False, cuboids=False, names=False)
    things = np.isin(ids, [o.instance_id for o in frame.objects])
    assert np.array_equal((drawn != rgb).any(axis=2), things)


def test_a_box_is_drawn_on_the_edges_of_its_mask(dataset: Path) -> None:
    rgb, ids, frame, view = first(dataset)
    drawn = draw_overlay(rgb, ids, frame, view, masks=False, cuboids=False, names=False)
    boxes = np.array([a.box_px for a in frame.annotations if a.box_px is not None])
    union = (*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0))
    changed = np.abs(drawn.astype(int) - rgb).max(axis=2) > 60
    assert extent(changed) == pytest.approx(union, abs=1.5)


def test_an_overlay_drawn_larger_is_the_same_picture_larger(dataset: Path) -> None:
    rgb, ids, frame, view = first(dataset)
    small, large = (draw_overlay(rgb, ids, frame, view, width_px=w, names=False) for w in (160, 320))
    assert large.shape == (192, 320, 3)
    assert np.abs(fit(large, 160).astype(int) - small).mean() < 12


def test_a_cuboid_is_drawn_where_its_corners_project(dataset: Path) -> None:
    _, _, frame, view = first(dataset)
    cuboid = cuboid_of(next(o for o in frame.objects if o.category == "toy"))
    picture = np.zeros((96, 160, 3), np.uint8)
    draw_cuboid(picture, cuboid, view.camera, view.world_from_camera, (255, 255, 255))
    uv, _ = view.camera.project(view.world_from_camera.inverse.apply(cuboid.corners))
    assert extent(picture[..., 0] > 80) == pytest.approx((*uv.min(axis=0), *uv.max(axis=0)), abs=1.5)


def test_a_cuboid_around_or_behind_the_camera_does_no_harm() -> None:
    picture = np.zeros((96, 160, 3), np.uint8)
    for x in (-5.0, 0.0):
        truth = ObjectTruth(
            instance_id=1,
            name="car_1",
            category="car",
            asset="car",
            center_m=(x, 0.0, 1.5),
            size_m=(4.0, 2.0, 2.0),
            rotation_wxyz=(1.0, 0.0, 0.0, 0.0),
            velocity_mps=(0.0, 0.0, 0.0),
            lidar_points={},
        )
        draw_cuboid(picture, cuboid_of(truth), CAMERA, CAMERA.rig_from_camera, (255, 255, 255))
    assert extent(picture.any(axis=2))[0] >= 0


def test_names_do_not_cover_each_other(dataset: Path) -> None:
    _, _, frame, _ = first(dataset)
    truths = {o.instance_id: o for o in frame.objects}
    seen = [a for a in frame.annotations if a.visible_px]
    picture = np.full((384, 640, 3), 255, np.uint8)
    draw_names(picture, [seen[0]], truths, 4.0)
    one = int((picture != 255).any(axis=2).sum())
    draw_names(picture, [seen[0], seen[0]], truths, 4.0)
    draw_names(again := np.full_like(picture, 255), [seen[0], seen[0], seen[0], seen[0], seen[0]], truths, 4.0)
    assert int((again != 255).any(axis=2).sum()) <= 3 * one


def test_points_are_drawn_where_they_project_the_nearest_on_top() -> None:
    view = ViewRecord(
        camera=CAMERA, world_from_camera=Pose(), ev100=1.0, image=FILE, depth=FILE, instance=FILE, normal=None
    )
    scale = Scale(low=1.0, high=50.0, logarithmic=True, falling=True)
    picture = np.zeros((96, 160, 3), np.uint8)
    points = np.array([[0.11, 0.11, 2.0], [0.22, 0.22, 4.0], [0.0, 0.0, -3.0], [100.0, 0.0, 3.0]])
    draw_points(picture, points, view, scale, size_px=1.0)
    assert extent(picture.any(axis=2)) == pytest.approx((85, 53, 86, 54), abs=1)
    assert picture[53, 85].tolist() == scale.colors(np.array(2.0)).tolist()


def test_from_above_ahead_is_up_and_left_is_left() -> None:
    scan = ScanRecord(lidar=LIDAR, world_from_lidar=LIDAR.rig_from_lidar, points=2, cloud=FILE)
    frame = FrameRecord(
        index=0,
        scene_index=0,
        split="train",
        world_from_rig=Pose(),
        rig_velocity_mps=(0.0, 0.0, 0.0),
        views=(),
        scans=(scan,),
        instances={},
        objects=(),
        annotations=(),
        factors={},
    )
    empty = draw_from_above(frame, scan, np.zeros(0, CLOUD_DTYPE), 200, reach_m=10.0)
    cloud = np.zeros(1, CLOUD_DTYPE)
    cloud["x"], cloud["y"], cloud["intensity"] = 5.0, 2.0, 1.0
    changed = (draw_from_above(frame, scan, cloud, 200, reach_m=10.0) != empty).any(axis=2)
    assert extent(changed) == pytest.approx((79, 49, 81, 51), abs=1.5)


def test_depth_is_nearly_black_where_nothing_was_met() -> None:
    z_m = np.array([[0.0, 1.0], [5.0, 20.0]], np.float32)
    picture = depth_picture(z_m, depth_scale(z_m))
    assert picture[0, 0].tolist() == list(NOTHING)
    assert picture[0, 1, 0] > picture[0, 1, 2], "near is red"
    assert picture[1, 1, 2] > picture[1, 1, 0], "far is blue"


def test_a_depth_image_without_any_hit_still_has_a_scale() -> None:
    scale = depth_scale(np.zeros((4, 4), np.float32))
    assert scale.low < scale.high


@pytest.mark.parametrize("scale", [Scale(low=-1.5, high=4.0), Scale(low=0.4, high=73.0, logarithmic=True)])
def test_ticks_are_round_few_and_within_the_scale(scale: Scale) -> None:
    ticks = scale.ticks()
    assert 2 <= len(ticks) <= 5
    assert all(scale.low <= t <= scale.high for t in ticks)
    assert all(0.0 <= scale.position(t) <= 1.0 for t in ticks)


@pytest.mark.parametrize(("value", "up"), [(1.0, 1.0), (1.1, 2.0), (2.2, 2.5), (0.03, 0.05), (51.0, 100.0)])
def test_round_up_gives_the_next_round_number(value: float, up: float) -> None:
    assert round_up(value) == pytest.approx(up)


def test_colours_tell_street_categories_apart_and_things_from_ground() -> None:
    street = np.array([category_color(k) for k in (*range(1, 10), *range(20, 28), 40)], dtype=float)
    apart = np.linalg.norm(street[:, None] - street[None], axis=2)[np.triu_indices(len(street), 1)]
    assert apart.min() > 20
    table = instance_colors([1, 2, 3], [2, 3])
    assert table[0].tolist() == list(NOTHING)
    assert np.ptp(table[1].astype(int)) < 40 < np.ptp(table[2].astype(int))
