"""Claims about rigs from files: KITTI's and nuScenes' extrinsics, faults, recipes."""

import numpy as np
import pytest

from simgen import spec
from simgen.errors import RecipeError
from simgen.recipe import Recipe, load_place
from simgen.rig import load_rig, shipped_rigs

RIG = """\
description: two
sensors:
  - {kind: camera, name: left, position_m: [0.0, 0.1, 1.0]}
  - {kind: lidar, name: top, model: VLP-16}
"""


def built(name):
    return {mount.name: mount.build() for mount in load_rig(name).sensors}


def test_kittis_rig_turns_lidar_points_into_pixels_as_its_calibration_does():
    rig = built("kitti")
    tr = np.array([
        [7.533745e-03, -9.999714e-01, -6.166020e-04, -4.069766e-03],
        [1.480249e-02, 7.280733e-04, -9.998902e-01, -7.631618e-02],
        [9.998621e-01, 7.523790e-03, 1.480755e-02, -2.717806e-01],
    ])  # fmt: skip
    r0 = np.array([
        [9.999239e-01, 9.837760e-03, -7.445048e-03],
        [-9.869795e-03, 9.999421e-01, -4.278459e-03],
        [7.402527e-03, 4.351614e-03, 9.999631e-01],
    ])  # fmt: skip
    points = np.random.default_rng(0).uniform((5.0, -8.0, -2.0), (60.0, 8.0, 2.0), (100, 3))
    rectified = (points @ tr[:, :3].T + tr[:, 3]) @ r0.T
    for name, offset in (
        ("image_2", (44.85728, 0.2163791, 0.002745884)),
        ("image_3", (-339.5242, 2.199936, 0.002729905)),
    ):
        projected = rectified @ np.array([[721.5377, 0, 609.5593], [0, 721.5377, 172.854], [0, 0, 1]]).T + offset
        uv, _ = rig[name].project(rig[name].rig_from_camera.inverse.apply(rig["velodyne"].rig_from_lidar.apply(points)))
        assert np.abs(uv - 0.5 - projected[:, :2] / projected[:, 2:]).max() < 0.05
    left, right = (np.array(rig[n].rig_from_camera.translation_m) for n in ("image_2", "image_3"))
    assert left[2] == pytest.approx(1.65, abs=0.01) and np.linalg.norm(left - right) == pytest.approx(0.533, abs=0.001)
    assert rig["velodyne"].rig_from_lidar.translation_m[2] == 1.73


def test_nuscenes_rig_has_the_published_quaternions():
    rig = built("nuscenes")
    for name, published in (
        ("cam_front", (0.4998015430569128, -0.5030316162024876, 0.4997798114386805, -0.49737083824542755)),
        ("cam_back", (0.5037872666382278, -0.49740249788611096, -0.4941850223835201, 0.5045496097725578)),
        ("cam_back_left", (0.6924185592174665, -0.7031619420114925, -0.11648342771943819, 0.11203317912370753)),
    ):
        assert abs(np.dot(rig[name].rig_from_camera.rotation_wxyz, published)) == pytest.approx(1.0, abs=1e-9)
    # nuScenes' LiDAR has x to the right and y ahead.
    ahead = rig["lidar_top"].rig_from_lidar.rotate(np.array([1.0, 0.0, 0.0]))
    assert ahead[0] > 0.999 and ahead[2] < 0
    assert (rig["lidar_top"].rate_hz, rig["lidar_top"].reference) == (20.0, "end")
    assert sum(name.startswith("cam") for name in rig) == 6


def test_nuscenes_radars_look_all_around_from_the_bumpers():
    radars = {name: sensor for name, sensor in built("nuscenes").items() if name.startswith("radar")}
    for name, w, z in (
        ("radar_front", 0.9999984769132877, 0.0017453283658983088),
        ("radar_front_left", 0.7171539204983457, 0.6969148113750004),
        ("radar_front_right", 0.7010337393110511, -0.7131281065471795),
        ("radar_back_left", 0.04876260733128922, 0.9988103964848657),
        ("radar_back_right", 0.0339401344459428, -0.9994238676726663),
    ):
        mounted = radars.pop(name).rig_from_radar
        assert abs(np.dot(mounted.rotation_wxyz, (w, 0.0, 0.0, z))) == pytest.approx(1.0, abs=1e-9)
        assert 0.4 < mounted.translation_m[2] < 0.8
    assert not radars


def test_the_cells_cameras_look_at_the_tote():
    for camera in built("picking_cell").values():
        uv, z = camera.project(camera.rig_from_camera.inverse.apply(np.array([[0.0, 0.0, 0.8]])))
        assert z[0] > 0.5 and np.abs(uv[0] - (camera.width_px / 2, camera.height_px / 2)).max() < 0.2 * camera.width_px


@pytest.mark.parametrize("name", shipped_rigs())
def test_every_rig_that_ships_names_its_sources(name):
    assert load_rig(name).sources and load_rig(name).description


def test_a_recipe_has_its_rigs_sensors_and_its_own(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(RIG)
    data = {"name": "x", "place": "table_room", "frames": 1, "rig": str(path)}
    recipe = spec.parse(Recipe, {**data, "sensors": [{"kind": "camera", "name": "more"}]}, "recipe")
    assert [mount.name for mount in recipe.mounts] == ["left", "top", "more"]
    place = load_place("table_room")
    first = recipe.digest(place)
    path.write_text(RIG.replace("0.1", "0.2"))
    assert recipe.digest(place) != first


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (RIG + "colour: red\n", "unknown key 'colour'"),
        (RIG.replace("name: top", "name: left"), "'left' is used more than once"),
        (RIG.replace("[0.0, 0.1, 1.0]", "[0.0, 0.1]"), "sensors.0"),
        (RIG.replace("VLP-16", "VLP-17"), "unknown LiDAR model 'VLP-17'"),
        ("description: none\nsensors: []\n", "sensors must name at least one"),
    ],
)
def test_a_faulty_rig_is_refused_with_its_file_and_key(tmp_path, text, fault):
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    with pytest.raises(RecipeError, match=fault) as error:
        load_rig(str(path))
    assert "bad.yaml" in str(error.value)


def test_an_unknown_rig_and_a_recipe_without_sensors_say_what_to_do():
    with pytest.raises(RecipeError, match="did you mean 'kitti'"):
        load_rig("kiti")
    with pytest.raises(ValueError, match="or rig a file that does"):
        Recipe(name="x", place="table_room", frames=1)
