"""Claims about patterns that do not spin: prisms against Snell's law and published fields, rasters, and their times."""

from dataclasses import replace

import numpy as np
import pytest

from simgen.assets.sensors import make_lidar
from simgen.scene.beam_pattern import Prism, Raster, Rosette, refract
from simgen.scene.lidar import Lidar


def lidar(pattern, elevations=(5.0, 0.0, -5.0), columns=4, **changes):
    return Lidar(
        **{
            "name": "top",
            "model": "test",
            "elevation_deg": tuple(elevations),
            "azimuth_offset_deg": (0.0,) * len(elevations),
            "columns": columns,
            "rate_hz": 10.0,
            "min_range_m": 0.1,
            "max_range_m": 100.0,
            "range_at_10_percent_m": 50.0,
            "range_noise_m": 0.0,
            "range_step_m": 0.0,
            "pattern": pattern,
            **changes,
        }
    )


def prism(rate_hz=0.0, wedge_deg=10.0, slanted="exit"):
    return Prism(rate_hz=rate_hz, wedge_deg=wedge_deg, refractive_index=1.5, slanted=slanted)


def azimuths(directions):
    return np.degrees(np.arctan2(directions[..., 1], directions[..., 0]))


def test_refraction_keeps_the_sine_law_and_the_plane():
    angle = np.radians([0.0, 20.0, 40.0])
    light = np.stack([np.cos(angle), np.sin(angle), np.zeros(3)], axis=1)
    bent = refract(light, np.tile([1.0, 0.0, 0.0], (3, 1)), 1.0 / 1.5)
    assert bent[:, 1] * 1.5 == pytest.approx(np.sin(angle))
    assert np.linalg.norm(bent, axis=1) == pytest.approx(1.0)
    assert np.isnan(refract(light, np.tile([1.0, 0.0, 0.0], (3, 1)), 2.0)[2]).all()  # sin(40 deg) times 2 is over 1


def test_one_prism_bends_light_to_its_thick_side_as_snell_says():
    out = Rosette(prisms=(prism(),)).bend(np.array([[1.0, 0.0, 0.0]]), np.array([0.0]))
    assert azimuths(out)[0] == pytest.approx(np.degrees(np.arcsin(1.5 * np.sin(np.radians(10)))) - 10, abs=1e-9)
    slanted_first = Rosette(prisms=(prism(slanted="entry"),)).bend(np.array([[1.0, 0.0, 0.0]]), np.array([0.0]))
    inside = 10 - np.degrees(np.arcsin(np.sin(np.radians(10)) / 1.5))
    assert azimuths(slanted_first)[0] == pytest.approx(
        np.degrees(np.arcsin(1.5 * np.sin(np.radians(inside)))), abs=1e-9
    )


def test_a_prism_draws_a_circle_once_a_turn():
    time_s = np.linspace(0.0, 0.1, 9)
    out = Rosette(prisms=(prism(rate_hz=10.0),)).bend(np.tile([1.0, 0.0, 0.0], (9, 1)), time_s)
    assert np.ptp(out[:, 0]) < 1e-12
    assert np.degrees(np.arctan2(out[:, 2], out[:, 1])) % 360 == pytest.approx([0, 45, 90, 135, 180, 225, 270, 315, 0])


@pytest.mark.parametrize(
    ("model", "across_deg", "up_deg"),
    [("Livox-Mid-40", 38.4, 38.4), ("Livox-Mid-70", 70.4, 70.4), ("Livox-Avia", 70.4, 77.2)],
)
def test_a_livox_has_its_published_field(model, across_deg, up_deg):
    sensor = make_lidar(model, name="top", rate_hz=5.0)
    x, y, z = np.concatenate([sensor.sweep(k).directions() for k in range(5)]).T.astype(np.float64)
    assert np.degrees(np.abs(np.arctan2(y, x)).max()) * 2 == pytest.approx(across_deg, abs=1.2)
    assert np.degrees(np.abs(np.arcsin(z)).max()) * 2 == pytest.approx(up_deg, abs=1.2)


def test_a_rosette_covers_more_the_longer_it_runs():
    sensor, seen, shares = make_lidar("Livox-Mid-40", name="top"), set(), {}
    cells_in_field = np.pi / 4 * (38.4 / 0.2) ** 2
    for k in range(10):
        x, y, z = sensor.sweep(k).directions().T
        cells = np.stack([np.degrees(np.arctan2(y, x)), np.degrees(np.arcsin(z))], axis=1) // 0.2
        seen |= {tuple(cell) for cell in cells.tolist()}
        shares[k + 1] = len(seen) / cells_in_field
    # Another implementation, from the same prisms, covers 16, 29, 62 and 87 % of such cells.
    assert [shares[k] for k in (1, 2, 5, 10)] == pytest.approx([0.16, 0.29, 0.62, 0.87], abs=0.06)


def test_a_rosettes_next_sweep_goes_on_where_the_last_one_ended():
    whole = lidar(Rosette(prisms=(prism(rate_hz=7.3), prism(rate_hz=-3.1))), columns=200, rate_hz=5.0)
    half = replace(whole, columns=100, rate_hz=10.0)
    two = np.concatenate([half.sweep(0).directions(), half.sweep(1).directions()])
    assert np.allclose(two, whole.directions(), atol=1e-6)
    spinning = make_lidar("VLP-16", name="top")
    assert spinning.sweep(3) is spinning


def test_a_raster_of_columns_is_swept_from_left_to_right_all_lines_at_once():
    sensor = lidar(Raster(azimuth_deg=(40.0, -40.0), active_share=0.5))
    directions = sensor.directions().reshape(4, 3, 3)
    assert np.allclose(azimuths(directions), np.array([30.0, 10.0, -10.0, -30.0])[:, None], atol=1e-4)
    assert np.allclose(np.degrees(np.arcsin(directions[..., 2])), [5.0, 0.0, -5.0], atol=1e-4)
    assert sensor.times_s().reshape(4, 3)[:, 0] == pytest.approx(0.05 * np.array([1, 3, 5, 7]) / 8)


def test_a_raster_of_lines_runs_along_one_after_another_and_back_if_told():
    sensor = lidar(Raster(azimuth_deg=(40.0, -40.0), order="lines"))
    times = sensor.times_s().reshape(4, 3)
    along = np.array([1, 3, 5, 7]) / 8
    assert np.allclose(times, (np.arange(3) + along[:, None]) / 30.0)
    back = replace(sensor, pattern=replace(sensor.pattern, two_way=True)).times_s().reshape(4, 3)
    assert np.allclose(back[:, 1], (1 + along[::-1]) / 30.0) and np.allclose(back[:, [0, 2]], times[:, [0, 2]])
    assert np.allclose(azimuths(sensor.directions().reshape(4, 3, 3)), np.array([30.0, 10.0, -10.0, -30.0])[:, None])


def test_a_flash_fires_everything_at_once():
    assert (lidar(Raster(azimuth_deg=(40.0, -40.0), order="flash")).times_s() == 0.0).all()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: prism(wedge_deg=0.0),
            "a prism needs a refractive_index of 1 to 4, a wedge_deg of 0 to 60 and a finite rate_hz, "
            "got 1.5, 0.0 and 0.0",
        ),
        (lambda: Rosette(prisms=()), "a rosette needs one prism or more"),
        (
            lambda: lidar(Rosette(prisms=(prism(wedge_deg=45.0),))),
            "lidar 'top': its prisms bend light so far that a face reflects all of it; lower their wedge_deg",
        ),
        (
            lambda: lidar(Raster(azimuth_deg=(40.0, -40.0)), beam_origin_m=0.01),
            "lidar 'top': beam_origin_m and clockwise are for sensors that spin, not a raster; leave them out",
        ),
        (
            lambda: Raster(azimuth_deg=(10.0, 10.0)),
            "azimuth_deg must span more than 0 and at most 360 degrees, got 10 to 10",
        ),
        (
            lambda: Raster(azimuth_deg=(10.0, 0.0), active_share=0.0),
            "active_share must lie above 0 and at most at 1, got 0.0",
        ),
        (
            lambda: Raster(azimuth_deg=(10.0, 0.0), two_way=True),
            "two_way is for order 'lines', not 'columns'; leave one or the other out",
        ),
    ],
)
def test_a_wrong_pattern_is_refused(make, message):
    with pytest.raises(ValueError) as error:
        make()
    assert str(error.value) == message
