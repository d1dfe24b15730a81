"""What lines a road: rows of buildings, trees and lamps, all standing clear of the lanes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from simgen.assets.library import Library
from simgen.distributions import AnyDistribution, Constant, Uniform, UniformInt, check_support
from simgen.errors import AssetError
from simgen.geometry.pose import Pose, at
from simgen.places.choose import choose, choose_several
from simgen.places.path import Path
from simgen.places.pieces import Part
from simgen.scene.asset import Asset
from simgen.streams import Draws

BARE_TRUNK_M = (0.8, 1.9)
"""A street tree's branches may reach this far from its axis, up to this height."""

GAUGE_M = 4.5
"""Height above lanes for traffic that is kept clear, as Germany's guidelines for roads ask (RASt 06)."""

_POST_M = 0.4
"""How far a lamp reaches along its row."""


@dataclass(frozen=True, kw_only=True)
class Frontage:
    """A row of building fronts.

    Attributes:
        setback_m: from the back of the pavement to the fronts.
        alley_chance: chance that a gap follows a building.
        alley_m: width of such a gap.
        models: how many different buildings a scene has, at most.
    """

    setback_m: AnyDistribution = Uniform(low=0.0, high=1.0)
    alley_chance: float = 0.18
    alley_m: AnyDistribution = Uniform(low=2.5, high=7.0)
    models: AnyDistribution = UniformInt(low=8, high=12)

    def __post_init__(self) -> None:
        check_support("setback_m", self.setback_m, 0.0, 50.0)
        check_support("alley_m", self.alley_m, 0.0, 60.0)
        check_support("models", self.models, 1, 100)
        if not 0.0 <= self.alley_chance <= 1.0:
            raise ValueError(f"alley_chance must lie in 0 to 1, got {self.alley_chance}")


@dataclass(frozen=True, kw_only=True)
class Planting:
    """A row of trees or lamps along a strip.

    Attributes:
        spacing_m: from one to the next.
        models: how many different models a scene has, at most.
        missing_chance: chance that one of the row is not there.
    """

    spacing_m: AnyDistribution
    models: AnyDistribution = Constant(value=1)
    missing_chance: float = 0.0

    def __post_init__(self) -> None:
        check_support("spacing_m", self.spacing_m, 1.0, 500.0)
        check_support("models", self.models, 1, 100)
        if not 0.0 <= self.missing_chance <= 1.0:
            raise ValueError(f"missing_chance must lie in 0 to 1, got {self.missing_chance}")


def facing_road(path: Path, along_m: float, left_m: float, z_m: float) -> Pose:
    """Return the pose of something beside a path that looks at it square on."""
    x, y = path.at(along_m, left_m)
    side = 1.0 if left_m > 0 else -1.0
    return at(x, y, z_m, path.frame(along_m)[1] - side * math.pi / 2)


def building_row(
    path: Path, edge_m: float, span_m: tuple[float, float], z_m: float, names: Sequence[str], library: Library,
    draws: Draws, factor: str, frontage: Frontage,
) -> list[Part]:  # fmt: skip
    """Set buildings side by side along an offset of a path, fronts on ``edge_m`` plus the setback, with alleys between.

    The row ends before a building would pass the end of ``span_m``. Negative ``edge_m`` is the right side.
    """
    rng = draws.rng(factor)
    side = 1.0 if edge_m > 0 else -1.0
    setback = float(draws.value(f"{factor}_setback_m", frontage.setback_m))
    parts: list[Part] = []
    along, last = span_m[0], ""
    while True:
        name = names[int(rng.integers(len(names)))]
        if name == last and len(names) > 1:
            name = names[(names.index(name) + 1) % len(names)]
        asset = library.load(name)
        depth, width, _ = asset.size_m
        if along + width > span_m[1]:
            break
        left = edge_m + side * (setback + depth / 2)
        pose = facing_road(path, along + width / 2, left, z_m)
        parts.append(Part(name=f"{factor}_{len(parts)}", asset=asset, world_from_object=pose))
        draws.note(factor, name, len(parts))
        along += width + 0.02
        last = name
        if rng.random() < frontage.alley_chance:
            along += float(frontage.alley_m.sample(rng))
    return parts


def planted_row(
    path: Path, left_m: float, span_m: tuple[float, float], z_m: float, category: str, library: Library, draws: Draws,
    factor: str, planting: Planting, avoid_m: Sequence[float] = (), keep_m: float = 2.5,
    posts_m: Sequence[float] = (), room_m: float = math.inf, lanes_m: float = math.inf,
) -> list[Part]:  # fmt: skip
    """Set trees or lamps in a row; whatever comes within ``keep_m`` of a distance in ``avoid_m`` is left out.

    So is a tree that would reach a post at a distance in ``posts_m`` with its crown; one whose crown is wider than
    ``room_m`` to every side is made smaller. Lanes for traffic begin ``lanes_m`` from the row: what hangs over them
    lower than `GAUGE_M` is cut off.

    Lamps face the road; trees are turned at random, and are of those whose crowns leave room to walk below.

    Raises:
        AssetError: the library has no such model.
    """
    rng = draws.rng(factor)
    models = int(draws.value(f"{factor}_models", planting.models))
    if category == "tree":
        names = _street_trees(library, rng, models)
    else:
        names = choose_several(library, category, rng, models)
    spacing = float(draws.value(f"{factor}_spacing_m", planting.spacing_m))
    start = span_m[0] + float(rng.uniform(0.2, 1.0)) * spacing
    parts: list[Part] = []
    for along in np.arange(start, span_m[1] - 1.0, spacing):
        along = float(along + rng.normal(0.0, 0.02) * spacing)
        name = names[int(rng.integers(len(names)))]
        turn = float(rng.uniform(0.0, 2 * math.pi))
        missing = rng.random() < planting.missing_chance
        if missing or any(abs(along - other) < keep_m for other in avoid_m) or not span_m[0] < along < span_m[1]:
            continue
        asset = library.load(name)
        reach = reach_m(asset)
        scale = min(1.0, room_m / reach) if category == "tree" else 1.0
        if any(abs(along - post) < scale * reach + _POST_M for post in posts_m):
            continue
        pose = facing_road(path, along, left_m, z_m)
        if category == "tree":
            to_road = pose.yaw_rad
            pose = at(*pose.translation_m, turn)
            asset = lopped(asset, to_road - turn, lanes_m / scale, (GAUGE_M - z_m) / scale)
        parts.append(Part(name=f"{factor}_{len(parts)}", asset=asset, world_from_object=pose, scale=scale))
    draws.note(f"{factor}_count", len(parts))
    return parts


def _street_trees(library: Library, rng: np.random.Generator, count: int) -> tuple[str, ...]:
    """Return up to ``count`` names of trees with a bare trunk, in drawn order."""
    order = choose_several(library, "tree", rng, len(library.names("tree")))
    found = []
    for name in order:
        if has_bare_trunk(library.load(name)):
            found.append(name)
        if len(found) == count:
            break
    if not found:
        raise AssetError(
            f"none of the library's {len(order)} trees has a trunk bare up to {BARE_TRUNK_M[1]} m, as street trees "
            "need; set the place's trees to null, or add a source that has one to the recipe's assets"
        )
    return tuple(found)


def has_bare_trunk(tree: Asset) -> bool:
    """Return whether level cuts through a tree, from knee height to `BARE_TRUNK_M`, reach no further than a trunk."""
    reach, top = BARE_TRUNK_M
    corners = tree.mesh.vertices[tree.mesh.faces].astype(np.float64)
    start, end = corners.reshape(-1, 3), np.roll(corners, -1, axis=1).reshape(-1, 3)
    for height in np.linspace(0.5, top, 6):
        cut = (start[:, 2] <= height) != (end[:, 2] <= height)
        a, b = start[cut], end[cut]
        at_height = a + (b - a) * ((height - a[:, 2]) / (b[:, 2] - a[:, 2]))[:, None]
        if len(at_height) and float(np.hypot(at_height[:, 0], at_height[:, 1]).max()) >= reach:
            return False
    return True


def lopped(tree: Asset, towards_rad: float, beyond_m: float, below_m: float) -> Asset:
    """Return a tree without the twigs that reach too far to one side too low, as its road's keepers cut it.

    Args:
        tree: the model, at its own scale.
        towards_rad: the side, in the model's frame, from its +x.
        beyond_m: how far from the trunk twigs may reach that way at any height.
        below_m: what is higher than this may reach farther.
    """
    mesh = tree.mesh
    reach = mesh.vertices[:, :2] @ np.array([math.cos(towards_rad), math.sin(towards_rad)])
    cut = (reach > beyond_m) & (mesh.vertices[:, 2] < below_m)
    kept = ~cut[mesh.faces].any(axis=1)
    if kept.all():
        return tree
    used, faces = np.unique(mesh.faces[kept], return_inverse=True)
    left = replace(
        mesh, vertices=mesh.vertices[used], faces=faces.reshape(-1, 3), normals=mesh.normals[used], uv=mesh.uv[used],
        face_material=mesh.face_material[kept],
    )  # fmt: skip
    return replace(tree, mesh=left)


def reach_m(tree: Asset) -> float:
    """Return how far a crown reaches from the trunk, at the model's own size."""
    return float(np.hypot(*tree.mesh.vertices[:, :2].T).max())


def scattered(
    path: Path, left_m: tuple[float, float], span_m: tuple[float, float], z_m: float, category: str, library: Library,
    draws: Draws, factor: str, count: AnyDistribution, largest: float = 1.25, clear_of_m: float | None = None,
) -> list[Part]:  # fmt: skip
    """Stand trees or bushes of two models at random between two offsets of a path, crowns clear of a fence's."""
    rng = draws.rng(factor)
    wanted = int(draws.value(f"{factor}_count", count))
    names = choose_several(library, category, rng, 2) if wanted else ()
    parts = []
    for k in range(wanted):
        along, left = float(rng.uniform(*span_m)), float(rng.uniform(*left_m))
        asset = library.load(names[int(rng.integers(len(names)))])
        turn, scale = float(rng.uniform(0.0, 2 * math.pi)), float(rng.uniform(0.8, largest))
        if clear_of_m is not None:
            # In bends what lies beside is up to a tenth nearer than the offset says.
            away = math.copysign(max(abs(left - clear_of_m), 1.1 * scale * reach_m(asset)), left - clear_of_m)
            left = clear_of_m + away
        pose = at(*path.at(along, left), z_m, turn)
        parts.append(Part(name=f"{factor}_{k}", asset=asset, world_from_object=pose, scale=scale))
    return parts


def draw_building_names(library: Library, draws: Draws, frontage: Frontage) -> tuple[str, ...]:
    """Draw the different buildings of a scene."""
    count = int(draws.value("building_models", frontage.models))
    return choose_several(library, "building", draws.rng("buildings"), count)


def draw_name(library: Library, draws: Draws, factor: str, category: str) -> str:
    """Draw one model of a category and record it."""
    name = choose(library, category, draws.rng(factor))
    draws.note(factor, name)
    return name
