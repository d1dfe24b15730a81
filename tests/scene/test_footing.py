"""Claims about feet on uneven ground: none in the stone of a kerb, the body carried by a foot, a step no leap."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simgen.assets.families.gait import walker
from simgen.scene.footing import with_feet_on_ground
from simgen.scene.region import Area
from simgen.scene.scene import Instance, Scene
from simgen.scene.sequence import scene_at
from simgen.scene.track import Track
from simgen.scene.ways import Pace, follow, ground_height, straight_way

KERB_M = 0.12
KERB = Area(name="walk", use="pavement", corners_m=((0.0, -3.0), (9.0, -3.0), (9.0, 3.0), (0.0, 3.0)), z_m=KERB_M)


def crossing(scene: Scene, heading_rad: float = 0.0) -> Track:
    """Return the track of one who walks over the kerb at x = 0 within 4 s."""
    way = straight_way(np.zeros(2), heading_rad, 5.0, 5.0)
    gait = walker("families/adult_walking/3")
    return with_feet_on_ground(scene, follow(scene, way, 5.0, Pace(speed_mps=1.3, meet_s=2.0), 4.0, gait=gait))


@pytest.mark.parametrize("heading_rad", [0.0, np.pi, 0.5])
def test_no_foot_is_in_a_kerb_and_one_stands_while_it_is_stepped_over(heading_rad):
    scene = Scene(regions=(KERB,))
    track = crossing(scene, heading_rad)
    body = track.body_at(0.0)
    assert body is not None
    scene = Scene(
        regions=(KERB,), tracks={1: track},
        objects=(Instance(id=1, name="a", asset=body, world_from_object=track.at(0.0).pose),),
    )  # fmt: skip
    for time_s in np.arange(0.0, 4.0, 0.1):
        low = scene_at(scene, float(time_s)).objects[0].world_vertices()
        low = low[low[:, 2] < low[:, 2].min() + 0.3]
        above = low[:, 2] - ground_height(scene, low[:, :2])
        assert -0.02 < above.min() < 0.03, time_s


def test_both_feet_are_as_high_as_the_ground_below_them_in_a_step():
    track = crossing(Scene(regions=(KERB,)))
    assert track.lifts_cm is not None
    # Stepping up, one foot at a time stands on the stone; before and after, none is raised.
    assert track.lifts_cm.min() == 0 and track.lifts_cm.max() == 12
    assert not track.lifts_cm[0].any() and not track.lifts_cm[-1].any()
    assert not track.lifts_cm.all(axis=1).any()


def test_a_raised_foot_is_as_much_higher_as_asked_for():
    gait = walker("families/adult_walking/3")
    assert gait is not None and gait.raised is not None
    # Both feet bear the body as a heel strikes; the raised one is then the higher by what was asked.
    plain, raised = gait.bodies[0].keypoints, gait.raised(0, 12, 0).keypoints
    apart = (raised["left_ankle"][2] - raised["right_ankle"][2]) - (plain["left_ankle"][2] - plain["right_ankle"][2])
    assert apart == pytest.approx(0.12, abs=0.002)
    assert raised["left_ankle"][0] == pytest.approx(plain["left_ankle"][0], abs=0.005)


def test_on_level_ground_the_track_is_left_as_it_is():
    flat = Scene()
    way = straight_way(np.zeros(2), 0.0, 5.0, 5.0)
    track = follow(flat, way, 5.0, Pace(speed_mps=1.3, meet_s=2.0), 4.0, gait=walker("families/adult_walking/3"))
    assert with_feet_on_ground(flat, track) is track


def test_painted_walkers_keep_their_colours_when_a_body_carries_more_or_less():
    gait = walker("families/adult_walking/3")
    assert gait is not None
    plain = gait.bodies[0]
    phone = replace(plain.materials[0], name="phone")
    asset = replace(plain, materials=(phone, *plain.materials[1:], plain.materials[0]))
    red = tuple(replace(m, base_color=(1.0, 0.0, 0.0)) for m in asset.materials)
    track = crossing(Scene())
    thing = Instance(id=1, name="a", asset=asset, world_from_object=track.at(0.0).pose, materials=red)
    now = scene_at(Scene(objects=(thing,), tracks={1: track}), 0.0).objects[0]
    assert now.materials is not None
    assert [m.name for m in now.materials] == [m.name for m in now.asset.materials]
    assert all(m.base_color == (1.0, 0.0, 0.0) for m in now.materials)
