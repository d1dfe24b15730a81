"""Claims about normal maps: a map of one tilt is a tilted plane, what the filter loses is roughness, energy stays."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simgen.geometry.pose import at, look_at
from simgen.render.atlas import pack_materials
from simgen.render.radiance import radiance
from simgen.render.relief import slopes_over, widened
from simgen.render.settings import RenderSettings
from simgen.scene.asset import Asset, Credit
from simgen.scene.camera import Camera
from simgen.scene.light import Sun, UniformSky
from simgen.scene.material import Texture, make_material
from simgen.scene.mesh import mesh_from_faces
from simgen.scene.scene import Instance, Scene
from simgen.trace.tracer import Tracer

CREDIT = Credit(author="test", licence="CC0-1.0", source="test")
PLAIN = RenderSettings(edge_samples=0, ambient_rays=0, reflections=False, white_balance=0.0)
TILT = math.atan2(60, 111.9)  # a direction that eight bits hold nearly exactly: 60, 0, 112


def tilted_map(x: int, y: int) -> Texture:
    z = round(math.sqrt(127**2 - x * x - y * y))
    return Texture(name="tilted", pixels=np.full((4, 4, 3), (128 + x, 128 + y, 128 + z), np.uint8))


def plane(corners, normal_texture=None, uv=None, roughness=0.6, color=0.5, number=1):
    uv = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float64) if uv is None else np.asarray(uv, np.float64)
    material = make_material("m", "plaster", (color, color, color), roughness=roughness, normal_texture=normal_texture)
    mesh = mesh_from_faces(np.asarray(corners, np.float64), np.array([[0, 1, 2], [0, 2, 3]]), uv=uv)
    asset = Asset(name=f"a{number}", category="box", mesh=mesh, materials=(material,), credit=CREDIT)
    return Instance(id=number, name=f"t{number}", asset=asset, world_from_object=at(0, 0))


def square(half=2.0, tilt=0.0, turn=0.0):
    """Return the corners of a square facing up, its normal leaning by ``tilt`` towards the heading ``turn``."""
    flat = np.array([[-half, -half, 0], [half, -half, 0], [half, half, 0], [-half, half, 0]])
    c, s = math.cos(tilt), math.sin(tilt)
    lean = flat @ np.array([[c, 0, -s], [0, 1, 0], [s, 0, c]])
    c, s = math.cos(turn), math.sin(turn)
    return lean @ np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]])


def luminance(instance, sun, sky=None, eye=(0.0, -1.5, 4.0), settings=PLAIN):
    camera = Camera(
        name="c", width_px=32, height_px=24, fx_px=200, fy_px=200, cx_px=16, cy_px=12,
        rig_from_camera=look_at(eye, (0.0, 0.0, 0.0)), ev100=17.0,
    )  # fmt: skip
    lights = () if sun is None else (sun,)
    scene = Scene(objects=(instance,), lights=lights, sky=sky)
    image = radiance(scene, camera, Tracer(scene.objects), np.uint64(7), settings).nit
    return image[11:13, 15:17].mean()


@pytest.mark.parametrize(("x", "y", "heading_deg"), [(60, 0, 0), (-60, 0, 180), (0, 60, 90), (0, -60, 270)])
def test_a_map_of_one_tilt_shades_as_a_plane_tilted_that_way(x, y, heading_deg):
    sun = Sun(azimuth_deg=30.0, elevation_deg=40.0)
    mapped = luminance(plane(square(), tilted_map(x, y)), sun)
    tilted = luminance(plane(square(tilt=TILT, turn=math.radians(heading_deg))), sun)
    flat = luminance(plane(square()), sun)
    assert mapped == pytest.approx(tilted, rel=0.01)
    assert abs(mapped - flat) > 0.05 * flat


def test_mirrored_texture_coordinates_mirror_the_map():
    sun = Sun(azimuth_deg=30.0, elevation_deg=40.0)
    mirrored = plane(square(), tilted_map(60, 0), uv=[[1, 0], [0, 0], [0, 1], [1, 1]])
    assert luminance(mirrored, sun) == pytest.approx(luminance(plane(square(), tilted_map(-60, 0)), sun), rel=1e-5)


def test_a_flat_map_changes_nothing():
    sun = Sun(azimuth_deg=30.0, elevation_deg=40.0)
    assert luminance(plane(square(), tilted_map(0, 0)), sun) == pytest.approx(luminance(plane(square()), sun), rel=1e-6)


def test_wholly_filtered_bumps_are_a_flat_surface_whose_lobe_widened_by_the_variance_of_their_slopes():
    pixels = np.empty((64, 64, 3), np.uint8)
    pixels[:] = (128, 128, 255)
    leaning = (np.indices((64, 64)).sum(axis=0) % 2).astype(bool)
    pixels[leaning], pixels[~leaning] = (128 + 38, 128, 128 + 121), (128 - 38, 128, 128 + 121)
    material = make_material("m", "plaster", normal_texture=Texture(name="zigzag", pixels=pixels))
    reliefs = pack_materials([material]).reliefs
    x, y, variance = slopes_over(reliefs, 0, 0.3, 0.7, 1.0, 0.0, 0.0, 1.0)
    assert (x, y) == pytest.approx((0.0, 0.0), abs=0.003)
    assert variance == pytest.approx((38 / 121) ** 2, rel=0.02)
    assert widened(0.2, variance) ** 4 == pytest.approx(0.2**4 + (38 / 121) ** 2, rel=0.02)


def test_a_white_furnace_stays_white_under_bumps():
    rng = np.random.default_rng(1)
    slopes = rng.normal(0.0, 0.35, (32, 32, 2))
    vector = np.dstack([slopes, np.ones((32, 32))])
    vector /= np.linalg.norm(vector, axis=2, keepdims=True)
    bumps = Texture(name="bumps", pixels=np.rint(128 + 127 * vector).clip(0, 255).astype(np.uint8))
    sky = UniformSky(luminance_nit=(1000.0, 1000.0, 1000.0))
    for texture in (None, bumps):
        value = luminance(plane(square(), texture, roughness=0.8, color=1.0), None, sky)
        assert value == pytest.approx(1000.0, rel=0.04)
