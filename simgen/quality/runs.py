"""COCO's run-length codes read run by run against the instance image, apart from the code that wrote them."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from simgen.geometry.boxes import BoxPx


@dataclass(frozen=True, kw_only=True, eq=False)
class Tally:
    """What a mask covers.

    Attributes:
        area_px: its number of pixels.
        box_px: its tight box; None when it is empty.
        count_of_id: (highest id + 1,) pixels of each instance id under it.
    """

    area_px: int
    box_px: BoxPx | None
    count_of_id: np.ndarray


def run_lengths(counts: str, height_px: int, width_px: int) -> np.ndarray:
    """Return the run lengths of a compressed code, zeros first, in column order.

    Each length is written in groups of five bits, lowest first, as characters from 48 on whose sixth bit tells that
    more follow; from the fourth on, the difference to the length two before is written (the COCO API's `maskApi.c`).

    Raises:
        ValueError: it is no such code, or does not cover the image exactly.
    """
    try:
        coded = np.frombuffer(counts.encode("ascii"), dtype=np.uint8)
    except UnicodeEncodeError:
        raise ValueError("is not a run-length code") from None
    runs, whole = _unpack(coded)
    if not whole or (len(runs) and runs.min() < 0):
        raise ValueError("is not a run-length code")
    if int(runs.sum()) != height_px * width_px:
        raise ValueError(f"covers {int(runs.sum())} pixels of an image of {height_px * width_px}")
    return runs


def tally(runs: np.ndarray, columns_of_ids: np.ndarray, highest: int) -> Tally:
    """Return what a mask covers.

    Args:
        runs: as from `run_lengths`.
        columns_of_ids: (W, H) contiguous, the instance image transposed.
        highest: the highest id in it.
    """
    count_of_id = np.zeros(highest + 1, dtype=np.int64)
    area, x0, y0, x1, y1 = _walk(runs, columns_of_ids.reshape(-1), columns_of_ids.shape[1], count_of_id)
    return Tally(area_px=area, box_px=(x0, y0, x1, y1) if area else None, count_of_id=count_of_id)


@numba.njit(cache=True)
def _unpack(coded: np.ndarray) -> tuple[np.ndarray, bool]:
    runs = np.zeros(len(coded), dtype=np.int64)
    used, value, shift = 0, 0, 0
    for character in coded:
        bits = np.int64(character) - 48
        if bits < 0 or bits > 63 or shift > 50:
            return runs[:used], False
        value |= (bits & 31) << shift
        shift += 5
        if bits & 32:
            continue
        if bits & 16:
            value -= np.int64(1) << shift
        runs[used] = value + runs[used - 2] if used > 2 else value
        used, value, shift = used + 1, 0, 0
    return runs[:used], shift == 0


@numba.njit(cache=True)
def _walk(runs: np.ndarray, ids: np.ndarray, height: int, count_of_id: np.ndarray) -> tuple[int, int, int, int, int]:
    area, x0, y0, x1, y1 = 0, len(ids), height, 0, 0
    at = 0
    for k in range(len(runs)):
        end = at + runs[k]
        if k % 2 == 1 and runs[k] > 0:
            area += runs[k]
            first, last = at // height, (end - 1) // height
            x0, x1 = min(x0, first), max(x1, last + 1)
            if first == last:
                y0, y1 = min(y0, at % height), max(y1, (end - 1) % height + 1)
            else:
                y0, y1 = 0, height
            for pixel in range(at, end):
                count_of_id[ids[pixel]] += 1
        at = end
    return area, x0, y0, x1, y1
