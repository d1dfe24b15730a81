"""Claims about the numbers that recordings hold for apparent reflectances."""

import numpy as np
import pytest

from simgen.scene.lidar_intensity import KITTI_GAIN, kitti_intensity


def test_kitti_counts_in_hundredths_in_proportion_to_the_reflectance():
    reflectance = np.linspace(0.0, 0.99, 500)
    coded = kitti_intensity(reflectance)
    assert coded.dtype == np.float32
    assert np.abs(coded - KITTI_GAIN * reflectance).max() <= 0.005 + 1e-6
    assert np.allclose(np.round(100 * coded), 100 * coded, atol=1e-4)


def test_what_saturates_has_the_highest_number():
    assert kitti_intensity(np.array([1.0, 40.0])).tolist() == pytest.approx([0.99, 0.99])


@pytest.mark.parametrize("wrong", [-0.1, np.nan, np.inf])
def test_impossible_reflectances_are_refused(wrong):
    with pytest.raises(ValueError, match="finite and 0 or more"):
        kitti_intensity(np.array([0.2, wrong]))
