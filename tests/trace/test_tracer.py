"""Claims about the one tracer, against closed forms and a slow reference."""

import numpy as np
import pytest
import trimesh

from simgen.geometry.pose import about, at
from simgen.geometry.rays import Rays
from simgen.scene.asset import Asset, Credit
from simgen.scene.material import make_material
from simgen.scene.mesh import mesh_from_faces
from simgen.scene.scene import Instance
from simgen.trace.tracer import Tracer

CREDIT = Credit(author="test", licence="CC0-1.0", source="test")


def thing(shape, number, pose=None, scale=1.0, substance="plastic"):
    asset = Asset(
        name=f"shape{number}",
        category="box",
        mesh=mesh_from_faces(shape.vertices, shape.faces),
        materials=(make_material("m", substance),),
        credit=CREDIT,
    )
    return Instance(id=number, name=f"thing_{number}", asset=asset, world_from_object=pose or at(0, 0), scale=scale)


def rays_to(origin, directions):
    directions = np.asarray(directions, dtype=np.float32)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    origins = np.broadcast_to(np.asarray(origin, dtype=np.float32), directions.shape)
    return Rays(origin=origins, direction=directions, time_s=np.zeros(len(directions), np.float32))


def random_directions(count, seed=0):
    return np.random.Generator(np.random.Philox(seed)).normal(size=(count, 3))


def test_a_plane_is_met_where_geometry_says():
    floor = thing(trimesh.creation.box((200, 200, 2)), 1, at(0, 0, -1))
    directions = random_directions(2000)
    rays = rays_to((0.0, 0.0, 2.0), directions)
    hits = Tracer([floor]).closest_hit(rays)
    down = rays.direction[:, 2] < -0.05
    assert np.allclose(hits.range_m[down], -2.0 / rays.direction[down, 2], rtol=1e-5)
    assert np.allclose(hits.normal[down], (0, 0, 1), atol=1e-6)
    assert (hits.instance_id[rays.direction[:, 2] > 0] == 0).all()
    assert np.isinf(hits.range_m[rays.direction[:, 2] > 0]).all()


def test_a_sphere_is_met_where_geometry_says():
    ball = thing(trimesh.creation.icosphere(6), 3, at(5, 1, 0), scale=2.0)
    rays = rays_to((0.0, 0.0, 0.0), np.array([5, 1, 0]) + 1.2 * random_directions(3000) / 3)
    hits = Tracer([ball]).closest_hit(rays)
    centre, along = np.array([5.0, 1.0, 0.0]), rays.direction.astype(float)
    middle = along @ centre
    inside = 4.0 - (centre @ centre - middle**2)
    met = inside > 0.05
    assert met.sum() > 500
    assert np.abs(hits.range_m[met] - (middle - np.sqrt(np.maximum(inside, 0)))[met]).max() < 2e-3
    assert (hits.instance_id[met] == 3).all()
    assert (np.einsum("ij,ij->i", hits.normal[met], along[met]) < 0).all()


def test_hits_agree_with_a_slow_reference_tracer():
    shapes = [
        thing(trimesh.creation.box((1, 2, 3)), 4, at(6, 1, 0, 0.4) @ about((1, 2, 3), 0.7)),
        thing(trimesh.creation.icosphere(2), 9, at(8, -1, 0.5), scale=1.5),
        thing(trimesh.creation.cylinder(0.5, 2.0, sections=12), 2, at(5, -1, 0) @ about((0, 1, 0), 0.3)),
    ]
    tracer = Tracer(shapes)
    rays = rays_to((0.0, 0.0, 0.0), np.array([6, 0, 0]) + random_directions(400, 1))
    hits = tracer.closest_hit(rays)
    corners = tracer.geometry.vertices[tracer.geometry.faces].astype(np.float64)
    best = np.full(len(rays), np.inf)
    owner = np.zeros(len(rays), dtype=np.uint32)
    for k, (a, b, c) in enumerate(corners):
        # Moeller and Trumbore 1997, without culling.
        ab, ac = b - a, c - a
        cross = np.cross(rays.direction, ac)
        determinant = cross @ ab
        with np.errstate(divide="ignore", invalid="ignore"):
            u = cross @ -a / determinant
            q = np.cross(-a, ab)
            v = rays.direction @ q / determinant
            t = q @ ac / determinant
        nearer = (u >= 0) & (v >= 0) & (u + v <= 1) & (t > 0) & (t < best)
        best[nearer], owner[nearer] = t[nearer], tracer.geometry.face_instance[k]
    clear = np.isfinite(best) == np.isfinite(hits.range_m)
    assert clear.mean() > 0.995
    met = clear & np.isfinite(best)
    assert met.sum() > 100
    assert np.allclose(hits.range_m[met], best[met], rtol=1e-4)
    assert (hits.instance_id[met] == owner[met]).mean() > 0.99


def test_a_shadow_ray_stops_at_its_bound():
    tracer = Tracer([thing(trimesh.creation.box((1, 1, 1)), 1, at(5, 0, 0))])
    origin = np.zeros((3, 3), np.float32)
    ahead = np.tile(np.array([1, 0, 0], np.float32), (3, 1))
    assert tracer.occluded(origin, ahead).all()
    assert not tracer.occluded(origin, ahead, 4.4).any()
    assert tracer.occluded(origin, ahead, np.array([4.4, 4.6, np.inf])).tolist() == [False, True, True]


@pytest.mark.parametrize("threads", [1, 2])
def test_hits_do_not_depend_on_the_number_of_threads(threads):
    shapes = [thing(trimesh.creation.icosphere(4), k + 1, at(4 + k % 7, k % 5 - 2, k % 3 - 1)) for k in range(20)]
    rays = rays_to((0.0, 0.0, 0.0), np.array([6, 0, 0]) + random_directions(20_000, 2))
    one, other = Tracer(shapes, 1).closest_hit(rays), Tracer(shapes, threads).closest_hit(rays)
    for field in ("range_m", "instance_id", "triangle", "barycentric", "normal"):
        assert np.array_equal(getattr(one, field), getattr(other, field))


def test_an_empty_scene_is_met_by_nothing():
    rays = rays_to((0.0, 0.0, 0.0), random_directions(5))
    tracer = Tracer([])
    assert np.isinf(tracer.closest_hit(rays).range_m).all()
    assert not tracer.occluded(rays.origin, rays.direction).any()
