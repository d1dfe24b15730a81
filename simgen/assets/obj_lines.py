"""The lines of an OBJ file sorted by kind and their numbers read, all at once: files have millions of them."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numba
import numpy as np

_BLANK, _NEWLINE, _SLASH, _MINUS, _POINT, _ZERO = (ord(c) for c in " \n/-.0")
_PLAIN_BLANKS = bytes.maketrans(b"\t\v\f\r", b"  \n\n")
_INDENT = re.compile(rb"^ +", re.MULTILINE)
_COMMENT = re.compile(rb"#[^\n]*")


@dataclass(frozen=True, kw_only=True, eq=False)
class ObjLines:
    """An OBJ file sorted by kind of line: the numbers still text.

    Attributes:
        points, texture_points, polygons: the lines of each kind, whole.
        polygon_material: (P,) index into ``materials``, of every polygon.
        points_before, texture_points_before: (P,) how many came before each polygon; backward references count from it.
        materials: names in order of use.
        libraries: paths of MTL files.
    """

    points: bytes
    texture_points: bytes
    polygons: bytes
    polygon_material: np.ndarray
    points_before: np.ndarray
    texture_points_before: np.ndarray
    materials: tuple[str, ...]
    libraries: tuple[str, ...]


def scan_lines(data: bytes) -> ObjLines:
    """Sort the lines of an OBJ file, all at once: files have millions of them."""
    data = data.replace(b"\r\n", b"\n").replace(b"\\\n", b" ").translate(_PLAIN_BLANKS) + b"\n\n"
    if data.startswith(b" ") or b"\n " in data:
        data = _INDENT.sub(b"", data)
    text = np.frombuffer(data, dtype=np.uint8)
    ends = np.flatnonzero(text == _NEWLINE)[:-1] + 1
    starts = np.concatenate([[0], ends[:-1]])
    first, second = text[starts], text[starts + 1]
    points, texture_points = (first == ord("v")) & (second == _BLANK), (first == ord("v")) & (second == ord("t"))
    polygons = (first == ord("f")) & (second == _BLANK)

    def of_kind(chosen: np.ndarray) -> bytes:
        return text[: ends[-1]][np.repeat(chosen, ends - starts)].tobytes()

    def rest(row: int) -> str:
        return data[starts[row] : ends[row]].decode("utf-8", errors="replace").partition(" ")[2].strip()

    def rows_with(key: bytes) -> list[int]:
        return [int(r) for r in np.flatnonzero(first == key[0]) if data.startswith(key, starts[r])]

    changes = rows_with(b"usemtl ")
    of_polygon, names = _in_order_of_use(
        np.searchsorted(changes, np.flatnonzero(polygons)), ["", *(rest(r) for r in changes)]
    )
    return ObjLines(
        points=of_kind(points),
        texture_points=of_kind(texture_points),
        polygons=of_kind(polygons),
        polygon_material=of_polygon,
        points_before=np.cumsum(points)[polygons],
        texture_points_before=np.cumsum(texture_points)[polygons],
        materials=names,
        libraries=tuple(rest(r) for r in rows_with(b"mtllib ")),
    )


def _in_order_of_use(change: np.ndarray, names: list[str]) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return (P,) indices into the names that polygons use, and these, given which of ``names`` was set last."""
    used, first, which = np.unique(change, return_index=True, return_inverse=True)
    number: dict[str, int] = {}
    numbers = np.zeros(len(used), dtype=np.int64)
    for k in np.argsort(first):
        numbers[k] = number.setdefault(names[used[k]], len(number))
    return numbers[which.reshape(-1)], tuple(number)


@dataclass(frozen=True, kw_only=True, eq=False)
class Words:
    """Lines of numbers, read.

    Attributes:
        values: (N,) float64, of all lines together.
        counts: (L,) numbers in each line.
        slashes: (L,) slashes in each line.
    """

    values: np.ndarray
    counts: np.ndarray
    slashes: np.ndarray


def read_words(lines: bytes) -> Words:
    """Read lines of numbers parted by blanks or slashes, without comments.

    Raises:
        ValueError: a word is no number; the message has it.
    """
    lines = _COMMENT.sub(b"", lines) if b"#" in lines else lines
    values, counts, slashes, odd = _read_words(np.frombuffer(lines, dtype=np.uint8), lines.count(b"\n"))
    for index, start, end in odd:
        values[index] = float(lines[start:end].decode("utf-8", errors="replace"))
    return Words(values=values, counts=counts, slashes=slashes)


@numba.njit(cache=True)
def _read_words(text: np.ndarray, line_count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return values, numbers and slashes of each line, and (K, 3) index, start and end of words left to be read.

    A word of digits is an integer over a power of ten. Below 2^53 and 10^22 both are exact as floats, so that their
    quotient is the float nearest to the word (Clinger 1990); other words are left.
    """
    values, odd = np.zeros(len(text) // 2 + 1), np.zeros((len(text) // 2 + 1, 3), dtype=np.int64)
    counts, slashes = np.zeros(line_count, dtype=np.int64), np.zeros(line_count, dtype=np.int64)
    line = found = left = i = 0
    while i < len(text):
        if text[i] <= _BLANK or text[i] == _SLASH:
            slashes[line] += text[i] == _SLASH
            line += text[i] == _NEWLINE
            i += 1
            continue
        start = i
        i += text[i] == _MINUS
        mantissa = digits = decimals = 0
        pointed = False
        while i < len(text) and (_ZERO <= text[i] <= _ZERO + 9 or (text[i] == _POINT and not pointed)):
            if text[i] == _POINT:
                pointed = True
            elif digits < 18:
                mantissa = mantissa * 10 + np.int64(text[i]) - _ZERO
                digits += 1
                decimals += pointed
            else:
                digits += 1
            i += 1
        plain = 0 < digits <= 18 and mantissa < 2**53 and (text[i] <= _BLANK or text[i] == _SLASH)
        while text[i] > _BLANK and text[i] != _SLASH:
            i += 1
        if plain:
            values[found] = (-1.0 if text[start] == _MINUS else 1.0) * (mantissa / 10.0**decimals)
        else:
            odd[left] = found, start, i
            left += 1
        found += 1
        counts[line] += 1
    return values[:found], counts, slashes, odd[:left]


def read_table(lines: bytes, columns: int) -> np.ndarray:
    """Return (N, columns) float64 of the first numbers of each line; 0 where a line is short by one."""
    if not lines:
        return np.zeros((0, columns))
    # The letters of the keys go; no number has them.
    read = read_words(lines.translate(None, b"vt"))
    if (least := int(read.counts.min())) < columns - 1:
        raise ValueError(f"a line of {least} numbers, expected {columns}")
    column = np.arange(columns)
    place = (np.cumsum(read.counts) - read.counts)[:, None] + column
    return np.append(read.values, 0.0)[np.where(column < read.counts[:, None], place, -1)]
