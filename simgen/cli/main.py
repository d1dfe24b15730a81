"""``simgen``: the command line. Imports what a command needs when it runs, so that ``doctor`` always works."""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from simgen.cli.assets import assets_app
from simgen.cli.design import complete, outcomes, twin
from simgen.cli.roads import check_road, export_road
from simgen.cli.scenarios import scenarios_app
from simgen.cli.sensors import sensors_app
from simgen.errors import SimgenError, SimgenWarning

app = typer.Typer(
    name="simgen",
    help="Make synthetic camera, depth and LiDAR data sets with exact labels.\n\n"
    "Start with:  simgen generate quickstart --out out/quickstart",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(assets_app, name="assets")
app.add_typer(sensors_app, name="sensors")
app.add_typer(scenarios_app, name="scenarios")
for command in (outcomes, complete, twin, export_road, check_road):
    app.command()(command)

_err = Console(stderr=True)

RecipeName = Annotated[
    str, typer.Argument(metavar="RECIPE", help="A recipe's name (see 'simgen recipes') or a .yaml file.")
]
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a finished data set.")]


@app.command()
def generate(
    recipe: RecipeName,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Folder for the data set: new, empty, or one to go on with.")
    ],
    frames: Annotated[int | None, typer.Option(min=1, help="How many frames, in place of the recipe's.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed, in place of the recipe's.")] = None,
    workers: Annotated[
        int, typer.Option(min=0, help="Processes; 0 is one per core. The data is the same for any.")
    ] = 0,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Delete another data set that is in the folder.")
    ] = False,
) -> None:
    """Make a data set from a recipe.

    If it is stopped, the same command goes on where it was.
    """
    from simgen.cli.progress import progress_bar
    from simgen.pipeline import generate as make
    from simgen.recipe import load_sets

    for folder, chosen in load_sets(recipe, frames, seed).items():
        target = out / folder
        with progress_bar(_err) as report:
            data = make(chosen, target, workers=workers, overwrite=overwrite, report=report)
        splits = ", ".join(f"{count} {split}" for split, count in data.manifest["splits"].items())
        typer.echo(f"{target}: {data.manifest['frames']} frames ({splits}), digest {data.manifest['digest'][:16]}")


@app.command()
def preview(
    directory: Folder,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Picture to write; else DIR/preview.png.")] = None,
    frames: Annotated[int, typer.Option(min=1, help="How many frames to show, evenly spread.")] = 6,
    points: Annotated[
        str | None,
        typer.Option(
            help="What colours LiDAR points: range, intensity, ring, column, time, return, "
            "category, instance, flags or noise; else their height and depth."
        ),
    ] = None,
    sweep: Annotated[
        int | None,
        typer.Option(min=0, metavar="FRAME", help="Draw one frame's LiDAR sweep instead, by all its fields."),
    ] = None,
) -> None:
    """Draw one contact sheet: pictures with boxes and masks, depth, instances, LiDAR."""
    import cv2

    from simgen.quality.cloud_colors import point_field
    from simgen.quality.preview import contact_sheet
    from simgen.quality.sweep_sheet import UNROLLED, sweep_sheet
    from simgen.run.store import find_datasets, write_file

    chosen = None if points is None else point_field(points)
    for root in find_datasets(directory):
        if sweep is None:
            sheet = contact_sheet(root, frames=frames, points=chosen)
        else:
            sheet = sweep_sheet(root, sweep, fields=(chosen,) if chosen else UNROLLED)
        target = out or root / ("preview.png" if sweep is None else f"sweep_{sweep:06d}.png")
        _, data = cv2.imencode(".png", cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR))
        write_file(target.parent, target.name, data.tobytes())
        typer.echo(str(target))


@app.command()
def check(
    directory: Folder,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Prove a data set: files against digests, labels against pixels and points. Exits with 1 if anything is wrong."""
    from simgen import spec
    from simgen.quality.check import check as run_check
    from simgen.run.store import find_datasets

    faulty = False
    for root in find_datasets(directory):
        report = run_check(root)
        faulty |= bool(report.faults)
        if as_json:
            typer.echo(json.dumps({"folder": str(root), **spec.dump(report)}))
            continue
        for fault in report.faults:
            typer.echo(f"{fault.where}: {fault.what}")
        counted = ", ".join(f"{count} {what}" for what, count in report.checked.items())
        typer.echo(f"{root}: {len(report.faults)} faults; checked {counted}")
        shapes = ", ".join(f"{category} {count}" for category, count in report.shapes.items())
        typer.echo(f"{root}: distinct shapes: {shapes or 'none'}")
    if faulty:
        raise typer.Exit(1)


@app.command()
def recipes() -> None:
    """List the recipes that come with simgen."""
    from simgen.recipe import load_sets, shipped_recipes

    for name in shipped_recipes():
        chosen = load_sets(name)
        frames = sum(recipe.frames for recipe in chosen.values())
        description = "; ".join(recipe.description for recipe in chosen.values())
        typer.echo(f"{name:12} {frames:5} frames  {description}")


@app.command()
def schema() -> None:
    """Print the JSON schema of recipes, for editors."""
    from simgen import spec
    from simgen.recipe import Recipe

    typer.echo(json.dumps(spec.schema(Recipe), indent=1))


@app.command()
def doctor() -> None:
    """Tell what simgen needs and what is missing here."""
    from simgen.doctor import main as diagnose

    raise typer.Exit(diagnose())


def main() -> None:
    """Run the command line; an error simgen raises on purpose ends it with its message and status 1."""
    warnings.showwarning = _show_warning
    try:
        app()
    except SimgenError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)


def _show_warning(message: Warning | str, category: type[Warning], *_rest: Any, **_also: Any) -> None:
    if issubclass(category, SimgenWarning):
        print(f"warning: {message}", file=sys.stderr)


if __name__ == "__main__":
    main()
