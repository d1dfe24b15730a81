"""Claims about physics on record: free fall, rest, and tracks that take over where others end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simgen.assets.families import family_asset
from simgen.geometry.pose import at
from simgen.scene.scene import Instance, Scene
from simgen.scene.sequence import scene_at
from simgen.scene.track import level_track
from simgen.simulate.record import record
from simgen.simulate.settle import Settle

BOX = family_asset("cardboard_box", 0)


def dropped(height: float, velocity=(0.0, 0.0, 0.0)) -> Scene:
    floor = Instance(id=1, name="floor", asset=family_asset("table", 0), world_from_object=at(0.0, 0.0), scale=4.0)
    top = floor.cuboid.corners[:, 2].max()
    box = Instance(
        id=2, name="box", asset=BOX, world_from_object=at(0.0, 0.0, float(top) + height), velocity_mps=velocity,
        dynamic=True,
    )  # fmt: skip
    return Scene(objects=(floor, box))


def test_what_is_let_go_falls_by_half_g_t_squared():
    scene = record(dropped(2.0), Settle(), 0.5)
    start, end = (scene_at(scene, t).objects[1].world_from_object.translation_m[2] for t in (0.0, 0.5))
    # Bullet's damping and its steps of 1/240 s take a hundredth or two.
    assert start - end == pytest.approx(0.5 * 9.81 * 0.25, rel=0.03)
    assert scene_at(scene, 0.25).objects[1].velocity_mps[2] == pytest.approx(-9.81 * 0.25, rel=0.04)


def test_it_comes_to_rest_on_what_stands_there():
    scene = record(dropped(0.3), Settle(), 2.0)
    top = scene.objects[0].cuboid.corners[:, 2].max()
    rested = scene_at(scene, 2.0).objects[1]
    assert rested.world_vertices()[:, 2].min() == pytest.approx(top, abs=0.005)
    assert np.linalg.norm(rested.velocity_mps) < 0.02


def test_what_is_lost_goes_on_at_its_carriers_speed():
    scene = dropped(1.0)
    t = np.array([0.0, 0.4])
    start = np.array(scene.objects[1].world_from_object.translation_m)
    track = level_track(t, start + np.outer(t, [2.0, 0, 0]), np.tile([2.0, 0, 0], (2, 1)), np.zeros(2))
    scene = record(replace(scene, tracks={2: track}), Settle(), 0.7)
    before, after = (scene_at(scene, s).objects[1].world_from_object.translation_m for s in (0.4, 0.6))
    assert scene_at(scene, 0.2).objects[1].world_from_object.translation_m[2] == pytest.approx(start[2])
    assert after[0] - before[0] == pytest.approx(0.4, rel=0.03)
    assert before[2] - after[2] == pytest.approx(0.5 * 9.81 * 0.04, rel=0.06)


def test_a_record_is_the_same_every_time():
    one, two = (record(dropped(0.3), Settle(), 1.0) for _ in range(2))
    assert np.array_equal(one.tracks[2].position_m, two.tracks[2].position_m)
