"""Claims about how a sensor makes a picture: photon transfer, exposure, lens, mosaic, colour, and that labels stay."""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np
import pytest
import trimesh

from simgen import spec
from simgen.assets.imagers import imager_presets, make_imager
from simgen.errors import RecipeError
from simgen.geometry.pose import at, look_at
from simgen.render.camera import render_view
from simgen.render.compiled import use_threads
from simgen.render.develop import develop
from simgen.render.exposure import meter, saturation_nit
from simgen.render.imager import take_picture
from simgen.render.metering import expose
from simgen.render.noise import sensor_key
from simgen.render.optics import blurred, scattered, through_optics, vignetting
from simgen.render.radiance import radiance
from simgen.render.sensor import overfill_nit, readout_of, sense
from simgen.render.settings import RenderSettings
from simgen.rig import CameraMount
from simgen.scene.asset import Asset, Credit
from simgen.scene.camera import Camera
from simgen.scene.imager import IDEAL, Imager
from simgen.scene.light import PointLight, UniformSky
from simgen.scene.material import make_material
from simgen.scene.mesh import mesh_from_faces
from simgen.scene.scene import Instance, Scene
from simgen.scene.white import white
from simgen.trace.tracer import Tracer

KEY = sensor_key(1, 2, "c")
ONES = np.ones(3)
PLAIN = RenderSettings(edge_samples=0, ambient_rays=0, reflections=False)
SENSOR = Imager(full_well_e=10000.0, bits=12, black_level_dn=64, read_noise_e=6.0, longest_exposure_s=0.01)


def camera(imager=IDEAL, width=160, height=120, **kw):
    return Camera(
        name="c", width_px=width, height_px=height, fx_px=100.0, fy_px=100.0, cx_px=width / 2, cy_px=height / 2,
        imager=imager, **kw,
    )  # fmt: skip


def flat(eye, share, exposure, color=(1.0, 1.0, 1.0)):
    """An even image of a share of what overfills the sensor."""
    nit = share * overfill_nit(eye.imager, exposure.ev100)
    return np.full((eye.height_px, eye.width_px, 3), nit, np.float32) * np.array(color, np.float32)


def exposed(eye, ev100=10.0):
    return expose(replace(eye, ev100=ev100), np.ones((2, 2)))


@pytest.mark.parametrize("iso", [100.0, 800.0])
def test_variance_against_mean_is_a_line_with_the_set_gain_and_read_noise(iso):
    # The photon transfer of EMVA 1288, section 6: var = K^2 read^2 + 1/12 + K (mean - black).
    eye = camera(replace(SENSOR, iso=iso), 400, 300)
    exposure = exposed(eye)
    gain = readout_of(eye, exposure).dn_per_e
    shares = np.linspace(0.02, 0.7, 9)
    raws = [sense(flat(eye, share, exposure), eye, exposure, KEY).astype(float) for share in shares]
    mean, variance = np.array([r.mean() for r in raws]), np.array([r.var() for r in raws])
    slope, offset = np.polyfit(mean - 64.0, variance, 1)
    assert slope == pytest.approx(gain, rel=0.03)
    assert gain == pytest.approx((4095 - 64) / 10000.0 * iso / 100.0)
    dark = sense(flat(eye, 0.0, exposure), eye, exposure, KEY).astype(float)
    assert dark.var() == pytest.approx((gain * 6.0) ** 2 + 1 / 12, rel=0.03)
    assert offset == pytest.approx(dark.var(), abs=0.02 * variance.max())
    assert np.allclose(mean - 64.0, shares * (4095 - 64), rtol=0.01)


@pytest.mark.parametrize("mean_e", [0.3, 3.0, 15.9, 16.1, 40.0, 1000.0])
def test_photons_have_the_moments_of_poisson(mean_e):
    # One raw value an electron.
    eye = camera(Imager(full_well_e=4095.0, bits=12), 500, 400)
    exposure = exposed(eye)
    counts = sense(flat(eye, mean_e / 4095.0, exposure), eye, exposure, KEY).astype(float).ravel()
    n = len(counts)
    assert counts.mean() == pytest.approx(mean_e, abs=5 * math.sqrt(mean_e / n))
    assert counts.var() == pytest.approx(mean_e, rel=5 * math.sqrt((2 + 1 / mean_e) / n) + 0.002)
    skewness = ((counts - counts.mean()) ** 3).mean() / counts.std() ** 3
    assert skewness == pytest.approx(1 / math.sqrt(mean_e), abs=0.03 + 0.03 / math.sqrt(mean_e))


def test_one_stop_doubles_the_signal():
    eye = camera(SENSOR)
    nit = flat(eye, 0.2, exposed(eye, 10.0))
    signal = [sense(nit, eye, exposed(eye, ev100), KEY).mean() - 64.0 for ev100 in (10.0, 9.0, 8.0)]
    assert np.allclose(np.diff(np.log2(signal)), 1.0, atol=0.01)
    brighter = expose(replace(eye, ev100=13.0, exposure_bias_stops=1.0), nit[..., 0])
    assert brighter.ev100 == 12.0 and brighter.exposure_s == pytest.approx(2 * exposed(eye, 13.0).exposure_s)


def test_what_overfills_a_pixel_is_the_highest_value_and_white():
    eye = camera(replace(SENSOR, bayer="RGGB", response_rgb=(0.5, 1.0, 0.6), crosstalk=0.2))
    exposure = exposed(eye)
    raw = sense(flat(eye, 4.0, exposure, (1.0, 0.9, 0.7)), eye, exposure, KEY)
    assert (raw > 4000).all() and raw.max() == 4095
    light = sense(flat(eye, 40.0, exposure, (1.0, 0.9, 0.7)), eye, exposure, KEY)
    assert (develop(light, eye.imager, np.array([0.9, 1.0, 1.4]), "filmic") > 250).all()


def test_the_same_brightness_has_fewer_electrons_at_a_higher_iso():
    def noise(iso):
        eye = camera(replace(SENSOR, iso=iso, read_noise_e=0.0))
        raw = sense(flat(eye, 0.3, exposed(eye)), eye, exposed(eye), KEY) - 64.0
        return raw.std() / raw.mean()

    assert noise(1600.0) / noise(100.0) == pytest.approx(4.0, rel=0.03)


def test_the_fixed_pattern_is_the_same_in_every_picture_of_a_camera():
    eye = camera(replace(SENSOR, read_noise_e=0.0, prnu=0.02, dsnu_e=20.0), 200, 150)
    exposure = exposed(eye)
    nit = flat(eye, 0.5, exposure)
    one, two = (sense(nit, eye, exposure, sensor_key(0, frame, "c")).astype(float).ravel() for frame in (0, 1))
    other = sense(nit, replace(eye, name="d"), exposure, KEY).astype(float).ravel()
    # Shot noise of 5000 electrons against 2 % of them and 20.
    expected = (100.0**2 + 20.0**2) / (100.0**2 + 20.0**2 + 5000.0)
    assert np.corrcoef(one, two)[0, 1] == pytest.approx(expected, abs=0.02)
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.03


def test_dark_current_grows_with_exposure_time():
    dark = np.zeros((120, 160, 3), np.float32)
    for exposure_s in (0.005, 0.01):
        eye = camera(replace(SENSOR, exposure_s=exposure_s, iso=100.0, dark_current_e_per_s=40000.0))
        exposure = expose(eye, np.ones((2, 2)))
        electrons = (sense(dark, eye, exposure, KEY).mean() - 64.0) / readout_of(eye, exposure).dn_per_e
        assert electrons == pytest.approx(40000.0 * exposure_s, rel=0.01)


def test_a_shutter_and_gain_at_their_limits_leave_the_picture_dark():
    eye = camera(replace(SENSOR, f_number=2.0, longest_exposure_s=0.01, highest_iso=800.0))
    day, dusk, night = (expose(replace(eye, ev100=ev), np.ones((2, 2))) for ev in (12.0, 7.0, 1.0))
    assert day.ev100 == 12.0 and day.iso == 100.0 and day.exposure_s == pytest.approx(4.0 / 2**12)
    assert dusk.ev100 == 7.0 and dusk.exposure_s == 0.01 and dusk.iso == pytest.approx(400.0 / 2**7 / 0.01)
    assert night.iso == 800.0 and night.exposure_s == 0.01
    assert night.ev100 == pytest.approx(math.log2(4.0 / 0.01 / 8.0))


def test_ways_of_metering_put_what_they_measure_where_they_say():
    image = np.full((90, 90), 10.0)
    image[30:60, 30:60] = 100.0
    image[0, 0] = 1e9
    ev100 = {way: expose(camera(Imager(metering=way)), image).ev100 for way in ("mean", "centre", "highlight")}
    assert 100.0 / saturation_nit(ev100["centre"]) == pytest.approx(0.18)
    told = np.minimum(image, saturation_nit(ev100["mean"])).mean()
    assert told / saturation_nit(ev100["mean"]) == pytest.approx(0.18, rel=0.01)
    assert saturation_nit(ev100["highlight"]) == pytest.approx(100.0)
    assert expose(camera(), image).ev100 == meter(image)


def test_vignetting_is_the_cosine_to_the_fourth_times_the_lens_own():
    eye = camera(Imager(vignette_cos4=1.0, vignette=(-0.2, 0.1, -0.05)), 201, 151)
    found = vignetting(eye)
    assert found[75, 100] == pytest.approx(1.0)
    half_diagonal = math.hypot(201, 151) / 2
    for x, y in ((0, 0), (100, 0), (150, 30)):
        away = math.hypot(x + 0.5 - 100.5, y + 0.5 - 75.5)
        r = away / half_diagonal
        cosine = 1.0 / math.hypot(1.0, away / 100.0)
        assert found[y, x] == pytest.approx(cosine**4 * (1 - 0.2 * r**2 + 0.1 * r**4 - 0.05 * r**6), rel=1e-5)


def test_bloom_moves_light_and_makes_none():
    eye = camera(
        Imager(bloom_share=0.2, bloom_sigma_deg=(0.6, 3.0, 6.0), bloom_weights=(0.5, 0.3, 0.2), veil_share=0.05),
        256,
        192,
    )
    nit = np.full((192, 256, 3), 5.0, np.float32)
    assert np.allclose(scattered(nit, nit, eye), 5.0, rtol=1e-5)
    nit[96, 128] = 1e6
    out = scattered(nit, nit, eye)
    assert out.sum(dtype=float) == pytest.approx(nit.sum(dtype=float), rel=2e-3)
    assert out[96, 128, 0] == pytest.approx(0.75e6, rel=0.05)
    assert out[96, 132, 0] > out[96, 140, 0] > out[96, 170, 0] > 5.0


@pytest.mark.parametrize("sigma_px", [2.0, 9.0, 20.0])
def test_a_wide_blur_has_the_spread_it_is_asked_for(sigma_px):
    image = np.zeros((256, 256, 3), np.float32)
    image[128, 128] = 1.0
    across = blurred(image, sigma_px)[..., 0].sum(axis=0, dtype=float)
    x = np.arange(256)
    mean = (across * x).sum() / across.sum()
    assert mean == pytest.approx(128.0, abs=0.08 * sigma_px)
    assert math.sqrt((across * (x - mean) ** 2).sum() / across.sum()) == pytest.approx(sigma_px, rel=0.06)


def test_ghosts_lie_across_the_axis_from_what_is_too_bright():
    eye = camera(Imager(ghost_share=0.05), 200, 150)
    nit, excess = np.zeros((150, 200, 3), np.float32), np.zeros((150, 200, 3), np.float32)
    excess[65:68, 139:142] = 1e5
    out = through_optics(nit, excess, eye).sum(axis=-1)
    # The lamp is 40.5 px to the right of the axis and 8.5 above it; the images lie on the line through both.
    for magnification in (-0.35, -0.62, 0.45, -1.25):
        x, y = 100.0 + 40.5 * magnification, 75.0 - 8.5 * magnification
        assert out[int(y), int(x)] > 0.02 * out.max()
    assert out[:, 150:].max() == 0 and out[120:].max() == 0


def test_red_is_larger_and_blue_smaller_about_the_axis():
    eye = camera(Imager(lateral_color=0.01), 200, 150)
    nit = np.zeros((150, 200, 3), np.float32)
    nit[:, 180] = 1.0
    across = through_optics(nit, None, eye)[75]
    centres = [float((c * (np.arange(200) + 0.5)).sum() / c.sum()) for c in across.T]
    # The line is 80.5 px from the axis.
    assert centres == pytest.approx([180.5 + 0.805, 180.5, 180.5 - 0.805], abs=0.05)


def test_without_effects_light_passes_the_lens_untouched():
    nit = np.ones((120, 160, 3), np.float32)
    assert through_optics(nit, None, camera()) is nit


@pytest.mark.parametrize("bayer", ["none", "RGGB", "BGGR", "GRBG", "GBRG"])
def test_every_mosaic_gives_an_even_colour_back(bayer):
    eye = camera(Imager(full_well_e=1e6, bits=14, bayer=bayer, response_rgb=(0.6, 1.0, 0.7), crosstalk=0.15))
    exposure = exposed(eye)
    color = (0.5, 0.2, 0.08)
    rgb = develop(sense(flat(eye, 1.0, exposure, color), eye, exposure, KEY), eye.imager, ONES, "linear")
    coded = 1.055 * np.array(color) ** (1 / 2.4) - 0.055
    assert np.abs(rgb.reshape(-1, 3).mean(axis=0) - 255 * coded).max() < 1.0
    assert rgb.reshape(-1, 3).std(axis=0).max() < 1.0


def test_white_balance_makes_its_light_grey():
    gains = np.array([0.7, 1.0, 1.9])
    for imager in (SENSOR, replace(SENSOR, bayer="GRBG", response_rgb=(1.0, 0.9, 0.5), crosstalk=0.2)):
        eye = camera(replace(imager, read_noise_e=0.0))
        raw = sense(flat(eye, 0.3, exposed(eye), tuple(1.0 / gains)), eye, exposed(eye), KEY)
        mean = develop(raw, eye.imager, gains, "linear").reshape(-1, 3).mean(axis=0)
        assert np.ptp(mean) < 1.5


@pytest.mark.parametrize(
    "way", [{"white_balance": "grey_world"}, {"white_balance": "fixed", "white_balance_k": 3000.0}]
)
def test_a_red_light_becomes_grey_by_itself_or_by_its_temperature(way):
    eye = camera(Imager(**way))
    nit = flat(eye, 0.3, exposed(eye), white(3000.0))
    rgb = take_picture(nit, None, eye, exposed(eye), ONES, KEY, "linear")
    assert np.ptp(rgb.reshape(-1, 3), axis=1).max() <= 1


@pytest.mark.parametrize("curve", ["filmic", "linear", "gamma", "compressed"])
def test_every_tone_curve_goes_from_black_to_white_and_never_back(curve):
    eye = camera(replace(SENSOR, full_well_e=1e6, read_noise_e=0.0, bits=16, headroom_stops=2.0), 256, 8)
    ramp = np.linspace(0.0, 1.05, 256, dtype=np.float32)[None, :, None] * flat(eye, 1.0, exposed(eye))
    shown = develop(sense(ramp, eye, exposed(eye), KEY), eye.imager, ONES, curve).mean(axis=(0, 2))
    assert shown[0] < 6 and shown[-1] == 255
    assert (np.diff(shown) > -1.0).all()


def test_jpeg_changes_little_and_less_at_a_higher_quality():
    nit = np.random.default_rng(0).uniform(0.0, 300.0, (15, 20, 3)).astype(np.float32)
    nit = blurred(nit.repeat(8, axis=0).repeat(8, axis=1), 3.0)
    pictures = [
        take_picture(nit, None, camera(Imager(jpeg_quality=q)), exposed(camera(), 7.0), ONES, KEY, "filmic").astype(int)
        for q in (0, 40, 95)
    ]
    plain, poor, good = pictures
    assert 0 < np.abs(good - plain).mean() < np.abs(poor - plain).mean() < 12.0


@pytest.fixture(scope="module")
def room():
    """A box on a floor under a lamp that is seen itself, and the camera before it."""
    credit = Credit(author="test", licence="CC0-1.0", source="test")

    def thing(shape, number, pose, **kw):
        material = make_material("m", "plaster", (0.5, 0.4, 0.3), roughness=0.6, **kw)
        mesh = mesh_from_faces(shape.vertices, shape.faces)
        asset = Asset(name=f"a{number}", category="box", mesh=mesh, materials=(material,), credit=credit)
        return Instance(id=number, name=f"t{number}", asset=asset, world_from_object=pose)

    objects = (
        thing(trimesh.creation.box((40, 40, 2)), 1, at(0, 0, -1)),
        thing(trimesh.creation.box((1, 1, 1)), 2, at(0, 0, 0.5)),
        thing(trimesh.creation.icosphere(2, 0.1), 3, at(1, 1, 2), emission_nit=(50000.0,) * 3),
    )
    scene = Scene(
        objects=objects,
        lights=(PointLight(position_m=(0.0, 0.0, 4.0), intensity_cd=(300.0, 300.0, 300.0)),),
        sky=UniformSky(luminance_nit=(2.0, 2.0, 2.0)),
    )
    eye = replace(camera(width=96, height=72), rig_from_camera=look_at((-5.0, -2.0, 2.5), (0.0, 0.0, 0.5)))
    return scene, eye, Tracer(scene.objects)


@pytest.mark.parametrize("preset", [p for p in imager_presets() if p != "ideal"])
def test_labels_are_the_same_under_every_imager_and_pictures_are_not(room, preset):
    scene, eye, tracer = room
    plain = render_view(scene, eye, tracer, KEY, PLAIN)
    seen = render_view(scene, replace(eye, imager=make_imager(preset)), tracer, KEY, PLAIN)
    for label in ("z_m", "instance_id", "normal", "albedo"):
        assert getattr(seen, label).tobytes() == getattr(plain, label).tobytes()
    assert not np.array_equal(seen.rgb, plain.rgb)


def test_a_picture_is_the_same_for_any_number_of_threads_and_differs_between_frames(room):
    scene, eye, tracer = room
    eye = replace(eye, imager=make_imager("webcam_cheap"))
    try:
        pictures = []
        for threads in (1, 2):
            use_threads(threads)
            cv2.setNumThreads(threads)
            pictures.append(render_view(scene, eye, tracer, KEY, PLAIN).rgb)
    finally:
        use_threads(0)
        cv2.setNumThreads(-1)
    assert np.array_equal(*pictures)
    assert not np.array_equal(render_view(scene, eye, tracer, sensor_key(1, 3, "c"), PLAIN).rgb, pictures[0])


def test_a_lamp_glows_by_the_light_that_was_cut(room):
    scene, eye, tracer = room
    eye = replace(eye, imager=Imager(bloom_share=0.1), ev100=6.0)
    image = radiance(scene, eye, tracer, KEY, PLAIN)
    assert image.excess is not None
    assert image.excess.max() > 40000.0 and image.nit.max() < 300.0
    glow = through_optics(image.nit, image.excess, eye) - image.nit
    v, u = np.unravel_index(image.excess[..., 1].argmax(), (72, 96))
    assert glow[v, u + 4, 1] > 10.0


def test_a_small_lamp_glows_by_the_share_of_its_pixel_that_it_fills(room):
    scene, eye, tracer = room
    fine = RenderSettings(edge_samples=16, ambient_rays=0, reflections=False)
    eye = replace(eye, imager=Imager(bloom_share=0.1), ev100=6.0)
    cut = [np.asarray(radiance(scene, eye, tracer, KEY, settings).excess) for settings in (PLAIN, fine)]
    # The lamp's disc in pixels: its area within a tenth by many samples, not by its centres alone.
    towards = np.asarray(eye.rig_from_camera.inverse.apply(np.array([[1.0, 1.0, 2.0]])))[0]
    area_px = math.pi * (0.1 * 100.0 / towards[2]) ** 2
    found = [float(c[..., 1].sum() / c[..., 1].max()) for c in cut]
    assert found[1] == pytest.approx(area_px, rel=0.1)
    assert np.unique(cut[0][..., 1]).size < np.unique(cut[1][..., 1]).size


def test_a_recipe_names_a_preset_and_changes_it():
    mount = spec.parse(CameraMount, {"imager": {"preset": "phone", "iso": 200, "vignette": [0, 0, 0]}}, "recipe")
    phone = imager_presets()["phone"].imager
    assert mount.build().imager == replace(phone, preset="phone", iso=200.0, vignette=(0.0, 0.0, 0.0))
    assert spec.parse(CameraMount, spec.dump(mount), "dumped") == mount
    assert CameraMount().build().imager == IDEAL == make_imager("ideal")


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"preset": "fone"}, "imager: unknown imager preset 'fone'; known: ideal, kitti_like, "),
        ({"preset": "phone", "isoo": 3}, "imager: unknown key 'isoo'; known: "),
        ({"iso": 800}, "iso: an ideal sensor has none; give it a full_well_e or a preset"),
        ({"preset": "phone", "iso": 8}, "iso must lie in base_iso to highest_iso, 62 to 3200, got 8"),
        ({"bloom_weights": [0.5]}, "bloom_sigma_deg and bloom_weights must be of one length"),
        ({"bloom_weights": [0.5] * 5}, "bloom_weights must be 0 or more and add up to 1, got (0.5, 0.5,"),
        (
            {"vignette": [-2.0, 0.0, 0.0]},
            "vignette (-2.0, 0.0, 0.0) leaves less than no light, -1.00, within the image",
        ),
        ({"jpeg_quality": 101}, "jpeg_quality must lie in 0 to 100, got 101"),
        ({"preset": "phone", "response_rgb": [0.5, 0.5, 0.5]}, "response_rgb must have 1 as its largest"),
    ],
)
def test_what_no_imager_can_be_is_refused(given, fault):
    with pytest.raises(RecipeError) as error:
        spec.parse(CameraMount, {"imager": given}, "recipe")
    assert fault in str(error.value)


def test_an_exposure_told_twice_is_refused():
    with pytest.raises(ValueError, match="ev100 9 and its imager's exposure_s with iso both tell the exposure"):
        camera(replace(SENSOR, exposure_s=0.01, iso=100.0), ev100=9.0)
