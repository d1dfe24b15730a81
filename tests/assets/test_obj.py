"""OBJ files: numbers to the last bit, references of all forms, polygons cut without holes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simgen.assets.obj import RawModel, read_obj
from simgen.errors import AssetError

SQUARE = "v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\n"


def parse(text: str) -> RawModel:
    return read_obj("a.obj", lambda path: text.encode() if path == "a.obj" else None)


def area(model: RawModel) -> float:
    a, b, c = (model.vertices[model.faces[:, k]] for k in range(3))
    return float(np.cross(b - a, c - a)[:, 2].sum() / 2)


@settings(deadline=None)  # the first call compiles
@given(st.floats(allow_nan=False, allow_infinity=False, width=64), st.sampled_from([".6f", ".17g", "r", ".3e"]))
def test_a_number_is_the_float_nearest_to_its_text(value: float, form: str) -> None:
    text = repr(value) if form == "r" else format(value, form)
    model = parse(f"v {text} 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")
    assert model.vertices[0, 0] == float(text)


@pytest.mark.parametrize("text", ["+1.5", "-0.25", ".5", "3.", "1e-3", "00012.50", "1234567890123456789", "-1.5E+2"])
def test_unusual_spellings_of_numbers_are_read(text: str) -> None:
    assert parse(f"v {text} 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n").vertices[0, 0] == float(text)


@pytest.mark.parametrize("text", ["1,5", "abc", "1.2.3", "0x10", "--1", "-", "1e"])
def test_what_is_no_number_is_an_error_that_has_the_word(text: str) -> None:
    with pytest.raises(AssetError, match=r"a\.obj: not a readable OBJ file: could not convert string to float: '"):
        parse(f"v {text} 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")


@pytest.mark.parametrize(
    "face", ["f 1 2 3 4", "f 1/1 2/1 3/1 4/1", "f 1//7 2//7 3//7 4//7", "f 1/1/7 2/1/7 3/1/7 4/1/7"]
)
def test_corners_of_every_form_are_read(face: str) -> None:
    model = parse(f"{SQUARE}vt 0.25 0.75\n{face}\n")
    assert area(model) == pytest.approx(1.0)
    assert (model.uv == ((0.25, 0.75) if face.count("/1") else (0.0, 0.0))).all()


def test_references_that_count_backwards_count_from_their_line() -> None:
    model = parse(f"{SQUARE}f -4 -3 -2\nv 9 9 9\nf -5 -3 -2\n")
    assert model.faces.tolist() == [[0, 1, 2], [0, 2, 3]]


@pytest.mark.parametrize("change", [("\n", "\r\n"), (" ", "\t"), (" ", "   "), ("v ", "  v "), ("\nf", " # note\nf")])
def test_blanks_line_ends_and_comments_do_not_matter(change: tuple[str, str]) -> None:
    plain = f"# made by hand\nmtllib none.mtl\n{SQUARE}usemtl Wood #2\nf 1 2 3\nf 1 3 4\n"
    with pytest.warns(UserWarning):
        expected, model = parse(plain), parse(plain.replace(*change))
    assert (model.vertices == expected.vertices).all()
    assert (model.faces == expected.faces).all()


def test_a_line_may_go_on_after_a_backslash_and_end_with_the_file() -> None:
    assert parse(f"{SQUARE}f 1 2 \\\n3 4").faces.shape == (2, 3)


def test_materials_are_numbered_in_order_of_use_and_unused_ones_left_out() -> None:
    with pytest.warns(UserWarning, match="no material a, b in its MTL files"):
        model = parse(f"{SQUARE}f 1 2 3\nusemtl unused\nusemtl b\nf 1 3 4\nusemtl a\nf 1 2 4\nusemtl b\nf 2 3 4\n")
    assert [m.name for m in model.materials] == ["plain", "b", "a"]
    assert model.face_material.tolist() == [0, 1, 2, 1]


@pytest.mark.parametrize(
    ("face", "message"),
    [
        ("f 1 2 5", "a face asks for vertex 5, there are 4"),
        ("f 1 2 3.5", "a face whose corners are no whole numbers"),
        ("f 1/1 2 3", "a face whose corners are not all of one form"),
        ("f 1 2", "no face has three corners"),
        ("l 1 2", "no faces in it"),
    ],
)
def test_a_face_that_cannot_be_is_an_error(face: str, message: str) -> None:
    with pytest.raises(AssetError, match=message):
        parse(f"{SQUARE}{face}\n")


@settings(deadline=None)  # the first call compiles
@given(st.lists(st.floats(0.2, 1.0), min_size=5, max_size=14))
def test_a_star_shaped_polygon_is_cut_into_triangles_of_its_own_area(radii: list[float]) -> None:
    angle = np.arange(len(radii)) / len(radii) * 2 * np.pi
    x, y = np.cos(angle) * radii, np.sin(angle) * radii
    lines = "".join(f"v {float(a)!r} {float(b)!r} 0\n" for a, b in zip(x, y, strict=True))
    model = parse(f"{lines}f {' '.join(str(k + 1) for k in range(len(radii)))}\n")
    assert len(model.faces) == len(radii) - 2
    expected = float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2)
    assert area(model) == pytest.approx(expected, rel=1e-9)
    a, b, c = (model.vertices[model.faces[:, k]] for k in range(3))
    assert (np.cross(b - a, c - a)[:, 2] > -1e-12).all()
