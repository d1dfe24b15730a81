"""Claims about the LiDAR models that ship."""

import pytest

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
        figures = set(vars(model)) - {"beams", "azimuth_offsets", "sources"}
        assert set(model.sources) == figures


def test_a_lidar_keeps_its_name_and_mounting():
    mounting = at(0.1, 0.2, 1.73)
    lidar = make_lidar("VLP-16", name="roof", rig_from_lidar=mounting)
    assert (lidar.name, lidar.model, lidar.rig_from_lidar) == ("roof", "VLP-16", mounting)


def test_an_unknown_model_is_refused_with_those_there_are():
    with pytest.raises(AssetError) as error:
        make_lidar("VLP-17", name="top")
    assert str(error.value) == "unknown LiDAR model 'VLP-17'; known: HDL-64E, VLP-16, OS1-128"


def test_every_named_camera_says_where_its_figures_are_from():
    for name in camera_models():
        model = camera_model(name)
        assert set(model.sources) == {"size", "intrinsics", "lens"}
        assert 0 < model.cx_px < model.width_px and 0 < model.cy_px < model.height_px


def test_an_unknown_camera_is_refused_with_those_there_are():
    with pytest.raises(AssetError, match=r"^unknown camera 'kitti'; known: kitti_color, nuscenes_front, realsense_"):
        camera_model("kitti")
