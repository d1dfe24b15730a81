"""How a LiDAR moves its beams during a sweep: turning, through rotating prisms, or over a raster."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np

from simgen import spec


@dataclass(frozen=True, kw_only=True)
class Spinning:
    """All beams turn about the sensor's vertical axis, one turn a sweep."""

    kind: Literal["spinning"] = "spinning"


@dataclass(frozen=True, kw_only=True)
class Raster:
    """A solid-state sensor's field, swept from side to side once a sweep.

    Attributes:
        azimuth_deg: where the field begins and where it ends, counter-clockwise from ahead: (60, -60) is swept from
            left to right. Columns stand in the middle of equal parts of it.
        order: ``columns`` fires all lines at each azimuth in turn, as a turning mirror before a stack of lasers does;
            ``lines`` runs along each line in turn, from the top down, as a two-axis mirror does; ``flash`` fires
            everything at once.
        two_way: whether every second line of order ``lines`` is run backwards, so that no time is lost.
        active_share: how much of a sweep's time is spent on the field, from its start; the rest is the way back.
    """

    azimuth_deg: tuple[float, float]
    order: Literal["columns", "lines", "flash"] = "columns"
    two_way: bool = False
    active_share: float = 1.0
    kind: Literal["raster"] = "raster"

    def __post_init__(self) -> None:
        start, end = self.azimuth_deg
        if not 0.0 < abs(start - end) <= 360.0:
            raise ValueError(f"azimuth_deg must span more than 0 and at most 360 degrees, got {start:g} to {end:g}")
        if not 0.0 < self.active_share <= 1.0:
            raise ValueError(f"active_share must lie above 0 and at most at 1, got {self.active_share}")
        if self.two_way and self.order != "lines":
            raise ValueError(f"two_way is for order 'lines', not {self.order!r}; leave one or the other out")


@dataclass(frozen=True, kw_only=True)
class Prism:
    """A wedge of glass that rotates about the sensor's forward axis: a Risley prism.

    Attributes:
        rate_hz: turns a second, counter-clockwise as seen from behind the sensor; negative turns clockwise.
        wedge_deg: angle between its two faces, above 0 and below 60.
        refractive_index: of its glass.
        slanted: which of its faces is not square to the axis, the one that the light leaves by or enters by first.
    """

    rate_hz: float
    wedge_deg: float
    refractive_index: float
    slanted: Literal["entry", "exit"]

    def __post_init__(self) -> None:
        if not (1.0 < self.refractive_index < 4.0 and 0.0 < self.wedge_deg < 60.0 and math.isfinite(self.rate_hz)):
            raise ValueError(
                "a prism needs a refractive_index of 1 to 4, a wedge_deg of 0 to 60 and a finite rate_hz, got "
                f"{self.refractive_index}, {self.wedge_deg} and {self.rate_hz}"
            )


@dataclass(frozen=True, kw_only=True)
class Rosette:
    """Beams sent through prisms that rotate at different rates: a pattern of petals that hardly ever repeats.

    Where a beam points follows from the time since the sensor was switched on, so that each sweep goes on where the
    last one ended, and the longer one looks, the more of the field is covered (Liu, Liu and Zhang 2022, "Low-cost
    retina-like robotic lidars based on incommensurable scanning").

    Attributes:
        prisms: in the order in which the light passes them on its way out.
    """

    prisms: tuple[Prism, ...]
    kind: Literal["rosette"] = "rosette"

    def __post_init__(self) -> None:
        if not self.prisms:
            raise ValueError("a rosette needs one prism or more")

    def bend(self, direction: np.ndarray, time_s: np.ndarray) -> np.ndarray:
        """Return where the prisms send light that enters them.

        Args:
            direction: (N, 3) unit vectors, x being the axis.
            time_s: (N,) since all prisms had their thickest part to the left.

        Returns:
            (N, 3) float64 unit vectors; NaN where a face reflects all of the light.
        """
        bent = np.asarray(direction, dtype=np.float64)
        square = np.broadcast_to((1.0, 0.0, 0.0), bent.shape)
        for prism in self.prisms:
            turn = 2.0 * math.pi * np.fmod(prism.rate_hz * np.asarray(time_s, dtype=np.float64), 1.0)
            wedge = math.radians(prism.wedge_deg)
            # The slanted face's normal, along the light: it leans to the thick side where light enters by the face.
            lean = math.sin(wedge) * (1.0 if prism.slanted == "entry" else -1.0)
            slanted = np.stack([np.full_like(turn, math.cos(wedge)), lean * np.cos(turn), lean * np.sin(turn)], axis=1)
            faces = (slanted, square) if prism.slanted == "entry" else (square, slanted)
            bent = refract(bent, faces[0], 1.0 / prism.refractive_index)
            bent = refract(bent, faces[1], prism.refractive_index)
        return bent


def refract(direction: np.ndarray, normal: np.ndarray, ratio: float) -> np.ndarray:
    """Return how light goes on behind a face: Snell's law for vectors.

    Args:
        direction: (N, 3) unit vectors.
        normal: (N, 3) unit normals of the face, along the light rather than against it.
        ratio: refractive index before the face over that behind it.

    Returns:
        (N, 3) unit vectors; NaN where the face reflects all of the light.
    """
    cosine = (direction * normal).sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):
        behind = np.sqrt(1.0 - ratio * ratio * (1.0 - cosine * cosine))
    return ratio * direction + (behind - ratio * cosine) * normal


BeamPattern = Annotated[Spinning | Raster | Rosette, spec.TAGGED]
