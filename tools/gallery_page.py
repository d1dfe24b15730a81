"""docs/scenarios/gallery.md: every scenario with its picture, standard, tags and what holds, from the files."""

from __future__ import annotations

from typing import Any

from figures.scenarios import pictured

from simgen import spec
from simgen.scenarios.scenario import NIGHT, Scenario, load_scenario, scenario_names

HEAD = """\
# Scenarios: the gallery

<!-- Written by tools/docs from scenes/scenarios/; the pictures by `tools/pictures scenarios`. -->

{count} scenarios from {files} files: each picture is the first drawing of a file, with simgen's own families alone.
`simgen scenarios render NAME` draws its six instants, `simgen scenarios check --all` tells whether what makes each of
them what it is holds. How they are written: [scenarios](../scenarios.md).

| NHTSA pre-crash type (DOT HS 810 767) | scenarios |
|---|---|
{nhtsa}

| scenario | what happens | standard and tags | what holds |
|---|---|---|---|
{rows}
"""


def page() -> str:
    """Return the page."""
    names, files = scenario_names(), pictured()
    rows = [_row(load_scenario(n), n + NIGHT in names) for n in files]
    return HEAD.format(count=len(names), files=len(files), rows="\n".join(rows), nhtsa=_nhtsa(files))


def _row(scenario: Scenario, night: bool) -> str:
    shown = f"![{scenario.name}](../images/scenarios/{scenario.name}.jpg)"
    tags = ", ".join(f"`{t}`" for t in scenario.tags if t not in ("day", "night"))
    twin = "<br>by day and night" if night else ""
    holds = "<br>".join(f"`{r.kind}`{_told(spec.dump(r))}" for r in scenario.holds)
    return f"| {shown}<br>`{scenario.name}` | {scenario.title}{twin} | {scenario.standard or '-'}<br>{tags} | {holds} |"


def _told(relation: dict[str, Any]) -> str:
    keys = ("actor", "on", "of", "category", "sensor", "percent", "ttc_s", "from_m", "at_least", "share", "most_px",
            "open_m", "visibility_m")  # fmt: skip
    told = [f"{key} {_number(relation[key])}" for key in keys if relation.get(key) not in (None, "")]
    return f" {', '.join(told)}" if told else ""


def _number(value: Any) -> str:
    return " to ".join(f"{v:g}" for v in value) if isinstance(value, list | tuple) else str(value)


def _nhtsa(files: list[str]) -> str:
    """Return the table of pre-crash types that scenarios name in ``standard``, by number."""
    found: dict[int, tuple[str, list[str]]] = {}
    for name in files:
        for part in load_scenario(name).standard.split(";"):
            words = part.strip().removeprefix("NHTSA pre-crash ")
            if words == part.strip():
                continue
            number, _, kind = words.partition(", ")
            found.setdefault(int(number), (kind, []))[1].append(f"`{name}`")
    return "\n".join(f"| {k} {kind} | {', '.join(names)} |" for k, (kind, names) in sorted(found.items()))
