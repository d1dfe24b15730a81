"""Claims about beams with a width: where their light goes, which echoes are told apart, panes and mirrors."""

import math
from dataclasses import replace

import numpy as np
import pytest
import trimesh

from simgen.assets.library import Library
from simgen.assets.sensors import make_lidar
from simgen.frame import BEHIND_GLASS, GHOST, MIXED, WEATHER, Scan
from simgen.geometry.pose import Pose, at
from simgen.render.beam import ONE, choose, footprint, resolution_m
from simgen.render.lidar import scan
from simgen.render.lidar_paths import CLEAR_PANE, through_panes
from simgen.render.noise import sensor_key
from simgen.scene.asset import Asset, Credit
from simgen.scene.lidar import Lidar
from simgen.scene.material import Material, make_material
from simgen.scene.mesh import mesh_from_faces
from simgen.scene.scene import Instance, Scene
from simgen.scene.weather import Weather
from simgen.trace.tracer import Tracer

KEY = sensor_key(0, 0, "top")
CLEAR = Weather()


def lambert(reflectance: float) -> Material:
    return Material(
        name="m",
        substance="paper",
        base_color=(0.5, 0.5, 0.5),
        metallic=0.0,
        roughness=0.0,
        nir_reflectance=reflectance,
    )


def thing(shape: trimesh.Trimesh, number: int, pose: Pose, material: Material, kind: str = "box") -> Instance:
    mesh = mesh_from_faces(shape.vertices, shape.faces)
    credit = Credit(author="test", licence="CC0-1.0", source="test")
    asset = Asset(name=f"shape{number}", category=kind, mesh=mesh, materials=(material,), credit=credit)
    return Instance(id=number, name=f"thing_{number}", asset=asset, world_from_object=pose)


def box(number: int, size: tuple[float, float, float], pose: Pose, material: Material | None = None) -> Instance:
    return thing(trimesh.creation.box(size), number, pose, material or lambert(0.5))


def ahead(**changes) -> Lidar:
    """A beam straight ahead among many to the sides; a quarter of a degree apart, 8 mrad wide."""
    lidar = Lidar(
        name="top",
        model="test",
        elevation_deg=(0.0,),
        azimuth_offset_deg=(0.0,),
        columns=1440,
        rate_hz=10.0,
        min_range_m=0.1,
        max_range_m=500.0,
        range_at_10_percent_m=400.0,
        range_noise_m=0.0,
        range_step_m=0.0,
        dropout_softness=0.0,
        divergence_mrad=(8.0, 8.0),
        firing_time_s=(0.0,),
    )
    return replace(lidar, **changes)


def sweep(lidar: Lidar, *objects: Instance, weather: Weather = CLEAR, cast_all: bool = False) -> Scan:
    scene = Scene(objects=objects, sensors=(lidar,), weather=weather)
    return scan(scene, lidar, Tracer(objects), KEY, cast_all=cast_all)


def straight(seen: Scan) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return range, intensity, instance and flags of the returns of the beam straight ahead."""
    own = seen.column == 720
    return np.linalg.norm(seen.xyz_m[own], axis=1), seen.intensity[own], seen.instance_id[own], seen.flags[own]


@pytest.mark.parametrize("rays", [1, 7, 19])
def test_the_light_of_a_beam_adds_up_to_one_and_has_its_width(rays):
    pattern = footprint(ahead(sub_rays=rays, divergence_mrad=(8.0, 2.0)))
    assert pattern[:, 2].sum() == pytest.approx(1.0) and (pattern[:, 2] > 0).all()
    if rays > 1:
        assert np.abs(pattern[:, :2].T @ pattern[:, 2]).max() < 1e-12
        spread = np.sqrt((pattern[:, :2] ** 2).T @ pattern[:, 2])
        assert spread == pytest.approx([2e-3, 0.5e-3])  # A quarter of the width between 1/e^2.


@pytest.mark.parametrize("rays", [7, 19])
def test_a_wall_that_fills_the_beam_sends_as_much_back_as_to_one_ray(rays):
    wall = box(1, (0.2, 40, 40), at(20.1, 0))
    one, many = (straight(sweep(ahead(sub_rays=n), wall)) for n in (1, rays))
    assert many[0] == pytest.approx(one[0], rel=1e-4) and many[1] == pytest.approx(one[1], rel=1e-3)
    cast = straight(sweep(ahead(sub_rays=rays), wall, cast_all=True))
    assert cast[1] == pytest.approx(one[1], rel=1e-3) and not cast[3].any()


def test_a_pole_before_a_wall_gives_two_returns_and_each_its_share():
    pole, wall = box(1, (0.06, 0.06, 9), at(10, 0)), box(2, (0.2, 40, 40), at(20.1, 0))
    range_m, intensity, own, flags = straight(sweep(ahead(sub_rays=7, return_mode="dual"), pole, wall))
    assert range_m == pytest.approx([9.97, 20.0], abs=0.01) and own.tolist() == [1, 2] and not flags.any()
    # 6 cm at 10 m are three standard deviations of the beam; the middle ray holds half of the light, two more a sixth.
    assert intensity[0] + intensity[1] == pytest.approx(0.5, rel=0.01)
    assert 0.2 < intensity[0] < 0.45
    numbers = sweep(ahead(sub_rays=7, return_mode="dual"), pole, wall)
    assert numbers.return_number[numbers.column == 720].tolist() == [1, 2]


def test_a_pole_narrower_than_the_beam_returns_less_and_the_finer_pattern_agrees_with_the_integral():
    wide, thin = box(1, (0.02, 4.0, 4), at(10, 0)), box(1, (0.02, 0.04, 4), at(10, 0))
    full = straight(sweep(ahead(sub_rays=19), wide))[1][0]
    share = straight(sweep(ahead(sub_rays=19), thin))[1][0] / full
    # Half-width 2 mrad is one standard deviation.
    assert share == pytest.approx(math.erf(1 / math.sqrt(2)), abs=0.12) and share < 0.9


def test_modes_choose_among_the_echoes():
    near = box(1, (0.02, 0.012, 4), at(6, 0.0), lambert(0.3))
    middle = box(2, (0.02, 4, 0.04), at(12, 0), lambert(0.9))
    wall = box(3, (0.2, 40, 40), at(30.1, 0), lambert(0.9))
    own = {
        mode: straight(sweep(ahead(sub_rays=19, return_mode=mode), near, middle, wall))[2].tolist()
        for mode in ("strongest", "last", "dual", "triple")
    }
    assert own["last"] == [3] and own["triple"][0] == 1 and own["triple"][-1] == 3
    assert len(own["strongest"]) == 1 and own["dual"] == sorted({*own["strongest"], 3})
    alone = straight(sweep(ahead(sub_rays=19, return_mode="triple"), wall))
    assert alone[2].tolist() == [3]


def test_echoes_nearer_than_half_a_pulse_are_one_that_lies_between():
    step = resolution_m(ahead())
    assert step == pytest.approx(0.749, abs=0.001)
    for gap, count in ((0.6 * step, 1), (1.4 * step, 2)):
        edge, wall = box(1, (0.02, 8.0, 9), at(10, 4.0)), box(2, (0.2, 40, 40), at(10.1 + gap, 0))
        range_m, _, _, flags = straight(sweep(ahead(sub_rays=7, return_mode="dual"), edge, wall))
        assert len(range_m) == count
        if count == 1:
            assert 10.05 < range_m[0] < 9.95 + gap and flags[0] == MIXED


def test_flat_ground_gives_one_return_however_long_the_footprint_and_as_if_all_rays_were_cast():
    floor = box(1, (800, 800, 2), at(0, 0, -1))
    lidar = replace(make_lidar("HDL-64E", name="top"), sub_rays=7, return_mode="dual", rig_from_lidar=at(0, 0, 1.73))
    lidar = replace(lidar, range_noise_m=0.0, weak_range_noise_m=0.0, range_step_m=0.0, dropout_softness=0.0)
    quick, cast = (sweep(replace(lidar, range_at_10_percent_m=300.0), floor, cast_all=a) for a in (False, True))
    assert (quick.return_number == 1).all() and (quick.flags == 0).all()
    assert len(quick.xyz_m) == pytest.approx(len(cast.xyz_m), rel=1e-3)
    both = np.intersect1d(quick.column * 64 + quick.ring, cast.column * 64 + cast.ring, return_indices=True)
    off = quick.clean_range_m[both[1]] - cast.clean_range_m[both[2]]
    assert np.abs(off).max() < 0.02
    assert np.abs(quick.intensity[both[1]] - cast.intensity[both[2]]).max() < 0.01


def test_casting_only_at_edges_finds_what_casting_everything_finds():
    things = [box(k, (0.3, 0.3, 3), at(8 + k, 0.9 * k - 4)) for k in range(1, 9)]
    wall, floor = box(20, (0.2, 60, 12), at(25, 0)), box(21, (200, 200, 2), at(0, 0, -3))
    rings = {"elevation_deg": (4.0, 2.0, 0.0, -2.0), "azimuth_offset_deg": (0.0,) * 4, "firing_time_s": (0.0,) * 4}
    lidar = ahead(sub_rays=7, return_mode="dual", divergence_mrad=(3.0, 3.0), **rings)
    quick, cast = (sweep(lidar, *things, wall, floor, cast_all=a) for a in (False, True))
    first, second = (s.column.astype(int) * 100 + s.ring * 10 + s.return_number for s in (quick, cast))
    both = np.intersect1d(first, second, return_indices=True)
    assert len(both[0]) > 0.995 * len(cast.xyz_m)
    assert np.mean(np.abs(quick.clean_range_m[both[1]] - cast.clean_range_m[both[2]]) < 0.01) > 0.995


def test_a_beam_passes_a_pane_twice_and_sees_what_is_behind():
    pane, wall = make_material("pane", "glass"), box(2, (0.2, 40, 40), at(20.1, 0), lambert(0.5))
    turned = Pose(at(0, 0, 0, 0.5).rotation_wxyz, (10, 0, 0))
    sheet = trimesh.Trimesh([[0, -1, -1], [0, 1, -1], [0, 1, 1], [0, -1, 1]], [[0, 1, 2], [0, 2, 3]])
    range_m, intensity, own, flags = straight(sweep(ahead(), thing(sheet, 1, turned, pane), wall))
    assert range_m == pytest.approx([20.0], abs=1e-3) and own.tolist() == [2] and flags.tolist() == [BEHIND_GLASS]
    assert intensity[0] == pytest.approx(0.5 * CLEAR_PANE, rel=0.01)


@pytest.mark.parametrize("model", ["families/building/1", "families/building/2", "families/building/3"])
def test_beams_through_a_houses_panes_come_back_from_its_rooms(model):
    house = Instance(id=1, name="house", asset=Library().load(model), world_from_object=at(-24, 0, 0))
    front = float(house.world_vertices()[:, 0].max())
    lidar = make_lidar("HDL-64E", name="top", rig_from_lidar=at(0, 0, 1.73))
    tracer = Tracer((house,))
    hits = tracer.closest_hit(lidar.rays(lidar.rig_from_lidar))
    pane = np.array([m.substance == "glass" for m in tracer.geometry.materials])[tracer.geometry.face_material]
    through = (hits.triangle >= 0) & pane[hits.triangle]
    seen = scan(Scene(objects=(house,), sensors=(lidar,)), lidar, tracer, KEY)
    beam = seen.column.astype(int) * lidar.rings + seen.ring
    behind = seen.flags & BEHIND_GLASS > 0
    assert through.sum() > 150 and np.isin(np.flatnonzero(through), beam).mean() > 0.97
    assert behind.sum() > 0.9 * through.sum() and set(seen.instance_id[behind]) == {1}
    deep_m = front - seen.xyz_m[behind, 0]
    assert deep_m.min() > 0.15 and 1.0 < deep_m.max() < 5.5


def test_behind_panes_too_casting_only_at_edges_finds_what_casting_everything_finds():
    house = Instance(id=1, name="house", asset=Library().load("families/building/2"), world_from_object=at(-20, 3, 0))
    top = make_lidar("HDL-64E", name="top", rig_from_lidar=at(0, 0, 1.73), sub_rays=7, return_mode="dual")
    scene, tracer = Scene(objects=(house,), sensors=(top,)), Tracer((house,))
    quick, cast = (scan(scene, top, tracer, KEY, cast_all=a) for a in (False, True))
    rays = top.rays(top.rig_from_lidar)
    hits = tracer.closest_hit(rays)
    through = through_panes(scene, tracer, rays, hits)
    kind = choose(top, tracer, rays, hits, through, np.zeros(len(rays), np.bool_))
    assert (kind[through.ray] == ONE).sum() > 100 and (kind[through.ray] >= 0).sum() > 100
    first, second = ((s.column.astype(int) * 64 + s.ring) * 10 + s.return_number for s in (quick, cast))
    both = np.intersect1d(first, second, return_indices=True)
    glazed = cast.flags[both[2]] & BEHIND_GLASS > 0
    assert len(both[0]) > 0.995 * len(cast.xyz_m) and glazed.sum() > 500
    off_m = np.abs(quick.clean_range_m[both[1]] - cast.clean_range_m[both[2]])[glazed]
    assert np.mean(off_m < 0.01) > 0.99
    assert np.array_equal(quick.instance_id[both[1]], cast.instance_id[both[2]])


def test_blinds_and_rooms_add_few_triangles():
    mesh = Library().load("families/building/1").mesh
    names = [m.name for m in Library().load("families/building/1").materials]
    behind = np.isin(mesh.face_material, [names.index("room"), names.index("blind")])
    assert 0 < behind.sum() < 0.05 * len(mesh.faces)


def test_a_pane_met_squarely_glints():
    sheet = trimesh.Trimesh([[0, -1, -1], [0, 1, -1], [0, 1, 1], [0, -1, 1]], [[0, 1, 2], [0, 2, 3]])
    pane = thing(sheet, 1, at(10, 0), make_material("pane", "glass"))
    range_m, intensity, own, _ = straight(sweep(ahead(), pane, box(2, (0.2, 40, 40), at(20.1, 0))))
    assert range_m == pytest.approx([10.0]) and intensity.tolist() == [1.0] and own.tolist() == [1]


def test_a_mirror_shows_a_ghost_at_the_length_of_the_way():
    mirror = make_material("mirror", "chrome", nir_reflectance=0.9, roughness=0.01)
    turned = Pose(at(0, 0, 0, math.pi / 4).rotation_wxyz, (10, 0, 0))
    sheet = trimesh.Trimesh([[0, -1, -1], [0, 1, -1], [0, 1, 1], [0, -1, 1]], [[0, 1, 2], [0, 2, 3]])
    wall = box(2, (40, 0.2, 40), at(10, -7.1), lambert(0.5))
    there = box(3, (40, 0.2, 40), at(10, 7.1), lambert(0.5))
    range_m, intensity, own, flags = straight(sweep(ahead(), thing(sheet, 1, turned, mirror), wall, there))
    assert range_m == pytest.approx([17.0], abs=2e-3) and own.tolist() == [0] and flags.tolist() == [GHOST]
    assert intensity[0] == pytest.approx(0.5 * 0.9**2, rel=0.01)


def test_standing_water_far_ahead_shows_the_wall_below_the_ground():
    floor, wall = box(1, (400, 400, 2), at(0, 0, -1)), box(2, (0.2, 60, 30), at(40.1, 0, 15), lambert(0.8))
    lidar = ahead(elevation_deg=(-4.0,), rig_from_lidar=at(0, 0, 1.73))
    seen = sweep(lidar, floor, wall, weather=Weather(wetness=1.0, puddles=0.5))
    ghosts = seen.flags == GHOST
    assert ghosts.sum() > 20 and (seen.instance_id[ghosts] == 0).all()
    front = ghosts & (np.abs(seen.xyz_m[:, 1]) < 5)
    assert np.allclose(seen.xyz_m[front, 0], 40.0, atol=0.02) and (seen.xyz_m[front, 2] < -1.73).all()


def test_the_number_of_threads_changes_no_return():
    pole, wall = box(1, (0.06, 0.06, 9), at(10, 0)), box(2, (0.2, 40, 40), at(20.1, 0))
    lidar = ahead(sub_rays=7, return_mode="triple", range_noise_m=0.02)
    scene = Scene(objects=(pole, wall), sensors=(lidar,), weather=Weather(fog_visibility_m=100.0))
    one, two = (scan(scene, lidar, Tracer(scene.objects, threads), KEY) for threads in (1, 2))
    for field in ("xyz_m", "intensity", "return_number", "flags", "clean_range_m", "instance_id"):
        assert getattr(one, field).tobytes() == getattr(two, field).tobytes()


@pytest.mark.parametrize(
    "weather", [Weather(fog_visibility_m=200.0), Weather(rain_mm_per_h=20.0), Weather(snow_mm_per_h=4.0)]
)
def test_air_weakens_each_of_the_returns_by_its_own_way(weather):
    pole, wall = box(1, (0.06, 0.06, 9), at(10, 0)), box(2, (0.2, 40, 40), at(20.1, 0))
    lidar = ahead(sub_rays=7, return_mode="triple", range_at_10_percent_m=100.0, focus_m=50.0)
    scenes = [sweep(lidar, pole, wall, weather=w) for w in (CLEAR, weather)]
    for number, range_m in ((1, 9.97), (2, 20.0)):
        clear, veiled = (s.intensity[(s.column == 720) & (s.instance_id == number)] for s in scenes)
        assert len(clear) == len(veiled) == 1
        assert veiled[0] / clear[0] == pytest.approx(math.exp(-2 * weather.extinction_per_m * range_m), rel=2e-3)


@pytest.mark.parametrize("rays", [1, 7, 19])
def test_what_the_air_sends_back_does_not_depend_on_how_many_rays_a_beam_has(rays):
    wall, thick = box(1, (0.2, 400, 400), at(60.1, 0)), Weather(fog_visibility_m=40.0)
    seen = sweep(ahead(sub_rays=rays, return_mode="dual"), wall, weather=thick)
    air = (seen.flags & WEATHER) > 0
    assert (seen.instance_id[air] == 0).all() and (np.linalg.norm(seen.xyz_m[air], axis=1) < 61.0).all()
    one = sweep(ahead(return_mode="dual"), wall, weather=thick)
    assert np.array_equal(seen.column[air], one.column[(one.flags & WEATHER) > 0])


def test_fog_before_a_wall_is_the_first_of_two_returns_and_the_wall_the_last():
    wall, thick = box(1, (0.2, 400, 400), at(20.1, 0)), Weather(fog_visibility_m=60.0)
    seen = sweep(ahead(sub_rays=7, return_mode="dual"), wall, weather=thick)
    air = (seen.flags & WEATHER) > 0
    first = np.flatnonzero(air & (seen.return_number == 1))
    two = first[np.isin(seen.column[first], seen.column[seen.return_number == 2])]
    assert len(two) > 100 and (seen.column[two + 1] == seen.column[two]).all()
    assert (seen.clean_range_m[two + 1] > seen.clean_range_m[two]).all()
    last = sweep(ahead(sub_rays=7, return_mode="last"), wall, weather=thick)
    facing = np.abs(last.column.astype(int) - 720) < 60
    assert (last.instance_id[facing] == 1).mean() > 0.98
