"""``simgen outcomes``, ``simgen complete`` and ``simgen twin``: what was ordered, what is missing, what if."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from simgen.errors import RecipeError

_err = Console(stderr=True)

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a finished data set.")]


def outcomes(
    what: Annotated[str, typer.Argument(metavar="DIR|RECIPE", help="A finished data set, or a recipe to try out.")],
    frames: Annotated[int | None, typer.Option(min=1, help="Of a recipe: how many frames.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Compare outcomes with the targets and coverage of a recipe; a recipe is tried out without making pictures."""
    from simgen import spec
    from simgen.generator import Generator
    from simgen.pipeline import steering_record
    from simgen.quality.outcomes import outcomes as of_data
    from simgen.quality.outcomes import outcomes_of
    from simgen.recipe import load_recipe
    from simgen.run.store import open_dataset

    if Path(what).is_dir():
        report = of_data(open_dataset(Path(what)))
    else:
        generator = Generator(load_recipe(what, frames=frames))
        found = [
            (k, {**factors, **achieved}) for k in range(generator.recipe.scenes) for factors, achieved in
            generator.outcomes(k)
        ]  # fmt: skip
        plan = generator.plan if generator.recipe.targets is not None else None
        report = outcomes_of(generator.recipe, found, steering_record(plan))
    if as_json:
        typer.echo(json.dumps(spec.dump(report)))
        return
    for target in report.targets:
        typer.echo(f"{target.name}: {target.values} values, Kolmogorov-Smirnov distance {target.distance:.3f}")
        for part in target.bins:
            natural = "" if part.natural is None else f", natural {part.natural:.3f}"
            typer.echo(f"  {part.range}: wanted {part.wanted:.3f}, achieved {part.achieved:.3f}{natural}")
        for line in target.infeasible:
            typer.echo(f"  infeasible: {line}")
    if report.tries is not None:
        typer.echo(
            f"{report.tries:.1f} tries a frame; weighted, worth {report.effective_frames:.0f} of {report.frames}"
        )
    if report.coverage is not None:
        c = report.coverage
        typer.echo(f"{c.covered} of {c.valid} valid combinations of {c.strength} factors in {c.scenes} scenes")
        for row in c.missing[:20]:
            typer.echo("  missing: " + ", ".join(f"{factor} {name}" for factor, name in row.items()))
        if c.missing:
            typer.echo(f"  {c.rows_needed} more scenes would complete them: simgen complete")


def complete(
    directory: Folder,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the scenes that are missing.")],
    workers: Annotated[int, typer.Option(min=0, help="Processes; 0 is one per core.")] = 0,
) -> None:
    """Make the scenes whose combinations a data set with a coverage design lacks, as a data set of its own."""
    from simgen.again import complete as make
    from simgen.run.store import open_dataset

    data = make(open_dataset(directory), out, workers=workers)
    typer.echo(f"{out}: {data.manifest['frames']} frames, digest {data.manifest['digest'][:16]}")


def twin(
    directory: Folder,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the twin.")],
    change: Annotated[
        list[str], typer.Option("--set", help="PATH=VALUE to change, such as weather.rain_mm_per_h=10.")
    ] = [],  # noqa: B006 - typer reads it
    without: Annotated[list[str], typer.Option(help="Name of an object to take out.")] = [],  # noqa: B006 - likewise
    frames: Annotated[int | None, typer.Option(min=1, help="Only so many frames, from the first.")] = None,
    workers: Annotated[int, typer.Option(min=0, help="Processes; 0 is one per core.")] = 0,
) -> None:
    """Make a data set again with one thing changed; all else that was drawn stays as it was."""
    from simgen.again import twin as make
    from simgen.run.store import open_dataset

    values = dict(_parsed(text) for text in change)
    data = make(open_dataset(directory), values, out, without=tuple(without), frames=frames, workers=workers)
    pairs = json.loads((out / "twins.json").read_text(encoding="utf-8"))["frames"]
    same = sum(pair["same_objects"] and pair["same_annotations"] for pair in pairs)
    typer.echo(f"{out}: {data.manifest['frames']} frames, {same} with the same objects and annotations")


def _parsed(text: str) -> tuple[str, Any]:
    path, equals, value = text.partition("=")
    if not equals:
        raise RecipeError(f"--set {text!r}: should be PATH=VALUE, such as weather.rain_mm_per_h=10")
    try:
        return path, json.loads(value)
    except ValueError:
        return path, value
