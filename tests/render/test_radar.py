"""Claims about radars: Doppler, the fourth power of the range, cells, noise, false alarms."""

from dataclasses import replace

import numpy as np
import pytest
import trimesh

from simgen.assets.radars import make_radar, radar_models
from simgen.geometry.pose import at
from simgen.render.noise import sensor_key
from simgen.render.radar import sweep
from simgen.scene.asset import Asset, Credit
from simgen.scene.material import make_material
from simgen.scene.mesh import mesh_from_faces
from simgen.scene.radar import Radar
from simgen.scene.scene import Instance, Scene
from simgen.scene.weather import Weather
from simgen.trace.tracer import Tracer

CREDIT = Credit(author="test", licence="CC0-1.0", source="test")
KEY = sensor_key(0, 0, "radar")
SHARP = Radar(
    name="radar", model="test", field_of_view_deg=60.0, elevation_fov_deg=10.0, min_range_m=0.5, max_range_m=300.0,
    range_resolution_m=1.0, azimuth_resolution_deg=3.0, doppler_resolution_mps=0.1, max_doppler_mps=60.0,
    reference_range_m=1e4, beam_exponent=0.0,
)  # fmt: skip


def thing(number, x, y, size=(4.0, 1.8, 1.5), kind="car", **motion):
    mesh = trimesh.creation.box(size)
    asset = Asset(
        name=f"a{number}", category=kind, mesh=mesh_from_faces(mesh.vertices, mesh.faces),
        materials=(make_material("m", "metal"),), credit=CREDIT,
    )  # fmt: skip
    return Instance(id=number, name=f"t{number}", asset=asset, world_from_object=at(x, y, 0.0), **motion)


def detect(radar, *objects, key=KEY, threads=0, **scene):
    return sweep(Scene(objects=objects, sensors=(radar,), **scene), radar, Tracer(objects, threads), key)


def strongest(scan, number):
    of = np.flatnonzero(scan.instance_id == number)
    return of[scan.snr_db[of].argmax()]


def test_the_doppler_of_a_receding_car_is_its_radial_speed():
    scan = detect(SHARP, thing(1, 40.0, 0.0, velocity_mps=(12.0, 0.0, 0.0)))
    assert np.allclose(scan.doppler_mps, 12.0, atol=0.05)
    aside = detect(SHARP, thing(1, 40.0, 20.0, velocity_mps=(0.0, 10.0, 0.0)))
    best = strongest(aside, 1)
    assert aside.doppler_mps[best] == pytest.approx(10.0 * np.sin(aside.azimuth_rad[best]), abs=0.05)


def test_the_radars_own_motion_is_in_the_doppler_and_not_in_the_speed_over_ground():
    scan = detect(SHARP, thing(1, 40.0, 10.0), rig_velocity_mps=(20.0, 0.0, 0.0))
    assert np.allclose(scan.doppler_mps, -20.0 * np.cos(scan.azimuth_rad), atol=0.1)
    assert np.allclose(scan.over_ground_mps, 0.0, atol=0.1)


def test_speeds_beyond_the_limit_wrap():
    scan = detect(replace(SHARP, max_doppler_mps=10.0), thing(1, 40.0, 0.0, velocity_mps=(13.0, 0.0, 0.0)))
    assert np.allclose(scan.doppler_mps, -7.0, atol=0.05)


def test_a_turning_car_moves_at_both_ends_unlike():
    scan = detect(SHARP, thing(1, 20.0, 0.0, size=(0.5, 12.0, 1.5), yaw_rate_rps=1.0))
    left, right = scan.azimuth_rad > 0.1, scan.azimuth_rad < -0.1
    assert scan.doppler_mps[left].mean() < -1.0 and scan.doppler_mps[right].mean() > 1.0


def test_the_signal_falls_with_the_fourth_power_of_the_range():
    wide = replace(SHARP, range_resolution_m=8.0, azimuth_resolution_deg=20.0)
    means = []
    for distance in (20.0, 40.0):
        seen = [
            detect(wide, thing(1, distance + 4.0, 0.0, size=(0.2, 2.0, 1.5)), key=sensor_key(k, 0, "r"))
            for k in range(400)
        ]
        means.append(np.mean([10 ** (s.snr_db.max() / 10) for s in seen if len(s.snr_db)]))
    assert 10 * np.log10(means[0] / means[1]) == pytest.approx(40 * np.log10(44 / 24), abs=1.2)


def test_a_weak_target_is_lost_beyond_its_range():
    weak = replace(SHARP, reference_range_m=30.0)
    near, far = (
        sum(len(detect(weak, thing(1, x, 0.0, (0.4, 0.5, 1.7), "person"), key=sensor_key(k, 0, "r")).range_m) > 0
            for k in range(40))
        for x in (10.0, 60.0)
    )  # fmt: skip
    assert near >= 30 and far == 0


def test_a_cars_tail_has_about_10_m2_and_a_person_far_less():
    wide = replace(SHARP, range_resolution_m=20.0, azimuth_resolution_deg=30.0)

    def mean_rcs(*body):
        scans = [detect(wide, thing(1, *body), key=sensor_key(k, 0, "r")) for k in range(200)]
        return np.mean([10 ** (s.rcs_dbsm.max() / 10) for s in scans if len(s.rcs_dbsm)])

    assert 5.0 < mean_rcs(31.0, 0.0) < 25.0
    assert 0.1 < mean_rcs(31.0, 0.0, (0.4, 0.5, 1.7), "person") < 1.0


def test_two_cars_within_one_cell_merge_and_apart_they_do_not():
    fine = replace(SHARP, reference_range_m=300.0)
    coarse = replace(fine, range_resolution_m=40.0, azimuth_resolution_deg=25.0)
    cars = (thing(1, 100.0, 2.0), thing(2, 104.0, -2.0))
    assert set(detect(fine, *cars).instance_id.tolist()) == {1, 2}
    assert len(detect(coarse, *cars).instance_id) == 1
    moving = (cars[0], thing(2, 104.0, -2.0, velocity_mps=(8.0, 0.0, 0.0)))
    assert set(detect(coarse, *moving).instance_id.tolist()) == {1, 2}


def test_errors_are_a_cells_size_over_the_root_of_twice_the_signal():
    wide = replace(SHARP, range_resolution_m=4.0, azimuth_resolution_deg=20.0, reference_range_m=60.0)
    off = []
    for k in range(400):
        scan = detect(wide, thing(1, 34.0, 0.0, size=(0.01, 1.0, 1.0)), key=sensor_key(k, 0, "r"))
        off += [(scan.range_m[0] - 34.0) / 4.0 * np.sqrt(2 * 10 ** (scan.snr_db[0] / 10))] if len(scan.range_m) else []
    assert len(off) > 200 and np.std(off) == pytest.approx(1.0, rel=0.15)


def test_what_is_hidden_is_not_detected_and_false_alarms_are_of_nothing():
    scan = detect(SHARP, thing(1, 20.0, 0.0, size=(0.5, 6.0, 4.0)), thing(2, 40.0, 0.0))
    assert set(scan.instance_id.tolist()) == {1}
    counts = [detect(replace(SHARP, false_alarms=3.0), key=sensor_key(k, 0, "r")).instance_id for k in range(300)]
    assert np.mean([len(c) for c in counts]) == pytest.approx(3.0, rel=0.12)
    assert not np.concatenate(counts).any()


def test_heavy_rain_weakens_what_is_far():
    dry = detect(SHARP, thing(1, 200.0, 0.0))
    wet = detect(SHARP, thing(1, 200.0, 0.0), weather=Weather(rain_mm_per_h=50.0))
    loss = 2 * 0.2 * 1.07 * 50**0.73
    assert dry.snr_db.max() - wet.snr_db.max() == pytest.approx(loss, rel=0.02)


def test_the_same_key_gives_the_same_detections_for_any_threads():
    cars = (thing(1, 30.0, 3.0), thing(2, 50.0, -4.0))
    radar = make_radar("ars408_near", name="radar")
    first, again = detect(radar, *cars, threads=1), detect(radar, *cars, threads=2)
    for name in ("range_m", "azimuth_rad", "doppler_mps", "rcs_dbsm", "instance_id"):
        assert np.array_equal(getattr(first, name), getattr(again, name))


@pytest.mark.parametrize("model", radar_models())
def test_every_model_sees_a_car(model):
    scans = [detect(make_radar(model, name="r"), thing(1, 40.0, 0.0), key=sensor_key(k, 0, "r")) for k in range(8)]
    assert sum((s.instance_id == 1).any() for s in scans) >= 6


def test_a_radar_that_cannot_be_is_refused():
    with pytest.raises(ValueError, match="range_resolution_m must be above 0 and finite, got nan"):
        replace(SHARP, range_resolution_m=float("nan"))


def test_a_radar_sees_through_its_own_bumper_and_not_through_its_own_car():
    ahead = thing(1, 40.0, 0.0)
    bumper = thing(2, 0.3, 0.0, size=(0.2, 1.8, 1.5), kind="ego_vehicle")
    scan, behind = detect(SHARP, ahead), detect(SHARP, ahead, bumper)
    assert len(scan.range_m) and (behind.instance_id == scan.instance_id).all()
    assert np.allclose(behind.range_m, scan.range_m, atol=1e-3)
    body = thing(2, 1.6, 0.0, size=(1.5, 1.8, 1.5), kind="ego_vehicle")
    assert (detect(SHARP, ahead, body).instance_id != 1).all()
