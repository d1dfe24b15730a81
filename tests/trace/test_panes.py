"""Claims about labels through glass: they are of the wall behind the pane, and outlines leave empty panes out."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh

from simgen.geometry.pose import at, look_at
from simgen.geometry.rays import Rays
from simgen.scene.asset import Asset, Credit
from simgen.scene.camera import Camera
from simgen.scene.material import make_material
from simgen.scene.mesh import mesh_from_faces
from simgen.scene.scene import Instance
from simgen.trace.panes import MOST_PANES, hit_behind_glass
from simgen.trace.silhouette import silhouette
from simgen.trace.tracer import Tracer

CREDIT = Credit(author="test", licence="CC0-1.0", source="test")


def slab(number, x, *, substances=("glass",), half=1.0):
    """Return upright squares across the x axis at ``x``, the k-th of them shifted by 2 k half along y."""
    corners, faces, of = [], [], []
    for k, _ in enumerate(substances):
        y = 2.0 * half * k
        corners += [(x, y - half, -half), (x, y + half, -half), (x, y + half, half), (x, y - half, half)]
        faces += [(4 * k, 4 * k + 1, 4 * k + 2), (4 * k, 4 * k + 2, 4 * k + 3)]
        of += [k, k]
    mesh = mesh_from_faces(np.array(corners), np.array(faces), face_material=np.array(of))
    materials = tuple(make_material(f"m{k}", name) for k, name in enumerate(substances))
    asset = Asset(name=f"a{number}", category="box", mesh=mesh, materials=materials, credit=CREDIT)
    return Instance(id=number, name=f"t{number}", asset=asset, world_from_object=at(0, 0))


def ahead(count=5):
    origin = np.zeros((count, 3), np.float32)
    origin[:, 1] = np.linspace(-0.5, 0.5, count)
    return Rays(
        origin=origin,
        direction=np.tile(np.array([1.0, 0.0, 0.0], np.float32), (count, 1)),
        time_s=np.zeros(count, np.float32),
    )


def test_behind_panes_lies_the_wall_at_its_own_distance():
    tracer = Tracer([slab(1, 2.0), slab(2, 3.0), slab(3, 7.0, substances=("plaster",))])
    assert (tracer.closest_hit(ahead()).instance_id == 1).all()
    hits = hit_behind_glass(tracer, ahead())
    assert (hits.instance_id == 3).all()
    assert hits.range_m == pytest.approx(7.0, rel=1e-6)
    assert hits.normal[:, 0] == pytest.approx(-1.0)


def test_panes_before_nothing_are_nothing_and_too_many_are_a_pane():
    assert (hit_behind_glass(Tracer([slab(1, 2.0)]), ahead()).triangle == -1).all()
    many = [slab(k + 1, 1.0 + 0.1 * k) for k in range(MOST_PANES + 2)]
    assert (hit_behind_glass(Tracer(many), ahead()).instance_id == MOST_PANES + 1).all()


def test_without_glass_the_hits_are_the_tracers():
    tracer = Tracer([slab(1, 2.0, substances=("plaster",))])
    plain, looked = tracer.closest_hit(ahead()), hit_behind_glass(tracer, ahead())
    assert (plain.range_m == looked.range_m).all() and (plain.triangle == looked.triangle).all()


def test_an_outline_through_glass_leaves_out_panes_with_nothing_of_the_object_behind():
    camera = Camera(name="c", width_px=60, height_px=40, fx_px=40, fy_px=40, cx_px=30, cy_px=20)
    pose = look_at((-4.0, 1.0, 0.0), (2.0, 1.0, 0.0))
    half_glass = slab(1, 2.0, substances=("glass", "plaster"))
    whole, through = (silhouette(half_glass, camera, pose, through_glass=flag) for flag in (False, True))
    assert whole is not None and through is not None
    assert through.mask.sum() == pytest.approx(whole.mask.sum() / 2, rel=0.05)
    solid = Instance(
        id=1,
        name="b",
        asset=Asset(
            name="b",
            category="box",
            mesh=mesh_from_faces(*(getattr(trimesh.creation.box((1, 1, 1)), key) for key in ("vertices", "faces"))),
            materials=(make_material("m", "plaster"),),
            credit=CREDIT,
        ),
        world_from_object=at(2, 1),
    )
    kept = [silhouette(solid, camera, pose, through_glass=flag) for flag in (False, True)]
    assert kept[0] is not None and kept[1] is not None and (kept[0].mask == kept[1].mask).all()
