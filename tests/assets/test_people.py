"""Claims about people: proportions, joints, identity apart from posture, keypoints on the body."""

from __future__ import annotations

import numpy as np
import pytest

from simgen.assets.families import family_asset
from simgen.assets.families.figure import figure
from simgen.assets.families.person import draw_look, person, person_keypoints
from simgen.assets.families.posture import (
    UPRIGHT,
    Posture,
    pose_joints,
    riding_posture,
    running_posture,
    walking_posture,
)
from simgen.scene.keypoints import PERSON
from simgen.streams import stream

POSTURES = {
    "upright": UPRIGHT,
    "heel strike": walking_posture(0.0),
    "swing": walking_posture(0.73),
    "running": running_posture(0.4),
    "riding": riding_posture(0.2),
    "lying": Posture(pitch_deg=-90.0),
}


@pytest.mark.parametrize("name", POSTURES)
def test_bones_keep_their_length_in_any_posture(name: str) -> None:
    body = figure(1.8)
    joints = pose_joints(body, POSTURES[name])
    for bone, near, far in (
        (body.thigh_m, joints.hip, joints.knee),
        (body.shin_m, joints.knee, joints.ankle),
        (body.arm_m, joints.shoulder, joints.elbow),
        (body.forearm_m, joints.elbow, joints.wrist),
    ):
        for a, b in zip(near, far, strict=True):
            assert np.linalg.norm(b - a) == pytest.approx(bone)


def test_an_adult_has_the_segments_of_drillis_and_contini() -> None:
    body = figure(1.75)
    assert body.thigh_m / 1.75 == pytest.approx(0.245, abs=0.008)
    assert body.shin_m / 1.75 == pytest.approx(0.246, abs=0.010)
    assert body.arm_m / 1.75 == pytest.approx(0.186, abs=0.005)
    assert body.forearm_m / 1.75 == pytest.approx(0.146, abs=0.003)
    assert body.head_m / 1.75 == pytest.approx(0.130, abs=0.005)


def test_a_child_has_a_larger_head_and_shorter_legs_for_its_height() -> None:
    child, adult = figure(1.1, age_years=6), figure(1.75)
    assert child.head_m / 1.1 > 1.15 * adult.head_m / 1.75
    assert child.hip_height_m / 1.1 < adult.hip_height_m / 1.75


def test_women_have_narrower_shoulders_and_wider_hips() -> None:
    woman, man = figure(1.7, sex="female"), figure(1.7, sex="male")
    assert woman.shoulder_half_m < man.shoulder_half_m
    assert woman.hip_half_m > man.hip_half_m


def test_a_person_upright_is_as_tall_as_asked() -> None:
    look = draw_look(stream(0, "test", 0), child=False, walking=False)
    for height in (1.5, 1.75, 1.95):
        made = person(
            **(dict(look) | {"posture": UPRIGHT, "height_m": height, "hat": "none", "hair": "bald", "carried": ()})
        )
        assert made.size_m[2] == pytest.approx(height, rel=0.02)


def test_who_somebody_is_does_not_depend_on_the_posture() -> None:
    standing = draw_look(stream(0, "test", 5), child=False, walking=False)
    walking = draw_look(stream(0, "test", 5), child=False, walking=True)
    assert {**standing, "posture": None} == {**walking, "posture": None}


def test_phases_of_one_walker_share_materials_and_faces() -> None:
    look = draw_look(stream(0, "test", 3), child=False, walking=True)
    first, later = (person(**(dict(look) | {"posture": walking_posture(p)})) for p in (0.1, 0.45))
    assert [(m.name, m.base_color) for m in first.materials] == [(m.name, m.base_color) for m in later.materials]
    assert len(first.mesh.faces) == len(later.mesh.faces)
    assert first.digest != later.digest


def test_half_a_cycle_later_a_runner_is_mirrored() -> None:
    first, second = running_posture(0.2), running_posture(0.7)
    assert first.hip_deg == pytest.approx(second.hip_deg[::-1])
    assert first.knee_deg == pytest.approx(second.knee_deg[::-1])
    assert first.shoulder_deg == pytest.approx(second.shoulder_deg[::-1])


def test_left_is_left_and_the_nose_is_ahead() -> None:
    body = figure(1.75)
    points = person_keypoints(pose_joints(body, UPRIGHT), body)
    assert tuple(points) == PERSON.names
    for joint in ("eye", "ear", "shoulder", "elbow", "wrist", "hip", "knee", "ankle"):
        assert points[f"left_{joint}"][1] > 0 > points[f"right_{joint}"][1]
    assert points["nose"][0] > points["left_eye"][0] > points["left_ear"][0]
    heights = [points[f"left_{joint}"][2] for joint in ("eye", "shoulder", "elbow", "wrist", "knee", "ankle")]
    assert heights == sorted(heights, reverse=True)


@pytest.mark.parametrize(
    "family", ["adult_standing", "child_walking", "adult_lying", "adult_cycling", "adult_crouching"]
)
def test_every_keypoint_lies_within_the_body(family: str) -> None:
    for variant in (0, 7):
        asset = family_asset(family, variant)
        surface = asset.mesh.vertices.astype(np.float64)
        for name, depth in zip(PERSON.names, PERSON.depth_m, strict=True):
            away = np.linalg.norm(surface - np.array(asset.keypoints[name]), axis=1).min()
            assert away < depth, (asset.name, name)


def test_feet_stand_on_the_ground_and_soles_are_lowest() -> None:
    for variant in range(3):
        asset = family_asset("adult_standing", variant)
        sole = [m.name for m in asset.materials].index("sole")
        faces = asset.mesh.faces[asset.mesh.face_material == sole]
        assert abs(asset.mesh.vertices[faces][..., 2].min()) < 1e-3


def test_no_two_people_are_alike() -> None:
    digests = {family_asset("adult_walking", k).digest for k in range(12)}
    assert len(digests) == 12
