"""Free-running LiDARs: where they stand in their turn when a frame is taken."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from simgen.assets.library import Library
from simgen.distributions import AnyDistribution, Uniform, check_support
from simgen.errors import RecipeError
from simgen.scene.beam_pattern import Spinning
from simgen.scene.lidar import Lidar
from simgen.scene.scene import Scene
from simgen.streams import Draws


@dataclass(frozen=True, kw_only=True)
class LidarPhase:
    """Lets the sweeps of spinning LiDARs start anywhere, as of those that are not locked to the cameras' trigger.

    Attributes:
        name: prefix of its factors, of which there is one for each LiDAR.
        every: for each frame or once per scene.
        lidars: names of those that run free; none given means all that spin.
        start_azimuth_deg: where a sweep starts, to the left of ahead; the frame's time falls within the sweep where the
            LiDAR's ``reference`` says.
    """

    kind: Literal["lidar_phase"] = "lidar_phase"
    name: str = "lidar_phase"
    every: Literal["scene", "frame"] = "frame"
    lidars: tuple[str, ...] = ()
    start_azimuth_deg: AnyDistribution = Uniform(low=-180.0, high=180.0)

    def __post_init__(self) -> None:
        check_support("start_azimuth_deg", self.start_azimuth_deg, -360.0, 360.0)

    def __call__(self, scene: Scene, draws: Draws, library: Library) -> Scene:  # noqa: ARG002 - a Randomizer
        """Return the scene with its LiDARs turned.

        Raises:
            RecipeError: a LiDAR that is named is not there or does not spin.
        """
        spinning = [s.name for s in scene.sensors if isinstance(s, Lidar) and isinstance(s.pattern, Spinning)]
        if missing := [name for name in self.lidars if name not in spinning]:
            raise RecipeError(
                f"'{self.name}': no spinning LiDAR {', '.join(map(repr, missing))}; there are: "
                f"{', '.join(spinning) or 'none'}"
            )
        free = self.lidars or spinning
        starts = {
            n: float(draws.value(f"{n}.start_azimuth_deg", self.start_azimuth_deg)) for n in spinning if n in free
        }
        return replace(
            scene,
            sensors=tuple(
                replace(s, start_azimuth_deg=starts[s.name]) if isinstance(s, Lidar) and s.name in starts else s
                for s in scene.sensors
            ),
        )
