"""Draws reports of `simgen outcomes --json` as bars: `python tools/figures/targets.py OUT.jpg NAME.json...`.

Of each range of a target's measure: what is natural to the recipe (grey), what was achieved (blue), and what was wanted
(orange line).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np

WIDTH_PX, HEIGHT_PX = 620, 230
GREY, BLUE, ORANGE, INK = (205, 205, 205), (190, 130, 60), (30, 120, 235), (40, 40, 40)


def main() -> None:
    """Write the figure."""
    out, *reports = sys.argv[1:]
    rows = []
    for path in reports:
        report = json.loads(Path(path).read_text(encoding="utf-8"))
        for target in report["targets"]:
            rows.append(panel(f"{Path(path).stem}: {target['name']}", target))
    if len(rows) % 2:
        rows.append(np.full_like(rows[0], 255))
    cv2.imwrite(out, np.vstack([np.hstack(rows[k : k + 2]) for k in range(0, len(rows), 2)]))


def panel(title: str, target: Mapping[str, Any]) -> np.ndarray:
    """Return the (H, W, 3) uint8 BGR bars of one target."""
    picture = np.full((HEIGHT_PX, WIDTH_PX, 3), 255, np.uint8)
    shares = [(part["natural"] or 0.0, part["achieved"], part["wanted"]) for part in target["bins"]]
    highest, floor, left = max(map(max, shares)), HEIGHT_PX - 40, 16
    step = (WIDTH_PX - 2 * left) / len(shares)
    for k, (natural, achieved, wanted) in enumerate(shares):
        x0 = left + k * step
        spans = ((natural, GREY, 0.08, 0.48), (achieved, BLUE, 0.50, 0.90))
        for share, colour, a, b in spans:
            top = floor - round(share / highest * (HEIGHT_PX - 90))
            cv2.rectangle(picture, (round(x0 + a * step), top), (round(x0 + b * step), floor), colour, -1)
        y = floor - round(wanted / highest * (HEIGHT_PX - 90))
        cv2.line(picture, (round(x0 + 0.02 * step), y), (round(x0 + 0.96 * step), y), ORANGE, 2)
    told = f"{target['values']} values, distance {target['distance']:.3f}"
    for text, at in ((title, (left, 20)), (told, (left, 40)), (_edge(target, 0), (left, HEIGHT_PX - 18))):
        cv2.putText(picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.45, INK, 1, cv2.LINE_AA)
    last = _edge(target, -1)
    width = cv2.getTextSize(last, cv2.FONT_HERSHEY_SIMPLEX, 0.45, 1)[0][0]
    at = (WIDTH_PX - left - width, HEIGHT_PX - 18)
    cv2.putText(picture, last, at, cv2.FONT_HERSHEY_SIMPLEX, 0.45, INK, 1, cv2.LINE_AA)
    return picture


def _edge(target: Mapping[str, Any], index: int) -> str:
    return target["bins"][index]["range"]


if __name__ == "__main__":
    main()
