"""Where the data that ships with simgen lies: scenes/, assets/ and configs/, in a checkout or in an installed wheel."""

from __future__ import annotations

import os
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def shipped(folder: str) -> Path:
    """Return the path of a shipped top-level folder: ``scenes``, ``assets`` or ``configs``."""
    installed = _PACKAGE / "data" / folder
    return installed if installed.is_dir() else _PACKAGE.parent / folder


def cache_dir() -> Path:
    """Return where prepared packs and a user's own models are kept.

    ``SIMGEN_CACHE`` if set, else ``$XDG_CACHE_HOME/simgen``, else ``~/.cache/simgen``.
    """
    if chosen := os.environ.get("SIMGEN_CACHE"):
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "simgen"
