"""Daylight stays physical: brightness against published levels, colours, twilight, clouds, and its tables."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from simgen.render.environment import make_environment, sun_and_sky_lux
from simgen.render.sky import sky_luminance, sun_illuminance
from simgen.scene.light import ClearSky, Sun, UniformSky

LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
UP = np.array([[0.0, 0.0, 1.0]])


def towards(azimuth_deg: float, elevation_deg: float) -> np.ndarray:
    return np.array([Sun(azimuth_deg=azimuth_deg, elevation_deg=elevation_deg).direction])


def ground_lux(elevation_deg: float, sky: ClearSky) -> float:
    return float(LUMINANCE @ sun_and_sky_lux(sky, Sun(azimuth_deg=20.0, elevation_deg=elevation_deg)))


def test_a_high_sun_and_its_sky_give_the_ground_about_a_hundred_thousand_lux():
    assert 80_000 < ground_lux(60.0, ClearSky(turbidity=3.0)) < 125_000


@pytest.mark.parametrize("turbidity", [2.0, 4.0, 7.0, 10.0])
def test_the_sky_is_finite_positive_and_darkens_as_the_sun_sinks(turbidity):
    every = [ground_lux(e, ClearSky(turbidity=turbidity)) for e in (80, 50, 30, 15, 5, 1, -2, -6, -12)]
    assert all(math.isfinite(lux) and lux > 0 for lux in every)
    assert all(higher > lower for higher, lower in itertools.pairwise(every))


def test_civil_twilight_ends_at_a_few_lux():
    assert 1.0 < ground_lux(-6.0, ClearSky()) < 10.0


def test_the_sun_is_warmer_and_weaker_when_low():
    high, low = sun_illuminance(60.0, ClearSky()), sun_illuminance(8.0, ClearSky())
    assert LUMINANCE @ low < 0.5 * (LUMINANCE @ high)
    assert low[0] / low[2] > 1.5 * high[0] / high[2]
    assert not sun_illuminance(-1.0, ClearSky()).any()


def test_the_zenith_is_blue_and_the_horizon_is_paler_and_brighter():
    sun = towards(0.0, 45.0)[0]
    zenith = sky_luminance(UP, sun, ClearSky(turbidity=2.5))[0]
    horizon = sky_luminance(towards(180.0, 3.0), sun, ClearSky(turbidity=2.5))[0]
    assert zenith[2] > 1.5 * zenith[0]
    assert LUMINANCE @ horizon > LUMINANCE @ zenith
    assert horizon[2] / horizon[0] < zenith[2] / zenith[0]


@pytest.mark.parametrize("turbidity", [3.0, 5.0, 8.0])
def test_haze_away_from_the_sun_is_not_brown_by_day(turbidity):
    horizon = sky_luminance(towards(180.0, 2.0), towards(0.0, 40.0)[0], ClearSky(turbidity=turbidity))[0]
    assert horizon[0] < 1.12 * horizon[2]


def test_an_overcast_sky_is_three_times_as_bright_overhead_as_at_the_horizon_and_hides_the_sun():
    sky, sun = ClearSky(cover=1.0), towards(0.0, 40.0)[0]
    overhead, level = sky_luminance(np.concatenate([UP, towards(70.0, 0.0)]), sun, sky)
    np.testing.assert_allclose(overhead, 3.0 * level, rtol=1e-6)
    assert not sun_illuminance(40.0, sky).any()


def test_an_even_sky_lights_every_way_a_surface_can_face_by_pi_times_its_luminance():
    environment = make_environment(UniformSky(luminance_nit=(100.0, 200.0, 300.0)), None)
    np.testing.assert_allclose(
        environment.rough, np.broadcast_to((100.0, 200.0, 300.0), environment.rough.shape), rtol=1e-5
    )
    lux = sun_and_sky_lux(UniformSky(luminance_nit=(100.0, 200.0, 300.0)), None)
    np.testing.assert_allclose(lux, np.pi * np.array([100.0, 200.0, 300.0]), rtol=2e-3)


@pytest.mark.parametrize(
    ("sky", "message"),
    [
        (ClearSky(turbidity=1.5), "turbidity must lie in 2 to 10"),
        (ClearSky(cover=1.5), "cover must lie in 0 to 1"),
    ],
)
def test_a_sky_beyond_its_model_is_refused(sky, message):
    with pytest.raises(ValueError, match=message):
        make_environment(sky, Sun(azimuth_deg=0.0, elevation_deg=30.0))


def test_a_clear_sky_without_a_sun_is_refused():
    with pytest.raises(ValueError, match="needs a Sun"):
        make_environment(ClearSky(), None)
