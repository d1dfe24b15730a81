"""Dropped objects rest: nothing deeper than 2 mm in another, nothing floating, the same in every process."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import open3d as o3d
import pytest
import trimesh
from scipy.spatial import ConvexHull

from simgen.errors import PlacementError
from simgen.geometry.pose import Pose, about, at
from simgen.scene.asset import Asset, Credit
from simgen.scene.material import make_material
from simgen.scene.mesh import mesh_from_faces
from simgen.scene.region import Area
from simgen.scene.scene import Instance, Scene
from simgen.simulate.contact import fall_m, penetration_m
from simgen.simulate.hulls import convex_parts
from simgen.simulate.settle import Settle, _measure, settle
from simgen.simulate.world import World

CREDIT = Credit(author="test", licence="CC0-1.0", source="test")
WIDER = Area(name="top", use="table_top", corners_m=((-0.7, -0.7), (0.7, -0.7), (0.7, 0.7), (-0.7, 0.7)), z_m=0.7)
TABLE = Area(name="top", use="table_top", corners_m=((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)), z_m=0.7)


UNTURNED = Pose()


def make_asset(name: str, mesh: trimesh.Trimesh) -> Asset:
    low, high = mesh.bounds
    vertices = mesh.vertices - [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2]]
    return Asset(
        name=name,
        category="part",
        mesh=mesh_from_faces(vertices, mesh.faces),
        materials=(make_material("m", "plastic"),),
        credit=CREDIT,
    )


def revolve(*profile: tuple[float, float]) -> trimesh.Trimesh:
    return trimesh.creation.revolve(np.array(profile), sections=24)


BOX = make_asset("box", trimesh.creation.box((0.06, 0.08, 0.10)))
CAN = make_asset("can", revolve((0, 0), (0.033, 0), (0.033, 0.11), (0, 0.11)))
CUP = make_asset("cup", revolve((0, 0), (0.035, 0), (0.04, 0.08), (0.036, 0.08), (0.031, 0.006), (0, 0.006)))
BALL = make_asset("ball", trimesh.creation.icosphere(2, 0.01))
RING = make_asset("ring", trimesh.creation.torus(0.04, 0.01, 24, 12))
TOP = make_asset("table", trimesh.creation.box((1.0, 1.0, 0.03)))


def table_with(*dropped: Instance, region: Area = TABLE) -> Scene:
    top = Instance(id=1, name="table", asset=TOP, world_from_object=at(0, 0, 0.67))
    return Scene(objects=(top, *dropped), regions=(region,))


def drop(
    instance_id: int, asset: Asset, x: float, y: float, z: float, turn: Pose = UNTURNED, scale: float = 1.0
) -> Instance:
    pose = Pose(translation_m=(x, y, 0.7 + z)) @ turn
    return Instance(
        id=instance_id, name=f"o{instance_id}", asset=asset, world_from_object=pose, scale=scale, dynamic=True
    )


def heap(seed: int, count: int = 9) -> Scene:
    rng = np.random.default_rng(seed)
    shapes = (BOX, CAN, CUP, RING, BALL)
    dropped = []
    for k in range(count):
        axis = rng.standard_normal(3)
        turn = about((float(axis[0]), float(axis[1]), float(axis[2])), float(rng.uniform(0, 3)))
        x, y = rng.uniform(-0.12, 0.12, 2)
        dropped.append(drop(k + 2, shapes[k % 5], float(x), float(y), 0.08 + 0.14 * k, turn))
    return table_with(*dropped)


def measured_apart_from_physics(scene: Scene) -> tuple[float, float]:
    """Return the deepest point of one mesh inside another and the farthest that anything could still fall, metres."""
    meshes = [trimesh.Trimesh(o.world_vertices(), o.asset.mesh.faces, process=False) for o in scene.objects]
    casters = []
    for mesh in meshes:
        caster = o3d.t.geometry.RaycastingScene(nthreads=1)
        caster.add_triangles(
            o3d.core.Tensor(mesh.vertices.astype(np.float32)), o3d.core.Tensor(mesh.faces.astype(np.uint32))
        )
        casters.append(caster)
    clouds = [
        np.concatenate([trimesh.sample.sample_surface(m, 2500, seed=1)[0], m.vertices]).astype(np.float32)
        for m in meshes
    ]
    depth, fall = 0.0, 0.0
    for i in range(1, len(meshes)):
        free = np.inf
        for j in range(len(meshes)):
            if i == j:
                continue
            signed = casters[j].compute_signed_distance(o3d.core.Tensor(clouds[i]), nthreads=1, nsamples=9).numpy()
            depth = max(depth, float(-signed.min()))
            down = np.concatenate([clouds[i], np.broadcast_to(np.float32([0, 0, -1]), clouds[i].shape)], axis=1)
            up = np.concatenate([clouds[j], np.broadcast_to(np.float32([0, 0, 1]), clouds[j].shape)], axis=1)
            free = min(free, float(casters[j].cast_rays(o3d.core.Tensor(down))["t_hit"].numpy().min()))
            free = min(free, float(casters[i].cast_rays(o3d.core.Tensor(up))["t_hit"].numpy().min()))
        fall = max(fall, free)
    return depth, fall


@pytest.mark.parametrize("seed", range(4))
def test_a_heap_neither_interpenetrates_nor_floats(seed: int) -> None:
    settled = settle(heap(seed), Settle())
    depth, fall = measured_apart_from_physics(settled.scene)
    assert depth <= 0.002
    assert fall <= 0.002
    assert len(settled.scene.objects) >= 6
    assert not any(o.dynamic for o in settled.scene.objects)


def test_the_measure_sees_an_overlap_and_a_gap() -> None:
    sunk = table_with(drop(2, BOX, 0, 0, -0.004))
    hung = table_with(drop(2, BOX, 0, 0, 0.004))
    assert measured_apart_from_physics(sunk)[0] == pytest.approx(0.004, abs=2e-4)
    assert measured_apart_from_physics(hung)[1] == pytest.approx(0.004, abs=2e-4)
    assert penetration_m(*sunk.objects) == pytest.approx(0.004, abs=2e-4)
    assert penetration_m(*hung.objects) == 0.0
    assert fall_m(hung.objects[1], hung.objects[0]) == pytest.approx(0.004, abs=1e-5)
    assert fall_m(hung.objects[0], hung.objects[1]) == np.inf


def test_a_dropped_ball_comes_to_rest_inside_a_cup() -> None:
    settled = settle(table_with(drop(2, CUP, 0, 0, 0.001), drop(3, BALL, 0.005, 0, 0.1)), Settle())
    ball = settled.scene.objects[2].cuboid.world_from_box.translation_m
    assert 0.7 + 0.012 < ball[2] < 0.7 + 0.03
    assert np.hypot(ball[0], ball[1]) < 0.03


def test_upright_objects_stay_where_they_were_put() -> None:
    settled = settle(
        table_with(drop(2, CAN, 0.1, 0.2, 0.002), drop(3, BOX, -0.2, 0, 0.002, about((0, 0, 1), 0.5))), Settle()
    )
    for before, after in zip((CAN, BOX), settled.scene.objects[1:], strict=True):
        assert after.asset is before
        assert after.world_from_object.translation_m[2] == pytest.approx(0.7, abs=0.0005)
    assert settled.scene.objects[1].world_from_object.translation_m[:2] == pytest.approx((0.1, 0.2), abs=0.001)
    assert settled.scene.objects[2].world_from_object.yaw_rad == pytest.approx(0.5, abs=0.01)


def test_scaled_objects_rest_at_their_own_size() -> None:
    settled = settle(table_with(drop(2, CUP, 0, 0, 0.003, scale=0.5)), Settle())
    assert settled.scene.objects[1].world_vertices()[:, 2].min() == pytest.approx(0.7, abs=0.0005)


def test_what_falls_off_is_taken_out_and_told() -> None:
    beside = drop(2, BOX, 0.56, 0, 0.01)
    settled = settle(table_with(beside, drop(3, BOX, 0, 0, 0.01), region=WIDER), Settle())
    assert [o.name for o in settled.scene.objects] == ["table", "o3"]
    assert [(r.name, r.reason) for r in settled.rejected] == [("o2", "fell")]
    assert settled.factors["physics.rejected_fell"] == 1


def test_too_few_at_rest_is_a_placement_error_that_counts_them() -> None:
    scene = table_with(drop(2, BOX, 0.56, 0, 0.01), region=WIDER)
    with pytest.raises(PlacementError, match=r"1 objects were dropped, 0 came to rest in place.*1 fell off"):
        settle(scene, Settle())


def test_an_object_above_no_area_is_refused() -> None:
    with pytest.raises(PlacementError, match="above no area"):
        settle(table_with(drop(2, BOX, 2.0, 0, 0.01)), Settle())


def test_the_same_drop_gives_the_same_bytes_in_another_process() -> None:
    def poses() -> list[Pose]:
        return [o.world_from_object for o in settle(heap(1, 5), Settle()).scene.objects]

    here = repr(poses())
    assert here == repr(poses())
    code = (
        "import sys; sys.path.insert(0, 'tests/simulate')\n"
        "from test_settle import heap, settle, Settle\n"
        "print(repr([o.world_from_object for o in settle(heap(1, 5), Settle()).scene.objects]))"
    )
    there = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert here in there


def test_other_objects_and_regions_are_left_as_they_are() -> None:
    scene = heap(2, 3)
    settled = settle(scene, Settle()).scene
    assert settled.objects[0] is scene.objects[0]
    assert settled.regions == scene.regions


def test_convex_parts_leave_a_cup_open_and_a_box_whole() -> None:
    assert len(convex_parts(BOX.mesh).hulls) == 1
    cup = convex_parts(CUP.mesh)
    true_volume = trimesh.Trimesh(CUP.mesh.vertices, CUP.mesh.faces).volume
    assert cup.volume_m3 < 1.6 * abs(true_volume)
    assert cup.centre_of_mass[:2] == pytest.approx((0, 0), abs=0.002)


def test_convex_parts_reach_round_the_whole_surface() -> None:
    for asset in (CUP, RING):
        points = trimesh.sample.sample_surface(trimesh.Trimesh(asset.mesh.vertices, asset.mesh.faces), 300, seed=2)[0]
        planes = [ConvexHull(h).equations for h in convex_parts(asset.mesh).hulls]
        outside = np.min([(points @ e[:, :3].T + e[:, 3]).max(axis=1) for e in planes], axis=0)
        assert outside.max() < 0.0005


def test_settings_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match=r"min_kept must lie in 0 to 1, got 1.5"):
        Settle(min_kept=1.5)
    with pytest.raises(ValueError, match=r"time_step_s must be 0\.01 or less"):
        Settle(time_step_s=0.1)
    assert replace(Settle(), restitution=0.0).restitution == 0.0


def test_touching_only_a_wall_beside_it_is_floating() -> None:
    wall = Instance(id=9, name="wall", asset=BOX, world_from_object=at(0.0602, 0, 0.75))
    beside = drop(2, BOX, 0, 0, 0.05)
    assert fall_m(beside, wall) == np.inf
    assert fall_m(beside, table_with().objects[0]) == pytest.approx(0.05, abs=1e-5)


def test_what_lay_on_something_taken_out_is_let_fall_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A ball that never rests holds a box up; when time is up and the ball goes, the box must not hang in the air."""
    scene = table_with(drop(2, BALL, 0, 0, 0.0), drop(3, BOX, 0, 0, 0.021))
    speeds, rounds = World.speeds, []

    def restless(world: World, instance_id: int) -> tuple[float, float]:
        return (1.0, 0.0) if instance_id == 2 else speeds(world, instance_id)

    def measured(*arguments: Any) -> Any:
        rounds.append(len(arguments[0]))
        return _measure(*arguments)

    monkeypatch.setattr(World, "speeds", restless)
    monkeypatch.setattr("simgen.simulate.settle._measure", measured)
    settled = settle(scene, Settle(max_time_s=0.5))
    assert [(r.name, r.reason) for r in settled.rejected] == [("o2", "moving")]
    assert rounds == [1]
    assert settled.scene.objects[1].world_vertices()[:, 2].min() == pytest.approx(0.7, abs=0.001)
