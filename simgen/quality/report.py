"""What a check has to say: faults, and how much was looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, order=True)
class Fault:
    """One thing that is wrong.

    Attributes:
        where: a file, or a frame with its sensor and object.
        what: what is there and what should be.
    """

    where: str
    what: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """The outcome of a check.

    Attributes:
        faults: sorted by place; empty when all is well.
        checked: how many of what were looked at.
        shapes: number of models that differ, by their digests, of each category of objects.
    """

    faults: tuple[Fault, ...]
    checked: Mapping[str, int]
    shapes: Mapping[str, int] = field(default_factory=dict)


Faults = Iterator[Fault]


def differs(where: str, what: str, found: object, expected: object) -> Faults:
    """Yield a fault when ``found`` is not ``expected``."""
    if found != expected:
        yield Fault(where=where, what=f"{what} is {found}, should be {expected}")


def is_near(found: float, expected: float, tolerance: float) -> bool:
    """Return whether two numbers agree to a tolerance; NaN agrees with nothing."""
    return abs(found - expected) <= tolerance
