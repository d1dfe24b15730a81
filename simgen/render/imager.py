"""Takes a picture: light through the lens, onto the sensor, through the camera's processing, to bytes."""

from __future__ import annotations

import numpy as np

from simgen.render.develop import develop, finish, grey_world, keeping_luminance
from simgen.render.exposure import encode
from simgen.render.metering import Exposure
from simgen.render.optics import through_optics
from simgen.render.sensor import overfill_nit, sense
from simgen.scene.camera import Camera
from simgen.scene.imager import Imager, ToneCurve
from simgen.scene.white import white


def take_picture(
    nit: np.ndarray,
    excess: np.ndarray | None,
    camera: Camera,
    exposure: Exposure,
    scene_gains: np.ndarray,
    key: np.uint64,
    tone_curve: ToneCurve,
) -> np.ndarray:
    """Return the (H, W, 3) uint8 sRGB picture that a camera makes of the light before it.

    Args:
        nit: (H, W, 3) float32 linear Rec. 709 luminance.
        excess: what was cut from its highlights, or None.
        camera: whose picture it is; its imager says what it does.
        exposure: of this picture.
        scene_gains: (3,) white balance by the scene's main light, for imagers that go by it.
        key: of this picture's random numbers.
        tone_curve: for imagers that leave it open.
    """
    imager = camera.imager
    nit = through_optics(nit, excess, camera)
    gains = _gains(nit, imager, exposure, scene_gains)
    curve = tone_curve if imager.tone_curve is None else imager.tone_curve
    if imager.full_well_e is None:
        rgb = encode(nit, exposure.ev100, gains, curve)
    else:
        rgb = develop(sense(nit, camera, exposure, key), imager, gains, curve)
    return finish(rgb, imager)


def _gains(nit: np.ndarray, imager: Imager, exposure: Exposure, scene_gains: np.ndarray) -> np.ndarray:
    match imager.white_balance:
        case "scene":
            return scene_gains
        case "grey_world":
            return grey_world(nit, overfill_nit(imager, exposure.ev100))
        case "fixed":
            return keeping_luminance(np.array(white(imager.white_balance_k)))
