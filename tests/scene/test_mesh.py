"""Claims about meshes."""

import numpy as np
import pytest
import trimesh

from simgen.scene.mesh import Mesh, mesh_from_faces


def test_a_box_keeps_hard_edges_and_a_sphere_gets_smooth_ones():
    box = trimesh.creation.box()
    flat = mesh_from_faces(box.vertices, box.faces)
    assert len(flat.vertices) == 24
    assert np.allclose(np.abs(flat.normals).max(axis=1), 1.0)
    ball = trimesh.creation.icosphere(3)
    smooth = mesh_from_faces(ball.vertices, ball.faces)
    assert len(smooth.vertices) == len(ball.vertices)
    assert np.abs(smooth.normals - smooth.vertices).max() < 0.01


def test_corners_with_two_texture_coordinates_are_stored_twice():
    square = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], dtype=float)
    faces = np.array([[0, 1, 2], [0, 2, 3]])
    uv = np.array([[[0, 0], [1, 0], [1, 1]], [[0.5, 0.5], [1, 1], [0, 1]]], dtype=float)
    assert len(mesh_from_faces(square, faces, uv=uv).vertices) == 5


def test_faces_without_area_are_dropped_and_nothing_left_is_an_error():
    points = np.array([[0, 0, 0], [1, 0, 0], [2, 0, 0], [0, 1, 0]], dtype=float)
    assert len(mesh_from_faces(points, np.array([[0, 1, 2], [0, 1, 3]])).faces) == 1
    with pytest.raises(ValueError, match="no face has any area"):
        mesh_from_faces(points, np.array([[0, 1, 2]]))


def test_faces_are_smoothed_within_their_sheet_and_by_their_own_crease_angle():
    ball = trimesh.creation.icosphere(2)
    upper = ball.triangles_center[:, 2] > 0
    whole = mesh_from_faces(ball.vertices, ball.faces)
    halves = mesh_from_faces(ball.vertices, ball.faces, sheet=upper.astype(int))
    seam = np.unique(ball.faces[upper][np.isin(ball.faces[upper], ball.faces[~upper])])
    assert len(halves.vertices) == len(whole.vertices) + len(seam)
    part = mesh_from_faces(ball.vertices, ball.faces, crease_deg=np.where(upper, 0.0, 40.0), sheet=upper.astype(int))
    alone = mesh_from_faces(ball.vertices, ball.faces[~upper])
    assert np.array_equal(part.normals[part.faces][~upper], alone.normals[alone.faces])
    flat = part.normals[part.faces][upper]
    assert np.abs(flat - flat[:, :1]).max() < 1e-6


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"vertices": np.full((3, 3), np.nan)}, "3 of 3 vertices are not finite"),
        ({"faces": np.array([[0, 1, 3]])}, "faces point at vertices 0 to 3, but there are 3"),
        ({"normals": np.zeros((2, 3))}, r"mesh normals must have shape \(3, 3\), got \(2, 3\)"),
        ({"faces": np.zeros((0, 3)), "face_material": np.zeros(0)}, "needs vertices and faces, got 3 and 0"),
    ],
)
def test_arrays_that_do_not_fit_are_refused_by_name(change, message):
    good = {
        "vertices": np.eye(3),
        "faces": np.array([[0, 1, 2]]),
        "normals": np.eye(3),
        "uv": np.zeros((3, 2)),
        "face_material": np.zeros(1),
    }
    with pytest.raises(ValueError, match=message):
        Mesh(**(good | change))


def test_a_mesh_cannot_be_changed():
    box = trimesh.creation.box()
    with pytest.raises(ValueError, match="read-only"):
        mesh_from_faces(box.vertices, box.faces).vertices[0] = 0
