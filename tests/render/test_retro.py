"""Claims about surfaces that send light back: the peak is as the material says, and no light is gained."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from simgen.geometry.pose import at, look_at
from simgen.render.radiance import radiance
from simgen.render.settings import RenderSettings
from simgen.scene.asset import Asset, Credit
from simgen.scene.camera import Camera
from simgen.scene.light import PointLight
from simgen.scene.material import make_material
from simgen.scene.mesh import mesh_from_faces
from simgen.scene.scene import Instance, Scene
from simgen.trace.tracer import Tracer

PLAIN = RenderSettings(edge_samples=0, ambient_rays=0, reflections=False, white_balance=0.0)
FAR_M, CANDELA = 50.0, 1e5
EYE = np.array([0.0, -FAR_M * math.sin(0.5), FAR_M * math.cos(0.5)])


def seen(observation_deg: float, *, gain: float, width_deg: float = 1.0, substance="retro_sheet") -> float:
    """Return the luminance of a surface seen from `EYE`, the lamp off by an observation angle, at the same distance."""
    material = replace(
        make_material("m", substance, (0.6, 0.6, 0.6), roughness=1.0), retro_gain=gain, retro_width_deg=width_deg
    )
    corners = np.array([[-1.0, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]])
    mesh = mesh_from_faces(corners, np.array([[0, 1, 2], [0, 2, 3]]))
    credit = Credit(author="test", licence="CC0-1.0", source="test")
    asset = Asset(name="a", category="box", mesh=mesh, materials=(material,), credit=credit)
    thing = Instance(id=1, name="t", asset=asset, world_from_object=at(0, 0))
    a = math.radians(observation_deg)
    # Turned about the x axis' normal, so that the angle of incidence hardly changes.
    position = EYE * math.cos(a) + np.array([FAR_M * math.sin(a), 0.0, 0.0])
    lamp = PointLight(position_m=tuple(position), intensity_cd=(CANDELA,) * 3)
    camera = Camera(
        name="c", width_px=8, height_px=8, fx_px=900, fy_px=900, cx_px=4, cy_px=4,
        rig_from_camera=look_at(tuple(EYE), (0.0, 0.0, 0.0)), ev100=20.0,
    )  # fmt: skip
    scene = Scene(objects=(thing,), lights=(lamp,))
    return float(radiance(scene, camera, Tracer(scene.objects), np.uint64(7), PLAIN).nit[3:5, 3:5].mean())


def test_straight_back_comes_the_gain_times_what_a_surface_met_squarely_scatters():
    share = 2.0 * 50.0 * math.radians(1.0) ** 2
    plain, retro = seen(0.0, gain=0.0), seen(0.0, gain=50.0)
    per_lux = plain / math.cos(0.5)  # of the diffuse part, met squarely; a little of it is mirrored
    assert retro - (1.0 - share) * plain == pytest.approx(50.0 * per_lux, rel=0.03)


def test_at_one_width_61_percent_are_left_and_at_five_nothing():
    plain = seen(0.0, gain=0.0)
    peak = seen(0.0, gain=50.0) - plain
    assert (seen(1.0, gain=50.0) - plain) / peak == pytest.approx(math.exp(-0.5), abs=0.01)
    share = 2.0 * 50.0 * math.radians(1.0) ** 2
    assert seen(5.0, gain=50.0) == pytest.approx((1.0 - share) * seen(5.0, gain=0.0), rel=0.01)


def test_what_returns_in_all_is_what_the_diffuse_part_lost():
    gain, width = 50.0, 2.0
    material = replace(make_material("m", "retro_sheet"), retro_gain=gain, retro_width_deg=width)
    plain = seen(0.0, gain=0.0)
    angles = np.linspace(0.0, 8.0, 17)
    lost = 1.0 - seen(20.0, gain=gain, width_deg=width) / seen(20.0, gain=0.0)
    lobe = np.array([seen(a, gain=gain, width_deg=width) for a in angles]) / plain * math.cos(0.5) - (
        1.0 - lost
    ) * math.cos(0.5)
    # Over directions about the light, each counted with the solid angle it stands for.
    radians = np.radians(angles)
    whole = np.trapezoid(lobe * 2.0 * math.pi * np.sin(radians), radians) / math.pi
    assert lost == pytest.approx(material.retro_share, rel=0.03)
    assert whole == pytest.approx(material.retro_share, rel=0.05)


def test_more_light_than_falls_in_cannot_return():
    with pytest.raises(ValueError, match="so narrow that no more light returns than falls in"):
        replace(make_material("m", "retro_sheet"), retro_gain=100.0, retro_width_deg=8.0)
