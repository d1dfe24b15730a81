"""Depth cameras: how a device finds depth, and the figures it fails by."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Literal

from simgen import spec
from simgen.geometry.pose import Pose, Vector3
from simgen.scene.camera import Camera
from simgen.scene.lens import Pinhole

MEASURED, NOTHING, OUT_OF_RANGE, SHADOW, DARK, GLOSSY, GRAZING, TRANSPARENT, EDGE, SUNLIGHT, PLAIN = range(11)
"""Why a pixel has no depth (`MEASURED`: it has a sound one).

Nothing was met; nearer or farther than the device measures; hidden from the emitter or the second imager; too little
light comes back; a highlight saturates it, or a mirror sends the light away; met at too flat an angle; glass; depths
mixed within the pixel; daylight drowns the emitter's light; no texture to match.
"""

FATTENED, FLYING, MULTIPATH, THROUGH_GLASS, WRAPPED = range(17, 22)
"""What is wrong with a depth that a pixel has.

It is that of another surface beside it; it lies between those of two surfaces; light came by way of another surface as
well; it is that of what lies behind glass; it is a whole number of ambiguity ranges too short.
"""

HAS_DEPTH_FROM = FATTENED
"""Reasons from here on have a depth, as `MEASURED` has."""

REASONS = {
    "measured": MEASURED,
    "nothing": NOTHING,
    "out_of_range": OUT_OF_RANGE,
    "shadow": SHADOW,
    "dark": DARK,
    "glossy": GLOSSY,
    "grazing": GRAZING,
    "transparent": TRANSPARENT,
    "edge": EDGE,
    "sunlight": SUNLIGHT,
    "plain": PLAIN,
    "fattened": FATTENED,
    "flying": FLYING,
    "multipath": MULTIPATH,
    "through_glass": THROUGH_GLASS,
    "wrapped": WRAPPED,
}
"""Value in a reason image by name; values up to 16 have no depth, but for 0."""


@dataclass(frozen=True, kw_only=True)
class Emitter:
    """The infrared lamp or pattern projector of a depth camera.

    Attributes:
        offset_m: where it is in the camera's frame (x right, y down, z forward), seen from the imager.
        range_at_10_percent_m: how far away a 10 % Lambertian target, met squarely on the axis in the dark, is just
            measured.
        falloff_exponent: its strength at an angle ``t`` off the axis is ``cos(t) ** falloff_exponent``.
        saturating_signal: light coming back that is too much, relative to a white Lambertian surface met squarely at
            1 m; None for never.
        drowning_lux: daylight on a white surface whose shot noise equals the noise there is in the dark: with
            illuminance E on a surface of reflectance r, noise grows by ``sqrt(1 + r E / drowning_lux)``; None where
            daylight does no harm.
    """

    offset_m: Vector3 = (0.0, 0.0, 0.0)
    range_at_10_percent_m: float
    falloff_exponent: float = 0.0
    saturating_signal: float | None = None
    drowning_lux: float | None = None

    def __post_init__(self) -> None:
        _check_above_0(self, "range_at_10_percent_m", "saturating_signal", "drowning_lux")
        _check_not_below_0(self, "falloff_exponent")


@dataclass(frozen=True, kw_only=True)
class Triangulation:
    """Depth from where a point appears to two eyes: two imagers, or an imager and a pattern projector.

    The imager is the left one where there are two. With focal length f in pixels, disparity is ``d = f b / z``.

    Attributes:
        eyes: ``two_imagers`` (stereo; without an ``emitter`` passive) or ``imager_and_projector`` (structured light).
        baseline_m: how far the second eye is to the right of the imager; below 0 to the left.
        disparity_noise_px: standard deviation of the disparity where the signal is strong.
        disparity_step_px: sub-pixel step that disparity is rounded to; 0 for none.
        window_px: odd width of the square that is matched; foreground is widened by half of it.
        lateral_noise_px: standard deviation of how far a pixel's measured spot lies beside its own.
        max_disparity_px: the widest disparity that is searched for; sets the nearest depth.
        max_incidence_deg: what is met at a flatter angle than this, from the normal, is not matched.
        least_contrast: of a surface's own texture by ambient light, the least that two imagers can match without an
            emitter, 0 to 1; None where it helps nothing.
        emitter: the pattern projector; None for passive stereo.
    """

    kind: Literal["triangulation"] = "triangulation"
    eyes: Literal["two_imagers", "imager_and_projector"]
    baseline_m: float
    disparity_noise_px: float
    disparity_step_px: float
    window_px: int
    max_disparity_px: float
    lateral_noise_px: float = 0.0
    max_incidence_deg: float = 80.0
    least_contrast: float | None = None
    emitter: Emitter | None = None

    def __post_init__(self) -> None:
        if self.baseline_m == 0 or not math.isfinite(self.baseline_m):
            raise ValueError(f"baseline_m must be a finite number but 0, got {self.baseline_m}")
        if self.window_px < 1 or self.window_px % 2 == 0:
            raise ValueError(f"window_px must be odd and 1 or more, got {self.window_px}")
        _check_above_0(self, "max_disparity_px", "least_contrast")
        _check_not_below_0(self, "disparity_noise_px", "disparity_step_px", "lateral_noise_px")
        if not 0 < self.max_incidence_deg <= 90:
            raise ValueError(f"max_incidence_deg must lie in 0 to 90, got {self.max_incidence_deg}")
        if self.emitter is None and (self.eyes == "imager_and_projector" or self.least_contrast is None):
            raise ValueError(
                "without an emitter there must be two_imagers and a least_contrast, got "
                f"{self.eyes} and {self.least_contrast}"
            )


@dataclass(frozen=True, kw_only=True)
class TimeOfFlight:
    """Depth from the phase of modulated light that comes back.

    Attributes:
        modulation_hz: the (highest) frequency, by whose phase depths within one pixel mix.
        ambiguity_range_m: beyond it ranges start from 0 again; None where several frequencies or the device's
            range rule it out.
        range_noise_m: standard deviation of the range where the signal is strong.
        weak_range_noise_m: what a signal at the detection threshold adds to it, in quadrature; falls as the signal.
        least_coherence: of a pixel's mixed light, how long the sum of its phasors must be relative to the sum of their
            lengths, 0 to 1; less is no depth. 0 keeps all flying pixels.
        pixel_blur_px: width of the square that one pixel gathers light from.
        max_incidence_deg: what is met at a flatter angle than this, from the normal, is not measured.
        emitter: the lamp.
    """

    kind: Literal["time_of_flight"] = "time_of_flight"
    modulation_hz: float
    range_noise_m: float
    weak_range_noise_m: float
    emitter: Emitter
    ambiguity_range_m: float | None = None
    least_coherence: float = 0.0
    pixel_blur_px: float = 1.5
    max_incidence_deg: float = 87.0

    def __post_init__(self) -> None:
        _check_above_0(self, "modulation_hz", "ambiguity_range_m", "pixel_blur_px")
        _check_not_below_0(self, "range_noise_m", "weak_range_noise_m")
        if not 0 <= self.least_coherence <= 1 or not 0 < self.max_incidence_deg <= 90:
            raise ValueError(
                "least_coherence must lie in 0 to 1 and max_incidence_deg in 0 to 90, got "
                f"{self.least_coherence} and {self.max_incidence_deg}"
            )


Method = Annotated[Triangulation | TimeOfFlight, spec.TAGGED]


@dataclass(frozen=True, kw_only=True)
class DepthCamera:
    """A camera whose pixels measure depth; "depth" is ``z_m``, along its optical axis.

    Attributes:
        camera: size, intrinsics, name and mounting of the imager that the depth image is of: a pinhole. Its
            ``depth_unit_m`` is that of the stored exact depth.
        model: key in ``assets/sensors/depth_cameras.yaml``.
        method: how it finds depth.
        min_z_m, max_z_m: what it can measure, along the axis.
        depth_unit_m: metres per count of the sensed depth, 16 bits; 0 stands for none.
        dropout_softness: width, in natural logarithms of signal, of the edge between what is and is not measured.
    """

    camera: Camera
    model: str
    method: Method
    min_z_m: float
    max_z_m: float
    depth_unit_m: float = 0.001
    dropout_softness: float = 0.2
    kind: Literal["depth_camera"] = "depth_camera"

    def __post_init__(self) -> None:
        if not isinstance(self.camera.lens, Pinhole):
            raise ValueError(
                f"depth camera {self.name!r}: its images are straightened, so it takes a pinhole, got a "
                f"{self.camera.lens.kind} lens"
            )
        if not 0 <= self.min_z_m < self.max_z_m < math.inf:
            raise ValueError(
                f"depth camera {self.name!r}: min_z_m must be 0 or more and below max_z_m, got {self.min_z_m} and "
                f"{self.max_z_m}"
            )
        _check_above_0(self, "depth_unit_m")
        _check_not_below_0(self, "dropout_softness")
        if self.max_z_m > 65535 * min(self.depth_unit_m, self.camera.depth_unit_m):
            raise ValueError(
                f"depth camera {self.name!r}: max_z_m {self.max_z_m:g} does not fit 16 bits in steps of "
                f"{self.depth_unit_m:g} and {self.camera.depth_unit_m:g} m"
            )

    @property
    def name(self) -> str:
        """Unique among the scene's sensors."""
        return self.camera.name

    @property
    def rig_from_camera(self) -> Pose:
        """Mounting pose of the imager on the rig."""
        return self.camera.rig_from_camera

    @property
    def disparity_m_px(self) -> float:
        """Focal length times baseline: ``disparity_px = disparity_m_px / z_m``; 0 where no disparity is measured."""
        return self.camera.fx_px * self.method.baseline_m if isinstance(self.method, Triangulation) else 0.0


def _check_above_0(value: object, *keys: str) -> None:
    for key in keys:
        number = getattr(value, key)
        if number is not None and not 0 < number < math.inf:
            raise ValueError(f"{key} must be above 0 and finite, got {number}")


def _check_not_below_0(value: object, *keys: str) -> None:
    for key in keys:
        if not 0 <= getattr(value, key) < math.inf:
            raise ValueError(f"{key} must be 0 or more and finite, got {getattr(value, key)}")
