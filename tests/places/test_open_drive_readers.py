"""OpenDRIVE files of ours in readers of others, and theirs in ours; each runs where that package is installed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simgen.places.curved_road import CurvedRoad
from simgen.places.highway import Highway
from simgen.places.hill import Hill
from simgen.places.parking_lot import ParkingLot
from simgen.places.roads.line import Cubic, ParamPoly3, chain
from simgen.places.roads.network import LaneSection, Network, NetworkRoad, RoadLane
from simgen.places.roads.open_drive_read import read_open_drive
from simgen.places.roads.open_drive_write import numbered, write_open_drive
from simgen.places.roundabout import Roundabout
from simgen.streams import Draws

# pyxodr draws with matplotlib, which an older pyparsing warns about.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::PendingDeprecationWarning")

PLACES = {
    "curved_road": CurvedRoad(),
    "hill": Hill(),
    "roundabout": Roundabout(),
    "roundabout_left": Roundabout(drive_on="left"),
    "highway": Highway(),
    "highway_left": Highway(drive_on="left"),
    "parking_lot": ParkingLot(),
}
NARROWEST_M = 0.01
"""roadgen holds lanes that close at this width."""


def uneven() -> Network:
    """One road along a cubic that its parameter travels unevenly, with lanes that widen along it."""
    u, v = Cubic(b=30.0, c=20.0, d=-10.0), Cubic(c=9.0, d=4.0)
    p = (np.arange(20000) + 0.5) / 20000
    curve = ParamPoly3(length_m=float(np.hypot(u.slope(p), v.slope(p)).mean()), u=u, v=v, range_p=1.0)
    line = chain((0.0, 0.0), 0.0, (curve,))
    widens = (Cubic(a=3.0, b=0.07),)
    lanes = [RoadLane(id=k, type="driving" if k else "none", width=widens if k else ()) for k in (1, 0, -1)]
    return Network(roads=(NetworkRoad(id="1", line=line, sections=(LaneSection(start_m=0.0, lanes=tuple(lanes)),)),))


def written(name: str, folder: Path) -> tuple[Network, Path]:
    """A place's network with the ids of its file, and the file."""
    network = uneven() if name == "uneven" else numbered(PLACES[name].network(Draws(4, "place", 0)))
    write_open_drive(network, folder / "road.xodr")
    return network, folder / "road.xodr"


def metres(span_m: tuple[float, float], step_m: float = 1.0) -> np.ndarray:
    return np.append(np.arange(*span_m, step_m), span_m[1])


def away(points: np.ndarray, line: np.ndarray) -> float:
    """The largest distance of (N, D) points from a (M, D) line."""
    a, d = line[:-1], np.diff(line, axis=0)
    shares = ((points[:, None] - a) * d).sum(-1) / np.maximum((d * d).sum(-1), 1e-18)
    nearest = a + np.clip(shares, 0.0, 1.0)[..., None] * d
    return float(np.linalg.norm(nearest - points[:, None], axis=-1).min(axis=1).max())


def lane_middles(network: Network):
    """Each lane's key and the (N, 3) points of its middle, every metre."""
    for road in network.roads:
        for k, section in enumerate(road.sections):
            at = metres(road.span(k))
            edges = road.edges(k, at)
            for lane in section.lanes:
                if lane.id:
                    middle = road.line.at(at).beside((edges[lane.id][0] + edges[lane.id][1]) / 2)
                    yield (road.id, k, lane.id), middle + np.array([0.0, 0.0, lane.height_m])


def matched(network: Network, theirs) -> dict[tuple[str, int, int], str]:
    """For each lane of ours, the lane of roadgen's map on the same road that lies along it, within a centimetre."""
    lines = {number: np.array(theirs.lane_centerline(number)) for number in theirs.lane_ids()}
    found = {}
    for key, middle in lane_middles(network):
        few = middle[:: max(1, len(middle) // 4)]
        here = {n: away(few, line) for n, line in lines.items() if n.split("/")[1] == key[0]}
        found[key] = min(here, key=lambda n: here[n])
        assert away(middle, lines[found[key]]) < NARROWEST_M + 0.001, key
    assert len(found) == len(lines)
    return found


@pytest.mark.parametrize("name", [*PLACES, "uneven"])
def test_roadgen_finds_each_lane_within_a_centimetre_and_what_it_leads_to(name, tmp_path):
    roadgen = pytest.importorskip("roadgen")
    network, path = written(name, tmp_path)
    theirs = roadgen.read_opendrive(str(path), sampling=0.5, origin=(49.0, 8.0, 0.0))
    assert theirs.issues() == []
    assert not [text for text in theirs.read_warnings() if "link" in text]
    found = matched(network, theirs)
    for key in network.driven:
        assert set(theirs.successors(found[key])) == {found[after] for after in network.after(key)}


@pytest.mark.parametrize("name", [*PLACES, "uneven"])
def test_pyxodr_finds_the_same_reference_lines_and_edges_within_its_step(name, tmp_path):
    network_of = pytest.importorskip("pyxodr.road_objects.network")
    step = 0.05
    network, path = written(name, tmp_path)
    theirs = {str(road.id): road for road in network_of.RoadNetwork(str(path), resolution=step).get_roads()}
    for road in network.roads:
        points = road.line.at(metres((0.0, road.line.length_m), 5.0)).beside(0.0)
        assert away(points[:, :2], theirs[road.id].reference_line) < 0.001
        for k, section in enumerate(theirs[road.id].lane_sections):
            at = metres(road.span(k), 5.0)
            edges = road.edges(k, at)
            for lane in section.lanes:
                if lane.id:
                    outer = road.line.at(at).beside(edges[lane.id][1])[:, :2]
                    assert away(outer, lane.boundary_line) < step


@pytest.mark.parametrize("name", PLACES)
def test_our_files_keep_to_the_schema_of_opendrive_1_7(name, tmp_path):
    xmlschema = pytest.importorskip("xmlschema")
    generation = pytest.importorskip("scenariogeneration")
    schema = Path(generation.__file__).parent.parent / "schemas" / "opendrive_17_core.xsd"
    _, path = written(name, tmp_path)
    assert [str(error.reason) for error in xmlschema.XMLSchema(str(schema)).iter_errors(str(path))] == []


def test_a_file_of_scenariogeneration_is_read_as_roadgen_reads_it(tmp_path):
    roadgen = pytest.importorskip("roadgen")
    xodr = pytest.importorskip("scenariogeneration").xodr
    curves = [xodr.Line(100), xodr.Spiral(0.0001, 0.02, 40), xodr.Arc(0.02, 60), xodr.Spiral(0.02, 0.0001, 40)]
    right = [xodr.LaneDef(60, 90, 1, 2, -1), xodr.LaneDef(180, 210, 2, 1, -2)]
    road = xodr.create_road(curves, id=1, left_lanes=2, right_lanes=right, lane_width=3.2)
    road.add_elevation(0, 2, 0.01, 0.0005, -1e-6)
    file = xodr.OpenDrive("theirs")
    file.add_road(road)
    file.adjust_roads_and_lanes()
    file.write_xml(str(tmp_path / "theirs.xodr"))
    network, left_out = read_open_drive(tmp_path / "theirs.xodr")
    assert left_out == ()
    assert len(network.driven) == 18
    theirs = roadgen.read_opendrive(str(tmp_path / "theirs.xodr"), sampling=0.5, origin=(49.0, 8.0, 0.0))
    matched(network, theirs)
