"""Claims about the camera: depth and normals in closed form, light by the laws of photometry, the same bytes always."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import trimesh

from simgen.geometry.pose import at, look_at
from simgen.render.camera import render_view
from simgen.render.compiled import use_threads
from simgen.render.environment import make_environment
from simgen.render.radiance import radiance
from simgen.render.settings import RenderSettings
from simgen.scene.asset import Asset, Credit
from simgen.scene.camera import Camera
from simgen.scene.light import AreaLight, ClearSky, PointLight, Sun, UniformSky
from simgen.scene.material import Texture, make_material
from simgen.scene.mesh import mesh_from_faces
from simgen.scene.scene import Instance, Scene
from simgen.trace.tracer import Tracer

CREDIT = Credit(author="test", licence="CC0-1.0", source="test")
PLAIN = RenderSettings(edge_samples=0, ambient_rays=0, reflections=False, white_balance=0.0)
KEY = np.uint64(7)


def thing(shape, number, pose=None, *, color=0.5, roughness=1.0, metallic=0.0, texture=None, uv=None, category="box"):
    material = make_material(
        "m", "plaster", (color, color, color), roughness=roughness, metallic=metallic, texture=texture
    )
    mesh = mesh_from_faces(shape.vertices, shape.faces, uv=uv)
    asset = Asset(name=f"a{number}", category=category, mesh=mesh, materials=(material,), credit=CREDIT)
    return Instance(id=number, name=f"t{number}", asset=asset, world_from_object=pose or at(0, 0))


def floor(**kw):
    return thing(trimesh.creation.box((400, 400, 2)), 1, at(0, 0, -1), **kw)


def camera(eye=(0.0, -0.001, 5.0), target=(0.0, 0.0, 0.0), size=(64, 48), focal=60.0):
    return Camera(
        name="c",
        width_px=size[0],
        height_px=size[1],
        fx_px=focal,
        fy_px=focal,
        cx_px=size[0] / 2,
        cy_px=size[1] / 2,
        rig_from_camera=look_at(eye, target),
        ev100=17.0,  # so bright that no highlight is clamped
    )


def luminance(scene, eye, settings=PLAIN, pixel=(24, 32)):
    image = radiance(scene, eye, Tracer(scene.objects), KEY, settings).nit
    return image[pixel[0] - 1 : pixel[0] + 1, pixel[1] - 1 : pixel[1] + 1].mean()


def test_depth_along_the_axis_and_normals_of_a_plane_in_closed_form():
    eye = camera((0.0, 0.0, 3.0), (10.0, 0.0, 0.0))
    scene = Scene(objects=(floor(),), sky=ClearSky(), lights=(Sun(azimuth_deg=0, elevation_deg=40),))
    view = render_view(scene, eye, Tracer(scene.objects), KEY, PLAIN)
    directions = eye.rig_from_camera.rotate(eye.directions(eye.pixel_centres()))
    axis = eye.rig_from_camera.rotate(np.array([0.0, 0.0, 1.0]))
    down = directions[:, 2] < -0.05
    expected = (-3.0 / directions[down, 2]) * (directions[down] @ axis)
    assert np.allclose(view.z_m.ravel()[down], expected, rtol=1e-5)
    assert (view.z_m.ravel()[directions[:, 2] > 0.01] == 0).all()
    up = eye.rig_from_camera.inverse.rotate(np.array([0.0, 0.0, 1.0]))
    assert np.allclose(view.normal.reshape(-1, 3)[down], up, atol=1e-5)
    assert (view.instance_id.ravel()[down] == 1).all()


@pytest.mark.parametrize("elevation_deg", [20.0, 50.0, 80.0])
def test_a_matte_plane_in_the_sun_follows_lambert(elevation_deg):
    sky, sun = ClearSky(turbidity=3.0), Sun(azimuth_deg=30.0, elevation_deg=elevation_deg)
    lit = Scene(objects=(floor(),), sky=sky, lights=(sun,))
    roof = thing(trimesh.creation.box((60, 60, 0.1)), 2, at(0, 0, 40))
    # Under a far roof the sky's light is nearly unchanged without occlusion rays, the sun's is gone.
    shaded = Scene(objects=(floor(), replace_at_sun(roof, sun)), sky=sky, lights=(sun,))
    direct = luminance(lit, camera()) - luminance(shaded, camera())
    # The mean of the three channels on both sides.
    normal_lux = float(make_environment(sky, sun).sun_lux.mean())
    expected = 0.5 / np.pi * normal_lux * np.sin(np.radians(elevation_deg))
    assert direct == pytest.approx(expected, rel=0.08)


def replace_at_sun(roof, sun):
    away = 40.0 / np.tan(np.radians(sun.elevation_deg))
    x, y = away * np.cos(np.radians(sun.azimuth_deg)), away * np.sin(np.radians(sun.azimuth_deg))
    return Instance(id=roof.id, name=roof.name, asset=roof.asset, world_from_object=at(x, y, 40))


def test_a_point_light_falls_off_with_the_square_of_its_distance():
    def under(height):
        light = PointLight(position_m=(0.0, 0.0, height), intensity_cd=(100.0, 100.0, 100.0))
        return luminance(Scene(objects=(floor(),), lights=(light,)), camera((0.0, -4.0, 4.0)))

    assert under(2.0) / under(4.0) == pytest.approx(4.0, rel=0.05)
    assert under(2.0) == pytest.approx(0.5 / np.pi * 100.0 / 4.0, rel=0.08)


def test_a_small_panel_lights_what_is_below_it_by_its_area():
    edge = 0.2
    light = AreaLight(
        center_m=(0.0, 0.0, 3.0), edge_u_m=(0.0, edge, 0.0), edge_v_m=(edge, 0.0, 0.0), luminance_nit=(5000.0,) * 3
    )
    found = luminance(Scene(objects=(floor(),), lights=(light,)), camera((0.0, -4.0, 4.0)))
    assert found == pytest.approx(0.5 / np.pi * 5000.0 * edge**2 / 9.0, rel=0.08)


def test_a_thing_between_light_and_floor_casts_a_shadow_where_geometry_says():
    light = PointLight(position_m=(0.0, 0.0, 4.0), intensity_cd=(1000.0,) * 3)
    slab = thing(trimesh.creation.box((1.0, 1.0, 0.05)), 2, at(0, 0, 2.0))
    scene = Scene(objects=(floor(), slab), lights=(light,))
    eye = camera((0.0, -0.001, 1.9), (0.0, 0.0, 0.0), size=(80, 80), focal=40.0)
    image = radiance(scene, eye, Tracer(scene.objects), KEY, PLAIN).nit[..., 1]
    # The slab's half edge of 0.5 m at 1.975 to 2.025 m below the light reaches 0.98 to 1.02 m on the floor.
    across = (np.arange(80) + 0.5 - 40) * 1.9 / 40
    dark = image[40] < 0.01 * image.max()
    assert dark[np.abs(across) < 0.95].all()
    assert not dark[np.abs(across) > 1.06].any()


@pytest.mark.parametrize(("metallic", "roughness"), [(0.0, 1.0), (0.0, 0.4), (1.0, 0.2)])
def test_a_white_surface_in_even_light_gives_back_about_what_it_gets(metallic, roughness):
    ball = thing(trimesh.creation.icosphere(5), 1, at(0, 0, 0), color=1.0, metallic=metallic, roughness=roughness)
    scene = Scene(objects=(ball,), sky=UniformSky(luminance_nit=(100.0,) * 3))
    found = luminance(scene, camera((0.0, -4.0, 0.0)))
    assert 85.0 < found < 106.0


def test_a_chequered_floor_far_away_is_an_even_grey():
    squares = np.kron([[0, 255] * 16, [255, 0] * 16] * 16, np.ones((4, 4))).astype(np.uint8)
    texture = Texture(name="chequers", pixels=np.repeat(squares[..., None], 3, axis=2))
    plane = trimesh.Trimesh(
        vertices=[(-200, -200, 0), (200, -200, 0), (200, 200, 0), (-200, 200, 0)], faces=[(0, 1, 2), (0, 2, 3)]
    )
    uv = np.array([[0, 0], [100, 0], [100, 100], [0, 100]], dtype=float)
    scene = Scene(
        objects=(thing(plane, 1, color=1.0, texture=texture, uv=uv),), sky=UniformSky(luminance_nit=(100.0,) * 3)
    )
    eye = camera((0.0, 0.0, 8.0), (150.0, 0.0, 0.0), size=(64, 48), focal=60.0)
    image = radiance(scene, eye, Tracer(scene.objects), KEY, PLAIN).nit[26:29, :, 1]
    assert image.std() < 0.12 * image.mean()
    assert image.mean() == pytest.approx(50.0, rel=0.2)


def test_a_slanted_edge_covers_pixels_by_their_share():
    plate = trimesh.Trimesh(vertices=[(-9, 0, -9), (9, 0, -9), (9, 0, 0.3)], faces=[(0, 1, 2)])
    board = thing(plate, 1, color=0.0)
    scene = Scene(objects=(board,), sky=UniformSky(luminance_nit=(100.0,) * 3))
    eye = camera((0.0, -5.0, -4.0), (0.0, 0.0, -4.0), size=(64, 48), focal=60.0)
    settings = RenderSettings(edge_samples=16, ambient_rays=0, reflections=False, white_balance=0.0)
    smooth = radiance(scene, eye, Tracer(scene.objects), KEY, settings).nit[..., 1] / 100.0
    uv, _ = eye.project(eye.rig_from_camera.inverse.apply(plate.vertices))
    a, b = uv[0], uv[2]
    side = (b[0] - a[0]) * (eye.pixel_centres()[:, 1] - a[1]) - (b[1] - a[1]) * (eye.pixel_centres()[:, 0] - a[0])
    distance = (side / np.linalg.norm(b - a)).reshape(48, 64)
    edge = np.abs(distance) < 0.4
    partly = (smooth > 0.08) & (smooth < 0.92)
    assert edge.sum() > 20
    assert partly[edge].mean() > 0.8
    assert abs(np.corrcoef(distance[edge], smooth[edge])[0, 1]) > 0.9


def test_the_same_scene_gives_the_same_bytes_for_any_number_of_threads():
    ball = thing(trimesh.creation.icosphere(4), 2, at(0, 0, 1), roughness=0.2, metallic=1.0)
    scene = Scene(objects=(floor(), ball), sky=ClearSky(), lights=(Sun(azimuth_deg=20, elevation_deg=30),))
    eye = camera((0.0, -6.0, 2.0), (0.0, 0.0, 1.0), size=(96, 72))
    pictures = []
    for threads in (1, 3):
        use_threads(threads)
        view = render_view(scene, eye, Tracer(scene.objects, threads), KEY, RenderSettings())
        pictures.append(view.rgb)
    use_threads(0)
    assert np.array_equal(pictures[0], pictures[1])


def test_one_stop_more_exposure_never_darkens_and_mid_tones_rise():
    scene = Scene(objects=(floor(),), sky=ClearSky(), lights=(Sun(azimuth_deg=20, elevation_deg=30),))
    eye = replace(camera((0.0, 0.0, 3.0), (10.0, 0.0, 0.0)), ev100=None)
    tracer = Tracer(scene.objects)
    normal = render_view(scene, eye, tracer, KEY, PLAIN)
    brighter = render_view(scene, replace(eye, exposure_bias_stops=1.0), tracer, KEY, PLAIN)
    assert brighter.ev100 == pytest.approx(normal.ev100 - 1.0)
    assert (brighter.rgb.astype(int) >= normal.rgb.astype(int) - 1).all()
    assert brighter.rgb.mean() > normal.rgb.mean() + 10


def test_labels_seen_through_glass_are_of_the_wall_and_the_picture_is_the_same():
    pane = thing(trimesh.creation.box((2, 2, 0.01)), 2, at(0, 0, 2))
    glass = make_material("glass", "glass", (0.9, 0.9, 0.9))
    pane = replace(pane, materials=(glass,))
    scene = Scene(objects=(floor(), pane), sky=UniformSky(luminance_nit=(500.0, 500.0, 500.0)))
    eye, tracer = camera(), Tracer(scene.objects)
    first = render_view(scene, eye, tracer, KEY, PLAIN)
    through = render_view(scene, eye, tracer, KEY, PLAIN, through_glass=True)
    assert (first.rgb == through.rgb).all()
    assert (first.instance_id == 2).any() and not (through.instance_id == 2).any()
    middle = (slice(20, 28), slice(28, 36))
    assert first.z_m[middle] == pytest.approx(5.0 - 2.005, rel=1e-4)
    assert through.z_m[middle] == pytest.approx(5.0, rel=1e-4)
    assert through.albedo[middle] == pytest.approx(0.5)


def test_the_floor_under_a_grey_pane_gets_what_its_two_faces_let_through():
    light = PointLight(position_m=(0.0, 0.0, 4.0), intensity_cd=(1000.0,) * 3)
    slab = thing(trimesh.creation.box((1.0, 1.0, 0.05)), 2, at(0, 0, 2.0))
    slab = replace(slab, materials=(make_material("glass", "glass", (0.6, 0.6, 0.6)),))
    eye = camera((0.0, -0.001, 1.9), (0.0, 0.0, 0.0))
    open_nit = luminance(Scene(objects=(floor(),), lights=(light,)), eye)
    under = luminance(Scene(objects=(floor(), slab), lights=(light,)), eye)
    # The slab is a closed box: light goes through its upper face and its lower one, each counted as a pane.
    assert under / open_nit == pytest.approx((0.6 * (1.0 - 2.0 * 0.04 / 1.04)) ** 2, rel=0.01)
