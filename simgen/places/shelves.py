"""The place ``shelves``: an aisle between two rows of shop gondolas or warehouse racks, full of goods."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from simgen.assets.families import racks
from simgen.assets.families.containers import euro_container
from simgen.assets.families.goods import draw_parcel, shipping_ticket
from simgen.assets.families.shapes import pick
from simgen.assets.library import Library
from simgen.distributions import AnyDistribution, Choice, Constant, Uniform, UniformInt, check_support
from simgen.geometry.pose import Pose, at
from simgen.places.choose import choose
from simgen.places.enclosure import check_options
from simgen.places.furnish import rectangle
from simgen.places.hall import Hall, build_hall
from simgen.places.pieces import Part, instances
from simgen.places.stock import Board, DrawGoods, Stocked, Stocking, stock_board
from simgen.scene.asset import Asset
from simgen.scene.region import Area
from simgen.scene.scene import Scene
from simgen.streams import Draws

_STYLES = ("shop", "warehouse")
_SHEETS = ("#e6e6e2", "#d3d6d8", "#f2f1ec", "#6b7075", "#3a3d40")
_PAINTS = (("#1f4f8f", "#d8641a"), ("#6b7075", "#e0a81c"), ("#2f6b45", "#d8641a"), ("#8d9196", "#1f4f8f"))
_FRONT_M = 0.2
"""How deep a row's region is, from its front."""

_MODELS = 14
"""How many models of goods a shop's two rows share out, at most, in each category."""


@dataclass(frozen=True, kw_only=True)
class Shelves:
    """An aisle; its regions are ``shelf`` (the front of the row that faces -y), ``opposite``, ``aisle`` and ``floor``.

    Names of goods in the wrong place have ``misplaced`` in them.

    Attributes:
        hall: around it, as large as the rows ask for at least.
        style: of ``shop`` (gondolas with price rails), ``warehouse`` (racks with parcels and containers).
        bays: how many side by side in each row.
        aisle_m: clear width between the rows.
        rack_height_m: of the rows.
        opposite: whether there is a second row.
        goods_categories: what a shop sells, with weights; categories that the library does not hold are passed over.
        gap_share: of the facings, how many are sold out.
        back_share: of how many the first in front is gone.
        misplaced_share: in how many something else stands in front.
        rows: how many stand behind each other, at most.
    """

    hall: Hall = Hall(
        length_m=Uniform(low=7.0, high=9.0),
        width_m=Uniform(low=6.0, high=8.0),
        windows=Constant(value=0),
        furniture=UniformInt(low=0, high=3),
    )
    style: AnyDistribution = Choice(options=_STYLES, weights=(0.6, 0.4))
    bays: AnyDistribution = UniformInt(low=2, high=3)
    aisle_m: AnyDistribution = Uniform(low=1.5, high=2.4)
    rack_height_m: AnyDistribution = Uniform(low=1.8, high=2.3)
    opposite: AnyDistribution = Choice(options=(True, False), weights=(0.7, 0.3))
    goods_categories: dict[str, float] = field(
        default_factory=lambda: {"carton": 4.0, "can": 2.0, "bottle": 2.5, "jar": 1.5, "bowl": 0.2, "mug": 0.3}
    )
    gap_share: AnyDistribution = Uniform(low=0.02, high=0.3)
    back_share: AnyDistribution = Uniform(low=0.0, high=0.3)
    misplaced_share: AnyDistribution = Uniform(low=0.0, high=0.06)
    rows: AnyDistribution = UniformInt(low=1, high=2)
    kind: Literal["shelves"] = "shelves"

    def __post_init__(self) -> None:
        check_options("style", self.style, _STYLES)
        check_support("bays", self.bays, 1, 5)
        check_support("aisle_m", self.aisle_m, 0.9, 5.0)
        check_support("rack_height_m", self.rack_height_m, 1.2, 2.5)
        check_options("opposite", self.opposite, (True, False))
        for key in ("gap_share", "back_share", "misplaced_share"):
            check_support(key, getattr(self, key), 0.0, 1.0)
        check_support("rows", self.rows, 1, 4)

    def build(self, draws: Draws, library: Library) -> Scene:
        """Return the aisle with its goods."""
        shop = draws.value("style", self.style) == "shop"
        aisle = float(draws.value("aisle_m", self.aisle_m))
        bays = int(draws.value("bays", self.bays))
        high = float(draws.value("rack_height_m", self.rack_height_m))
        stocking = Stocking(
            gap_share=float(draws.value("gap_share", self.gap_share)),
            back_share=float(draws.value("back_share", self.back_share)),
            misplaced_share=float(draws.value("misplaced_share", self.misplaced_share)),
            rows=int(draws.value("rows", self.rows)),
        )
        goods = self._goods(draws, library) if shop else _stored(draws)
        bay, boards = _bay(draws, shop, high)
        deep, wide = bay.size_m[:2]
        stocked, racks_ = Stocked(parts=[]), []
        sides = (1.0, -1.0) if draws.value("opposite", self.opposite) else (1.0,)
        for side in sides:
            for k in range(bays):
                x = (k - (bays - 1) / 2) * (wide + 0.002)
                frame = at(x, side * (aisle + deep) / 2, 0.0, -side * math.pi / 2)
                name = f"{'shelf' if side > 0 else 'opposite'}_{k}"
                racks_.append(Part(name=name, asset=bay, world_from_object=frame))
                _stock(draws, (name, frame), bay, boards, shop, (goods, stocking, stocked))
        draws.note("facings", stocked.facings)
        draws.note("gaps", stocked.gaps)
        draws.note("misplaced", stocked.misplaced)
        long = bays * (wide + 0.002)
        taken = [rectangle(0.0, 0.0, long + 0.4, aisle + 2 * deep + 0.3)]
        parts, lights, floor = build_hall(draws, library, self.hall, taken)
        rows = [_row(use, side, long, aisle, deep) for use, side in (("shelf", 1.0), ("opposite", -1.0))]
        walk = _level("aisle", (-long / 2, -aisle / 2, long / 2, aisle / 2), 0.0)
        regions = (floor, walk, *rows[: len(sides)])
        return Scene(objects=instances([*parts, *racks_, *stocked.parts]), lights=lights, regions=regions)

    def _goods(self, draws: Draws, library: Library) -> DrawGoods:
        """Return what draws one of the models that the shop sells."""
        rng = draws.rng("range")
        held = {c: w for c, w in self.goods_categories.items() if w > 0 and library.names(c)}
        sold = {c: [library.load(choose(library, c, rng)) for _ in range(_MODELS)] for c in held}
        weights = np.cumsum(list(held.values()))

        def one(r: np.random.Generator) -> Asset:
            category = list(held)[int(np.searchsorted(weights, r.uniform(0.0, weights[-1]), side="right"))]
            return pick(r, sold[category])

        return one


def _stored(draws: Draws) -> DrawGoods:
    """Return what draws one of the parcels and containers that the warehouse holds."""
    rng = draws.rng("range")
    # They stand with a short side to the front.
    sizes = ((0.4, 0.3), (0.6, 0.4), (0.3, 0.2), (0.38, 0.28), (0.5, 0.32))
    held = [draw_parcel(rng, (*pick(rng, sizes), float(rng.uniform(0.12, 0.36)))) for _ in range(12)]
    for tall in (0.12, 0.22, 0.32):
        color = pick(rng, ("#2b5fa4", "#8b8f94", "#b5352c", "#3a3d40"))
        held.append(euro_container(size_m=(0.6, 0.4, tall), color=color, card=shipping_ticket(rng)))
    return lambda r: pick(r, held)


def _bay(draws: Draws, shop: bool, high_m: float) -> tuple[Asset, tuple[float, ...]]:
    """Draw a bay of the rows, and the heights of its boards."""
    rng = draws.rng("bay")
    if shop:
        count = max(3, round(high_m / float(rng.uniform(0.32, 0.44))))
        boards = tuple(float(z) for z in np.linspace(0.14, high_m - 0.32, count))
        size = (float(rng.uniform(0.36, 0.5)), pick(rng, (1.0, 1.0, 1.25)), high_m)
        prices = racks.price_tags(rng, size[1])
        return racks.gondola(size_m=size, boards_m=boards, color=pick(rng, _SHEETS), prices=prices), boards
    count = max(3, round(high_m / float(rng.uniform(0.52, 0.7))))
    boards = tuple(float(z) for z in np.linspace(0.16, high_m - 0.12, count))
    upright, beam = pick(rng, _PAINTS)
    size = (pick(rng, (0.62, 0.8)), float(rng.uniform(1.6, 2.2)), high_m)
    return racks.rack(size_m=size, boards_m=boards, upright=upright, beam=beam), boards


def _stock(
    draws: Draws,
    at_bay: tuple[str, Pose],
    bay: Asset,
    boards_m: tuple[float, ...],
    shop: bool,
    how: tuple[DrawGoods, Stocking, Stocked],
) -> None:
    """Fill the boards of a bay."""
    (name, frame), (goods, stocking, stocked) = at_bay, how
    deep, wide, high = bay.size_m
    for k, up in enumerate(boards_m):
        above = boards_m[k + 1] - (racks.BOARD_M + 0.055 if shop else racks.BEAM_M) if k + 1 < len(boards_m) else high
        room = Board(
            deep_m=deep - (0.09 if shop else 0.02), wide_m=wide - 2 * racks.POST_M - 0.01, high_m=above - up - 0.02
        )
        # A gondola's back takes some of its depth.
        middle = Pose(translation_m=(0.025 if shop else 0.0, 0.0, up))
        stock_board(draws.rng(name, k), room, frame @ middle, f"{name}_{k}", goods, stocking, stocked)


def _row(use: str, side: float, long_m: float, aisle_m: float, deep_m: float) -> Area:
    low, high = sorted((side * aisle_m / 2, side * (aisle_m / 2 + min(deep_m, _FRONT_M))))
    return _level(use, (-long_m / 2, low, long_m / 2, high), 1.0)


def _level(use: str, spot: tuple[float, float, float, float], z_m: float) -> Area:
    x0, y0, x1, y1 = spot
    return Area(name=use, use=use, corners_m=((x0, y0), (x1, y0), (x1, y1), (x0, y1)), z_m=z_m)
