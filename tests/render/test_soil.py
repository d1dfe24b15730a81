"""Claims about dirt: it lies low, goes with its object, grows with its amount, and what is clean is left alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import trimesh

from simgen.assets.library import Library
from simgen.distributions import Constant
from simgen.geometry.pose import at
from simgen.randomize.paint import Paint
from simgen.render.atlas import pack_materials
from simgen.render.soil import soil_at
from simgen.scene.asset import Asset, Credit
from simgen.scene.material import Soiling, make_material
from simgen.scene.mesh import mesh_from_faces
from simgen.scene.scene import Instance, Scene
from simgen.streams import Draws
from simgen.trace.geometry import flatten

SHAPE = trimesh.creation.box((4.0, 1.8, 1.5))
SIDE = np.stack(np.meshgrid(np.linspace(-1.9, 1.9, 60), np.linspace(0.05, 1.45, 60)), axis=-1).reshape(-1, 2)


def body(amount, pose, number=1, category="car"):
    """Return a box of a car standing on z = 0, soiled by an amount."""
    paint = make_material("paint", "car_paint", (0.5, 0.5, 0.5), tintable=True)
    mesh = mesh_from_faces(SHAPE.vertices + np.array([0.0, 0.0, 0.75]), SHAPE.faces)
    credit = Credit(author="test", licence="CC0-1.0", source="test")
    asset = Asset(name="car", category=category, mesh=mesh, materials=(paint,), credit=credit)
    soiled = None if amount is None else (replace(paint, soiling=Soiling(kind="road", amount=amount)),)
    return Instance(id=number, name=f"t{number}", asset=asset, world_from_object=pose, materials=soiled)


def covers(thing):
    """Return the cover at points of the thing's side, by their places on it."""
    geometry = flatten([thing])
    soils = pack_materials(geometry.materials, geometry.object_from_world).soils
    local = np.column_stack([SIDE[:, 0], np.full(len(SIDE), -0.9), SIDE[:, 1]])
    return np.array([soil_at(soils, 0, *point, 0.0)[0] for point in thing.world_from_object.apply(local)])


def test_mud_lies_at_the_sills_and_grows_with_the_amount():
    some, much = covers(body(0.3, at(0, 0))), covers(body(0.9, at(0, 0)))
    low, high = SIDE[:, 1] < 0.3, SIDE[:, 1] > 1.0
    assert much[low].mean() > 4.0 * much[high].mean()
    assert (much >= some).all() and much.mean() > 2.0 * some.mean()
    assert some.min() >= 0.0 and much.max() <= 0.92


def test_dirt_goes_with_its_object():
    here, there = covers(body(0.6, at(0, 0))), covers(body(0.6, at(31.0, -7.0, 0.4, 1.2)))
    assert there == pytest.approx(here, abs=0.02)


def test_two_objects_of_one_soiled_material_have_each_their_own_frame():
    first = body(0.6, at(0, 0))
    second = replace(first, id=2, name="t2", world_from_object=at(9.0, 0.0))
    clean = [body(None, at(0, 20)), body(None, at(0, 40), 2)]
    geometry = flatten([first, second])
    assert len(geometry.materials) == 2
    assert geometry.object_from_world[:, 0, 3] == pytest.approx([0.0, -9.0])
    assert len(flatten([clean[0], replace(clean[0], id=2, name="t2")]).materials) == 1


def test_paint_soils_each_vehicle_by_what_it_records():
    scene = Scene(objects=(body(None, at(0, 0)), body(None, at(9, 0), 2), body(None, at(20, 0), 3, "person")))
    draws = Draws(3, "paint", 0)
    done = Paint(dirt=Constant(value=0.4))(scene, draws, Library(sources=("families",)))
    assert [o.surface[0].soiling for o in done.objects] == [Soiling(kind="road", amount=0.4)] * 2 + [None]
    assert [value for key, value in draws.factors.items() if "dirt" in key] == [[0.4, 0.4]]
    clean = Paint(dirt=Constant(value=0.0))(scene, Draws(3, "paint", 0), Library(sources=("families",)))
    assert all(o.surface[0].soiling is None for o in clean.objects)


def test_more_than_all_dirt_is_refused():
    with pytest.raises(ValueError, match="soiling amount must lie in 0 to 1"):
        Soiling(kind="road", amount=1.5)
