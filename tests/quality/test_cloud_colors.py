"""Colours of LiDAR points by every field, and the sheets that show them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from simgen.errors import StoreError
from simgen.frame import BEHIND_GLASS, GHOST, MIXED, WEATHER
from simgen.quality.cloud_colors import POINT_FIELDS, color_points, point_field
from simgen.quality.ink import instance_colors
from simgen.quality.preview import contact_sheet
from simgen.quality.sweep_sheet import sweep_sheet
from simgen.run.store import open_dataset


@pytest.fixture
def one(dataset: Path):
    data = open_dataset(dataset)
    frame = next(iter(data.frames()))
    return frame, frame.scans[0], data.cloud(frame.scans[0])


@pytest.mark.parametrize("by", POINT_FIELDS)
def test_every_field_colours_every_point_and_says_what_its_colours_mean(one, by) -> None:
    frame, scan, cloud = one
    told = color_points(frame, scan, cloud, by)
    assert told.colors.shape == (len(cloud), 3) and told.colors.dtype == np.uint8
    assert (told.scale is not None) + (len(told.key) > 0) == (0 if by == "instance" else 1)
    assert color_points(frame, scan, cloud[:0], by).colors.shape == (0, 3)


def test_colours_differ_where_the_field_does_and_only_there(one) -> None:
    frame, scan, cloud = one
    for by, field in (("ring", "ring"), ("column", "column"), ("category", "category_id")):
        colors = color_points(frame, scan, cloud, by).colors
        for value in np.unique(cloud[field])[:5]:
            assert len(np.unique(colors[cloud[field] == value], axis=0)) == 1
    near, far = np.argmin(cloud["clean_range_m"]), np.argmax(cloud["clean_range_m"])
    colors = color_points(frame, scan, cloud, "range").colors.astype(int)
    assert colors[near, 0] > colors[near, 2] and colors[far, 2] > colors[far, 0]
    ids = instance_colors(sorted(frame.instances), [truth.instance_id for truth in frame.objects])
    assert np.array_equal(color_points(frame, scan, cloud, "instance").colors, ids[cloud["instance_id"]])


def test_flags_and_returns_are_counted_in_their_keys(one) -> None:
    frame, scan, cloud = one
    cloud["flags"][:] = 0
    cloud["flags"][:10], cloud["flags"][10:16] = WEATHER, GHOST
    cloud["flags"][16:20], cloud["flags"][20:22] = MIXED | BEHIND_GLASS, MIXED
    told = color_points(frame, scan, cloud, "flags")
    assert [words for words, _ in told.key[1:]] == ["weather 10", "ghost 6", "behind glass 4", "mixed 2"]
    assert len(np.unique(told.colors, axis=0)) == 5
    cloud["return_number"][:30] = 2
    words = [words for words, _ in color_points(frame, scan, cloud, "return").key]
    assert words == [f"nearest return {len(cloud) - 30:,}", "second 30"]


def test_noise_is_how_far_a_point_lies_beyond_its_exact_range_in_raw_and_deskewed_clouds(one) -> None:
    frame, scan, cloud = one
    xyz = np.stack([cloud["x"], cloud["y"], cloud["z"]], axis=1).astype(np.float64)
    off_mm = 1e3 * (np.linalg.norm(xyz, axis=1) - cloud["clean_range_m"])
    told = color_points(frame, scan, cloud, "noise")
    assert told.scale is not None and (told.scale.low, told.scale.high) == pytest.approx((-30.0, 30.0))
    assert np.array_equal(told.colors, told.scale.colors(off_mm))
    still = replace(frame, rig_velocity_mps=(0.0, 0.0, 0.0), rig_yaw_rate_rps=0.0)
    deskewed = replace(scan, lidar=replace(scan.lidar, deskewed=True))
    assert np.array_equal(color_points(still, deskewed, cloud, "noise").colors, told.colors)


def test_a_contact_sheet_takes_the_fields_colours(dataset: Path) -> None:
    plain = contact_sheet(dataset, 1, width_px=1000)
    by_ring = contact_sheet(dataset, 1, points="ring", width_px=1000)
    assert plain.shape == by_ring.shape and not np.array_equal(plain, by_ring)


def test_a_sheet_of_a_sweep_has_a_strip_for_each_field(dataset: Path) -> None:
    one, two = (len(sweep_sheet(dataset, 0, fields=fields, width_px=900)) for fields in (("ring",), ("ring", "time")))
    three = len(sweep_sheet(dataset, 0, fields=("ring", "time", "flags"), width_px=900))
    assert three - two == two - one > 60


def test_what_is_not_there_is_told(dataset: Path) -> None:
    with pytest.raises(StoreError, match=r"frame 0 has no LiDAR 'roof'; it has: top$"):
        sweep_sheet(dataset, 0, lidar="roof")
    with pytest.raises(StoreError, match=r"has no frame 9; it holds frames 0 to 2$"):
        sweep_sheet(dataset, 9)
    with pytest.raises(StoreError) as error:
        point_field("colour")
    assert str(error.value) == (
        "points cannot be coloured by 'colour'; choose one of range, intensity, ring, column, time, return, category, "
        "instance, flags, noise"
    )
