"""Claims about domain randomization: one knob, labels as they were, everything recorded."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simgen.assets.families import family_asset
from simgen.assets.library import Library
from simgen.distributions import Constant, Uniform
from simgen.errors import AssetError, PlacementError
from simgen.geometry.pose import at
from simgen.places.room import TableRoom
from simgen.randomize.patterns import PATTERNS, pattern, wrapped
from simgen.randomize.wild import SurfaceRange, Wild
from simgen.scene.light import PointLight
from simgen.scene.scene import Instance, Scene
from simgen.streams import Draws, stream

LIBRARY = Library(sources=("families",))


@pytest.fixture(scope="module")
def room() -> Scene:
    scene = TableRoom().build(Draws(3, "place", 0), LIBRARY)
    (top,) = scene.areas("table_top")
    x, y = np.asarray(top.corners_m).mean(axis=0).tolist()
    things = [
        Instance(
            id=scene.next_id + k,
            name=f"t{k}",
            asset=family_asset(name, 0),
            world_from_object=at(x, y + 0.2 * k, top.z_m),
        )
        for k, name in enumerate(("mug", "bottle", "can"))
    ]
    return replace(scene.adding(*things), lights=(PointLight(position_m=(x, y, 2.5), intensity_cd=(90.0, 90.0, 90.0)),))


def wild(room: Scene, index: int = 0, **fields) -> tuple[Scene, dict]:
    draws = Draws(5, "wild", index)
    return Wild(**fields)(room, draws, LIBRARY), dict(draws.factors)


def test_at_wildness_0_the_scene_stays_as_it_is(room: Scene) -> None:
    scene, factors = wild(room, wildness=Constant(value=0.0))
    assert scene.objects == room.objects and scene.lights == room.lights
    assert not any(factors["wild.changed"])


def test_at_wildness_1_every_surface_and_light_changes_but_no_shape_or_place(room: Scene) -> None:
    scene, factors = wild(room, wildness=Constant(value=1.0), flying=Constant(value=0), lamps=Constant(value=0))
    assert all(factors["wild.changed"])
    assert scene.lights[0] != room.lights[0]
    for before, after in zip(room.objects, scene.objects, strict=True):
        assert (after.id, after.category, after.world_from_object) == (
            before.id,
            before.category,
            before.world_from_object,
        )
        corners = after.asset.mesh.vertices[after.asset.mesh.faces]
        assert np.array_equal(corners, before.asset.mesh.vertices[before.asset.mesh.faces])
        assert after.surface != before.surface


def test_the_share_of_changed_objects_grows_with_the_knob(room: Scene) -> None:
    shares = []
    for value in (0.2, 0.5, 0.8):
        changed = [c for k in range(12) for c in wild(room, k, wildness=Constant(value=value))[1]["wild.changed"]]
        shares.append(np.mean(changed))
    assert shares[0] < shares[1] < shares[2]


def test_what_is_to_be_kept_stays_and_background_may_stay(room: Scene) -> None:
    scene, _ = wild(room, wildness=Constant(value=1.0), keep=("mug",), background=False, flying=Constant(value=0))
    by_name = {o.name: o for o in scene.objects}
    assert by_name["t0"] is next(o for o in room.objects if o.name == "t0")
    assert by_name["t1"] is not next(o for o in room.objects if o.name == "t1")
    assert [o for o in scene.objects if o.category == "wall"] == [o for o in room.objects if o.category == "wall"]


def test_flying_things_touch_nothing_and_are_labelled_as_distractors(room: Scene) -> None:
    scene, factors = wild(room, wildness=Constant(value=1.0), flying=Constant(value=12), around="table_top")
    flying = scene.objects[len(room.objects) :]
    assert len(flying) == sum(thing != "no room" for thing in factors["wild.thing"]) > 4
    (top,) = scene.areas("table_top")
    balls = [(np.asarray(o.cuboid.world_from_box.translation_m), max(o.asset.size_m) * o.scale / 2) for o in flying]
    for k, (place, radius) in enumerate(balls):
        assert flying[k].category == "distractor"
        assert flying[k].world_vertices()[:, 2].min() > top.z_m - 0.05
        for other, wide in balls[:k]:
            assert np.linalg.norm(place - other) > 0.6 * (radius + wide)


def test_category_ranges_hold(room: Scene) -> None:
    dark = SurfaceRange(saturation=Constant(value=0.0), brightness=Uniform(low=0.1, high=0.2), texture_chance=0.0)
    scene, _ = wild(room, wildness=Constant(value=1.0), ranges={"mug": dark}, flying=Constant(value=0))
    mug = next(o for o in scene.objects if o.category == "mug")
    for material in mug.surface:
        r, g, b = material.base_color
        assert r == pytest.approx(g) == pytest.approx(b) and r < 0.034
        assert material.texture is None


def test_the_same_frame_is_the_same_and_another_frame_differs(room: Scene) -> None:
    first, again, other = (wild(room, k)[1] for k in (3, 3, 4))
    assert first == again != other


@pytest.mark.parametrize("kind", PATTERNS)
def test_patterns_repeat_without_seams_or_are_discrete(kind: str) -> None:
    drawn = pattern(kind, ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0), (0.5, 0.2, 0.1)), stream(0, "test", 0)).pixels
    assert drawn.shape == (96, 96, 3) and len(np.unique(drawn)) > 1
    if kind in ("clouds", "gradient"):
        across = np.abs(drawn[:, 0].astype(int) - drawn[:, -1]).mean()
        within = np.abs(np.diff(drawn.astype(int), axis=1)).mean()
        assert across < 4 * within + 4


def test_wrapping_keeps_faces_and_shading() -> None:
    asset = family_asset("sedan", 0)
    done = wrapped(asset, 0.5)
    assert np.array_equal(done.mesh.vertices[done.mesh.faces], asset.mesh.vertices[asset.mesh.faces])
    assert np.array_equal(done.mesh.normals[done.mesh.faces], asset.mesh.normals[asset.mesh.faces])
    assert np.array_equal(done.mesh.face_material, asset.mesh.face_material)
    assert np.ptp(done.mesh.uv, axis=0).min() > 1.0


def test_flying_above_nothing_says_what_there_is(room: Scene) -> None:
    with pytest.raises(PlacementError, match="no area 'bin' to fly above; it has floor, table_top"):
        wild(room, wildness=Constant(value=1.0), flying=Constant(value=3), around="bin")


def test_ranges_of_unknown_categories_are_refused() -> None:
    with pytest.raises(AssetError, match="mugg"):
        Wild(ranges={"mugg": SurfaceRange()})
