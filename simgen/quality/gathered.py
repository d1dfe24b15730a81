"""Checks what is gathered from all frames: the table of factors and the credits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from simgen.quality.report import Fault, Faults
from simgen.truth import AssetRecord

FACTORS = "factors.parquet"
CREDITS = "CREDITS"


def check_factors(root: Path, rows: Sequence[Mapping[str, Any]]) -> Faults:
    """Yield where ``factors.parquet`` differs from the truth.

    Args:
        root: the data set's folder.
        rows: what each frame drew, with ``frame``, ``scene`` and ``split``, in the order of the frames.
    """
    try:
        table = pq.read_table(root / FACTORS)
    except (OSError, pa.ArrowException) as error:
        yield Fault(where=FACTORS, what=f"cannot be read: {' '.join(str(error).split())[:120]}")
        return
    if table.num_rows != len(rows):
        yield Fault(where=FACTORS, what=f"has {table.num_rows} rows for {len(rows)} frames")
        return
    names = {name for row in rows for name in row}
    if extra := sorted(set(table.column_names) - names):
        yield Fault(where=FACTORS, what=f"has columns that no frame drew: {', '.join(extra[:8])}")
    if missing := sorted(names - set(table.column_names)):
        yield Fault(where=FACTORS, what=f"lacks the columns {', '.join(missing[:8])}")
    for name in sorted(names & set(table.column_names)):
        for row, found in zip(rows, table[name].to_pylist(), strict=True):
            if not _same(found, row.get(name)):
                what = f"frame {row['frame']}: {name} is {found!r}, the truth says {row.get(name)!r}"
                yield Fault(where=FACTORS, what=what)


def check_credits(root: Path, used: Mapping[str, AssetRecord]) -> Faults:
    """Yield which models ``CREDITS`` leaves out, credits wrongly, or names though no frame shows them."""
    try:
        lines = (root / CREDITS).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        yield Fault(where=CREDITS, what=f"cannot be read: {error}")
        return
    heading, credited = "", {}
    for line in lines:
        if line.startswith("  "):
            credited[line.strip()] = heading
        else:
            heading = line
    for name, asset in sorted(used.items()):
        if name not in credited:
            yield Fault(where=CREDITS, what=f"does not name {name!r}, by {asset.author}, {asset.licence}")
        elif not all(part in credited[name] for part in (asset.author, asset.licence, asset.source)):
            right = f"{asset.author}, {asset.licence}, {asset.source}"
            yield Fault(where=CREDITS, what=f"{name!r} stands under {credited[name]!r}, should be {right}")
    for name in sorted(set(credited) - set(used)):
        yield Fault(where=CREDITS, what=f"names {name!r}, which is in no frame")


def _same(found: Any, drawn: Any) -> bool:
    """Return whether a cell holds what was drawn; columns of mixed numbers hold floats, of mixed kinds strings."""
    if isinstance(drawn, list | tuple):
        return isinstance(found, list) and len(found) == len(drawn) and all(map(_same, found, drawn))
    if drawn is None or found is None:
        return found is drawn
    if isinstance(found, str):
        return found == str(drawn)
    return isinstance(found, bool | int | float) and isinstance(drawn, bool | int | float) and found == drawn
