"""``simgen scenarios``: list, check and draw the scenario library."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

scenarios_app = typer.Typer(name="scenarios", help="Rare and standard events: list, check, draw.", no_args_is_help=True)

Name = Annotated[str | None, typer.Argument(metavar="NAME", help="A scenario's name, or a .yaml file.")]
All = Annotated[bool, typer.Option("--all", help="Every scenario.")]
Which = Annotated[int, typer.Option("--scene", min=0, help="Which drawing from its ranges.")]


@scenarios_app.command("list")
def list_scenarios(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="Only those with this tag; may be repeated.")] = None,
) -> None:
    """List the scenarios with the standard each follows."""
    from simgen.scenarios.scenario import listing, load_scenario, scenario_names

    chosen = [load_scenario(name) for name in scenario_names()]
    chosen = [s for s in chosen if set(tag or ()) <= set(s.tags)]
    if as_json:
        typer.echo(json.dumps([listing(s) for s in chosen], indent=1))
        return
    for s in chosen:
        typer.echo(f"{s.name:24} {s.title}" + (f"  [{s.standard}]" if s.standard else ""))


@scenarios_app.command()
def check(name: Name = None, every: All = False, scene: Which = 0) -> None:
    """Draw scenarios without pictures and tell whether what defines them holds. Exits with 1 if anything does not."""
    from simgen.scenarios.scenario import load_scenario
    from simgen.scenarios.sheet import check_scenario

    faulty = False
    for chosen in _chosen(name, every):
        faults = check_scenario(load_scenario(chosen), scene)
        faulty |= bool(faults)
        typer.echo(f"{chosen}: " + ("; ".join(faults) or "holds"))
    if faulty:
        raise typer.Exit(1)


@scenarios_app.command()
def render(
    name: Name = None,
    every: All = False,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the sheets.")] = Path("scenarios"),
    width: Annotated[int, typer.Option(min=64, max=4096, help="Width of one picture, pixels.")] = 384,
    scene: Which = 0,
) -> None:
    """Draw a contact sheet of the instants of each scenario."""
    import cv2

    from simgen.run.store import write_file
    from simgen.scenarios.scenario import load_scenario
    from simgen.scenarios.sheet import contact_sheet

    for chosen in _chosen(name, every):
        scenario = load_scenario(chosen)
        sheet = contact_sheet(scenario, width, scene)
        _, data = cv2.imencode(".png", cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR))
        write_file(out, f"{scenario.name}.png", data.tobytes())
        typer.echo(str(out / f"{scenario.name}.png"))


@scenarios_app.command()
def recipe(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A scenario's name, or a .yaml file.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="YAML file to write.")],
    scenes: Annotated[int, typer.Option(min=1, help="How many drawings.")] = 10,
    instants: Annotated[int, typer.Option(min=2, help="Frames of each.")] = 10,
    width: Annotated[int, typer.Option(min=64, max=8192, help="Width of the pictures, pixels.")] = 1280,
) -> None:
    """Write a scenario's recipe, for 'simgen generate' and for changing it."""
    import yaml

    from simgen import spec
    from simgen.run.store import write_file
    from simgen.scenarios.scenario import load_scenario

    made = spec.dump(load_scenario(name).recipe(scenes, instants, width))
    write_file(out.parent, out.name, yaml.safe_dump(made, sort_keys=False).encode())
    typer.echo(str(out))


def _chosen(name: str | None, every: bool) -> tuple[str, ...]:
    from simgen.scenarios.scenario import scenario_names

    if every == (name is not None):
        raise typer.BadParameter("give a scenario's NAME, or --all")
    return scenario_names() if name is None else (name,)
