"""Named distributions a recipe can ask for; a bare number or string in a recipe is a `Constant`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Literal, Protocol

import numpy as np

from simgen.spec import TAGGED, Bare

Scalar = bool | int | float | str


class Distribution(Protocol):
    """Anything a factor can be drawn from."""

    def sample(self, rng: np.random.Generator) -> Scalar:
        """Draw one value."""
        ...


@dataclass(frozen=True, kw_only=True)
class Constant:
    """Always ``value``."""

    value: Scalar
    kind: Literal["constant"] = "constant"

    def sample(self, rng: np.random.Generator) -> Scalar:  # noqa: ARG002 - every distribution is asked alike
        """Return the value; nothing is drawn."""
        return self.value


@dataclass(frozen=True, kw_only=True)
class Uniform:
    """Evenly between ``low`` and ``high``."""

    low: float
    high: float
    kind: Literal["uniform"] = "uniform"

    def __post_init__(self) -> None:
        _check_order(self.low, self.high)

    def sample(self, rng: np.random.Generator) -> float:
        """Draw one value in [low, high)."""
        return float(rng.uniform(self.low, self.high))


@dataclass(frozen=True, kw_only=True)
class LogUniform:
    """Evenly in the logarithm between ``low`` and ``high``, both above 0."""

    low: float
    high: float
    kind: Literal["log_uniform"] = "log_uniform"

    def __post_init__(self) -> None:
        _check_order(self.low, self.high)
        if self.low <= 0:
            raise ValueError(f"low must be above 0 for log_uniform, got {self.low}")

    def sample(self, rng: np.random.Generator) -> float:
        """Draw one value in [low, high)."""
        return float(math.exp(rng.uniform(math.log(self.low), math.log(self.high))))


@dataclass(frozen=True, kw_only=True)
class UniformInt:
    """A whole number from ``low`` to ``high``, both included."""

    low: int
    high: int
    kind: Literal["uniform_int"] = "uniform_int"

    def __post_init__(self) -> None:
        _check_order(self.low, self.high)

    def sample(self, rng: np.random.Generator) -> int:
        """Draw one whole number."""
        return int(rng.integers(self.low, self.high + 1))


@dataclass(frozen=True, kw_only=True)
class Normal:
    """Gaussian with ``mean`` and standard deviation ``std``."""

    mean: float
    std: float
    kind: Literal["normal"] = "normal"

    def __post_init__(self) -> None:
        if not self.std >= 0:
            raise ValueError(f"std must be 0 or more, got {self.std}")

    def sample(self, rng: np.random.Generator) -> float:
        """Draw one value."""
        return float(rng.normal(self.mean, self.std))


@dataclass(frozen=True, kw_only=True)
class TruncatedNormal:
    """Gaussian redrawn until it lies in [low, high], a range that must hold at least about 1 % of it."""

    mean: float
    std: float
    low: float
    high: float
    kind: Literal["truncated_normal"] = "truncated_normal"

    def __post_init__(self) -> None:
        _check_order(self.low, self.high)
        if not self.std > 0:
            raise ValueError(f"std must be above 0, got {self.std}")
        inside = _normal_cdf((self.high - self.mean) / self.std) - _normal_cdf((self.low - self.mean) / self.std)
        if inside < 0.01:
            raise ValueError(
                f"[{self.low}, {self.high}] holds {inside:.2g} of normal({self.mean}, {self.std}); needs 0.01 or more"
            )

    def sample(self, rng: np.random.Generator) -> float:
        """Draw one value in [low, high]."""
        while True:
            drawn = float(rng.normal(self.mean, self.std))
            if self.low <= drawn <= self.high:
                return drawn


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One of ``options``, with equal chances or by ``weights``."""

    options: tuple[Scalar, ...]
    weights: tuple[float, ...] | None = None
    kind: Literal["choice"] = "choice"

    def __post_init__(self) -> None:
        if not self.options:
            raise ValueError("options must name at least one value")
        if self.weights is not None:
            if len(self.weights) != len(self.options):
                raise ValueError(f"{len(self.weights)} weights for {len(self.options)} options; give one each")
            if min(self.weights) < 0 or not sum(self.weights) > 0:
                raise ValueError(f"weights must be 0 or more with a sum above 0, got {self.weights}")

    def sample(self, rng: np.random.Generator) -> Scalar:
        """Draw one option."""
        if self.weights is None:
            return self.options[int(rng.integers(len(self.options)))]
        edges = np.cumsum(self.weights)
        return self.options[int(np.searchsorted(edges, rng.uniform(0.0, edges[-1]), side="right"))]


AnyDistribution = Annotated[
    Constant | Uniform | LogUniform | UniformInt | Normal | TruncatedNormal | Choice, TAGGED, Bare("constant")
]


def support(distribution: AnyDistribution) -> tuple[float, float]:
    """Return the lowest and highest number ``distribution`` can give; infinite for `Normal`, NaN for strings."""
    match distribution:
        case Constant(value=value):
            values: tuple[Scalar, ...] = (value,)
        case Choice(options=options):
            values = options
        case Normal(mean=mean, std=std):
            return (mean, mean) if std == 0 else (-math.inf, math.inf)
        case _:
            return float(distribution.low), float(distribution.high)
    numbers = [float(v) for v in values if not isinstance(v, str)]
    return (min(numbers), max(numbers)) if len(numbers) == len(values) else (math.nan, math.nan)


def check_support(key: str, distribution: AnyDistribution, low: float, high: float) -> None:
    """Raise ``ValueError`` unless every value of ``distribution`` is a number in [low, high]."""
    least, most = support(distribution)
    if not (least >= low and most <= high):
        reach = f"{least:g}" if least == most else f"{least:g} to {most:g}"
        raise ValueError(f"{key} must lie in {low:g} to {high:g}, got {reach}")


def _check_order(low: float, high: float) -> None:
    if not low <= high:
        raise ValueError(f"low must not exceed high, got low {low} and high {high}")


def _normal_cdf(x: float) -> float:
    return 0.5 * (1.0 + math.erf(x / math.sqrt(2.0)))
