"""What is gathered from all frames at the end: the table of factors and the credits."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from simgen.run.store import write_file
from simgen.truth import AssetRecord, FileRecord, FrameRecord

FACTORS = "factors.parquet"
CREDITS = "CREDITS"


def write_factors(root: Path, frames: Iterable[FrameRecord]) -> FileRecord:
    """Write ``factors.parquet``: a row per frame, a column per drawn factor.

    What is drawn once per object is a list in its cell. A frame that did not draw a factor has null there.
    """
    rows = [{"frame": f.index, "scene": f.scene_index, "split": f.split, **f.factors} for f in frames]
    names = list(dict.fromkeys(name for row in rows for name in row))
    table = pa.table({name: _column([row.get(name) for row in rows]) for name in names})
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    return write_file(root, FACTORS, buffer.getvalue())


def used_assets(frames: Iterable[FrameRecord]) -> dict[str, AssetRecord]:
    """Return every model and sky image of the frames by name."""
    used: dict[str, AssetRecord] = {}
    for frame in frames:
        used |= frame.assets
    return used


def write_credits(root: Path, used: dict[str, AssetRecord]) -> FileRecord:
    """Write ``CREDITS``: maker, licence and source of every model and sky image in the data set."""
    return write_file(root, CREDITS, credits_text(used).encode())


def credits_text(used: dict[str, AssetRecord]) -> str:
    """Return the credits of models by name, grouped by maker and licence."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for name in sorted(used):
        asset = used[name]
        groups.setdefault((asset.source, asset.author, asset.licence), []).append(name)
    lines = ["Models shown in this data set, by source, author and licence.", ""]
    for (source, author, licence), names in sorted(groups.items()):
        lines += [f"{source} - {author} - {licence}", *(f"  {name}" for name in names), ""]
    return "\n".join(lines)


def _column(values: list[Any]) -> pa.Array:
    """Return an Arrow column; whole and broken numbers become floats, numbers among strings become strings."""
    flat = [v for value in values for v in (value if isinstance(value, tuple) else (value,)) if v is not None]
    if any(isinstance(v, str) for v in flat) and not all(isinstance(v, str) for v in flat):
        return pa.array([_each(value, str) for value in values])
    if any(isinstance(v, float) for v in flat):
        return pa.array([_each(value, float) for value in values])
    return pa.array([list(v) if isinstance(v, tuple) else v for v in values])


def _each(value: Any, kind: type) -> Any:
    if isinstance(value, tuple):
        return [None if v is None else kind(v) for v in value]
    return None if value is None else kind(value)
