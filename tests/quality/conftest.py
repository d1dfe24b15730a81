"""A small data set with cameras and a LiDAR, made by hand from boxes and a ring, and ways to tamper with it."""

from __future__ import annotations

import hashlib
import json
import math
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh

from simgen import spec
from simgen.annotate.objects import annotate
from simgen.assets.categories import categories
from simgen.export.coco import CocoWriter
from simgen.frame import Frame, View
from simgen.geometry.pose import CAMERA_AXES, Pose, at
from simgen.options import Storage
from simgen.render.lidar import scan
from simgen.render.noise import sensor_key
from simgen.run import store, tables
from simgen.run.frame_files import write_frame
from simgen.scene.asset import Asset, Credit
from simgen.scene.camera import Camera
from simgen.scene.lidar import Lidar
from simgen.scene.light import ClearSky, Sun
from simgen.scene.material import SubstanceName, make_material
from simgen.scene.mesh import mesh_from_faces
from simgen.scene.scene import Instance, Scene
from simgen.trace.tracer import Tracer

SPLITS = ("train", "val", "test")
CAMERA = Camera(
    name="front",
    width_px=160,
    height_px=96,
    fx_px=100.0,
    fy_px=100.0,
    cx_px=80.0,
    cy_px=48.0,
    rig_from_camera=Pose(translation_m=(0.2, 0.0, 1.5)) @ CAMERA_AXES,
)
LIDAR = Lidar(
    name="top",
    model="test",
    elevation_deg=tuple(np.linspace(5.0, -20.0, 24).tolist()),
    azimuth_offset_deg=(0.0,) * 24,
    columns=360,
    rate_hz=10.0,
    min_range_m=0.5,
    max_range_m=60.0,
    range_at_10_percent_m=60.0,
    range_noise_m=0.01,
    range_step_m=0.002,
    rig_from_lidar=Pose(translation_m=(0.0, 0.0, 1.7)),
)


def make_dataset(root: Path, *, lidar: bool = True, camera: bool = True, normals: bool = False) -> None:
    """Write a data set of two scenes of two frames, the last cut short; the split test stays empty."""
    places = ((0, 0), (1, 0), (2, 1))
    records = []
    for index, scene_index in places:
        frame = _frame(index, scene_index, lidar, camera)
        records.append(write_frame(root, frame, Storage(normals=normals)))
    files = [
        store.commit_scene(root, k, [r for r in records if r.scene_index == k]) for k in sorted({k for _, k in places})
    ]
    writer = CocoWriter()
    files += [store.write_json(root, path, value) for path, value in writer(iter(records)).items()]
    files += [tables.write_factors(root, records), tables.write_credits(root, tables.used_assets(records))]
    recipe = {"frames_per_scene": 2, "export": [spec.dump(writer)]}
    manifest = {
        "format": store.FORMAT,
        "name": "by hand",
        "seed": 7,
        "recipe": recipe,
        "place": {},
        "recipe_digest": hashlib.sha256(json.dumps([recipe, {}], sort_keys=True).encode()).hexdigest(),
        "frames": 3,
        "scenes": 2,
        "splits": {"train": 2, "val": 1, "test": 0},
        "categories": {name: c.id for name, c in categories().items()},
        "files": [spec.dump(f) for f in files],
        "digest": store.tree_digest(files),
    }
    store.write_json(root, store.MANIFEST, manifest)


@dataclass(frozen=True, kw_only=True)
class Tampered:
    """A data set to alter; `sign` makes every digest right again, so that only the content can give it away."""

    root: Path

    def edit_json(self, path: str, change: Callable[[Any], Any]) -> None:
        """Change a JSON file's value in place."""
        value = json.loads((self.root / path).read_text())
        change(value)
        (self.root / path).write_text(json.dumps(value))

    def edit_truth(self, change: Callable[[Any], Any], scene_index: int = 0) -> None:
        """Change the record of a scene's first frame in place."""
        path = self.root / store.scene_path(scene_index)
        lines = path.read_text().splitlines()
        record = json.loads(lines[0])
        change(record)
        path.write_text("\n".join([json.dumps(record), *lines[1:]]) + "\n")

    def sign(self) -> None:
        """Write every digest anew, from the images up to ``dataset.json``."""
        for path in sorted((self.root / "truth").iterdir()):
            lines = [json.loads(line) for line in path.read_text().splitlines()]
            path.write_text("".join(json.dumps(self._signed(line)) + "\n" for line in lines))
        self.edit_json(store.MANIFEST, self._sign_manifest)

    def _signed(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._signed(v) for v in value]
        if not isinstance(value, dict):
            return value
        if set(value) == {"path", "bytes", "sha256"}:
            content = (self.root / value["path"]).read_bytes()
            return {"path": value["path"], "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        return {k: self._signed(v) for k, v in value.items()}

    def _sign_manifest(self, manifest: dict[str, Any]) -> None:
        manifest["files"] = self._signed(manifest["files"])
        manifest["digest"] = store.tree_digest([spec.parse(store.FileRecord, f, "files") for f in manifest["files"]])


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untouched data set; leave it so."""
    root = tmp_path_factory.mktemp("dataset")
    make_dataset(root)
    return root


@pytest.fixture
def tampered(dataset: Path, tmp_path: Path) -> Tampered:
    """A copy to alter."""
    shutil.copytree(dataset, tmp_path / "copy")
    return Tampered(root=tmp_path / "copy")


def _frame(index: int, scene_index: int, lidar: bool, camera: bool) -> Frame:
    sensors = (*((CAMERA,) if camera else ()), *((LIDAR,) if lidar else ()))
    scene = Scene(
        objects=_objects(scene_index),
        lights=(Sun(azimuth_deg=30.0, elevation_deg=40.0),),
        sensors=sensors,
        sky=ClearSky(),
        world_from_rig=at(0.3 * index, 0.1, 0.0, 0.02 * index),
    )
    tracer = Tracer(scene.objects)
    observations = tuple(
        _view(scene, tracer) if s is CAMERA else scan(scene, LIDAR, tracer, sensor_key(7, index, "top"))
        for s in sensors
    )
    objects, annotations = annotate(scene, observations)
    return Frame(
        index=index,
        scene_index=scene_index,
        split=SPLITS[scene_index],
        scene=scene,
        observations=observations,
        objects=objects,
        annotations=annotations,
        factors={"cars.count": 2, "cars.x_m": [1.5, 2.0 + index], "sun.elevation_deg": 40.0, "sky": "clear"},
    )


def _objects(scene_index: int) -> tuple[Instance, ...]:
    turned = trimesh.transformations.rotation_matrix(math.pi / 2, (0, 1, 0))
    ring = trimesh.creation.torus(0.5, 0.15, major_sections=24, minor_sections=10, transform=turned)
    ring.apply_translation((0, 0, 0.65))
    ground = trimesh.creation.box((80, 80, 0.2))
    ground.apply_translation((0, 0, -0.1))
    car = _asset("cars/box", "car", _box(4.2, 1.8, 1.5), "car_paint")
    placed = (
        (_asset("ground/plane", "road", ground, "asphalt"), at(0, 0)),
        (_asset("walls/wall", "building", _box(40, 0.5, 6), "brick"), at(15, 7)),
        (car, at(8.0 + scene_index, 2.0, 0, 0.3)),
        (car, at(14.0, 2.6, 0, 0.2)),
        (_asset("toys/ring", "toy", ring, "plastic"), at(6.0, -1.0, 0, 0.4)),
        (_asset("lamps/pole", "street_lamp", _box(0.12, 0.12, 4.0), "painted_metal"), at(5.0, 1.0)),
        (_asset("people/box", "person", _box(0.4, 0.5, 1.7), "cloth"), at(-5.0, 0.0)),
    )
    return tuple(
        Instance(id=k + 1, name=f"{asset.category}_{k + 1}", asset=asset, world_from_object=pose)
        for k, (asset, pose) in enumerate(placed)
    )


def _box(length_m: float, width_m: float, height_m: float) -> trimesh.Trimesh:
    box = trimesh.creation.box((length_m, width_m, height_m))
    box.apply_translation((0, 0, height_m / 2))
    return box


def _asset(name: str, category: str, shape: trimesh.Trimesh, substance: SubstanceName) -> Asset:
    return Asset(
        name=name,
        category=category,
        mesh=mesh_from_faces(shape.vertices, shape.faces),
        materials=(make_material("surface", substance),),
        credit=Credit(author="A. Maker", licence="CC-BY-4.0", source="simgen"),
    )


def _view(scene: Scene, tracer: Tracer) -> View:
    """Return what the camera sees, shaded by the angle alone."""
    pose = scene.world_from_rig @ CAMERA.rig_from_camera
    shape = (CAMERA.height_px, CAMERA.width_px)
    rays = CAMERA.rays(pose)
    hits = tracer.closest_hit(rays)
    met = np.isfinite(hits.range_m)
    along = rays.direction @ pose.rotate(np.array([0.0, 0.0, 1.0]))
    grey = np.where(met, 40 + 200 * np.abs((hits.normal * rays.direction).sum(axis=1)), 230).astype(np.uint8)
    return View(
        camera=CAMERA,
        world_from_camera=pose,
        rgb=np.repeat(grey.reshape(*shape, 1), 3, axis=2),
        z_m=np.where(met, hits.range_m * along, 0).astype(np.float32).reshape(shape),
        instance_id=hits.instance_id.astype(np.uint16).reshape(shape),
        normal=pose.inverse.rotate(hits.normal).astype(np.float32).reshape(*shape, 3),
        ev100=14.0,
    )
