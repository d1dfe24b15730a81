"""Claims about the second renderer: Mitsuba and simgen see the same scene in the same units."""

from __future__ import annotations

import importlib
from dataclasses import replace

import cv2
import numpy as np
import pytest
import trimesh

from simgen.assets.library import Library
from simgen.errors import SimgenError
from simgen.generator import Generator
from simgen.geometry.pose import at, look_at
from simgen.recipe import load_recipe
from simgen.render.camera import render_view
from simgen.render.environment import make_environment
from simgen.render.photoreal import render_photoreal
from simgen.render.radiance import radiance
from simgen.render.settings import RenderSettings
from simgen.rig import CameraMount
from simgen.scene.asset import Asset, Credit
from simgen.scene.camera import Camera
from simgen.scene.lens import KannalaBrandt
from simgen.scene.lens_dirt import LensDirt
from simgen.scene.light import AreaLight, ClearSky, PointLight, Sun, UniformSky
from simgen.scene.material import Texture, make_material
from simgen.scene.mesh import mesh_from_faces
from simgen.scene.optics import Aperture, Shutter
from simgen.scene.scene import Instance, Scene
from simgen.scene.weather import Weather
from simgen.trace.tracer import Tracer

KEY = np.uint64(7)
PLAIN = RenderSettings(edge_samples=0, ambient_rays=0, reflections=False, white_balance=0.0)
SKY, SUN = ClearSky(turbidity=3.0), Sun(azimuth_deg=90.0, elevation_deg=45.0)


@pytest.fixture(scope="module", autouse=True)
def _mitsuba_works():
    try:
        render_photoreal(Scene(), camera(size=(4, 4)), samples=0, seed=0)
    except SimgenError as error:
        pytest.skip(str(error))


def thing(shape, number, pose=None, *, substance="plaster", color=0.5, **material):
    made_of = make_material("m", substance, (color, color, color), **({"roughness": 1.0} | material))
    mesh = mesh_from_faces(shape.vertices, shape.faces)
    credit = Credit(author="test", licence="CC0-1.0", source="test")
    asset = Asset(name=f"a{number}", category="box", mesh=mesh, materials=(made_of,), credit=credit)
    return Instance(id=number, name=f"t{number}", asset=asset, world_from_object=pose or at(0, 0))


def floor(**kw):
    return thing(trimesh.creation.box((60, 60, 2)), 1, at(0, 0, -1), **kw)


def camera(eye=(0.0, -0.001, 5.0), target=(0.0, 0.0, 0.0), size=(32, 24), focal=60.0, **kw):
    width, height = size
    values = {"cx_px": width / 2, "cy_px": height / 2, "fx_px": focal, "fy_px": focal, "ev100": 17.0} | kw
    return Camera(name="c", width_px=width, height_px=height, rig_from_camera=look_at(eye, target), **values)


def ours(scene, eye, settings=PLAIN):
    return radiance(scene, eye, Tracer(scene.objects), KEY, settings).nit


def table():
    mount = CameraMount(width_px=160, height_px=120, horizontal_fov_deg=70.0)
    recipe = load_recipe("quickstart", seed=3)
    return Generator(replace(recipe, sensors=(mount,), render=PLAIN)).frame(0).scene


def street():
    """Houses, trees and cars of the families along an axis."""
    library = Library(sources=("families",))
    names = [library.names(category)[0] for category in ("tree", "bench", "car", "person")]
    objects = [floor()]
    for k in range(16):
        left = (14.0, 6.0, 3.0, 4.5)[k % 4] * (1 if k % 8 < 4 else -1)
        asset, pose = library.load(names[k % 4]), at(6.0 + 3 * k, left, 0, 0.2 * k)
        objects.append(Instance(id=k + 2, name=f"o{k}", asset=asset, world_from_object=pose))
    eye = camera((0.0, 0.0, 1.6), (10.0, 0.0, 1.5), (160, 120), 100.0)
    return Scene(objects=tuple(objects), sensors=(eye,))


@pytest.mark.parametrize("draw", [street, table])
def test_ids_and_depth_are_those_of_the_tracer(draw):
    scene = draw()
    eye = scene.sensors[0]
    view = render_view(scene, eye, Tracer(scene.objects), KEY, PLAIN)
    judge = render_photoreal(scene, eye, samples=0, seed=0)
    ids = view.instance_id.astype(np.float32)
    inside = cv2.erode(ids, np.ones((3, 3))) == cv2.dilate(ids, np.ones((3, 3)))
    assert len(np.unique(ids)) > 5
    assert inside.mean() > 0.5
    same = view.instance_id == judge.instance_id
    assert same[inside].mean() >= 0.999
    met = inside & same & (view.z_m > 0)
    leafy = np.isin(view.instance_id, [o.id for o in scene.objects if o.category in ("tree", "bush")])
    off = np.abs(view.z_m - judge.z_m) / np.maximum(view.z_m, 1e-3)
    assert np.quantile(off[met & ~leafy], 0.999) < 1e-4
    # At the rim of a leaf one of them may meet it where the other goes on to the next.
    assert not (met & leafy).any() or np.quantile(off[met & leafy], 0.9) < 5e-4


def test_an_optical_axis_off_the_middle_is_where_the_camera_has_it():
    box = thing(trimesh.creation.box((1, 0.6, 1)), 2, at(0.3, 0.2, 0.5))
    eye = camera((-4, -3, 2.5), (0, 0, 0.5), (80, 60), 50.0, cx_px=52.0, cy_px=21.0)
    scene = Scene(objects=(floor(), box))
    judge = render_photoreal(scene, eye, samples=0, seed=0)
    hits = Tracer(scene.objects).closest_hit(eye.rays(eye.rig_from_camera))
    assert (judge.instance_id.ravel() == 2).sum() > 50
    assert (judge.instance_id.ravel() != hits.instance_id).sum() <= 3


def test_a_matte_floor_sends_back_albedo_times_illuminance_over_pi():
    point = PointLight(position_m=(0.0, 0.0, 9.0), intensity_cd=(810.0, 810.0, 810.0))
    panel = AreaLight(
        center_m=(0.0, 0.0, 9.0), edge_u_m=(0.0, 0.2, 0.0), edge_v_m=(0.2, 0.0, 0.0), luminance_nit=(2e4,) * 3
    )
    sun_lux = make_environment(None, SUN).sun_lux.mean() * np.sin(np.radians(45.0))
    for light, sky, lux in (
        ((), UniformSky(luminance_nit=(100.0, 100.0, 100.0)), 100.0 * np.pi),
        ((point,), None, 10.0),
        ((panel,), None, 2e4 * 0.04 / 81.0),
        ((SUN,), None, sun_lux),
    ):
        scene = Scene(objects=(floor(),), lights=light, sky=sky)
        nit = render_photoreal(scene, camera(focal=400.0), samples=64, seed=1).nit
        assert nit.mean() == pytest.approx(0.5 * lux / np.pi, rel=0.02)


@pytest.mark.parametrize("target", [(1.0, 0.0, 5.3), (-0.4, 1.0, 5.1), (0.3, -1.0, 5.6)])
def test_the_sky_is_the_same_in_every_direction(target):
    scene = Scene(lights=(SUN,), sky=SKY)
    eye = camera((0.0, 0.0, 5.0), target)
    off = np.abs(render_photoreal(scene, eye, samples=64, seed=1).nit / ours(scene, eye) - 1.0)
    # The line where sky and ground meet is no wider than the two maps' rows.
    assert (off < 0.01).mean() > 0.9
    assert off.mean() < 0.005


def test_a_shadow_in_the_sun_ends_at_the_same_place():
    wall = thing(trimesh.creation.box((8, 0.2, 2)), 2, at(0, 1.0, 1))
    scene = Scene(objects=(floor(), wall), lights=(SUN,))
    eye = camera((0.0, -0.501, 9.0), (0.0, -0.5, 0.0), (16, 120), 250.0)
    ends = []
    for nit in (ours(scene, eye), render_photoreal(scene, eye, samples=64, seed=1).nit):
        column = nit.mean(axis=(1, 2))
        lit, dark = np.median(column[90:]), np.median(column[60:70])
        ends.append(((lit - column[60:]) / (lit - dark)).sum())
    assert 10 < ends[0] < 30
    assert abs(ends[0] - ends[1]) < 0.5


def test_a_leaf_lets_half_as_much_through_as_it_sends_back():
    leaf = thing(trimesh.creation.box((40, 40, 1e-3)), 1, substance="foliage", color=0.6)
    # Light from behind comes through the one face; the other, a box's, is out of the way.
    mesh = leaf.asset.mesh
    up = mesh.normals[mesh.faces[:, 0], 2] > 0.5
    sheet = replace(mesh, faces=mesh.faces[up], face_material=mesh.face_material[up])
    scene = Scene(objects=(replace(leaf, asset=replace(leaf.asset, mesh=sheet)),), lights=(SUN,))
    seen = [
        render_photoreal(scene, camera(eye, (0.0, 0.0, 0.0)), samples=32, seed=1).nit.mean()
        for eye in ((0.0, -0.001, 5.0), (0.0, -0.001, -5.0))
    ]
    assert seen[1] / seen[0] == pytest.approx(0.5, rel=0.05)
    below = camera((0.0, -0.001, -5.0), (0.0, 0.0, 0.0))
    assert seen[1] == pytest.approx(ours(scene, below).mean(), rel=0.03)


@pytest.mark.parametrize("flipped", [False, True])
def test_a_normal_map_tilts_both_renderers_surfaces_alike(flipped):
    tilted = Texture(name="tilted", pixels=np.full((4, 4, 3), (188, 128, 240), np.uint8))
    made_of = make_material("m", "plaster", (0.5, 0.5, 0.5), roughness=0.6, normal_texture=tilted)
    faces = np.array([[0, 1, 2], [0, 2, 3]])
    corners = np.array([[-9.0, -9, 0], [9, -9, 0], [9, 9, 0], [-9, 9, 0]])
    uv = (corners[:, :2] + 9.0) / 18.0
    mesh = mesh_from_faces(corners, faces[:, ::-1] if flipped else faces, uv=uv)
    credit = Credit(author="test", licence="CC0-1.0", source="test")
    asset = Asset(name="a", category="box", mesh=mesh, materials=(made_of,), credit=credit)
    plane = Instance(id=1, name="plane", asset=asset, world_from_object=at(0, 0))
    scene = Scene(objects=(plane,), lights=(Sun(azimuth_deg=30.0, elevation_deg=40.0),))
    eye = camera((0.0, -1.5, 4.0), (0.0, 0.0, 0.0), focal=400.0)
    theirs = render_photoreal(scene, eye, samples=16, seed=1).nit.mean()
    assert ours(scene, eye).mean() == pytest.approx(theirs, rel=0.01)


def test_clear_glass_takes_away_what_its_two_faces_mirror():
    pane = thing(trimesh.creation.box((0.5, 0.5, 1e-3)), 2, at(0, 0, 3), substance="glass", color=1.0)
    mesh = pane.asset.mesh
    up = mesh.normals[mesh.faces[:, 0], 2] > 0.5
    sheet = replace(mesh, faces=mesh.faces[up], face_material=mesh.face_material[up])
    pane = replace(pane, asset=replace(pane.asset, mesh=sheet))
    bare = Scene(objects=(floor(),), lights=(SUN,))
    nit = [render_photoreal(s, camera(focal=400.0), samples=32, seed=1).nit.mean() for s in (bare, bare.adding(pane))]
    assert nit[1] / nit[0] == pytest.approx(0.96 / 1.04, rel=0.01)


def test_a_white_room_with_its_lamp_below_the_ceiling_is_as_bright():
    slabs = [(5, 4, 0.1, 0, 0, z) for z in (-0.05, 2.55)]
    slabs += [(0.1, 4, 2.6, x, 0, 1.25) for x in (2.55, -2.55)] + [(5, 0.1, 2.6, 0, y, 1.25) for y in (2.05, -2.05)]
    objects = tuple(
        thing(trimesh.creation.box(slab[:3]), k + 1, at(*slab[3:]), color=0.7) for k, slab in enumerate(slabs)
    )
    lamp = PointLight(position_m=(-1.0, 0.2, 2.2), intensity_cd=(700.0,) * 3, radius_m=0.045)
    scene = Scene(objects=objects, lights=(lamp,))
    eye = camera((1.5, -1.2, 1.5), (-0.5, 0.3, 0.0), (48, 36), 40.0)
    theirs = render_photoreal(scene, eye, samples=96, seed=1).nit.mean()
    mine = [radiance(scene, eye, Tracer(objects), np.uint64(k), RenderSettings()).nit.mean() for k in range(4)]
    assert np.mean(mine) / theirs == pytest.approx(1.0, abs=0.08)


def test_denoising_brings_few_samples_near_to_many():
    pytest.importorskip("pyoidn")
    scene = Scene(objects=(floor(), thing(trimesh.creation.box((1, 1, 1)), 2, at(0, 0, 0.5))), lights=(SUN,), sky=SKY)
    eye = camera((4, -3, 3), (0, 0, 0.4), (64, 48), 60.0)
    many = render_photoreal(scene, eye, samples=512, seed=1).nit
    few, smooth = (render_photoreal(scene, eye, samples=4, seed=2, denoise=d).nit for d in (False, True))
    assert np.abs(smooth - many).mean() < 0.5 * np.abs(few - many).mean()
    assert smooth.mean() == pytest.approx(many.mean(), rel=0.03)


def test_equal_seeds_give_equal_images():
    scene = Scene(objects=(floor(),), lights=(SUN,), sky=SKY)
    first, again, other = (render_photoreal(scene, camera(), samples=4, seed=s).nit for s in (5, 5, 6))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_what_it_cannot_show_is_refused():
    scene = Scene(objects=(floor(),), lights=(SUN,), sky=SKY)
    with pytest.raises(ValueError, match="photoreal shows pinhole cameras only; 'c' has a kannala_brandt lens"):
        render_photoreal(scene, camera(lens=KannalaBrandt()), samples=1, seed=0)
    with pytest.raises(ValueError, match=r"needs square pixels; 'c' has fx 60\.0 and fy 50\.0 px"):
        render_photoreal(scene, camera(fy_px=50.0), samples=1, seed=0)
    with pytest.raises(ValueError, match="dry ground in clear air only"):
        render_photoreal(replace(scene, weather=Weather(wetness=0.5)), camera(), samples=1, seed=0)
    with pytest.raises(ValueError, match="photoreal shows clean lenses only; 'c' has"):
        render_photoreal(scene, replace(camera(), lens_dirt=LensDirt(dust=0.5)), samples=1, seed=0)


def test_without_mitsuba_it_names_the_extra(monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(SimgenError, match=r"pip install 'simgen\[photoreal\]'"):
        render_photoreal(Scene(), camera(), samples=1, seed=0)


def test_both_renderers_see_and_shine_through_the_same_holes():
    mask = np.zeros((8, 8), bool)
    mask[:, 2:5] = True
    mask[6:, :] = True
    leaf = Texture(name="holed", pixels=np.full((8, 8, 3), 90, np.uint8), mask=mask)
    made_of = make_material("m", "plaster", texture=leaf)
    corners = np.array([[-1.0, -1, 1], [1, -1, 1], [1, 1, 1], [-1, 1, 1]])
    mesh = mesh_from_faces(corners, np.array([[0, 1, 2], [0, 2, 3]]), uv=(corners[:, :2] + 1.0) / 2.0)
    credit = Credit(author="test", licence="CC0-1.0", source="test")
    asset = Asset(name="a", category="box", mesh=mesh, materials=(made_of,), credit=credit)
    card = Instance(id=2, name="card", asset=asset, world_from_object=at(0, 0))
    scene = Scene(objects=(floor(), card), lights=(Sun(azimuth_deg=20.0, elevation_deg=50.0),))
    eye = camera((0.3, -2.0, 4.0), (0.0, 0.0, 0.5), (48, 36), 40.0)
    theirs = render_photoreal(scene, eye, samples=64, seed=1)
    mine = ours(scene, eye)
    view = render_view(scene, eye, Tracer(scene.objects), KEY, PLAIN)
    assert (theirs.instance_id != view.instance_id).sum() <= 4
    assert (view.instance_id == 2).sum() > 50
    dark = mine.mean(axis=-1) < 0.3 * np.median(mine)
    assert dark.sum() > 40
    assert theirs.nit.mean(axis=-1)[dark].mean() < 0.35 * np.median(theirs.nit)


def test_both_lenses_blur_an_edge_as_far():
    wall = thing(trimesh.creation.box((0.1, 60, 60)), 1, at(12.05, 0, 0), color=0.0)
    wall = replace(wall, materials=(replace(wall.surface[0], emission_nit=(100.0,) * 3),))
    panel = thing(trimesh.creation.box((0.1, 20, 20)), 2, at(4.05, -10, 0), color=0.0)
    opened = Aperture(diameter_mm=200.0, focus_m=12.0)
    eye = camera((0, 0, 0), (1, 0, 0), (64, 16), 100.0, aperture=opened)
    scene = Scene(objects=(wall, panel))
    settings = replace(PLAIN, blur_samples=64)
    mine = ours(scene, eye, settings)[..., 1].mean(axis=0)
    judge = render_photoreal(scene, eye, samples=256, seed=1).nit[..., 1].mean(axis=0)
    mine, judge = mine / mine.max(), judge / judge.max()
    assert np.abs(mine - judge).max() < 0.06
    assert ((judge > 0.1) & (judge < 0.9)).sum() >= 2


def test_a_shutter_that_takes_time_and_an_autofocus_are_refused():
    slow = camera(shutter=Shutter(exposure_s=0.01))
    with pytest.raises(ValueError, match=r"photoreal shows one instant; 'c' has exposure_s 0\.01 and readout_s 0\."):
        render_photoreal(Scene(), slow, samples=0, seed=0)
    with pytest.raises(ValueError, match="no autofocus; set focus_m of 'c'"):
        render_photoreal(Scene(), camera(aperture=Aperture(diameter_mm=5.0)), samples=0, seed=0)
