"""Photographed skies by name: those of the installed pack ``hdri``, and a user's own files."""

from __future__ import annotations

import difflib
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from simgen import spec
from simgen.assets.packs import hdri
from simgen.assets.panoramas import open_exr
from simgen.assets.stored import INDEX
from simgen.errors import AssetError, RecipeError
from simgen.scene.asset import Credit

_OWN = (".hdr", ".exr")


@dataclass(frozen=True, kw_only=True)
class SkyInfo:
    """What there is to know of a photographed sky.

    Attributes:
        name: ``hdri/`` and the pack's name for it, or the path of a file as it was given.
        image: path of the image.
        credit: who made it, and on what terms it may be used.
        digest: SHA-256 hex of the image's file.
        tags: ``outdoor`` or ``indoor``; ``open`` (nothing near above the horizon); ``day``, ``twilight``, ``night``;
            ``sun`` (casts sharp shadows), ``overcast``.
        level_lux: least and most illuminance of level ground at such a place; None where nobody said.
        shows: what is to be seen, in words.
    """

    name: str
    image: str
    credit: Credit
    digest: str
    tags: tuple[str, ...] = ()
    level_lux: tuple[float, float] | None = None
    shows: str = ""


def installed_skies() -> dict[str, SkyInfo]:
    """Return the skies of the pack ``hdri`` by name, sorted.

    Raises:
        AssetError: it is not installed; the message has the command that installs it.
    """
    folder = hdri.folder()
    if not (folder / INDEX).is_file():
        raise AssetError(
            f"the pack {hdri.NAME!r} is not installed (or was prepared by another version of simgen); "
            f"run: simgen assets install {hdri.NAME}"
        )
    return _skies(folder)


@cache
def _skies(folder: Path) -> dict[str, SkyInfo]:
    path = folder / INDEX
    try:
        stored = spec.load(hdri.StoredSkies, path)
    except RecipeError as error:
        raise AssetError(f"{error}\n{path}: is damaged; delete {folder} and install the pack again") from error
    return {
        f"{hdri.NAME}/{name}": SkyInfo(
            name=f"{hdri.NAME}/{name}",
            image=str(folder / f"{name}.hdr"),
            credit=hdri.credit_of(stored.source, name),
            digest=stored.digests[name],
            tags=about.tags,
            level_lux=about.level_lux,
            shows=about.shows,
        )
        for name, about in sorted(stored.skies.items())
    }


def find_sky(name: str) -> SkyInfo:
    """Return an installed sky, or what is known of a file of one's own: a path that ends in ``.hdr`` or ``.exr``.

    Raises:
        AssetError: there is none, the pack that would have it is not installed, or the extra ``hdri`` is not.
    """
    if name.endswith(_OWN):
        path = Path(name)
        if not path.is_file():
            raise AssetError(f"{name}: there is no such image of a sky")
        if path.suffix == ".exr":
            open_exr()  # before anything is made in vain
        own = Credit(author="unknown", licence="LicenseRef-unknown", source=path.name)
        return SkyInfo(name=name, image=name, credit=own, digest=_digest(path, path.stat().st_mtime_ns))
    skies = installed_skies()
    if name not in skies:
        near = difflib.get_close_matches(name, list(skies), n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise AssetError(
            f"no sky {name!r}: {hint}known: {', '.join(skies)}; a file of your own must end in .hdr or .exr"
        )
    return skies[name]


def skies_with(tags: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of the installed skies that have all of ``tags``, sorted.

    Raises:
        AssetError: there is none, or the pack is not installed.
    """
    skies = installed_skies()
    names = tuple(name for name, sky in skies.items() if set(tags) <= set(sky.tags))
    if not names:
        known = sorted({tag for sky in skies.values() for tag in sky.tags})
        raise AssetError(f"no installed sky has the tags {', '.join(tags)}; tags there are: {', '.join(known)}")
    return names


@cache
def _digest(path: Path, _changed_ns: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
