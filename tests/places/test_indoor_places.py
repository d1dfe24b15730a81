"""Rooms are closed, tables and totes have the heights their regions say, everything drawn is recorded."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
import yaml

from simgen import spec
from simgen.assets.library import Library
from simgen.distributions import Choice, Constant, Uniform
from simgen.geometry.rays import Rays
from simgen.places.bin import PickingBin
from simgen.places.conveyor import Conveyor
from simgen.places.kitchen import Kitchen
from simgen.places.living_room import LivingRoom
from simgen.places.office import Office
from simgen.places.pallet import LoadedPallet
from simgen.places.room import TableRoom
from simgen.places.shelves import Shelves
from simgen.places.tote import Tote
from simgen.resources import shipped
from simgen.scene.scene import Scene
from simgen.streams import Draws
from simgen.trace.tracer import Tracer

IndoorPlace = TableRoom | PickingBin | Kitchen | LivingRoom | Office | Conveyor | Tote | LoadedPallet | Shelves

PLACES: tuple[IndoorPlace, ...] = (
    TableRoom(), PickingBin(), Kitchen(), LivingRoom(), Office(), Conveyor(), Tote(), LoadedPallet(), Shelves()
)  # fmt: skip


@pytest.fixture(scope="module")
def library() -> Library:
    return Library(sources=("families",))


def build(place: IndoorPlace, library: Library, index: int = 0) -> tuple[Scene, Draws]:
    draws = Draws(7, "place", index)
    return place.build(draws, library), draws


def cast(scene: Scene, origin: np.ndarray, direction: np.ndarray) -> np.ndarray:
    rays = Rays(
        origin=origin.astype(np.float32),
        direction=direction.astype(np.float32),
        time_s=np.zeros(len(origin), np.float32),
    )
    return Tracer(scene.objects, threads=1).closest_hit(rays).range_m


@pytest.mark.parametrize("place", PLACES, ids=lambda p: p.kind)
def test_no_view_from_inside_ends_in_a_void(place: IndoorPlace, library: Library) -> None:
    for index in range(4):
        scene, _ = build(place, library, index)
        directions = np.random.default_rng(index).standard_normal((4000, 3))
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        origin = np.tile((0.02, 0.03, 1.7), (4000, 1))
        assert np.isfinite(cast(scene, origin, directions)).all()


@pytest.mark.parametrize("place", PLACES[:2], ids=lambda p: p.kind)
def test_a_region_lies_on_the_surface_it_names(place: IndoorPlace, library: Library) -> None:
    use = "table_top" if isinstance(place, TableRoom) else "bin"
    for index in range(4):
        scene, _ = build(place, library, index)
        (area,) = scene.areas(use)
        corners = np.asarray(area.corners_m)
        points = corners.mean(axis=0) + 0.97 * (corners - corners.mean(axis=0))
        origin = np.column_stack([points, np.full(len(points), area.z_m + 0.2)])
        down = np.tile((0.0, 0.0, -1.0), (len(points), 1))
        assert cast(scene, origin, down) == pytest.approx(np.full(len(points), 0.2), abs=1e-4)


def test_the_tote_has_walls_as_high_as_its_rim(library: Library) -> None:
    scene, _ = build(PickingBin(yaw_deg=Constant(value=0.0)), library)
    (area,) = scene.areas("bin")
    half = np.ptp(np.asarray(area.corners_m), axis=0) / 2
    sides = np.array([(1.0, 0, 0), (0, 1.0, 0), (-1.0, 0, 0), (0, -1.0, 0)])
    low = np.tile((0, 0, area.z_m + 0.9 * area.rim_m), (4, 1))
    assert cast(scene, low, sides) == pytest.approx(np.abs(sides[:, :2]) @ half, abs=1e-4)
    above = np.tile((0, 0, area.z_m + area.rim_m + 0.01), (4, 1))
    assert (cast(scene, above, sides) > 1.0).all()


def test_furniture_stands_on_the_floor_inside_the_room_clear_of_the_table_and_of_each_other(library: Library) -> None:
    for index in range(6):
        scene, draws = build(TableRoom(furniture=Constant(value=6)), library, index)
        (room,) = scene.areas("floor")
        pieces = [o for o in scene.objects if o.name.startswith("furniture")]
        assert draws.factors["place.furniture_placed"] == len(pieces) >= 2
        boxes = []
        for piece in [next(o for o in scene.objects if o.name == "table"), *pieces]:
            corners = piece.cuboid.corners
            assert room.contains(corners[:, :2]).all()
            assert corners[:, 2].min() == pytest.approx(0.0, abs=1e-3)
            boxes.append((corners.min(axis=0), corners.max(axis=0)))
        for a in range(len(boxes)):
            for b in range(a):
                apart = (boxes[a][0] >= boxes[b][1] - 1e-6) | (boxes[b][0] >= boxes[a][1] - 1e-6)
                assert apart.any()


def test_a_window_throws_its_light_into_the_room(library: Library) -> None:
    for index in range(4):
        scene, _ = build(TableRoom(windows=Constant(value=2)), library, index)
        assert len(scene.lights) == 2
        for light in scene.lights:
            shines = np.cross(light.edge_u_m, light.edge_v_m)
            assert shines @ -np.asarray(light.center_m) > 0


@pytest.mark.parametrize("place", PLACES, ids=lambda p: p.kind)
def test_the_same_draw_builds_the_same_place(place: IndoorPlace, library: Library) -> None:
    (one, first), (two, second) = build(place, library, 3), build(place, library, 3)
    assert first.factors == second.factors
    assert one.regions == two.regions
    for a, b in zip(one.objects, two.objects, strict=True):
        assert (a.name, a.world_from_object) == (b.name, b.world_from_object)
        assert a.asset.mesh.vertices.tobytes() == b.asset.mesh.vertices.tobytes()


def test_the_size_of_the_table_changes_no_other_draw(library: Library) -> None:
    _, one = build(TableRoom(), library)
    _, two = build(TableRoom(table_height_m=Constant(value=0.5)), library)
    changed = {k for k in one.factors if one.factors[k] != two.factors[k]}
    assert changed == {"place.table_height_m"}


@pytest.mark.parametrize("place", PLACES, ids=lambda p: p.kind)
def test_every_distribution_of_a_place_is_recorded(place: IndoorPlace, library: Library) -> None:
    _, draws = build(place, library)
    numbers = {f.name for f in fields(place)} - {
        "kind", "hall", "furniture_categories", "goods_categories", "table_offset_m"
    }  # fmt: skip
    assert numbers <= {k.removeprefix("place.") for k in draws.factors}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("table_room", TableRoom),
        ("picking_bin", PickingBin),
        ("kitchen", Kitchen),
        ("living_room", LivingRoom),
        ("office", Office),
        ("conveyor", Conveyor),
        ("tote", Tote),
        ("pallet", LoadedPallet),
        ("shelves", Shelves),
    ],
)
def test_the_shipped_file_says_what_the_defaults_are(name: str, kind: type) -> None:
    data = yaml.safe_load((shipped("scenes") / f"{name}.yaml").read_text())
    assert spec.parse(kind, data, name) == kind()


def test_ranges_are_checked() -> None:
    with pytest.raises(ValueError, match=r"table_height_m must lie in 0.3 to 1.2, got 0.2 to 2"):
        TableRoom(table_height_m=Uniform(low=0.2, high=2.0))
    with pytest.raises(ValueError, match="floor must be of wood_planks, tiles, carpet, concrete, got 'lava'"):
        TableRoom(floor=Choice(options=("tiles", "lava")))
    with pytest.raises(ValueError, match="bin_wall_m must lie in"):
        PickingBin(bin_wall_m=Constant(value=0.0))


def test_the_shell_is_what_the_stuff_categories_name(library: Library) -> None:
    scene, _ = build(TableRoom(windows=Constant(value=1)), library)
    stuff = [o.category for o in scene.objects if o.name.startswith(("floor", "ceiling", "wall", "window"))]
    assert stuff.count("wall") == 4
    assert {"floor", "ceiling", "window"} <= set(stuff)
