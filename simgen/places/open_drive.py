"""The place ``open_drive``: roads of an OpenDRIVE file in open country."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from simgen.assets.library import Library
from simgen.distributions import AnyDistribution, UniformInt, check_support
from simgen.errors import RecipeError
from simgen.geometry.pose import Vector3
from simgen.places.roads.country import country_scene
from simgen.places.roads.line import Cubic, Placed, ReferenceLine
from simgen.places.roads.network import Junction, Link, Network, NetworkRoad
from simgen.places.roads.open_drive_read import read_open_drive
from simgen.scene.scene import Scene
from simgen.streams import Draws


@dataclass(frozen=True, kw_only=True)
class OpenDrive:
    """The roads of an OpenDRIVE file (.xodr), their lanes as the file has them, with open land around.

    What the file holds beyond that is listed in the factor ``not_built``; a broken file is refused with every fault.

    Attributes:
        file: path of the file, from where simgen runs.
        middle_m: the file's x and y that become the world's origin; null for the middle of all roads.
        radius_m: only roads that come as near as this to the middle are built.
        trees: how many stand near the roads.
        bushes: the same for bushes.
    """

    file: str
    middle_m: tuple[float, float] | None = None
    radius_m: float = 300.0
    trees: AnyDistribution = UniformInt(low=20, high=60)
    bushes: AnyDistribution = UniformInt(low=10, high=30)
    kind: Literal["open_drive"] = "open_drive"

    def __post_init__(self) -> None:
        if not 20.0 <= self.radius_m <= 5000.0:
            raise ValueError(f"radius_m must lie in 20 to 5000, got {self.radius_m}")
        check_support("trees", self.trees, 0, 400)
        check_support("bushes", self.bushes, 0, 400)

    @property
    def digest(self) -> str:
        """SHA-256 hex of the file.

        Raises:
            RecipeError: it cannot be read.
        """
        try:
            return hashlib.sha256(Path(self.file).read_bytes()).hexdigest()
        except OSError as error:
            raise RecipeError(f"{self.file}: cannot be read: {error.strerror}") from None

    def network(self, draws: Draws) -> Network:
        """Read the roads, moved so that the middle is the origin, and record what was left out.

        Raises:
            RecipeError: the file is broken, or has no road within the radius.
        """
        network, left_out = read_open_drive(self.file)
        draws.note("not_built", "; ".join(left_out))
        points = [road.line.at(np.linspace(0.0, road.line.length_m, 20)).beside(0.0) for road in network.roads]
        every = np.concatenate(points)
        low, high = every.min(axis=0), every.max(axis=0)
        x, y = self.middle_m if self.middle_m is not None else (float(v) for v in (low[:2] + high[:2]) / 2)
        nearest = [float(np.hypot(p[:, 0] - x, p[:, 1] - y).min()) for p in points]
        kept = {r.id for r, away in zip(network.roads, nearest, strict=True) if away <= self.radius_m}
        if not kept:
            raise RecipeError(
                f"{self.file}: no road lies within radius_m ({self.radius_m:g} m) of ({x:g}, {y:g}); the roads span "
                f"({low[0]:g}, {low[1]:g}) to ({high[0]:g}, {high[1]:g}). Set middle_m, or raise radius_m."
            )
        near = np.concatenate([p for p, away in zip(points, nearest, strict=True) if away <= self.radius_m])
        draws.note("origin_m", f"{x:.3f}, {y:.3f}, {float(np.median(near[:, 2])):.3f}")
        return _moved(_cropped(network, kept), (-x, -y, -float(np.median(near[:, 2]))))

    def build(self, draws: Draws, library: Library) -> Scene:
        """Return the file's roads with their lanes, in drawn land.

        Raises:
            RecipeError: the file is broken, or has no lane for traffic.
        """
        network = self.network(draws)
        if not network.driven:
            raise RecipeError(f"{self.file}: no lane for traffic within radius_m ({self.radius_m:g} m)")
        return country_scene(network, draws, library, trees=self.trees, bushes=self.bushes)


def _cropped(network: Network, kept: set[str]) -> Network:
    """Return the roads of some ids, without what joined others."""

    def link(found: Link | None) -> Link | None:
        return None if found is not None and found.kind == "road" and found.id not in kept else found

    roads = tuple(
        replace(r, predecessor=link(r.predecessor), successor=link(r.successor)) for r in network.roads if r.id in kept
    )
    junctions: list[Junction] = []
    for j in network.junctions:
        ways = tuple(c for c in j.connections if c.incoming in kept and c.connecting in kept)
        junctions.append(replace(j, connections=ways))
    return Network(roads=roads, junctions=tuple(junctions), name=network.name)


def _moved(network: Network, by_m: Vector3) -> Network:
    """Return a network moved as a whole."""
    return replace(network, roads=tuple(_moved_road(road, by_m) for road in network.roads))


def _moved_road(road: NetworkRoad, by_m: Vector3) -> NetworkRoad:
    x, y, z = by_m
    pieces = tuple(
        Placed(start_m=p.start_m, x_m=p.x_m + x, y_m=p.y_m + y, heading_rad=p.heading_rad, curve=p.curve)
        for p in road.line.pieces
    )
    raised = tuple(replace(h, a=h.a + z) for h in road.line.heights)
    heights = raised or ((Cubic(a=z),) if not math.isclose(z, 0.0) else ())
    return replace(road, line=ReferenceLine(pieces=pieces, heights=heights))
