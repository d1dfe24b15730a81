"""Weather: fog in closed form, water and snow where they should lie, and labels that it leaves alone."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from simgen.distributions import Constant
from simgen.errors import RecipeError
from simgen.geometry.pose import Pose
from simgen.randomize.weather import WeatherDraw
from simgen.render.air import air_of
from simgen.render.camera import render_view
from simgen.render.environment import make_environment
from simgen.render.ground import ground_of, lies_at
from simgen.render.lidar import scan
from simgen.render.radiance import radiance
from simgen.render.settings import RenderSettings
from simgen.rig import CameraMount, LidarMount
from simgen.scene.asset import Asset, Credit
from simgen.scene.light import ClearSky, Sun, UniformSky
from simgen.scene.material import make_material
from simgen.scene.mesh import mesh_from_faces
from simgen.scene.scene import Instance, Scene
from simgen.scene.weather import Weather
from simgen.streams import Draws
from simgen.trace.tracer import Tracer

CREDIT = Credit(author="test", licence="CC0-1.0", source="test")
PLAIN = RenderSettings(edge_samples=0, ambient_rays=0, reflections=False, white_balance=0.0)


def wall(distance_m: float, nir: float = 0.1) -> Scene:
    """A matt wall across the view, under an even sky."""
    corners = np.array([[0, -200, -200], [0, 200, -200], [0, 200, 200], [0, -200, 200]], dtype=float)
    mesh = mesh_from_faces(corners, np.array([[0, 2, 1], [0, 3, 2]]))
    stone = replace(make_material("stone", "plaster", nir_reflectance=nir), roughness=0.0)
    asset = Asset(name="wall", category="building", mesh=mesh, materials=(stone,), credit=CREDIT)
    return Scene(
        objects=(Instance(id=1, name="wall", asset=asset, world_from_object=Pose((1, 0, 0, 0), (distance_m, 0, 0))),),
        sky=UniformSky(luminance_nit=(1000.0, 1000.0, 1000.0)),
        sensors=(CameraMount(width_px=32, height_px=24, ev100=10.0).build(), LidarMount().build()),
    )


def test_a_wall_fades_into_the_air_as_koschmieder_says() -> None:
    scene = wall(50.0)
    camera, tracer, key = scene.sensors[0], Tracer(scene.objects), np.uint64(1)
    clear = radiance(scene, camera, tracer, key, PLAIN).nit
    foggy = replace(scene, weather=Weather(fog_visibility_m=100.0))
    veiled = radiance(foggy, camera, tracer, key, PLAIN)
    air = air_of(foggy.weather, make_environment(foggy.sky, None))
    passed = np.exp(-math.log(20.0) / 100.0 * veiled.hits.range_m.reshape(24, 32, 1))
    assert np.allclose(veiled.nit, clear * passed + air.glow_nit * (1 - passed), rtol=2e-3)
    assert not np.allclose(veiled.nit, clear, rtol=0.1)


def test_contrast_falls_to_five_percent_at_the_visibility() -> None:
    weather = Weather(fog_visibility_m=250.0)
    assert math.exp(-weather.extinction_per_m * weather.visibility_m) == pytest.approx(0.05)
    assert Weather().visibility_m == math.inf


@pytest.mark.parametrize("share", [0.1, 0.4, 0.8])
def test_pools_and_snow_cover_their_share_of_level_ground(share: float) -> None:
    ground = ground_of(Weather(puddles=share, snow_cover=share))
    rng = np.random.default_rng(3)
    places = rng.uniform(-400, 400, (6000, 2))
    covered = np.array([lies_at(ground, x, y, 0.0, 1.0)[1:] for x, y in places])
    assert np.abs(covered.mean(axis=0) - share).max() < 0.03
    assert max(max(lies_at(ground, x, y, 0.0, 0.0)[1:]) for x, y in places[:200]) == 0.0


def test_weather_changes_the_picture_and_no_label() -> None:
    scene = wall(20.0)
    tracer, camera = Tracer(scene.objects), scene.sensors[0]
    clear = render_view(scene, camera, tracer, np.uint64(1), RenderSettings())
    weather = Weather(fog_visibility_m=60, rain_mm_per_h=10, wetness=1, puddles=0.2, snow_cover=0.3)
    veiled = render_view(replace(scene, weather=weather), camera, tracer, np.uint64(1), RenderSettings())
    assert (clear.rgb != veiled.rgb).any()
    assert (clear.z_m == veiled.z_m).all() and (clear.instance_id == veiled.instance_id).all()


def test_fog_shortens_the_reach_of_a_lidar_as_predicted() -> None:
    scene = wall(1.0)
    lidar = replace(scene.sensors[1], dropout_softness=0.0)
    weather = Weather(fog_visibility_m=300.0)
    alpha, reach = weather.extinction_per_m, lidar.range_at_10_percent_m
    ranges = np.linspace(1.0, reach, 20000)
    predicted = ranges[np.searchsorted(-((reach / ranges) ** 2) * np.exp(-2 * alpha * ranges), -1.0)]
    for distance, seen in ((predicted * 0.97, True), (predicted * 1.03, False)):
        foggy = replace(wall(distance), weather=weather)
        points = scan(foggy, lidar, Tracer(foggy.objects), np.uint64(1))
        square_on = np.abs(points.xyz_m[:, 1:]).max(axis=1) < 0.02 * distance
        assert (points.instance_id[square_on] == 1).any() == seen


def test_points_from_the_air_lie_before_what_the_beam_would_meet_and_have_no_object() -> None:
    scene = replace(wall(40.0), weather=Weather(fog_visibility_m=50.0))
    points = scan(scene, scene.sensors[1], Tracer(scene.objects), np.uint64(1))
    air = points.instance_id == 0
    assert air.sum() > 100
    assert (points.xyz_m[air, 0] < 40.5).all()
    assert (points.category_id[air] == 0).all()


def test_rain_closes_the_clouds_and_wets_the_ground() -> None:
    scene = Scene(sky=ClearSky(), lights=(Sun(azimuth_deg=0.0, elevation_deg=40.0),))
    draws = Draws(1, "weather", 0)
    rainy = WeatherDraw(rain_mm_per_h=Constant(value=8.0))(scene, draws, None)
    assert isinstance(rainy.sky, ClearSky) and rainy.sky.cover == 1.0
    assert rainy.weather.wetness == 1.0 and 0 < rainy.weather.puddles <= 0.25
    assert draws.factors["weather.rain_mm_per_h"] == 8.0 and draws.factors["weather.wetness"] == 1.0
    still = WeatherDraw(wind_mps=Constant(value=0.0))
    assert still(scene, Draws(1, "weather", 0), None).weather == Weather()


def test_the_wind_blows_where_it_is_drawn_to() -> None:
    scene = Scene(sky=ClearSky(), lights=(Sun(azimuth_deg=0.0, elevation_deg=40.0),))
    draw = WeatherDraw(wind_mps=Constant(value=4.0), wind_direction_deg=Constant(value=90.0), spray=Constant(value=2.0))
    draws = Draws(1, "weather", 0)
    weather = draw(scene, draws, None).weather
    assert weather.wind_mps == pytest.approx((0.0, 4.0)) and weather.spray == 2.0
    assert draws.factors["weather.wind_mps"] == 4.0 and draws.factors["weather.spray"] == 2.0


def test_weather_under_a_roof_is_refused() -> None:
    with pytest.raises(RecipeError, match="open sky"):
        WeatherDraw()(wall(5.0), Draws(1, "weather", 0), None)


def test_impossible_weather_is_refused() -> None:
    with pytest.raises(ValueError, match="wetness must lie in 0 to 1"):
        Weather(wetness=1.5)
    with pytest.raises(ValueError, match="fog_visibility_m must be above 0"):
        Weather(fog_visibility_m=0.0)
