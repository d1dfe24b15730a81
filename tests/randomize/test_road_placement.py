"""Traffic, parked vehicles, people, kerbside things and the ego on a plain road of boxes."""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import dataclass, replace

import numpy as np
import pytest

from simgen.assets.substances import make_material
from simgen.distributions import Constant
from simgen.errors import PlacementError
from simgen.geometry.pose import at
from simgen.randomize.ego import Ego
from simgen.randomize.paint import Paint
from simgen.randomize.people import WALKING_MPS, Pedestrians
from simgen.randomize.placement import Footprint, Ground, Spot, footprint
from simgen.randomize.scatter import Scatter
from simgen.randomize.vehicles import Parked, Traffic
from simgen.scene.asset import Asset, Credit
from simgen.scene.camera import Camera
from simgen.scene.mesh import mesh_from_faces
from simgen.scene.region import Area, Lane
from simgen.scene.scene import Instance, Scene
from simgen.streams import Draws

KERB_M = 0.12
_FACES = [(0, 2, 1), (0, 3, 2), (4, 5, 6), (4, 6, 7), (0, 1, 5), (0, 5, 4), (1, 2, 6), (1, 6, 5), (2, 3, 7), (2, 7, 6),
          (3, 0, 4), (3, 4, 7)]  # fmt: skip


def box(name: str, category: str, length: float, width: float, height: float, tags: tuple[str, ...] = ()) -> Asset:
    x, y = length / 2, width / 2
    ring = [(-x, -y), (x, -y), (x, y), (-x, y)]
    vertices = np.array([(a, b, z) for z in (0.0, height) for a, b in ring])
    return Asset(
        name=name,
        category=category,
        mesh=mesh_from_faces(vertices, np.array(_FACES)),
        materials=(make_material("paint", "car_paint", (0.5, 0.5, 0.5), tintable=True),),
        credit=Credit(author="simgen", licence="MIT", source="test"),
        tags=tags,
    )


ASSETS = {
    a.name: a
    for a in (
        box("car", "car", 4.4, 1.8, 1.5), box("small", "car", 3.6, 1.7, 1.5), box("van", "van", 5.5, 2.3, 2.4),
        box("bus", "bus", 12.0, 2.9, 3.1), box("bicycle", "bicycle", 1.8, 0.6, 1.0),
        box("moped", "motorcycle", 1.8, 0.7, 1.1),
        box("walker", "person", 0.8, 0.5, 1.75, ("adult", "walking")),
        box("stander", "person", 0.4, 0.5, 1.75, ("adult", "standing")),
        box("bin", "waste_bin", 0.5, 0.5, 0.9), box("basket", "waste_bin", 0.3, 0.3, 0.3, ("indoor",)),
        box("bench", "bench", 0.6, 1.7, 0.8),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Boxes:
    """A library of the boxes above."""

    kept: tuple[str, ...] = tuple(ASSETS)

    def names(self, category: str, *, tags: tuple[str, ...] = (), without: tuple[str, ...] = ()) -> tuple[str, ...]:
        found = [ASSETS[n] for n in self.kept if ASSETS[n].category == category]
        return tuple(a.name for a in found if set(tags) <= set(a.tags) and not (set(without) - set(tags)) & set(a.tags))

    def load(self, name: str) -> Asset:
        return ASSETS[name]


def lane(name: str, use: str, y: float, width: float, way: int = 1, z: float = 0.0, length: float = 120.0) -> Lane:
    ends = ((-way * length / 2, y, z), (way * length / 2, y, z))
    return Lane(name=f"street/{name}", use=use, centre_m=ends, width_m=width, both_ways=use == "walk")  # type: ignore[arg-type]


def area(name: str, use: str, x: tuple[float, float], y: tuple[float, float], z: float, heading: float = 0.0) -> Area:
    corners = ((x[0], y[0]), (x[1], y[0]), (x[1], y[1]), (x[0], y[1]))
    return Area(name=name, use=use, corners_m=corners, z_m=z, heading_deg=heading)


ROAD = Scene(
    regions=(
        lane("drive_0", "drive", -1.6, 3.2), lane("drive_1", "drive", 1.6, 3.2, -1), lane("park", "park", -4.3, 2.2),
        lane("walk", "walk", -8.0, 2.6, z=KERB_M), area("pavement", "pavement", (-60, 60), (-9.3, -6.7), KERB_M),
        area("strip", "kerb_strip", (-60, 60), (-6.7, -5.4), KERB_M),
        area("zebra", "crossing", (10, 14), (-5.4, 3.2), 0.0, 90.0),
    )
)  # fmt: skip
FULL = (
    Parked(occupancy=Constant(value=0.8)),
    Traffic(count=Constant(value=10), categories={"car": 5.0, "van": 1.0, "bus": 1.0}),
    Pedestrians(count=Constant(value=30)),
    Scatter(count=Constant(value=8), categories={"waste_bin": 1.0}),
)


def run(*randomizers: object, seed: int = 1, scene: Scene = ROAD, library: Boxes | None = None) -> tuple[Scene, dict]:
    factors: dict = {}
    for randomizer in randomizers:
        draws = Draws(seed, randomizer.name, 0)
        scene = randomizer(scene, draws, library or Boxes())
        factors |= draws.factors
    return scene, factors


def corners(instance: Instance) -> np.ndarray:
    """Four corners of a box's footprint, found from its vertices in the world."""
    points = instance.world_vertices()
    return points[points[:, 2] < points[:, 2].min() + 1e-6, :2]


def apart_m(a: np.ndarray, b: np.ndarray) -> float:
    """Widest gap between two convex point sets along any of 180 directions; below 0 where they overlap."""
    angles = np.radians(np.arange(0.0, 360.0, 2.0))
    axes = np.stack([np.cos(angles), np.sin(angles)])
    return float(((b @ axes).min(axis=0) - (a @ axes).max(axis=0)).max())


@pytest.mark.parametrize("seed", range(6))
def test_nothing_overlaps(seed: int) -> None:
    scene, _ = run(*FULL, seed=seed)
    assert len(scene.objects) > 45
    for a, b in itertools.combinations(scene.objects, 2):
        assert apart_m(corners(a), corners(b)) > 0, (a.name, b.name)


@pytest.mark.parametrize("seed", range(4))
def test_traffic_keeps_to_its_lane_and_moves_as_it_faces(seed: int) -> None:
    scene, _ = run(Traffic(count=Constant(value=12), categories={"car": 2.0, "bus": 1.0}), seed=seed)
    for o in scene.objects:
        lane_y = 1.6 if o.world_from_object.translation_m[1] > 0 else -1.6
        assert np.abs(corners(o)[:, 1] - lane_y).max() <= 1.6 + 1e-6
        way = -math.copysign(1.0, lane_y)
        assert way * math.cos(o.world_from_object.yaw_rad) > 0.99
        assert way * o.velocity_mps[0] >= 0
        assert o.world_from_object.inverse.rotate(np.array(o.velocity_mps))[1] == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_parked_vehicles_stay_between_lane_and_kerb_and_those_too_wide_find_no_place(seed: int) -> None:
    scene, factors = run(Parked(occupancy=Constant(value=1.0), categories={"car": 1.0, "van": 1.0}), seed=seed)
    assert {o.asset.name for o in scene.objects} == {"car", "small"}
    assert factors["parked.placed"] == len(scene.objects)
    for o in scene.objects:
        y = corners(o)[:, 1]
        assert y.min() >= -5.4 - 1e-6 and y.max() <= -3.2 + 1e-6
        assert o.velocity_mps == (0.0, 0.0, 0.0)


def test_parked_vehicles_face_back_as_often_as_asked() -> None:
    for share, sign in ((0.0, 1.0), (1.0, -1.0)):
        scene, _ = run(Parked(occupancy=Constant(value=0.6), facing_back=share, categories={"car": 1.0}))
        assert all(sign * math.cos(o.world_from_object.yaw_rad) > 0.99 for o in scene.objects)


def test_no_rider_less_cycle_drives_and_no_bus_parks_unless_asked_for() -> None:
    assert not {"bicycle", "motorcycle"} & set(Traffic().categories)
    assert not {"bus", "truck"} & set(Parked().categories)


def test_a_place_without_parking_gets_no_parked_vehicles() -> None:
    bare = replace(ROAD, regions=ROAD.regions[:2])
    scene, factors = run(Parked(), scene=bare)
    assert scene.objects == () and factors == {"parked.placed": 0}


@pytest.mark.parametrize("seed", range(4))
def test_people_stand_wholly_on_pavement_or_crossing_at_its_height(seed: int) -> None:
    scene, _ = run(Pedestrians(count=Constant(value=40), on_crossing=0.4), seed=seed)
    heights = set()
    for o in scene.objects:
        z = o.world_from_object.translation_m[2]
        heights.add(z)
        use = {KERB_M: "pavement", 0.0: "crossing"}[z]
        assert ROAD.areas(use)[0].contains(corners(o)).all()
        assert o.world_vertices()[:, 2].min() == pytest.approx(z, abs=1e-6)
    assert heights == {0.0, KERB_M}


def test_walking_models_walk_as_they_face_and_standing_models_stand() -> None:
    scene, _ = run(Pedestrians(count=Constant(value=60), on_crossing=0.3))
    gaits = {"walker": 0, "stander": 0}
    for o in scene.objects:
        gaits[o.asset.name] += 1
        yaw = o.world_from_object.yaw_rad
        speed = WALKING_MPS if o.asset.name == "walker" else 0.0
        assert o.velocity_mps == pytest.approx((speed * math.cos(yaw), speed * math.sin(yaw), 0.0), abs=1e-9)
    assert gaits["walker"] > gaits["stander"] > 5


@pytest.mark.parametrize(("share", "left"), [(0.0, "walker"), (1.0, "stander")])
def test_standing_tells_which_models_are_taken(share: float, left: str) -> None:
    scene, _ = run(Pedestrians(count=Constant(value=10), standing=share))
    assert {o.asset.name for o in scene.objects} == {left}


def test_a_library_of_standing_models_alone_still_gives_people() -> None:
    scene, _ = run(Pedestrians(count=Constant(value=5), standing=0.0), library=Boxes(("stander",)))
    assert len(scene.objects) == 5 and not any(any(o.velocity_mps) for o in scene.objects)


def test_groups_bring_people_together() -> None:
    def nearest(share: float) -> float:
        scene, _ = run(Pedestrians(count=Constant(value=20), in_group=share, on_crossing=0.0))
        xy = np.array([o.world_from_object.translation_m[:2] for o in scene.objects])
        between = np.linalg.norm(xy[:, None] - xy[None], axis=2) + 1e9 * np.eye(len(xy))
        return float(np.median(between.min(axis=1)))

    assert nearest(0.9) < 1.2 < nearest(0.0)


@pytest.mark.parametrize(("facing", "yaw_deg"), [("along", 0.0), ("against", 180.0), ("left", 90.0), ("right", -90.0)])
def test_scattered_things_stand_in_their_area_and_face_as_asked(facing: str, yaw_deg: float) -> None:
    bins = Scatter(count=Constant(value=10), categories={"waste_bin": 1.0}, facing=facing, edge_m=0.1)  # type: ignore[arg-type]
    scene, _ = run(bins)
    for o in scene.objects:
        assert ROAD.areas("kerb_strip")[0].contains(corners(o), 0.1).all()
        assert math.cos(o.world_from_object.yaw_rad - math.radians(yaw_deg)) > math.cos(math.radians(15.1))
        assert o.world_from_object.translation_m[2] == KERB_M


def test_indoor_models_stay_off_the_street_unless_asked_for() -> None:
    bins = Scatter(count=Constant(value=12), categories={"waste_bin": 1.0})
    assert {o.asset.name for o in run(bins)[0].objects} == {"bin"}
    assert {o.asset.name for o in run(replace(bins, without=()))[0].objects} == {"bin", "basket"}


def test_the_ego_has_free_road_under_and_ahead_of_it() -> None:
    full, _ = run(Traffic(count=Constant(value=10), categories={"car": 1.0}))
    for seed in range(30):
        ego = Ego(clear_ahead_m=4.0, view_ahead_m=30.0)
        scene, factors = run(ego, scene=full, seed=seed)
        assert scene.objects is full.objects
        body = np.array([[-2.25, -0.95, 0], [6.25, -0.95, 0], [6.25, 0.95, 0], [-2.25, 0.95, 0]])
        here = scene.world_from_rig.apply(body)[:, :2]
        assert all(apart_m(here, corners(o)) > 0 for o in scene.objects)
        way = 1.0 if factors["ego.lane"] == "street/drive_0" else -1.0
        assert way * math.cos(scene.world_from_rig.yaw_rad) > 0.99
        assert way * scene.world_from_rig.translation_m[0] <= 60.0 - 30.0 + 1e-9


def test_the_ego_turns_cameras_about_their_own_place() -> None:
    camera = Camera(
        name="front", width_px=10, height_px=10, fx_px=10, fy_px=10, cx_px=5, cy_px=5,
        rig_from_camera=at(0.3, 0.1, 1.6) @ Camera.rig_from_camera,
    )  # fmt: skip
    ego = Ego(
        camera_height_m=Constant(value=0.2), camera_pitch_deg=Constant(value=10.0), camera_roll_deg=Constant(value=0.0),
        zoom=Constant(value=2.0),
    )  # fmt: skip
    scene, _ = run(ego, scene=replace(ROAD, sensors=(camera,)))
    (seen,) = scene.sensors
    assert isinstance(seen, Camera)
    assert seen.rig_from_camera.translation_m == pytest.approx((0.3, 0.1, 1.8))
    forward = seen.rig_from_camera.rotate(np.array([0.0, 0.0, 1.0]))
    assert forward == pytest.approx([math.cos(math.radians(10)), 0.0, -math.sin(math.radians(10))], abs=1e-9)
    assert (seen.fx_px, seen.fy_px) == (20, 20)


def test_a_draw_can_be_repeated() -> None:
    (a, factors), (b, again) = run(*FULL), run(*FULL)
    assert factors == again
    assert [(o.id, o.name, o.asset.name, o.world_from_object) for o in a.objects] == [
        (o.id, o.name, o.asset.name, o.world_from_object) for o in b.objects
    ]
    assert run(*FULL, seed=2)[1] != factors


def test_one_randomizer_more_leaves_the_others_draws_as_they_were() -> None:
    parked, bins = Parked(), Scatter(count=Constant(value=5), categories={"waste_bin": 1.0})
    alone, beside = run(parked)[1], run(bins, parked)[1]
    assert {k: v for k, v in beside.items() if k.startswith("parked.")} == alone


def test_more_traffic_leaves_the_first_vehicles_where_they_were() -> None:
    few, many = (run(Traffic(count=Constant(value=n), categories={"car": 1.0}))[0].objects for n in (4, 9))
    assert [o.world_from_object for o in many[:4]] == [o.world_from_object for o in few]


def test_too_little_room_is_said_with_numbers_and_the_way_out() -> None:
    short = replace(ROAD, regions=(lane("drive_0", "drive", 0.0, 3.2, length=10.0),))
    crowd = Traffic(count=Constant(value=3), categories={"car": 1.0}, max_tries=5)
    with pytest.raises(PlacementError) as caught:
        run(crowd, scene=short, library=Boxes(("car",)))
    assert str(caught.value) == (
        "could not place 3 of 'traffic': 1 of 3 found room in 5 tries each (10 overlaps, 0 found no place). "
        "The nearest that fits is a count of 1; else enlarge the place, or raise max_tries."
    )


@pytest.mark.parametrize(
    ("randomizer", "scene", "message"),
    [
        (Traffic(), Scene(), "'traffic' needs lanes to drive on, and this place has none; take it out of the recipe"),
        (Traffic(road="rail"), ROAD, "'traffic': no lane to drive on is part of 'rail'; this place has street"),
        (
            Scatter(area="verge"),
            ROAD,
            "'scatter': this place has no area for 'verge'; it has crossing, kerb_strip, pavement",
        ),
        (
            Ego(view_ahead_m=200.0, max_tries=7),
            ROAD,
            "'ego': no free place on 2 lanes in 7 tries: none is long enough for view_ahead_m 200. The nearest that "
            "fits is below 115.5.",
        ),
    ],
)
def test_what_cannot_be_placed_is_named(randomizer: object, scene: Scene, message: str) -> None:
    with pytest.raises(PlacementError) as caught:
        run(randomizer, scene=scene)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("kind", "fields", "message"),
    [
        (Traffic, {"categories": {}}, "categories must name at least one"),
        (Traffic, {"speed_mps": Constant(value=100.0)}, "speed_mps must lie in 0 to 90, got 100"),
        (Traffic, {"gap_m": -1.0}, "gap_m must be 0 or more and max_tries 1 or more, got -1.0 and 60"),
        (Parked, {"occupancy": Constant(value=1.5)}, "occupancy must lie in 0 to 1, got 1.5"),
        (Parked, {"facing_back": 2.0}, "facing_back must lie in 0 to 1, got 2.0"),
        (Parked, {"place_m": 0.0}, "place_m must be above 0, got 0.0"),
        (Parked, {"heading_jitter_deg": Constant(value=181.0)}, "heading_jitter_deg must lie in -180 to 180, got 181"),
        (Pedestrians, {"standing": -0.1}, "standing must lie in 0 to 1, got -0.1"),
        (Pedestrians, {"max_tries": 0}, "spacing_m must be 0 or more and max_tries 1 or more, got 0.15 and 0"),
        (Scatter, {"edge_m": -0.1}, "spacing_m and edge_m must be 0 or more"),
        (Ego, {"clear_ahead_m": -1.0}, "view_ahead_m and clear_ahead_m must be 0 or more, got 50.0 and -1.0"),
        (Ego, {"length_m": 0.0}, "length_m and width_m must be above 0"),
    ],
)
def test_a_bad_field_is_refused_with_its_value(kind: type, fields: dict, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        kind(**fields)


def test_a_footprint_is_what_lies_below_head_height() -> None:
    post, plate = box("post", "traffic_sign", 0.1, 0.1, 2.0).mesh, box("plate", "traffic_sign", 0.1, 3.0, 0.5).mesh
    vertices = np.concatenate([post.vertices, plate.vertices + np.array([0.0, 0.0, 2.5])])
    faces = np.concatenate([post.faces, plate.faces + len(post.vertices)])
    sign = replace(box("sign", "traffic_sign", 1, 1, 1), mesh=mesh_from_faces(vertices, faces))
    spot = Spot(x_m=1.0, y_m=2.0, z_m=0.0, heading_rad=0.0)
    assert footprint(sign, spot).half_width_m == pytest.approx(0.05)
    # Shrunk to half, the plate hangs in the way.
    assert footprint(sign, spot, 0.5).half_width_m == pytest.approx(0.75)


def test_rectangles_meet_only_where_their_corners_say_so() -> None:
    rng = np.random.default_rng(3)
    car = ASSETS["car"]
    for _ in range(300):
        x, y, yaw = rng.uniform(-5, 5), rng.uniform(-5, 5), rng.uniform(-math.pi, math.pi)
        ground = Ground(Scene(objects=(Instance(id=1, name="a", asset=car, world_from_object=at(x, y, 0, yaw)),)))
        wanted = Footprint(x_m=0, y_m=0, half_length_m=2, half_width_m=1, heading_rad=rng.uniform(-math.pi, math.pi))
        gap = apart_m(wanted.corners_m, footprint(car, Spot(x_m=x, y_m=y, z_m=0, heading_rad=yaw)).corners_m)
        if abs(gap) > 0.02:
            assert ground.is_free(wanted, 0.0, 0.0) == (gap > 0)


def test_all_car_paint_of_one_car_gets_one_colour_and_each_garment_its_own() -> None:
    body = tuple(make_material(name, "car_paint", (0.5, 0.5, 0.5), tintable=True) for name in ("body", "doors"))
    cloth = tuple(make_material(name, "cloth", (0.5, 0.5, 0.5), tintable=True) for name in ("top", "trousers"))
    trim = make_material("trim", "plastic", (0.1, 0.1, 0.1))
    for asset, palette, first in ((ASSETS["car"], "car", body), (ASSETS["walker"], "clothes", cloth)):
        one = Instance(id=1, name="one", asset=replace(asset, materials=(*first, trim)), world_from_object=at(0, 0))
        paint = Paint(categories=(asset.category,), palette=palette, chance=Constant(value=1.0))  # type: ignore[arg-type]
        painted = run(paint, scene=Scene(objects=(one,)))[0].objects[0].surface
        assert (painted[0].base_color == painted[1].base_color) == (palette == "car")
        assert painted[0].base_color != first[0].base_color
        assert (painted[2].base_color, painted[2].texture) == (trim.base_color, trim.texture)


def test_garments_differ_in_the_near_infrared_and_a_cars_paint_goes_with_its_colour() -> None:
    cloth = tuple(make_material(f"garment_{k}", "cloth", (0.5, 0.5, 0.5), tintable=True) for k in range(8))
    body = (make_material("body", "car_paint", (0.5, 0.5, 0.5), tintable=True),)
    surfaces = []
    for asset, palette, first in ((ASSETS["walker"], "clothes", cloth), (ASSETS["car"], "car", body)):
        one = Instance(id=1, name="one", asset=replace(asset, materials=first), world_from_object=at(0, 0))
        paint = Paint(
            categories=(asset.category,), palette=palette, chance=Constant(value=1.0), dirt=Constant(value=0.0)
        )  # type: ignore[arg-type]
        surfaces.append(run(paint, scene=Scene(objects=(one,)))[0].objects[0].surface)
    garments = [m.nir_reflectance for m in surfaces[0]]
    assert len(set(garments)) == len(cloth)
    assert all(0.4 <= nir <= 0.7 for nir in garments)
    assert surfaces[1][0].nir_reflectance == pytest.approx(0.04 + 0.71 * max(surfaces[1][0].base_color) ** 0.8)
