"""Places made of road networks: lanes on the ground, ways that go on, clear roads, cars in bends and on slopes."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from plain_world import GROUND, Boxes, along, heights_below

from simgen.distributions import Constant
from simgen.errors import SimgenError
from simgen.places.curved_road import CurvedRoad
from simgen.places.highway import Highway
from simgen.places.hill import Hill
from simgen.places.parking_lot import ParkingLot
from simgen.places.roads.build import constant
from simgen.places.roads.line import Cubic, Spiral, chain
from simgen.places.roads.network import LaneSection, Link, Network, NetworkRoad, RoadLane, stations
from simgen.places.roads.regions import network_regions
from simgen.places.roundabout import Roundabout
from simgen.randomize.ego import Ego
from simgen.randomize.placement import Footprint, Spot, stays_inside
from simgen.randomize.vehicles import Parked, Traffic
from simgen.scene.region import Lane
from simgen.scene.scene import Instance, Scene
from simgen.simulate.behaviour import Behaviour, unfold
from simgen.streams import Draws

SIZES = {"bush": (1.0, 1.0, 1.0), "tree": (0.4, 0.4, 6.0), "car": (4.5, 1.8, 1.5), "building": (9.0, 11.0, 6.0)}
PLACES = {
    "curved_road": CurvedRoad(),
    "curved_road_left": CurvedRoad(drive_on="left"),
    "crest": Hill(form=Constant(value="crest")),
    "dip": Hill(form=Constant(value="dip")),
    "roundabout": Roundabout(arms=Constant(value=4)),
    "roundabout_left": Roundabout(arms=Constant(value=3), drive_on="left"),
    "highway": Highway(),
    "highway_left": Highway(drive_on="left"),
    "parking_lot": ParkingLot(),
    "parking_lot_left": ParkingLot(drive_on="left", aisles=Constant(value=3)),
}
LIBRARY = Boxes(SIZES)
CARS = {"car": 1.0}


@cache
def built(name: str, seed: int = 1) -> Scene:
    return PLACES[name].build(Draws(seed, "place", 0), LIBRARY)


@pytest.fixture(params=PLACES)
def scene(request) -> Scene:
    return built(request.param)


@cache
def driven(name: str) -> Scene:
    """The place with traffic and the rig's vehicle, unfolded for eight seconds."""
    full = Traffic(count=Constant(value=6), categories=CARS)(built(name), Draws(2, "traffic", 0), LIBRARY)
    full = Ego(every="scene", view_ahead_m=40.0)(full, Draws(2, "ego", 0), LIBRARY)
    return unfold(full, Behaviour(), 8.0, Draws(2, "sequence", 0))


def test_lanes_lie_on_the_ground(scene):
    points = np.concatenate([along(r) for r in scene.regions if isinstance(r, Lane)])
    assert np.abs(heights_below(scene, points, GROUND) - points[:, 2]).max() < 0.016


def test_areas_lie_on_the_ground_on_slopes_too(scene):
    rows = []
    for area in (r for r in scene.regions if not isinstance(r, Lane)):
        corners = np.asarray(area.corners_m)
        inner = corners.mean(axis=0) + 0.9 * (corners - corners.mean(axis=0))
        rows.append(np.column_stack([inner, area.heights(inner)]))
    spots = np.concatenate(rows)
    assert np.abs(heights_below(scene, spots, GROUND) - spots[:, 2]).max() < 0.02


def test_the_land_lies_below_every_lane(scene):
    points = np.concatenate([along(r) for r in scene.regions if isinstance(r, Lane)])
    land = heights_below(replace(scene, objects=tuple(o for o in scene.objects if o.name == "land")), points, GROUND)
    gap = points[:, 2] - land
    assert gap.min() > 0.2
    assert gap.max() < 0.9


def test_nothing_stands_on_a_lane(scene):
    standing = [o for o in scene.objects if o.category in ("tree", "bush", "guard_rail", "building")]
    points = np.concatenate([o.world_vertices()[:, :2] for o in standing])
    for lane in scene.lanes("drive"):
        for p in along(lane, 1.0)[:, :2]:
            assert float(np.hypot(*(points - p).T).min()) > lane.width_m / 2 + 0.2, lane.name


def test_what_a_lane_leads_to_begins_where_it_ends(scene):
    lanes = {lane.name: lane for lane in scene.lanes("drive")}
    for lane in lanes.values():
        for name in lane.successors:
            assert math.dist(lane.centre_m[-1], lanes[name].centre_m[0]) < 0.05, (lane.name, name)


@pytest.mark.parametrize("name", ["curved_road", "crest"])
def test_the_same_seed_gives_the_same_place(name):
    first, second = built(name), built.__wrapped__(name)
    assert first.regions == second.regions
    for a, b in zip(first.objects, second.objects, strict=True):
        assert (a.name, a.world_from_object) == (b.name, b.world_from_object)
        assert a.asset.mesh.vertices.tobytes() == b.asset.mesh.vertices.tobytes()


@pytest.mark.parametrize("name", PLACES)
def test_a_followed_car_stays_in_its_lane(name):
    world = driven(name)
    lanes = world.lanes("drive")
    tracks = [*world.tracks.values(), world.rig_track]
    assert len(tracks) >= 6
    ends = [(t.at(0.0).pose.translation_m, t.at(t.span_s[1]).pose.translation_m) for t in tracks]
    assert sum(math.dist(first, last) > 10.0 for first, last in ends) >= 4
    for track in tracks:
        for time_s in np.linspace(*track.span_s, 17):
            pose = track.at(float(time_s)).pose
            # Its corners keep within the edges of a lane, give or take its drawn offset from the middle.
            ends = pose.apply(np.array([[2.25, 0.0, 0.0], [0.0, 0.0, 0.0], [-2.25, 0.0, 0.0]]))[:, :2]
            aside = min(float(np.abs(lane.lefts(ends)).max()) for lane in lanes)
            assert aside + 0.9 < min(lane.width_m for lane in lanes) / 2 + 0.75


@pytest.mark.parametrize("name", ["crest", "dip"])
def test_cars_stand_and_drive_on_the_slope(name):
    world = driven(name)
    steepest = 0.0
    for track in (*world.tracks.values(), world.rig_track):
        for time_s in np.linspace(*track.span_s, 9):
            state = track.at(float(time_s))
            ends = state.pose.apply(np.array([[1.3, 0.0, 0.0], [-1.3, 0.0, 0.0]]))
            assert ends[:, 2] == pytest.approx(heights_below(built(name), ends, GROUND), abs=0.03)
            run = math.hypot(*state.velocity_mps[:2])
            if run > 1.0:
                rise = (ends[0, 2] - ends[1, 2]) / 2.6
                assert state.velocity_mps[2] / run == pytest.approx(rise, abs=0.01)
                steepest = max(steepest, abs(rise))
    assert steepest > 0.02


def test_a_long_vehicle_leaves_a_narrow_lane_in_a_bend_but_not_on_a_straight():
    line = chain((0.0, 0.0), 0.0, (Spiral(length_m=30.0, start_per_m=1 / 20.0, end_per_m=1 / 20.0),))
    points = line.at(np.linspace(0.0, 30.0, 31)).beside(0.0)
    bend = Lane(name="bend", use="drive", centre_m=tuple(map(tuple, points.tolist())), width_m=3.2)
    straight = Lane(name="straight", use="drive", centre_m=((0.0, 0.0, 0.0), (30.0, 0.0, 0.0)), width_m=3.2)
    for lane, fits in ((bend, False), (straight, True)):
        (x, y, _), heading = lane.point_at(15.0)
        bus = Footprint(x_m=x, y_m=y, half_length_m=6.0, half_width_m=1.25, heading_rad=heading)
        assert stays_inside(lane, bus) is fits


def test_who_enters_a_roundabout_gives_way_to_the_ring():
    place = built("roundabout")
    lanes = {lane.name: lane for lane in place.lanes("drive")}
    entries = [lane for name, lane in lanes.items() if name.startswith("entry_")]
    assert len(entries) == 4
    assert {lane.name for lane in lanes.values() if lane.gives_way} == {lane.name for lane in entries}
    entry = entries[0]
    ring = lanes[entry.successors[0]]
    before = next(n for n in lanes.values() if n.name.startswith("through_") and entry.successors[0] in n.successors)
    # Both would be there at the same time; the one in the ring drives on.
    cars = []
    for number, (lane, along_m) in enumerate(((entry, 1.0), (before, 1.0)), start=1):
        (x, y, z), heading = lane.point_at(along_m)
        velocity = (6.0 * math.cos(heading), 6.0 * math.sin(heading), 0.0)
        spot = Spot(x_m=x, y_m=y, z_m=z, heading_rad=heading, velocity_mps=velocity)
        cars.append(
            Instance(
                id=9000 + number, name=f"car_{number}", asset=LIBRARY.load("car"),
                world_from_object=spot.world_from_object, velocity_mps=velocity,
            )
        )  # fmt: skip
    world = unfold(place.adding(*cars), Behaviour(), 8.0, Draws(0, "sequence", 0))
    first = {}
    for car in cars:
        for time_s in np.arange(0.0, 8.0, 0.1):
            at = world.tracks[car.id].at(float(time_s)).pose.translation_m
            if math.dist(at[:2], ring.centre_m[0][:2]) < 3.0:
                first[car.id] = float(time_s)
                break
    assert 9002 in first
    assert first[9002] < first.get(9001, 99.0)


def test_every_bay_holds_a_car_square_to_the_aisle():
    lot = built("parking_lot")
    full = Parked(occupancy=Constant(value=0.8), place_m=5.2, gap_m=0.0, categories=CARS)(
        lot, Draws(0, "parked", 0), LIBRARY
    )
    cars = [o for o in full.objects if o.category == "car"]
    bays = lot.lanes("park")
    assert len(cars) > 0.6 * len(bays)
    for car in cars:
        corners = car.world_from_object.apply(np.array([[x, y, 0.0] for x in (-2.25, 2.25) for y in (-0.9, 0.9)]))
        assert any(bool(area.contains(corners[:, :2], -0.1).all()) for area in lot.areas("bay"))
        assert abs(math.sin(car.world_from_object.yaw_rad)) > 0.99


def _lanes(widths: dict[int, tuple[Cubic, ...]], links: dict[int, int]) -> tuple[RoadLane, ...]:
    return tuple(
        RoadLane(
            id=n, type="none" if n == 0 else "driving", width=widths.get(n, ()), successor=links.get(n),
            predecessor=next((a for a, b in links.items() if b == n), n if n else None),
        )
        for n in sorted({0, *widths}, reverse=True)
    )  # fmt: skip


def test_a_lane_that_closes_leads_over_to_the_lane_inside_it():
    wide, closing = constant(3.5), (Cubic(a=3.5, b=-3.5 / 60.0),)
    line = chain((0.0, 0.0), 0.0, (Spiral(length_m=260.0),))
    sections = (
        LaneSection(start_m=0.0, lanes=_lanes({-1: wide, -2: wide}, {-1: -1, -2: -2})),
        LaneSection(start_m=100.0, lanes=_lanes({-1: wide, -2: closing}, {-1: -1})),
        LaneSection(start_m=160.0, lanes=_lanes({-1: wide}, {})),
    )
    lanes = {r.name: r for r in network_regions(Network(roads=(NetworkRoad(id="1", line=line, sections=sections),)))}
    merge = lanes["road_1/1_-2"]
    assert merge.centre_m[0] == pytest.approx((100.0, -5.25, 0.0))
    assert merge.centre_m[-1] == pytest.approx((160.0, -1.75, 0.0))
    assert merge.successors == ("road_1/2_-1",)
    assert lanes["road_1/0_-2"].successors == ("road_1/1_-2",)


def test_a_lane_that_opens_is_entered_from_the_lane_inside_it():
    wide, opening = constant(3.5), (Cubic(b=3.5 / 60.0),)
    line = chain((0.0, 0.0), 0.0, (Spiral(length_m=260.0),))
    sections = (
        LaneSection(start_m=0.0, lanes=_lanes({-1: wide}, {-1: -1})),
        LaneSection(start_m=100.0, lanes=_lanes({-1: wide, -2: opening}, {-1: -1, -2: -2})),
        LaneSection(start_m=160.0, lanes=_lanes({-1: wide, -2: wide}, {})),
    )
    lanes = {r.name: r for r in network_regions(Network(roads=(NetworkRoad(id="1", line=line, sections=sections),)))}
    assert lanes["road_1/0_-1"].successors == ("road_1/1_-1", "road_1/1_-2")
    assert lanes["road_1/1_-2"].centre_m[0] == pytest.approx((100.0, -1.75, 0.0))
    assert lanes["road_1/1_-2"].centre_m[-1] == pytest.approx((160.0, -5.25, 0.0))


def test_chords_leave_a_bend_by_no_more_than_asked():
    line = chain((0.0, 0.0), 0.0, (Spiral(length_m=100.0, end_per_m=0.05),))
    road = NetworkRoad(id="1", line=line, sections=(LaneSection(start_m=0.0, lanes=_lanes({-1: constant(3.0)}, {})),))
    at = stations(road, (0.0, 100.0), miss_m=0.005, longest_m=20.0)
    assert (at[0], at[-1]) == (0.0, 100.0)
    ends, middle = line.at(at).beside(0.0), line.at((at[1:] + at[:-1]) / 2).beside(0.0)
    assert np.linalg.norm((ends[1:] + ends[:-1]) / 2 - middle, axis=1).max() < 0.006
    assert len(at) < 90


def test_a_network_that_joins_what_is_not_there_is_refused():
    line = chain((0.0, 0.0), 0.0, (Spiral(length_m=50.0),))
    section = LaneSection(start_m=0.0, lanes=_lanes({-1: constant(3.0)}, {}))
    road = NetworkRoad(id="1", line=line, sections=(section,), successor=Link(kind="road", id="9", contact="start"))
    with pytest.raises(SimgenError, match="road '1': its successor is road '9', which is not there"):
        Network(roads=(road,))


def test_lane_numbers_with_a_gap_are_refused():
    with pytest.raises(ValueError, match=r"must fall from left to right, without a gap and over 0, got \[2, 0\]"):
        LaneSection(start_m=0.0, lanes=(RoadLane(id=2, type="driving"), RoadLane(id=0, type="none")))
