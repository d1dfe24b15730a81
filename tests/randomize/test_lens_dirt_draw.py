"""Dirt drawn on cameras: recorded, after the rain, a drawing of its own for each."""

from __future__ import annotations

import pytest

from simgen.distributions import Constant, Uniform
from simgen.randomize.lens_dirt import LensDirtDraw
from simgen.recipe import Recipe
from simgen.rig import CameraMount, LidarMount
from simgen.scene.scene import Scene
from simgen.scene.weather import Weather
from simgen.spec import parse
from simgen.streams import Draws


def rig(rain: float = 0.0) -> Scene:
    mounts = (CameraMount(name="left"), CameraMount(name="right"), LidarMount())
    return Scene(sensors=tuple(mount.build() for mount in mounts), weather=Weather(rain_mm_per_h=rain))


def test_what_is_drawn_is_recorded_and_on_every_camera() -> None:
    draws = Draws(1, "lens_dirt", 0)
    soiled = LensDirtDraw(dust=Uniform(low=0.2, high=0.8), frost=Constant(value=0.3))(rig(), draws, None)
    for camera in soiled.sensors[:2]:
        assert camera.lens_dirt.dust == draws.factors["lens_dirt.dust"] and camera.lens_dirt.frost == 0.3
        assert camera.lens_dirt.pattern == draws.factors["lens_dirt.pattern"]
    assert soiled.sensors[2] == rig().sensors[2]


def test_drops_follow_the_rain_unless_they_are_told() -> None:
    def drops(rain: float, **told) -> float:
        return LensDirtDraw(**told)(rig(rain), Draws(1, "lens_dirt", 0), None).sensors[0].lens_dirt.drops_per_cm2

    assert drops(0.0) == 0.0 < drops(5.0) < drops(20.0) <= drops(200.0) == 3.0
    assert drops(0.0, drops_per_cm2=Constant(value=1.5)) == 1.5


def test_a_recipe_may_soil_its_cameras_either_way() -> None:
    told = {
        "name": "r",
        "place": "urban_street",
        "frames": 1,
        "sensors": [{"kind": "camera", "lens_dirt": {"frost": 0.4, "pattern": 3}}],
        "randomizers": [{"kind": "lens_dirt", "dust": 0.5, "every": "frame"}],
    }
    recipe = parse(Recipe, told, "test")
    assert recipe.sensors[0].build().lens_dirt.frost == 0.4
    assert isinstance(recipe.randomizers[0], LensDirtDraw)


def test_more_dirt_than_there_can_be_is_refused() -> None:
    with pytest.raises(ValueError, match="dust"):
        LensDirtDraw(dust=Constant(value=1.2))
