"""Claims about rigid transforms."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgen.geometry.boxes import Cuboid, box_of_mask
from simgen.geometry.pose import CAMERA_AXES, Pose, about, at, from_matrix, look_at

angles = st.floats(-7.0, 7.0)
metres = st.floats(-100.0, 100.0)
axes = st.tuples(metres, metres, metres).filter(lambda a: sum(v * v for v in a) > 1e-2)


@st.composite
def poses(draw):
    return at(draw(metres), draw(metres), draw(metres)) @ about(draw(axes), draw(angles))


@given(poses(), poses())
def test_chaining_is_matrix_multiplication(a, b):
    assert np.allclose((a @ b).matrix, a.matrix @ b.matrix, atol=1e-9)


@given(poses())
def test_the_inverse_undoes(pose):
    assert np.allclose((pose @ pose.inverse).matrix, np.eye(4), atol=1e-9)


@given(poses())
def test_a_pose_survives_its_matrix(pose):
    assert np.allclose(from_matrix(pose.matrix).matrix, pose.matrix, atol=1e-9)


@given(poses())
def test_a_rotation_is_proper(pose):
    assert np.allclose(pose.rotation @ pose.rotation.T, np.eye(3), atol=1e-9)
    assert np.linalg.det(pose.rotation) == pytest.approx(1.0)


def test_half_turns_survive_their_matrix():
    for axis in ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (1.0, 1.0, 0.0)):
        pose = about(axis, math.pi)
        assert np.allclose(from_matrix(pose.matrix).matrix, pose.matrix, atol=1e-12)


def test_a_camera_on_the_rig_looks_along_x_with_down_down():
    assert np.allclose(CAMERA_AXES.rotate(np.eye(3)), [[0, -1, 0], [0, 0, -1], [1, 0, 0]])


def test_look_at_puts_the_target_on_the_axis_and_up_up():
    pose = look_at((1.0, 2.0, 3.0), (4.0, 6.0, 1.0))
    target = pose.inverse.apply(np.array([4.0, 6.0, 1.0]))
    assert np.allclose(target, [0.0, 0.0, math.sqrt(29.0)])
    assert pose.rotate(np.array([0.0, 1.0, 0.0]))[2] < 0
    assert pose.rotate(np.array([1.0, 0.0, 0.0]))[2] == pytest.approx(0.0, abs=1e-12)


def test_looking_straight_down_is_refused():
    with pytest.raises(ValueError, match="look_at needs a target"):
        look_at((0.0, 0.0, 3.0), (0.0, 0.0, 0.0))


def test_a_quaternion_that_is_not_unit_is_refused():
    with pytest.raises(ValueError, match="unit quaternion"):
        Pose((1.0, 0.1, 0.0, 0.0))


def test_a_box_of_a_mask_has_half_open_edges():
    mask = np.zeros((10, 20), dtype=bool)
    mask[2:5, 7:9] = True
    assert box_of_mask(mask) == (7, 2, 9, 5)
    assert box_of_mask(np.zeros((3, 3), dtype=bool)) is None


@given(poses())
def test_a_cuboid_contains_its_shrunken_corners_and_not_its_grown_ones(pose):
    cuboid = Cuboid(world_from_box=pose, size_m=(4.0, 2.0, 1.5))
    centre = np.asarray(pose.translation_m)
    assert cuboid.contains(centre + 0.999 * (cuboid.corners - centre)).all()
    assert not cuboid.contains(centre + 1.001 * (cuboid.corners - centre)).any()
