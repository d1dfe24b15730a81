"""What a recipe says of its data set as a whole: splits, files, labels, sequences, twins."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

from simgen.simulate.behaviour import Behaviour

GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0


@dataclass(frozen=True, kw_only=True)
class Splits:
    """Shares of the scenes that go to each split; they add up to 1. Frames of one scene stay together.

    Attributes:
        train, val, test: shares, 0 to 1.
    """

    train: float = 0.8
    val: float = 0.1
    test: float = 0.1

    def __post_init__(self) -> None:
        shares = (self.train, self.val, self.test)
        if min(shares) < 0 or not abs(sum(shares) - 1.0) < 1e-9:
            raise ValueError(f"train, val and test must be 0 or more and add up to 1, got {shares}")

    def of(self, scene_index: int) -> str:
        """Return the split of a scene.

        Scenes are laid out by the golden-ratio sequence, so any run of scenes holds nearly the wanted shares and a
        scene's split never depends on how many there are.
        """
        place = math.fmod((scene_index + 0.5) * GOLDEN, 1.0)
        return "train" if place < self.train else "val" if place < self.train + self.val else "test"


@dataclass(frozen=True, kw_only=True)
class Storage:
    """How a data set's files are written.

    Attributes:
        image_format: ``png`` (lossless) or ``jpg``.
        jpeg_quality: 1 to 100, for ``jpg``.
        normals: whether normal images are kept.
        semantic: whether images of category ids are kept.
        panoptic: whether COCO panoptic images and annotations are kept.
        object_coordinates: whether images of each pixel's position in its object's cuboid (NOCS) are kept.
        albedo: whether images of the surfaces' own colour, without light, are kept.
        uv: whether images of texture coordinates are kept.
        lens_mask: whether images of how much light what lies on the lens lets through are kept.
        linear: whether the light before the lens, free of noise, is kept as 16-bit images.
        depth_reasons: whether images of why depth cameras measured nothing, or the wrong surface, are kept.
        infrared: whether what the infrared imagers of depth cameras saw is kept.
        flow: whether optical flow to the next and the previous frame of the same scene, with occlusion, is kept.
    """

    image_format: Literal["png", "jpg"] = "png"
    jpeg_quality: int = 95
    normals: bool = False
    semantic: bool = False
    panoptic: bool = False
    object_coordinates: bool = False
    albedo: bool = False
    uv: bool = False
    lens_mask: bool = False
    linear: bool = False
    depth_reasons: bool = False
    infrared: bool = False
    flow: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.jpeg_quality <= 100:
            raise ValueError(f"jpeg_quality must lie in 1 to 100, got {self.jpeg_quality}")

    @property
    def truths(self) -> dict[str, bool]:
        """What `simgen.annotate.pixels.with_truths` is to add to a view."""
        return {
            "semantic": self.semantic,
            "panoptic": self.panoptic,
            "object_coordinates": self.object_coordinates,
            "uv": self.uv,
        }


@dataclass(frozen=True, kw_only=True)
class Labels:
    """What the labels of camera images are of.

    Attributes:
        glass: ``first_surface`` labels a pane as what it is part of; with ``seen_through`` depth, ids, normals, masks
            and boxes are of what lies behind it. Pictures and LiDAR sweeps are the same.
    """

    glass: Literal["first_surface", "seen_through"] = "first_surface"


@dataclass(frozen=True, kw_only=True)
class Sequence:
    """Makes the frames of a scene instants of one world that unfolds.

    What moves keeps its id, and its velocity is the derivative of its pose. In a sequence every randomizer draws once
    per scene; what it does for each frame it does with the same draws at each instant, unless ``redraw`` names it.

    Attributes:
        rate_hz: frames per second.
        start_s: the first frame's time; traffic and what falls have been on their way since 0.
        redraw: names of the randomizers of every frame that draw anew for each.
        traffic: how drivers and walkers that no randomizer has given a way of their own behave; null keeps their
            speeds.
        physics: what becomes of dropped objects: ``settle`` shows them at rest, ``record`` as they fall.
    """

    rate_hz: float = 10.0
    start_s: float = 0.0
    redraw: tuple[str, ...] = ()
    traffic: Behaviour | None = Behaviour()
    physics: Literal["settle", "record"] = "settle"

    def __post_init__(self) -> None:
        if not 0.01 <= self.rate_hz <= 1000.0:
            raise ValueError(f"rate_hz must lie in 0.01 to 1000, got {self.rate_hz}")
        if not 0.0 <= self.start_s <= 600.0:
            raise ValueError(f"start_s must lie in 0 to 600, got {self.start_s}")

    def time_s(self, k: int) -> float:
        """Return the time of a scene's k-th frame."""
        return self.start_s + k / self.rate_hz


@dataclass(frozen=True, kw_only=True)
class TwinOf:
    """Which data set a counterfactual twin is of, and what is changed in it.

    Attributes:
        name: of the other data set.
        digest: of the other data set.
        changed: path of each value that is changed to the new value as JSON.
        without: names of the objects that are taken out.
    """

    name: str
    digest: str
    changed: dict[str, str] = field(default_factory=dict)
    without: tuple[str, ...] = ()
