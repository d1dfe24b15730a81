"""The pack of sky images: installed whole or not at all from a tarball of known digest; skies by name."""

from __future__ import annotations

import base64
import hashlib
import io
import sys
import tarfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from simgen.assets.packs import hdri, npm
from simgen.assets.panoramas import read_panorama
from simgen.assets.skies import find_sky, installed_skies, skies_with
from simgen.errors import AssetError

PIXELS = np.tile(np.array([0.5, 1.0, 2.0], np.float32), (16, 32, 1))


class ArrayFile:
    """Stands in for `OpenEXR.File`: reads what `np.save` wrote."""

    def __init__(self, path: str, separate_channels: bool) -> None:
        self._pixels = np.load(path)

    def __enter__(self) -> ArrayFile:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def channels(self) -> dict[str, SimpleNamespace]:
        return {name: SimpleNamespace(pixels=self._pixels[..., k]) for k, name in enumerate("RGB")}


def tarball(path: Path, modules: dict[str, str]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, text in modules.items():
            member = tarfile.TarInfo(f"package/hdri/{name}.exr.js")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    return path


def module(pixels: np.ndarray) -> str:
    buffer = io.BytesIO()
    np.save(buffer, pixels)
    return f"export default 'data:application/exr;base64,{base64.b64encode(buffer.getvalue()).decode()}';\n"


def integrity(path: Path) -> str:
    return "sha512-" + base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, str]], int]:
    """Installs a package of the given modules, of which the map knows ``park`` and ``hall``."""
    monkeypatch.setenv("SIMGEN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setitem(sys.modules, "OpenEXR", SimpleNamespace(File=ArrayFile))
    known = hdri.pack_map()
    few = {name: known.skies[name] for name in ("park", "hall")}

    def run(modules: dict[str, str]) -> int:
        path = tarball(tmp_path / "assets.tgz", modules)
        monkeypatch.setattr(hdri, "pack_map", lambda: replace(known, integrity=integrity(path), skies=few))
        return hdri.install(path, say=lambda _: None)

    return run


def test_installed_skies_are_found_by_name_and_tag_with_their_credit(install: Callable[[dict[str, str]], int]) -> None:
    assert install({"park": module(PIXELS), "hall": module(2 * PIXELS), "other": "x"}) == 2
    assert list(installed_skies()) == ["hdri/hall", "hdri/park"]
    assert skies_with(("outdoor",)) == ("hdri/park",)
    park = find_sky("hdri/park")
    assert np.allclose(read_panorama(Path(park.image)), PIXELS, atol=2 / 128)
    assert park.digest == hashlib.sha256(Path(park.image).read_bytes()).hexdigest()
    assert (park.credit.licence, park.level_lux) == ("CC0-1.0", (8000.0, 14000.0))
    with pytest.raises(AssetError, match="no sky 'hdri/prak': did you mean 'hdri/park'"):
        find_sky("hdri/prak")
    with pytest.raises(AssetError, match="no installed sky has the tags indoor, sun; tags there are: day, indoor, "):
        skies_with(("indoor", "sun"))


@pytest.mark.parametrize(
    ("modules", "message"),
    [
        ({"park": module(PIXELS)}, r"assets\.tgz: lacks hdri/hall\.exr\.js"),
        ({"park": module(PIXELS), "hall": "export default {};"}, r"hdri/hall\.exr\.js: expected 'export default'"),
    ],
)
def test_an_install_that_fails_leaves_nothing(
    install: Callable[[dict[str, str]], int], modules: dict[str, str], message: str
) -> None:
    with pytest.raises(AssetError, match=message):
        install(modules)
    assert not hdri.folder().exists()
    with pytest.raises(AssetError, match=r"the pack 'hdri' is not installed .* run: simgen assets install hdri"):
        installed_skies()


def test_a_file_of_another_digest_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIMGEN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setitem(sys.modules, "OpenEXR", SimpleNamespace(File=ArrayFile))
    path = tarball(tmp_path / "assets.tgz", {"park": module(PIXELS)})
    with pytest.raises(AssetError, match=r"assets\.tgz: is not the file that was asked for: its digest is sha512-"):
        hdri.install(path, say=lambda _: None)


def test_without_the_extra_nothing_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIMGEN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setitem(sys.modules, "OpenEXR", None)
    said: list[str] = []
    with pytest.raises(AssetError, match=r"pip install 'simgen\[hdri\]'"):
        hdri.install(say=said.append)
    assert said == []


def test_every_mapped_sky_is_tagged_as_outdoor_or_indoor() -> None:
    for name, sky in hdri.pack_map().skies.items():
        assert len({"outdoor", "indoor"} & set(sky.tags)) == 1, name
        assert set(sky.tags) <= {"outdoor", "indoor", "open", "sun", "overcast", "day", "twilight", "night"}, name


def test_the_registry_is_npms_own_or_the_one_that_its_setting_names(monkeypatch: pytest.MonkeyPatch) -> None:
    for key in ("npm_config_registry", "NPM_CONFIG_REGISTRY"):
        monkeypatch.delenv(key, raising=False)
    assert npm.tarball_url("@a/b", "1.2.3") == "https://registry.npmjs.org/@a/b/-/b-1.2.3.tgz"
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", "http://mirror.example/npm/")
    assert npm.tarball_url("c", "1.0.0") == "http://mirror.example/npm/c/-/c-1.0.0.tgz"


def test_a_download_that_fails_tells_the_ways_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("npm_config_registry", f"file://{tmp_path}/nothing")
    with pytest.raises(
        AssetError, match=r"set npm_config_registry .* \(npm pack @a/b@1\.2\.3\) and give it with --from"
    ):
        npm.fetch("@a/b", "1.2.3", "sha512-", tmp_path, lambda _: None)


def test_a_download_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for key in ("npm_config_registry", "NPM_CONFIG_REGISTRY"):
        monkeypatch.delenv(key, raising=False)
    served = tmp_path / "registry" / "@a" / "b" / "-"
    served.mkdir(parents=True)
    path = tarball(served / "b-1.2.3.tgz", {"park": "x"})
    monkeypatch.setenv("npm_config_registry", f"file://{tmp_path}/registry")
    fetched = npm.fetch("@a/b", "1.2.3", integrity(path), tmp_path, lambda _: None)
    assert npm.members(fetched, ["hdri/park.exr.js"]) == {"hdri/park.exr.js": b"x"}
    with pytest.raises(AssetError, match="is not the file that was asked for"):
        npm.fetch("@a/b", "1.2.3", "sha512-AAAA", tmp_path, lambda _: None)
