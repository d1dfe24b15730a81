"""A Bullet world of its own: static meshes, falling bodies of convex pieces, fixed steps."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import numpy as np

from simgen.geometry.pose import Pose
from simgen.scene.scene import Instance
from simgen.simulate.bullet import pybullet
from simgen.simulate.hulls import convex_components, convex_parts

ENLARGED = 10.0
"""Bullet is told lengths this many times too large: its contact tolerances suit bodies ten times the size of ours."""

_GRAVITY_MPS2 = 9.81
_DENSITY_KGPM3 = 600.0
_LEAST_MASS_KG = 0.01


@dataclass(frozen=True, kw_only=True)
class Surface:
    """How bodies grip and bounce.

    Attributes:
        friction: Coulomb coefficient of each body; Bullet multiplies those of a pair.
        rolling_friction_m: resistance to rolling, as a lever arm.
        restitution: of each body, 0 (none) to 1; Bullet multiplies those of a pair.
    """

    friction: float = 0.7
    rolling_friction_m: float = 0.0015
    restitution: float = 0.2


class World:
    """A physics client that lives as long as its ``with`` block."""

    def __init__(self, time_step_s: float, surface: Surface) -> None:
        """Keep the settings; the client starts with the ``with`` block."""
        self._time_step_s, self._surface = time_step_s, surface
        self._bodies: dict[int, int] = {}
        self._from_mass_centre: dict[int, Pose] = {}
        self._shapes: dict[tuple[int, float], tuple[int, np.ndarray, float]] = {}

    def __enter__(self) -> World:
        self._folder = tempfile.TemporaryDirectory(prefix="simgen-hulls-")
        self._client = pybullet.connect(pybullet.DIRECT)
        pybullet.setGravity(0, 0, -_GRAVITY_MPS2 * ENLARGED, physicsClientId=self._client)
        pybullet.setPhysicsEngineParameter(
            fixedTimeStep=self._time_step_s,
            numSolverIterations=40,
            numSubSteps=0,
            deterministicOverlappingPairs=1,
            enableConeFriction=1,
            enableFileCaching=0,
            contactERP=0.2,
            erp=0.2,
            physicsClientId=self._client,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        pybullet.disconnect(physicsClientId=self._client)
        self._folder.cleanup()

    def add_static(self, vertices: np.ndarray, faces: np.ndarray) -> None:
        """Add (V, 3) world vertices and (F, 3) faces that never move: convex parts as such, the rest as triangles."""
        convex, others = convex_components(np.asarray(vertices, dtype=np.float64), np.asarray(faces))
        for points in convex:
            shape = pybullet.createCollisionShape(
                pybullet.GEOM_MESH, vertices=(points * ENLARGED).tolist(), physicsClientId=self._client
            )
            self._add_fixed(shape)
        if len(others):
            shape = pybullet.createCollisionShape(
                pybullet.GEOM_MESH,
                vertices=(np.asarray(vertices, dtype=np.float64) * ENLARGED).tolist(),
                indices=others.ravel().tolist(),
                flags=pybullet.GEOM_FORCE_CONCAVE_TRIMESH,
                physicsClientId=self._client,
            )
            self._add_fixed(shape)

    def _add_fixed(self, shape: int) -> None:
        body = pybullet.createMultiBody(
            baseMass=0.0, baseCollisionShapeIndex=shape, useMaximalCoordinates=1, physicsClientId=self._client
        )
        pybullet.changeDynamics(
            body,
            -1,
            lateralFriction=self._surface.friction,
            restitution=self._surface.restitution,
            physicsClientId=self._client,
        )

    def add_dynamic(self, instance: Instance) -> None:
        """Add a body that falls, in the shape of the instance's convex pieces."""
        shape, centre, mass = self._shape_of(instance)
        from_centre = Pose(translation_m=(-float(centre[0]), -float(centre[1]), -float(centre[2])))
        pose = instance.world_from_object @ from_centre.inverse
        w, x, y, z = pose.rotation_wxyz
        body = pybullet.createMultiBody(
            baseMass=mass,
            baseCollisionShapeIndex=shape,
            basePosition=[t * ENLARGED for t in pose.translation_m],
            baseOrientation=[x, y, z, w],
            useMaximalCoordinates=1,
            physicsClientId=self._client,
        )
        pybullet.changeDynamics(
            body,
            -1,
            lateralFriction=self._surface.friction,
            restitution=self._surface.restitution,
            rollingFriction=self._surface.rolling_friction_m * ENLARGED,
            spinningFriction=self._surface.rolling_friction_m * ENLARGED,
            linearDamping=0.05,
            angularDamping=0.15,
            physicsClientId=self._client,
        )
        if any(instance.velocity_mps) or instance.yaw_rate_rps:
            # Bullet is told the speed of the centre of mass, which turns about the origin.
            arm = instance.world_from_object.rotate(np.asarray(centre))
            turn = np.array([0.0, 0.0, instance.yaw_rate_rps])
            velocity = (np.asarray(instance.velocity_mps) + np.cross(turn, arm)) * ENLARGED
            pybullet.resetBaseVelocity(body, velocity.tolist(), turn.tolist(), physicsClientId=self._client)
        self._bodies[instance.id] = body
        self._from_mass_centre[instance.id] = from_centre

    def remove(self, instance_id: int) -> None:
        """Take a falling body out."""
        pybullet.removeBody(self._bodies.pop(instance_id), physicsClientId=self._client)

    def step(self, seconds: float) -> None:
        """Let time pass, in whole steps."""
        for _ in range(max(1, round(seconds / self._time_step_s))):
            pybullet.stepSimulation(physicsClientId=self._client)

    def pose(self, instance_id: int) -> Pose:
        """Return ``world_from_object`` of a falling body."""
        position, (x, y, z, w) = pybullet.getBasePositionAndOrientation(
            self._bodies[instance_id], physicsClientId=self._client
        )
        norm = math.sqrt(w * w + x * x + y * y + z * z)
        world_from_centre = Pose(
            (w / norm, x / norm, y / norm, z / norm),
            (position[0] / ENLARGED, position[1] / ENLARGED, position[2] / ENLARGED),
        )
        return world_from_centre @ self._from_mass_centre[instance_id]

    def speeds(self, instance_id: int) -> tuple[float, float]:
        """Return a falling body's speed in m/s and turning rate in rad/s."""
        linear, angular = pybullet.getBaseVelocity(self._bodies[instance_id], physicsClientId=self._client)
        return math.dist(linear, (0, 0, 0)) / ENLARGED, math.dist(angular, (0, 0, 0))

    def _shape_of(self, instance: Instance) -> tuple[int, np.ndarray, float]:
        """Return Bullet's shape, the centre of mass and the mass; instances of one mesh and scale share them."""
        key = (id(instance.asset.mesh), instance.scale)
        if key not in self._shapes:
            parts = convex_parts(instance.asset.mesh)
            centre = parts.centre_of_mass * instance.scale
            path = Path(self._folder.name) / f"{len(self._shapes)}.obj"
            path.write_text(_obj([h * instance.scale - centre for h in parts.hulls]))
            shape = pybullet.createCollisionShape(
                pybullet.GEOM_MESH, fileName=str(path), meshScale=[ENLARGED] * 3, physicsClientId=self._client
            )
            mass = max(parts.volume_m3 * instance.scale**3 * _DENSITY_KGPM3, _LEAST_MASS_KG)
            self._shapes[key] = (shape, centre, mass)
        return self._shapes[key]


def _obj(hulls: Sequence[np.ndarray]) -> str:
    """Return an OBJ file with one object a hull; Bullet makes the convex hull of each."""
    lines, start = [], 1
    for k, points in enumerate(hulls):
        lines.append(f"o piece{k}")
        lines += [f"v {x:.9f} {y:.9f} {z:.9f}" for x, y, z in points]
        # Only the corners count; a fan over them makes them one object to the reader.
        lines += [f"f {start} {start + j} {start + j + 1}" for j in range(1, len(points) - 1)]
        start += len(points)
    return "\n".join(lines) + "\n"
