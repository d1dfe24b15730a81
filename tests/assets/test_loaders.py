"""A user's own models: every kind of file, and every way in which one can be unfit."""

from pathlib import Path

import numpy as np
import pytest
import trimesh
from PIL import Image

from simgen.assets.library import Library
from simgen.assets.loaders import add_own, load_model
from simgen.errors import AssetError, SimgenWarning
from simgen.scene.asset import Asset, Credit

CREDIT = Credit(author="me", licence="CC0-1.0", source="mine")
OBJ = "v 0 0 0\nv 4 0 0\nv 4 1.5 0\nv 0 1.5 0\nv 0 0 2\nv 4 0 2\nv 4 1.5 2\nv 0 1.5 2\n"
FACES = "f 1 4 3 2\nf 5 6 7 8\nf 1 2 6 5\nf 2 3 7 6\nf 3 4 8 7\nf 4 1 5 8\n"


def _load(path: Path, category: str = "car", **options: object) -> Asset:
    return load_model(path, category=category, credit=CREDIT, **options)  # type: ignore[arg-type]


def _write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


@pytest.mark.parametrize("kind", ["glb", "ply", "stl"])
def test_a_box_comes_back_with_its_size(tmp_path: Path, kind: str) -> None:
    size = (4.0, 1.5, 2.0) if kind == "glb" else (4.0, 2.0, 1.5)
    trimesh.creation.box(extents=size).export(tmp_path / f"car.{kind}")
    car = _load(tmp_path / f"car.{kind}")
    assert np.allclose(car.size_m, (4.0, 2.0, 1.5))
    assert car.mesh.bounds[0][2] == pytest.approx(0.0)


def test_an_obj_is_read_with_quads_and_turned_to_its_front(tmp_path: Path) -> None:
    path = _write(tmp_path / "car.obj", OBJ + FACES)
    assert np.allclose(_load(path).size_m, (4.0, 2.0, 1.5))
    assert np.allclose(_load(path, "bench", front="+z", length_m=1.0).size_m, (1.0, 2.0, 0.75))


def test_a_quad_that_bends_in_keeps_its_area(tmp_path: Path) -> None:
    path = _write(tmp_path / "dart.obj", "v 0 0 0\nv 1 0 0\nv 0.2 0.2 0\nv 0 1 0\nf 1 2 3 4\n")
    part = _load(path, "distractor", up="+z")
    corners = part.mesh.vertices[part.mesh.faces]
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1).sum() / 2
    assert area == pytest.approx(0.2, rel=1e-5)


def test_faces_turned_inside_out_are_turned_back(tmp_path: Path) -> None:
    box = trimesh.creation.box(extents=(4.0, 2.0, 1.5))
    box.invert()
    box.export(tmp_path / "car.stl")
    mesh = _load(tmp_path / "car.stl").mesh
    corners = mesh.vertices[mesh.faces].astype(np.float64)
    assert np.einsum("ij,ij->i", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])).sum() / 6 == pytest.approx(12.0)


def test_a_urdf_is_put_together_from_its_visuals(tmp_path: Path) -> None:
    text = """<robot name="r"><link name="a"><visual><geometry><box size="1 1 1"/></geometry></visual></link>
    <link name="b"><visual><geometry><box size="1 1 1"/></geometry></visual></link>
    <joint name="j" type="fixed"><parent link="a"/><child link="b"/><origin xyz="2 0 0"/></joint></robot>"""
    assert np.allclose(_load(_write(tmp_path / "r.urdf", text), "car", unit="m").size_m, (3.0, 1.0, 1.0))


def test_a_car_4_mm_long_is_refused_with_the_way_out(tmp_path: Path) -> None:
    trimesh.creation.box(extents=(0.004, 0.002, 0.0015)).export(tmp_path / "car.stl")
    with pytest.raises(AssetError, match=r"0\.004 x 0\.002 x 0\.0015 m.*2\.3 to 6\.2 m.*--length-m"):
        _load(tmp_path / "car.stl")


def test_a_car_in_millimetres_is_refused_with_its_unit(tmp_path: Path) -> None:
    trimesh.creation.box(extents=(4000, 2000, 1500)).export(tmp_path / "car.stl")
    with pytest.raises(AssetError, match="fit a car in mm: give --unit mm"):
        _load(tmp_path / "car.stl")
    assert _load(tmp_path / "car.stl", unit="mm").size_m[0] == pytest.approx(4.0)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("gone.obj", None, r"gone\.obj: no such file"),
        ("a.fbx", "x", r"a\.fbx: cannot read \.fbx; known: \.glb"),
        ("a.obj", "v 0 0 0\n", r"a\.obj: no faces in it"),
        ("a.obj", "v 0 0 nan\nv 1 0 0\nv 0 1 0\nf 1 2 3\n", r"a\.obj: 1 of 3 vertices are not finite"),
        (
            "a.obj",
            "v 0 0 0\nv 1 0 0\nf 1 2 3\n",
            r"a\.obj: not a readable OBJ file: a face asks for vertex 3, there are 2",
        ),
        ("a.obj", "v 0 0 0\nv 0 0 0\nv 0 0 0\nf 1 2 3\n", r"a\.obj: all 3 vertices lie at one point"),
        ("a.glb", "no", r"a\.glb: not a readable \.glb file"),
        ("a.urdf", "<robot><link name='a'/></robot>", r"a\.urdf: no <visual> shape in any link"),
    ],
)
def test_an_unfit_file_is_refused_by_name(tmp_path: Path, name: str, text: str | None, message: str) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(AssetError, match=message):
        _load(tmp_path / name)


def test_ten_million_faces_are_refused_before_they_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.stl").write_bytes(b"\0" * 80 + (10_000_000).to_bytes(4, "little"))
    with pytest.raises(AssetError, match="10,000,000 faces, at most 3,000,000"):
        _load(tmp_path / "a.stl")


def test_a_missing_texture_and_a_missing_material_file_are_warned_of(tmp_path: Path) -> None:
    _write(tmp_path / "a.mtl", "newmtl skin\nKd 0.5 0 0\nmap_Kd gone.png\n")
    path = _write(tmp_path / "car.obj", "mtllib a.mtl\n" + OBJ + "usemtl skin\n" + FACES)
    with pytest.warns(SimgenWarning, match="texture 'gone.png' of material 'skin' is missing"):
        _load(path)
    (tmp_path / "a.mtl").unlink()
    with pytest.warns(SimgenWarning) as caught:
        _load(path)
    assert "its material file a.mtl is missing" in str(caught[0].message)


def test_too_many_faces_are_thinned_with_a_warning_and_keep_their_shape(tmp_path: Path) -> None:
    trimesh.creation.icosphere(subdivisions=5, radius=0.1).export(tmp_path / "ball.stl")
    with pytest.warns(SimgenWarning, match="thinned from 20480 faces to about 2000"):
        ball = _load(tmp_path / "ball.stl", "ball", budget=2000)
    assert len(ball.mesh.faces) <= 2000
    assert np.allclose(np.linalg.norm(ball.mesh.vertices - [0, 0, ball.size_m[2] / 2], axis=1), 0.1, atol=0.002)


def test_front_along_up_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AssetError, match=r"front \+y and up \+y lie along one axis"):
        _load(_write(tmp_path / "car.obj", OBJ + FACES), front="+y")


def test_an_added_model_is_offered_by_the_source_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIMGEN_CACHE", str(tmp_path / "cache"))
    added = _load(_write(tmp_path / "car.obj", OBJ + FACES))
    add_own(added)
    found = Library(("own",))
    assert found.names("car") == ("own/car",)
    again = found.load("own/car")
    assert again.digest == added.digest
    assert np.array_equal(again.mesh.vertices, added.mesh.vertices)


def _gltf(path: Path, **stated: object) -> Path:
    box = trimesh.creation.box(extents=(4.0, 1.5, 2.0))
    material = trimesh.visual.material.PBRMaterial(name="body", **stated)  # type: ignore[arg-type]
    box.visual = trimesh.visual.TextureVisuals(uv=box.vertices[:, :2] / 4.0 + 0.5, material=material)
    box.export(path)
    return path


def test_a_glb_keeps_metal_roughness_glow_bumps_and_its_linear_colour(tmp_path: Path) -> None:
    bumps = np.full((4, 4, 3), (128, 160, 230), np.uint8)
    path = _gltf(
        tmp_path / "a.glb",
        baseColorFactor=[0.5, 0.25, 0.125, 1.0],
        metallicFactor=0.75,
        roughnessFactor=0.25,
        emissiveFactor=[1.0, 0.5, 0.0],
        normalTexture=Image.fromarray(bumps),
    )
    (material,) = _load(path).materials
    assert material.base_color == pytest.approx((0.5, 0.25, 0.125), abs=0.004)
    assert (material.metallic, material.roughness) == pytest.approx((0.75, 0.25))
    assert material.emission_nit == pytest.approx((200.0, 100.0, 0.0))
    assert material.normal_texture is not None and (material.normal_texture.pixels == bumps).all()


def test_a_glb_whose_texture_says_how_metallic_it_is_has_the_mean(tmp_path: Path) -> None:
    both = np.zeros((2, 2, 3), np.uint8)
    both[..., 1], both[0, :, 2] = 51, 255
    (material,) = _load(_gltf(tmp_path / "a.glb", metallicRoughnessTexture=Image.fromarray(both))).materials
    assert (material.metallic, material.roughness) == pytest.approx((0.5, 0.2))


def test_alpha_masks_of_a_glb_are_holes_and_its_factor_multiplies_its_texture(tmp_path: Path) -> None:
    leaf = np.full((4, 4, 4), 200, np.uint8)
    leaf[:2, :, 3] = 100
    path = _gltf(
        tmp_path / "a.glb",
        baseColorTexture=Image.fromarray(leaf),
        baseColorFactor=[0.5, 1.0, 1.0, 1.0],
        alphaMode="MASK",
    )
    (material,) = _load(path).materials
    assert material.texture is not None and material.texture.mask is not None
    assert material.texture.mask.tolist() == [[False] * 4] * 2 + [[True] * 4] * 2
    assert material.base_color == pytest.approx((0.5, 1.0, 1.0), abs=0.004)
    assert (material.texture.pixels == 200).all()


def test_a_glow_that_follows_a_texture_is_warned_of(tmp_path: Path) -> None:
    glow = Image.fromarray(np.full((2, 2, 3), 255, np.uint8))
    with pytest.warns(SimgenWarning, match="glow of material 'body' follows a texture"):
        (material,) = _load(_gltf(tmp_path / "a.glb", emissiveTexture=glow, emissiveFactor=[1.0, 1.0, 1.0])).materials
    assert material.emission_nit == (0.0, 0.0, 0.0)


def test_a_normal_map_named_in_an_mtl_file_is_read(tmp_path: Path) -> None:
    bumps = np.full((4, 4, 3), (128, 100, 230), np.uint8)
    Image.fromarray(bumps).save(tmp_path / "n.png")
    _write(tmp_path / "a.mtl", "newmtl skin\nKd 0.5 0 0\nnorm n.png\n")
    path = _write(tmp_path / "car.obj", "mtllib a.mtl\n" + OBJ + "usemtl skin\n" + FACES)
    (material,) = _load(path).materials
    assert material.normal_texture is not None and (material.normal_texture.pixels == bumps).all()
