"""Photographed skies: what an image gives the ground, and its sun."""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
import pytest

from simgen.errors import AssetError
from simgen.render.environment import _table_directions, make_environment
from simgen.scene.light import HdriSky, Sun

HEIGHT, WIDTH = 512, 1024


def elevations() -> np.ndarray:
    return math.pi / 2 - (np.arange(HEIGHT) + 0.5) / HEIGHT * math.pi


def azimuths() -> np.ndarray:
    return math.pi - (np.arange(WIDTH) + 0.5) / WIDTH * 2.0 * math.pi


def pixel_areas() -> np.ndarray:
    edge = np.sin(np.linspace(math.pi / 2, -math.pi / 2, HEIGHT + 1))
    return np.repeat((edge[:-1] - edge[1:])[:, None] * 2.0 * math.pi / WIDTH, WIDTH, axis=1)


def overcast() -> np.ndarray:
    """Return an image of a sky brighter on one side, and darker ground."""
    e, a = np.meshgrid(elevations(), azimuths(), indexing="ij")
    value = np.where(e > 0, 1.0 + 2.0 * np.sin(e) + 0.5 * np.cos(e) * np.cos(a), 0.3)
    return np.repeat(value[..., None], 3, axis=2).astype(np.float32)


def with_sun(image: np.ndarray) -> np.ndarray:
    """Return it with a sun at 40 degrees of elevation and 60 of azimuth, half a degree in radius."""
    e, a = np.meshgrid(elevations(), azimuths(), indexing="ij")
    height, turn = math.radians(40), math.radians(60)
    towards = np.array([math.cos(height) * math.cos(turn), math.cos(height) * math.sin(turn), math.sin(height)])
    direction = np.stack([np.cos(e) * np.cos(a), np.cos(e) * np.sin(a), np.sin(e)], axis=-1)
    out = image.copy()
    out[direction @ towards > math.cos(math.radians(0.5))] = 30_000.0
    return out


def saved(image: np.ndarray, folder: Path) -> str:
    path = str(folder / "sky.hdr")
    cv2.imwrite(path, image)
    return path


def ground_lux(sky: HdriSky) -> float:
    environment = make_environment(sky, None)
    direction, area = _table_directions(128, 256)
    table = environment.sharp.reshape(-1, 3)[:, 1]
    lux = float((table * area * np.maximum(direction[:, 2], 0.0)).sum())
    return lux + environment.sun_lux[1] * max(environment.sun_direction[2], 0.0)


@pytest.mark.parametrize("sunny", [False, True])
def test_level_ground_gets_the_light_of_the_image(tmp_path: Path, sunny: bool) -> None:
    image = with_sun(overcast()) if sunny else overcast()
    path = saved(image, tmp_path)
    up = np.maximum(np.sin(elevations()), 0.0)[:, None]
    expected = 100.0 * float((image[..., 1] * pixel_areas() * up).sum())
    assert ground_lux(HdriSky(image=path, scale_nit=100.0)) == pytest.approx(expected, rel=0.01)


def test_the_sun_is_found_where_it_stands_and_loses_no_light(tmp_path: Path) -> None:
    image = with_sun(overcast())
    environment = make_environment(HdriSky(image=saved(image, tmp_path)), None)
    direction = environment.sun_direction
    assert math.degrees(math.asin(direction[2])) == pytest.approx(40.0, abs=0.2)
    assert math.degrees(math.atan2(direction[1], direction[0])) == pytest.approx(60.0, abs=0.2)
    assert math.degrees(environment.sun_radius_rad) == pytest.approx(0.5, rel=0.1)
    _, area = _table_directions(128, 256)
    whole = float((environment.sharp.reshape(-1, 3)[:, 1] * area).sum() + environment.sun_lux[1])
    assert whole == pytest.approx(float((image[..., 1] * pixel_areas()).sum()), rel=0.01)
    assert environment.sharp.max() < 10.0


def test_a_sky_without_a_sun_casts_no_sharp_shadows(tmp_path: Path) -> None:
    assert not make_environment(HdriSky(image=saved(overcast(), tmp_path)), None).sun_lux.any()


def test_turning_the_image_turns_the_sun(tmp_path: Path) -> None:
    environment = make_environment(HdriSky(image=saved(with_sun(overcast()), tmp_path), rotation_deg=25.0), None)
    direction = environment.sun_direction
    assert math.degrees(math.atan2(direction[1], direction[0])) == pytest.approx(85.0, abs=0.2)


@pytest.mark.parametrize("sunny", [False, True])
def test_level_ground_gets_the_lux_that_is_asked_for(tmp_path: Path, sunny: bool) -> None:
    path = saved(with_sun(overcast()) if sunny else overcast(), tmp_path)
    assert ground_lux(HdriSky(image=path, level_lux=12_000.0)) == pytest.approx(12_000.0, rel=0.01)


def test_an_image_black_above_the_horizon_cannot_be_scaled(tmp_path: Path) -> None:
    path = saved(np.zeros((HEIGHT, WIDTH, 3), np.float32), tmp_path)
    with pytest.raises(ValueError, match=r"sky\.hdr: is black above the horizon"):
        make_environment(HdriSky(image=path, level_lux=100.0), None)


def test_a_sun_of_one_pixel_is_as_small_as_the_sun_and_a_wide_lamp_is_not(tmp_path: Path) -> None:
    image = overcast()
    image[100, 200] = 300_000.0
    small = make_environment(HdriSky(image=saved(image, tmp_path)), None)
    assert math.degrees(small.sun_radius_rad) <= 0.265
    (tmp_path / "wide").mkdir()
    image[96:106, 190:210] = 3000.0
    wide = make_environment(HdriSky(image=saved(image, tmp_path / "wide")), None)
    assert math.degrees(wide.sun_radius_rad) > 0.265


def test_finer_images_than_the_renderer_needs_keep_their_light(tmp_path: Path) -> None:
    image = with_sun(overcast())
    expected = ground_lux(HdriSky(image=saved(image, tmp_path)))
    (tmp_path / "fine").mkdir()
    fine = saved(np.repeat(np.repeat(image, 3, axis=0), 3, axis=1), tmp_path / "fine")
    assert ground_lux(HdriSky(image=fine)) == pytest.approx(expected, rel=0.01)


def test_a_second_sun_and_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="brings its own sun"):
        make_environment(HdriSky(image=saved(overcast(), tmp_path)), Sun(azimuth_deg=0.0, elevation_deg=30.0))
    with pytest.raises(AssetError, match=r"none\.hdr: there is no such file"):
        make_environment(HdriSky(image=str(tmp_path / "none.hdr")), None)
    with pytest.raises(ValueError, match="level_lux must be above 0, got 0"):
        HdriSky(image="sky.hdr", level_lux=0.0)
