"""Claims about the check of sequences: it passes what moves as it says, and names what does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simgen.frame import ObjectTruth
from simgen.geometry.pose import at
from simgen.quality.tracks import check_tracks
from simgen.truth import FrameRecord


def frame(index: int, x: float = 0.0, **changes) -> FrameRecord:
    truth = ObjectTruth(
        instance_id=4, name="car_4", category="car", asset="families/sedan/0", center_m=(x, 0.0, 0.7),
        size_m=(4.4, 1.8, 1.4), rotation_wxyz=(1.0, 0.0, 0.0, 0.0), velocity_mps=(10.0, 0.0, 0.0), lidar_points={},
    )  # fmt: skip
    record = FrameRecord(
        index=index, scene_index=0, split="train", world_from_rig=at(0.0, 0.0), rig_velocity_mps=(0.0, 0.0, 0.0),
        views=(), scans=(), instances={4: "car"}, objects=(truth,), annotations=(), factors={}, time_s=index / 10,
    )  # fmt: skip
    return replace(record, **changes)


def told(*records: FrameRecord) -> str:
    return "; ".join(f"{f.where}: {f.what}" for f in check_tracks("truth", records))


def test_steady_motion_passes():
    assert told(frame(0), frame(1, 1.0), frame(2, 2.0)) == ""


def test_views_of_one_instant_are_no_sequence():
    assert told(frame(0, time_s=None), frame(1, 50.0, time_s=None)) == ""


@pytest.mark.parametrize(
    ("second", "message"),
    [
        (frame(1, 20.0), "moved 20.00 m in 0.1 s, 200 m/s"),
        (frame(1, 3.0), "is 2.00 m from where its velocities take it in 0.1 s"),
        (frame(1, 1.0, time_s=0.0), "is 0 s after the one before"),
        (frame(1, 1.0, objects=()), "objects come or go within a sequence: [4]"),
        (frame(1, 1.0, time_s=None), "some have none"),
        (frame(1, 1.0, objects=(replace(frame(1, 1.0).objects[0], name="bus_1"),)), "was 'car_4' (car)"),
        (frame(1, 1.0, world_from_rig=at(5.0, 0.0)), "rig: is 5.00 m from where"),
    ],
)
def test_what_is_wrong_is_named(second, message):
    assert message in told(frame(0), second)
