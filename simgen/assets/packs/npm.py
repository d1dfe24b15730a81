"""Fetches packages of the npm registry without npm: one tarball, checked against the digest that is asked for."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import tarfile
import urllib.error
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path

from simgen.errors import AssetError

_REGISTRY = "https://registry.npmjs.org"
_TIMEOUT_S = 120


def fetch(package: str, version: str, integrity: str, folder: Path, say: Callable[[str], None]) -> Path:
    """Download a package's tarball into ``folder``, check it, and return it.

    The registry is npm's public one, or the one that ``npm_config_registry`` names; proxies are those of the
    environment.

    Args:
        package: name with its scope, such as ``@pmndrs/assets``.
        version: exact.
        integrity: ``sha512-`` and base64, as npm's lock files have it.
        folder: where to.
        say: told what is going on.

    Raises:
        AssetError: there is no such file, no network, or other bytes than asked for.
    """
    url = tarball_url(package, version)
    path = folder / url.rpartition("/")[2]
    say(f"downloading {package} {version} ...")
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT_S) as source, path.open("wb") as sink:
            shutil.copyfileobj(source, sink)
    except (urllib.error.URLError, HTTPException, OSError, ValueError) as error:
        raise AssetError(
            f"{url}: cannot be downloaded: {error}; set npm_config_registry to a registry that this machine reaches, "
            f"or fetch the file by other means (npm pack {package}@{version}) and give it with --from FILE"
        ) from error
    check(path, integrity)
    return path


def tarball_url(package: str, version: str) -> str:
    """Return where a registry keeps a version's tarball."""
    # npm takes its settings from the environment in either case of letters.
    chosen = [value for key, value in os.environ.items() if key.lower() == "npm_config_registry" and value]
    registry = (*chosen, _REGISTRY)[0]
    return f"{registry.rstrip('/')}/{package}/-/{package.rpartition('/')[2]}-{version}.tgz"


def check(path: Path, integrity: str) -> None:
    """Compare a file with its digest.

    Raises:
        AssetError: it holds other bytes, or cannot be read.
    """
    try:
        found = "sha512-" + base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()
    except OSError as error:
        raise AssetError(f"{path}: cannot be read: {error.strerror}") from error
    if found != integrity:
        raise AssetError(f"{path}: is not the file that was asked for: its digest is {found}, expected {integrity}")


def members(path: Path, names: list[str]) -> dict[str, bytes]:
    """Return the bytes of a tarball's files by the name asked for; names are those below its top folder.

    Raises:
        AssetError: it is no readable tarball, or lacks one of the files.
    """
    wanted = {f"package/{name}": name for name in names}
    found: dict[str, bytes] = {}
    try:
        with tarfile.open(path, mode="r:gz") as archive:
            for member in archive:
                source = archive.extractfile(member) if member.isfile() and member.name in wanted else None
                if source is not None:
                    with source:
                        found[wanted[member.name]] = source.read()
    except (OSError, tarfile.TarError, EOFError) as error:
        raise AssetError(f"{path}: not a readable npm package: {error}") from error
    if absent := [name for name in names if name not in found]:
        raise AssetError(f"{path}: lacks {', '.join(absent)}")
    return found
