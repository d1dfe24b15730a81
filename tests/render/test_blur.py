"""Claims about blur and shutter: lengths, discs and shears in closed form; labels that follow the rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import trimesh

from simgen.annotate.flow import flow
from simgen.annotate.objects import annotate
from simgen.annotate.pixels import surface_points
from simgen.frame import SEEN
from simgen.geometry.boxes import box_of_mask
from simgen.geometry.pose import CAMERA_AXES, at
from simgen.render.blur import blur_groups, reach_px
from simgen.render.camera import render_view
from simgen.render.compiled import use_threads
from simgen.render.eye import draw_samples
from simgen.render.radiance import radiance
from simgen.render.settings import RenderSettings
from simgen.scene.asset import Asset, Credit
from simgen.scene.camera import Camera
from simgen.scene.imager import Imager
from simgen.scene.lens import KannalaBrandt
from simgen.scene.material import make_material
from simgen.scene.mesh import mesh_from_faces
from simgen.scene.optics import Aperture, Shutter
from simgen.scene.scene import Instance, Scene
from simgen.trace.silhouette import silhouette
from simgen.trace.tracer import Tracer

CREDIT = Credit(author="test", licence="CC0-1.0", source="test")
PLAIN = RenderSettings(edge_samples=4, ambient_rays=0, reflections=False, white_balance=0.0, blur_samples=64)
KEY = np.uint64(5)
FOCAL_PX = 100.0


def thing(extents, number, place, velocity=(0.0, 0.0, 0.0), glow=0.0):
    shape = trimesh.creation.box(extents)
    material = replace(make_material("m", "plaster", (0.0, 0.0, 0.0)), emission_nit=(glow, glow, glow))
    mesh = mesh_from_faces(shape.vertices, shape.faces)
    asset = Asset(name=f"a{number}", category="box", mesh=mesh, materials=(material,), credit=CREDIT)
    return Instance(id=number, name=f"t{number}", asset=asset, world_from_object=at(*place), velocity_mps=velocity)


def camera(size=(80, 40), **kw):
    return Camera(
        name="c",
        width_px=size[0],
        height_px=size[1],
        fx_px=FOCAL_PX,
        fy_px=FOCAL_PX,
        cx_px=size[0] / 2,
        cy_px=size[1] / 2,
        rig_from_camera=CAMERA_AXES,
        ev100=16.0,
        **kw,
    )


def scene(*objects, eye, **kw):
    return Scene(objects=objects, sensors=(eye,), **kw)


def image(world, settings=PLAIN):
    return radiance(world, world.sensors[0], Tracer(world.objects), KEY, settings).nit[..., 1]


def view(world, settings=PLAIN):
    return render_view(world, world.sensors[0], Tracer(world.objects), KEY, settings)


def ramp_px(row):
    """Return how wide an edge's ramp is: of a straight one from 0 to 1, the integral of 6 x (1 - x) is its length."""
    share = (row - row.min()) / (row.max() - row.min())
    return float((6.0 * share * (1.0 - share)).sum())


@pytest.mark.parametrize(("speed", "exposure_s"), [(10.0, 0.05), (20.0, 0.02), (4.0, 0.1)])
def test_a_moving_edge_is_blurred_over_its_way_in_the_image(speed, exposure_s):
    depth = 5.0
    eye = camera(shutter=Shutter(exposure_s=exposure_s))
    panel = thing((0.2, 20, 20), 1, (depth + 0.1, -10.0, 0), (0.0, speed, 0.0), glow=1000.0)
    row = image(scene(panel, eye=eye))[20]
    assert ramp_px(row) == pytest.approx(FOCAL_PX * speed * exposure_s / depth, abs=0.6)
    assert row.mean() == pytest.approx(500.0, rel=0.03)  # the edge's middle stays where the labels have it


@pytest.mark.parametrize("how", ["given", "metered"])
def test_without_a_time_of_its_own_the_shutter_is_open_as_long_as_the_imager_says(how):
    depth, speed = 5.0, 10.0
    exact = Imager(full_well_e=1e4, exposure_s=0.04) if how == "given" else Imager()
    eye = replace(camera(shutter=Shutter(exposure_s=None)), imager=exact, ev100=8.0)
    panel = thing((0.2, 20, 20), 1, (depth + 0.1, -10.0, 0), (0.0, speed, 0.0), glow=2.0)
    world = scene(panel, eye=eye)
    found = radiance(world, eye, Tracer(world.objects), KEY, PLAIN)
    assert found.exposure.exposure_s == pytest.approx(0.04 if how == "given" else exact.f_number**2 / 2**8)
    assert found.camera.shutter.exposure_s == found.exposure.exposure_s
    wide = ramp_px(found.nit[20, :, 1])
    assert wide == pytest.approx(FOCAL_PX * speed * found.exposure.exposure_s / depth, abs=0.6)


def test_a_moving_camera_blurs_what_is_near_and_leaves_what_is_far():
    eye = camera(shutter=Shutter(exposure_s=0.02))
    far, near = (
        thing((1, 100, 40), 1, (100.5, -50, 20), glow=1000.0),
        thing((0.1, 5, 5), 2, (2.05, -2.5, -2.5), glow=1000.0),
    )
    picture = image(scene(far, near, eye=eye, rig_velocity_mps=(0.0, 10.0, 0.0)))
    assert ramp_px(picture[5]) < 1.0  # the way is 0.2 px there
    assert ramp_px(picture[35]) == pytest.approx(FOCAL_PX * 0.2 / 2.0, abs=0.6)


@pytest.mark.parametrize("depth", [0.5, 1.0, 4.0, 40.0])
def test_an_edge_out_of_focus_is_as_wide_as_its_circle_of_confusion(depth):
    focus, diameter = 1.0, 0.05
    eye = camera(aperture=Aperture(diameter_mm=1000 * diameter, focus_m=focus))
    panel = thing((0.2, 200, 200), 1, (depth + 0.1, -100, 0), glow=1000.0)
    row = image(scene(panel, eye=eye))[20]
    circle = FOCAL_PX * diameter * abs(1 / focus - 1 / depth)
    # A disc's edge is the integral of its chords, 6 x (1 - x) over which comes to 0.81 of its diameter.
    across = np.linspace(-0.5, 0.5, 20001)
    share = np.cumsum(np.sqrt(0.25 - across**2))
    share /= share[-1]
    expected = circle * float(np.mean(6 * share * (1 - share)))
    assert ramp_px(row) == pytest.approx(expected, abs=0.15 * expected + (0.7 if circle else 1.0))


def test_f_number_and_focal_length_tell_the_opening():
    assert Aperture(f_number=2.0, focal_length_mm=50.0).diameter_m == pytest.approx(0.025)
    with pytest.raises(ValueError, match="either f_number with focal_length_mm, or diameter_mm"):
        Aperture(f_number=2.0)
    with pytest.raises(ValueError, match="no plane in focus"):
        camera(lens=KannalaBrandt(), aperture=Aperture(diameter_mm=1.0))


def test_autofocus_takes_the_middle_and_the_view_says_so():
    eye = camera(aperture=Aperture(f_number=1.0, focal_length_mm=50.0))
    seen = view(scene(thing((0.2, 1, 1), 1, (3.1, 0, 0), glow=1000.0), thing((1, 99, 99), 2, (20, 0, 0)), eye=eye))
    assert seen.camera.aperture is not None
    assert seen.camera.aperture.focus_m == pytest.approx(3.0, rel=1e-4)


def test_labels_know_no_blur():
    world = [thing((0.2, 1, 1), 1, (3.1, 0, 0), (0, 5.0, 0)), thing((1, 99, 99), 2, (20, 0, 0))]
    plain = view(scene(*world, eye=camera(), rig_velocity_mps=(9.0, 0.0, 0.0)))
    opened = camera(shutter=Shutter(exposure_s=0.05), aperture=Aperture(diameter_mm=40.0, focus_m=9.0))
    blurred = view(scene(*world, eye=opened, rig_velocity_mps=(9.0, 0.0, 0.0)))
    for name in ("z_m", "instance_id", "normal", "albedo"):
        assert getattr(plain, name).tobytes() == getattr(blurred, name).tobytes()


def rolling(speed, readout_s=0.05, depth=10.0, **kw):
    eye = camera((160, 120), shutter=Shutter(readout_s=readout_s))
    pole = thing((0.2, 0.8, 30), 1, (depth + 0.1, 0, 0), **kw)
    return scene(pole, thing((1, 300, 300), 2, (60, 0, 0)), eye=eye, rig_velocity_mps=(0.0, speed, 0.0)), eye


def columns_of(seen, row):
    return np.flatnonzero(seen.instance_id[row] == 1).mean() + 0.5


@pytest.mark.parametrize("speed", [20.0, -8.0])
def test_a_pole_passed_by_is_sheared_by_the_readout(speed):
    world, _ = rolling(speed)
    seen = view(world)
    # From the left the pole moves to the right: v t f / z, t from the first row's to the last one's.
    expected = speed * 0.05 * (119 / 120) * FOCAL_PX / 10.0
    assert columns_of(seen, 119) - columns_of(seen, 0) == pytest.approx(expected, abs=1.01)
    assert columns_of(seen, 60) == pytest.approx(80.0, abs=1.01)


def test_a_pole_that_moves_is_sheared_as_much_the_other_way():
    world, _ = rolling(0.0, velocity=(0.0, -20.0, 0.0))
    passed, _ = rolling(20.0)
    assert (view(world).instance_id == view(passed).instance_id).mean() > 0.998


def test_masks_outlines_and_boxes_follow_the_rows():
    world, eye = rolling(15.0)
    seen = view(world)
    _, annotations = annotate(world, (seen,))
    found = next(a for a in annotations if a.instance_id == 1)
    assert found.box_px == box_of_mask(seen.instance_id == 1)
    pose = world.world_from_rig @ eye.rig_from_camera
    outline = silhouette(world.objects[0], eye, pose, world.rig_motion)
    assert outline is not None
    whole = np.zeros(seen.instance_id.shape, dtype=bool)
    x0, y0, x1, y1 = outline.box_px
    whole[y0:y1, x0:x1] = outline.mask
    assert (whole != (seen.instance_id == 1)).sum() <= 4
    assert found.occluded_fraction < 0.01


def test_depth_of_a_wall_ahead_follows_the_rows_times():
    eye = camera((40, 60), shutter=Shutter(readout_s=0.1))
    wall = thing((1, 99, 99), 1, (10.5, 0, 0))
    seen = view(scene(wall, eye=eye, rig_velocity_mps=(10.0, 0.0, 0.0)))
    times = ((np.arange(60) + 0.5) / 60 - 0.5) * 0.1
    assert np.allclose(seen.z_m, (10.0 - 10.0 * times)[:, None], atol=1e-4)
    assert (seen.instance_id == 1).all()
    assert np.allclose(surface_points(seen)[:, 0], 10.0, atol=1e-4)


def test_points_of_moving_objects_are_told_for_the_scenes_instant():
    world, _ = rolling(5.0, velocity=(0.0, -20.0, 0.0))
    seen = view(world)
    on = surface_points(seen)[seen.instance_id.ravel() == 1]
    assert np.abs(on[:, 1]).max() <= 0.4 + 1e-4 and np.allclose(on[:, 0], 10.0, atol=0.21)


def test_nothing_that_moves_means_nothing_that_blurs():
    objects = [thing((0.2, 1, 1), 1, (3.1, 0, 0), glow=500.0), thing((1, 99, 99), 2, (20, 0, 0))]
    slow = camera(shutter=Shutter(exposure_s=0.1, readout_s=0.1))
    plain, long = image(scene(*objects, eye=camera())), image(scene(*objects, eye=slow))
    assert np.allclose(plain, long, rtol=1e-4)


def test_the_bytes_are_the_same_for_any_number_of_threads():
    eye = camera(shutter=Shutter(exposure_s=0.02, readout_s=0.02), aperture=Aperture(diameter_mm=30.0, focus_m=2.0))
    world = scene(
        thing((0.2, 1, 1), 1, (3.1, 0, 0), (0, 9.0, 0), glow=900.0),
        thing((1, 99, 99), 2, (20, 0, 0), glow=90.0),
        eye=eye,
        rig_velocity_mps=(9.0, 0.0, 0.0),
    )
    pictures = []
    for threads in (1, 2):
        use_threads(threads)
        pictures.append(render_view(world, eye, Tracer(world.objects, threads), KEY, PLAIN).rgb)
    use_threads(0)
    assert np.array_equal(pictures[0], pictures[1])


def test_samples_are_even_in_time_and_over_the_opening():
    drawn = draw_samples(np.arange(16), 16, np.array([0.3, 0.7]))
    assert (np.sort(np.floor((drawn.share + 0.5) * 16), axis=1) == np.arange(16)).all()
    radius = np.linalg.norm(drawn.lens, axis=-1)
    assert radius.max() <= 0.5
    assert (radius**2).mean() == pytest.approx(0.125, rel=0.03)  # of a disc of diameter 1
    assert np.abs(drawn.lens.mean(axis=(0, 1))).max() < 0.02


def test_a_blur_reaches_half_its_length_and_no_farther():
    blur = np.zeros((41, 41))
    blur[20, 20] = 8.0
    reach = reach_px(blur)
    assert reach[20, 24] == 8.0 and reach[20, 27] == 0.0
    groups = list(blur_groups(reach, 8))
    assert [samples for _, samples in groups] == [8] and (reach.ravel()[groups[0][0]] > 0).all()


def test_a_turning_rig_shears_far_and_near_alike_and_normals_follow():
    eye = camera((160, 120), shutter=Shutter(readout_s=0.1))
    pole, wall = thing((0.4, 1.0, 90), 1, (30, 0, 0)), thing((1, 900, 900), 2, (90.5, 0, 0))
    world = scene(pole, wall, eye=eye, rig_yaw_rate_rps=0.4)
    seen = view(world)
    # To the left turns the camera, to the right go things: f tan(rate t).
    expected = FOCAL_PX * np.tan(0.4 * 0.05) * 2
    assert columns_of(seen, 119) - columns_of(seen, 0) == pytest.approx(expected, abs=1.01)
    times = ((np.arange(120) + 0.5) / 120 - 0.5) * 0.1
    behind = seen.normal[:, 5]
    assert np.allclose(np.arctan2(behind[:, 0], -behind[:, 2]), -0.4 * times, atol=1e-4)
    assert np.allclose(surface_points(seen).reshape(120, 160, 3)[:, 5, 0], 90.0, atol=1e-3)


def test_flow_leads_to_where_the_other_frames_rows_show_the_point():
    world, _ = rolling(20.0)
    there = replace(world, world_from_rig=at(0, 0.5, 0))
    here_seen, there_seen = view(world), view(there)
    found = flow(world, here_seen, there, Tracer(there.objects))
    for row in (5, 60, 114):
        on = np.flatnonzero(here_seen.instance_id[row] == 1)
        landed = on + 0.5 + found.uv_px[row, on, 0]
        assert np.abs(landed.mean() - columns_of(there_seen, row)) < 0.6
        assert (found.state[row, on] == SEEN).all()
