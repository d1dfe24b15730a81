"""The randomizer ``distractors``: odd things of drawn colour dropped among the objects, labelled as such."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from simgen.assets.library import Library
from simgen.distributions import AnyDistribution, Constant, Uniform, UniformInt
from simgen.randomize.drop import Drop
from simgen.randomize.materials import Materials
from simgen.scene.scene import Scene
from simgen.streams import Draws


@dataclass(frozen=True, kw_only=True)
class Distractors:
    """Drops objects that a model has to learn to pass over.

    They are let fall as by `Drop`, get surfaces as by `Materials`, and the category ``distractor``.

    Attributes:
        name: prefix of its factors.
        every: objects can only be dropped once per scene.
        onto: use of the areas they fall onto: ``table_top``, ``bin`` or ``floor``.
        count: how many.
        categories: what they are made from, with weights; ``part`` needs the asset source ``pybullet``.
        longest_m: their longest side.
        height_m: clear height of the lowest above the region.
        spread: share of the region, about a drawn middle, that they fall on.
    """

    kind: Literal["distractors"] = "distractors"
    name: str = "distractors"
    every: Literal["scene"] = "scene"
    onto: str = "table_top"
    count: AnyDistribution = UniformInt(low=0, high=5)
    categories: dict[str, float] = field(default_factory=lambda: {"part": 1.0})
    longest_m: AnyDistribution = Uniform(low=0.04, high=0.14)
    height_m: AnyDistribution = Uniform(low=0.005, high=0.05)
    spread: AnyDistribution = Constant(value=1.0)

    def __post_init__(self) -> None:
        self._drop()

    def __call__(self, scene: Scene, draws: Draws, library: Library) -> Scene:
        """Return the scene with the distractors in the air.

        Raises:
            AssetError: a category has no model.
            PlacementError: the scene has no area of the wanted use.
        """
        dropped = self._drop()(scene, draws, library).objects[len(scene.objects) :]
        renamed = tuple(replace(o, asset=replace(o.asset, category="distractor")) for o in dropped)
        painted = Materials(name=self.name, categories=("distractor",), which="all", textures="drop")
        return scene.adding(*painted(replace(scene, objects=renamed), draws, library).objects)

    def _drop(self) -> Drop:
        return Drop(
            name=self.name,
            onto=self.onto,
            count=self.count,
            categories=self.categories,
            longest_m=self.longest_m,
            pose="any",
            height_m=self.height_m,
            spread=self.spread,
        )
