"""Fetches and unpacks Debian packages without root: apt with a state of its own, .deb files read as ar archives."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

from simgen.errors import AssetError

_AR_MAGIC = b"!<arch>\n"
_AR_HEADER = 60
_APT_TIMEOUT_S = 1800


def fetch(package: str, folder: Path, say: Callable[[str], None]) -> Path:
    """Download the newest version of ``package`` from the machine's apt sources into ``folder``; return the .deb.

    The system's apt state is neither read nor changed, so it works as any user and where no list was ever fetched. apt
    checks the signatures and the digest.

    Raises:
        AssetError: there is no apt, or it fails; the message tells what to do instead.
    """
    if shutil.which("apt-get") is None:
        raise AssetError(
            f"no apt-get on this machine to download {package} with; fetch the .deb from "
            f"https://packages.debian.org/{package} and give it with --from FILE"
        )
    for part in ("state/lists/partial", "cache/archives/partial", "download"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    (folder / "state/status").touch()
    options = {
        "Dir::State": folder / "state",
        "Dir::State::status": folder / "state/status",
        "Dir::State::lists": folder / "state/lists",
        "Dir::Cache": folder / "cache",
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
        "APT::Sandbox::User": "",
        "APT::Update::Post-Invoke-Success::": "",
    }
    flags = [flag for key, value in options.items() for flag in ("-o", f"{key}={value}")]
    say("reading the package lists ...")
    updated = _apt([*flags, "update"], folder)
    say(f"downloading {package} ...")
    got = _apt([*flags, "download", package], folder / "download")
    files = sorted((folder / "download").glob("*.deb"))
    if not files:
        tail = "\n".join((updated + got).strip().splitlines()[-6:])
        raise AssetError(
            f"apt could not download {package}:\n{tail}\nIt is in Debian's 'main' and Ubuntu's 'universe': "
            "enable that and have a network, or fetch the .deb by other means and give it with --from FILE"
        )
    return files[-1]


def _apt(arguments: list[str], folder: Path) -> str:
    """Run apt-get in ``folder``; return what it said, whether or not it went well."""
    try:
        done = subprocess.run(
            ["apt-get", "-q", *arguments],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=_APT_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise AssetError(f"apt-get did not finish within {_APT_TIMEOUT_S} s: is the network there?") from error
    return done.stdout + done.stderr


def unpack(deb: Path, suffix: str, folder: Path) -> list[Path]:
    """Copy the regular files of a .deb whose names end in ``suffix`` into ``folder``; return them, sorted.

    Raises:
        AssetError: it is no readable .deb, or is compressed in a way that neither Python nor dpkg-deb here can read.
    """
    try:
        with tarfile.open(fileobj=io.BytesIO(_payload(deb)), mode="r:*") as archive:
            found = []
            for member in archive:
                source = archive.extractfile(member) if member.isfile() and member.name.endswith(suffix) else None
                if source is not None:
                    target = folder / Path(member.name).name
                    with source, target.open("wb") as sink:
                        shutil.copyfileobj(source, sink)
                    found.append(target)
    except (OSError, tarfile.TarError, EOFError, ValueError) as error:
        raise AssetError(f"{deb}: not a readable Debian package: {error}") from error
    return sorted(found)


def _payload(deb: Path) -> bytes:
    """Return the package's data archive: as stored, or unpacked by dpkg-deb where it is Zstandard."""
    data = deb.read_bytes()
    if not data.startswith(_AR_MAGIC):
        raise ValueError("it does not start as an ar archive does")
    at = len(_AR_MAGIC)
    while at + _AR_HEADER <= len(data):
        header = data[at : at + _AR_HEADER]
        name, size = header[:16].decode("ascii", errors="replace").strip().rstrip("/"), int(header[48:58])
        start = at + _AR_HEADER
        if name.startswith("data.tar"):
            if name.endswith(".zst"):
                return _by_dpkg(deb)
            return data[start : start + size]
        at = start + size + size % 2
    raise ValueError("it has no data archive")


def _by_dpkg(deb: Path) -> bytes:
    if shutil.which("dpkg-deb") is None:
        raise ValueError("it is compressed with Zstandard, which needs dpkg-deb to read")
    return subprocess.run(["dpkg-deb", "--fsys-tarfile", str(deb)], check=True, capture_output=True).stdout
