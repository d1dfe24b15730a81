"""The place ``urban_street``: a street between rows of buildings, ending in a cross street at either end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from simgen.assets.library import Library
from simgen.distributions import AnyDistribution, Uniform, UniformInt, check_support
from simgen.places.backdrop import far_trees, land
from simgen.places.ends import PLOT_M, End, close_end
from simgen.places.layers import layer_parts, plot, road_layers
from simgen.places.path import Bend, path
from simgen.places.pieces import Part, instances
from simgen.places.road import Road, road_regions
from simgen.places.roadside import Frontage, Planting, building_row, draw_building_names, planted_row, scattered
from simgen.places.section import EVERY_USE, Section, draw_section, street_section
from simgen.places.surfaces import draw_look
from simgen.scene.scene import Scene
from simgen.streams import Draws


@dataclass(frozen=True, kw_only=True)
class UrbanStreet:
    """A town street along x, its lanes in both directions, closed by houses across a cross street at either end.

    Attributes:
        length_m: from cross street to cross street.
        sections: cross-sections, one of which is drawn.
        drive_on: the side that traffic keeps to; ``left`` mirrors the section.
        kerb_height_m: height of the pavement above the carriageway.
        crossings: how many zebra crossings there are between the ends.
        crossing_width_m: length of a crossing along the street.
        buildings: the rows on both sides.
        trees: the rows on both kerb strips, or None.
        lamps: the same for lamps.
        yard_trees: how many trees stand behind the houses.
    """

    length_m: AnyDistribution = Uniform(low=200.0, high=260.0)
    sections: tuple[Section, ...] = (
        street_section(1, "both", weight=0.55),
        street_section(1, "right", weight=0.2),
        street_section(2, "both", weight=0.25),
    )
    drive_on: Literal["right", "left"] = "right"
    kerb_height_m: AnyDistribution = Uniform(low=0.12, high=0.15)
    crossings: AnyDistribution = UniformInt(low=1, high=3)
    crossing_width_m: AnyDistribution = Uniform(low=3.0, high=4.0)
    buildings: Frontage = Frontage()
    trees: Planting | None = Planting(
        spacing_m=Uniform(low=11.0, high=20.0), models=UniformInt(low=1, high=2), missing_chance=0.2
    )
    lamps: Planting | None = Planting(spacing_m=Uniform(low=24.0, high=36.0))
    yard_trees: AnyDistribution = UniformInt(low=2, high=6)
    kind: Literal["urban_street"] = "urban_street"

    def __post_init__(self) -> None:
        check_support("length_m", self.length_m, 80.0, 600.0)
        check_support("kerb_height_m", self.kerb_height_m, 0.04, 0.30)
        check_support("crossings", self.crossings, 0, 8)
        check_support("crossing_width_m", self.crossing_width_m, 2.0, 8.0)
        check_support("yard_trees", self.yard_trees, 0, 60)
        if not self.sections or not sum(s.weight for s in self.sections) > 0:
            raise ValueError("sections must name at least one section with a weight above 0")

    def build(self, draws: Draws, library: Library) -> Scene:
        """Draw the street and return it with its lanes and areas; the street's middle is the origin."""
        length = float(draws.value("length_m", self.length_m))
        section = draw_section(self.sections, draws, self.kerb_height_m, self.drive_on)
        right, left = section.edges("drive")
        look = draw_look(draws, tuple(s.middle_m - right for s in section.of("drive")), left - right)
        main = Road(
            name="street",
            path=path((-length / 2, 0.0), 0.0, (Bend(length_m=length),)),
            section=section,
            look=look,
            span_m=(0.0, length),
            crossings=self._draw_crossings(draws, length),
        )
        names = draw_building_names(library, draws, self.buildings)
        low, high = section.edges(*EVERY_USE)
        plots = {"terrain": [plot(main, low - PLOT_M, low), plot(main, high, high + PLOT_M)]}
        parts = layer_parts("street", [road_layers(main, draws), plots])
        parts += self._roadside(main, names, draws, library)
        regions = [*road_regions(main)]
        for end in (End(name="east", road=main, which="end"), End(name="west", road=main, which="start")):
            more_parts, more_regions = close_end(end, self.drive_on, names, library, draws, self.buildings)
            parts += more_parts
            regions += more_regions
        parts.append(land(draws, look.grass, flat_m=240.0, z_m=-0.4))
        spots = np.column_stack([np.linspace(-length / 2 - 130.0, length / 2 + 130.0, 60), np.zeros(60)])
        parts.append(far_trees(draws, "far_trees", (length / 2 + 50.0, 235.0), 150, -0.4, spots, PLOT_M + 10.0))
        return Scene(objects=instances(parts), regions=tuple(regions))

    def _draw_crossings(self, draws: Draws, length_m: float) -> tuple[tuple[float, float], ...]:
        """Draw where crossings lie: one in each of as many equal stretches of the street."""
        count = int(draws.value("crossings", self.crossings))
        width = float(draws.value("crossing_width_m", self.crossing_width_m))
        rng = draws.rng("crossing_along_m")
        cell = (length_m - 40.0) / max(count, 1)
        found = []
        for k in range(count):
            start = 20.0 + cell * k + float(rng.uniform(0.0, cell - width))
            draws.note("crossing_along_m", start, k)
            found.append((start, start + width))
        return tuple(found)

    def _roadside(self, main: Road, names: tuple[str, ...], draws: Draws, library: Library) -> list[Part]:
        """Draw the houses, trees and lamps along both sides."""
        section, (low, high), span = main.section, main.section.edges(*EVERY_USE), main.span_m
        parts: list[Part] = []
        for side, edge in (("left", high), ("right", low)):
            parts += building_row(
                main.path, edge, span, section.kerb_m, names, library, draws, f"buildings_{side}", self.buildings
            )
            sign = 1.0 if side == "left" else -1.0
            rims = [s for s in section.of("kerb_strip") if s.middle_m * sign > 0]
            if not rims:
                continue
            middle = rims[0].middle_m
            spots = [m for a, b in main.crossings for m in (a, (a + b) / 2, b)]
            lamps = self._row("street_lamp", f"lamps_{side}", self.lamps, main, middle, spots, draws, library)
            posts = [float(p.world_from_object.translation_m[0]) + span[1] / 2 for p in lamps]
            trees = self._row("tree", f"trees_{side}", self.trees, main, middle, spots, draws, library, posts)
            parts += [*lamps, *trees]
        for side, bounds in (("left", (high + 16.0, high + PLOT_M)), ("right", (low - PLOT_M, low - 16.0))):
            parts += scattered(
                main.path, bounds, span, section.kerb_m, "tree", library, draws, f"yard_trees_{side}", self.yard_trees
            )
        return parts

    def _row(
        self, category: str, factor: str, planting: Planting | None, main: Road, left_m: float, avoid_m: list[float],
        draws: Draws, library: Library, posts_m: Sequence[float] = (),
    ) -> list[Part]:  # fmt: skip
        if planting is None:
            return []
        span = (main.span_m[0] + 4.0, main.span_m[1] - 4.0)
        return planted_row(
            main.path, left_m, span, main.section.kerb_m, category, library, draws, factor, planting, tuple(avoid_m),
            posts_m=posts_m, room_m=_fronts_m(main, left_m), lanes_m=_lanes_m(main, left_m),
        )  # fmt: skip


def _fronts_m(road: Road, left_m: float) -> float:
    """Return how far the fronts of the houses are from a row beside a road, or a little less."""
    low, high = road.section.edges(*EVERY_USE)
    return (high - left_m if left_m > 0 else left_m - low) - 0.05


def _lanes_m(road: Road, left_m: float) -> float:
    """Return how far the lanes for traffic are from a row beside a road."""
    low, high = road.section.edges("drive")
    return left_m - high if left_m > 0 else low - left_m
