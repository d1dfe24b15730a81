"""Claims about the traffic lights of a junction."""

from __future__ import annotations

import pytest

from simgen.assets.families import family_asset
from simgen.assets.families.signs import showing
from simgen.assets.library import Library
from simgen.distributions import Constant
from simgen.places.junction import Junction
from simgen.streams import Draws


def lit(materials) -> list[str]:
    return [m.name for m in materials if any(m.emission_nit)]


@pytest.mark.parametrize(("green", "wanted"), [("first", "green"), ("second", "red"), ("none", "red")])
def test_streets_that_cross_have_opposite_lights(green, wanted):
    place = Junction(
        arms=Constant(value=4), control=Constant(value="lights"), green=Constant(value=green), trees=None, lamps=None
    )
    scene = place.build(Draws(4, "place", 0), Library())
    shown = {o.name[-1]: lit(o.surface) for o in scene.objects if o.category == "traffic_light"}
    across = "green" if green == "second" else "red"
    assert shown == {"e": [wanted], "w": [wanted], "n": [across], "s": [across]}


def test_one_lamp_of_a_light_shines():
    light = family_asset("signal", 2)
    for lamp in ("red", "amber", "green"):
        assert lit(showing(light, lamp).materials) == [lamp]
        assert showing(light, lamp).mesh is light.mesh


def test_what_is_no_light_stays_as_it_is():
    cone = family_asset("cone", 0)
    assert showing(cone, "red") is cone
