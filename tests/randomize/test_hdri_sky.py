"""Draws of photographed skies: what takes the place of the sun, and what is recorded."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from simgen import spec
from simgen.assets import skies
from simgen.assets.library import Library
from simgen.assets.panoramas import write_panorama
from simgen.assets.skies import SkyInfo
from simgen.distributions import Choice, Constant
from simgen.errors import AssetError, RecipeError
from simgen.geometry.pose import Pose
from simgen.places.pieces import box, joined
from simgen.randomize.hdri_sky import HdriSkyDraw
from simgen.randomize.street_lights import is_dark
from simgen.scene.asset import Credit
from simgen.scene.light import AreaLight, ClearSky, HdriSky, Moon, PointLight, Sun
from simgen.scene.material import make_material
from simgen.scene.scene import Instance, Scene
from simgen.streams import Draws

LAMP = PointLight(position_m=(0.0, 0.0, 5.0), intensity_cd=(100.0, 100.0, 100.0))
BY_DAY = Scene(
    objects=(),
    lights=(Sun(azimuth_deg=0.0, elevation_deg=40.0), Moon(azimuth_deg=0.0, elevation_deg=10.0), LAMP),
    sensors=(),
    sky=ClearSky(),
)
CREDIT = Credit(author="Somebody", licence="CC0-1.0", source="a package")


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three skies in place of the pack's."""
    rows = {"park": (("outdoor", "sun"), 1e4), "night": (("outdoor", "night"), 0.01), "hall": (("indoor",), 400.0)}
    infos = {
        f"hdri/{name}": SkyInfo(
            name=f"hdri/{name}",
            image=f"/pack/{name}.hdr",
            credit=CREDIT,
            digest=name,
            tags=tags,
            level_lux=(lux, 2.0 * lux),
        )
        for name, (tags, lux) in rows.items()
    }
    monkeypatch.setattr(skies, "installed_skies", lambda: infos)


def drawn(randomizer: HdriSkyDraw, index: int = 0) -> tuple[Scene, dict]:
    draws = Draws(7, randomizer.name, index)
    return randomizer(BY_DAY, draws, Library()), dict(draws.factors)


@pytest.mark.usefixtures("three")
def test_the_image_takes_the_place_of_sky_sun_and_moon_and_lamps_stay() -> None:
    scene, factors = drawn(HdriSkyDraw(image=Constant(value="hdri/park"), rotation_deg=Constant(value=30.0)))
    assert scene.lights == (LAMP,)
    assert scene.sky == HdriSky(
        image="/pack/park.hdr",
        rotation_deg=30.0,
        level_lux=factors["hdri_sky.level_lux"],
        name="hdri/park",
        credit=CREDIT,
        digest="park",
    )
    assert set(factors) == {"hdri_sky.image", "hdri_sky.rotation_deg", "hdri_sky.level_lux"}


@pytest.mark.usefixtures("three")
def test_skies_are_drawn_by_tags_or_by_weights_and_lux_from_what_is_usual() -> None:
    every = [drawn(HdriSkyDraw(tags=("outdoor",)), k)[1] for k in range(60)]
    counts = Counter(row["hdri_sky.image"] for row in every)
    assert set(counts) == {"hdri/park", "hdri/night"} and min(counts.values()) > 15
    assert all(1e4 <= row["hdri_sky.level_lux"] <= 2e4 for row in every if row["hdri_sky.image"] == "hdri/park")
    weighted = HdriSkyDraw(image=Choice(options=("hdri/park", "hdri/hall"), weights=(0.0, 1.0)))
    assert {drawn(weighted, k)[1]["hdri_sky.image"] for k in range(10)} == {"hdri/hall"}


@pytest.mark.usefixtures("three")
def test_lamps_of_the_dark_are_lit_under_a_dark_image() -> None:
    night, park = (drawn(HdriSkyDraw(image=Constant(value=f"hdri/{name}")))[0] for name in ("night", "park"))
    assert is_dark(night, 0.0) and not is_dark(park, 0.0)
    assert is_dark(park, 90.0), "90 is for always"


def test_an_image_of_ones_own_needs_its_lux_and_keeps_its_digest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mine.hdr"
    write_panorama(path, np.ones((8, 16, 3)))
    own = HdriSkyDraw(image=Constant(value=str(path)))
    with pytest.raises(AssetError, match=r"'hdri_sky': .*mine\.hdr: level_lux must be given for an image of your own"):
        own.skies()
    scene, _ = drawn(HdriSkyDraw(image=Constant(value=str(path)), level_lux=Constant(value=500.0)))
    assert isinstance(scene.sky, HdriSky) and scene.sky.level_lux == 500.0 and len(scene.sky.digest) == 64
    monkeypatch.setitem(sys.modules, "OpenEXR", None)
    (tmp_path / "mine.exr").write_bytes(b"")
    with pytest.raises(AssetError, match=r"pip install 'simgen\[hdri\]'"):
        HdriSkyDraw(image=Constant(value=str(tmp_path / "mine.exr")), level_lux=Constant(value=500.0)).skies()
    with pytest.raises(AssetError, match=r"nothing\.exr: there is no such image"):
        HdriSkyDraw(image=Constant(value="nothing.exr"), level_lux=Constant(value=500.0)).skies()


@pytest.mark.usefixtures("three")
def test_an_opened_room_has_its_things_and_neither_walls_nor_windows_light() -> None:
    cube = [box((0.0, 0.0, 0.0), (1.0, 1.0, 1.0), 0.0, make_material("grey", "plastic"), 1.0)]
    things = tuple(
        Instance(id=k, name=what, asset=joined(what, what, cube), world_from_object=Pose())
        for k, what in enumerate(("wall", "table", "ceiling"), 1)
    )
    pane = AreaLight(
        center_m=(0.0, 0.0, 0.0), edge_u_m=(1.0, 0.0, 0.0), edge_v_m=(0.0, 1.0, 0.0), luminance_nit=(1.0, 1.0, 1.0)
    )
    room = Scene(objects=things, lights=(pane, LAMP))
    randomizer = HdriSkyDraw(tags=("indoor",), room="open")
    opened = randomizer(room, Draws(7, randomizer.name, 0), Library())
    assert [o.name for o in opened.objects] == ["table"] and opened.lights == (LAMP,)
    with pytest.raises(RecipeError, match="room: open, but there are no walls in the scene"):
        drawn(randomizer)
    with pytest.raises(ValueError, match="room: open needs every: scene"):
        HdriSkyDraw(room="open", every="frame")


def test_a_missing_pack_is_told_with_the_command_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIMGEN_CACHE", str(tmp_path))
    with pytest.raises(AssetError, match="run: simgen assets install hdri"):
        HdriSkyDraw().skies()


def test_a_recipe_names_an_image_or_a_choice_of_images() -> None:
    row = {"kind": "hdri_sky", "image": {"kind": "choice", "options": ["hdri/park", "mine.exr"]}, "level_lux": 9000}
    assert spec.parse(HdriSkyDraw, row, "x").image == Choice(options=("hdri/park", "mine.exr"))
    with pytest.raises(ValueError, match="image must be a name, a path, or a choice of such"):
        HdriSkyDraw(image=Constant(value=3.0))
