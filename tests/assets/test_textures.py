"""Claims about the drawn textures."""

from __future__ import annotations

import numpy as np
import pytest

from simgen.assets import textures
from simgen.streams import stream


@pytest.mark.parametrize("name", sorted(textures.TILE_M))
def test_a_texture_tiles_without_a_seam(name: str) -> None:
    pixels = getattr(textures, name)(stream(0, name, 0), 256).pixels.astype(np.float64)
    for axis in (0, 1):
        steps = np.abs(np.diff(pixels, axis=axis)).mean(axis=tuple(a for a in range(3) if a != axis))
        seam = np.abs(np.take(pixels, 0, axis) - np.take(pixels, -1, axis)).mean()
        # Slabs and boards have joints of their own, so the seam is held against the strongest step inside.
        assert seam <= 1.25 * steps.max()


@pytest.mark.parametrize("name", sorted(textures.TILE_M))
def test_a_texture_is_the_same_bytes_each_time_and_another_for_another_stream(name: str) -> None:
    draw = getattr(textures, name)
    first, again, other = (draw(stream(0, name, k), 128).pixels for k in (0, 0, 1))
    assert first.tobytes() == again.tobytes()
    assert first.tobytes() != other.tobytes()
