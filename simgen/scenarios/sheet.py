"""Contact sheets and checks of scenarios."""

from __future__ import annotations

import numpy as np

from simgen.frame import View
from simgen.generator import Generator
from simgen.quality.ink import text_width, write, write_over
from simgen.scenarios.relations import Loses, broken
from simgen.scenarios.scenario import Scenario

_CAPTION_PX = 26
_COLUMNS = 3


def contact_sheet(scenario: Scenario, width_px: int = 384, scene_index: int = 0) -> np.ndarray:
    """Return (H, W, 3) uint8 RGB: the instants of one drawing of a scenario, each with its time to the impact.

    Raises:
        PlacementError: it cannot be drawn.
    """
    recipe = scenario.recipe(scenes=scene_index + 1, width_px=width_px)
    tiles = []
    for frame in Generator(recipe).scene_frames(scene_index):
        for seen in frame.observations:
            if isinstance(seen, View):
                tiles.append(_captioned(seen.rgb, _caption(scenario, frame.time_s or 0.0)))
    blank = np.full_like(tiles[0], 255)
    tiles += [blank] * (-len(tiles) % _COLUMNS)
    rows = [np.hstack(tiles[k : k + _COLUMNS]) for k in range(0, len(tiles), _COLUMNS)]
    sheet = np.vstack(rows)
    head = np.full((_CAPTION_PX, sheet.shape[1], 3), 255, dtype=np.uint8)
    text = f"{scenario.name}: {scenario.title}" + (f"  [{scenario.standard}]" if scenario.standard else "")
    size = next((size for size in range(15, 8, -1) if text_width(text, size) < head.shape[1] - 12), 8)
    write(head, text, (6, 18), size=size, color=(0, 0, 0))
    return np.vstack([head, sheet])


def check_scenario(scenario: Scenario, scene_index: int = 0) -> list[str]:
    """Return what does not hold of one drawing of a scenario; empty where it is what it says.

    Raises:
        PlacementError: it cannot be drawn.
    """
    recipe = scenario.recipe(scenes=scene_index + 1)
    generator = Generator(recipe)
    told_of_frames = not scenario.moves or any(isinstance(r, Loses) for r in scenario.holds)
    instants = generator.scene_instants(scene_index) if told_of_frames else ()
    frames = tuple(scene for _, scene, _ in instants)
    scene = generator.draw_scene(scene_index)[0] if scenario.moves else frames[0]
    span = scenario.span_s
    return [fault for r in scenario.holds for fault in broken(r, scene, scenario.encounter, span, frames)]


def _caption(scenario: Scenario, time_s: float) -> str:
    if not scenario.moves:
        return ""
    if scenario.ego is None:
        return f"{time_s:.2f} s"
    before_s = scenario.impact_s - time_s
    return f"{before_s:.2f} s before" if before_s >= 0 else f"{-before_s:.2f} s after"


def _captioned(rgb: np.ndarray, text: str) -> np.ndarray:
    named = np.ascontiguousarray(rgb)
    write_over(named, text, (6, 16), size=13, color=(255, 255, 0))
    return named
