"""Claims about depth cameras: noise, steps, shadows, edges and holes in closed form."""

import math
from dataclasses import replace

import numpy as np
import pytest
import trimesh

from simgen.assets.depth_cameras import make_depth_camera
from simgen.geometry.pose import CAMERA_AXES, Pose, at
from simgen.render.depth_camera import sense_depth
from simgen.render.infrared import infrared_table, reflected
from simgen.render.noise import sensor_key
from simgen.scene.asset import Asset, Credit
from simgen.scene.camera import Camera
from simgen.scene.depth_camera import (
    DARK,
    FATTENED,
    FLYING,
    GLOSSY,
    MEASURED,
    MULTIPATH,
    NOTHING,
    OUT_OF_RANGE,
    PLAIN,
    SHADOW,
    SUNLIGHT,
    THROUGH_GLASS,
    TRANSPARENT,
    WRAPPED,
    DepthCamera,
    Emitter,
    TimeOfFlight,
    Triangulation,
)
from simgen.scene.light import ClearSky, Sun
from simgen.scene.material import make_material
from simgen.scene.mesh import mesh_from_faces
from simgen.scene.scene import Instance, Scene
from simgen.trace.tracer import Tracer

CREDIT = Credit(author="test", licence="CC0-1.0", source="test")
KEY = sensor_key(0, 0, "depth")
BRIGHT = Emitter(range_at_10_percent_m=1e3)
QUIET = Triangulation(
    eyes="imager_and_projector",
    baseline_m=0.1,
    disparity_noise_px=0.0,
    disparity_step_px=0.0,
    window_px=1,
    max_disparity_px=1e3,
    emitter=replace(BRIGHT, offset_m=(0.1, 0.0, 0.0)),
)
FLIGHT = TimeOfFlight(modulation_hz=50e6, range_noise_m=0.0, weak_range_noise_m=0.0, emitter=BRIGHT)


def thing(shape, number, pose, substance="plaster", **changes):
    """A body; the camera looks along +x, its right is -y."""
    material = make_material("m", substance, **changes)
    mesh = mesh_from_faces(shape.vertices, shape.faces)
    asset = Asset(name=f"shape{number}", category="box", mesh=mesh, materials=(material,), credit=CREDIT)
    return Instance(id=number, name=f"thing_{number}", asset=asset, world_from_object=pose)


def wall(distance, number=1, substance="plaster", **changes):
    return thing(trimesh.creation.box((0.1, 40, 40)), number, at(distance + 0.05, 0, 0), substance, **changes)


def block(near, y0, y1, number=2, substance="plaster", thickness=0.02):
    box = trimesh.creation.box((thickness, y1 - y0, 10))
    return thing(box, number, at(near + thickness / 2, (y0 + y1) / 2, 0), substance)


def device(method, width=160, height=120, fx=160.0, **changes):
    camera = Camera(
        name="depth", width_px=width, height_px=height, fx_px=fx, fy_px=fx, cx_px=width / 2, cy_px=height / 2,
        rig_from_camera=CAMERA_AXES, depth_unit_m=0.0005,
    )  # fmt: skip
    figures = {"model": "test", "min_z_m": 0.1, "max_z_m": 30.0, "depth_unit_m": 0.0005, "dropout_softness": 0.0}
    return DepthCamera(camera=camera, method=method, **(figures | changes))


def seen(sensor, *objects, key=KEY, threads=0, **scene):
    return sense_depth(Scene(objects=objects, sensors=(sensor,), **scene), sensor, Tracer(objects, threads), key)


def model(name, **changes):
    return make_depth_camera(name, name="depth", **changes)


@pytest.mark.parametrize("distance", [1.0, 2.0, 4.0])
def test_depth_noise_of_a_plane_grows_with_the_square_of_its_distance(distance):
    method = replace(QUIET, disparity_noise_px=0.1, window_px=3)
    view = seen(device(method, width=320, height=240), wall(distance))
    lit = view.reason == MEASURED
    assert lit.mean() > 0.95
    expected = distance**2 * 0.1 / (160.0 * 0.1)
    assert view.sensed_m[lit].std() == pytest.approx(expected, rel=0.1)
    assert view.sensed_m[lit].mean() == pytest.approx(distance, abs=0.3 * expected)
    assert np.allclose(view.z_m, distance, atol=1e-5)


def test_measured_depths_lie_on_the_steps_of_the_disparity():
    method = replace(QUIET, disparity_noise_px=0.2, disparity_step_px=0.125)
    view = seen(device(method), wall(4.0))
    steps = np.unique(view.sensed_m[view.sensed_m > 0])
    disparity = 16.0 / steps
    assert np.allclose(disparity * 8, np.rint(disparity * 8), atol=0.02)
    # A step of depth is z^2 dd / (f b).
    nearest = np.abs(steps[:-1] - 4.0).argmin()
    assert np.diff(steps)[nearest] == pytest.approx(16 * 0.125 / 16.0, rel=0.05)


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_a_shadow_is_as_wide_as_the_disparities_differ_and_on_the_side_away_from_the_emitter(side):
    method = replace(QUIET, baseline_m=0.1 * side, emitter=replace(BRIGHT, offset_m=(0.1 * side, 0.0, 0.0)))
    view = seen(device(method, width=320), wall(2.0), block(1.0, -0.2, 0.2, thickness=1e-4))
    row = view.reason[60]
    dark = np.flatnonzero(row == SHADOW)
    # f b (1 / z1 - 1 / z2) = 16 (1 - 0.5); an emitter to the right casts shadows to the left.
    assert len(dark) == pytest.approx(8.0, abs=1)
    edge = 160 - side * 0.2 * 160
    assert (dark < edge if side > 0 else dark >= edge).all()
    assert abs(dark - edge).min() <= 1.5
    assert (view.sensed_counts[60, dark] == 0).all()


def test_two_imagers_lose_what_the_second_does_not_see_and_the_strip_outside_its_picture():
    method = replace(QUIET, eyes="two_imagers", emitter=BRIGHT)
    view = seen(device(method, width=320), wall(2.0), block(1.0, -0.2, 0.2, thickness=1e-4))
    row = view.reason[60]
    strip = np.flatnonzero(row == SHADOW)
    assert set(strip[strip < 20]) == set(range(8))  # f b / z = 8 px
    beside = strip[strip >= 20]
    assert len(beside) == pytest.approx(8, abs=1) and beside.max() <= 128


@pytest.mark.parametrize("window", [3, 7, 11])
def test_windows_widen_the_foreground_by_half(window):
    method = replace(QUIET, window_px=window)
    view = seen(device(method, width=320), wall(2.0), block(1.0, -0.2, 0.2, thickness=1e-4))
    exact = np.count_nonzero(view.z_m[60] < 1.5)
    measured = np.count_nonzero((view.sensed_m[60] > 0) & (view.sensed_m[60] < 1.5))
    assert measured - exact == 2 * (window // 2)
    assert np.count_nonzero(view.reason[60] == FATTENED) == 2 * (window // 2)


def test_a_slanted_plane_is_not_fattened():
    method = replace(QUIET, window_px=9, max_incidence_deg=90)
    floor = thing(trimesh.creation.box((60, 60, 0.1)), 1, at(20, 0, -0.55))
    view = seen(device(method), floor)
    assert not (view.reason == FATTENED).any()
    sound = view.reason == MEASURED
    assert sound.sum() > 3000
    assert np.allclose(view.sensed_m[sound], view.z_m[sound], atol=0.0006)


def test_a_mirroring_ball_gives_a_hole_and_a_dull_one_none():
    sensor = model("realsense_d435", width_px=424)
    ball = trimesh.creation.icosphere(subdivisions=4, radius=0.1)
    shares = {}
    for substance in ("chrome", "cardboard"):
        view = seen(sensor, wall(1.5), thing(ball, 2, at(0.8, 0, 0), substance))
        shares[substance] = (view.reason[view.instance_id == 2] == GLOSSY).mean()
    assert shares["chrome"] > 0.7 and shares["cardboard"] < 0.02


def test_a_glass_ball_is_looked_through_in_its_middle_and_lost_at_its_rim():
    sensor = model("realsense_d435", width_px=424)
    ball = thing(trimesh.creation.icosphere(subdivisions=4, radius=0.12), 2, at(0.8, 0, 0), "glass")
    view = seen(sensor, wall(1.5), ball)
    on = view.instance_id == 2
    through = on & (view.reason == THROUGH_GLASS)
    assert (view.reason[on] == TRANSPARENT).mean() > 0.4 and through.any()
    assert np.allclose(view.sensed_m[through], 1.5, atol=0.06)
    assert (view.z_m[on] < 0.9).all()


@pytest.mark.parametrize("name", ["kinect_v1", "zed_2", "azure_kinect_nfov", "sr4000"])
def test_no_depth_seen_through_glass_is_said_to_be_sound(name):
    ball = thing(trimesh.creation.icosphere(subdivisions=4, radius=0.2), 2, at(0.9, 0, 0), "glass")
    view = seen(model(name, width_px=176), wall(1.6, substance="brick"), ball)
    sound = (view.instance_id == 2) & (view.reason == MEASURED)
    assert (view.reason == THROUGH_GLASS).any()
    assert np.allclose(view.sensed_m[sound], view.z_m[sound], atol=0.1)


def test_black_rubber_drops_out_at_3_m_and_is_measured_at_1_m():
    sensor = model("realsense_d435", width_px=424)
    for distance, lost in ((1.0, 0.0), (3.0, 1.0)):
        view = seen(sensor, wall(4.0), block(distance, -0.5, 0.5, substance="rubber"))
        middle = view.reason[:, 190:235][view.instance_id[:, 190:235] == 2]
        assert (middle == DARK).mean() == pytest.approx(lost, abs=0.15)


def test_a_10_percent_target_is_lost_where_the_model_says():
    method = replace(QUIET, emitter=replace(QUIET.emitter, range_at_10_percent_m=3.0, offset_m=(0.0, 0.0, 0.0)))
    sensor = device(method, width=16, height=16)
    for distance, measured in ((2.95, True), (3.05, False)):
        view = seen(sensor, wall(distance, substance="plaster", nir_reflectance=0.1, roughness=1.0))
        assert (view.reason[8, 8] == MEASURED) == measured


def test_sunlight_drowns_a_pattern_and_stereo_lives_on_texture():
    sun = {"lights": (Sun(elevation_deg=45.0, azimuth_deg=180.0),), "sky": ClearSky()}
    kinect = seen(model("kinect_v1", width_px=320), wall(2.0), **sun)
    assert (kinect.reason == SUNLIGHT).mean() > 0.9
    stereo = seen(model("realsense_d435", width_px=424), wall(2.0, substance="brick"), **sun)
    assert (stereo.reason == MEASURED).mean() > 0.9


def test_passive_stereo_needs_texture():
    sensor = model("zed_2", width_px=320)
    assert (seen(sensor, wall(3.0)).reason == PLAIN).mean() > 0.8
    assert (seen(sensor, wall(3.0, substance="bark")).reason == MEASURED).mean() > 0.8


def test_nothing_and_what_is_too_near_have_no_depth():
    sensor = model("realsense_d435", width_px=424)
    view = seen(sensor, block(0.08, -0.05, 0.0))
    assert (view.reason == NOTHING).any() and not view.sensed_counts.any()
    near = seen(sensor, wall(0.085))  # f b / 123 px = 0.091 m
    assert not near.sensed_counts.any() and (near.reason == OUT_OF_RANGE).any()


def test_a_range_beyond_the_ambiguity_starts_again():
    sensor = device(replace(FLIGHT, ambiguity_range_m=5.0), width=32, height=32, fx=320.0)
    view = seen(sensor, wall(6.2))
    assert (view.reason == WRAPPED).all()
    along = sensor.camera.pixel_directions()[:, 2].reshape(32, 32)
    assert np.allclose(view.sensed_m, (6.2 / along - 5.0) * along, atol=0.0006)


def test_pixels_at_an_edge_fly_between_the_surfaces_or_are_given_up():
    objects = (wall(2.0), block(1.5, -1.0, 0.003, thickness=1e-4))
    view = seen(device(FLIGHT), *objects)
    flying = view.reason == FLYING
    assert 0 < flying.mean() < 0.05
    assert ((view.sensed_m[flying] > 1.49) & (view.sensed_m[flying] < 2.01)).all()
    fast = replace(FLIGHT, modulation_hz=150e6, least_coherence=0.6)  # half a metre is half a turn: light cancels
    assert (seen(device(fast), *objects).reason == FLYING).mean() < flying.mean()


def test_flight_noise_is_that_of_the_model():
    view = seen(device(replace(FLIGHT, range_noise_m=0.01)), wall(2.0))
    assert (view.sensed_m - view.z_m)[view.reason == MEASURED].std() == pytest.approx(0.01, rel=0.1)


def test_a_concave_corner_reads_too_long_and_a_flat_wall_does_not():
    side = thing(trimesh.creation.box((6, 0.1, 6)), 2, at(0, -0.85, 0))
    corner = seen(device(FLIGHT), wall(2.0), side)
    flat = seen(device(FLIGHT), wall(2.0))
    at_corner = (corner.instance_id == 1) & (corner.reason == MULTIPATH)
    assert at_corner.any()
    assert (corner.sensed_m - corner.z_m)[at_corner].mean() > 0.01
    assert np.abs(flat.sensed_m - flat.z_m).max() < 0.001


def test_exact_disparity_brings_the_right_picture_over_the_left():
    method = replace(QUIET, eyes="two_imagers", emitter=None, least_contrast=0.01)
    sensor = device(method, width=320)
    objects = (wall(3.0), block(1.2, -0.3, 0.1), block(2.0, 0.3, 0.6, number=3))
    left = seen(sensor, *objects)
    moved = replace(sensor.camera, rig_from_camera=sensor.rig_from_camera @ Pose(translation_m=(0.1, 0.0, 0.0)))
    right = seen(replace(sensor, camera=moved), *objects)
    row, column = np.indices(left.z_m.shape)
    there = np.floor(column + 0.5 - sensor.disparity_m_px / left.z_m).astype(int)
    free = (left.reason != SHADOW) & (there >= 0)
    same = right.instance_id[row, np.maximum(there, 0)] == left.instance_id
    assert same[free].mean() > 0.995
    assert same[left.reason == SHADOW].mean() < 0.6


def test_the_same_key_gives_the_same_bytes_for_any_threads_and_another_does_not():
    sensor = model("realsense_d435", width_px=212)
    objects = (wall(2.0), block(1.0, -0.2, 0.2))
    first, again = seen(sensor, *objects, threads=1), seen(sensor, *objects, threads=2)
    assert np.array_equal(first.sensed_counts, again.sensed_counts) and np.array_equal(first.reason, again.reason)
    other = seen(sensor, *objects, key=sensor_key(1, 0, "depth"))
    assert (other.sensed_counts != first.sensed_counts).mean() > 0.3
    assert np.array_equal(other.z_m, first.z_m)


def test_a_lambertian_surface_sends_back_its_reflectance_times_the_cosine():
    paper = make_material("m", "paper", nir_reflectance=0.65, roughness=1.0)
    surface = infrared_table([paper])[:1]
    for angle in (0.0, 30.0, 60.0):
        normal = np.array([[math.sin(math.radians(angle)), 0.0, math.cos(math.radians(angle))]])
        up = np.array([[0.0, 0.0, 1.0]])
        assert reflected(surface, normal, up, up)[0] == pytest.approx(0.65 * math.cos(math.radians(angle)), rel=1e-6)


def test_a_mirror_sends_the_lamp_to_where_it_is_reflected_and_nowhere_else():
    surface = infrared_table([make_material("m", "chrome")])[:1]
    normal = np.array([[0.0, 0.0, 1.0]])

    def towards(degrees):
        return np.array([[math.sin(math.radians(degrees)), 0.0, math.cos(math.radians(degrees))]])

    assert reflected(surface, normal, towards(20), towards(-20))[0] > 100
    assert reflected(surface, normal, towards(20), towards(20))[0] < 0.01


def test_a_shifted_infrared_pattern_shows_the_disparity():
    method = replace(QUIET, emitter=replace(BRIGHT, offset_m=(0.1, 0.0, 0.0)))
    sensor = device(method, width=320, fx=320.0)

    def picture(distance):
        objects = (wall(distance),)
        scene = Scene(objects=objects, sensors=(sensor,))
        return sense_depth(scene, sensor, Tracer(objects), KEY, infrared=True).infrared.astype(float)

    near, far = picture(1.0), picture(2.0)
    # The pattern stands still as the projector sees it: in the image it moves by f b (1 / z1 - 1 / z2) = 16 px.
    match = [np.corrcoef(near[:, 40:280].ravel(), far[:, 40 - k : 280 - k].ravel())[0, 1] for k in range(-24, 25)]
    assert abs(int(np.argmax(match)) - 24) == 16 and max(match) > 0.6


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"window_px": 4}, "window_px must be odd and 1 or more, got 4"),
        ({"baseline_m": 0.0}, "baseline_m must be a finite number but 0, got 0.0"),
        ({"emitter": None}, "without an emitter there must be two_imagers and a least_contrast"),
        ({"max_disparity_px": math.nan}, "max_disparity_px must be above 0 and finite, got nan"),
    ],
)
def test_a_method_that_cannot_be_is_refused(changes, fault):
    with pytest.raises(ValueError, match=fault):
        replace(QUIET, **changes)


def test_depths_that_16_bits_cannot_hold_are_refused():
    with pytest.raises(ValueError, match="does not fit 16 bits"):
        device(QUIET, max_z_m=40.0)
