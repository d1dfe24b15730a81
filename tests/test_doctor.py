"""`simgen doctor`: finds what is missing, names the way out, and runs when all else is broken."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from simgen import doctor
from simgen.doctor import Finding

# Stands in for every third-party package: importing one fails as a broken one does.
BROKEN = "raise ImportError('libGL.so.1: cannot open shared object file: No such file or directory')\n"


def _finding(name: str) -> Finding:
    return next(finding for finding in doctor.diagnose() if finding.name == name)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves the slow imports of the dependencies out."""
    monkeypatch.setattr(doctor, "DEPENDENCIES", {})


def _with_broken(folder: Path, modules: Iterable[str], *command: str) -> subprocess.CompletedProcess[str]:
    for module in modules:
        (folder / f"{module.split('.')[0]}.py").write_text(BROKEN)
    environment = {**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{Path(doctor.__file__).parents[1]}"}
    return subprocess.run([sys.executable, *command], env=environment, capture_output=True, text=True, check=False)


def test_doctor_runs_and_fails_where_no_dependency_imports(tmp_path: Path) -> None:
    done = _with_broken(tmp_path, doctor.DEPENDENCIES, "-m", "simgen.doctor")
    assert done.returncode == 1, done.stderr
    assert done.stdout.count("MISSING") >= len(doctor.DEPENDENCIES)
    assert "ImportError: libGL.so.1: cannot open shared object file" in done.stdout
    assert done.stdout.rstrip().splitlines()[-1].startswith("simgen cannot work here yet: ")


def test_the_command_line_reaches_doctor_where_only_its_own_packages_import(tmp_path: Path) -> None:
    broken = set(doctor.DEPENDENCIES) - {"typer", "rich", "pydantic"}  # typer itself imports pydantic
    done = _with_broken(tmp_path, broken, "-c", "from simgen.cli.main import main; main()", "doctor")
    assert done.returncode == 1, done.stderr
    assert done.stdout.count("MISSING") >= len(broken), done.stderr


def test_doctor_is_content_with_the_environment_that_runs_these_tests(capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor.main() == 0
    assert capsys.readouterr().out.endswith("simgen has all it needs.\n")


def test_a_missing_shared_library_is_named_with_the_package_that_has_it(
    quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "LIBRARIES", {"libno-such-thing.so.7": "libnosuch7", **doctor.LIBRARIES})
    monkeypatch.setattr(doctor.shutil, "which", lambda name: f"/usr/bin/{name}")
    finding = _finding("system libraries")
    assert not finding.ok and finding.needed
    assert finding.detail == "no libno-such-thing.so.7"
    assert finding.remedy.endswith("apt-get install -y --no-install-recommends libnosuch7")


def test_a_dependency_that_crashes_is_a_finding_and_no_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "crashing.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGILL)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(doctor, "DEPENDENCIES", {"crashing": ("crashing-wheel",)})
    finding = _finding("crashing-wheel")
    assert not finding.ok and finding.needed
    assert finding.detail == "importing it ended in SIGILL"


def test_a_missing_dependency_is_named_with_the_version_that_simgen_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "DEPENDENCIES", {"no_such_module": ("nosuch",)})
    monkeypatch.setattr(
        doctor.importlib.metadata, "requires", lambda name: ["nosuchling>=3", "nosuch<3,>=2; os_name != 'x'"]
    )
    finding = _finding("nosuch")
    assert finding.detail == "ModuleNotFoundError: No module named 'no_such_module'"
    assert finding.remedy == f"{sys.executable} -m pip install --upgrade --force-reinstall 'nosuch<3,>=2'"


def test_a_cache_that_cannot_be_a_folder_is_missing(
    quick: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("SIMGEN_CACHE", str(tmp_path / "file" / "cache"))
    finding = _finding("cache")
    assert not finding.ok and finding.needed
    assert finding.remedy == "set SIMGEN_CACHE to a folder that you may write to"


def test_packs_are_advice_until_installed_and_then_named(
    quick: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIMGEN_CACHE", str(tmp_path))
    absent = _finding("asset packs")
    assert not absent.ok and not absent.needed
    assert absent.remedy == "simgen assets install sweethome3d"
    (tmp_path / "packs" / "sweethome3d-7").mkdir(parents=True)
    assert not _finding("asset packs").ok, "a pack without its index is half-prepared"
    (tmp_path / "packs" / "sweethome3d-7" / "index.json").write_text("{}")
    present = _finding("asset packs")
    assert present.ok
    assert present.detail == f"sweethome3d-7 in {tmp_path / 'packs'}; for more: simgen assets install hdri"


def test_the_table_tells_needs_from_advice() -> None:
    findings = [
        Finding(name="a", ok=True, detail="fine"),
        Finding(name="b", ok=False, detail="gone", remedy="get it"),
        Finding(name="c", ok=False, detail="small", remedy="mind it", needed=False),
    ]
    assert [line.split() for line in doctor.table(findings).splitlines()] == [
        ["ok", "a", "fine"],
        ["MISSING", "b", "gone"],
        ["->", "get", "it"],
        ["note", "c", "small"],
        ["->", "mind", "it"],
    ]
