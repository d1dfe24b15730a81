"""How the renderer's kernels are compiled."""

from __future__ import annotations

import numba

# Sums may be reordered and divisions become multiplications: a kernel's results then differ in the last bits from
# another compiler's, never between threads or runs. Infinities keep their meaning: a ray that meets nothing has one.
_LOOSE = {"reassoc", "contract", "arcp", "nsz", "afn"}

kernel = numba.njit(cache=True, parallel=True, error_model="numpy", fastmath=_LOOSE)
"""Compiles a loop over points; its ``prange`` body must be one call of an `inlined` function."""

inlined = numba.njit(forceinline=True, error_model="numpy", fastmath=_LOOSE)
"""Compiles what kernels call for one point."""
