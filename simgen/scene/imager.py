"""Imagers: what a camera makes of the light that reaches it, from the lens's glass to the bytes of the picture."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Literal

Bayer = Literal["none", "RGGB", "BGGR", "GRBG", "GBRG"]
Metering = Literal["matrix", "mean", "centre", "highlight"]
WhiteBalance = Literal["scene", "grey_world", "fixed"]
ToneCurve = Literal["filmic", "linear", "gamma", "compressed"]

_SENSOR_ONLY = (
    "exposure_s",
    "iso",
    "bayer",
    "read_noise_e",
    "row_noise_e",
    "dark_current_e_per_s",
    "dsnu_e",
    "prnu",
    "black_level_dn",
    "headroom_stops",
    "response_rgb",
    "crosstalk",
)
_SHARES = ("vignette_cos4", "bloom_share", "veil_share", "ghost_share", "prnu", "crosstalk")
_NOT_BELOW_0 = ("softness_px", "read_noise_e", "row_noise_e", "dark_current_e_per_s", "dsnu_e", "black_level_dn")


@dataclass(frozen=True, kw_only=True)
class Imager:
    """What becomes of the light: optics, exposure, sensor, processing, in this order.

    In a recipe, ``preset`` brings all the values of that name in ``assets/sensors/imagers.yaml``, and what is set
    beside it takes their place. Without a ``full_well_e`` the sensor is ideal: no noise, no mosaic, no limit to the
    exposure.

    Attributes:
        preset: what it began as; ``ideal`` does nothing.
        vignette_cos4: share of the natural fall-off with the fourth power of the cosine of the angle from the axis, 0
            (corrected) to 1.
        vignette: a, b, c of the lens's own shading ``1 + a r^2 + b r^4 + c r^6``, where r is the distance from the
            optical axis and 1 half of the image's diagonal.
        softness_px: standard deviation of the lens's and pixel's blur.
        lateral_color: how much larger the red image is, and how much smaller the blue one, than the green.
        bloom_share: share of the light that is scattered about where it falls.
        bloom_sigma_deg: standard deviations, as angles near the axis, of the Gaussians it is scattered by.
        bloom_weights: share of each of these in it; they add up to 1. Widths that grow threefold with shares that fall
            by a third or a half look like the slow fall of a lens's glare, between 1/r^2 and 1/r^3.
        ghost_share: share of the light of what overfills the sensor that comes back as mirror images about the axis.
        veil_share: share of the light that is spread over the whole image.
        metering: what the exposure is measured by: ``matrix`` weighs the whole and looks after highlights, ``mean``
            takes the mean of light, ``centre`` that of the middle, ``highlight`` lets next to nothing overfill.
        f_number: focal length over aperture.
        exposure_s: how long the shutter is open; None for as long as the meter asks, up to ``longest_exposure_s``.
        longest_exposure_s: beyond it, ``iso`` is raised.
        iso: sensitivity; None for ``base_iso``, raised in the dark up to ``highest_iso``. Where that is not enough the
            picture stays dark.
        base_iso: at which a full well fills the digital range.
        highest_iso: most that ``iso`` is raised to.
        full_well_e: electrons that a pixel holds; None for an ideal sensor.
        bits: of a raw value.
        black_level_dn: raw value of no light.
        bayer: colour filters of the upper left 2 x 2 pixels, row by row; ``none`` senses all three colours in each.
        read_noise_e: standard deviation of reading a pixel.
        row_noise_e: standard deviation of what all pixels of a row have in common.
        dark_current_e_per_s: electrons that come without light.
        dsnu_e: standard deviation of the pixels' offsets, the same in all pictures.
        prnu: standard deviation of the pixels' gains, likewise.
        headroom_stops: how far above the light that the meter calls saturation a pixel overfills.
        response_rgb: electrons of each channel in grey light, relative to the most responsive one.
        crosstalk: share of a channel's signal that comes evenly from the other two colours; undone after white balance.
        white_balance: what is made grey: the ``scene``'s main light as far as ``render.white_balance`` says, the mean
            of the picture (``grey_world``), or light of a ``fixed`` colour temperature.
        white_balance_k: that colour temperature, 1667 to 25000.
        tone_curve: ``filmic`` rolls highlights off, ``linear`` clips them (with sRGB's coding), ``gamma`` is a power of
            1/2.2, ``compressed`` keeps all that the sensor holds; None for that of ``render``.
        chroma_blur_px: standard deviation of a blur of the colour differences, against coloured noise.
        sharpening: how much of the difference from a blurred picture is added.
        jpeg_quality: 1 to 100 to code and decode the picture as JPEG; 0 does not.
    """

    preset: str = "ideal"
    vignette_cos4: float = 0.0
    vignette: tuple[float, float, float] = (0.0, 0.0, 0.0)
    softness_px: float = 0.0
    lateral_color: float = 0.0
    bloom_share: float = 0.0
    bloom_sigma_deg: tuple[float, ...] = (0.1, 0.3, 0.9, 2.7, 8.0)
    bloom_weights: tuple[float, ...] = (0.4, 0.25, 0.16, 0.11, 0.08)
    ghost_share: float = 0.0
    veil_share: float = 0.0
    metering: Metering = "matrix"
    f_number: float = 2.8
    exposure_s: float | None = None
    longest_exposure_s: float = 0.033
    iso: float | None = None
    base_iso: float = 100.0
    highest_iso: float = 6400.0
    full_well_e: float | None = None
    bits: int = 12
    black_level_dn: int = 0
    bayer: Bayer = "none"
    read_noise_e: float = 0.0
    row_noise_e: float = 0.0
    dark_current_e_per_s: float = 0.0
    dsnu_e: float = 0.0
    prnu: float = 0.0
    headroom_stops: float = 0.0
    response_rgb: tuple[float, float, float] = (1.0, 1.0, 1.0)
    crosstalk: float = 0.0
    white_balance: WhiteBalance = "scene"
    white_balance_k: float = 5500.0
    tone_curve: ToneCurve | None = None
    chroma_blur_px: float = 0.0
    sharpening: float = 0.0
    jpeg_quality: int = 0

    def __post_init__(self) -> None:
        for key in _SHARES:
            _check(key, getattr(self, key), 0.0, 0.9 if key == "crosstalk" else 1.0)
        for key in _NOT_BELOW_0:
            if not 0.0 <= getattr(self, key) < math.inf:
                raise ValueError(f"{key} must be 0 or more, got {getattr(self, key)}")
        self._check_optics()
        self._check_exposure()
        self._check_sensor()
        _check("white_balance_k", self.white_balance_k, 1667.0, 25000.0)
        _check("chroma_blur_px", self.chroma_blur_px, 0.0, 16.0)
        _check("sharpening", self.sharpening, 0.0, 5.0)
        _check("jpeg_quality", self.jpeg_quality, 0, 100)

    @property
    def scatters(self) -> bool:
        """Whether bright light is seen elsewhere than where it falls."""
        return self.bloom_share > 0.0 or self.ghost_share > 0.0 or self.veil_share > 0.0

    def _check_optics(self) -> None:
        _check("lateral_color", self.lateral_color, -0.01, 0.01)
        if not self.bloom_sigma_deg or len(self.bloom_sigma_deg) != len(self.bloom_weights):
            raise ValueError(
                f"bloom_sigma_deg and bloom_weights must be of one length, 1 or more, got {len(self.bloom_sigma_deg)} "
                f"and {len(self.bloom_weights)}"
            )
        if not all(0.0 < sigma <= 30.0 for sigma in self.bloom_sigma_deg):
            raise ValueError(f"bloom_sigma_deg must lie above 0 and up to 30, got {self.bloom_sigma_deg}")
        if min(self.bloom_weights) < 0.0 or not abs(sum(self.bloom_weights) - 1.0) < 1e-6:
            raise ValueError(f"bloom_weights must be 0 or more and add up to 1, got {self.bloom_weights}")
        if self.bloom_share + self.ghost_share + self.veil_share > 0.9:
            raise ValueError(
                "bloom_share, ghost_share and veil_share must leave a tenth of the light or more where it falls, "
                f"got {self.bloom_share}, {self.ghost_share} and {self.veil_share}"
            )
        a, b, c = self.vignette
        least = min(1.0 + q * (a + q * (b + q * c)) for q in (k / 64.0 for k in range(65)))
        if not least >= 0.0:
            raise ValueError(f"vignette {self.vignette} leaves less than no light, {least:.2f}, within the image")

    def _check_exposure(self) -> None:
        _check("f_number", self.f_number, 0.5, 64.0)
        _check("longest_exposure_s", self.longest_exposure_s, 1e-6, 60.0)
        if self.exposure_s is not None:
            _check("exposure_s", self.exposure_s, 1e-6, 60.0)
        if not 0.0 < self.base_iso <= self.highest_iso <= 1e6:
            raise ValueError(
                f"base_iso must be above 0, highest_iso at least as much, up to a million, got {self.base_iso:g} and "
                f"{self.highest_iso:g}"
            )
        if self.iso is not None and not self.base_iso <= self.iso <= self.highest_iso:
            raise ValueError(
                f"iso must lie in base_iso to highest_iso, {self.base_iso:g} to {self.highest_iso:g}, got {self.iso:g}"
            )

    def _check_sensor(self) -> None:
        _check("headroom_stops", self.headroom_stops, 0.0, 12.0)
        if max(self.response_rgb) != 1.0 or not min(self.response_rgb) > 0.05:
            raise ValueError(f"response_rgb must have 1 as its largest and all above 0.05, got {self.response_rgb}")
        if self.full_well_e is None:
            default = {f.name: f.default for f in fields(self)}
            told = [key for key in _SENSOR_ONLY if getattr(self, key) != default[key]]
            if told:
                raise ValueError(f"{', '.join(told)}: an ideal sensor has none; give it a full_well_e or a preset")
            return
        _check("full_well_e", self.full_well_e, 100.0, 1e7)
        _check("bits", self.bits, 6, 16)
        if self.black_level_dn > 2**self.bits // 4:
            raise ValueError(
                f"black_level_dn must be at most a quarter of {self.bits} bits, {2**self.bits // 4}, "
                f"got {self.black_level_dn}"
            )


def _check(key: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise ValueError(f"{key} must lie in {low:g} to {high:g}, got {value:g}")


IDEAL = Imager()
"""Takes every pixel's light as it comes."""
