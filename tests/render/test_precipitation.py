"""Rain and snow before the camera: how many drops of what size, how long their streaks, and what hides them."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from simgen.geometry.pose import CAMERA_AXES, Pose
from simgen.render.air import air_of
from simgen.render.camera import render_view
from simgen.render.compiled import use_threads
from simgen.render.environment import make_environment
from simgen.render.precipitation import (
    beyond_nit,
    coverage,
    drops_before,
    fall_mps,
    fall_over,
    flake_nit,
    rain_of,
    snow_of,
    streaks,
    streaks_of,
)
from simgen.render.radiance import radiance
from simgen.render.settings import RenderSettings
from simgen.rig import CameraMount
from simgen.scene.asset import Asset, Credit
from simgen.scene.light import UniformSky
from simgen.scene.material import make_material
from simgen.scene.mesh import mesh_from_faces
from simgen.scene.scene import Instance, Scene
from simgen.scene.weather import Weather
from simgen.trace.tracer import Tracer

KEY = np.uint64(11)
PLAIN = RenderSettings(edge_samples=0, ambient_rays=0, reflections=False, white_balance=0.0)
CREDIT = Credit(author="test", licence="CC0-1.0", source="test")


def camera(**changes):
    return CameraMount(**{"width_px": 320, "height_px": 240, "ev100": 10.0, **changes}).build()


def wall(distance_m: float, weather: Weather) -> Scene:
    corners = np.array([[0, -200, -200], [0, 200, -200], [0, 200, 200], [0, -200, 200]], dtype=float)
    mesh = mesh_from_faces(corners, np.array([[0, 2, 1], [0, 3, 2]]))
    asset = Asset(
        name="wall", category="building", mesh=mesh, materials=(make_material("stone", "plaster"),), credit=CREDIT
    )
    return Scene(
        objects=(Instance(id=1, name="wall", asset=asset, world_from_object=Pose((1, 0, 0, 0), (distance_m, 0, 0))),),
        sky=UniformSky(luminance_nit=(1000.0, 1000.0, 1000.0)),
        sensors=(camera(),),
        weather=weather,
    )


def one(kind, eye, place, way, diameter_mm=2.0):
    return streaks_of(kind, eye, np.array([place]), np.array([way]), np.array([diameter_mm]))


def open_view(eye):
    return np.full((eye.height_px, eye.width_px), np.inf, np.float32)


@pytest.mark.parametrize("rate", [2.0, 10.0, 40.0])
def test_there_are_as_many_drops_of_each_size_as_marshall_and_palmer_found(rate: float) -> None:
    kind, eye = rain_of(Weather(rain_mm_per_h=rate)), camera(width_px=960, height_px=720)
    widest = math.acos(eye.pixel_directions()[:, 2].min()) + 0.12
    volume = 2 * math.pi * (1 - math.cos(widest)) / 3 * (4.0**3 - 0.8**3)
    slope = 4.1 * rate**-0.21
    expected = volume * 8000 / slope * (math.exp(-slope * 2.0) - math.exp(-slope * 6.0))
    counts, means = [], []
    for seed in range(6):
        place, diameter = drops_before(kind, eye, np.uint64(seed))
        distance = np.linalg.norm(place, axis=1)
        some = (distance > 0.8) & (distance < 4.0) & (diameter > 2.0)
        counts.append(some.sum())
        means.append(diameter[some].sum())
    assert sum(counts) == pytest.approx(6 * expected, abs=4 * math.sqrt(6 * expected) + 1)
    mean = 2.0 + 1 / slope - 4.0 * math.exp(-slope * 4.0) / (1 - math.exp(-slope * 4.0))
    assert sum(means) / sum(counts) == pytest.approx(mean, abs=5 * (mean - 2.0) / math.sqrt(sum(counts)))


def test_snow_melts_to_the_rate_that_gunn_and_marshall_measured() -> None:
    # Their sizes and Langleben's speeds, measured apart, give the rate within some tens of percent.
    kind = snow_of(Weather(snow_mm_per_h=2.0))
    diameter = np.linspace(0.01, 15.0, 20000)
    number = kind.sizes.per_m3_per_mm * np.exp(-kind.sizes.slope_per_mm * diameter)
    m_per_s = (number * math.pi / 6 * diameter**3 * 1e-9 * fall_mps(kind, diameter)).sum() * (diameter[1] - diameter[0])
    assert m_per_s * 3.6e6 == pytest.approx(2.0, rel=0.4)


def test_rain_falls_at_its_rate() -> None:
    kind = rain_of(Weather(rain_mm_per_h=10.0))
    diameter = np.linspace(0.01, 10.0, 20000)
    number = kind.sizes.per_m3_per_mm * np.exp(-kind.sizes.slope_per_mm * diameter)
    m_per_s = (number * math.pi / 6 * diameter**3 * 1e-9 * fall_mps(kind, diameter)).sum() * (diameter[1] - diameter[0])
    assert m_per_s * 3.6e6 == pytest.approx(10.0, rel=0.2)
    # Gunn and Kinzer 1949: 4.03 m/s at 1 mm, 6.49 at 2 mm, 9.09 at 5 mm.
    assert fall_mps(kind, np.array([1.0, 2.0, 5.0])) == pytest.approx([4.03, 6.49, 9.09], abs=0.15)


def test_a_streak_is_as_long_as_the_drop_falls_within_the_exposure() -> None:
    eye, kind = camera(), rain_of(Weather(rain_mm_per_h=10.0))
    found = one(kind, eye, (0.1, -0.05, 2.0), (0.0, 0.07, 0.0))
    assert found.ends_px[0, 1, 1] - found.ends_px[0, 0, 1] == pytest.approx(0.07 * eye.fy_px / 2.0, abs=1e-9)
    covered = coverage(found, open_view(eye))
    rows = np.flatnonzero(covered.sum(axis=1) > 0.5 * covered.sum(axis=1).max())
    assert len(rows) == pytest.approx(0.07 * eye.fy_px / 2.0, abs=1.0)


def test_speed_and_wind_tilt_the_streaks_of_all_the_rain() -> None:
    weather = Weather(rain_mm_per_h=20.0, wind_mps=(0.0, 5.0))
    eye = camera()
    scene = Scene(sensors=(eye,), weather=weather, rig_velocity_mps=(0.0, 2.0, 0.0))
    kind = rain_of(weather)
    found = streaks(kind, scene, eye, eye.rig_from_camera, KEY)
    moved = found.ends_px[:, 1] - found.ends_px[:, 0]
    big = found.diameter_mm > 2.0
    # The camera looks along x, so y, to the left, is against u; 3 m/s are left of the wind.
    tilt = -moved[big, 0] / moved[big, 1]
    assert np.median(tilt) == pytest.approx(np.median(3.0 / fall_mps(kind, found.diameter_mm[big])), rel=0.05)


@pytest.mark.parametrize(
    ("way", "place"), [((0, 0.05, 0), (0, 0, 3.0)), ((0.04, 0.04, 0), (0.2, 0, 1.5)), ((0, 0, 0), (0, 0, 2.0))]
)
def test_a_streak_covers_in_sum_the_area_of_its_drop(way, place) -> None:
    eye, kind = camera(), rain_of(Weather(rain_mm_per_h=10.0))
    found = one(kind, eye, place, np.array(way, float), 3.0)
    distance = np.linalg.norm(place)
    area = math.pi / 4 * (3e-3 * eye.fx_px / distance) ** 2
    assert coverage(found, open_view(eye)).sum() == pytest.approx(area, rel=0.02)


def test_twice_the_exposure_makes_a_streak_twice_as_long_and_half_as_bright() -> None:
    eye, kind = camera(), rain_of(Weather(rain_mm_per_h=10.0))
    short, long = (coverage(one(kind, eye, (0, 0, 2.0), (0.0, way, 0.0)), open_view(eye)) for way in (0.1, 0.2))
    assert long.max() == pytest.approx(short.max() / 2, rel=0.02)
    assert long.sum() == pytest.approx(short.sum(), rel=0.01)


def test_what_stands_nearer_hides_the_drops_behind_it() -> None:
    eye, kind = camera(), rain_of(Weather(rain_mm_per_h=10.0))
    found = one(kind, eye, (0.0, 0.0, 2.0), (0.0, 0.2, 0.0))
    assert coverage(found, open_view(eye)).sum() > 0
    near = open_view(eye)
    near[:, :] = 1.9
    assert coverage(found, near).sum() == 0
    half = open_view(eye)
    half[:120] = 1.9
    covered = coverage(found, half)
    assert covered[:120].sum() == 0 and covered[120:].sum() > 0


def test_rain_is_brighter_than_a_dark_wall_and_not_seen_before_even_sky() -> None:
    weather = Weather(rain_mm_per_h=30.0)
    sky = replace(wall(1.0, weather), objects=())
    for scene, contrast in ((wall(15.0, weather), True), (sky, False)):
        eye, tracer = scene.sensors[0], Tracer(scene.objects)
        image = radiance(scene, eye, tracer, KEY, PLAIN)
        dark = image.nit * (0.2 if contrast else 1.0)
        rained = fall_over(dark, scene, eye, scene.world_from_rig @ eye.rig_from_camera, image.hits, KEY)
        change = (rained / dark - 1.0)[..., 1]
        if contrast:
            assert change.max() > 0.02 and change.min() >= -1e-6
        else:
            assert np.abs(change).max() < 0.01


def test_a_drop_and_a_flake_under_even_light_are_as_bright_as_the_light() -> None:
    eye = camera()
    environment = make_environment(UniformSky(luminance_nit=(500.0, 600.0, 700.0)), None)
    even = np.broadcast_to(np.array([500.0, 600.0, 700.0], np.float32), (240, 320, 3))
    assert beyond_nit(even, eye, CAMERA_AXES, environment) == pytest.approx([500.0, 600.0, 700.0], rel=0.01)
    glow = flake_nit(air_of(Weather(snow_mm_per_h=1.0), environment))
    assert glow == pytest.approx(0.95 * np.array([500.0, 600.0, 700.0]), rel=0.02)


def test_there_are_never_more_drops_than_a_picture_can_bear() -> None:
    for weather, of in ((Weather(rain_mm_per_h=200.0), rain_of), (Weather(snow_mm_per_h=3.0), snow_of)):
        place, _ = drops_before(of(weather), camera(width_px=1920, height_px=1080), KEY)
        assert 50_000 < len(place) < 150_100


def test_the_number_of_threads_changes_no_drop() -> None:
    weather = Weather(rain_mm_per_h=20.0, snow_mm_per_h=2.0)
    scene = wall(12.0, weather)
    eye, tracer, seen = scene.sensors[0], Tracer(scene.objects), []
    image = radiance(scene, eye, tracer, KEY, PLAIN)
    try:
        for threads in (1, 2):
            use_threads(threads)
            pose = scene.world_from_rig @ eye.rig_from_camera
            seen.append(fall_over(image.nit, scene, eye, pose, image.hits, KEY).tobytes())
    finally:
        use_threads(0)
    assert seen[0] == seen[1]


def test_falling_rain_and_snow_leave_labels_alone_and_dry_air_leaves_the_picture() -> None:
    dry, wet = (wall(20.0, weather) for weather in (Weather(), Weather(rain_mm_per_h=20.0, snow_mm_per_h=2.0)))
    eye, tracer = dry.sensors[0], Tracer(dry.objects)
    clear, veiled = (render_view(scene, eye, tracer, KEY, PLAIN) for scene in (dry, wet))
    assert (clear.z_m == veiled.z_m).all() and (clear.instance_id == veiled.instance_id).all()
    assert (clear.normal == veiled.normal).all() and (clear.rgb != veiled.rgb).any()
    image = radiance(dry, eye, tracer, KEY, PLAIN)
    assert fall_over(image.nit, dry, eye, eye.rig_from_camera, image.hits, KEY) is image.nit


def test_wind_and_spray_beyond_reason_are_refused() -> None:
    with pytest.raises(ValueError, match="wind_mps must be at most 80 m/s"):
        Weather(wind_mps=(90.0, 0.0))
    with pytest.raises(ValueError, match="spray must lie in 0 to 10"):
        Weather(spray=-1.0)
