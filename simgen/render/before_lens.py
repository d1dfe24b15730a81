"""What stands between the scene and the sensor: spray, rain and snow in the air, then what lies on the lens."""

from __future__ import annotations

import numpy as np

from simgen.geometry.rays import Hits
from simgen.render.lens_dirt import through_dirt
from simgen.render.precipitation import fall_over
from simgen.render.spray import spray_over
from simgen.scene.camera import Camera
from simgen.scene.scene import Scene
from simgen.trace.tracer import Tracer


def before_lens(
    nit: np.ndarray, scene: Scene, camera: Camera, hits: Hits, tracer: Tracer, key: np.uint64
) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the image that reaches the lens's inside, and how much of the scene's light the lens's dirt lets through.

    Args:
        nit: (H, W, 3) float32 luminance of the scene seen through clear air or fog; left as it is.
        scene: weather, sky and what moves.
        camera: whose image it is.
        hits: what is behind each pixel's centre.
        tracer: of the scene's objects.
        key: of this image's random numbers.

    Returns:
        (H, W, 3) float32 luminance, and (H, W) float32 shares; None where the lens is clean.
    """
    pose = scene.world_from_rig @ camera.rig_from_camera
    out = spray_over(nit, scene, camera, pose, hits)
    out = fall_over(out, scene, camera, pose, hits, key)
    return through_dirt(out, scene, camera, hits, tracer, key)
