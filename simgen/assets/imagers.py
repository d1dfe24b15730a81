"""Named imagers as data: what ``assets/sensors/imagers.yaml`` says, and how a recipe's ``imager`` builds on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Annotated, Any

from simgen import spec
from simgen.resources import shipped
from simgen.scene.imager import IDEAL, Imager


@dataclass(frozen=True, kw_only=True)
class ImagerPreset:
    """One entry of ``assets/sensors/imagers.yaml``.

    Attributes:
        description: what it stands for.
        imager: its values; what is left out is as in `simgen.scene.imager.IDEAL`.
        sources: where each figure comes from; what is assumed says so.
    """

    description: str
    imager: Imager
    sources: Mapping[str, str]


@cache
def imager_presets() -> dict[str, ImagerPreset]:
    """Return the named imagers, in the order of ``assets/sensors/imagers.yaml``."""
    return spec.load(dict[str, ImagerPreset], shipped("assets") / "sensors" / "imagers.yaml")


def make_imager(preset: str, **changes: Any) -> Imager:
    """Return a named imager with some of its values changed.

    Raises:
        ValueError: there is none of that name, or the values do not go together.
    """
    if preset not in imager_presets():
        raise ValueError(f"unknown imager preset {preset!r}; known: {', '.join(imager_presets())}")
    return replace(imager_presets()[preset].imager, preset=preset, **changes)


def _on_preset(value: Any) -> Any:
    """Return a recipe's ``imager`` with all that its preset says filled in."""
    if not isinstance(value, dict):
        return value
    base = make_imager(str(value.get("preset", IDEAL.preset)))
    return {f.name: getattr(base, f.name) for f in fields(base)} | value


ImagerChoice = Annotated[Imager, spec.Completed(_on_preset)]
"""An `Imager` as a recipe gives it: a ``preset`` and what differs from it."""
