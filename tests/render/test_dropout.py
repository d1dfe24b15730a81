"""Claims about lost signals: how much is lost, that the rest arrives, and that nothing is drawn twice."""

from __future__ import annotations

import numpy as np
import pytest

from simgen.distributions import Constant
from simgen.randomize.dropout import SensorDropout
from simgen.render.dropout import arrived, torn_picture
from simgen.rig import CameraMount
from simgen.scene.dropout import Dropout
from simgen.scene.scene import Scene
from simgen.streams import Draws

PICTURE = np.random.Generator(np.random.Philox(7)).integers(1, 255, (96, 160, 3), dtype=np.uint8)


def test_a_black_picture_is_black_and_the_lower_rows_are_lost_to_the_row():
    assert not torn_picture(PICTURE, Dropout(lost="black")).any()
    torn = torn_picture(PICTURE, Dropout(lost="rows", share=0.25))
    assert np.array_equal(torn[:72], PICTURE[:72]) and not torn[72:].any()


def test_bands_keep_their_pixels_and_only_shift_them():
    torn = torn_picture(PICTURE, Dropout(lost="bands", share=0.5, pattern=3))
    changed = (torn != PICTURE).any(axis=(1, 2))
    assert 0 < changed.sum() <= 48
    assert np.array_equal(np.sort(torn, axis=1), np.sort(PICTURE, axis=1))


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_as_many_blocks_are_grey_as_are_lost(share):
    torn = torn_picture(PICTURE, Dropout(lost="blocks", share=share, pattern=5))
    grey = (torn == 128).all(axis=2).reshape(6, 16, 10, 16).all(axis=(1, 3))
    assert grey.sum() == round(60 * share)
    kept = np.kron(~grey, np.ones((16, 16), dtype=bool))
    assert np.array_equal(torn[kept], PICTURE[kept])


def test_a_sector_is_one_run_of_columns_and_rings_are_whole():
    column, ring = (a.ravel() for a in np.mgrid[0:360, 0:16])
    there = arrived(column, ring, 360, 16, Dropout(lost="sector", share=0.25, pattern=1)).reshape(360, 16)
    assert (~there[:, 0]).sum() == 90 and (there == there[:, :1]).all()
    assert (np.diff(np.r_[there[:, 0], there[0, 0]].astype(int)) != 0).sum() == 2
    rings = arrived(column, ring, 360, 16, Dropout(lost="rings", share=0.25, pattern=1)).reshape(360, 16)
    assert (~rings[0]).sum() == 4 and (rings == rings[:1]).all()


def test_what_is_for_the_other_kind_of_sensor_is_refused():
    with pytest.raises(ValueError, match="that is for LiDARs"):
        torn_picture(PICTURE, Dropout(lost="sector", share=0.5))
    with pytest.raises(ValueError, match="camera needs weights of 0 or more for some of black, rows, bands, blocks"):
        SensorDropout(camera={"sector": 1.0})


def test_losses_are_recorded_and_never_strike_at_chance_0():
    scene = Scene(sensors=(CameraMount(name="front").build(),))
    draws = Draws(1, "dropout", 0)
    lost = SensorDropout(chance=Constant(value=1.0))(scene, draws, None)
    assert draws.factors["dropout.front.lost"] == lost.sensors[0].dropout.lost
    spared = SensorDropout(chance=Constant(value=0.0))(scene, Draws(1, "dropout", 0), None)
    assert spared.sensors == scene.sensors
