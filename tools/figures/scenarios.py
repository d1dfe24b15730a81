"""The pictures of the scenario gallery: one small picture of each scenario, at the instant that says most."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from simgen.frame import View
from simgen.generator import Generator
from simgen.scenarios.scenario import NIGHT, load_scenario, scenario_names

WIDTH_PX = 400
MOST_BYTES = 25_000


def pictured() -> list[str]:
    """Return the scenarios that have a picture: all but the twins by night."""
    names = scenario_names()
    return [n for n in names if not (n.endswith(NIGHT) and n.removesuffix(NIGHT) in names)]


def scenario_picture(name: str) -> np.ndarray:
    """Return (H, W, 3) uint8 RGB: a scenario's first drawing, 400 pixels wide."""
    scenario = load_scenario(name)
    generator = Generator(scenario.recipe(width_px=WIDTH_PX))
    seen = next(o for o in generator.frame(scenario.shows).observations if isinstance(o, View))
    height = round(seen.rgb.shape[0] * WIDTH_PX / seen.rgb.shape[1])
    return cv2.resize(seen.rgb, (WIDTH_PX, height), interpolation=cv2.INTER_AREA)


def write_small(path: Path, rgb: np.ndarray) -> None:
    """Write a JPEG of at most 25 kB, as good as that allows."""
    for quality in range(88, 20, -4):
        _, data = cv2.imencode(".jpg", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
        if len(data) <= MOST_BYTES:
            break
    path.write_bytes(data.tobytes())
