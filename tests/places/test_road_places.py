"""Streets, junctions and country roads: levels, lanes, what keeps clear of them, determinism."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
from plain_world import GROUND, Boxes, along, heights_below

from simgen.distributions import Constant
from simgen.errors import AssetError
from simgen.places.junction import Junction
from simgen.places.path import Bend, path
from simgen.places.rural_road import RuralRoad
from simgen.places.section import Section, Strip, lay, street_section
from simgen.places.surfaces import draw_look
from simgen.places.urban_street import UrbanStreet
from simgen.scene.region import Lane
from simgen.scene.scene import Scene
from simgen.streams import Draws

SIZES = {
    "building": (9.0, 11.0, 12.0),
    "bush": (1.0, 1.0, 1.0),
    "street_lamp": (0.2, 0.2, 7.0),
    "traffic_light": (0.3, 0.3, 3.5),
    "tree": (0.4, 0.4, 6.0),
}


LIBRARY = Boxes(SIZES)
PLACES = {
    "urban_street": UrbanStreet(),
    "urban_street_left": UrbanStreet(drive_on="left"),
    "junction_3": Junction(arms=Constant(value=3), control=Constant(value="lights")),
    "junction_4": Junction(arms=Constant(value=4), control=Constant(value="lights")),
    "rural_road": RuralRoad(),
}


@cache
def built(name: str, seed: int = 0) -> Scene:
    return PLACES[name].build(Draws(seed, "place", 0), LIBRARY)


@pytest.fixture(scope="module", params=PLACES)
def scene(request) -> Scene:
    return built(request.param, seed=3)


def test_lanes_lie_exactly_on_the_ground(scene):
    points = np.concatenate([along(r) for r in scene.regions if isinstance(r, Lane)])
    # Repair patches and covers lie up to 3 mm above the asphalt.
    assert np.abs(heights_below(scene, points, GROUND) - points[:, 2]).max() < 0.004


def test_areas_lie_exactly_on_the_ground(scene):
    points = []
    for area in (r for r in scene.regions if not isinstance(r, Lane)):
        corners = np.asarray(area.corners_m)
        inner = corners.mean(axis=0) + 0.9 * (corners - corners.mean(axis=0))
        points.append(np.column_stack([inner, np.full(len(inner), area.z_m)]))
    spots = np.concatenate(points)
    assert np.abs(heights_below(scene, spots, GROUND) - spots[:, 2]).max() < 0.004


def test_nothing_stands_on_a_lane_for_traffic_or_parking(scene):
    standing = [o for o in scene.objects if o.category in SIZES or o.category in ("bollard", "fence")]
    points = np.concatenate([o.world_vertices()[:, :2] for o in standing])
    for lane in (*scene.lanes("drive"), *scene.lanes("park")):
        line = along(lane, 0.5)[:, :2]
        nearest = min(float(np.hypot(*(points - p).T).min()) for p in line)
        assert nearest > lane.width_m / 2 - 0.1, lane.name


def test_houses_stand_clear_of_pavements(scene):
    houses = np.concatenate(
        [o.world_vertices()[:, :2] for o in scene.objects if o.category == "building"] or [np.zeros((0, 2))]
    )
    for area in (a for a in (*scene.areas("pavement"), *scene.areas("kerb_strip"))):
        assert not area.contains(houses, 0.02).any(), area.name


def test_paint_lies_a_millimetre_or_two_above_the_asphalt(scene):
    paint = [o for o in scene.objects if o.category == "lane_marking"]
    height = np.concatenate([o.world_vertices()[:, 2] for o in paint])
    assert height.min() > 0.001
    assert height.max() < 0.005


def test_the_world_reaches_the_horizon_all_around(scene):
    angle = np.linspace(0.0, 2 * math.pi, 72, endpoint=False)
    for radius in (30.0, 100.0, 200.0, 400.0):
        points = np.column_stack([radius * np.cos(angle), radius * np.sin(angle), np.zeros(72)])
        assert (heights_below(scene, points, GROUND) > -1.0).all()


@pytest.mark.parametrize("name", ["urban_street", "junction_4", "rural_road"])
def test_the_same_seed_gives_the_same_place(name):
    first, second = built(name, 3), built.__wrapped__(name, 3)
    assert [o.name for o in first.objects] == [o.name for o in second.objects]
    for a, b in zip(first.objects, second.objects, strict=True):
        assert a.world_from_object == b.world_from_object
        assert a.asset.mesh.vertices.tobytes() == b.asset.mesh.vertices.tobytes()
    assert first.regions == second.regions


def test_another_seed_gives_another_street():
    assert built("urban_street", 3).regions != built("urban_street", 4).regions


def test_ids_run_from_one(scene):
    assert [o.id for o in scene.objects] == list(range(1, len(scene.objects) + 1))


def test_the_pavement_is_a_kerb_above_the_road():
    draws = Draws(0, "place", 0)
    street = UrbanStreet(kerb_height_m=Constant(value=0.14)).build(draws, LIBRARY)
    assert {lane.centre_m[0][2] for lane in street.lanes("walk")} == {0.14}
    assert {lane.centre_m[0][2] for lane in (*street.lanes("drive"), *street.lanes("park"))} == {0.0}
    kerbs = np.concatenate([o.world_vertices()[:, 2] for o in street.objects if o.category == "kerb"])
    assert kerbs.max() == pytest.approx(0.14, abs=1e-6)


@pytest.mark.parametrize(("drive_on", "sign"), [("right", -1.0), ("left", 1.0)])
def test_traffic_keeps_to_its_side(drive_on, sign):
    street = UrbanStreet(drive_on=drive_on).build(Draws(0, "place", 0), LIBRARY)
    for lane in (r for r in street.lanes("drive") if r.name.startswith("street/")):
        (_, y, _), heading = lane.point_at(1.0)
        assert math.copysign(1.0, y * math.cos(heading)) == sign


@pytest.mark.parametrize(("name", "ways"), [("junction_3", 6), ("junction_4", 12)])
def test_every_arm_of_a_junction_leads_to_every_other(name, ways):
    lanes = [r for r in built(name).lanes("drive") if r.name.startswith("junction/")]
    assert len({lane.name.rsplit("_", 1)[0] for lane in lanes}) == ways
    for lane in lanes:
        steps = np.diff(np.asarray(lane.centre_m)[:, :2], axis=0)
        turns = np.diff(np.unwrap(np.arctan2(steps[:, 1], steps[:, 0])))
        assert np.abs(turns).max() < math.radians(25.0), lane.name


def test_traffic_lights_face_those_who_come():
    place = built("junction_4")
    for light in (o for o in place.objects if o.category == "traffic_light"):
        x, y, _ = light.world_from_object.translation_m
        facing = light.world_from_object.yaw_rad
        assert x * math.cos(facing) + y * math.sin(facing) > 5.0


def test_crossings_lie_between_places_to_wait():
    street = UrbanStreet(crossings=Constant(value=2)).build(Draws(0, "place", 0), LIBRARY)
    assert len(street.areas("crossing")) == 2
    assert len(street.areas("crossing_wait")) == 4
    for bay in street.lanes("park"):
        xs = [p[0] for p in bay.centre_m]
        for crossing in street.areas("crossing"):
            edges = [c[0] for c in crossing.corners_m]
            assert max(xs) <= min(edges) - 4.9 or min(xs) >= max(edges) + 4.9


def test_a_path_of_a_quarter_circle_ends_where_the_circle_does():
    line = path((0.0, 0.0), 0.0, (Bend(length_m=50.0 * math.pi, curvature_per_m=1 / 100.0),))
    point, heading = line.frame(line.length_m)
    assert point == pytest.approx([100.0, 100.0], abs=1e-9)
    assert heading == pytest.approx(math.pi / 2)
    inner = line.offset(40.0, 0.0, line.length_m)
    assert np.hypot(inner[:, 0], inner[:, 1] - 100.0) == pytest.approx(np.full(len(inner), 60.0))


def test_a_section_is_laid_with_its_carriageway_in_the_middle():
    section = street_section(1, "right")
    laid = lay(section, [2.5, 1.5, 3.0, 3.0, 2.0, 1.5, 2.5], 0.13)
    assert laid.edges("drive", "park") == pytest.approx((-4.0, 4.0))
    assert [s.width_m for s in laid.strips] == pytest.approx([2.5, 1.5, 3.0, 3.0, 2.0, 1.5, 2.5])


def test_a_lane_without_direction_is_refused():
    with pytest.raises(ValueError, match="a drive strip needs the direction of its traffic: forward or backward"):
        Strip(use="drive", width_m=Constant(value=3.0))


def test_a_lopsided_section_is_refused_at_a_junction():
    lopsided = street_section(1, "right")
    with pytest.raises(ValueError, match="section '1\\+1_right' must be the same from either side at a junction"):
        Junction(sections=(lopsided,))


def test_a_road_without_lanes_is_refused():
    with pytest.raises(ValueError, match="section 'path' needs at least one strip of use drive"):
        Section(name="path", strips=(Strip(use="walk", width_m=Constant(value=2.0)),))


def test_a_library_without_houses_is_an_error():
    poor = Boxes({k: v for k, v in SIZES.items() if k != "building"})
    with pytest.raises(AssetError, match="the library holds no model of category 'building'"):
        UrbanStreet().build(Draws(0, "place", 0), poor)


def test_a_library_of_firs_alone_is_refused_for_street_trees():
    firs = Boxes({**SIZES, "tree": (4.0, 4.0, 9.0)})
    with pytest.raises(AssetError, match="none of the library's 1 trees has a trunk bare up to"):
        UrbanStreet().build(Draws(0, "place", 0), firs)


def test_roads_are_as_bright_in_the_near_infrared_as_their_age_makes_them():
    found = []
    for seed in range(12):
        draws = Draws(seed, "place", 0)
        look = draw_look(draws, (1.75, 5.25), 7.0)
        found.append((draws.factors["place.road_brightness"], look.carriageway.nir_reflectance))
        assert look.tar.nir_reflectance < look.patch.nir_reflectance < look.carriageway.nir_reflectance
    brightness, nir = np.array(found).T
    assert nir.min() > 0.16 and nir.max() < 0.24
    assert np.corrcoef(brightness, nir)[0, 1] > 0.999
