"""Claims about the land around road networks."""

from __future__ import annotations

import numpy as np
import pytest

from simgen.assets.library import Library
from simgen.distributions import Constant
from simgen.places.hill import Hill
from simgen.streams import Draws


@pytest.fixture(scope="module")
def scene():
    place = Hill(trees=Constant(value=30), bushes=Constant(value=10))
    return place.build(Draws(3, "place", 0), Library())


def test_plants_stand_on_the_land_as_its_triangles_have_it(scene):
    land = next(o for o in scene.objects if o.name == "land")
    corners = land.world_vertices()[land.asset.mesh.faces]
    plants = [o for o in scene.objects if o.name.startswith(("trees_", "bushes_"))]
    assert plants
    for plant in plants:
        x, y, z = plant.world_from_object.translation_m
        a, b, c = (corners[:, k, :2] for k in range(3))
        sides = [
            (q - p)[:, 0] * (y - p[:, 1]) - (q - p)[:, 1] * (x - p[:, 0]) for p, q in ((a, b), (b, c), (c, a))
        ]  # fmt: skip
        inside = np.flatnonzero(np.all([s >= -1e-6 for s in sides], axis=0))[0]
        normal = np.cross(corners[inside, 1] - corners[inside, 0], corners[inside, 2] - corners[inside, 0])
        away = np.array([x, y]) - corners[inside, 0, :2]
        height = corners[inside, 0, 2] - float(normal[:2] @ away) / normal[2]
        assert z + 0.03 == pytest.approx(height, abs=0.01)
