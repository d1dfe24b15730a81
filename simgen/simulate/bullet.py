"""Bullet's Python module, brought in without the line that it prints on every import."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

_BANNER = b"pybullet build time:"
_STREAMS = (1, 2)


@contextmanager
def _without_banner() -> Iterator[None]:
    """Hold back what goes to standard output and error below Python; then let through all but the banner.

    The line is printed by C code, which knows nothing of ``sys.stderr``, hence the file descriptors. Descriptors that
    are closed stay so.
    """
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and not stream.closed:
            stream.flush()
    held = []
    for number in _STREAMS:
        try:
            saved = os.dup(number)
        except OSError:
            continue  # closed: nothing can be printed there
        file = tempfile.TemporaryFile()  # noqa: SIM115 - closed below, once the stream is given back
        os.dup2(file.fileno(), number)
        held.append((number, saved, file))
    try:
        yield
    finally:
        for number, saved, file in held:
            os.dup2(saved, number)
            os.close(saved)
            with file:
                file.seek(0)
                for line in file:
                    if not line.startswith(_BANNER):
                        os.write(number, line)


with _without_banner():
    import pybullet

__all__ = ["pybullet"]
