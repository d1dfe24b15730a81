"""OpenDRIVE: what is written is read back as it was, a file of others is built, broken ones are refused by name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from simgen.assets.library import Library
from simgen.distributions import Constant
from simgen.errors import RecipeError
from simgen.places.curved_road import CurvedRoad
from simgen.places.highway import Highway
from simgen.places.hill import Hill
from simgen.places.open_drive import OpenDrive
from simgen.places.roads.network import Network
from simgen.places.roads.open_drive_read import read_open_drive
from simgen.places.roads.open_drive_write import numbered, write_open_drive
from simgen.places.roundabout import Roundabout
from simgen.streams import Draws

SAMPLE = Path(__file__).parent / "data" / "sample.xodr"
PLACES = {
    "curved_road": CurvedRoad(),
    "hill": Hill(),
    "roundabout": Roundabout(),
    "roundabout_left": Roundabout(drive_on="left"),
    "highway": Highway(),
}


def farthest(one: Network, other: Network) -> float:
    """The largest distance between the same points of lanes' edges in two networks."""
    worst = 0.0
    for a, b in zip(one.roads, other.roads, strict=True):
        assert a.line.length_m == pytest.approx(b.line.length_m)
        for k in range(len(a.sections)):
            at = np.linspace(*a.span(k), 40)
            first, second = a.edges(k, at), b.edges(k, at)
            for number, (_, outer) in first.items():
                gap = a.line.at(at).beside(outer) - b.line.at(at).beside(second[number][1])
                worst = max(worst, float(np.linalg.norm(gap, axis=1).max()))
    return worst


@pytest.mark.parametrize("name", PLACES)
def test_a_network_that_is_written_is_read_back_as_it_was(name, tmp_path):
    drawn = PLACES[name].network(Draws(4, "place", 0))
    write_open_drive(drawn, tmp_path / "road.xodr")
    network = numbered(drawn)
    again, left_out = read_open_drive(tmp_path / "road.xodr")
    assert left_out == ()
    assert farthest(network, again) < 1e-6
    assert again.junctions == network.junctions
    assert again.driven == network.driven
    for key in network.driven:
        assert again.after(key) == network.after(key)
    for a, b in zip(network.roads, again.roads, strict=True):
        assert [lane.marks for s in a.sections for lane in s.lanes] == [
            lane.marks for s in b.sections for lane in s.lanes
        ]
        assert (a.rule, a.junction, a.predecessor, a.successor) == (b.rule, b.junction, b.predecessor, b.successor)


def test_ids_in_a_file_are_whole_numbers_and_names_stay():
    network = Roundabout().network(Draws(4, "place", 0))
    again = numbered(network)
    things = (*again.roads, *again.junctions)
    assert [int(thing.id) for thing in things] == list(range(1, len(things) + 1))
    assert [thing.name for thing in things] == [thing.name for thing in (*network.roads, *network.junctions)]
    place = {road.id: k for k, road in enumerate(network.roads)}
    after = [[(again.roads[place[r]].id, k, lane) for r, k, lane in network.after(key)] for key in network.driven]
    assert [list(again.after(key)) for key in again.driven] == after
    assert numbered(again) is again


def test_a_file_leads_on_from_a_lane_only_where_its_road_joins_a_road(tmp_path):
    write_open_drive(CurvedRoad().network(Draws(4, "place", 0)), tmp_path / "road.xodr")
    before, road, after = read_open_drive(tmp_path / "road.xodr")[0].roads
    ends = [(r.sections[0].lane(-1).predecessor, r.sections[-1].lane(-1).successor) for r in (before, road, after)]
    assert ends == [(None, -1), (-1, -1), (-1, None)]


def test_writing_is_the_same_every_time(tmp_path):
    network = Roundabout().network(Draws(1, "place", 0))
    for name in ("a.xodr", "b.xodr"):
        write_open_drive(network, tmp_path / name)
    assert (tmp_path / "a.xodr").read_bytes() == (tmp_path / "b.xodr").read_bytes()


def test_a_file_of_others_is_read_with_a_list_of_what_is_left_out():
    network, left_out = read_open_drive(SAMPLE)
    street, turn, last = network.roads
    assert (street.name, street.speed_kmh, street.line.length_m) == ("high street", 50.0, 120.0)
    assert street.line.at(np.array([30.0])).z == pytest.approx([12.6])
    edges = street.edges(0, np.array([0.0, 100.0]))
    assert edges[-1][1] == pytest.approx([0.5 - 3.25, 0.5 - 3.65])
    assert edges[2] == (pytest.approx([3.75, 3.75]), pytest.approx([5.75, 5.75]))
    assert street.sections[0].lanes[0].height_m == 0.12
    assert turn.junction == "50"
    assert network.after(("7", 0, -1)) == (("8", 0, -1),)
    assert network.after(("8", 0, -1)) == (("9", 0, 1),)
    assert network.after((last.id, 0, 1)) == ()
    assert left_out == (
        "object of type 'pole' (2)",
        "signal (1)",
        "superelevation: the road is built level across (1)",
    )


def test_a_file_of_others_is_built_about_the_origin():
    place = OpenDrive(file=str(SAMPLE), trees=Constant(value=0), bushes=Constant(value=0))
    draws = Draws(0, "place", 0)
    scene = place.build(draws, Library(("families",)))
    ends = np.array([p for lane in scene.lanes("drive") for p in lane.centre_m])
    assert np.abs(ends[:, :2].min(axis=0) + ends[:, :2].max(axis=0)).max() < 12.0
    assert np.abs(ends[:, 2]).max() < 3.0
    assert "signal (1)" in draws.factors["place.not_built"]
    lanes = {lane.name: lane for lane in scene.lanes("drive")}
    assert lanes["high street/0_-1"].successors == ("road_8/0_-1",)
    assert scene.areas("pavement")


def test_only_roads_within_the_radius_are_built():
    place = OpenDrive(file=str(SAMPLE), middle_m=(1000.0, 2000.0), radius_m=50.0)
    assert [r.id for r in place.network(Draws(0, "place", 0)).roads] == ["7"]
    with pytest.raises(RecipeError, match="no road lies within radius_m"):
        replace(place, middle_m=(0.0, 0.0)).network(Draws(0, "place", 0))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('y="2000" hdg="0" length="60"><poly3', 'y="2003" hdg="0" length="60"><poly3', "breaks at s = 60"),
        ('<width sOffset="0" a="2" ', '<width sOffset="0" a="wide" ', "<width> a should be a number, got 'wide'"),
        ('elementId="50"', 'elementId="51"', "road '7': its successor is junction '51', which is not there"),
        ("<line/></geometry>\n      <geo", "<loop/></geometry>\n      <geo", "should hold line, arc, spiral"),
        ('<lane id="2" type="sidewalk">', '<lane id="3" type="sidewalk">', "must fall from left to right"),
        ('incomingRoad="7" ', "", "needs incomingRoad and connectingRoad"),
        ("OpenDRIVE>", "OpenStreet>", "its outermost element is <OpenStreet>"),
        ("</junction>", "", "is not XML"),
    ],
)
def test_a_broken_file_is_refused_with_what_is_wrong(old, new, said, tmp_path):
    text = SAMPLE.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "broken.xodr").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(RecipeError) as error:
        read_open_drive(tmp_path / "broken.xodr")
    assert said in str(error.value)
    assert "broken.xodr" in str(error.value)


def test_a_file_that_is_not_there_is_named():
    with pytest.raises(RecipeError, match=r"nowhere.xodr: cannot be read"):
        read_open_drive("nowhere.xodr")
