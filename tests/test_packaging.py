"""The package as it is built and set up: what a wheel carries, what is declared, what the set-up says."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from simgen.doctor import DEPENDENCIES, LIBRARIES

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = ("scenes", "assets", "configs")
# Modules that come with a declared dependency under a name of their own.
ALSO_BRINGS = {"pybullet": {"pybullet_data"}, "pydantic": {"pydantic_core"}}


def _project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def _names(requirements: list[str]) -> set[str]:
    return {re.split(r"[^\w.-]", requirement, maxsplit=1)[0] for requirement in requirements}


def _build(target: str, source: Path, out: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(out)]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return next(out.iterdir())


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _build("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


def test_a_wheel_carries_every_source_file_and_every_shipped_file(wheel: Path) -> None:
    carried = set(zipfile.ZipFile(wheel).namelist())
    sources = {path.relative_to(ROOT).as_posix() for path in (ROOT / "simgen").rglob("*.py")}
    data = {
        f"simgen/data/{path.relative_to(ROOT).as_posix()}"
        for folder in SHIPPED
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert data, "scenes/, assets/ and configs/ are empty"
    assert sources | data <= carried


def test_a_wheel_carries_nothing_but_the_package(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"simgen"}


def test_an_installed_package_finds_its_own_data(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    code = "from simgen.resources import shipped; print(*(shipped(name) for name in ('scenes', 'assets', 'configs')))"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [str(tmp_path / "simgen" / "data" / name) for name in SHIPPED]


def test_a_source_archive_builds_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    archive = _build("sdist", ROOT, tmp_path / "sdist")
    (tmp_path / "source").mkdir()
    subprocess.run(["tar", "-xzf", str(archive), "-C", str(tmp_path / "source")], check=True)
    again = _build("wheel", next((tmp_path / "source").iterdir()), tmp_path / "again")
    assert again.name == wheel.name
    assert set(zipfile.ZipFile(again).namelist()) == set(zipfile.ZipFile(wheel).namelist())


def test_doctor_looks_at_every_declared_dependency() -> None:
    looked_at = {name for distributions in DEPENDENCIES.values() for name in distributions}
    assert looked_at == _names(_project()["dependencies"])


def test_every_requirement_has_a_lower_and_an_upper_bound() -> None:
    project = _project()
    requirements = [
        *project["dependencies"],
        *(line for extra in project["optional-dependencies"].values() for line in extra),
    ]
    assert [line for line in requirements if ">=" not in line or ",<" not in line] == []


def test_every_imported_package_is_declared() -> None:
    declared = {module.split(".")[0] for module in DEPENDENCIES} | set().union(*ALSO_BRINGS.values())
    known = declared | set(sys.stdlib_module_names) | {"simgen"}
    strangers = {}
    for path in (ROOT / "simgen").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                modules = [node.module or ""]
            else:
                continue
            for module in modules:
                if module.split(".")[0] not in known:
                    strangers[f"{path.relative_to(ROOT)}:{node.lineno}"] = module
    assert strangers == {}


def test_set_up_and_doctor_name_the_same_libraries() -> None:
    block = re.search(r'LIBRARIES="\n(.*?)"', (ROOT / "tools" / "setup").read_text(), re.DOTALL)
    assert block is not None
    assert dict(line.split() for line in block[1].splitlines()) == LIBRARIES


def _stand_in(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone with nothing but the set-up in it, and beside it a folder `bin` of stand-ins for a bare system."""
    clone, stand_ins = tmp_path / "clone", tmp_path / "bin"
    (clone / "tools").mkdir(parents=True)
    stand_ins.mkdir()
    shutil.copy(ROOT / "tools" / "setup", clone / "tools")
    shutil.copy(ROOT / "pyproject.toml", clone)
    for python in ("python3.11", "python3.10", "python3"):
        _stand_in(stand_ins, python, "exit 127")
    _stand_in(stand_ins, "apt-get", "exit 99")
    _stand_in(stand_ins, "id", "echo 1000")
    return clone


def _set_up(clone: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    path = f"{clone.parent / 'bin'}:/usr/bin:/bin:/usr/sbin:/sbin"
    return subprocess.run(
        ["bash", str(clone / "tools" / "setup"), *arguments],
        env={"PATH": path, "HOME": str(clone), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_set_up_without_root_prints_the_one_line_to_run_and_stops(clone: Path) -> None:
    done = _set_up(clone)
    packages = " ".join(["python3", "python3-venv", *LIBRARIES.values()])
    assert done.returncode == 1
    assert done.stderr == (
        "setup: system packages are missing; run this line, then the same command again:\n"
        f"setup:     sudo sh -c 'apt-get update && apt-get install -y --no-install-recommends {packages}'\n"
    )
    assert not (clone / ".venv").exists()


def test_set_up_says_plainly_that_a_newer_python_needs_a_compiler(clone: Path) -> None:
    # A Python 3.12 that has venv and all libraries, but no headers to compile against.
    _stand_in(clone.parent / "bin", "python3", 'case "$2" in *version_info*) echo 3.12 ;; *Python.h*) exit 1 ;; esac')
    done = _set_up(clone)
    assert done.returncode == 1
    assert "Python 3.12: pybullet has no wheel for it and has to be compiled" in done.stdout
    assert re.search(r"apt-get install -y --no-install-recommends (g\+\+ )?python3\.12-dev'$", done.stderr.strip())


def test_set_up_refuses_an_interpreter_that_is_too_old_or_none(clone: Path) -> None:
    done = _set_up(clone, PYTHON="/nowhere/python3.11")
    assert done.returncode == 1
    assert done.stderr == (
        "setup: PYTHON=/nowhere/python3.11 is no Python 3.10 or newer; "
        "name another: PYTHON=/path/to/python3.11 make ...\n"
    )


def test_set_up_refuses_an_unknown_argument(clone: Path) -> None:
    done = _set_up(clone, "everything")
    assert (done.returncode, done.stderr) == (1, "setup: unknown argument 'everything'; known: dev\n")


def test_every_program_of_the_repository_can_be_run() -> None:
    programs = [path for path in (ROOT / "tools").iterdir() if path.is_file() and path.read_bytes()[:2] == b"#!"]
    assert ROOT / "tools" / "setup" in programs
    assert [path.name for path in [*programs, ROOT / ".ci" / "run"] if not os.access(path, os.X_OK)] == []
