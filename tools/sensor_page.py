"""docs/sensors.md, from assets/sensors/: every sensor with its figures and where each is from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from simgen.assets.imagers import imager_presets
from simgen.assets.lidar_model import LidarModel
from simgen.assets.sensors import camera_model, camera_models, lidar_model, lidar_models, make_lidar

INTRO = """\
# Sensors

<!-- Written by tools/docs from assets/sensors/; edit those or tools/sensor_page.py, then run tools/docs again. -->

A recipe names a LiDAR as `{kind: lidar, model: VLP-32C}` and a camera as `{kind: camera, preset: kitti_color}`;
[recipe.md](recipe.md) has the other keys. `simgen sensors list` prints the headline figures, with `--json` all of them.
What a cloud on disk holds is told in [formats.md](formats.md).

## LiDARs
A sweep is `columns` firings of all beams, which are its `rings`, the highest first. What moves the beams from one
column to the next is the sensor's `pattern`:

- `spinning`: one turn a sweep. Beam i of column k fires at `t = k T + firing_time_s[i]`, T being the time from column
  to column, and points to the azimuth `start - 360 rate_hz t + azimuth_offset_deg[i]` (with `+` where it turns
  counter-clockwise). Where `beam_origin_m` is not 0, it starts that far from the axis, at the column's azimuth without
  the beam's own offset, as Ouster's do.
- `raster`: a solid-state sensor's field from side to side, all lines at each azimuth (`order: columns`), line after
  line (`lines`), or at once (`flash`), within `active_share` of the sweep's time.
- `rosette`: beams through wedges of glass that rotate at rates with no common multiple (Risley prisms). Each face
  refracts by Snell's law in vector form, `n1 sin a1 = n2 sin a2`. Where a beam points depends on the time since the
  sensor was switched on: frame k of a data set is sweep k, and goes on where the last one ended. For small wedges the
  beam's way off the axis is the sum of `(n - 1) wedge` over the prisms, each turned by its rotation.

A beam's width, `divergence_mrad`, is its full angle across and along the elevation where the intensity is 1/e^2 of the
middle's, 1.7 times the full width at half maximum.

![Where the beams of one sweep point](images/beam_patterns.jpg)

All of one sweep, seen from behind, 140 degrees wide. Colour is time: within a column for what spins, within the sweep
for the others.

"""
OWN = """\
### A LiDAR of your own
`model: path/to/mine.yaml`, found from the folder where simgen runs, as all files named in recipes. It has the keys of
one entry of `assets/sensors/lidars.yaml`; those with a default may be left out. Its content is part of the recipe's
digest. Beams are told by one of `beam_table`, `even_beams` (`{highest_deg, lowest_deg, count}`) and `beams`, the name
of a table in `assets/sensors/lidar_beams.json`.

```yaml
description: Four lines of our own
beam_table: {elevation_deg: [2.0, 0.0, -2.0, -4.0], azimuth_offset_deg: [0.0, 1.0, 0.0, 1.0]}
firing: {channels: [[0, 2], [1, 3]], time_s: [0.0, 20.0e-6]}   # which beams fire together, and when within a column
columns: 1800
rate_hz: 10.0
rates_hz: [5.0, 20.0]
min_range_m: 0.4
max_range_m: 120.0
range_at_10_percent_m: 45.0
range_noise_m: 0.01
range_step_m: 0.002
divergence_mrad: [3.0, 1.5]
returns: 2
```

A raster instead: `pattern: {kind: raster, azimuth_deg: [60.0, -60.0], order: lines, two_way: true}`. Rates, columns,
angles, ranges and firing times that cannot be are refused with the file, the key, the value and the way out; so are
more than 50 million points a second.

"""
SOURCES = """\
### Every figure and its source
"Data sheet" and "manual" are the maker's, "not re-read" marks what is told from memory of one; "measured" is from
recordings; "derived" and "estimate" are ours. Beam tables name their own source in `assets/sensors/lidar_beams.json`.

"""
CAMERAS = """\
## Cameras
`cx_px` and `cy_px` count from the image's corner, half a pixel more than OpenCV's.

"""
IMAGERS = """\
## Imagers
What a camera makes of its light, named by `imager: {preset: ...}`; [imager.md](imager.md) has the formulas, and
`assets/sensors/imagers.yaml` every figure.

"""


def page() -> str:
    """Return docs/sensors.md."""
    parts = [INTRO, *table(lidar_rows()), "\n", OWN, SOURCES]
    for name in lidar_models():
        parts += [
            f"#### {name}\n",
            f"{lidar_model(name).description}.\n\n",
            *table(source_rows(lidar_model(name))),
            "\n",
        ]
    parts += [CAMERAS, *table(camera_rows()), "\n", IMAGERS]
    rows = [("preset", "what it stands for")]
    parts += table([*rows, *((f"`{name}`", preset.description) for name, preset in imager_presets().items())])
    return "".join(parts)


def lidar_rows() -> list[tuple[str, ...]]:
    """Return the table of headline figures."""
    rows = [
        (
            "model",
            "what it is",
            "pattern",
            "beams",
            "elevation, deg",
            "columns",
            "Hz",
            "points/s",
            "at 10 %, m",
            "noise, m",
            "step, m",
            "divergence, mrad",
            "returns",
            "nm",
        )
    ]
    for name in lidar_models():
        model, built = lidar_model(name), make_lidar(name, name="lidar")
        up, down = built.elevation_deg[0], built.elevation_deg[-1]
        rows.append(
            (
                f"`{name}`",
                model.description,
                model.pattern.kind,
                f"{built.rings}",
                f"{up:+.1f} to {down:+.1f}" if model.pattern.kind != "rosette" else "by its prisms",
                f"{built.columns}",
                f"{built.rate_hz:g}",
                f"{built.points_per_s:,.0f}",
                f"{model.range_at_10_percent_m:g}",
                f"{model.range_noise_m:g}",
                f"{model.range_step_m:g}",
                " x ".join(f"{angle:g}" for angle in model.divergence_mrad),
                f"{model.returns}",
                f"{model.wavelength_nm:g}",
            )
        )
    return rows


def source_rows(model: LidarModel) -> list[tuple[str, ...]]:
    """Return a model's figures, each with its source."""
    rows = [("figure", "value", "source")]
    if model.beams is not None:
        rows.append(("beams", f"`{model.beams}`", model.table.source))
    return rows + [(f"`{key}`", said(getattr(model, key)), source) for key, source in model.sources.items()]


def camera_rows() -> list[tuple[str, ...]]:
    """Return the table of named cameras."""
    rows = [("preset", "image, px", "fx, fy, px", "cx, cy, px", "lens", "sources")]
    for name in camera_models():
        model = camera_model(name)
        rows.append(
            (
                f"`{name}`",
                f"{model.width_px} x {model.height_px}",
                f"{model.fx_px:g}, {model.fy_px:g}",
                f"{model.cx_px:g}, {model.cy_px:g}",
                f"`{model.lens.kind}`",
                "; ".join(f"{key}: {source}" for key, source in model.sources.items()),
            )
        )
    return rows


def said(value: Any) -> str:
    """Return a figure as a cell of a table."""
    from simgen.assets.lidar_model import EvenBeams, Firing
    from simgen.scene.beam_pattern import Raster, Rosette

    match value:
        case Firing():
            last = 1e6 * value.time_s[-1]
            return f"{len(value.time_s)} groups, the last after {last:.4g} µs"
        case EvenBeams():
            return f"{value.count}, {value.highest_deg:+g} to {value.lowest_deg:+g} deg"
        case Raster():
            return (
                f"{value.azimuth_deg[0]:+g} to {value.azimuth_deg[1]:+g} deg, {value.order}, {value.active_share:.0%}"
            )
        case Rosette():
            return ", ".join(f"{p.wedge_deg:g} deg at {p.rate_hz:+g} Hz ({p.slanted})" for p in value.prisms)
        case tuple():
            return ", ".join(said(part) for part in value)
        case _:
            return f"{value:g}"


def table(rows: list[tuple[str, ...]]) -> Iterator[str]:
    """Yield a Markdown table, its first row the heading."""
    heading, *body = rows
    yield f"| {' | '.join(heading)} |\n|{'---|' * len(heading)}\n"
    for row in body:
        yield f"| {' | '.join(row)} |\n"
