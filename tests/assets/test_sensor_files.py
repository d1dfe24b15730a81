"""Claims about sensor files of a user's own: what they may say, and what each wrong one is told."""

from dataclasses import replace

import pytest

from simgen import spec
from simgen.assets.sensors import make_lidar
from simgen.errors import RecipeError
from simgen.recipe import load_place, load_recipe
from simgen.rig import LidarMount

SOUND = {
    "description": "Three beams of our own",
    "beam_table": {"elevation_deg": [-5.0, 5.0, 0.0], "azimuth_offset_deg": [1.0, 2.0, 3.0]},
    "azimuth_offsets": "clockwise",
    "firing": {"channels": [[0], [2, 1]], "time_s": [0.0, 1e-5]},
    "columns": 600,
    "rate_hz": 10.0,
    "rates_hz": [5.0, 20.0],
    "min_range_m": 0.5,
    "max_range_m": 80.0,
    "range_at_10_percent_m": 30.0,
    "range_noise_m": 0.01,
    "divergence_mrad": [3.0, 1.5],
    "returns": 2,
}


def sensor_file(folder, changes, *, without=()):
    import json

    path = folder / "mine.yaml"
    kept = {key: value for key, value in (SOUND | changes).items() if key not in without}
    path.write_text(json.dumps(kept), encoding="utf-8")
    return str(path)


def test_a_sensor_file_makes_a_lidar(tmp_path):
    path = sensor_file(tmp_path, {})
    lidar = make_lidar(path, name="top", rate_hz=20.0, sub_rays=7, return_mode="dual")
    assert lidar.elevation_deg == (5.0, 0.0, -5.0)
    assert lidar.azimuth_offset_deg == (-2.0, -3.0, -1.0)
    assert lidar.firing_time_s == (1e-5, 1e-5, 0.0)
    assert (lidar.columns, lidar.rate_hz, lidar.sub_rays, lidar.return_mode) == (300, 20.0, 7, "dual")
    assert (lidar.model, lidar.divergence_mrad) == (path, (3.0, 1.5))


def test_a_file_may_borrow_beams_that_ship_or_space_them_evenly(tmp_path):
    borrowed = make_lidar(sensor_file(tmp_path, {"beams": "VLP-16"}, without=("beam_table", "firing")), name="top")
    assert borrowed.rings == 16
    even = {"highest_deg": 10.0, "lowest_deg": -10.0, "count": 5}
    spaced = make_lidar(sensor_file(tmp_path, {"even_beams": even}, without=("beam_table", "firing")), name="top")
    assert spaced.elevation_deg == (10.0, 5.0, 0.0, -5.0, -10.0)


def test_a_recipes_digest_follows_its_sensor_file(tmp_path):
    path = sensor_file(tmp_path, {})
    recipe = replace(load_recipe("street"), sensors=(LidarMount(name="top", model=path),))
    place = load_place(recipe.place)
    before = recipe.digest(place)
    assert recipe.digest(place) == before
    sensor_file(tmp_path, {"range_noise_m": 0.011})
    assert recipe.digest(place) != before


def test_a_recipe_tells_what_is_wrong_with_its_sensor_file(tmp_path):
    path = sensor_file(tmp_path, {"rate_hz": 0.0, "rates_hz": None})
    with pytest.raises(RecipeError) as error:
        spec.parse(LidarMount, {"name": "top", "model": path}, "recipe.yaml")
    assert str(error.value) == f"recipe.yaml: (top level): {path}: (top level): rate_hz must be above 0, got 0.0"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"beam_table": {"elevation_deg": ["nan", 0.0], "azimuth_offset_deg": [0.0, 0.0]}},
            'beam_table.elevation_deg.0: input should be a valid number, got "nan"',
        ),
        (
            {"modes": [[600, 10.0], [60000, 5000.0]], "rates_hz": None},
            "(top level): modes: 60000 columns at 5000 Hz: 3 rings, 60000 columns and 5000 sweeps a second are 9e+08 "
            "points a second, at most 5e+07 are allowed; lower one",
        ),
        (
            {"rates_hz": [0.01, 20.0]},
            "(top level): rates_hz: 600000 columns at 0.01 Hz: a sweep may have 1 to 65536 columns and rings, got "
            "600000 and 3",
        ),
        ({"pulse_s": 5.0}, "(top level): pulse_s is in seconds, at most 1e-06 makes sense, got 5"),
        ({"range_noise_m": 9}, "(top level): range_noise_m is in metres, at most 1 makes sense, got 9"),
        ({"wavelength_nm": 0.905}, "(top level): wavelength_nm is in nanometres, 100 or more, got 0.905"),
        (
            {"beam_table": {"elevation_deg": [95.0, 0.0, 1.0]}},
            "(top level): elevation_deg holds 95.0, all must lie within -90 to 90",
        ),
        (
            {"beam_table": {"elevation_deg": [5.0, 0.0], "azimuth_offset_deg": [0.0]}},
            "(top level): beam_table needs one elevation_deg or more and as many azimuth_offset_deg, or none of these, "
            "got 2 and 1",
        ),
        (
            {"beams": "VLP-17", "beam_table": None},
            "(top level): unknown beams 'VLP-17'; known: HDL-64E-KITTI, VLP-16, VLP-16-HiRes, HDL-32E, VLP-32C, "
            "HDL-64E-S2.1-unit, HDL-64E-S3-unit, VLS-128, OS1-64-gen1-unit, OS1-128-nominal, OS1-128-rev7-unit, "
            "OS0-128-nominal, Pandar128E3X, OT128, Pandar64, Pandar40P, PandarXT32M2X, QT128C2X, AT128",
        ),
        ({"beams": "VLP-16"}, "(top level): needs one of beams, beam_table and even_beams, got beams and beam_table"),
        (
            {"firing": {"channels": [[0], [1], [2]], "time_s": [0.0, 2e-6, 1e-6]}},
            "(top level): firing.time_s must rise, but entry 2 is 1e-06 after 2e-06; list groups in order",
        ),
        (
            {"firing": {"channels": [[0], [1, 2]], "time_s": [-1e-6, 2e-6]}},
            "(top level): firing.time_s must start at 0 or later, got -1e-06",
        ),
        (
            {"firing": {"channels": [[0, 1], [1, 7]], "time_s": [0.0, 2e-6]}},
            "(top level): firing.channels must name each of the 3 beams, 0 to 2, once: 2 missing, 7 unknown, "
            "1 there twice",
        ),
        (
            {"firing": {"channels": [[0, 1, 2]], "time_s": [0.0, 2e-6]}},
            "(top level): firing has 1 groups of channels and 2 times; give each its own",
        ),
        (
            {"firing": {"channels": [[0], [1, 2]], "time_s": [0.0, 2e-4]}},
            "(top level): firing.time_s ends at 0.0002 s, but a column has only 0.000166667 s at this rate_hz; "
            "lower columns or rate_hz",
        ),
        (
            {"max_range_m": 0.0, "range_at_10_percent_m": 0.0},
            "(top level): max_range_m must be above 0, got 0.0; range_at_10_percent_m must be above 0, got 0.0; "
            "min_range_m 0.5 must be below max_range_m 0",
        ),
        (
            {"columns": 50000, "rate_hz": 7000.0, "rates_hz": None},
            "(top level): 3 rings, 50000 columns and 7000 sweeps a second are 1.05e+09 points a second, "
            "at most 5e+07 are allowed; lower one",
        ),
        ({"rates_hz": [12.0, 20.0]}, "(top level): rates_hz must be above 0 and hold rate_hz 10, got (12.0, 20.0)"),
        (
            {"pattern": {"kind": "raster", "azimuth_deg": [5.0, 5.0]}},
            "pattern: azimuth_deg must span more than 0 and at most 360 degrees, got 5 to 5",
        ),
        ({"pattern": {"kind": "turning"}}, "pattern: unknown kind 'turning'; known: spinning, raster, rosette"),
    ],
)
def test_a_wrong_sensor_file_is_told_why(tmp_path, changes, message):
    path = sensor_file(tmp_path, changes)
    with pytest.raises(RecipeError) as error:
        make_lidar(path, name="top")
    assert str(error.value) == f"{path}: {message}"


def test_all_faults_of_kind_are_told_at_once(tmp_path):
    path = sensor_file(tmp_path, {"colums": 7, "returns": 4}, without=("rate_hz",))
    with pytest.raises(RecipeError) as error:
        make_lidar(path, name="top")
    first, second, third = sorted(str(error.value).splitlines())
    assert first.startswith(f"{path}: (top level): unknown key 'colums'; known: azimuth_offsets, beam_origin_m, ")
    assert first.endswith("did you mean 'columns'?")
    assert second == f"{path}: rate_hz: is missing"
    assert third == f"{path}: returns: input should be 1, 2 or 3, got 4"


def test_a_missing_sensor_file_is_told(tmp_path):
    with pytest.raises(RecipeError) as error:
        make_lidar(str(tmp_path / "none.yaml"), name="top")
    assert str(error.value) == f"{tmp_path / 'none.yaml'}: cannot be read: No such file or directory"


YAML = """\
description: Three beams of our own
beam_table: {elevation_deg: [-5.0, 5.0, 0.0], azimuth_offset_deg: [1.0, 2.0, 3.0]}
firing: {channels: [[0], [2, 1]], time_s: [0.0, 1.0e-5]}
columns: 600
rate_hz: 10.0
min_range_m: 0.5
max_range_m: 80.0
range_at_10_percent_m: 30.0
range_noise_m: 0.01
divergence_mrad: [3.0, 1.5]
"""


@pytest.mark.parametrize(
    ("written", "instead", "message"),
    [
        ("5.0, 0.0]", ".nan, 0.0]", "beam_table.elevation_deg.1: input should be a finite number, got NaN"),
        ("noise_m: 0.01", "noise_m: .NaN", "range_noise_m: input should be a finite number, got NaN"),
        ("range_m: 80.0", "range_m: -.inf", "max_range_m: input should be a finite number, got -Infinity"),
        (
            "[0.0, 1.0e-5]",
            "[1.0e-5, 0.0]",
            "(top level): firing.time_s must rise, but entry 1 is 0 after 1e-05; list groups in order",
        ),
        ("range_at_10_percent_m: 30.0", "range_at_10_percent_m: 0", "(top level): range_at_10_percent_m must be above "
         "0, got 0.0"),
        ("600\nrate_hz: 10.0", "50000\nrate_hz: 7000.0", "(top level): 3 rings, 50000 columns and 7000 sweeps a second "
         "are 1.05e+09 points a second, at most 5e+07 are allowed; lower one"),
        ("[3.0, 1.5]", "[-3.0, 1.5]", "(top level): divergence_mrad must lie in 0 to 100, got (-3.0, 1.5)"),
        (
            "[1.0, 2.0, 3.0]",
            "[1.0, 2.0]",
            "(top level): beam_table needs one elevation_deg or more and as many azimuth_offset_deg, or none of these, "
            "got 3 and 2",
        ),
        (
            "azimuth_offset_deg",
            "azimut_offset_deg",
            "beam_table: unknown key 'azimut_offset_deg'; known: azimuth_offset_deg, elevation_deg, "
            "lidar_origin_to_beam_origin_mm, order, source; did you mean 'azimuth_offset_deg'?",
        ),
        ("columns: 600", "columns: 600\ncolumns: 700", "not valid YAML: key 'columns' is there twice at line 5, "
         "column 1: columns: 700 ^"),
    ],
)  # fmt: skip
def test_a_recipe_that_names_a_wrong_file_is_told_which_key_and_what_to_do(tmp_path, written, instead, message):
    sensor, recipe = tmp_path / "mine.yaml", tmp_path / "recipe.yaml"
    assert YAML.count(written) == 1
    sensor.write_text(YAML.replace(written, instead), encoding="utf-8")
    recipe.write_text(f"name: x\nplace: street\nframes: 1\nsensors: [{{kind: lidar, model: {sensor}}}]\n")
    with pytest.raises(RecipeError) as error:
        load_recipe(str(recipe))
    assert str(error.value) == f"{recipe}: sensors.0: {sensor}: {message}"


def test_the_sound_file_is_taken(tmp_path):
    sensor = tmp_path / "mine.yaml"
    sensor.write_text(YAML, encoding="utf-8")
    assert make_lidar(str(sensor), name="top").rings == 3
