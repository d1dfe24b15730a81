"""The place ``table_room``: a table in a furnished room."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from simgen.assets.library import Library
from simgen.assets.textures import TILE_M
from simgen.distributions import AnyDistribution, Choice, LogUniform, Uniform, UniformInt, check_support
from simgen.geometry.pose import at
from simgen.places.enclosure import check_enclosed, check_options, draw_walls
from simgen.places.furnish import furnish, hang_pictures, rectangle
from simgen.places.interior import indoor_material
from simgen.places.pieces import Part, instances
from simgen.places.tables import rectangular_table, round_table
from simgen.scene.asset import Asset
from simgen.scene.material import Material, make_material, rgb
from simgen.scene.region import Area
from simgen.scene.scene import Scene
from simgen.streams import Draws

_FLOORS = ("wood_planks", "tiles", "carpet", "concrete")
_WALLS = ("paint", "plaster", "wallpaper", "brick")
_TOPS = ("wood", "white", "dark", "grey", "oak_dark", "steel")


@dataclass(frozen=True, kw_only=True)
class TableRoom:
    """A room with a table in it; its regions are ``table_top`` and ``floor`` (the room, as high as its walls).

    Attributes:
        length_m, width_m, height_m: clear size of the room.
        floor: of ``wood_planks``, ``tiles``, ``carpet``, ``concrete``.
        walls: of ``paint``, ``plaster``, ``wallpaper``, ``brick``.
        windows: how many, 0 to 2.
        daylight_nit: mean luminance outside the windows.
        table_length_m, table_width_m, table_height_m: of the table.
        table_shape: ``rectangle`` or ``round`` (as wide as ``table_width_m``, at least 0.9 m).
        table_top: of ``wood``, ``white``, ``dark``, ``grey``, ``oak_dark``, ``steel``.
        table_offset_m: how far the table's middle stands from the room's, along each axis.
        furniture: how many pieces to stand along the walls; what finds no room is left out and counted.
        furniture_categories: what they are, with weights; categories that the library does not hold are passed over.
        pictures: how many hang on the walls.
    """

    length_m: AnyDistribution = Uniform(low=4.2, high=6.0)
    width_m: AnyDistribution = Uniform(low=3.8, high=5.2)
    height_m: AnyDistribution = Uniform(low=2.4, high=2.9)
    floor: AnyDistribution = Choice(options=_FLOORS, weights=(0.5, 0.2, 0.2, 0.1))
    walls: AnyDistribution = Choice(options=_WALLS, weights=(0.6, 0.1, 0.22, 0.08))
    windows: AnyDistribution = UniformInt(low=0, high=2)
    daylight_nit: AnyDistribution = LogUniform(low=500.0, high=4000.0)
    table_length_m: AnyDistribution = Uniform(low=1.1, high=1.8)
    table_width_m: AnyDistribution = Uniform(low=0.7, high=1.0)
    table_height_m: AnyDistribution = Uniform(low=0.70, high=0.78)
    table_shape: AnyDistribution = Choice(options=("rectangle", "round"), weights=(0.8, 0.2))
    table_top: AnyDistribution = Choice(options=_TOPS, weights=(0.35, 0.2, 0.1, 0.12, 0.15, 0.08))
    table_offset_m: AnyDistribution = Uniform(low=-0.35, high=0.35)
    furniture: AnyDistribution = UniformInt(low=3, high=7)
    furniture_categories: dict[str, float] = field(
        default_factory=lambda: {
            "cabinet": 3.0,
            "shelf": 3.0,
            "chair": 3.0,
            "sofa": 1.0,
            "potted_plant": 2.0,
            "floor_lamp": 1.0,
            "desk": 0.5,
        }
    )
    pictures: AnyDistribution = UniformInt(low=0, high=3)
    kind: Literal["table_room"] = "table_room"

    def __post_init__(self) -> None:
        check_enclosed(
            self, floors=_FLOORS, walls=_WALLS, length_m=(3.0, 12.0), width_m=(3.0, 12.0), height_m=(2.1, 5.0)
        )
        check_support("table_length_m", self.table_length_m, 0.5, 2.4)
        check_support("table_width_m", self.table_width_m, 0.5, 1.4)
        check_support("table_height_m", self.table_height_m, 0.3, 1.2)
        check_support("table_offset_m", self.table_offset_m, -1.0, 1.0)
        check_support("furniture", self.furniture, 0, 20)
        check_support("pictures", self.pictures, 0, 6)
        check_options("table_shape", self.table_shape, ("rectangle", "round"))
        check_options("table_top", self.table_top, _TOPS)

    def build(self, draws: Draws, library: Library) -> Scene:
        """Return the empty room with its table, furniture and windows."""
        walls, look = draw_walls(draws, self)
        parts = walls.shell(look)
        x, y = (float(draws.value(f"table_{axis}_m", self.table_offset_m)) for axis in "xy")
        table, top = self._table(draws)
        parts.append(Part(name="table", asset=table, world_from_object=at(x, y)))
        taken = [rectangle(x, y, table.size_m[0] + 1.3, table.size_m[1] + 1.3)]
        furniture = furnish(draws, library, self.furniture, self.furniture_categories, walls, taken)
        parts += [*furniture, *hang_pictures(draws, library, self.pictures, walls, furniture)]
        corners = tuple((px + x, py + y) for px, py in top)
        return Scene(
            objects=instances(parts),
            lights=walls.daylight,
            regions=(
                walls.area,
                Area(name="table_top", use="table_top", corners_m=corners, z_m=table.size_m[2]),
            ),
        )

    def _table(self, draws: Draws) -> tuple[Asset, tuple[tuple[float, float], ...]]:
        """Return the table and the corners of its top."""
        length, width, height = (
            float(draws.value(k, getattr(self, k))) for k in ("table_length_m", "table_width_m", "table_height_m")
        )
        shape = draws.value("table_shape", self.table_shape)
        kind = draws.value("table_top", self.table_top)
        top, tile = _top_material(draws, kind)
        legs = top if kind in ("wood", "oak_dark") else make_material("legs", "painted_metal", (0.05, 0.05, 0.055))
        if kind == "white":
            legs = make_material("legs", "painted_metal", (0.7, 0.7, 0.7))
        if shape == "round":
            return round_table(max(width, 0.9), height, top, legs, tile)
        return rectangular_table(length, width, height, top, legs, tile)


def _top_material(draws: Draws, kind: str) -> tuple[Material, float]:
    """Return a table top's material and its texture's tile."""
    if kind in ("wood", "oak_dark"):
        wood = indoor_material(draws, "table_wood", "table_wood")
        if kind == "oak_dark":
            r, g, b = (0.45 * c for c in wood.base_color)
            wood = make_material("dark_wood", "wood", (r, g * 0.85, b * 0.7), roughness=0.4, texture=wood.texture)
        return wood, TILE_M["table_wood"]
    if kind == "steel":
        return indoor_material(draws, "table_steel", "brushed_metal"), TILE_M["brushed_metal"]
    color = {"white": "#e6e5e1", "dark": "#33302e", "grey": "#9a9b9b"}[kind]
    return make_material(f"laminate_{kind}", "plastic", rgb(color), roughness=0.35), 1.0
