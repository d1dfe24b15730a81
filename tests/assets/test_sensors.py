"""Claims about the LiDAR models that ship."""

from dataclasses import fields

import numpy as np
import pytest

from simgen.assets.lidar_model import beam_tables
from simgen.assets.sensors import camera_model, camera_models, lidar_model, lidar_models, make_lidar
from simgen.errors import AssetError
from simgen.geometry.pose import at


@pytest.mark.parametrize(
    ("model", "rings", "highest_deg", "lowest_deg", "azimuth_step_deg"),
    [
        ("HDL-64E", 64, 2.82, -23.58, 0.1795),
        ("VLP-16", 16, 15.0, -15.0, 0.1991),
        ("OS1-128", 128, 21.476, -21.476, 0.3516),
    ],
)
def test_a_model_has_its_makers_beams_from_the_top_down(model, rings, highest_deg, lowest_deg, azimuth_step_deg):
    lidar = make_lidar(model, name="top")
    assert lidar.rings == rings
    assert list(lidar.elevation_deg) == sorted(lidar.elevation_deg, reverse=True)
    assert lidar.elevation_deg[0] == pytest.approx(highest_deg, abs=0.01)
    assert lidar.elevation_deg[-1] == pytest.approx(lowest_deg, abs=0.01)
    assert 360 / lidar.columns == pytest.approx(azimuth_step_deg, abs=1e-4)


def test_azimuth_offsets_stay_with_their_beams():
    # Ouster lists its topmost beam at +21.4764 degrees with an offset of 4.2521 degrees, clockwise.
    lidar = make_lidar("OS1-128", name="top")
    assert lidar.azimuth_offset_deg[0] == -4.2521
    assert lidar.azimuth_offset_deg[1] == -1.4197


def test_every_figure_of_a_model_says_where_it_is_from():
    for name in lidar_models():
        model = lidar_model(name)
        unsaid = {"description", "beams", "beam_table", "azimuth_offsets", "clockwise", "sources"}
        defaults = {f.name: f.default for f in fields(model)}
        figures = {key for key, value in vars(model).items() if key not in unsaid and value != defaults[key]}
        assert figures <= set(model.sources) <= set(vars(model)) - unsaid, name
        assert {"range_noise_m", "returns", "divergence_mrad", "pulse_s", "wavelength_nm"} <= set(model.sources), name


def test_every_beam_table_is_a_model():
    assert {lidar_model(name).beams for name in lidar_models()} >= set(beam_tables())


def test_ousters_beams_start_where_their_tables_say():
    for name in lidar_models():
        told_mm = lidar_model(name).table.lidar_origin_to_beam_origin_mm
        assert told_mm is None or lidar_model(name).beam_origin_m == pytest.approx(told_mm / 1000), name


def test_each_beam_fires_at_its_makers_time():
    # Velodyne's VLP-16 fires its lasers in their order, 2.304 microseconds apart: -15, 1, -13, 3, ... degrees.
    lidar = make_lidar("VLP-16", name="top")
    time_of = dict(zip(lidar.elevation_deg, lidar.firing_time_s, strict=True))
    assert [time_of[angle] for angle in (-15.0, 1.0, -13.0, 15.0)] == pytest.approx([0.0, 2.304e-6, 4.608e-6, 34.56e-6])
    # Of Hesai's Pandar64 the middle beams of channels 12 and 40 fire first, 51 and 61 last.
    lidar = make_lidar("Pandar64", name="top")
    assert max(lidar.firing_time_s) - min(lidar.firing_time_s) == pytest.approx(51.048e-6)
    # The VLS-128 fires eight at a time and leaves one time free after the eighth group.
    times = sorted(set(make_lidar("VLS-128", name="top").firing_time_s))
    assert np.diff(times) == pytest.approx([2.665e-6] * 7 + [5.33e-6] + [2.665e-6] * 7)


def test_columns_follow_from_the_rate_where_a_sensor_fires_at_its_own_pace():
    lidar = make_lidar("HDL-32E", name="top", rate_hz=20.0)
    assert (lidar.columns, lidar.rate_hz) == (1085, 20.0)


def test_ousters_columns_are_chosen():
    lidar = make_lidar("OS1-128", name="top", columns=2048)
    assert (lidar.columns, lidar.rate_hz, lidar.beam_origin_m) == (2048, 10.0, 0.015806)


@pytest.mark.parametrize(
    ("model", "asked", "message"),
    [
        (
            "OS1-128",
            {"columns": 2048, "rate_hz": 20.0},
            "OS1-128 has no 2048 columns at 20 Hz; it has 512 at 10 Hz, 512 at 20 Hz, 1024 at 10 Hz, 1024 at 20 Hz, "
            "2048 at 10 Hz",
        ),
        (
            "VLP-16",
            {"columns": 900},
            "VLP-16 fires at a pace of its own, so columns follow from rate_hz; leave columns out",
        ),
        ("VLP-16", {"rate_hz": 0.0}, "VLP-16 runs at 5 to 20 Hz, got rate_hz 0"),
        (
            "OS1-128",
            {"return_mode": "dual"},
            "return_mode 'dual' needs 2 returns, OS1-128 has 1; choose another mode or model, or write a sensor file "
            "of your own",
        ),
    ],
)
def test_what_a_sensor_cannot_be_set_to_is_refused(model, asked, message):
    with pytest.raises(ValueError) as error:
        make_lidar(model, name="top", **asked)
    assert str(error.value) == message


def test_a_lidar_keeps_its_name_and_mounting():
    mounting = at(0.1, 0.2, 1.73)
    lidar = make_lidar("VLP-16", name="roof", rig_from_lidar=mounting)
    assert (lidar.name, lidar.model, lidar.rig_from_lidar) == ("roof", "VLP-16", mounting)


def test_an_unknown_model_is_refused_with_those_there_are():
    with pytest.raises(AssetError) as error:
        make_lidar("VLP-17", name="top")
    assert str(error.value) == (
        "unknown LiDAR model 'VLP-17'; did you mean 'VLP-16'? 'simgen sensors list' names those there are, and a "
        "sensor file of your own must end in .yaml"
    )


def test_every_named_camera_says_where_its_figures_are_from():
    for name in camera_models():
        model = camera_model(name)
        assert set(model.sources) == {"size", "intrinsics", "lens"}
        assert 0 < model.cx_px < model.width_px and 0 < model.cy_px < model.height_px


def test_an_unknown_camera_is_refused_with_those_there_are():
    with pytest.raises(AssetError, match=r"^unknown camera 'kitti'; known: kitti_color, nuscenes_front, realsense_"):
        camera_model("kitti")
