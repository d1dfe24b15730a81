"""The recipe reference is up to date, and its examples are recipes."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from simgen import spec
from simgen.assets.sensors import make_lidar
from simgen.recipe import Recipe

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """tools/docs as a module."""
    loader = importlib.machinery.SourceFileLoader("docs_tool", str(ROOT / "tools" / "docs"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("docs_tool", loader))
    sys.modules["docs_tool"] = module
    loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def text(tool: ModuleType) -> str:
    """docs/recipe.md as it should be."""
    return tool.document()


def examples(text: str, heading: str, folder: Path) -> list[Any]:
    """Return the YAML examples below a heading of the second level, read as recipes are."""
    part = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", text, flags=re.DOTALL | re.MULTILINE)
    assert part is not None
    found = []
    for block in re.findall(r"```yaml\n(.*?)```", part[1], flags=re.DOTALL):
        (folder / "example.yaml").write_text(block, encoding="utf-8")
        found.append(spec.read_yaml(folder / "example.yaml"))
    return found


def test_the_recipe_reference_is_up_to_date(text: str) -> None:
    written = (ROOT / "docs" / "recipe.md").read_text(encoding="utf-8")
    assert written == text, "docs/recipe.md is stale; run: .venv/bin/python tools/docs"


def test_checking_a_stale_reference_fails_and_says_what_to_do(
    tool: ModuleType, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tool, "ROOT", tmp_path)
    monkeypatch.setattr(tool, "TARGET", tmp_path / "recipe.md")
    monkeypatch.setattr(tool, "SENSORS", tmp_path / "sensors.md")
    monkeypatch.setattr(sys, "argv", ["docs", "--check"])
    assert tool.main() == 1
    assert "recipe.md is stale; run: .venv/bin/python tools/docs" in capsys.readouterr().err
    (tmp_path / "recipe.md").write_text(text, encoding="utf-8")
    (tmp_path / "sensors.md").write_text(tool.sensor_page.page(), encoding="utf-8")
    assert tool.main() == 0


def test_the_page_of_sensors_is_up_to_date_and_its_example_is_a_sensor(tool: ModuleType, tmp_path: Path) -> None:
    text = (ROOT / "docs" / "sensors.md").read_text(encoding="utf-8")
    assert text == tool.sensor_page.page(), "docs/sensors.md is stale; run: .venv/bin/python tools/docs"
    (example,) = re.findall(r"```yaml\n(.*?)```", text, flags=re.DOTALL)
    (tmp_path / "mine.yaml").write_text(example, encoding="utf-8")
    assert make_lidar(str(tmp_path / "mine.yaml"), name="top", rate_hz=20.0, return_mode="dual").columns == 900


def test_every_key_and_kind_of_a_recipe_is_explained(tool: ModuleType, text: str) -> None:
    rows = re.findall(r"^\| `(\w+)` \|.*\| (.*) \|$", text, flags=re.MULTILINE)
    unsaid = {"low", "high", "mean", "std", "value", "options", "weights"}  # said in the text of their distribution
    assert [key for key, meaning in rows if not meaning and key not in unsaid] == []
    for name, owner in tool.classes().items():
        kind = getattr(owner, "kind", None)
        assert kind is None or f"### `{kind}`" in text, name


def test_the_examples_together_are_a_recipe(text: str, tmp_path: Path) -> None:
    whole, *_ = examples(text, "The recipe", tmp_path)
    for key in ("sensors", "randomizers", "export"):
        whole[key] = [thing for block in examples(text, key.capitalize(), tmp_path) for thing in block]
    for key in ("Physics", "Render", "Storage", "Splits"):
        whole |= examples(text, key, tmp_path)[0]
    recipe = spec.parse(Recipe, whole, "docs/recipe.md")
    assert len(recipe.randomizers) == text.count("\n- kind") - len(recipe.sensors) - len(recipe.export)


def test_the_examples_of_places_and_distributions_load(tool: ModuleType, text: str, tmp_path: Path) -> None:
    for example in examples(text, "Places", tmp_path):
        assert spec.parse(tool.Held, {"place": example}, "docs/recipe.md").place.kind == example["kind"]
    holder = tool.classes()["Uniform"]
    assert holder(low=0.5, high=1.5).low == 0.5
    for example in examples(text, "Distributions", tmp_path):
        owner = next(c for c in tool.classes().values() if getattr(c, "kind", None) == example["kind"])
        assert spec.parse(owner, example, "docs/recipe.md").kind == example["kind"]


def test_the_example_of_imagers_is_part_of_a_recipe() -> None:
    text = (ROOT / "docs" / "imager.md").read_text(encoding="utf-8")
    for block in re.findall(r"```yaml\n(.*?)```", text, flags=re.DOTALL):
        given = {"name": "x", "place": "urban_street", "frames": 1, **yaml.safe_load(block)}
        assert spec.parse(Recipe, given, "docs/imager.md").randomizers[0].kind == "imaging"
