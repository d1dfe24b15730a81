"""What people wear on trunk and limbs, as measures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

TopName = Literal["shirt", "t_shirt", "sleeveless", "jacket", "coat", "hi_vis"]
LegsName = Literal["trousers", "wide_trousers", "shorts", "skirt", "dress"]


@dataclass(frozen=True, kw_only=True)
class Clothes:
    """Measures of clothes; lengths in shares of stature.

    Attributes:
        sleeve: place along collar bone, arm and forearm where sleeves end, 1 (shoulder) to 2.93 (wrist).
        loose: how far the top stands off.
        hem: place along the trunk where the top ends, 0 (crotch) to 1 (lowest ribs).
        skirt: place along the thighs and shins down to which a coat or skirt falls, or 0 for none.
        skirt_wide: how far it stands off there.
        skirt_of: the material of that: ``top`` for a coat or a dress, ``trousers`` for a skirt.
        leg: place along the legs where trousers end, 1.97 at the ankle; 0 for none.
        leg_loose: how far trousers stand off.
        leg_flare: how much more they do at the ankle.
        stockings: whether bare legs are in tights.
        folds: depth of creases, as a share of the girth.
        collar: how far a collar stands up.
        open_front: whether the top is open over a shirt.
        bands: whether there are reflecting bands.
        phase: where the creases lie.
    """

    sleeve: float
    loose: float
    hem: float
    skirt: float
    skirt_wide: float
    skirt_of: Literal["top", "trousers"]
    leg: float
    leg_loose: float
    leg_flare: float
    stockings: bool
    folds: float
    collar: float
    open_front: bool
    bands: bool
    phase: float


def clothes(
    top: TopName,
    legs: LegsName,
    *,
    loose: float = 1.0,
    stockings: bool = False,
    bands: bool = False,
    phase: float = 0.0,
) -> Clothes:
    """Return the measures of a combination.

    Args:
        top: what trunk and arms are in.
        legs: what the legs are in; ``dress`` is of the top's cloth.
        loose: how wide everything is cut, about 1.
        stockings: whether legs that would be bare are in tights.
        bands: reflecting bands around chest, arms and legs.
        phase: where the creases lie, radians.
    """
    sleeve, stand, hem, collar, folds = {
        "shirt": (2.9, 0.006, 0.42, 0.006, 0.035),
        "t_shirt": (1.52, 0.0065, 0.40, 0.0, 0.025),
        "sleeveless": (1.06, 0.003, 0.44, 0.0, 0.015),
        "jacket": (2.93, 0.0115, 0.36, 0.016, 0.045),
        "coat": (2.93, 0.0120, 0.36, 0.016, 0.030),
        "hi_vis": (2.93, 0.0110, 0.38, 0.014, 0.040),
    }[top]
    leg, leg_loose, flare = {
        "trousers": (1.97, 0.004, 0.004),
        "wide_trousers": (1.99, 0.008, 0.013),
        "shorts": (0.86, 0.010, 0.0),
        "skirt": (0.0, 0.0, 0.0),
        "dress": (0.0, 0.0, 0.0),
    }[legs]
    skirted = {"skirt": 0.92, "dress": 0.88}.get(legs, 0.78 if top == "coat" else 0.0)
    return Clothes(
        sleeve=sleeve,
        loose=stand * loose,
        hem=hem,
        skirt=skirted,
        skirt_wide=(0.022 if top == "coat" else 0.034) * loose,
        skirt_of="trousers" if legs == "skirt" else "top",
        leg=leg,
        leg_loose=leg_loose * loose,
        leg_flare=flare * loose,
        stockings=stockings,
        folds=folds,
        collar=collar,
        open_front=top == "jacket",
        bands=bands or top == "hi_vis",
        phase=phase,
    )
