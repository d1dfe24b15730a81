"""The body of the vehicle that carries the sensors, seen by them as any other car is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from simgen.assets.library import Library
from simgen.geometry.pose import Pose, Vector3
from simgen.scene.scene import Instance, Scene
from simgen.streams import Draws

CATEGORY = "ego_vehicle"


@dataclass(frozen=True, kw_only=True)
class EgoBody:
    """Puts a vehicle under the sensors, where the rig is and moving with it; comes after what places the rig.

    It has an instance id and the category ``ego_vehicle``, which is neither counted nor boxed: pixels and points show
    it, annotations do not. It casts shadows, is mirrored and sends LiDAR beams back, unless ``crop_m`` of a LiDAR
    leaves these out.

    Attributes:
        name: prefix of its factors.
        every: with the rig: for each frame or once per scene.
        model: name of the vehicle's model in the library.
        position_m: of the model's middle, on the ground, on the rig.
    """

    kind: Literal["ego_body"] = "ego_body"
    name: str = "ego_body"
    every: Literal["scene", "frame"] = "frame"
    model: str = "families/estate/1"
    position_m: Vector3 = (0.55, 0.0, 0.0)

    def __call__(self, scene: Scene, draws: Draws, library: Library) -> Scene:
        """Return the scene with the vehicle in it.

        Raises:
            AssetError: the library has no such model.
        """
        draws.note("model", self.model)
        world_from_body = scene.world_from_rig @ Pose(translation_m=self.position_m)
        body = Instance(
            id=scene.next_id,
            name=self.name,
            asset=replace(library.load(self.model), category=CATEGORY),
            world_from_object=world_from_body,
            velocity_mps=scene.rig_motion.velocity_of(world_from_body.translation_m),
            yaw_rate_rps=scene.rig_yaw_rate_rps,
        )
        return scene.adding(body)
