"""simgen: synthetic perception data, exactly labelled.

>>> import simgen
>>> recipe = simgen.load_recipe("quickstart", frames=2)
>>> data = simgen.generate(recipe, out)  # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simgen.generator import Generator
    from simgen.pipeline import Progress, generate
    from simgen.recipe import Recipe, load_recipe
    from simgen.run.store import Dataset, open_dataset

__version__ = "0.1.0"

_HOMES = {
    "Generator": "simgen.generator",
    "Progress": "simgen.pipeline",
    "generate": "simgen.pipeline",
    "Recipe": "simgen.recipe",
    "load_recipe": "simgen.recipe",
    "Dataset": "simgen.run.store",
    "open_dataset": "simgen.run.store",
}

__all__ = ["Dataset", "Generator", "Progress", "Recipe", "__version__", "generate", "load_recipe", "open_dataset"]


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for, so that ``simgen doctor`` runs where Open3D does not."""
    if name not in _HOMES:
        raise AttributeError(f"module 'simgen' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
