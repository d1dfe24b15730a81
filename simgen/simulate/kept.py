"""Arrays that are dear to compute, kept on disk from one run to the next, by what they were computed from."""

from __future__ import annotations

import hashlib
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping

import numpy as np

from simgen.assets.stored import write_arrays
from simgen.errors import SimgenWarning
from simgen.resources import cache_dir


def digest_of_all(*parts: np.ndarray | str | float) -> str:
    """Return a name for what is computed from these: 32 hex digits that change with any value, type or shape."""
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        about = f"{part.dtype} {part.shape}" if isinstance(part, np.ndarray) else repr(part)
        digest.update(f"{about}\0".encode())
        if isinstance(part, np.ndarray):
            digest.update(np.ascontiguousarray(part).tobytes())
    return digest.hexdigest()


def kept_or_made(
    kind: str, key: str, names: Iterable[str], make: Callable[[], Mapping[str, np.ndarray]]
) -> Mapping[str, np.ndarray]:
    """Return the arrays kept under ``key``, or make and keep them.

    Files are written whole under another name and then renamed, so that processes that make the same at once do no
    harm: they write the same bytes. One that cannot be read, or lacks an array, is made anew.

    Args:
        kind: folder within `cache_dir`.
        key: from `digest_of_all`.
        names: of the arrays.
        make: computes them.

    Warns:
        SimgenWarning: the file cannot be written; what is returned is the same.
    """
    path = cache_dir() / kind / f"{key}.npz"
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            return {name: stored[name] for name in names}
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile, zlib.error):
        pass  # not there, or damaged: made below
    arrays = make()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_arrays(path, arrays)
    except OSError as error:
        warnings.warn(
            f"{path.parent}: cannot be written ({error.strerror}), so {kind} are computed anew in every run; "
            "SIMGEN_CACHE names another folder",
            SimgenWarning,
            stacklevel=3,
        )
    return arrays
