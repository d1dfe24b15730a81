"""The sweethome3d pack: libraries read, models sized, turned and mapped, installed whole or not at all."""

import io
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest

from simgen.assets.library import Library
from simgen.assets.loaders import size_ranges_m
from simgen.assets.packs import debian, pybullet, sweethome3d
from simgen.assets.packs.sh3f import Library3f
from simgen.assets.stored import file_name, read_asset, read_index
from simgen.errors import AssetError

CATALOGUE = """id=Tiny
license=Creative Commons Attribution 3.0 license
id#1=Tiny#seat_leon
name#1=Tiny car
model#1=/tiny/car.obj
width#1=200
depth#1=400
height#1=150
creator#1=Somebody
"""
# A box, y up, whose front face (z = 1) is of the material "chapa_roja" and the rest of "cristales".
CAR = """mtllib car.mtl
v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nv 0 0 1\nv 1 0 1\nv 1 1 1\nv 0 1 1
usemtl chapa_roja\nf 5 6 7 8
usemtl cristales\nf 4 3 2 1\nf 1 2 6 5\nf 2 3 7 6\nf 3 4 8 7\nf 4 1 5 8
"""
MTL = "newmtl chapa_roja\nKd 0.8 0 0\nnewmtl cristales\nKd 0 0 0.2\nd 0.4\n"


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library named Scopia that holds one model, and a cache of its own."""
    monkeypatch.setenv("SIMGEN_CACHE", str(tmp_path / "cache"))
    path = tmp_path / "Scopia.sh3f"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("PluginFurnitureCatalog.properties", CATALOGUE.encode("latin-1"))
        archive.writestr("tiny/car.obj", CAR)
        archive.writestr("tiny/CAR.MTL", MTL)
    return path


@pytest.fixture
def only_tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves only the one mapped model that the tiny library has."""
    row = next(m for m in sweethome3d.model_maps() if m.id == "seat_leon")
    monkeypatch.setattr(sweethome3d, "model_maps", lambda: (row,))


def _install(path: Path) -> None:
    sweethome3d.install(path, say=lambda _: None, workers=1)


@pytest.mark.usefixtures("only_tiny")
def test_a_model_has_the_catalogue_size_and_faces_plus_x(tiny: Path) -> None:
    _install(tiny)
    car = Library(("sweethome3d",)).load("sweethome3d/seat_leon")
    assert np.allclose(car.size_m, (4.0, 2.0, 1.5))
    assert np.allclose(car.mesh.bounds[0], (-2.0, -1.0, 0.0), atol=1e-6)
    paint = [m.name for m in car.materials].index("chapa_roja")
    front = car.mesh.vertices[car.mesh.faces[car.mesh.face_material == paint]]
    assert np.allclose(front[..., 0], 2.0)


@pytest.mark.usefixtures("only_tiny")
def test_paint_and_glass_are_told_apart_and_only_paint_may_be_recoloured(tiny: Path) -> None:
    _install(tiny)
    car = Library(("sweethome3d",)).load("sweethome3d/seat_leon")
    assert {m.name: (m.substance, m.tintable) for m in car.materials} == {
        "chapa_roja": ("car_paint", True),
        "cristales": ("glass", False),
    }


@pytest.mark.usefixtures("only_tiny")
def test_the_credit_names_maker_and_licence(tiny: Path) -> None:
    _install(tiny)
    credit = Library(("sweethome3d",)).info("sweethome3d/seat_leon").credit
    assert (credit.author, credit.licence) == ("Somebody", "CC-BY-3.0")


@pytest.mark.usefixtures("only_tiny")
def test_installing_twice_gives_the_same_bytes(tiny: Path) -> None:
    _install(tiny)
    first = {p.name: p.read_bytes() for p in sweethome3d.folder().iterdir()}
    _install(tiny)
    assert {p.name: p.read_bytes() for p in sweethome3d.folder().iterdir()} == first


def test_an_install_that_fails_leaves_nothing(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = next(m for m in sweethome3d.model_maps() if m.id == "seat_leon")
    monkeypatch.setattr(sweethome3d, "model_maps", lambda: (sweethome3d.replace(row, paint=("nothing",)),))
    with pytest.raises(AssetError, match="no material nothing; it has chapa_roja, cristales"):
        _install(tiny)
    assert list(sweethome3d.folder().parent.iterdir()) == []
    with pytest.raises(AssetError, match="run: simgen assets install sweethome3d"):
        Library(("sweethome3d",))


def test_a_file_that_is_no_archive_is_named(tmp_path: Path) -> None:
    path = tmp_path / "Scopia.sh3f"
    path.write_text("not a zip")
    with pytest.raises(AssetError, match=r"Scopia\.sh3f: not a readable \.sh3f archive"):
        Library3f(path)


def test_a_deb_is_unpacked(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with tarfile.open(fileobj=inner, mode="w:xz") as archive:
        member = tarfile.TarInfo("./usr/share/sweethome3d/furniture/A.sh3f")
        member.size = 5
        archive.addfile(member, io.BytesIO(b"hello"))
    parts = [("debian-binary", b"2.0\n"), ("control.tar.xz", b"odd"), ("data.tar.xz", inner.getvalue())]
    deb = b"!<arch>\n"
    for name, data in parts:
        deb += f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(data):<10}`\n".encode() + data + b"\n" * (len(data) % 2)
    (tmp_path / "a.deb").write_bytes(deb)
    assert [p.read_bytes() for p in debian.unpack(tmp_path / "a.deb", ".sh3f", tmp_path)] == [b"hello"]


def test_a_broken_deb_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.deb").write_bytes(b"<html>not found</html>")
    with pytest.raises(AssetError, match=r"a\.deb: not a readable Debian package"):
        debian.unpack(tmp_path / "a.deb", ".sh3f", tmp_path)


def test_the_map_offers_what_a_street_and_a_table_need() -> None:
    def count(*categories: str) -> int:
        return sum(
            m.category in categories and not {"sitting", "lying"} & set(m.tags) for m in sweethome3d.model_maps()
        )

    assert count("car") >= 12
    assert count("truck", "bus", "van") >= 4
    assert count("bicycle", "motorcycle") >= 3
    assert count("person") >= 16
    assert count("tree") >= 6
    assert count("chair", "table", "sofa", "cabinet", "shelf", "bed", "desk") >= 20


def test_a_pybullet_part_may_be_recoloured_and_is_the_same_each_time() -> None:
    name = pybullet.names()[7]
    first, again = pybullet.load(name), pybullet.load(name)
    assert len(pybullet.names()) == 1000
    assert first.digest == again.digest
    assert all(m.tintable for m in first.materials)
    assert 0.01 < max(first.size_m) < 0.5


def test_every_installed_model_is_as_large_as_its_kind() -> None:
    infos = read_index(sweethome3d.folder())
    if not infos:
        pytest.skip("the pack sweethome3d is not installed")
    ranges = size_ranges_m()
    standing = {n: i for n, i in infos.items() if i.category in ranges and not {"sitting", "lying"} & set(i.tags)}
    wrong = {
        n: i.size_m for n, i in standing.items() if not ranges[i.category][0] <= max(i.size_m) <= ranges[i.category][1]
    }
    assert wrong == {}
    cars = [i for i in infos.values() if i.category == "car"]
    assert all(i.size_m[0] > i.size_m[1] > i.size_m[2] for i in cars)


def test_installed_models_stand_centred_on_the_ground() -> None:
    infos = read_index(sweethome3d.folder())
    if not infos:
        pytest.skip("the pack sweethome3d is not installed")
    for name in sorted(infos)[::40]:
        low, high = read_asset(sweethome3d.folder() / file_name(name)).mesh.bounds
        assert abs(low[2]) < 1e-5
        assert np.allclose((low + high)[:2] / 2, 0.0, atol=1e-4)


@pytest.mark.usefixtures("only_tiny")
def test_a_damaged_prepared_model_is_named(tiny: Path) -> None:
    _install(tiny)
    path = sweethome3d.folder() / file_name("sweethome3d/seat_leon")
    whole = path.read_bytes()
    for bad in (b"", whole[: len(whole) // 2], whole[:400] + bytes(100) + whole[500:]):
        path.write_bytes(bad)
        with pytest.raises(AssetError, match=r"seat_leon\.npz: not a readable prepared asset"):
            read_asset(path)


def test_any_number_of_workers_writes_the_same_bytes(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = next(m for m in sweethome3d.model_maps() if m.id == "seat_leon")
    twins = (row, sweethome3d.replace(row, name="twin"))
    monkeypatch.setattr(sweethome3d, "model_maps", lambda: twins)
    written = []
    for workers in (1, 2):
        sweethome3d.install(tiny, say=lambda _: None, workers=workers)
        written.append({p.name: p.read_bytes() for p in sweethome3d.folder().iterdir()})
    assert len(written[0]) == 3
    assert written[0] == written[1]
