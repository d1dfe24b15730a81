"""Claims about the tracer and time: what it meets then is what a tracer of the moved objects meets."""

from dataclasses import replace

import numpy as np
import pytest
import trimesh

from simgen.geometry.motion import Motion
from simgen.geometry.pose import at
from simgen.geometry.rays import Rays
from simgen.scene.asset import Asset, Credit
from simgen.scene.material import make_material
from simgen.scene.mesh import mesh_from_faces
from simgen.scene.scene import Instance
from simgen.trace.tracer import Tracer

CREDIT = Credit(author="test", licence="CC0-1.0", source="test")


def thing(shape, number, pose, velocity=(0.0, 0.0, 0.0), yaw_rate=0.0):
    mesh = mesh_from_faces(shape.vertices, shape.faces)
    asset = Asset(
        name=f"a{number}", category="box", mesh=mesh, materials=(make_material("m", "plastic"),), credit=CREDIT
    )
    return Instance(
        id=number,
        name=f"t{number}",
        asset=asset,
        world_from_object=pose,
        velocity_mps=velocity,
        yaw_rate_rps=yaw_rate,
    )


def scene():
    box, ball = trimesh.creation.box((2.0, 1.0, 1.5)), trimesh.creation.icosphere(3)
    return [
        thing(trimesh.creation.box((60, 60, 1)), 1, at(0, 0, -2)),
        thing(box, 2, at(6, 1, 0, 0.3), (9.0, -14.0, 0.5), 1.7),
        thing(ball, 3, at(5, -2, 0.5), (-3.0, 12.0, 0.0)),
        thing(box, 4, at(8, 0, 1, 1.0)),
    ]


def moved(objects, time_s):
    after = []
    for o in objects:
        x, y, z = (p + v * time_s for p, v in zip(o.world_from_object.translation_m, o.velocity_mps, strict=True))
        yaw = o.world_from_object.yaw_rad + o.yaw_rate_rps * time_s
        after.append(replace(o, world_from_object=at(x, y, z, yaw), velocity_mps=(0.0, 0.0, 0.0), yaw_rate_rps=0.0))
    return after


def rays(time_s, count=4000, seed=1):
    rng = np.random.Generator(np.random.Philox(seed))
    direction = np.array([1.0, 0.0, -0.1]) + rng.normal(size=(count, 3)) * (0.1, 0.5, 0.3)
    direction = (direction / np.linalg.norm(direction, axis=1, keepdims=True)).astype(np.float32)
    origin = rng.normal(size=(count, 3)).astype(np.float32) * np.float32(0.3)
    return Rays(origin=origin, direction=direction, time_s=np.broadcast_to(np.float32(time_s), count).copy())


@pytest.mark.parametrize("time_s", [0.05, -0.2])
def test_a_hit_at_a_time_is_the_hit_on_the_objects_moved_to_it(time_s):
    objects = scene()
    tracer, one = Tracer(objects), rays(time_s)
    seen, expected = tracer.closest_hit(one), Tracer(moved(objects, time_s)).closest_hit(one)
    same = seen.instance_id == expected.instance_id
    assert (~same).sum() <= 2  # rays that graze an edge
    met = same & (seen.instance_id > 0)
    assert set(np.unique(seen.instance_id[met])) == {1, 2, 3, 4}
    assert np.abs(seen.range_m[met] - expected.range_m[met]).max() < 1e-4
    assert (seen.triangle == expected.triangle)[met].mean() > 0.995
    assert (tracer.geometry.face_instance[seen.triangle[met]] == seen.instance_id[met]).all()
    on = met & (seen.triangle == expected.triangle)
    assert np.abs(seen.normal - expected.normal)[on].max() < 1e-3
    assert np.abs(seen.barycentric - expected.barycentric)[on].max() < 2e-3
    hidden = tracer.occluded(one.origin, one.direction, 6.0, one.time_s)
    assert (hidden == (expected.range_m < 6.0)).mean() > 0.999


def test_every_ray_sees_its_own_instant():
    objects, one = scene(), rays(0.0)
    time_s = np.where(np.arange(len(one)) % 2 == 0, 0.1, -0.1).astype(np.float32)
    mixed = Tracer(objects).closest_hit(replace(one, time_s=time_s))
    for now, picked in ((0.1, time_s > 0), (-0.1, time_s < 0)):
        alone = Tracer(objects).closest_hit(rays(now))
        assert (mixed.range_m[picked] == alone.range_m[picked]).all()
        assert (mixed.instance_id[picked] == alone.instance_id[picked]).all()


def test_nothing_changes_where_nothing_moves_or_all_times_are_zero():
    objects = scene()
    still = moved(objects, 0.0)
    a, b = Tracer(objects).closest_hit(rays(0.0)), Tracer(still).closest_hit(rays(0.3))
    c = Tracer(still).closest_hit(rays(0.0))
    for name in ("range_m", "instance_id", "triangle", "barycentric", "normal"):
        assert getattr(a, name).tobytes() == getattr(b, name).tobytes() == getattr(c, name).tobytes()


def test_a_scene_in_which_all_moves_is_met_too():
    ball = thing(trimesh.creation.icosphere(3, 0.5), 7, at(10, 0, 0), (0.0, 20.0, 0.0))
    one = Rays(
        origin=np.zeros((2, 3), np.float32),
        direction=np.array([[1, 0, 0], [1, 0, 0]], np.float32),
        time_s=np.array([0.0, 0.1], np.float32),
    )
    assert Tracer([ball]).closest_hit(one).instance_id.tolist() == [7, 0]


def test_moving_there_and_back_ends_where_it_began():
    motion = Motion(velocity_mps=(3.0, -2.0, 0.1), yaw_rate_rps=0.8, center_m=(5.0, 6.0, 7.0))
    points, time_s = np.random.Generator(np.random.Philox(3)).normal(size=(50, 3)), np.linspace(-1, 1, 50)
    assert np.allclose(motion.move_back(motion.move(points, time_s), time_s), points, atol=1e-12)
    quarter = Motion(yaw_rate_rps=np.pi / 2, center_m=(1.0, 0.0, 0.0)).move(np.array([[2.0, 0.0, 0.0]]), np.ones(1))
    assert np.allclose(quarter, [[1.0, 1.0, 0.0]])
