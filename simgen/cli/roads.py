"""``simgen export-road`` and ``simgen check-road``: OpenDRIVE files out and in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simgen.errors import RecipeError


def export_road(
    recipe: Annotated[
        str, typer.Argument(metavar="RECIPE", help="A recipe's name (see 'simgen recipes') or a .yaml file.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="The OpenDRIVE file to write, .xodr.")],
    scene: Annotated[int, typer.Option(min=0, help="Which of the recipe's scenes.")] = 0,
    seed: Annotated[int | None, typer.Option(help="Seed, in place of the recipe's.")] = None,
) -> None:
    """Write the road network of one scene of a recipe as an OpenDRIVE file, in the scene's own coordinates."""
    from simgen.generator import Generator
    from simgen.places.roads.open_drive_write import write_open_drive
    from simgen.recipe import load_recipe

    network = Generator(load_recipe(recipe, seed=seed)).network(scene)
    try:
        write_open_drive(network, out)
    except OSError as error:
        raise RecipeError(f"{out}: cannot be written: {error.strerror}") from None
    typer.echo(f"{out}: {len(network.roads)} roads, {len(network.junctions)} junctions")


def check_road(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An OpenDRIVE file, .xodr.")],
) -> None:
    """Read an OpenDRIVE file and tell what of it would be built, and what would not."""
    from simgen.places.roads.open_drive_read import read_open_drive

    network, left_out = read_open_drive(file)
    length = sum(road.line.length_m for road in network.roads)
    typer.echo(
        f"{file}: {len(network.roads)} roads of {length:.0f} m together, {len(network.junctions)} junctions, "
        f"{len(network.driven)} stretches of lane for traffic"
    )
    for what in left_out:
        typer.echo(f"  not built: {what}")
