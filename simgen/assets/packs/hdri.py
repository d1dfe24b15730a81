"""The pack ``hdri``: panoramas of an npm package, described by assets/packs/hdri.yaml, kept as Radiance images."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from simgen import spec
from simgen.assets.packs import npm
from simgen.assets.panoramas import open_exr, read_exr, with_lost_channels, without_undershoot, write_panorama
from simgen.assets.stored import INDEX, built_whole
from simgen.errors import AssetError
from simgen.resources import cache_dir, shipped
from simgen.scene.asset import Credit

NAME = "hdri"
_PREPARATION = 1
"""Raised whenever the same files and map would give other images, so that an older preparation is not used."""

_AUTHOR = "Poly Haven's photographers; reduced by the pmndrs contributors"
_LICENCE = "CC0-1.0"
_MODULE = re.compile(rb"export default ['\"]data:application/exr;base64,([A-Za-z0-9+/=]+)")


@dataclass(frozen=True, kw_only=True)
class SkyMap:
    """What simgen says of one panorama.

    Attributes:
        tags: ``outdoor`` or ``indoor``; ``open`` (nothing near above the horizon); ``day``, ``twilight``, ``night``;
            ``sun`` (casts sharp shadows), ``overcast``.
        level_lux: least and most illuminance of level ground at such a place.
        shows: what is to be seen, in words.
    """

    tags: tuple[str, ...]
    level_lux: tuple[float, float]
    shows: str

    def __post_init__(self) -> None:
        if not 0.0 < self.level_lux[0] <= self.level_lux[1]:
            raise ValueError(f"level_lux must be two numbers above 0, the lesser first, got {self.level_lux}")


@dataclass(frozen=True, kw_only=True)
class PackMap:
    """``assets/packs/hdri.yaml``.

    Attributes:
        package, version: of npm.
        integrity: of its tarball, as npm's lock files have it.
        skies: by the name of the package's file.
    """

    package: str
    version: str
    integrity: str
    skies: Mapping[str, SkyMap]


@dataclass(frozen=True, kw_only=True)
class StoredSkies:
    """The index of the prepared pack.

    Attributes:
        pack: ``hdri``.
        source: package and version.
        skies: as mapped.
        digests: SHA-256 hex of each image's file.
    """

    pack: str
    source: str
    skies: Mapping[str, SkyMap]
    digests: Mapping[str, str]


def pack_map() -> PackMap:
    """Return what is used of the package.

    Raises:
        RecipeError: the map file does not fit.
    """
    return spec.load(PackMap, _map_path())


def _map_path() -> Path:
    return shipped("assets") / "packs" / f"{NAME}.yaml"


def credit_of(source: str, name: str) -> Credit:
    """Return who is to be credited for one of the pack's skies."""
    return Credit(author=_AUTHOR, licence=_LICENCE, source=f"npm package {source}, hdri/{name}.exr")


def folder() -> Path:
    """Return where the prepared pack is, or would be; named by the map's digest: a changed map is another pack."""
    digest = hashlib.sha256(f"{_PREPARATION}\0".encode() + _map_path().read_bytes()).hexdigest()
    return cache_dir() / "packs" / f"{NAME}-{digest[:12]}"


def install(from_file: Path | None = None, *, say: Callable[[str], None] = print) -> int:
    """Fetch the package, or read ``from_file``, turn its panoramas into Radiance images, and return how many there are.

    Done once: where the pack is already there, nothing happens unless ``from_file`` is given.
    It appears whole or not at all.

    Args:
        from_file: the package's .tgz in place of the download.
        say: told what is going on, a line at a time.

    Raises:
        AssetError: the extra ``hdri`` is not installed; download, file or preparation failed.
    """
    pack, target = pack_map(), folder()
    if from_file is None and (target / INDEX).is_file():
        say(f"{NAME} is already installed in {target}")
        return len(pack.skies)
    open_exr()  # before anything is fetched in vain
    with tempfile.TemporaryDirectory(prefix="simgen-") as name:
        scratch = Path(name)
        if from_file is None:
            tarball = npm.fetch(pack.package, pack.version, pack.integrity, scratch, say)
        else:
            tarball = from_file
            npm.check(tarball, pack.integrity)
        modules = npm.members(tarball, [f"hdri/{sky}.exr.js" for sky in pack.skies])
        say(f"preparing {len(modules)} skies ...")
        with built_whole(target) as draft:
            digests = {sky: _prepare(sky, modules[f"hdri/{sky}.exr.js"], scratch, draft) for sky in pack.skies}
            index = StoredSkies(
                pack=NAME, source=f"{pack.package} {pack.version}", skies=dict(pack.skies), digests=digests
            )
            (draft / INDEX).write_text(json.dumps(spec.dump(index), indent=1) + "\n", encoding="utf-8")
    say(f"{len(digests)} skies installed in {target}")
    return len(digests)


def _prepare(name: str, module: bytes, scratch: Path, draft: Path) -> str:
    """Write the panorama of a JavaScript module as a Radiance image; return its file's SHA-256 hex."""
    source, target = scratch / f"{name}.exr", draft / f"{name}.hdr"
    found = _MODULE.match(module)
    if found is None:
        raise AssetError(f"hdri/{name}.exr.js: expected 'export default' and an OpenEXR image as a data address")
    try:
        source.write_bytes(base64.b64decode(found[1], validate=True))
    except binascii.Error as error:
        raise AssetError(f"hdri/{name}.exr.js: not readable: {error}") from error
    write_panorama(target, without_undershoot(with_lost_channels(read_exr(source))))
    return hashlib.sha256(target.read_bytes()).hexdigest()
