"""Claims about robot arms: the joints reach what they are asked to, and say so where they cannot."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simgen.assets.families.robot import Arm, gripper, joints, robot_arm, tool_above_tips_m


@pytest.mark.parametrize("wrist", [(0.5, 0.3), (0.35, 0.6), (0.7, 0.1)])
def test_two_links_end_at_the_wrist_with_the_elbow_up(wrist):
    arm = Arm()
    raised, bend = joints(arm, wrist)
    elbow = np.array([math.cos(raised), math.sin(raised)]) * arm.upper_m + (0.0, arm.shoulder_m)
    end = elbow + arm.fore_m * np.array([math.cos(raised - bend), math.sin(raised - bend)])
    assert np.allclose(end, wrist, atol=1e-9)
    assert elbow[1] > arm.shoulder_m + (wrist[1] - arm.shoulder_m) * elbow[0] / wrist[0]


def test_what_is_out_of_reach_is_refused_with_the_reach():
    with pytest.raises(ValueError, match=r"must be 0.03 to 0.83 m from the shoulder, got 1.0\d"):
        joints(Arm(), (1.0, 0.3))


def test_the_flange_is_the_lowest_of_the_arm_beyond_its_wrist_and_the_gripper_fits_below_it():
    made = robot_arm(Arm(), (0.55, 0.25))
    points = made.asset.mesh.vertices - np.array(made.origin_m)
    beyond = points[(np.hypot(points[:, 0] - 0.55, points[:, 1]) < 0.034)]
    assert abs(beyond[:, 2].min() - 0.25) < 1e-6
    held = gripper(0.06)
    top = (held.asset.mesh.vertices - np.array(held.origin_m))[:, 2].max()
    assert abs(top - tool_above_tips_m()) < 1e-6


def test_a_grippers_pads_are_its_opening_apart():
    held = gripper(0.05)
    names = [m.name for m in held.asset.materials]
    faces = held.asset.mesh.faces[held.asset.mesh.face_material == names.index("pad")]
    y = np.abs(held.asset.mesh.vertices[faces][..., 1])
    assert abs(y.min() - 0.025) < 1e-6
