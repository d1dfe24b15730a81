"""The second renderer: path tracing by Mitsuba 3, an independent judge of pictures, depth and ids."""

# Mitsuba and Dr.Jit know their types only after a variant is set; there is nothing for a type checker to hold on to.
# pyright: basic

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from simgen.errors import SimgenError
from simgen.render.mitsuba_lights import weigh_emitters
from simgen.render.mitsuba_scene import labels_scene, mitsuba_camera, mitsuba_scene
from simgen.scene.camera import Camera
from simgen.scene.scene import Scene
from simgen.trace.cutout import MOST_LAYERS

_OLDEST_LLVM = 17
_GET_LLVM = (
    f"install LLVM {_OLDEST_LLVM} or newer (Debian: apt install libllvm19), or set DRJIT_LIBLLVM_PATH to its libLLVM.so"
)
_LONGEST_PATH = 16
_ROULETTE_FROM = 4
_SAMPLES_AT_ONCE = 1 << 24
"""Paths followed at once; each takes some hundred bytes."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Photoreal:
    """A path-traced image, with what its camera's own rays through the pixel centres met first.

    Attributes:
        nit: (H, W, 3) float32 linear Rec. 709 luminance, cd/m2; 0 samples leave it black.
        z_m: (H, W) float32 along the axis; 0 where nothing was met.
        instance_id: (H, W) uint16; 0 where nothing was met.
        variant: of Mitsuba: ``cuda_ad_rgb`` or ``llvm_ad_rgb``.
    """

    nit: np.ndarray
    z_m: np.ndarray
    instance_id: np.ndarray
    variant: str


def render_photoreal(scene: Scene, camera: Camera, *, samples: int, seed: int, denoise: bool = False) -> Photoreal:
    """Return what ``camera`` sees of ``scene``, path-traced by Mitsuba, in the same units.

    Labels are of the first surface, glass too. Equal seeds give equal images on the same variant.

    Args:
        scene: without weather.
        camera: one of its sensors; a pinhole with square pixels.
        samples: paths per pixel; 0 for labels only.
        seed: of the noise.
        denoise: whether to smooth the noise away by Intel Open Image Denoise, guided by albedo and normals.

    Raises:
        SimgenError: Mitsuba, LLVM, which it compiles with, or the denoiser is not installed.
        ValueError: the scene or the camera is not what this renderer can show.
    """
    mi, dr = _mitsuba()
    if samples < 0:
        raise ValueError(f"photoreal: samples must be 0 or more, got {samples}")
    smooth = _denoiser() if denoise else None
    sensor = mitsuba_camera(mi, camera, scene.world_from_rig @ camera.rig_from_camera)
    lit, meshes = mitsuba_scene(mi, dr, scene)
    z_m, instance_id = _labels(mi, dr, labels_scene(mi, meshes), meshes, sensor, camera)
    if samples:
        weigh_emitters(mi, dr, lit, sensor)
    nit, albedo, normal = _render(mi, lit, sensor, camera, samples, seed)
    if smooth is not None and samples:
        nit = smooth(nit, albedo=albedo, normal=normal, hdr=True)
    return Photoreal(nit=nit, z_m=z_m, instance_id=instance_id, variant=mi.variant())


def _mitsuba() -> tuple[Any, Any]:
    """Return Mitsuba and Dr.Jit with the best variant set."""
    try:
        mi, dr = importlib.import_module("mitsuba"), importlib.import_module("drjit")
    except ImportError as error:
        raise SimgenError("photoreal needs Mitsuba 3: pip install 'simgen[photoreal]'") from error
    if dr.has_backend(dr.JitBackend.CUDA):
        mi.set_variant("cuda_ad_rgb")
        return mi, dr
    if not dr.has_backend(dr.JitBackend.LLVM):
        raise SimgenError(f"photoreal: Mitsuba found neither CUDA nor LLVM; {_GET_LLVM}")
    # Older ones know no instruction for a minimum of floats, and end the process.
    version = dr.detail.llvm_version()
    if version[0] < _OLDEST_LLVM:
        raise SimgenError(f"photoreal: Mitsuba found LLVM {version[0]} and needs {_OLDEST_LLVM}; {_GET_LLVM}")
    mi.set_variant("llvm_ad_rgb")
    return mi, dr


def _denoiser() -> Any:
    try:
        return importlib.import_module("pyoidn").denoise
    except ImportError as error:
        raise SimgenError("photoreal: denoising needs Open Image Denoise: pip install 'simgen[photoreal]'") from error


def _render(mi: Any, scene: Any, sensor: Any, camera: Camera, samples: int, seed: int) -> tuple[np.ndarray, ...]:
    """Return (H, W, 3) float32 luminance, albedo and world normals, the means of passes that fit into memory."""
    pixels = camera.width_px * camera.height_px
    each = max(min(samples, _SAMPLES_AT_ONCE // pixels), 1)
    # Not ``path``: only this one lets light straight through glass to what it samples lamps from.
    paths = {"type": "volpath", "max_depth": _LONGEST_PATH, "rr_depth": _ROULETTE_FROM}
    integrator = mi.load_dict({"type": "aov", "aovs": "albedo:albedo,normal:sh_normal", "light": paths})
    total = np.zeros((camera.height_px, camera.width_px, 9))
    for number, start in enumerate(range(0, samples, each)):
        count = min(each, samples - start)
        image = mi.render(scene, sensor=sensor, integrator=integrator, spp=count, seed=seed * 65536 + number)
        total += count * np.array(image)
    mean = (total / max(samples, 1)).astype(np.float32)
    return tuple(np.ascontiguousarray(part) for part in np.split(mean, 3, axis=2))


def _first_solid(mi: Any, dr: Any, scene: Any, meshes: list[tuple[Any, np.ndarray]], ray: Any) -> tuple[Any, Any]:
    """Return what rays meet first that is no hole, and the rays, begun anew behind the holes they went through."""
    # Glass lets rays through, too, but scatters none.
    both = int(mi.BSDFFlags.Null) | int(mi.BSDFFlags.DiffuseReflection)
    holed = [mesh for mesh, _ in meshes if int(mesh.bsdf().flags()) & both == both]
    near = scene.ray_intersect_preliminary(ray)
    for _ in range(MOST_LAYERS if holed else 0):
        here = mi.Bool(False)
        for mesh in holed:
            here |= near.shape == mi.ShapePtr(mesh)
        hit = near.compute_surface_interaction(ray)
        through = near.is_valid() & here & (dr.mean(hit.bsdf().eval_null_transmission(hit)) > 0.5)
        if not dr.any(through):
            break
        ray = dr.select(through, hit.spawn_ray(ray.d), ray)
        near = scene.ray_intersect_preliminary(ray)
    return near, ray


def _labels(
    mi: Any, dr: Any, scene: Any, meshes: list[tuple[Any, np.ndarray]], sensor: Any, camera: Camera
) -> tuple[np.ndarray, np.ndarray]:
    """Return (H, W) float32 ``z_m`` and (H, W) uint16 instance ids along the sensor's rays through pixel centres."""
    shape = (camera.height_px, camera.width_px)
    index = dr.arange(mi.UInt32, camera.width_px * camera.height_px)
    x, y = mi.Float(index % camera.width_px) + 0.5, mi.Float(index // camera.width_px) + 0.5
    place = mi.Point2f(x / camera.width_px, y / camera.height_px)
    ray, _ = sensor.sample_ray(0.0, 0.0, place, mi.Point2f(0.5))
    near, ray = _first_solid(mi, dr, scene, meshes, ray)
    axis = sensor.world_transform() @ mi.Vector3f(0.0, 0.0, 1.0)
    origin = sensor.world_transform() @ mi.Point3f(0.0)
    z_m = dr.select(near.is_valid(), dr.dot(ray(near.t) - origin, axis), 0.0)
    instance = dr.zeros(mi.UInt32, dr.width(index))
    for mesh, face_instance in meshes:
        here = near.is_valid() & (near.shape == mi.ShapePtr(mesh))
        found = dr.gather(mi.UInt32, mi.UInt32(face_instance.astype(np.uint32)), near.prim_index, here)
        instance = dr.select(here, found, instance)
    return (
        np.array(z_m).astype(np.float32).reshape(shape),
        np.array(instance).astype(np.uint16).reshape(shape),
    )
