"""``simgen assets``: what models and skies there are, how they look, adding one's own, installing packs."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

if TYPE_CHECKING:
    import numpy as np

    from simgen.assets.library import Library
    from simgen.assets.skies import SkyInfo
    from simgen.assets.stored import AssetInfo

assets_app = typer.Typer(help="Models and skies: list, look at, add and install them.", no_args_is_help=True)

_out = Console()
_MOST_TILES = 120
_HEADINGS = ("name", "category", "size m (l x w x h)", "front", "triangles", "licence", "author", "tags", "materials")
_SKY_HEADINGS = ("name", "tags", "lux on level ground", "licence", "shows")

Category = Annotated[str | None, typer.Option(help="Only one category, such as car.")]
SourceOption = Annotated[
    list[str] | None, typer.Option("--source", help="Only these sources; may be given more than once.")
]


@assets_app.command("list")
def list_assets(
    category: Category = None,
    source: SourceOption = None,
    every: Annotated[
        bool, typer.Option("--all", help="Every variant of a family and every pybullet part, not one of each.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List models with category, size, front, materials, licence and author."""
    library, missing = _library(source)
    shown = [(library.info(name), count) for name, count in _chosen(library, category, every)]
    if as_json:
        typer.echo(json.dumps([{**asdict(info), "front": "+x", "variants": count} for info, count in shown], indent=1))
        return
    _print_table([_HEADINGS, *(_row(info, count) for info, count in shown)])
    _out.print(f"{len(shown)} listed. Every model faces +x and stands on z = 0.")
    for hint in missing:
        _out.print(hint)
    _out.print(_skies_hint())


@assets_app.command("skies")
def list_skies(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Picture of them all to write.")] = None,
) -> None:
    """List the installed sky images with what they show and how much light there usually is."""
    from simgen.assets.skies import installed_skies

    skies = list(installed_skies().values())
    if as_json:
        typer.echo(json.dumps([asdict(sky) for sky in skies], indent=1))
    else:
        _print_table([_SKY_HEADINGS, *(_sky_row(sky) for sky in skies)])
    if out is not None:
        from simgen.cli.sky_sheet import sky_sheet

        _write_picture(out, sky_sheet(skies))
        _out.print(f"{out}: {len(skies)} skies")


@assets_app.command()
def preview(
    names: Annotated[list[str] | None, typer.Argument(help="Names as in 'simgen assets list'.")] = None,
    category: Category = None,
    source: SourceOption = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="Picture to write.")] = Path("assets.png"),
    size_px: Annotated[int, typer.Option(min=64, max=1024, help="Edge of one tile.")] = 220,
) -> None:
    """Draw models side by side, each beside a red rod of 0.1 m (small things) or 1.7 m, its front to the lower left."""
    from simgen.cli.asset_sheet import asset_sheet
    from simgen.errors import AssetError

    library, _ = _library(source)
    chosen = list(names or ()) or [name for name, _ in _chosen(library, category, every=False)]
    if not chosen:
        raise AssetError(f"no models of category {category!r} in {', '.join(library.sources)}")
    if len(chosen) > _MOST_TILES:
        raise AssetError(
            f"{len(chosen)} models are too many for one sheet of at most {_MOST_TILES}; choose by --category or names"
        )
    _write_picture(out, asset_sheet([library.load(name) for name in chosen], size_px))
    _out.print(f"{out}: {len(chosen)} models")


@assets_app.command()
def add(
    file: Annotated[Path, typer.Argument(help=".glb, .gltf, .obj, .ply, .stl or .urdf")],
    category: Annotated[str, typer.Option(help="What it is, such as car.")],
    name: Annotated[str | None, typer.Option(help="Its name; the file's by default.")] = None,
    front: Annotated[str, typer.Option(help="Axis of the file that it faces along.")] = "+x",
    up: Annotated[str, typer.Option(help="Axis of the file that points up; auto is the custom of its kind.")] = "auto",
    unit: Annotated[str | None, typer.Option(help="Unit of the file's numbers: m, cm, mm, in or ft.")] = None,
    length_m: Annotated[float | None, typer.Option("--length-m", help="True length, in place of a unit.")] = None,
    author: Annotated[str, typer.Option(help="Who made it.")] = "unknown",
    licence: Annotated[
        str, typer.Option(help="On what terms; an SPDX identifier if there is one.")
    ] = "LicenseRef-unknown",
) -> None:
    """Prepare your own model and keep it; recipes find it in the source 'own'."""
    from simgen.assets.loaders import add_own, load_model
    from simgen.scene.asset import Credit

    credit = Credit(author=author, licence=licence, source=file.name)
    asset = load_model(
        file,
        category=category,
        credit=credit,
        name=f"own/{name or file.stem}",
        front=front,
        up=up,
        length_m=length_m,
        unit=unit,
    )
    info = add_own(asset)
    length, width, height = info.size_m
    _out.print(f"{info.name}: {info.category}, {length:.3g} x {width:.3g} x {height:.3g} m, {info.triangles} triangles")


@assets_app.command()
def install(
    pack: Annotated[str, typer.Argument(help="The pack: sweethome3d (models) or hdri (sky images).")],
    from_file: Annotated[
        Path | None,
        typer.Option("--from", help="A file in place of the download: .deb or .sh3f (sweethome3d), .tgz (hdri)."),
    ] = None,
) -> None:
    """Fetch a pack of models or sky images and prepare it, once."""
    from simgen.assets.packs import hdri, sweethome3d
    from simgen.errors import AssetError

    installers = {sweethome3d.NAME: sweethome3d.install, hdri.NAME: hdri.install}
    if pack not in installers:
        raise AssetError(f"unknown pack {pack!r}; known: {', '.join(installers)}")
    installers[pack](from_file, say=lambda line: _out.print(line, highlight=False))


def _print_table(rows: list[tuple[str, ...]]) -> None:
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    for row in rows:
        typer.echo("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())


def _write_picture(out: Path, sheet: np.ndarray) -> None:
    import cv2

    from simgen.errors import AssetError

    if not cv2.imwrite(str(out), cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR)):
        raise AssetError(f"{out}: cannot be written; is its folder there, and does it end in .png or .jpg?")


def _sky_row(sky: SkyInfo) -> tuple[str, ...]:
    lux = "" if sky.level_lux is None else f"{sky.level_lux[0]:g} to {sky.level_lux[1]:g}"
    return sky.name, ",".join(sky.tags), lux, sky.credit.licence, sky.shows


def _skies_hint() -> str:
    """Return a line on the sky images there are, or how to get them."""
    from simgen.assets.skies import installed_skies
    from simgen.errors import AssetError

    try:
        return f"{len(installed_skies())} sky images; 'simgen assets skies' lists them."
    except AssetError as error:
        return str(error)


def _library(source: list[str] | None) -> tuple[Library, list[str]]:
    """Return the library of the sources asked for, or of all there are, and what to say of those that are not."""
    from simgen.assets.library import SOURCES, Library
    from simgen.errors import AssetError

    if source:
        return Library(tuple(source)), []
    there, missing = [], []
    for name in SOURCES:
        try:
            Library((name,))
            there.append(name)
        except AssetError as error:
            missing.append(str(error))
    return Library(tuple(there)), missing


def _chosen(library: Library, category: str | None, every: bool) -> list[tuple[str, int]]:
    """Return names to show, each with how many like it there are; of numbered variants the first, unless ``every``."""
    groups: dict[str, list[str]] = {}
    for name in library.names(category, without=()):
        stem = name.rpartition("/")[0] if name.startswith(("families/", "pybullet/")) and not every else name
        groups.setdefault(stem, []).append(name)
    return [(min(members, key=lambda n: (len(n), n)), len(members)) for members in groups.values()]


def _row(info: AssetInfo, count: int) -> tuple[str, ...]:
    length, width, height = info.size_m
    made_of = sorted({m.rpartition("(")[2].rstrip(")") for m in info.materials})
    return (
        f"{info.name} (1 of {count})" if count > 1 else info.name,
        info.category,
        f"{length:.3g} x {width:.3g} x {height:.3g}",
        "+x",
        str(info.triangles),
        info.credit.licence,
        info.credit.author,
        ",".join(info.tags),
        ",".join(made_of),
    )
