"""What simgen needs of this machine and what is missing; itself needs the standard library alone, so it always runs."""

from __future__ import annotations

import ctypes
import importlib.metadata
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from simgen.resources import cache_dir, shipped

# Module to import, and the distribution that brings it (the first that is installed counts).
DEPENDENCIES: dict[str, tuple[str, ...]] = {
    "PIL": ("pillow",),
    "cv2": ("opencv-python-headless",),
    "numba": ("numba",),
    "numpy": ("numpy",),
    "open3d": ("open3d-cpu", "open3d"),
    "pyarrow": ("pyarrow",),
    "pybullet": ("pybullet",),
    "pycocotools.mask": ("pycocotools",),
    "pydantic": ("pydantic",),
    "rich": ("rich",),
    "scipy": ("scipy",),
    "trimesh": ("trimesh",),
    "typer": ("typer",),
    "yaml": ("PyYAML",),
}

# Shared libraries that the wheels do not carry, and the Debian and Ubuntu packages that do: what the ELF headers of
# Open3D's libraries name, and the OpenMP runtime of numba's thread pool.
LIBRARIES: dict[str, str] = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libgomp.so.1": "libgomp1",
    "libidn2.so.0": "libidn2-0",
    "libstdc++.so.6": "libstdc++6",
    "libudev.so.1": "libudev1",
    "libusb-1.0.so.0": "libusb-1.0-0",
}

_PACKS = ("sweethome3d", "hdri")
_OLDEST_PYTHON = (3, 10)
_NEWEST_WITH_WHEELS = (3, 11)
_IMPORT_LIMIT_S = 180
_ENOUGH_MEMORY_GB = 3.0
_ENOUGH_DISK_GB = 3.0


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        name: what was looked at.
        ok: whether it is as simgen wants it.
        detail: what was found.
        remedy: what to do about it; empty when ``ok``.
        needed: whether simgen cannot work without it; otherwise the finding is advice.
    """

    name: str
    ok: bool
    detail: str
    remedy: str = ""
    needed: bool = True


def diagnose() -> list[Finding]:
    """Look at everything simgen needs of this machine, and return one finding for each thing.

    Every dependency is imported in a process of its own, so one that crashes is a finding like any other.
    """
    with ThreadPoolExecutor(max_workers=_processors()) as pool:
        imports = list(pool.map(_dependency, DEPENDENCIES))
    return [
        _python(),
        *_libraries(),
        *imports,
        _shipped_data(),
        _cache(),
        _kernel_cache(),
        _processor(),
        _memory(),
        _disk(),
        _packs(),
    ]


def table(findings: Iterable[Finding]) -> str:
    """Return ``findings`` as text, one line each, and under each that is not well a line that says what to do."""
    lines = []
    for finding in findings:
        state = "ok" if finding.ok else "MISSING" if finding.needed else "note"
        lines.append(f"{state:8} {finding.name:24} {finding.detail}")
        if finding.remedy:
            lines.append(f"{'':8} {'':24} -> {finding.remedy}")
    return "\n".join(lines)


def main() -> int:
    """Print the findings; return 1 if something that simgen needs is missing, else 0."""
    findings = diagnose()
    print(table(findings))
    missing = [finding.name for finding in findings if finding.needed and not finding.ok]
    print(f"\nsimgen cannot work here yet: {', '.join(missing)}" if missing else "\nsimgen has all it needs.")
    return 1 if missing else 0


def _python() -> Finding:
    version, found = platform.python_version(), sys.version_info[:2]
    where = f"{version} ({sys.executable})"
    if found < _OLDEST_PYTHON:
        return Finding(name="Python", ok=False, detail=where, remedy="use Python 3.10 or 3.11")
    if found > _NEWEST_WITH_WHEELS:
        remedy = "pybullet has no wheel for it and was compiled here; Python 3.10 and 3.11 need no compiler"
        return Finding(name="Python", ok=False, detail=where, remedy=remedy, needed=False)
    return Finding(name="Python", ok=True, detail=where)


def _libraries() -> list[Finding]:
    if sys.platform != "linux":
        return []
    missing = [name for name in LIBRARIES if not _loads(name)]
    if not missing:
        return [Finding(name="system libraries", ok=True, detail=f"all {len(LIBRARIES)} load")]
    packages = [LIBRARIES[name] for name in missing]
    return [Finding(name="system libraries", ok=False, detail=f"no {', '.join(missing)}", remedy=_apt_line(packages))]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _apt_line(packages: Iterable[str]) -> str:
    names = " ".join(packages)
    if not shutil.which("apt-get"):
        return f"install what your system calls {names} (their Debian names)"
    return f"{'' if os.geteuid() == 0 else 'sudo '}apt-get install -y --no-install-recommends {names}"


def _dependency(module: str) -> Finding:
    """Import ``module`` in a fresh process and say how that went."""
    command = [sys.executable, "-c", f"import {module}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_IMPORT_LIMIT_S, check=False)
    except subprocess.TimeoutExpired:
        remedy = "look at the load of this machine, and try again"
        return Finding(name=module, ok=False, detail=f"not imported after {_IMPORT_LIMIT_S} s", remedy=remedy)
    name = DEPENDENCIES[module][0]
    if done.returncode == 0:
        return Finding(name=name, ok=True, detail=_installed_version(module))
    if done.returncode < 0:
        detail = f"importing it ended in {signal.Signals(-done.returncode).name}"
        remedy = "the processor may lack instructions that the wheel was built for (AVX, SSE 4.2); try another machine"
        return Finding(name=name, ok=False, detail=detail, remedy=remedy)
    message = done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"exit status {done.returncode}"
    return Finding(name=name, ok=False, detail=message, remedy=_remedy(module, message))


def _remedy(module: str, message: str) -> str:
    """Return the way out of a failed import of ``module`` that ended in ``message``."""
    if lost := re.search(r"(\S+\.so[.\d]*): cannot open shared object file", message):
        library = lost[1]
        if library in LIBRARIES:
            return _apt_line([LIBRARIES[library]])
        return f"install the package that has {library}; `apt-file search {library}` names it"
    return f"{sys.executable} -m pip install --upgrade --force-reinstall '{_requirement(module)}'"


def _requirement(module: str) -> str:
    """Return what simgen's own metadata asks of the distribution that brings ``module``, such as ``numpy<3,>=2.2``."""
    try:
        asked = importlib.metadata.requires("simgen") or []
    except importlib.metadata.PackageNotFoundError:
        asked = []
    wanted = DEPENDENCIES[module][0]
    for requirement in asked:
        if re.split(r"[^\w.-]", requirement, maxsplit=1)[0].lower() == wanted.lower():
            return requirement.split(";")[0].strip()
    return wanted


def _installed_version(module: str) -> str:
    for distribution in DEPENDENCIES[module]:
        try:
            return importlib.metadata.version(distribution)
        except importlib.metadata.PackageNotFoundError:
            continue
    return "imports, version unknown"


def _shipped_data() -> Finding:
    missing = [str(shipped(name)) for name in ("scenes", "assets", "configs") if not shipped(name).is_dir()]
    if missing:
        remedy = f"install simgen again: {sys.executable} -m pip install --force-reinstall --no-deps simgen"
        return Finding(name="shipped data", ok=False, detail=f"no {', '.join(missing)}", remedy=remedy)
    return Finding(name="shipped data", ok=True, detail=str(shipped("assets").parent))


def _cache() -> Finding:
    """Say whether packs can be prepared: whether the cache, or the nearest folder above it that exists, is writable."""
    folder = cache_dir()
    if _writable(folder):
        return Finding(name="cache", ok=True, detail=f"{folder} (writable)")
    remedy = "set SIMGEN_CACHE to a folder that you may write to"
    return Finding(name="cache", ok=False, detail=f"{folder} is not writable", remedy=remedy)


def _kernel_cache() -> Finding:
    """Say where numba keeps compiled kernels; it tries the same places in the same order and fails if it has none."""
    package = Path(__file__).resolve().parent
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    places = [Path(chosen)] if chosen else [package, Path.home() / ".cache" / "numba"]
    for place in places:
        if _writable(place):
            return Finding(name="compiled kernels", ok=True, detail=f"kept under {place}")
    remedy = "set NUMBA_CACHE_DIR to a folder that you may write to"
    tried = " or ".join(str(place) for place in places)
    return Finding(name="compiled kernels", ok=False, detail=f"cannot be kept under {tried}", remedy=remedy)


def _existing(folder: Path) -> Path:
    """Return ``folder``, or the nearest folder above it that exists."""
    return next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())


def _writable(folder: Path) -> bool:
    place = _existing(folder)
    return place.is_dir() and os.access(place, os.W_OK | os.X_OK)


def _processors() -> int:
    """Return how many processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def _processor() -> Finding:
    return Finding(name="processor cores", ok=True, detail=f"{_processors()} ({platform.machine()})", needed=False)


def _memory() -> Finding:
    total_bytes = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    limit = Path("/sys/fs/cgroup/memory.max")
    if limit.is_file() and (text := limit.read_text().strip()).isdigit():
        total_bytes = min(total_bytes, int(text))
    total_gb = total_bytes / 1e9
    enough = total_gb >= _ENOUGH_MEMORY_GB
    remedy = "" if enough else f"less than {_ENOUGH_MEMORY_GB:.0f} GB: use --workers 1"
    return Finding(name="memory", ok=enough, detail=f"{total_gb:.1f} GB", remedy=remedy, needed=False)


def _disk() -> Finding:
    free = {folder: shutil.disk_usage(_existing(folder)).free / 1e9 for folder in (Path.cwd(), cache_dir())}
    enough = min(free.values()) >= _ENOUGH_DISK_GB
    detail = ", ".join(f"{free_gb:.1f} GB free for {folder}" for folder, free_gb in free.items())
    remedy = "" if enough else f"less than {_ENOUGH_DISK_GB:.0f} GB: a pack or a long run may fill the disk"
    return Finding(name="disk", ok=enough, detail=detail, remedy=remedy, needed=False)


def _packs() -> Finding:
    packs = sorted(index.parent.name for index in (cache_dir() / "packs").glob("*/index.json"))
    missing = [name for name in _PACKS if not any(pack.startswith(f"{name}-") for pack in packs)]
    if packs:
        more = "".join(f"; for more: simgen assets install {name}" for name in missing)
        detail = f"{', '.join(packs)} in {cache_dir() / 'packs'}{more}"
        return Finding(name="asset packs", ok=True, detail=detail, needed=False)
    remedy = f"simgen assets install {_PACKS[0]}"
    detail = "none: recipes can use the built-in families only"
    return Finding(name="asset packs", ok=False, detail=detail, remedy=remedy, needed=False)


if __name__ == "__main__":
    sys.exit(main())
