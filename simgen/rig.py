"""Sensors as a recipe asks for them, what they are and where they sit on the rig; and whole rigs from files."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Literal

from simgen import spec
from simgen.assets.depth_cameras import depth_camera_models, make_depth_camera
from simgen.assets.imagers import ImagerChoice
from simgen.assets.radars import make_radar, radar_models
from simgen.assets.sensors import camera_model, camera_models, make_lidar
from simgen.errors import RecipeError, SimgenError
from simgen.geometry.pose import CAMERA_AXES, Pose, Vector3, about
from simgen.resources import shipped
from simgen.scene.beam_pattern import Spinning
from simgen.scene.camera import Camera, focal_px
from simgen.scene.depth_camera import DepthCamera
from simgen.scene.imager import IDEAL
from simgen.scene.lens import KannalaBrandt, Lens, Pinhole
from simgen.scene.lens_dirt import LensDirt
from simgen.scene.lidar import Lidar, Reference, ReturnMode
from simgen.scene.optics import Aperture, Shutter
from simgen.scene.radar import Radar


@dataclass(frozen=True, kw_only=True)
class CameraMount:
    """A camera on the rig (x forward, y left, z up; the ground is z = 0 on a vehicle).

    What it sees is told by a ``preset``, or by a size and a ``lens`` with either a field of view or a focal length.

    Attributes:
        name: unique among the sensors; part of every file's name.
        preset: name in ``assets/sensors/cameras.yaml``, which gives size, intrinsics and lens; of these only the size
            may then be set, and the intrinsics follow the width.
        width_px: image width; None for the preset's, or else 640.
        height_px: image height; None for what keeps the preset's shape, or else 480. Another shape than the preset's
            is cut or widened evenly above and below.
        horizontal_fov_deg: angle from the left to the right edge, 1 to 170, with a fisheye lens up to 350; None for 60
            where neither a focal length nor a preset tells it.
        fx_px, fy_px: focal lengths; None for those of ``horizontal_fov_deg``, and for ``fy_px`` that of ``fx_px``.
        cx_px, cy_px: where the optical axis meets the image, the first pixel's corner being (0, 0); None for the
            middle.
        lens: how it bends the image; None for a pinhole's, or the preset's.
        position_m: of the optical centre on the rig.
        yaw_deg: turned to the left.
        pitch_deg: tilted down.
        roll_deg: turned clockwise about its axis.
        ev100: exposure value at ISO 100; null meters every image.
        exposure_bias_stops: brighter (+) or darker (-) than metered or set.
        depth_unit_m: metres per count of the stored 16-bit depth image.
        lens_dirt: drops, dust, smears and frost on the glass before it.
        imager: what it makes of the light: lens, exposure, sensor, processing; without it, nothing but exposure,
            white balance and tone curve.
        shutter: when each row takes light: motion blur and rolling shutter. Labels follow the rows' times; blur leaves
            them as they are.
        aperture: how wide the lens is open: depth of field. Null for everything in focus. Labels are those of
            its middle.
    """

    kind: Literal["camera"] = "camera"
    name: str = "camera"
    preset: str | None = None
    width_px: int | None = None
    height_px: int | None = None
    horizontal_fov_deg: float | None = None
    fx_px: float | None = None
    fy_px: float | None = None
    cx_px: float | None = None
    cy_px: float | None = None
    lens: Lens | None = None
    position_m: Vector3 = (0.0, 0.0, 0.0)
    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    ev100: float | None = None
    exposure_bias_stops: float = 0.0
    depth_unit_m: float = 1.0 / 256.0
    lens_dirt: LensDirt = LensDirt()
    imager: ImagerChoice = IDEAL
    shutter: Shutter = Shutter()
    aperture: Aperture | None = None

    def __post_init__(self) -> None:
        _check_name(self.name)
        if self.preset is not None:
            if self.preset not in camera_models():
                raise ValueError(f"unknown camera preset {self.preset!r}; known: {', '.join(camera_models())}")
            told = ("horizontal_fov_deg", "fx_px", "fy_px", "cx_px", "cy_px", "lens")
            extra = [key for key in told if getattr(self, key) is not None]
            if extra:
                raise ValueError(f"preset {self.preset!r} already tells {', '.join(extra)}; leave one or the other out")
        width, height = self.size_px
        if not (8 <= width <= 16384 and 8 <= height <= 16384):
            raise ValueError(f"image size must lie in 8 to 16384 pixels, got {width} x {height}")
        if self.horizontal_fov_deg is not None:
            widest = 350.0 if isinstance(self.lens, KannalaBrandt) else 170.0
            if not 1.0 <= self.horizontal_fov_deg <= widest:
                raise ValueError(f"horizontal_fov_deg must lie in 1 to {widest:g}, got {self.horizontal_fov_deg}")
            if self.fx_px is not None:
                raise ValueError("horizontal_fov_deg and fx_px both tell the focal length; leave one of them out")
        if self.fy_px is not None and self.fx_px is None:
            raise ValueError("fy_px needs fx_px beside it")
        if not self.depth_unit_m > 0:
            raise ValueError(f"depth_unit_m must be above 0, got {self.depth_unit_m}")
        self.build()  # raises where the lens does not fill the image

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of the image."""
        if self.preset is None:
            return (640 if self.width_px is None else self.width_px, 480 if self.height_px is None else self.height_px)
        model = camera_model(self.preset)
        width = model.width_px if self.width_px is None else self.width_px
        return width, round(model.height_px * width / model.width_px) if self.height_px is None else self.height_px

    def build(self) -> Camera:
        """Return the camera in its place."""
        width, height = self.size_px
        fx, fy, cx, cy, lens = self._optics(width, height)
        return Camera(
            name=self.name,
            width_px=width,
            height_px=height,
            fx_px=fx,
            fy_px=fy,
            cx_px=cx,
            cy_px=cy,
            lens=lens,
            rig_from_camera=_mounting(self.position_m, self.yaw_deg, self.pitch_deg, self.roll_deg) @ CAMERA_AXES,
            ev100=self.ev100,
            exposure_bias_stops=self.exposure_bias_stops,
            depth_unit_m=self.depth_unit_m,
            lens_dirt=self.lens_dirt,
            imager=self.imager,
            shutter=self.shutter,
            aperture=self.aperture,
        )

    def _optics(self, width: int, height: int) -> tuple[float, float, float, float, Lens]:
        """Return fx, fy, cx, cy in pixels, and the lens."""
        if self.preset is not None:
            model = camera_model(self.preset)
            scale = width / model.width_px
            center = model.cy_px * scale + (height - model.height_px * scale) / 2
            return model.fx_px * scale, model.fy_px * scale, model.cx_px * scale, center, model.lens
        lens = Pinhole() if self.lens is None else self.lens
        fx = self.fx_px
        if fx is None:
            fx = focal_px(width, 60.0 if self.horizontal_fov_deg is None else self.horizontal_fov_deg, lens)
        fy = fx if self.fy_px is None else self.fy_px
        cx = width / 2 if self.cx_px is None else self.cx_px
        return fx, fy, cx, height / 2 if self.cy_px is None else self.cy_px, lens


@dataclass(frozen=True, kw_only=True)
class LidarMount:
    """A LiDAR on the rig.

    Attributes:
        name: unique among the sensors; part of every file's name.
        model: name of a LiDAR that ships (``simgen sensors list``), or the path of a sensor file, which ends in
            ``.yaml``.
        rate_hz: sweeps per second; null for the model's own.
        columns: firings a sweep, where the model offers several; null for its own.
        sub_rays: how many rays stand for the cross-section of a beam: 1, 7 or 19.
        return_mode: which echoes of a pulse are reported: the ``strongest``, the ``last``, ``dual`` for both of them or
            the two strongest where these are one, ``triple`` for the first, the strongest and the last.
        reference: which time of a sweep is the frame's: its ``start``, its ``middle``, when what starts straight back
            faces ahead, or its ``end``. Boxes and poses are of that time.
        start_azimuth_deg: where a spinning sensor's sweep begins, to the left of ahead; null for the model's own.
        deskewed: whether clouds are made up for the rig's motion, all points in the frame at the reference time.
        crop_m: lowest and highest corner of a box on the rig whose points are left out: the vehicle itself.
        position_m: of its centre on the rig.
        yaw_deg: turned to the left.
        pitch_deg: tilted down.
        roll_deg: turned clockwise about its forward axis.
    """

    kind: Literal["lidar"] = "lidar"
    name: str = "lidar"
    model: str = "HDL-64E"
    rate_hz: float | None = None
    columns: int | None = None
    sub_rays: Literal[1, 7, 19] = 1
    return_mode: ReturnMode = "strongest"
    reference: Reference = "middle"
    start_azimuth_deg: float | None = None
    deskewed: bool = False
    crop_m: tuple[Vector3, Vector3] | None = None
    position_m: Vector3 = (0.0, 0.0, 0.0)
    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0

    def __post_init__(self) -> None:
        _check_name(self.name)
        try:
            self.build()
        except SimgenError as error:
            raise ValueError("; ".join(str(error).splitlines())) from None

    def build(self) -> Lidar:
        """Return the LiDAR in its place.

        Raises:
            ValueError: a sweep that does not spin is given a start.
            AssetError, RecipeError: its sensor file was changed or deleted since the mount was made.
        """
        mounting = _mounting(self.position_m, self.yaw_deg, self.pitch_deg, self.roll_deg)
        lidar = make_lidar(
            self.model,
            name=self.name,
            rig_from_lidar=mounting,
            rate_hz=self.rate_hz,
            columns=self.columns,
            sub_rays=self.sub_rays,
            return_mode=self.return_mode,
        )
        start = lidar.start_azimuth_deg if self.start_azimuth_deg is None else self.start_azimuth_deg
        if self.start_azimuth_deg is not None and not isinstance(lidar.pattern, Spinning):
            raise ValueError(f"start_azimuth_deg is for what spins; {self.model} has a {lidar.pattern.kind}")
        how = {"start_azimuth_deg": start, "reference": self.reference, "deskewed": self.deskewed}
        return replace(lidar, **how, crop_m=self.crop_m)


@dataclass(frozen=True, kw_only=True)
class DepthCameraMount:
    """A depth camera on the rig: structured light, active or passive stereo, or time of flight.

    Beside its exact depth it keeps the depth that the device would measure, with its holes and errors. The camera's
    own picture, if there should be one, is that of a ``camera`` beside it.

    Attributes:
        name: unique among the sensors; part of every file's name.
        model: name in ``assets/sensors/depth_cameras.yaml``.
        width_px: another width than the model's, showing the same.
        height_px: another height; None for what keeps the model's shape, else cut or widened evenly above and below.
        position_m: of its (left) imager's centre on the rig.
        yaw_deg: turned to the left.
        pitch_deg: tilted down.
        roll_deg: turned clockwise about its axis.
    """

    kind: Literal["depth_camera"] = "depth_camera"
    name: str = "depth"
    model: str = "realsense_d435"
    width_px: int | None = None
    height_px: int | None = None
    position_m: Vector3 = (0.0, 0.0, 0.0)
    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0

    def __post_init__(self) -> None:
        _check_name(self.name)
        if self.model not in depth_camera_models():
            raise ValueError(f"unknown depth camera model {self.model!r}; known: {', '.join(depth_camera_models())}")
        for key in ("width_px", "height_px"):
            size = getattr(self, key)
            if size is not None and not 8 <= size <= 4096:
                raise ValueError(f"{key} must lie in 8 to 4096, got {size}")

    def build(self) -> DepthCamera:
        """Return the depth camera in its place."""
        mounting = _mounting(self.position_m, self.yaw_deg, self.pitch_deg, self.roll_deg) @ CAMERA_AXES
        return make_depth_camera(
            self.model, name=self.name, width_px=self.width_px, height_px=self.height_px, rig_from_camera=mounting
        )


@dataclass(frozen=True, kw_only=True)
class RadarMount:
    """A radar on the rig: a list of detections with range, azimuth, Doppler speed and cross-section.

    Attributes:
        name: unique among the sensors; part of every file's name.
        model: name in ``assets/sensors/radars.yaml``.
        position_m: of its centre on the rig.
        yaw_deg: turned to the left.
        pitch_deg: tilted down.
        roll_deg: turned clockwise about its axis.
    """

    kind: Literal["radar"] = "radar"
    name: str = "radar"
    model: str = "ars408_near"
    position_m: Vector3 = (0.0, 0.0, 0.0)
    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0

    def __post_init__(self) -> None:
        _check_name(self.name)
        if self.model not in radar_models():
            raise ValueError(f"unknown radar model {self.model!r}; known: {', '.join(radar_models())}")

    def build(self) -> Radar:
        """Return the radar in its place."""
        mounting = _mounting(self.position_m, self.yaw_deg, self.pitch_deg, self.roll_deg)
        return make_radar(self.model, name=self.name, rig_from_radar=mounting)


Mount = CameraMount | LidarMount | DepthCameraMount | RadarMount


@dataclass(frozen=True, kw_only=True)
class Rig:
    """Sensors that are mounted together: a YAML file in ``assets/rigs/``, or one of a user's own.

    Attributes:
        description: a sentence for its readers.
        sensors: with their places on the rig (x forward, y left, z up; on a vehicle the ground is z = 0).
        sources: where each kind of figure comes from.
    """

    description: str
    sensors: tuple[Annotated[Mount, spec.TAGGED], ...]
    sources: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.sensors:
            raise ValueError("sensors must name at least one camera, lidar, depth_camera or radar")
        check_unique("sensors", [s.name for s in self.sensors])


def load_rig(name: str) -> Rig:
    """Return a rig by the name it ships under, or from a YAML file.

    Raises:
        RecipeError: there is none of that name, or its file is missing or faulty; lists every fault.
    """
    if name.endswith((".yaml", ".yml")):
        return spec.load(Rig, Path(name))
    if name not in shipped_rigs():
        near = difflib.get_close_matches(name, shipped_rigs(), n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise RecipeError(
            f"no rig {name!r}: {hint}known: {', '.join(shipped_rigs())}; a file of your own must end in .yaml"
        )
    return spec.load(Rig, shipped("assets") / "rigs" / f"{name}.yaml")


def shipped_rigs() -> tuple[str, ...]:
    """Return the names of the rigs that come with simgen."""
    return tuple(sorted(path.stem for path in (shipped("assets") / "rigs").glob("*.yaml")))


def check_unique(key: str, names: Sequence[str]) -> None:
    """Raise ``ValueError`` when a name occurs twice."""
    twice = sorted({n for n in names if names.count(n) > 1})
    if twice:
        raise ValueError(
            f"{key}: the name {', '.join(map(repr, twice))} is used more than once; give each a 'name' of its own"
        )


def _mounting(position_m: Vector3, yaw_deg: float, pitch_deg: float, roll_deg: float) -> Pose:
    turn = about((0.0, 0.0, 1.0), math.radians(yaw_deg))
    tilt = about((0.0, 1.0, 0.0), math.radians(pitch_deg))
    bank = about((1.0, 0.0, 0.0), math.radians(roll_deg))
    return Pose(translation_m=position_m) @ turn @ tilt @ bank


def _check_name(name: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,31}", name):
        raise ValueError(f"a sensor's name must be 1 to 32 of a-z, 0-9 and _, starting with a letter, got {name!r}")
