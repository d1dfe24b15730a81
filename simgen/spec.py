"""From YAML or JSON to checked values and back; the one file that knows pydantic."""

from __future__ import annotations

import dataclasses
import difflib
import json
import re
import types
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Optional, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import yaml
from pydantic import ConfigDict, Discriminator, GetCoreSchemaHandler, GetJsonSchemaHandler, TypeAdapter, ValidationError
from pydantic_core import core_schema

from simgen.errors import RecipeError

T = TypeVar("T")

TAGGED = Discriminator("kind")
"""Marks a union of dataclasses that are told apart by their literal ``kind``: ``Annotated[A | B, TAGGED]``."""

_CONFIG = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


@dataclasses.dataclass(frozen=True)
class Bare:
    """Marks a tagged union in which a bare number, string or boolean ``v`` means ``{kind: KIND, value: v}``."""

    kind: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        def wrap(value: Any) -> Any:
            if isinstance(value, bool | int | float | str):
                return {"kind": self.kind, "value": value}
            # What this returns counts as Python, no longer as JSON, and there strict mode takes no list for a tuple.
            if isinstance(value, dict):
                return {k: tuple(v) if isinstance(v, list) else v for k, v in value.items()}
            return value

        return core_schema.no_info_before_validator_function(wrap, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"anyOf": [{"type": ["number", "string", "boolean"]}, handler(schema)]}


@dataclasses.dataclass(frozen=True)
class Completed:
    """Marks a dataclass whose plain values are completed, by ``complete``, before they are read.

    ``complete`` may raise ``ValueError``.
    """

    complete: Callable[[Any], Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        def wrap(value: Any) -> Any:
            completed = self.complete(value)
            # As in `Bare`: what comes back counts as Python, where strict mode takes no list for a tuple.
            if isinstance(completed, dict):
                return {k: tuple(v) if isinstance(v, list) else v for k, v in completed.items()}
            return completed

        return core_schema.no_info_before_validator_function(wrap, handler(source))


def parse(kind: type[T], data: Any, source: str) -> T:
    """Return ``data`` (plain dicts, lists, numbers, strings) as a ``kind``.

    Raises:
        RecipeError: one line per fault, all at once, each starting with ``source`` and the key's path.
    """
    if data is None:
        raise RecipeError(f"{source}: is empty")
    try:
        return _adapter(kind).validate_json(json.dumps(data))
    except ValidationError as error:
        faults = [f"{source}: {_fault(kind, fault)}" for fault in error.errors(include_url=False)]
        raise RecipeError("\n".join(dict.fromkeys(faults))) from None


def load(kind: type[T], path: Path) -> T:
    """Read a YAML file as a ``kind``.

    Raises:
        RecipeError: the file is missing, is no YAML, repeats a key, or does not fit.
    """
    return parse(kind, read_yaml(path), str(path))


def read_yaml(path: Path) -> Any:
    """Return a YAML 1.2 file as plain values; duplicate keys are refused.

    Raises:
        RecipeError: the file is missing or is no YAML.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise RecipeError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise RecipeError(f"{path}: not valid YAML: byte {error.start} is no UTF-8; save the file as UTF-8") from None
    try:
        return yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as error:
        told = " ".join(str(error).split()).replace('in "<unicode string>", ', "at ")
        raise RecipeError(f"{path}: not valid YAML: {told}") from None


def dump(value: Any, kind: Any = None) -> Any:
    """Return ``value`` as plain dicts, lists, numbers and strings, ready for JSON."""
    return _adapter(type(value) if kind is None else kind).dump_python(value, mode="json")


def dump_json(value: Any) -> bytes:
    """Return ``value`` as one line of JSON."""
    return _adapter(type(value)).dump_json(value)


def load_json(kind: type[T], text: bytes | str, source: str) -> T:
    """Return JSON text as a ``kind``.

    Raises:
        RecipeError: as `parse`.
    """
    return parse(kind, json.loads(text), source)


def schema(kind: type) -> dict[str, Any]:
    """Return the JSON schema of ``kind``."""
    return _adapter(kind).json_schema()


@cache
def _adapter(kind: Any) -> TypeAdapter:
    # A bare dataclass may not be given a config from outside; an optional one may, and hands it down to all within.
    return TypeAdapter(cast("Any", Optional)[kind], config=_CONFIG)


def _fault(kind: Any, fault: Any) -> str:
    """Return one fault as ``path: what is wrong; what was expected``."""
    location, message = fault["loc"], fault["msg"]
    path, _ = _walk(kind, location)
    match fault["type"]:
        case "unexpected_keyword_argument" | "extra_forbidden":
            owner, owner_kind = _walk(kind, location[:-1])
            known = sorted({f for m in _members(owner_kind) if dataclasses.is_dataclass(m) for f in _hints(m)})
            near = difflib.get_close_matches(str(location[-1]), known, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            return f"{owner}: unknown key {location[-1]!r}; known: {', '.join(known)}{hint}"
        case "missing" | "missing_keyword_only_argument" | "missing_argument":
            return f"{path}: is missing"
        case "union_tag_invalid":
            context = fault["ctx"]
            return f"{path}: unknown kind {context['tag']!r}; known: {context['expected_tags'].replace(chr(39), '')}"
        case "union_tag_not_found":
            return f"{path}: has no 'kind' to tell what it is, got {_short(fault['input'])}"
        case "value_error":
            return f"{path}: {fault['ctx']['error']}"
        case "dataclass_type" | "dataclass_exact_type" | "model_attributes_type":
            return f"{path}: should be a mapping of keys to values, got {_short(fault['input'])}"
        case _:
            return f"{path}: {message[0].lower()}{message[1:]}, got {_short(fault['input'])}"


def _short(value: Any) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _walk(kind: Any, location: tuple[int | str, ...]) -> tuple[str, Any]:
    """Follow a fault's location through ``kind``; return its path as a user wrote it and the type found there.

    pydantic puts the tag of a union's member into the location; it is no key of the user's and is left out.
    """
    path: list[str] = []
    for step in location:
        members = _members(kind)
        tagged = next((m for m in members if _tag_of(m) == step), None)
        if tagged is not None:
            kind = tagged
            continue
        path.append(str(step))
        owner = next((m for m in members if dataclasses.is_dataclass(m)), None)
        inner = [a for m in members for a in get_args(m) if a is not Ellipsis]
        if isinstance(step, str) and owner is not None and step in _hints(owner):
            kind = _hints(owner)[step]
        else:
            kind = inner[-1] if inner else None
    return ".".join(path) or "(top level)", kind


def _members(kind: Any) -> list[Any]:
    """Return the alternatives of a type, looking through Annotated and unions."""
    if get_origin(kind) is Annotated:
        return _members(get_args(kind)[0])
    if get_origin(kind) in (Union, types.UnionType):
        return [m for a in get_args(kind) for m in _members(a)]
    return [kind]


@cache
def _hints(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind, include_extras=True)
    return {f.name: hints[f.name] for f in dataclasses.fields(kind)}


def _tag_of(kind: Any) -> str | None:
    if not dataclasses.is_dataclass(kind) or "kind" not in _hints(kind):
        return None
    return next(iter(get_args(_hints(kind)["kind"])), None)


class _Loader(yaml.SafeLoader):
    """SafeLoader with YAML 1.2 scalars (no yes/no booleans, no dates, 1e3 is a number) and no duplicate keys."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Build a dict, refusing a key that is there twice."""
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, list | dict):
                raise yaml.constructor.ConstructorError(None, None, "a key is no plain word", key_node.start_mark)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"key {key!r} is there twice", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


def _core_resolvers() -> dict[str, list[tuple[str, Any]]]:
    """Return PyYAML's implicit resolvers with YAML 1.2's booleans and floats, and without dates."""
    kept: dict[str, list[tuple[str, Any]]] = {}
    gone = {"tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:float", "tag:yaml.org,2002:int"}
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items():
        kept[first] = [r for r in resolvers if r[0] not in gone]
    for tag, pattern, firsts in (
        ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
        ("int", r"^[-+]?[0-9]+$", "-+0123456789"),
        ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", "-+.0123456789"),
        ("float", r"^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$", "-+."),
    ):
        for first in firsts:
            kept.setdefault(first, []).append((f"tag:yaml.org,2002:{tag}", re.compile(pattern)))
    return kept


_Loader.yaml_implicit_resolvers = _core_resolvers()
_Loader.add_constructor("tag:yaml.org,2002:int", lambda _, node: int(node.value))
_Loader.add_constructor("tag:yaml.org,2002:float", lambda _, node: float(re.sub(r"\.(?=[inIN])", "", node.value)))
