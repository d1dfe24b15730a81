"""Where chance comes from: one independent, addressable random stream per factor, frame and item."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from simgen.distributions import Distribution

_U64 = (1 << 64) - 1


def stream(seed: int, factor: str, frame: int, item: int = 0) -> np.random.Generator:
    """Return the random generator of one factor, frame and item; the only maker of generators.

    Philox keyed by BLAKE2b(seed, factor) with its 256-bit counter started at (0, 0, item, frame), so any
    frame's draws are reached without those before it and 2**128 numbers lie between two items.

    Args:
        seed: the data set's seed, any integer (negative ones too).
        factor: full name of what is drawn, such as ``sun.elevation_deg``.
        frame: index of the frame, or of the scene for what is drawn once per scene; 0 or more.
        item: index of the object within the factor; 0 or more.
    """
    if frame < 0 or item < 0:
        raise ValueError(f"stream({factor!r}): frame and item must be 0 or more, got {frame} and {item}")
    key = hashlib.blake2b(f"{seed}\0{factor}".encode(), digest_size=16).digest()
    bits = np.random.Philox(
        key=np.frombuffer(key, dtype=np.uint64), counter=np.array([0, 0, item & _U64, frame & _U64], dtype=np.uint64)
    )
    return np.random.Generator(bits)


class Draws:
    """What one randomizer draws for one scene or frame: hands out streams and keeps the record.

    Each factor has a stream of its own, so adding or changing one factor leaves every other draw as it was;
    and since a value is recorded where it is drawn, no drawn factor can be missing from the table.
    """

    def __init__(self, seed: int, randomizer: str, index: int, attempt: int = 0) -> None:
        """Start an empty record for ``randomizer`` at scene or frame ``index``, for its ``attempt``-th redraw."""
        self._seed, self._randomizer, self._index, self._attempt = seed, randomizer, index, attempt
        self._factors: dict[str, Any] = {}

    def rng(self, factor: str, item: int = 0) -> np.random.Generator:
        """Return the stream of ``factor`` for ``item``; what comes of it must be given to `note`."""
        name = f"{self._randomizer}.{factor}"
        return stream(self._seed, f"{name}#{self._attempt}" if self._attempt else name, self._index, item)

    def value(self, factor: str, distribution: Distribution, item: int | None = None) -> Any:
        """Sample ``distribution`` from the factor's own stream, record it, and return it.

        With ``item`` the record is a list that grows in the order of the calls.
        """
        drawn = distribution.sample(self.rng(factor, item or 0))
        self.note(factor, drawn, item)
        return drawn

    def note(self, factor: str, value: Any, item: int | None = None) -> None:
        """Record ``value`` (a number, string, boolean or None; NumPy's become Python's) under ``factor``."""
        value = value.item() if isinstance(value, np.generic) else value
        name = f"{self._randomizer}.{factor}"
        if item is None:
            self._factors[name] = value
        else:
            self._factors.setdefault(name, []).append(value)

    @property
    def factors(self) -> Mapping[str, Any]:
        """Everything recorded so far: full factor name to value, or to a list with one value per item."""
        return dict(self._factors)
