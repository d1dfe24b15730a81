"""Claims about the numbers that recordings hold for apparent reflectances."""

import numpy as np
import pytest

from simgen.scene.lidar_intensity import KITTI_GAIN, kitti_intensity, nuscenes_intensity, velodyne_intensity


def test_kitti_counts_in_hundredths_in_proportion_to_the_reflectance():
    reflectance = np.linspace(0.0, 0.99, 500)
    coded = kitti_intensity(reflectance)
    assert coded.dtype == np.float32
    assert np.abs(coded - KITTI_GAIN * reflectance).max() <= 0.005 + 1e-6
    assert np.allclose(np.round(100 * coded), 100 * coded, atol=1e-4)


def test_what_saturates_has_the_highest_number():
    assert kitti_intensity(np.array([1.0, 40.0])).tolist() == pytest.approx([0.99, 0.99])


def test_velodynes_count_is_percent_for_what_is_diffuse_and_more_for_retro_reflectors():
    counts = velodyne_intensity(np.array([0.0, 0.1, 0.504, 0.999, 1.0, 40.0]))
    assert counts.dtype == np.uint8 and counts.tolist() == [0, 10, 50, 100, 255, 255]
    steps = velodyne_intensity(np.linspace(0.0, 0.9999, 1000))
    assert (np.diff(steps.astype(int)) >= 0).all() and steps.max() == 100


def test_nuscenes_holds_the_devices_count_as_a_float():
    reflectance = np.linspace(0.0, 1.2, 50)
    coded = nuscenes_intensity(reflectance)
    assert coded.dtype == np.float32 and (coded == velodyne_intensity(reflectance)).all()


@pytest.mark.parametrize("coding", [kitti_intensity, velodyne_intensity, nuscenes_intensity])
@pytest.mark.parametrize("wrong", [-0.1, np.nan, np.inf])
def test_impossible_reflectances_are_refused(wrong, coding):
    with pytest.raises(ValueError, match="finite and 0 or more"):
        coding(np.array([0.2, wrong]))
