"""Claims about kitchens: what the regions promise is there, the sink is open, and the run keeps to its wall."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from simgen.assets.families import kitchen as units
from simgen.assets.library import Library
from simgen.distributions import Constant
from simgen.geometry.rays import Rays
from simgen.places.kitchen import Kitchen
from simgen.streams import Draws
from simgen.trace.tracer import Tracer

LIBRARY = Library(("families",))


def built(seed, **given):
    return Kitchen(**given).build(Draws(seed, "place", 0), LIBRARY)


def below(scene, points, from_m):
    """Return names of what lies under (x, y) points, looked at from a height, and its height."""
    origin = np.array([(x, y, from_m) for x, y in points], np.float32)
    down = np.tile(np.array([0.0, 0.0, -1.0], np.float32), (len(origin), 1))
    hits = Tracer(scene.objects).closest_hit(
        Rays(origin=origin, direction=down, time_s=np.zeros(len(origin), np.float32))
    )
    names = {thing.id: thing.name for thing in scene.objects}
    return [names[int(k)] for k in hits.instance_id], from_m - hits.range_m


@pytest.mark.parametrize("seed", range(6))
def test_under_its_regions_is_the_free_worktop_and_the_hob(seed):
    scene = built(seed)
    for use, name in (("worktop", "worktop"), ("hob", "hob")):
        areas = scene.areas(use)
        assert areas
        for area in areas:
            corners = np.asarray(area.corners_m)
            middle = corners.mean(axis=0)
            points = [middle, *(middle + 0.97 * (corner - middle) for corner in corners)]
            met, height = below(scene, points, 1.3)
            assert set(met) == {name}
            assert height == pytest.approx(area.z_m, abs=1e-3)


@pytest.mark.parametrize("seed", range(6))
def test_the_sink_is_open_down_to_its_bottom(seed):
    scene = built(seed)
    sink = next(thing for thing in scene.objects if thing.name == "sink")
    low, high = sink.world_vertices().min(axis=0), sink.world_vertices().max(axis=0)
    # The tap stands on the wall's side; in front of its mouth the tub is free.
    points = [(low[0] + 0.1, y) for y in np.linspace(low[1] + 0.06, high[1] - 0.06, 5)]
    met, height = below(scene, points, 0.95)
    assert set(met) == {"sink"}
    assert height == pytest.approx(units.TOP_M - units.SINK_M[2], abs=0.01)


@pytest.mark.parametrize("seed", range(6))
def test_the_run_stays_in_the_room_and_its_units_stand_side_by_side(seed):
    scene = built(seed)
    room = next(area for area in scene.areas("floor"))
    reach = np.abs(np.asarray(room.corners_m)).max(axis=0)
    fitted = ("unit_", "worktop", "sink", "hob", "hood", "wall_unit_", "refrigerator")
    things = [thing for thing in scene.objects if thing.name.startswith(fitted)]
    for thing in things:
        points = thing.world_vertices()
        assert (np.abs(points[:, :2]) <= reach + 1e-3).all()
        assert points[:, 2].max() <= room.rim_m
    for row in ("unit_", "wall_unit_"):
        spans = sorted(
            (t.world_vertices()[:, 1].min(), t.world_vertices()[:, 1].max()) for t in things if t.name.startswith(row)
        )
        assert all(after[0] >= before[1] - 1e-6 for before, after in itertools.pairwise(spans))


def test_an_unknown_worktop_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match="worktop must be of wood, stone, white, dark, steel, got 'gold'"):
        Kitchen(worktop=Constant(value="gold"))
