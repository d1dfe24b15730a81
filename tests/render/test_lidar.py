"""Claims about sweeps: ranges in closed form, detection, noise, labels."""

import math
from dataclasses import replace

import numpy as np
import pytest
import trimesh

from simgen.assets.categories import category
from simgen.assets.sensors import lidar_models, make_lidar
from simgen.geometry.pose import Pose, about, at
from simgen.render.lidar import scan
from simgen.render.lidar_surface import apparent_reflectance, surface_table
from simgen.render.noise import sensor_key
from simgen.scene.asset import Asset, Credit
from simgen.scene.camera import Camera
from simgen.scene.lidar import Lidar
from simgen.scene.material import Material, make_material
from simgen.scene.mesh import mesh_from_faces
from simgen.scene.scene import Instance, Scene
from simgen.trace.tracer import Tracer

CREDIT = Credit(author="test", licence="CC0-1.0", source="test")
KEY = sensor_key(0, 0, "top")
STILL = Pose()


def lambert(reflectance):
    return Material(
        name="m", substance="paper", base_color=(0.5,) * 3, metallic=0.0, roughness=0.0, nir_reflectance=reflectance
    )


def thing(shape, number, pose=None, material=None, category_name="box"):
    mesh = mesh_from_faces(shape.vertices, shape.faces)
    asset = Asset(
        name=f"shape{number}", category=category_name, mesh=mesh, materials=(material or lambert(0.5),), credit=CREDIT
    )
    return Instance(id=number, name=f"thing_{number}", asset=asset, world_from_object=pose or Pose())


def beams(elevations=(0.0,), columns=360, **changes):
    quiet = Lidar(
        name="top",
        model="test",
        elevation_deg=tuple(elevations),
        azimuth_offset_deg=(0.0,) * len(elevations),
        columns=columns,
        rate_hz=10.0,
        min_range_m=0.1,
        max_range_m=1000.0,
        range_at_10_percent_m=1000.0,
        range_noise_m=0.0,
        range_step_m=0.0,
        dropout_softness=0.0,
    )
    return replace(quiet, **changes)


def sweep(lidar, *objects, key=KEY, rig=STILL):
    return scan(Scene(objects=objects, sensors=(lidar,), world_from_rig=rig), lidar, Tracer(objects), key)


def shell(radius, material):
    """A sphere around the sensor: every beam meets it nearly squarely at ``radius``."""
    return thing(trimesh.creation.icosphere(subdivisions=4, radius=radius), 1, material=material)


def test_ground_is_met_at_the_range_that_height_and_elevation_give():
    floor = thing(trimesh.creation.box((400, 400, 2)), 1, at(0, 0, -1))
    lidar = beams((2.0, -5.0, -10.0, -24.0), rig_from_lidar=at(0, 0, 1.73))
    seen = sweep(lidar, floor)
    expected = 1.73 / np.sin(np.radians([0, 5.0, 10.0, 24.0]), where=[0, 1, 1, 1], out=np.ones(4))
    assert set(seen.ring.tolist()) == {1, 2, 3}
    assert np.allclose(np.linalg.norm(seen.xyz_m, axis=1), expected[seen.ring], rtol=2e-5)
    assert np.allclose(seen.xyz_m[:, 2], -1.73, atol=1e-4)
    assert (np.bincount(seen.ring)[1:] == lidar.columns).all()


def test_a_sphere_is_met_where_its_equation_says():
    centre, radius = np.array([6.0, 1.0, 0.3]), 1.5
    ball = thing(trimesh.creation.icosphere(subdivisions=5, radius=radius), 1, Pose(translation_m=tuple(centre)))
    seen = sweep(beams(np.linspace(10, -10, 41), columns=720), ball)
    unit = seen.xyz_m / np.linalg.norm(seen.xyz_m, axis=1, keepdims=True)
    along = unit @ centre
    chord2 = radius**2 - (centre @ centre - along**2)
    inner = chord2 > 0.3  # near the rim a facet's error is drawn out along the ray
    assert inner.sum() > 500
    expected = along[inner] - np.sqrt(chord2[inner])
    assert np.allclose(np.linalg.norm(seen.xyz_m[inner], axis=1), expected, atol=5e-3)


def test_beams_turn_clockwise_from_straight_back_and_time_runs_with_them():
    seen = sweep(beams(columns=4), shell(5.0, lambert(0.5)))
    azimuth = np.degrees(np.arctan2(seen.xyz_m[:, 1], seen.xyz_m[:, 0]))
    assert azimuth == pytest.approx([135.0, 45.0, -45.0, -135.0], abs=1e-3)
    assert seen.column.tolist() == [0, 1, 2, 3]
    assert seen.time_s == pytest.approx([0.0125, 0.0375, 0.0625, 0.0875])


def test_the_pose_of_rig_and_mounting_moves_the_beams_and_not_the_points_frame():
    wall = thing(trimesh.creation.box((0.2, 60, 60)), 1, at(10.1, 0, 0))
    rig = Pose(about((0.0, 0.0, 1.0), 0.4).rotation_wxyz, (1.0, 2.0, 0.5))
    lidar = beams((5.0, 0.0, -5.0), rig_from_lidar=Pose(about((0.0, 1.0, 0.0), 0.1).rotation_wxyz, (0.3, 0.0, 1.0)))
    seen = sweep(lidar, wall, rig=rig)
    assert len(seen.xyz_m) > 100
    world = seen.world_from_lidar.apply(seen.xyz_m)
    assert np.allclose(world[:, 0], 10.0, atol=2e-4)
    assert seen.world_from_lidar == rig @ lidar.rig_from_lidar


@pytest.mark.parametrize("softness", [0.0, 0.25])
def test_a_ten_percent_target_is_lost_at_its_range(softness):
    kept = {}
    for factor in (0.90, 0.95, 1.0, 1.05, 1.10):
        lidar = beams((0.0,), columns=4000, range_at_10_percent_m=50.0, dropout_softness=softness)
        kept[factor] = len(sweep(lidar, shell(50.0 * factor, lambert(0.1))).xyz_m) / 4000
    if softness == 0.0:
        assert kept[0.95] == 1.0 and kept[1.05] == 0.0
    else:
        assert kept[1.0] == pytest.approx(0.5, abs=0.05)
        # A normal distribution's share above 2 ln(factor) softnesses.
        for factor, share in kept.items():
            expected = 0.5 * math.erfc(2 * math.log(factor) / softness / math.sqrt(2))
            assert share == pytest.approx(expected, abs=0.04)


def test_reach_grows_with_the_root_of_the_reflectance():
    lidar = beams(columns=100, range_at_10_percent_m=10.0)
    assert len(sweep(lidar, shell(10.0 * math.sqrt(8.0) * 0.98, lambert(0.8))).xyz_m) == 100
    assert len(sweep(lidar, shell(10.0 * math.sqrt(8.0) * 1.02, lambert(0.8))).xyz_m) == 0


def test_hits_too_near_or_too_far_are_lost():
    lidar = beams(columns=100, min_range_m=2.0, max_range_m=30.0)
    assert [len(sweep(lidar, shell(radius, lambert(0.9))).xyz_m) for radius in (1.9, 2.1, 29.0, 31.0)] == [
        0,
        100,
        100,
        0,
    ]


def test_range_noise_has_its_sigma_and_grows_as_the_return_weakens():
    radius = 20.0
    base = beams(columns=20000, range_at_10_percent_m=radius * 2, range_noise_m=0.03)
    ball = shell(radius, lambert(0.1))
    facets = np.linalg.norm(sweep(replace(base, range_noise_m=0.0), ball).xyz_m, axis=1)
    strong = np.linalg.norm(sweep(base, ball).xyz_m, axis=1) - facets
    assert strong.std() == pytest.approx(0.03, rel=0.03) and abs(strong.mean()) < 0.001
    # Twice within reach, the power is four times the threshold's, so half the weak noise is added in quadrature.
    weak = np.linalg.norm(sweep(replace(base, weak_range_noise_m=0.08), ball).xyz_m, axis=1) - facets
    assert weak.std() == pytest.approx(0.05, rel=0.03)


def test_noise_moves_points_along_their_beams_alone():
    lidar = beams((3.0, -4.0), columns=500, range_noise_m=0.2)
    seen = sweep(lidar, shell(10.0, lambert(0.5)))
    unit = seen.xyz_m / np.linalg.norm(seen.xyz_m, axis=1, keepdims=True)
    beam = seen.column.astype(int) * lidar.rings + seen.ring
    assert np.allclose(unit, lidar.directions()[beam], atol=1e-6)


def test_ranges_are_multiples_of_the_step():
    seen = sweep(beams((3.0, -4.0), range_noise_m=0.05, range_step_m=0.012), shell(10.0, lambert(0.5)))
    steps = np.linalg.norm(seen.xyz_m.astype(np.float64), axis=1) / 0.012
    assert np.abs(steps - np.round(steps)).max() < 1e-3
    assert len(np.unique(np.round(steps))) > 5


def test_a_sweep_is_the_same_again_and_another_keys_differs():
    lidar = beams((3.0, -4.0), range_noise_m=0.05, dropout_softness=0.3, range_at_10_percent_m=10.0)
    first, again = (sweep(lidar, shell(10.0, lambert(0.1))) for _ in range(2))
    other = sweep(lidar, shell(10.0, lambert(0.1)), key=sensor_key(0, 1, "top"))
    assert first.xyz_m.tobytes() == again.xyz_m.tobytes() and first.column.tobytes() == again.column.tobytes()
    assert 300 < len(first.xyz_m) < 500 and len(other.xyz_m) != len(first.xyz_m)


def test_the_number_of_threads_changes_nothing():
    lidar = beams((3.0, -4.0), columns=2000, range_noise_m=0.05, dropout_softness=0.3, range_at_10_percent_m=10.0)
    objects = (shell(10.0, lambert(0.1)), thing(trimesh.creation.box((1, 1, 1)), 2, at(3, 0)))
    scene = Scene(objects=objects, sensors=(lidar,))
    one, two = (scan(scene, lidar, Tracer(objects, threads), KEY) for threads in (1, 2))
    for field in ("xyz_m", "intensity", "ring", "column", "time_s", "instance_id", "category_id"):
        assert getattr(one, field).tobytes() == getattr(two, field).tobytes()


def test_each_point_says_whose_it_is():
    near = thing(trimesh.creation.box((1, 1, 1)), 3, at(4, 0), category_name="car")
    far = thing(trimesh.creation.box((1, 1, 1)), 9, at(0, 6), category_name="person")
    seen = sweep(beams((2.0, -2.0), columns=2000, range_noise_m=0.001), near, far)
    for instance in (near, far):
        own = seen.instance_id == instance.id
        assert own.sum() > 20
        assert instance.cuboid.contains(seen.xyz_m[own], margin_m=0.01).all()
        assert set(seen.category_id[own].tolist()) == {category(instance.category).id}
    assert set(seen.instance_id.tolist()) == {3, 9}


def test_lidar_and_depth_camera_agree_on_what_both_see():
    ball = thing(trimesh.creation.icosphere(subdivisions=3, radius=1.0), 1, at(6, 0))
    floor = thing(trimesh.creation.box((60, 60, 2)), 2, at(0, 0, -2.5))
    seen = sweep(beams(np.linspace(8, -20, 30), columns=900), ball, floor)
    camera = Camera(name="front", width_px=300, height_px=200, fx_px=200.0, fy_px=200.0, cx_px=150.0, cy_px=100.0)
    uv, z_m = camera.project(camera.rig_from_camera.inverse.apply(seen.xyz_m))
    inside = (z_m > 0) & (uv[:, 0] > 0) & (uv[:, 0] < 300) & (uv[:, 1] > 0) & (uv[:, 1] < 200)
    rays = camera.rays(camera.rig_from_camera, uv[inside])
    hits = Tracer([ball, floor]).closest_hit(rays)
    depth = hits.range_m * camera.directions(uv[inside])[:, 2]
    assert inside.sum() > 2000
    agree = np.abs(depth - z_m[inside]) < 1e-3
    assert agree.mean() > 0.999  # a rim point may fall beside the ball by rounding
    assert (hits.instance_id[agree] == seen.instance_id[inside][agree]).all()


def test_intensity_is_reflectance_times_cosine_whatever_the_range():
    floor = thing(trimesh.creation.box((2000, 2000, 2)), 1, at(0, 0, -1), lambert(0.4))
    lidar = beams((-2.0, -10.0, -60.0), rig_from_lidar=at(0, 0, 2.0))
    seen = sweep(lidar, floor)
    expected = 0.4 * np.sin(np.radians([2.0, 10.0, 60.0]))
    assert np.allclose(seen.intensity, expected[seen.ring], rtol=1e-3)


def test_a_rough_surface_keeps_its_reflectance_square_on_and_fades_less():
    rough = replace(lambert(0.2), roughness=0.9)
    table = surface_table([lambert(0.2), rough])
    assert apparent_reflectance(table[1], 1.0) == pytest.approx(0.2)
    cosines = np.linspace(1.0, 0.0, 50)
    smooth_values, rough_values = ([apparent_reflectance(row, c) for c in cosines] for row in table)
    assert np.allclose(smooth_values, 0.2 * cosines)
    assert (np.diff(rough_values) <= 0).all() and (np.array(rough_values[1:]) > smooth_values[1:]).all()
    assert rough_values[-1] > 0.05


def test_a_clear_coat_glints_square_on_alone_and_a_retro_sheet_glows_from_everywhere():
    black = make_material("black", "car_paint", nir_reflectance=0.03)
    sheet, plain = make_material("sign", "retro_sheet"), make_material("plain", "plaster")
    rows = surface_table([black, sheet, plain])
    assert apparent_reflectance(rows[0], 1.0) > 1.0
    assert apparent_reflectance(rows[0], math.cos(math.radians(20))) < 0.04
    assert apparent_reflectance(rows[1], math.cos(math.radians(40))) > 10 * apparent_reflectance(rows[2], 1.0)


def test_intensity_saturates_at_one():
    seen = sweep(beams(), shell(10.0, make_material("sign", "retro_sheet")))
    assert (seen.intensity == 1.0).all()


def test_a_black_car_is_lost_where_a_white_one_is_seen():
    lidar = replace(make_lidar("HDL-64E", name="top"), rig_from_lidar=at(0, 0, 1.73))
    counts = {}
    for name, reflectance in (("black", 0.03), ("white", 0.7)):
        paint = make_material(name, "car_paint", nir_reflectance=reflectance)
        side = thing(trimesh.creation.box((2.0, 4.0, 1.5)), 1, Pose(at(0, 0, 0, 0.5).rotation_wxyz, (55, 0, 1)), paint)
        counts[name] = len(sweep(lidar, side).xyz_m)
    assert counts["white"] > 50 and counts["black"] == 0


@pytest.mark.parametrize("model", lidar_models())
def test_every_model_sees_a_room(model):
    lidar = make_lidar(model, name="top")
    room = thing(trimesh.creation.box((20, 20, 20)), 1, material=lambert(0.8))
    seen = sweep(lidar, room)
    assert len(seen.xyz_m) == lidar.rings * lidar.columns
    off = np.abs(np.abs(seen.xyz_m).max(axis=1) - 10.0)
    assert off.max() < 6 * (lidar.range_noise_m + lidar.weak_range_noise_m) + lidar.range_step_m


def test_no_objects_give_no_points():
    assert len(sweep(beams()).xyz_m) == 0


def test_an_id_beyond_16_bits_is_refused():
    with pytest.raises(ValueError, match="instance id 70000 does not fit 16 bits"):
        sweep(beams(), thing(trimesh.creation.box((1, 1, 1)), 70000, at(3, 0)))
