"""Convex pieces kept on disk are those computed anew, whatever has become of the file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import trimesh

from simgen.errors import SimgenWarning
from simgen.scene.mesh import Mesh, mesh_from_faces
from simgen.simulate import hulls
from simgen.simulate.hulls import ConvexParts, convex_parts
from simgen.simulate.kept import digest_of_all, kept_or_made


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A cache folder of its own, and nothing in memory before and after."""
    monkeypatch.setenv("SIMGEN_CACHE", str(tmp_path))
    convex_parts.cache_clear()
    yield tmp_path
    convex_parts.cache_clear()


def cup() -> Mesh:
    profile = np.array([(0, 0), (0.035, 0), (0.04, 0.08), (0.036, 0.08), (0.031, 0.006), (0, 0.006)])
    made = trimesh.creation.revolve(profile, sections=12)
    return mesh_from_faces(made.vertices, made.faces)


def same(one: ConvexParts, other: ConvexParts) -> bool:
    return (
        [h.tobytes() for h in one.hulls] == [h.tobytes() for h in other.hulls]
        and one.centre_of_mass.tobytes() == other.centre_of_mass.tobytes()
        and (one.volume_m3, one.excess_m) == (other.volume_m3, other.excess_m)
    )


def test_kept_pieces_are_used_and_equal_to_those_computed(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = convex_parts(cup())
    assert len(first.hulls) > 3
    assert len(list((cache / "hulls").iterdir())) == 1
    monkeypatch.setattr(hulls, "_made", None)
    assert same(convex_parts(cup()), first)


@pytest.mark.parametrize("damage", [b"", b"no archive", b"PK\x03\x04 and no more"])
def test_a_damaged_file_is_made_anew(cache: Path, damage: bytes) -> None:
    first = convex_parts(cup())
    (file,) = (cache / "hulls").iterdir()
    whole = file.read_bytes()
    for bad in (damage, whole[: len(whole) // 2], whole[:200] + bytes(200) + whole[400:]):
        file.write_bytes(bad)
        convex_parts.cache_clear()
        assert same(convex_parts(cup()), first)
        assert file.read_bytes() == whole


def test_another_tolerance_or_algorithm_is_another_entry(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    convex_parts(cup())
    convex_parts(cup(), 0.02)
    monkeypatch.setattr(hulls, "_ALGORITHM", "another")
    convex_parts(cup())
    assert len(list((cache / "hulls").iterdir())) == 3


def test_the_name_tells_values_types_and_shapes_apart() -> None:
    zeros = np.zeros((2, 3), dtype=np.float32)
    parts = ([zeros], [zeros.reshape(3, 2)], [zeros.astype(np.int32)], [zeros, 1.0], [zeros, "1.0"], [zeros[:1], zeros])
    assert len({digest_of_all(*p) for p in parts}) == len(parts)


def test_a_cache_that_cannot_be_written_is_told_and_does_no_harm(cache: Path) -> None:
    (cache / "hulls").write_text("a file where the folder should be")
    with pytest.warns(SimgenWarning, match=r"cannot be written .*computed anew in every run"):
        kept = kept_or_made("hulls", "key", ("a",), lambda: {"a": np.arange(3)})
    assert kept["a"].tolist() == [0, 1, 2]


def test_no_draft_is_left_beside_what_is_kept(cache: Path) -> None:
    kept_or_made("hulls", "key", ("a",), lambda: {"a": np.arange(3)})
    assert [p.name for p in (cache / "hulls").iterdir()] == ["key.npz"]
