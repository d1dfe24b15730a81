"""Claims about reading YAML: every fault at once, by file and key, with the way out."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Annotated, Literal

import pytest

from simgen import spec
from simgen.distributions import AnyDistribution, Constant, Uniform, check_support
from simgen.errors import RecipeError


@dataclass(frozen=True, kw_only=True)
class Inner:
    a_m: int = 1


@dataclass(frozen=True, kw_only=True)
class Ball:
    kind: Literal["ball"] = "ball"
    radius_m: AnyDistribution = Constant(value=1.0)
    inner: Inner = Inner()

    def __post_init__(self) -> None:
        check_support("radius_m", self.radius_m, 0, 10)


@dataclass(frozen=True, kw_only=True)
class Brick:
    kind: Literal["brick"] = "brick"
    size_m: tuple[float, float, float] = (1.0, 1.0, 1.0)


@dataclass(frozen=True, kw_only=True)
class Yard:
    name: str
    things: tuple[Annotated[Ball | Brick, spec.TAGGED], ...] = ()
    weights: dict[str, float] = field(default_factory=dict)
    limit: int | None = None


def read(tmp_path, text):
    path = tmp_path / "yard.yaml"
    path.write_text(text)
    return spec.load(Yard, path)


def test_a_good_file_becomes_values_and_a_bare_number_a_constant(tmp_path):
    yard = read(
        tmp_path,
        "name: n\nthings:\n- {kind: ball, radius_m: 3}\n- {kind: brick, size_m: [1, 2, 3e0]}\n"
        "- {kind: ball, radius_m: {kind: uniform, low: 1, high: 2}}\n",
    )
    assert yard.things[0].radius_m == Constant(value=3)
    assert yard.things[1].size_m == (1.0, 2.0, 3.0)
    assert yard.things[2].radius_m == Uniform(low=1.0, high=2.0)


def test_values_survive_a_round_trip():
    yard = Yard(name="x", things=(Ball(radius_m=Uniform(low=0.5, high=1.5)), Brick()), weights={"a": 0.25})
    assert spec.parse(Yard, spec.dump(yard), "again") == yard


def test_every_fault_is_told_at_once_with_file_and_key(tmp_path):
    text = """
nam: n
things:
- {kind: ball, radius_m: 30}
- {kind: brick, size_m: [1, 2]}
- {kind: ball, radius_m: {kind: uniform, low: 1, hihg: 2}}
- {kind: cube}
- {radius_m: 1}
- 5
- {kind: ball, inner: {z: 1}}
- {kind: ball, inner: {a_m: "1"}}
weights: {k: s}
limit: 1.5
"""
    with pytest.raises(RecipeError) as caught:
        read(tmp_path, text)
    file = tmp_path / "yard.yaml"
    assert str(caught.value).splitlines() == [
        f"{file}: name: is missing",
        f"{file}: things.0: radius_m must lie in 0 to 10, got 30",
        f"{file}: things.1.size_m.2: is missing",
        f"{file}: things.2.radius_m.high: is missing",
        f"{file}: things.2.radius_m: unknown key 'hihg'; known: high, kind, low; did you mean 'high'?",
        f"{file}: things.3: unknown kind 'cube'; known: ball, brick",
        f"{file}: things.4: has no 'kind' to tell what it is, got {{\"radius_m\": 1}}",
        f"{file}: things.5: input should be an object, got 5",
        f"{file}: things.6.inner: unknown key 'z'; known: a_m",
        f'{file}: things.7.inner.a_m: input should be a valid integer, got "1"',
        f'{file}: weights.k: input should be a valid number, got "s"',
        f"{file}: limit: input should be a valid integer, got 1.5",
        f"{file}: (top level): unknown key 'nam'; known: limit, name, things, weights; did you mean 'name'?",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: a\nname: b\n", "key 'name' is there twice"),
        ("name: [", "not valid YAML"),
        ("", "is empty"),
        ("name: a\nlimit: .nan\n", "limit: input should be a valid integer"),
    ],
)
def test_a_file_that_is_no_recipe_says_why(tmp_path, text, message):
    with pytest.raises(RecipeError, match=message):
        read(tmp_path, text)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(RecipeError, match=r"nowhere\.yaml: cannot be read: No such file"):
        spec.load(Yard, tmp_path / "nowhere.yaml")


def test_words_that_yaml_1_1_would_twist_stay_words_and_numbers_numbers(tmp_path):
    (tmp_path / "words.yaml").write_text("[no, on, 2020-01-01, 1e-3, 010]")
    assert spec.read_yaml(tmp_path / "words.yaml") == ["no", "on", "2020-01-01", 0.001, 10]


def test_numbers_that_are_none_are_read_as_yaml_1_2_writes_them(tmp_path):
    (tmp_path / "words.yaml").write_text("[.nan, .inf, -.INF, .5, nan, inf]")
    first, *others = spec.read_yaml(tmp_path / "words.yaml")
    assert math.isnan(first)
    assert others == [math.inf, -math.inf, 0.5, "nan", "inf"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"a: \xff", "not valid YAML: byte 3 is no UTF-8; save the file as UTF-8"),
        (b"[1, 2]: 3", "not valid YAML: a key is no plain word at line 1, column 1: [1, 2]: 3 ^"),
    ],
)
def test_bytes_and_keys_that_are_no_words_are_told(tmp_path, content, told):
    path = tmp_path / "odd.yaml"
    path.write_bytes(content)
    with pytest.raises(RecipeError) as error:
        spec.read_yaml(path)
    assert str(error.value) == f"{path}: {told}"


def test_the_schema_lets_a_bare_number_stand_for_a_distribution():
    radius = spec.schema(Ball)
    text = str(radius)
    assert "'number', 'string', 'boolean'" in text
    assert "log_uniform" in text
