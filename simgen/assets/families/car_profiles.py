"""Side views of cars and vans: where their outline, windows, pillars and axles lie."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A body's side view, in shares of its length (from the rear, 0, to the front, 1) and of its height.

    Attributes:
        top: (x, z) points of the outline's upper edge over its middle, rear to front.
        roof: x of the roof's rear and front end.
        rear, cowl: x of the foot of the rear window and of the windscreen.
        belt: height of the side windows' foot.
        pillars: x of the pillars' middles within the side windows.
        axles: x of the two axles.
        blind: x range of the side that has no windows though it rises to the roof.
    """

    top: tuple[tuple[float, float], ...]
    roof: tuple[float, float]
    rear: float
    cowl: float
    belt: float
    pillars: tuple[float, ...]
    axles: tuple[float, float]
    blind: tuple[float, float] = (0.0, 0.0)


PROFILES: dict[str, Profile] = {
    "sedan": Profile(
        top=(
            (0.0, 0.60),
            (0.015, 0.70),
            (0.13, 0.735),
            (0.30, 0.965),
            (0.44, 1.0),
            (0.56, 0.98),
            (0.735, 0.665),
            (0.90, 0.60),
            (0.985, 0.50),
            (1.0, 0.43),
        ),
        roof=(0.30, 0.56),
        rear=0.13,
        cowl=0.735,
        belt=0.655,
        pillars=(0.475, 0.28),
        axles=(0.205, 0.80),
    ),
    "hatchback": Profile(
        top=(
            (0.0, 0.60),
            (0.015, 0.64),
            (0.03, 0.68),
            (0.12, 0.93),
            (0.22, 0.985),
            (0.42, 1.0),
            (0.53, 0.98),
            (0.745, 0.665),
            (0.90, 0.61),
            (0.985, 0.51),
            (1.0, 0.44),
        ),
        roof=(0.12, 0.53),
        rear=0.03,
        cowl=0.745,
        belt=0.65,
        pillars=(0.44, 0.19),
        axles=(0.165, 0.815),
    ),
    "suv": Profile(
        top=(
            (0.0, 0.58),
            (0.012, 0.62),
            (0.03, 0.66),
            (0.09, 0.94),
            (0.20, 0.985),
            (0.42, 1.0),
            (0.55, 0.98),
            (0.72, 0.69),
            (0.89, 0.645),
            (0.985, 0.55),
            (1.0, 0.46),
        ),
        roof=(0.09, 0.55),
        rear=0.03,
        cowl=0.72,
        belt=0.66,
        pillars=(0.47, 0.24),
        axles=(0.185, 0.805),
    ),
    "estate": Profile(
        top=(
            (0.0, 0.60),
            (0.012, 0.64),
            (0.025, 0.68),
            (0.09, 0.94),
            (0.20, 0.985),
            (0.42, 1.0),
            (0.55, 0.98),
            (0.735, 0.665),
            (0.90, 0.60),
            (0.985, 0.50),
            (1.0, 0.43),
        ),
        roof=(0.09, 0.55),
        rear=0.025,
        cowl=0.735,
        belt=0.655,
        pillars=(0.47, 0.25),
        axles=(0.20, 0.80),
    ),
    "pickup": Profile(
        top=(
            (0.0, 0.60),
            (0.39, 0.605),
            (0.425, 0.95),
            (0.50, 0.995),
            (0.56, 1.0),
            (0.62, 0.985),
            (0.745, 0.69),
            (0.89, 0.65),
            (0.985, 0.56),
            (1.0, 0.46),
        ),
        roof=(0.425, 0.62),
        rear=0.39,
        cowl=0.745,
        belt=0.66,
        pillars=(0.545,),
        axles=(0.215, 0.81),
    ),
    "van": Profile(
        top=(
            (0.0, 0.90),
            (0.012, 0.965),
            (0.06, 0.995),
            (0.40, 1.0),
            (0.66, 0.985),
            (0.72, 0.945),
            (0.885, 0.595),
            (0.97, 0.49),
            (0.99, 0.44),
            (1.0, 0.36),
        ),
        roof=(0.06, 0.72),
        rear=0.012,
        cowl=0.885,
        belt=0.55,
        pillars=(0.655,),
        axles=(0.20, 0.83),
        blind=(0.0, 0.64),
    ),
}
