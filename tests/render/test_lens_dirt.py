"""What lies on the lens: drops show the scene upside down, films take and spread light, and labels stay."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from simgen.geometry.pose import Pose
from simgen.render.camera import render_view
from simgen.render.compiled import use_threads
from simgen.render.environment import make_environment
from simgen.render.lens_dirt import dirt_maps, through_dirt
from simgen.render.lens_drops import Spots, refract, scattered, soil, upside_down
from simgen.render.radiance import radiance
from simgen.render.settings import RenderSettings
from simgen.rig import CameraMount
from simgen.scene.asset import Asset, Credit
from simgen.scene.lens_dirt import LensDirt
from simgen.scene.light import UniformSky
from simgen.scene.material import make_material
from simgen.scene.mesh import mesh_from_faces
from simgen.scene.scene import Instance, Scene
from simgen.trace.tracer import Tracer

KEY = np.uint64(4)
PLAIN = RenderSettings(edge_samples=0, ambient_rays=0, reflections=False, white_balance=0.0)
CREDIT = Credit(author="test", licence="CC0-1.0", source="test")


def wall(dirt: LensDirt) -> Scene:
    """A wall up to the horizon, sky above it."""
    corners = np.array([[0, -200, -200], [0, 200, -200], [0, 200, 0], [0, -200, 0]], dtype=float)
    mesh = mesh_from_faces(corners, np.array([[0, 2, 1], [0, 3, 2]]))
    dark = replace(make_material("dark", "plaster"), base_color=(0.05, 0.05, 0.05))
    asset = Asset(name="wall", category="building", mesh=mesh, materials=(dark,), credit=CREDIT)
    return Scene(
        objects=(Instance(id=1, name="wall", asset=asset, world_from_object=Pose((1, 0, 0, 0), (20.0, 0, 0))),),
        sky=UniformSky(luminance_nit=(1000.0, 1000.0, 1000.0)),
        sensors=(CameraMount(width_px=200, height_px=150, ev100=10.0, lens_dirt=dirt).build(),),
    )


def seen_through(dirt: LensDirt):
    scene = wall(dirt)
    eye, tracer = scene.sensors[0], Tracer(scene.objects)
    image = radiance(scene, eye, tracer, KEY, PLAIN)
    return image.nit, *through_dirt(image.nit, scene, eye, image.hits, tracer, KEY)


def test_a_drop_shows_the_sky_below_and_the_wall_above() -> None:
    scene = wall(LensDirt())
    eye, tracer = scene.sensors[0], Tracer(scene.objects)
    image = radiance(scene, eye, tracer, KEY, PLAIN)
    sky = make_environment(scene.sky, None)
    shown = upside_down(image.nit, image.hits, eye, eye.rig_from_camera, sky, tracer)
    assert shown[20:, 8:24].mean() == pytest.approx(1000.0, rel=0.01)
    assert shown[:12, 8:24].mean() < 200.0
    drop = Spots(np.array([[40.0, 30.0]]), np.array([20.0]), np.zeros((1, 4)), np.ones(1))
    water, light = refract((60, 80), drop, shown)
    assert water.sum() == pytest.approx(math.pi * 20.0**2, rel=0.01)
    assert light[45, 40].mean() > 3 * light[15, 40].mean()
    # Darker towards its rim.
    assert light[48, 40].mean() < light[40, 40].mean()


def test_there_are_as_many_spots_as_asked_for_and_of_that_size() -> None:
    spots = scattered(KEY, 900, per_cm2=2.0, size_mm=2.0, cells_per_mm=5.0, shape=(1000, 2000))
    inside = ((spots.place >= 0) & (spots.place < (2000, 1000))).all(axis=1)
    expected = 2.0 * 40.0 * 20.0  # the grid is 40 by 20 cm
    assert inside.sum() == pytest.approx(expected, abs=4 * math.sqrt(expected))
    assert np.median(spots.radius) == pytest.approx(5.0, rel=0.05)


def test_a_speck_smaller_than_a_cell_dims_it_by_its_share() -> None:
    passed = np.ones((9, 9), np.float32)
    soil(passed, Spots(np.array([[4.5, 4.5]]), np.array([0.1]), np.zeros((1, 4)), np.array([1.0])))
    assert (1.0 - passed).sum() == pytest.approx(0.04, rel=0.3)
    large = np.ones((60, 60), np.float32)
    soil(large, Spots(np.array([[30.0, 30.0]]), np.array([20.0]), np.zeros((1, 4)), np.array([0.5])))
    assert (1.0 - large).sum() == pytest.approx(0.5 * math.pi * 400, rel=0.02)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_frost_covers_its_share_of_the_glass(share: float) -> None:
    _, _, mask = seen_through(LensDirt(frost=share, aperture_m=0.0))
    assert (mask < 0.999).mean() == pytest.approx(share, abs=0.01)
    middle, rim = mask[60:90, 80:120].mean(), np.concatenate([mask[0], mask[-1]]).mean()
    assert rim < middle


def test_out_of_focus_drops_keep_their_sum() -> None:
    sharp, soft = (
        seen_through(LensDirt(drops_per_cm2=0.5, drop_mm=3.0, running=0.0, aperture_m=a, pattern=3))[2]
        for a in (0.0, 0.004)
    )
    assert (1 - soft).mean() == pytest.approx((1 - sharp).mean(), rel=0.15)
    # A hard edge becomes as wide as the aperture's image.
    assert np.abs(np.diff(soft, axis=1)).max() < 0.3 < np.abs(np.diff(sharp, axis=1)).max()


def test_grease_spreads_light_and_hardly_loses_any() -> None:
    clean, smeared, mask = seen_through(LensDirt(smear=1.0))
    assert mask.min() < 0.6
    assert smeared.mean() == pytest.approx(clean.mean(), rel=0.1)
    assert smeared[100:140].mean() > 1.05 * clean[100:140].mean()  # the dark wall gains light from the sky


def test_dust_takes_light_in_proportion() -> None:
    half, full = (1 - seen_through(LensDirt(dust=d))[2].mean() for d in (0.5, 1.0))
    assert 0.2 < half < 0.6 * full + 0.1
    assert full > 0.4


def test_a_pattern_stays_from_frame_to_frame_and_none_is_drawn_anew() -> None:
    for pattern, same in ((5, True), (None, False)):
        scene = wall(LensDirt(drops_per_cm2=1.0, pattern=pattern))
        eye, tracer = scene.sensors[0], Tracer(scene.objects)
        image = radiance(scene, eye, tracer, KEY, PLAIN)
        masks = [through_dirt(image.nit, scene, eye, image.hits, tracer, np.uint64(k))[1] for k in (1, 2)]
        assert (masks[0].tobytes() == masks[1].tobytes()) == same


def test_a_larger_image_shows_the_same_drops() -> None:
    dirt = LensDirt(drops_per_cm2=0.5, drop_mm=4.0, running=0.0, aperture_m=0.0, pattern=1)
    masks = []
    for scale in (1, 2):
        scene = wall(dirt)
        eye = CameraMount(width_px=200 * scale, height_px=150 * scale, lens_dirt=dirt).build()
        image = radiance(scene, eye, Tracer(scene.objects), KEY, PLAIN)
        maps = dirt_maps(image.nit, scene, eye, image.hits, Tracer(scene.objects), np.uint64(2))
        masks.append(maps.passed)
    halved = masks[1].reshape(150, 2, 200, 2).mean(axis=(1, 3))
    assert np.abs(halved - masks[0]).mean() < 0.02 and masks[0].min() == 0.0


def test_the_number_of_threads_changes_no_drop() -> None:
    dirt, seen = LensDirt(drops_per_cm2=2.0, running=0.5, dust=0.5, smear=0.3, frost=0.2), []
    try:
        for threads in (1, 2):
            use_threads(threads)
            seen.append(b"".join(part.tobytes() for part in seen_through(dirt)))
    finally:
        use_threads(0)
    assert seen[0] == seen[1]


def test_a_clean_lens_changes_nothing_and_a_dirty_one_no_label() -> None:
    nit, out, mask = seen_through(LensDirt())
    assert out is nit and mask is None
    clean, dirty = wall(LensDirt()), wall(LensDirt(drops_per_cm2=2.0, dust=0.5))
    tracer = Tracer(clean.objects)
    one, other = (render_view(scene, scene.sensors[0], tracer, KEY, PLAIN) for scene in (clean, dirty))
    assert (one.rgb != other.rgb).any()
    for truth in ("z_m", "instance_id", "normal", "albedo"):
        assert getattr(one, truth).tobytes() == getattr(other, truth).tobytes()
    assert one.lens_mask is None and other.lens_mask.shape == (150, 200)
    assert 0.0 <= other.lens_mask.min() < 0.5 < other.lens_mask.max() <= 1.0


def test_impossible_dirt_is_refused() -> None:
    with pytest.raises(ValueError, match="frost must lie in 0 to 1, got 2"):
        LensDirt(frost=2.0)
    with pytest.raises(ValueError, match=r"glass_m must lie in 0\.002 to 1, got 5"):
        replace(LensDirt(), glass_m=5.0)
