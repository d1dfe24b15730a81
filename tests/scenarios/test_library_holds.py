"""Claims about every scenario file: its first drawing is what it says, told of tracks and meshes without a picture."""

from __future__ import annotations

from functools import lru_cache

import pytest

from simgen.assets import library
from simgen.assets.families import family_asset
from simgen.scenarios.scenario import NIGHT, load_scenario, scenario_names
from simgen.scenarios.sheet import check_scenario

LONG = ("crowd", "bin_entangled", "bin_clutter", "car_crash")
"""Of these a check takes ten seconds or more; ``simgen scenarios check --all`` is for them and for further drawings."""

_NAMES = scenario_names()
FILES = [n for n in _NAMES if not (n.endswith(NIGHT) and n.removesuffix(NIGHT) in _NAMES) and n not in LONG]


@pytest.fixture(scope="module", autouse=True)
def _models_made_once():
    """The scenes share the models of their streets."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(library, "family_asset", lru_cache(400)(family_asset))
        yield


@pytest.mark.parametrize("name", FILES)
def test_what_defines_a_scenario_holds(name):
    assert check_scenario(load_scenario(name)) == []
