"""Nights: beams, the moon, twilight, and many lamps at once."""

# Called without compilation here, kernels take plain numbers, and a stand-in for the tracer will do.
# pyright: reportArgumentType=false, reportCallIssue=false

from __future__ import annotations

import math

import numpy as np
import pytest

from simgen.render.atlas import LEAF, LEAF_PASSES, OPAQUE
from simgen.render.environment import make_environment, sun_and_sky_lux
from simgen.render.lights import Lamps, beam_share, lamp_illuminance, lamps_of
from simgen.render.shading import direct_diffuse
from simgen.render.surface import Surface
from simgen.render.visibility import MOST_LAMPS, lamp_visibility
from simgen.scene.light import ClearSky, HeadLamp, Light, Moon, PointLight, SpotLight, Sun

LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
NIGHT = Sun(azimuth_deg=0.0, elevation_deg=-40.0)


class NothingHides:
    """A tracer of an empty scene that keeps what it was asked last."""

    origin: np.ndarray

    def transmitted(self, origin: np.ndarray, direction: np.ndarray, range_m: np.ndarray | None = None) -> np.ndarray:
        """Return that no light is stopped."""
        self.origin = origin
        return np.ones(len(origin), dtype=np.float32)


def level_points(count: int, length_m: float) -> Surface:
    rng = np.random.default_rng(4)
    position = np.zeros((count, 3), np.float32)
    position[:, 0] = rng.uniform(0.0, length_m, count)
    position[:, 1] = rng.uniform(-5.0, 5.0, count)
    up = np.tile(np.array([0.0, 0.0, 1.0], np.float32), (count, 1))
    blank = np.zeros((count, 3), np.float32)
    return Surface(
        position=position, lift=1e-3 * up, away=up, normal=up, smooth=up, facet=up, albedo=blank + np.float32(0.5),
        emission_nit=blank, gloss=blank, range_m=np.ones(count, np.float32), kind=np.ones(count, np.uint8),
    )  # fmt: skip


def lux_at(lamps: Lamps, x: float, y: float, z: float) -> float:
    """Return the illuminance of a level element by the first lamp."""
    return lamp_illuminance(lamps, 0, x, y, z, 0.0, 0.0, 1.0)


def head_lamp(beam: str) -> Lamps:
    lamp = HeadLamp(
        position_m=(0.0, 0.0, 0.65),
        direction=(1.0, 0.0, 0.0),
        intensity_cd=(1.0, 1.0, 1.0),
        beam=beam,
    )
    return lamps_of([lamp])


def share(lamps: Lamps, right_deg: float, up_deg: float) -> float:
    a, e = math.radians(right_deg), math.radians(up_deg)
    return beam_share(lamps, 0, math.cos(e) * math.cos(a), -math.cos(e) * math.sin(a), math.sin(e))


def test_a_spot_falls_with_the_square_of_the_distance_within_its_inner_cone() -> None:
    spot = SpotLight(position_m=(0.0, 0.0, 8.0), direction=(0.0, 0.0, -2.0), intensity_cd=(1.0, 1.0, 1.0))
    lamps = lamps_of([spot])
    assert lux_at(lamps, 0.0, 0.0, 0.0) == pytest.approx(1.0 / 64.0, rel=1e-9)
    assert lux_at(lamps, 0.0, 0.0, 4.0) == pytest.approx(1.0 / 16.0, rel=1e-9)


def test_a_spot_gives_nothing_outside_its_outer_cone_and_falls_steadily_to_it() -> None:
    spot = SpotLight(position_m=(0.0, 0.0, 1.0), direction=(0.0, 0.0, -1.0), intensity_cd=(1.0, 1.0, 1.0))
    lamps = lamps_of([spot])
    shares = [beam_share(lamps, 0, math.sin(a), 0.0, -math.cos(a)) for a in np.radians(np.arange(0.0, 90.0, 1.0))]
    assert shares[30] == pytest.approx(1.0) and shares[60] == pytest.approx(0.0, abs=1e-12)
    assert (np.diff(shares) <= 1e-12).all()
    assert 0.0 < shares[45] < 1.0


def test_a_spot_refuses_cones_that_are_no_cones() -> None:
    with pytest.raises(ValueError, match="inner_deg must be 0 or more and below outer_deg"):
        SpotLight(
            position_m=(0.0, 0.0, 1.0), direction=(0.0, 0.0, -1.0), intensity_cd=(1.0,) * 3, inner_deg=60, outer_deg=40
        )


def test_a_low_beam_is_cut_off_below_the_horizon_and_rises_towards_the_kerb() -> None:
    low = head_lamp("low")
    assert share(low, -5.0, -1.5) > 20.0 * share(low, -5.0, 0.5)
    # 25,000 cd at most leave about 400 cd to dazzle.
    assert 200.0 < 25_000.0 * share(low, -3.5, 0.6) < 600.0
    assert share(low, 6.0, 0.4) > 5.0 * share(low, -6.0, 0.4)


def test_no_beam_exceeds_its_greatest_intensity() -> None:
    for beam in ("low", "high"):
        lamps = head_lamp(beam)
        shares = [share(lamps, a, e) for a in np.arange(-30.0, 30.0, 0.5) for e in np.arange(-10.0, 5.0, 0.25)]
        assert 0.9 < max(shares) <= 1.03


def test_a_high_beam_shines_where_a_low_beam_does_not() -> None:
    assert share(head_lamp("high"), 0.0, 0.5) > 20.0 * share(head_lamp("low"), 0.0, 0.5)


def test_a_low_beam_for_traffic_on_the_left_is_the_other_way_round() -> None:
    left = HeadLamp(position_m=(0.0, 0.0, 0.6), direction=(1.0, 0.0, 0.0), intensity_cd=(1.0,) * 3, kerb="left")
    right = head_lamp("low")
    for a, e in ((3.0, 0.3), (-8.0, -1.0), (0.0, -4.0)):
        assert share(lamps_of([left]), -a, e) == pytest.approx(share(right, a, e), rel=1e-9)


def test_a_full_moon_overhead_lights_the_ground_with_about_a_quarter_lux() -> None:
    moon = Moon(azimuth_deg=0.0, elevation_deg=85.0)
    assert 0.2 < float(LUMINANCE @ sun_and_sky_lux(ClearSky(), NIGHT, moon)) < 0.4


def test_a_half_moon_gives_about_a_tenth_of_a_full_one() -> None:
    full, half = (
        make_environment(ClearSky(), NIGHT, Moon(azimuth_deg=0.0, elevation_deg=60.0, lit=lit)).sun_lux[1]
        for lit in (1.0, 0.5)
    )
    assert 0.06 < half / full < 0.12


def test_by_day_the_moon_casts_no_shadows() -> None:
    day = Sun(azimuth_deg=0.0, elevation_deg=30.0)
    alone, both = (make_environment(ClearSky(), day, m) for m in (None, Moon(azimuth_deg=90.0, elevation_deg=40.0)))
    assert np.array_equal(alone.sun_lux, both.sun_lux)
    assert np.array_equal(alone.sun_direction, both.sun_direction)


def test_twilight_falls_steadily_into_a_night_that_is_not_black() -> None:
    elevations = np.arange(0.0, -25.0, -1.0)
    lux = [float(LUMINANCE @ sun_and_sky_lux(ClearSky(), Sun(azimuth_deg=0.0, elevation_deg=e))) for e in elevations]
    assert (np.diff(lux) <= 0.0).all()
    assert lux[-1] > 1e-4


def test_a_towns_glow_is_as_bright_overhead_as_it_says() -> None:
    sky = ClearSky(glow_nit=(0.02, 0.02, 0.02))
    top = make_environment(sky, NIGHT).sharp[-1].mean(axis=0)
    dark = make_environment(ClearSky(), NIGHT).sharp[-1].mean(axis=0)
    np.testing.assert_allclose(top - dark, 0.02, rtol=0.01)


def street_of_lamps() -> list[Light]:
    lamps: list[Light] = []
    for k in range(20):
        x, side = 12.0 * k, 6.0 if k % 2 else -6.0
        down = SpotLight(
            position_m=(x, side, 7.0),
            direction=(0.0, 0.0, -1.0),
            intensity_cd=(1500.0,) * 3,
            inner_deg=50,
            outer_deg=84,
        )
        head = HeadLamp(position_m=(x + 3.0, 1.5, 0.65), direction=(1.0, 0.0, 0.0), intensity_cd=(20_000.0,) * 3)
        lamps += [down, head]
    return lamps


@pytest.mark.parametrize("pick_one", [False, True])
def test_the_strongest_lamps_and_one_for_the_rest_give_the_light_of_all_forty(pick_one: bool) -> None:
    points, lamps = level_points(2000, 240.0), lamps_of(street_of_lamps())
    all_lux = np.array(
        [
            sum(lamp_illuminance(lamps, k, *map(float, p), 0.0, 0.0, 1.0) * lamps.strength[k, 1] for k in range(40))
            for p in points.position
        ]
    )
    pattern = np.arange(2000, dtype=np.int32)
    seen = lamp_visibility(points, lamps, NothingHides(), pattern, np.array([0.3, 0.7]), pick_one)
    assert seen.lamp.shape[1] == (1 if pick_one else MOST_LAMPS)
    night = make_environment(None, None)
    lux = np.array([direct_diffuse(i, points, 0.0, seen, night, lamps)[1] for i in range(2000)])
    np.testing.assert_allclose(lux, all_lux, rtol=0.02)


def test_lamps_behind_a_point_take_no_part() -> None:
    points = level_points(50, 100.0)
    points.normal[:, 2] = -1.0
    seen = lamp_visibility(
        points,
        lamps_of(street_of_lamps()),
        NothingHides(),
        np.arange(50, dtype=np.int32),
        np.zeros(2),
        False,
    )
    assert not seen.share.any()


@pytest.mark.parametrize(("kind", "passed"), [(LEAF, LEAF_PASSES), (OPAQUE, 0.0)])
def test_a_leaf_lets_through_part_of_the_light_of_a_lamp_behind_it(kind: int, passed: float) -> None:
    leaves, night, tracer = level_points(20, 4.0), make_environment(None, None), NothingHides()
    leaves.kind[:] = kind
    lux = []
    for side in (1.0, -1.0):
        lamps = lamps_of([PointLight(position_m=(2.0, 0.0, 3.0 * side), intensity_cd=(50.0,) * 3)])
        seen = lamp_visibility(leaves, lamps, tracer, np.arange(20, dtype=np.int32), np.zeros(2), False)
        lux.append(np.array([direct_diffuse(i, leaves, 0.0, seen, night, lamps)[1] for i in range(20)]))
        # Shadow rays start on the side that the lamp is on.
        assert (np.sign(tracer.origin[:, 2]) == side).all()
    assert (lux[0] > 0.5).all()
    np.testing.assert_allclose(lux[1], passed * lux[0], rtol=1e-6)


def test_a_mirror_image_of_a_weak_lamp_is_followed_everywhere_and_makes_no_dots() -> None:
    # Seen from 1.5 m above the far end, a wet road mirrors the one far lamp that stands beyond it; twenty nearer ones
    # overhead give far more light.
    road, count = level_points(400, 20.0), 400
    road.position[:, 1] = 0.0
    eye = np.array([-10.0, 0.0, 1.5])
    away = eye - road.position
    road = road._replace(away=(away / np.linalg.norm(away, axis=1, keepdims=True)).astype(np.float32))
    wet, dry = (
        road._replace(gloss=np.tile(np.array([0.0, rough, coat, 0.0, 0.05], np.float32), (count, 1)))
        for rough, coat in ((0.4, 1.0), (0.9, 0.0))
    )
    above: list[Light] = [PointLight(position_m=(float(k), 8.0, 7.0), intensity_cd=(900.0,) * 3) for k in range(20)]
    far = PointLight(position_m=(30.0, 0.0, 0.7), intensity_cd=(2000.0,) * 3)
    lamps = lamps_of([*above, far])
    seen = lamp_visibility(wet, lamps, NothingHides(), np.arange(count, dtype=np.int32), np.array([0.3, 0.7]), False)
    of_far = int(np.argmin(np.abs(lamps.center[:, 0] - 30.0)))
    followed = ((seen.lamp[:, :-1] == of_far) & (seen.share[:, :-1] > 0.0)).any(axis=1)
    # Where the road mirrors it: as high above the road as the eye, so many times farther.
    height, far_m = 1.5, 30.0 - road.position[:, 0]
    mirror = np.abs(np.degrees(np.arctan2(0.7, far_m) - np.arctan2(height, road.position[:, 0] + 10.0))) < 0.2
    assert mirror.sum() > 10 and followed[mirror].all()
    dull = lamp_visibility(dry, lamps, NothingHides(), np.arange(count, dtype=np.int32), np.array([0.3, 0.7]), False)
    assert not ((dull.lamp[:, :-1] == of_far) & (dull.share[:, :-1] > 0.0)).any()
