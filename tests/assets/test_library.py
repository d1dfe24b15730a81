"""The library: what it lists, how it says no, what goes to another process, whom it credits."""

import pickle
from pathlib import Path

import pytest

from simgen.assets.credits import credits  # noqa: A004
from simgen.assets.library import Library
from simgen.errors import AssetError
from simgen.scene.asset import Asset, Credit
from simgen.scene.material import make_material
from simgen.scene.mesh import mesh_from_faces


def _asset(name: str, licence: str) -> Asset:
    mesh = mesh_from_faces([[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 1, 2]])  # type: ignore[arg-type]
    credit = Credit(author="Somebody", licence=licence, source="somewhere")
    return Asset(name=name, category="mug", mesh=mesh, materials=(make_material("m", "ceramic"),), credit=credit)


def test_names_are_sorted_and_of_the_category() -> None:
    library = Library(("families",))
    mugs = library.names("mug")
    assert mugs and list(mugs) == sorted(mugs)
    assert all(library.info(name).category == "mug" for name in mugs[:2])


def test_a_missing_pack_names_the_command_that_installs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIMGEN_CACHE", str(tmp_path))
    with pytest.raises(AssetError, match="run: simgen assets install sweethome3d"):
        Library(("families", "sweethome3d"))


def test_an_unknown_source_category_or_name_is_refused_with_what_is_near() -> None:
    with pytest.raises(AssetError, match="unknown asset source 'familys'; known: families"):
        Library(("familys",))
    library = Library(("families",))
    with pytest.raises(AssetError, match="unknown category 'mugg'"):
        library.names("mugg")
    with pytest.raises(AssetError, match="did you mean families/mug/"):
        library.load("families/mugs/0")


def test_a_library_is_small_on_the_wire_and_the_same_on_the_other_side() -> None:
    library = Library(("families",))
    library.load(library.names("mug")[0])
    sent = pickle.dumps(library)
    assert len(sent) < 500
    assert pickle.loads(sent).names() == library.names()


def test_an_asset_is_loaded_once() -> None:
    library = Library(("families",))
    name = library.names("mug")[0]
    assert library.load(name) is library.load(name)


def test_credits_name_every_model_once_and_carry_the_notice_of_attribution_licences() -> None:
    text = credits([_asset("b", "CC-BY-3.0"), _asset("a", "CC0-1.0"), _asset("b", "CC-BY-3.0")])
    lines = text.splitlines()
    assert lines[2:4] == ["a (mug): Somebody; CC0-1.0; somewhere", "b (mug): Somebody; CC-BY-3.0; somewhere"]
    assert "https://creativecommons.org/licenses/by/3.0/" in text
    assert "must keep these credits" in text
    assert "must keep" not in credits([_asset("a", "CC0-1.0")])
