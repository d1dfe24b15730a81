"""Parametric families: models made by code, always present, listed by name and variant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from simgen.assets.families import (
    animals,
    barriers,
    building,
    car,
    cargo,
    cycles,
    furniture,
    goods,
    lorry,
    parts,
    people,
    plants,
    recovery,
    signs,
    street,
    tabletop,
    tunnel,
    wheeled,
)
from simgen.assets.families.family import Family
from simgen.errors import AssetError
from simgen.scene.asset import Asset
from simgen.streams import stream


def _family(
    name: str, category: str, draw: Callable[[np.random.Generator], Asset], *tags: str, variants: int = 64
) -> Family:
    return Family(name=name, category=category, variants=variants, draw=draw, tags=tags)


_ALL = (
    _family("sedan", "car", partial(car.draw_car, body="sedan")),
    _family("hatchback", "car", partial(car.draw_car, body="hatchback")),
    _family("suv", "car", partial(car.draw_car, body="suv")),
    _family("estate", "car", partial(car.draw_car, body="estate")),
    _family("pickup", "car", partial(car.draw_car, body="pickup")),
    _family("panel_van", "van", partial(car.draw_car, body="van")),
    _family(
        "open_door_sedan", "car", partial(car.draw_car, body="sedan", open_door=True), "open_door", "posed", variants=32
    ),
    _family(
        "open_door_suv", "car", partial(car.draw_car, body="suv", open_door=True), "open_door", "posed", variants=32
    ),
    _family(
        "police_car", "car", partial(car.draw_car, body="estate", emergency=True), "emergency", "posed", variants=32
    ),
    _family("ambulance", "van", partial(car.draw_car, body="van", emergency=True), "emergency", "posed", variants=32),
    _family("recovery_truck", "truck", recovery.draw_recovery_truck, "carrier", "posed", variants=32),
    _family("box_truck", "truck", lorry.draw_box_truck),
    _family("city_bus", "bus", lorry.draw_city_bus, variants=32),
    _family("bicycle", "bicycle", cycles.draw_bicycle, variants=32),
    _family("motorcycle", "motorcycle", cycles.draw_motorcycle, variants=32),
    *people.FAMILIES,
    _family("broadleaf", "tree", plants.draw_broadleaf, variants=12),
    _family("conifer", "tree", plants.draw_conifer, variants=8),
    _family("bush", "bush", plants.draw_bush, variants=12),
    _family("hedge", "bush", plants.draw_hedge, variants=8),
    _family("building", "building", building.draw_building, variants=32),
    _family("tunnel", "building", tunnel.draw_tunnel, "posed", variants=16),
    _family("cone", "traffic_cone", barriers.draw_cone, variants=16),
    _family("jersey", "barrier", barriers.draw_jersey, variants=16),
    _family("board", "barrier", barriers.draw_board, variants=16),
    _family("bollard", "bollard", barriers.draw_bollard, variants=16),
    _family("sign", "traffic_sign", signs.draw_sign),
    _family("signal", "traffic_light", signs.draw_signal, variants=16),
    _family("lamp_post", "street_lamp", street.draw_street_lamp, variants=16),
    _family("waste_bin", "waste_bin", street.draw_waste_bin, variants=16),
    _family("bench", "bench", street.draw_bench, variants=16),
    _family("hydrant", "fire_hydrant", street.draw_fire_hydrant, variants=16),
    _family("mailbox", "mailbox", street.draw_mailbox, variants=16),
    _family("dog", "dog", animals.draw_dog),
    _family("deer", "deer", animals.draw_deer),
    _family("stroller", "stroller", wheeled.draw_stroller, variants=32),
    _family("wheelchair", "wheelchair", wheeled.draw_wheelchair, variants=32),
    _family("shopping_cart", "shopping_cart", wheeled.draw_shopping_cart, variants=16),
    _family("kick_scooter", "kick_scooter", wheeled.draw_kick_scooter, variants=16),
    _family("pallet", "pallet", cargo.draw_pallet, variants=8),
    _family("tyre", "tyre", cargo.draw_tyre, variants=16),
    _family("crate", "crate", cargo.draw_crate, variants=32),
    _family("parcel", "box", goods.draw_parcel, "parcel", "posed"),
    _family("mailer", "envelope", goods.draw_mailer, "parcel", "posed"),
    _family("pail", "bucket", goods.draw_pail),
    _family("sack", "sack", goods.draw_sack, "parcel", "posed", variants=32),
    _family("drum", "barrel", goods.draw_drum, "posed", variants=32),
    _family("mug", "mug", tabletop.draw_mug),
    _family("cup", "cup", tabletop.draw_cup),
    _family("bowl", "bowl", tabletop.draw_bowl),
    _family("plate", "plate", tabletop.draw_plate),
    _family("bottle", "bottle", tabletop.draw_bottle),
    _family("jar", "jar", tabletop.draw_jar),
    _family("can", "can", tabletop.draw_can),
    _family("carton", "carton", tabletop.draw_carton),
    _family("cardboard_box", "box", tabletop.draw_cardboard_box),
    _family("bolt", "part", parts.draw_bolt, "metal", "posed", variants=32),
    _family("nut", "part", parts.draw_nut, "metal", "symmetric", "posed", variants=32),
    _family("ring", "part", parts.draw_ring, "mirror", "symmetric", "posed", variants=16),
    _family("gear", "part", parts.draw_gear, "symmetric", "posed", variants=32),
    _family("bracket", "part", parts.draw_bracket, "bracket", "posed", variants=32),
    _family("hook", "part", parts.draw_hook, "hook", "posed", variants=32),
    _family("clip", "part", parts.draw_clip, "hook", "posed", variants=16),
    _family("vial", "part", parts.draw_vial, "transparent", "symmetric", "posed", variants=32),
    _family("bearing_ball", "part", parts.draw_ball, "mirror", "symmetric", "tiny", "posed", variants=16),
    _family("grommet", "part", parts.draw_grommet, "black", "symmetric", "posed", variants=16),
    _family("prism", "part", parts.draw_prism, "textureless", "symmetric", "posed", variants=32),
    _family("table", "table", furniture.draw_table),
    _family("picking_bin", "picking_bin", furniture.draw_picking_bin),
    _family("chair", "chair", furniture.draw_chair),
    _family("shelf", "shelf", furniture.draw_shelf),
)

FAMILIES: dict[str, Family] = {family.name: family for family in _ALL}
"""Every family by name."""


def family_asset(family: str, variant: int) -> Asset:
    """Return one variant of a family, the same bytes every time.

    Raises:
        AssetError: there is no such family or variant.
    """
    if family not in FAMILIES:
        raise AssetError(f"no family {family!r}; known: {', '.join(FAMILIES)}")
    found = FAMILIES[family]
    if not 0 <= variant < found.variants:
        raise AssetError(f"family {family!r} has variants 0 to {found.variants - 1}, got {variant}")
    drawn = found.draw(stream(0, f"families/{family}", variant))
    return replace(drawn, name=f"families/{family}/{variant}", tags=found.tags)
