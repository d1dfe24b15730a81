"""Claims about drawing how cameras take their pictures."""

from __future__ import annotations

import pytest

from simgen.assets.imagers import make_imager
from simgen.assets.library import Library
from simgen.distributions import Choice, Constant, Uniform
from simgen.errors import RecipeError
from simgen.geometry.pose import Pose
from simgen.randomize.imaging import Imaging
from simgen.rig import CameraMount
from simgen.scene.camera import Camera
from simgen.scene.imager import IDEAL
from simgen.scene.scene import Scene
from simgen.streams import Draws


def scene(**imagers):
    return Scene(
        sensors=tuple(CameraMount(name=name, imager=imager).build() for name, imager in imagers.items()),
        world_from_rig=Pose(),
    )


def drawn(randomizer, given, index=0):
    draws = Draws(5, randomizer.name, index)
    changed = randomizer(given, draws, Library(sources=("families",)))
    return {s.name: s for s in changed.sensors if isinstance(s, Camera)}, draws.factors


def test_nothing_asked_for_changes_nothing():
    given = scene(left=make_imager("phone"), right=IDEAL)
    found, factors = drawn(Imaging(), given)
    assert tuple(found.values()) == given.sensors and factors == {}


def test_what_is_drawn_is_set_and_recorded_and_differs_between_frames():
    imaging = Imaging(
        exposure_bias_stops=Uniform(low=-1.0, high=1.0),
        iso_stops=Uniform(low=0.0, high=3.0),
        white_balance_k=Uniform(low=3000.0, high=8000.0),
        vignette_cos4=Uniform(low=0.0, high=1.0),
        bloom_share=Uniform(low=0.0, high=0.1),
        jpeg_quality=Choice(options=(0, 50, 90)),
    )
    given = scene(left=make_imager("phone"), right=make_imager("kitti_like"))
    cameras, factors = drawn(imaging, given)
    for name, base in (("left", 62.0), ("right", 150.0)):
        camera, imager = cameras[name], cameras[name].imager
        assert camera.exposure_bias_stops == factors["imaging.exposure_bias_stops"]
        assert imager.iso == pytest.approx(base * 2 ** factors["imaging.iso_stops"])
        assert (imager.white_balance, imager.white_balance_k) == ("fixed", factors["imaging.white_balance_k"])
        assert imager.vignette_cos4 == factors["imaging.vignette_cos4"]
        assert imager.bloom_share == factors["imaging.bloom_share"]
        assert imager.jpeg_quality == factors["imaging.jpeg_quality"]
    _, others = drawn(imaging, given, 1)
    assert all(others[key] != factors[key] for key in factors if key != "imaging.jpeg_quality")


def test_noise_is_scaled_for_the_named_camera_only():
    given = scene(left=make_imager("webcam_cheap"), right=make_imager("webcam_cheap"))
    cameras, _ = drawn(Imaging(cameras=("left",), noise_scale=Constant(value=2.0)), given)
    assert cameras["right"] == given.sensors[1]
    left, right = cameras["left"].imager, cameras["right"].imager
    for key in ("read_noise_e", "row_noise_e", "dsnu_e", "prnu"):
        assert getattr(left, key) == 2 * getattr(right, key)


@pytest.mark.parametrize(
    ("imaging", "fault"),
    [
        (Imaging(cameras=("up",), softness_px=Constant(value=1.0)), "there is no camera 'up'; known: left"),
        (Imaging(noise_scale=Constant(value=2.0)), "noise_scale: camera 'left' has an ideal sensor without noise"),
        (Imaging(iso_stops=Constant(value=1.0)), "iso_stops: camera 'left' has an ideal sensor without noise"),
    ],
)
def test_what_a_camera_cannot_do_is_refused(imaging, fault):
    with pytest.raises(RecipeError) as error:
        drawn(imaging, scene(left=IDEAL))
    assert fault in str(error.value)


def test_more_iso_than_the_imager_has_is_refused():
    with pytest.raises(RecipeError, match="camera 'left': iso must lie in base_iso to highest_iso, 62 to 3200"):
        drawn(Imaging(iso_stops=Constant(value=7.0)), scene(left=make_imager("phone")))


def test_bounds_are_checked_before_anything_is_drawn():
    with pytest.raises(ValueError, match="vignette_cos4 must lie in 0 to 1, got 0 to 2"):
        Imaging(vignette_cos4=Uniform(low=0.0, high=2.0))
