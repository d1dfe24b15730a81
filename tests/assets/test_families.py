"""Claims about the parametric families: sizes, fronts, closed surfaces, determinism."""

from __future__ import annotations

import numpy as np
import pytest

from simgen.assets.categories import category
from simgen.assets.families import FAMILIES, family_asset
from simgen.assets.families.posture import walking_posture
from simgen.assets.families.shapes import Shape, box, ellipsoid, hoop, revolve, tube
from simgen.errors import AssetError
from simgen.geometry.pose import Pose, about
from simgen.scene.asset import Asset, Symmetry, discrete_symmetries

RANGES = {
    "sedan": ((4.1, 5.1), (1.7, 2.2), (1.36, 1.52)),
    "hatchback": ((3.4, 4.45), (1.6, 2.15), (1.42, 1.56)),
    "suv": ((4.0, 5.0), (1.8, 2.25), (1.56, 1.85)),
    "estate": ((4.2, 5.1), (1.7, 2.2), (1.40, 1.54)),
    "pickup": ((4.8, 5.6), (1.8, 2.3), (1.7, 1.9)),
    "panel_van": ((4.6, 5.8), (1.85, 2.4), (1.9, 2.55)),
    "box_truck": ((6.9, 11.1), (2.3, 3.1), (3.1, 3.8)),
    "city_bus": ((10.4, 13.0), (2.4, 3.0), (2.9, 3.5)),
    "bicycle": ((1.55, 1.9), (0.5, 0.7), (0.95, 1.2)),
    "motorcycle": ((1.9, 2.3), (0.65, 0.9), (1.1, 1.4)),
    "adult_standing": ((0.2, 2.0), (0.35, 1.4), (1.48, 2.5)),
    "adult_walking": ((0.3, 2.2), (0.35, 1.4), (1.42, 2.5)),
    "child_standing": ((0.15, 0.7), (0.2, 0.6), (0.98, 1.64)),
    "child_walking": ((0.2, 0.9), (0.2, 0.6), (0.92, 1.64)),
    "elderly_standing": ((0.2, 2.0), (0.35, 1.4), (1.40, 2.4)),
    "elderly_walking": ((0.3, 2.2), (0.35, 1.4), (1.38, 2.4)),
    "worker_standing": ((0.2, 2.0), (0.35, 1.1), (1.50, 2.1)),
    "worker_walking": ((0.3, 2.2), (0.35, 1.1), (1.45, 2.1)),
    "worker_crouching": ((0.6, 1.3), (0.35, 0.9), (0.85, 1.5)),
    "adult_running": ((0.5, 2.2), (0.35, 1.4), (1.40, 2.5)),
    "child_running": ((0.3, 1.2), (0.2, 0.7), (0.90, 1.6)),
    "adult_sitting": ((0.6, 1.2), (0.35, 0.9), (1.15, 1.6)),
    "adult_crouching": ((0.6, 1.3), (0.35, 0.9), (0.85, 1.5)),
    "child_crouching": ((0.4, 1.0), (0.25, 0.7), (0.55, 1.2)),
    "adult_cycling": ((0.6, 1.4), (0.35, 0.9), (1.2, 1.8)),
    "adult_scooting": ((0.4, 1.2), (0.35, 0.9), (1.4, 2.0)),
    "adult_lying": ((1.3, 2.2), (0.4, 1.8), (0.2, 0.8)),
    "adult_pushing": ((0.5, 1.4), (0.35, 0.9), (1.35, 2.0)),
    "open_door_sedan": ((4.1, 5.1), (2.1, 3.4), (1.36, 1.52)),
    "open_door_suv": ((4.0, 5.0), (2.1, 3.4), (1.54, 1.87)),
    "police_car": ((4.2, 5.1), (1.9, 2.2), (1.5, 1.75)),
    "ambulance": ((4.6, 5.8), (1.95, 2.4), (2.0, 2.7)),
    "recovery_truck": ((8.2, 9.0), (2.7, 2.95), (2.7, 2.8)),
    "tunnel": ((70.0, 90.1), (15.5, 17.0), (7.2, 9.2)),
    "mascot_walking": ((0.7, 1.0), (0.5, 0.75), (1.8, 2.5)),
    "carrier_walking": ((1.3, 1.8), (0.45, 0.8), (1.45, 2.0)),
    "bolt": ((0.01, 0.024), (0.01, 0.021), (0.024, 0.087)),
    "nut": ((0.013, 0.029), (0.012, 0.025), (0.006, 0.014)),
    "ring": ((0.034, 0.06), (0.034, 0.06), (0.003, 0.018)),
    "gear": ((0.035, 0.061), (0.035, 0.061), (0.005, 0.022)),
    "bracket": ((0.034, 0.061), (0.014, 0.031), (0.024, 0.051)),
    "hook": ((0.028, 0.045), (0.05, 0.085), (0.003, 0.008)),
    "clip": ((0.029, 0.05), (0.03, 0.055), (0.003, 0.009)),
    "vial": ((0.019, 0.031), (0.019, 0.031), (0.029, 0.083)),
    "bearing_ball": ((0.0049, 0.0101), (0.0049, 0.0101), (0.0049, 0.0101)),
    "grommet": ((0.036, 0.058), (0.036, 0.058), (0.01, 0.018)),
    "prism": ((0.019, 0.045), (0.02, 0.045), (0.012, 0.067)),
    "dog": ((0.35, 1.5), (0.07, 0.3), (0.26, 0.95)),
    "deer": ((0.8, 2.6), (0.14, 0.75), (0.8, 2.2)),
    "stroller": ((0.75, 1.05), (0.5, 0.65), (0.95, 1.12)),
    "wheelchair": ((0.95, 1.2), (0.6, 0.85), (0.9, 1.0)),
    "shopping_cart": ((0.8, 1.1), (0.5, 0.65), (0.95, 1.05)),
    "kick_scooter": ((1.0, 1.25), (0.45, 0.6), (1.0, 1.25)),
    "pallet": ((1.19, 1.21), (0.79, 1.01), (0.14, 0.15)),
    "tyre": ((0.55, 0.78), (0.15, 0.78), (0.16, 0.78)),
    "parcel": ((0.2, 0.5), (0.14, 0.36), (0.06, 0.31)),
    "mailer": ((0.22, 0.42), (0.15, 0.3), (0.015, 0.08)),
    "pail": ((0.19, 0.35), (0.19, 0.4), (0.17, 0.38)),
    "sack": ((0.5, 0.7), (0.34, 0.46), (0.08, 0.18)),
    "drum": ((0.38, 0.6), (0.38, 0.6), (0.6, 0.9)),
    "crate": ((0.4, 0.65), (0.3, 0.45), (0.1, 0.35)),
    "broadleaf": ((2.0, 9.0), (2.0, 9.0), (4.0, 10.6)),
    "conifer": ((1.2, 6.5), (1.2, 6.5), (4.3, 12.5)),
    "bush": ((0.6, 2.4), (0.6, 2.4), (0.5, 1.7)),
    "hedge": ((0.4, 1.0), (1.4, 3.2), (0.7, 1.8)),
    "building": ((7.8, 12.0), (7.9, 20.6), (5.5, 24.0)),
    "cone": ((0.2, 0.45), (0.2, 0.45), (0.49, 0.76)),
    "jersey": ((0.5, 0.7), (1.1, 3.1), (0.8, 0.83)),
    "board": ((0.7, 0.8), (1.1, 2.1), (0.9, 1.15)),
    "bollard": ((0.1, 0.3), (0.1, 0.3), (0.7, 1.15)),
    "sign": ((0.06, 0.12), (0.5, 0.85), (2.3, 2.9)),
    "signal": ((0.3, 0.6), (0.4, 0.6), (2.9, 3.7)),
    "lamp_post": ((1.2, 2.8), (0.15, 0.4), (5.8, 8.2)),
    "waste_bin": ((0.38, 0.6), (0.38, 0.6), (0.8, 1.1)),
    "bench": ((0.5, 0.75), (1.3, 2.1), (0.75, 0.95)),
    "hydrant": ((0.25, 0.6), (0.25, 0.6), (0.65, 0.95)),
    "mailbox": ((0.4, 0.55), (0.4, 0.55), (1.05, 1.4)),
    "mug": ((0.07, 0.10), (0.09, 0.13), (0.08, 0.115)),
    "cup": ((0.07, 0.095), (0.07, 0.095), (0.06, 0.105)),
    "bowl": ((0.11, 0.21), (0.11, 0.21), (0.04, 0.085)),
    "plate": ((0.18, 0.29), (0.18, 0.29), (0.015, 0.03)),
    "bottle": ((0.055, 0.09), (0.055, 0.09), (0.17, 0.31)),
    "jar": ((0.055, 0.095), (0.055, 0.095), (0.07, 0.155)),
    "can": ((0.06, 0.105), (0.06, 0.105), (0.055, 0.17)),
    "carton": ((0.03, 0.085), (0.08, 0.21), (0.09, 0.27)),
    "cardboard_box": ((0.11, 0.33), (0.09, 0.23), (0.05, 0.21)),
    "table": ((0.65, 1.0), (1.0, 2.0), (0.7, 0.8)),
    "picking_bin": ((0.38, 0.62), (0.28, 0.42), (0.19, 0.33)),
    "chair": ((0.4, 0.65), (0.38, 0.5), (0.78, 1.02)),
    "shelf": ((0.22, 0.42), (0.55, 1.05), (0.85, 2.05)),
}
BUDGET = {
    "open_door_sedan": 8400,
    "open_door_suv": 8400,
    "building": 9000,
    "police_car": 8400,
    "ambulance": 8400,
    "mascot_walking": 11000,
    "broadleaf": 9000,
    "conifer": 9000,
    "hedge": 12000,
}
VEHICLES = (
    "sedan", "hatchback", "suv", "estate", "pickup", "panel_van", "box_truck", "city_bus", "police_car", "ambulance",
    "recovery_truck",
)  # fmt: skip


@pytest.fixture(scope="module")
def drawn() -> dict[str, list[Asset]]:
    """Two variants of every family."""
    return {name: [family_asset(name, k) for k in (0, family.variants - 1)] for name, family in FAMILIES.items()}


def _volume(vertices: np.ndarray, faces: np.ndarray) -> float:
    a, b, c = (vertices[faces[:, k]].astype(np.float64) for k in range(3))
    return float((a * np.cross(b, c)).sum() / 6)


def _centre_x(asset: Asset, material: str) -> float:
    index = [m.name for m in asset.materials].index(material)
    faces = asset.mesh.faces[asset.mesh.face_material == index]
    return float(asset.mesh.vertices[faces].mean(axis=(0, 1))[0])


def test_every_family_has_a_stated_size() -> None:
    assert set(RANGES) == set(FAMILIES)


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_a_family_has_the_size_of_the_real_thing(family: str, drawn: dict[str, list[Asset]]) -> None:
    for asset in drawn[family]:
        for size, (low, high) in zip(asset.size_m, RANGES[family], strict=True):
            assert low <= size <= high, (asset.name, asset.size_m)


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_a_family_stands_on_the_ground_with_its_middle_over_the_origin(
    family: str, drawn: dict[str, list[Asset]]
) -> None:
    for asset in drawn[family]:
        low, high = (np.array(b) for b in asset.bounds)
        assert abs(low[2]) < 1e-3
        assert np.abs(low[:2] + high[:2]).max() < 2e-3


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_a_family_has_its_category_name_and_finite_arrays(family: str, drawn: dict[str, list[Asset]]) -> None:
    for asset in drawn[family]:
        assert asset.category == FAMILIES[family].category == category(asset.category).name
        assert asset.name.startswith(f"families/{family}/")
        assert asset.credit.licence == "CC0-1.0" and len(asset.digest) == 64
        assert np.isfinite(asset.mesh.normals).all() and np.isfinite(asset.mesh.uv).all()
        assert np.allclose(np.linalg.norm(asset.mesh.normals, axis=1), 1.0, atol=1e-3)
        assert len(asset.mesh.faces) <= BUDGET.get(family, 9600 if asset.category == "person" else 7700)
        corners = asset.mesh.vertices[asset.mesh.faces].astype(np.float64)
        area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
        assert (area > 0).mean() > 0.999


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_a_variant_is_the_same_bytes_each_time(family: str, drawn: dict[str, list[Asset]]) -> None:
    again, first = family_asset(family, 0), drawn[family][0]
    assert again.digest == first.digest
    assert again.mesh.vertices.tobytes() == first.mesh.vertices.tobytes()
    assert [m.name for m in again.materials] == [m.name for m in first.materials]


def test_variants_of_a_family_differ(drawn: dict[str, list[Asset]]) -> None:
    assert [name for name, (a, b) in drawn.items() if a.digest == b.digest] == []


@pytest.mark.parametrize("family", VEHICLES)
def test_a_vehicle_faces_forward_and_stands_on_its_tyres(family: str, drawn: dict[str, list[Asset]]) -> None:
    for asset in drawn[family]:
        assert _centre_x(asset, "head_lamp") > 0.4 * asset.size_m[0]
        assert _centre_x(asset, "tail_lamp") < -0.35 * asset.size_m[0]
        tyre = [m.name for m in asset.materials].index("tyre")
        faces = asset.mesh.faces[asset.mesh.face_material == tyre]
        assert abs(asset.mesh.vertices[faces][..., 2].min()) < 1e-3


@pytest.mark.parametrize(("family", "front"), [("sign", "face"), ("signal", "red"), ("signal", "green")])
def test_what_is_to_be_read_faces_forward(family: str, front: str, drawn: dict[str, list[Asset]]) -> None:
    for asset in drawn[family]:
        index = [m.name for m in asset.materials].index(front)
        corners = asset.mesh.vertices[asset.mesh.faces[asset.mesh.face_material == index]].astype(np.float64)
        normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        assert (normal[:, 0] > 0).all() and np.allclose(normal[:, 1:], 0.0, atol=1e-7)
        assert corners[..., 0].mean() > 0


@pytest.mark.parametrize("family", ["mug", "bowl", "cup", "plate", "picking_bin", "jersey"])
def test_a_solid_faces_outwards(family: str, drawn: dict[str, list[Asset]]) -> None:
    for asset in drawn[family]:
        volume = _volume(asset.mesh.vertices, asset.mesh.faces)
        filled = float(np.prod(asset.size_m))
        assert 0.0 < volume < 0.6 * filled


@pytest.mark.parametrize("family", ["mug", "bowl", "cup", "picking_bin"])
def test_a_vessel_is_hollow(family: str, drawn: dict[str, list[Asset]]) -> None:
    for asset in drawn[family]:
        a, b, c = np.moveaxis(asset.mesh.vertices[asset.mesh.faces].astype(np.float64), 1, 0)
        over = np.array([0.0013, 0.0007])
        sides = np.stack([_turn(p[:, :2], q[:, :2], over) for p, q in ((a, b), (b, c), (c, a))])
        above = (sides > 0).all(axis=0) | (sides < 0).all(axis=0)
        # Looked down on, the middle of a vessel is its floor, near the ground.
        assert above.any() and max(p[above, 2].max() for p in (a, b, c)) < 0.2 * asset.size_m[2]


def _turn(start: np.ndarray, end: np.ndarray, point: np.ndarray) -> np.ndarray:
    """Return on which side of the line from ``start`` to ``end`` a point lies."""
    way, to = end - start, point - start
    return way[:, 0] * to[:, 1] - way[:, 1] * to[:, 0]


def test_primitive_shapes_enclose_their_own_volume() -> None:
    assert _volume(*_arrays(box((1.0, 2.0, 3.0)))) == pytest.approx(6.0)
    assert _volume(*_arrays(ellipsoid((1.0, 1.0, 1.0), (0, 0, 0), 64, 48))) == pytest.approx(4 / 3 * np.pi, rel=0.01)
    assert _volume(*_arrays(hoop(1.0, 0.2, 64, 32))) == pytest.approx(2 * np.pi**2 * 0.04, rel=0.02)
    assert _volume(*_arrays(tube([(0, 0, 0), (0, 0, 2)], 0.5, 64))) == pytest.approx(np.pi * 0.5, rel=0.01)
    assert _volume(*_arrays(revolve([(0, 0), (1, 0), (1, 1), (0, 1)], 64))) == pytest.approx(np.pi, rel=0.01)
    assert _volume(*_arrays(box((1.0, 1.0, 1.0)).mirrored())) == pytest.approx(1.0)


def _arrays(shape: Shape) -> tuple[np.ndarray, np.ndarray]:
    return shape.vertices, shape.faces


@pytest.mark.parametrize(
    "family", ["bottle", "can", "bowl", "plate", "cup", "jar", "box", "tyre", "pallet", "picking_bin"]
)
def test_a_declared_symmetry_leaves_the_shape_where_it_is(family: str) -> None:
    asset = family_asset("cardboard_box" if family == "box" else family, 0)
    points = asset.mesh.vertices.astype(np.float64)
    turns = list(discrete_symmetries(asset.symmetries))
    for each in asset.symmetries:
        if each.folds == 0:
            middle = Pose(translation_m=each.offset_m)
            turns.append(middle @ about(each.axis, 0.6) @ middle.inverse)
    assert turns
    for turn in turns:
        moved = turn.apply(points)
        reach = 0.02 * max(asset.size_m)
        assert np.abs(moved.min(axis=0) - points.min(axis=0)).max() < reach
        assert np.abs(moved.max(axis=0) - points.max(axis=0)).max() < reach


def test_two_half_turns_give_the_third_and_a_four_fold_axis_three_turns() -> None:
    box_like = (Symmetry(axis=(1.0, 0.0, 0.0), folds=2), Symmetry(axis=(0.0, 0.0, 1.0), folds=2))
    assert len(discrete_symmetries(box_like)) == 3
    assert len(discrete_symmetries((Symmetry(folds=4),))) == 3
    assert discrete_symmetries((Symmetry(),)) == ()


def test_a_symmetry_of_one_fold_is_refused() -> None:
    with pytest.raises(ValueError, match="folds 0 or 2 and more"):
        Symmetry(folds=1)


def test_an_open_door_reaches_out_on_the_left() -> None:
    shut, ajar = family_asset("sedan", 0), family_asset("open_door_sedan", 0)
    assert ajar.size_m[1] > shut.size_m[1] + 0.3
    hubs = [ajar.keypoints[name][1] for name in ("front_left_wheel", "front_right_wheel")]
    assert ajar.bounds[1][1] - hubs[0] > 0.4 > hubs[1] - ajar.bounds[0][1]


def test_half_a_gait_cycle_later_the_legs_have_changed_places() -> None:
    first, second = walking_posture(0.1), walking_posture(0.6)
    assert first.hip_deg == pytest.approx(second.hip_deg[::-1])
    assert first.knee_deg == pytest.approx(second.knee_deg[::-1])


def test_an_unknown_family_or_variant_is_named() -> None:
    with pytest.raises(AssetError, match="no family 'sedam'; known: sedan"):
        family_asset("sedam", 0)
    with pytest.raises(AssetError, match="family 'sedan' has variants 0 to 63, got 64"):
        family_asset("sedan", 64)
