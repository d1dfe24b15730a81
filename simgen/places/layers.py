"""The ground of roads, gathered by category: carriageway, kerbs, pavements, markings, the land beside them."""

from __future__ import annotations

from collections.abc import Sequence

from simgen.places.pieces import Part, Piece, joined, strip
from simgen.places.road import Road, ground, kerbs, markings, pavements
from simgen.places.wear import draw_wear
from simgen.streams import Draws

Layers = dict[str, list[Piece]]
"""Pieces by category."""


def road_layers(road: Road, draws: Draws) -> Layers:
    """Return all pieces of a road's own cross-section, with drawn wear."""
    return {
        "road": [*ground(road), *draw_wear(road, draws, f"wear_{road.name}")],
        "kerb": kerbs(road),
        "sidewalk": pavements(road),
        "lane_marking": markings(road),
    }


def layer_parts(name: str, layers: Sequence[Layers]) -> list[Part]:
    """Return one part per category of the layers together, named ``name_category``; empty ones are left out."""
    categories = list(dict.fromkeys(category for layer in layers for category in layer))
    gathered = {c: [piece for layer in layers for piece in layer.get(c, ())] for c in categories}
    return [
        Part(name=f"{name}_{category}", asset=joined(f"place/{name}_{category}", category, pieces))
        for category, pieces in gathered.items()
        if pieces
    ]


def plot(road: Road, right_m: float, left_m: float) -> Piece:
    """Return the built-up land between two offsets of a road, level with its pavements."""
    return strip(road.path, right_m, left_m, road.span_m, road.section.kerb_m, road.look.plot, road.look.plot_tile_m)
