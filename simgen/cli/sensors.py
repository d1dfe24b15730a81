"""``simgen sensors``: which LiDARs and cameras there are."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

sensors_app = typer.Typer(help="LiDARs and cameras that can be named in a recipe.", no_args_is_help=True)

_LIDAR_HEADINGS = (
    "lidar",
    "pattern",
    "beams",
    "columns",
    "rate Hz",
    "points/s",
    "10 % m",
    "max m",
    "returns",
    "what it is",
)
_CAMERA_HEADINGS = ("camera", "image px", "focal length px", "lens")


@sensors_app.command("list")
def list_sensors(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List LiDARs with their headline figures, and named cameras; docs/sensors.md has every figure and its source."""
    from simgen import spec
    from simgen.assets.sensors import camera_model, camera_models, lidar_model, lidar_models, make_lidar

    if as_json:
        lidars: dict[str, Any] = {}
        for name in lidar_models():
            built = make_lidar(name, name="lidar")
            lidars[name] = {**spec.dump(lidar_model(name)), "rings": built.rings, "points_per_s": built.points_per_s}
        cameras = {name: spec.dump(camera_model(name)) for name in camera_models()}
        typer.echo(json.dumps({"lidars": lidars, "cameras": cameras}, indent=1))
        return
    _table([_LIDAR_HEADINGS, *(_lidar_row(name) for name in lidar_models())])
    typer.echo("")
    rows: list[tuple[str, ...]] = [_CAMERA_HEADINGS]
    for name in camera_models():
        model = camera_model(name)
        rows.append((name, f"{model.width_px} x {model.height_px}", f"{model.fx_px:g}", model.lens.kind))
    _table(rows)


def _lidar_row(name: str) -> tuple[str, ...]:
    from simgen.assets.sensors import lidar_model, make_lidar

    model, built = lidar_model(name), make_lidar(name, name="lidar")
    return (
        name,
        model.pattern.kind,
        f"{built.rings}",
        f"{built.columns}",
        f"{built.rate_hz:g}",
        f"{built.points_per_s:,.0f}",
        f"{model.range_at_10_percent_m:g}",
        f"{model.max_range_m:g}",
        f"{model.returns}",
        model.description,
    )


def _table(rows: list[tuple[str, ...]]) -> None:
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    for row in rows:
        typer.echo("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
