"""Reads Sweet Home 3D furniture libraries (.sh3f): zip archives of OBJ models with a catalogue."""

from __future__ import annotations

import posixpath
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from simgen.errors import AssetError

_CATALOGUE = "PluginFurnitureCatalog.properties"
_LICENCES = (
    (r"public domain|CC-?0", "CC0-1.0"),
    (r"attribution 3\.0 united states", "CC-BY-3.0-US"),
    (r"attribution 3\.0", "CC-BY-3.0"),
)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One model as the catalogue lists it.

    Attributes:
        library: file name of the library without its extension.
        id: the model's id within the library.
        title: its English name.
        path: of the OBJ file in the archive.
        size_cm: width (x), depth (z) and height (y) that the model is stretched to.
        rotation: row by row, the (3, 3) rotation to apply to the model first.
        creator: who made it.
        licence: SPDX identifier of the library's licence.
    """

    library: str
    id: str
    title: str
    path: str
    size_cm: tuple[float, float, float]
    rotation: tuple[float, ...]
    creator: str
    licence: str


class Library3f:
    """An open .sh3f file; a context manager."""

    def __init__(self, path: Path) -> None:
        """Open the archive.

        Raises:
            AssetError: it is missing, is no zip archive, or has no catalogue.
        """
        self.name = path.name.removesuffix(".sh3f")
        try:
            self._zip = zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile) as error:
            raise AssetError(f"{path}: not a readable .sh3f archive: {error}") from error
        self._by_lower = {name.lower(): name for name in self._zip.namelist()}
        data = self.read(_CATALOGUE)
        if data is None:
            raise AssetError(f"{path}: no {_CATALOGUE} in it, so not a Sweet Home 3D furniture library")
        self.entries = _entries(data.decode("latin-1"), self.name, str(path))

    def __enter__(self) -> Library3f:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def read(self, path: str) -> bytes | None:
        """Return the bytes of a member, its path taken without regard to case, or None where there is none."""
        member = self._member(path)
        return None if member is None else self._zip.read(member)

    def size(self, path: str) -> int:
        """Return how many bytes `read` would return; 0 where there is no such member."""
        member = self._member(path)
        return 0 if member is None else self._zip.getinfo(member).file_size

    def _member(self, path: str) -> str | None:
        return self._by_lower.get(posixpath.normpath(path.lstrip("/")).lower())


def _entries(text: str, library: str, where: str) -> dict[str, Entry]:
    """Return the catalogue's entries by id."""
    general: dict[str, str] = {}
    numbered: dict[int, dict[str, str]] = {}
    for line in text.splitlines():
        key, equals, value = line.partition("=")
        name, hash_, number = key.strip().partition("#")
        if line.startswith("#") or not equals:
            continue
        if hash_ and number.isdigit():
            numbered.setdefault(int(number), {})[name] = _unescape(value.strip())
        else:
            general[name] = _unescape(value.strip())
    licence = next(
        (spdx for words, spdx in _LICENCES if re.search(words, general.get("license", ""), re.IGNORECASE)), None
    )
    if licence is None:
        raise AssetError(f"{where}: licence {general.get('license', '(none)')!r} is not one simgen knows how to credit")
    return {entry.id: entry for row in numbered.values() if (entry := _entry(row, library, licence, where))}


def _entry(row: dict[str, str], library: str, licence: str, where: str) -> Entry:
    try:
        rotation = tuple(float(v) for v in row.get("modelRotation", "1 0 0 0 1 0 0 0 1").split())
        size_cm = (float(row["width"]), float(row["depth"]), float(row["height"]))
        entry_id = row["id"].partition("#")[2] or row["id"]
        path, title = row["model"].lstrip("/"), row["name"]
    except (KeyError, ValueError) as error:
        raise AssetError(f"{where}: catalogue entry {row.get('id', row)} is not readable: {error}") from error
    matrix = np.array(rotation)
    if len(rotation) != 9 or not np.allclose(matrix.reshape(3, 3) @ matrix.reshape(3, 3).T, np.eye(3), atol=1e-3):
        raise AssetError(f"{where}: modelRotation of {entry_id!r} is no rotation: {rotation}")
    return Entry(
        library=library,
        id=entry_id,
        title=title,
        path=path,
        size_cm=size_cm,
        rotation=rotation,
        creator=row.get("creator", "unknown"),
        licence=licence,
    )


def _unescape(text: str) -> str:
    r"""Resolve the ``\uXXXX`` escapes of Java properties."""
    return re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), text)
