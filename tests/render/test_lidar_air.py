"""What drops, flakes and fog send back into a LiDAR: as many as fall through its beams, as strong as their size."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import trimesh

from simgen.assets.sensors import lidar_model, lidar_models
from simgen.frame import MIXED, WEATHER, Scan
from simgen.geometry.pose import Pose
from simgen.render.lidar import scan
from simgen.render.lidar_echoes import figures_of, over_threshold
from simgen.scene.asset import Asset, Credit
from simgen.scene.lidar import Lidar
from simgen.scene.material import make_material
from simgen.scene.mesh import mesh_from_faces
from simgen.scene.scene import Instance, Scene
from simgen.scene.weather import Weather
from simgen.trace.tracer import Tracer

KEY = np.uint64(11)
CREDIT = Credit(author="test", licence="CC0-1.0", source="test")


def lidar(**changes: object) -> Lidar:
    """Sixteen beams upwards, 2 mrad wide, of a sensor that sees a 10 % target at 50 m."""
    built = Lidar(
        name="top",
        model="test",
        elevation_deg=tuple(np.linspace(30.0, 10.0, 16)),
        azimuth_offset_deg=(0.0,) * 16,
        columns=2000,
        rate_hz=10.0,
        min_range_m=1.0,
        max_range_m=80.0,
        range_at_10_percent_m=50.0,
        focus_m=8.0,
        range_noise_m=0.0,
        range_step_m=0.0,
        dropout_softness=0.0,
        divergence_mrad=(2.0, 2.0),
    )
    return replace(built, **changes)


def wall(distance_m: float, reflectance: float = 0.2) -> Instance:
    """A ring of wall around the sensor."""
    shape = trimesh.creation.annulus(distance_m, distance_m + 1.0, 400.0, sections=720)
    material = make_material("plain", "plaster", nir_reflectance=reflectance)
    asset = Asset(
        name="wall",
        category="building",
        mesh=mesh_from_faces(shape.vertices, shape.faces),
        materials=(material,),
        credit=CREDIT,
    )
    return Instance(id=1, name="wall", asset=asset, world_from_object=Pose())


def sweep(sensor: Lidar, weather: Weather, *objects: Instance) -> Scan:
    return scan(Scene(objects=objects, sensors=(sensor,), weather=weather), sensor, Tracer(objects), KEY)


def predicted_share(sensor: Lidar, weather: Weather) -> float:
    """Return the share of beams into the open that meet a drop above the threshold, by adding up rings of the beams."""
    rate, half_rad = weather.rain_mm_per_h, 0.5e-3 * sensor.divergence_mrad[0]
    slope = 4.1 * rate**-0.21
    range_m = np.linspace(sensor.min_range_m, sensor.max_range_m, 4001)
    ring = (np.arange(200) + 0.5) * 1.5 / 200
    squared_m2 = (0.0055**2 + (half_rad * range_m) ** 2)[:, None]
    needed = 0.1 * (np.maximum(range_m, sensor.focus_m) / sensor.range_at_10_percent_m)[:, None] ** 2
    needed = needed * np.exp(2.0 * weather.extinction_per_m * range_m)[:, None]
    # Irradiance times the cross-section of both halves of extinction, over 18 sr, over the Lambertian's 1 / pi.
    per_mm2 = 2.0 / (math.pi * squared_m2) * np.exp(-2.0 * ring) * (math.pi / 2.0 * 1e-6) / 18.0 * math.pi
    least_mm = np.sqrt(needed / per_mm2)
    met_per_m = (8000.0 / slope * np.exp(-slope * least_mm) * math.pi * squared_m2).mean(axis=1) * 1.5
    met = float(((met_per_m[1:] + met_per_m[:-1]) * np.diff(range_m)).sum() / 2.0)
    return 1.0 - math.exp(-met)


@pytest.mark.parametrize("rate", [2.0, 10.0, 50.0])
def test_as_many_beams_meet_a_drop_as_fall_through_them(rate: float) -> None:
    weather = Weather(rain_mm_per_h=rate)
    # So short a pulse that no two drops are one echo.
    seen = sweep(lidar(return_mode="dual", pulse_s=1e-11), weather)
    beams = 16 * 2000
    share, met = predicted_share(lidar(), weather), len(np.unique(seen.column.astype(int) * 16 + seen.ring)) / beams
    assert ((seen.flags & WEATHER) > 0).all() and share * beams > 100
    assert met == pytest.approx(share, abs=4.0 * math.sqrt(share / beams))


def test_drizzle_is_hardly_seen_and_a_downpour_veils_what_is_near() -> None:
    shares = []
    for rate in (0.2, 2.0, 20.0, 100.0):
        seen = sweep(lidar(), Weather(rain_mm_per_h=rate), wall(15.0))
        shares.append(((seen.flags & WEATHER) > 0).mean())
    assert shares[0] < 2e-4 and shares == sorted(shares) and shares[3] > 10.0 * shares[1]


def test_drops_are_weak_and_near() -> None:
    seen = sweep(lidar(), Weather(rain_mm_per_h=20.0))
    range_m = np.linalg.norm(seen.xyz_m, axis=1)
    assert np.median(range_m) < 10.0 and (range_m < 30.0).all() and np.median(seen.intensity) < 0.02


def test_what_is_nearer_than_the_focus_answers_no_more_strongly() -> None:
    figures = figures_of(lidar())
    assert figures.focus_m == 8.0
    at = {range_m: over_threshold(range_m, 0.2, 0.0, figures) for range_m in (1.0, 8.0, 16.0, 50.0)}
    assert at[1.0] == at[8.0] == pytest.approx(4.0 * at[16.0]) and at[50.0] == pytest.approx(2.0)


def test_an_echo_of_the_air_beside_a_wall_makes_no_point_mixed_that_lies_on_it() -> None:
    seen = sweep(lidar(), Weather(fog_visibility_m=30.0), wall(10.0))
    range_m = seen.clean_range_m
    off_m = np.abs(np.hypot(seen.xyz_m[:, 0], seen.xyz_m[:, 1]) - 10.0)
    own, mixed = seen.instance_id == 1, (seen.flags & MIXED) > 0
    assert (own & mixed).sum() > 5 and len(range_m) == len(off_m)
    assert off_m[own & mixed].min() > 0.015 and off_m[own & ~mixed].max() < 0.021


def test_snow_hides_more_than_rain_of_the_same_water() -> None:
    # 1 mm/h of snow, as water, is seen through for about a kilometre (Rasmussen et al. 1999).
    assert 600.0 < Weather(snow_mm_per_h=1.0).visibility_m < 1500.0
    assert Weather(rain_mm_per_h=1.0).visibility_m > 4000.0


def test_all_sensors_say_what_they_are_focused_on() -> None:
    for name in lidar_models():
        model = lidar_model(name)
        assert 0.0 < model.focus_m < model.range_at_10_percent_m and "focus_m" in model.sources


def test_a_focus_beyond_the_reach_is_refused() -> None:
    with pytest.raises(ValueError, match="focus_m 60 must be at most range_at_10_percent_m 50"):
        lidar(focus_m=60.0)
