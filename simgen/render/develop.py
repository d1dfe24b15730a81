"""From raw values to the bytes of a picture: demosaic, white balance, colour, tone, sharpening, JPEG."""

from __future__ import annotations

import cv2
import numpy as np

from simgen.render.compiled import kernel
from simgen.render.exposure import LUMINANCE_RGB, display_bytes, look_up, toned
from simgen.render.sensor import FILTERS
from simgen.scene.imager import Bayer, Imager, ToneCurve

_DEMOSAIC: dict[Bayer, int] = {
    "RGGB": cv2.COLOR_BayerBG2RGB_EA,
    "BGGR": cv2.COLOR_BayerRG2RGB_EA,
    "GRBG": cv2.COLOR_BayerGB2RGB_EA,
    "GBRG": cv2.COLOR_BayerGR2RGB_EA,
}
"""OpenCV names a mosaic by its second row's second and third pixels, hence the other letters."""

_ZERO, _WHITE = 4096.0, 61440.0
"""What stands for no light and for the fullest in the 16 bits that are demosaicked; noise reaches below no light."""

_SHARPENING_SIGMA_PX = 1.0
_MEDIAN_PX = 5


def develop(raw: np.ndarray, imager: Imager, gains: np.ndarray, curve: ToneCurve) -> np.ndarray:
    """Return the (H, W, 3) uint8 picture of raw values.

    Each channel is brought to the same value for what ``gains`` make grey, cut where the first channel overfills so
    that what overfills is white, demosaicked, and turned into Rec. 709 by a matrix that undoes the crosstalk.

    Args:
        raw: (H, W, 1 or 3) uint16 from `simgen.render.sensor.sense`.
        imager: that it comes from.
        gains: (3,) of red, green and blue light that white balance asks for.
        curve: tone curve.
    """
    height, width, colors = raw.shape
    mixing = _mixing(imager.crosstalk)
    balance = 1.0 / (mixing @ (1.0 / gains))
    per_channel = balance / np.array(imager.response_rgb)
    least = float(per_channel.min())
    span = 2.0**imager.bits - 1.0 - imager.black_level_dn
    balanced = np.empty(raw.size, np.uint16)
    filters = np.array(FILTERS.get(imager.bayer, (0, 0, 0, 0)))
    per_dn = per_channel / least * (_WHITE - _ZERO) / span
    _balance(raw.size, balanced, raw.ravel(), per_dn, float(imager.black_level_dn), filters, colors, width)
    if colors == 1:
        full = demosaicked(balanced.reshape(height, width), imager.bayer)
    else:
        full = balanced.reshape(height, width, 3)
    matrix = gains[:, None] * np.linalg.inv(mixing) / balance[None, :] / (_WHITE - _ZERO)
    fullest = least * 2.0**imager.headroom_stops
    table = display_bytes(curve, fullest, float(toned(np.array([fullest]), curve, fullest)[0]))
    out = np.empty((height * width, 3), np.uint8)
    _show(len(out), out, full.reshape(-1, 3), matrix, table)
    return out.reshape(height, width, 3)


def demosaicked(mosaic: np.ndarray, bayer: Bayer) -> np.ndarray:
    """Return the (H, W, 3) uint16 image of a (H, W) uint16 mosaic whose channels are in balance.

    Green along the edges first; then red and blue follow it by medians of their differences from it (Freeman 1988, US
    patent 4724395), which takes away most of the false colours at edges.
    """
    red, green, blue = cv2.split(cv2.cvtColor(mosaic, _DEMOSAIC[bayer]))
    return cv2.merge([_followed(red, green), green, _followed(blue, green)])


def _followed(channel: np.ndarray, green: np.ndarray) -> np.ndarray:
    middle = 32768
    difference = np.clip(channel.astype(np.int32) - green + middle, 0, 65535).astype(np.uint16)
    smooth = cv2.medianBlur(difference, _MEDIAN_PX).astype(np.int32) - middle
    return np.clip(green + smooth, 0, int(_WHITE)).astype(np.uint16)


def _mixing(crosstalk: float) -> np.ndarray:
    """Return the (3, 3) matrix from Rec. 709 to what the channels see of it; grey stays grey."""
    return np.full((3, 3), crosstalk / 2.0) + np.eye(3) * (1.0 - 1.5 * crosstalk)


@kernel
def _balance(
    start: int,
    stop: int,
    out: np.ndarray,
    raw: np.ndarray,
    per_dn: np.ndarray,
    black_dn: float,
    filters: np.ndarray,
    colors: int,
    width: int,
) -> None:
    for i in range(start, stop):
        channel = i % 3 if colors == 3 else filters[2 * ((i // width) & 1) + ((i % width) & 1)]
        value = _ZERO + (raw[i] - black_dn) * per_dn[channel] + 0.5
        out[i] = np.uint16(min(max(value, 0.0), _WHITE))


@kernel
def _show(start: int, stop: int, out: np.ndarray, light: np.ndarray, matrix: np.ndarray, table: np.ndarray) -> None:
    for i in range(start, stop):
        red, green, blue = light[i, 0] - _ZERO, light[i, 1] - _ZERO, light[i, 2] - _ZERO
        for k in range(3):
            out[i, k] = look_up(table, matrix[k, 0] * red + matrix[k, 1] * green + matrix[k, 2] * blue)


def grey_world(nit: np.ndarray, overfill_nit: float) -> np.ndarray:
    """Return (3,) gains that make the mean of a (H, W, 3) image grey and keep its luminance.

    What overfills the sensor in any channel does not count, as in a camera, unless nothing else is there.
    """
    pixels = nit.reshape(-1, 3)
    kept = pixels[(pixels < overfill_nit).all(axis=1)]
    mean = (kept if len(kept) else pixels).mean(axis=0, dtype=np.float64)
    return keeping_luminance(mean)


def keeping_luminance(color: np.ndarray) -> np.ndarray:
    """Return (3,) gains that turn a colour into the grey of its luminance; ones where a channel is next to nothing."""
    luminance = float(LUMINANCE_RGB @ color)
    return luminance / color if luminance > 0 and color.min() > 0.05 * luminance else np.ones(3)


def finish(rgb: np.ndarray, imager: Imager) -> np.ndarray:
    """Return a (H, W, 3) uint8 picture with chroma blurred, sharpened, and coded as JPEG and back, as far as asked."""
    if imager.chroma_blur_px > 0.0:
        luma, red, blue = cv2.split(cv2.cvtColor(rgb, cv2.COLOR_RGB2YCrCb))
        red, blue = (cv2.GaussianBlur(c, (0, 0), imager.chroma_blur_px) for c in (red, blue))
        rgb = cv2.cvtColor(cv2.merge([luma, red, blue]), cv2.COLOR_YCrCb2RGB)
    if imager.sharpening > 0.0:
        soft = cv2.GaussianBlur(rgb, (0, 0), _SHARPENING_SIGMA_PX)
        rgb = cv2.addWeighted(rgb, 1.0 + imager.sharpening, soft, -imager.sharpening, 0.0)
    if imager.jpeg_quality > 0:
        rgb = _through_jpeg(rgb, imager.jpeg_quality)
    return rgb


def _through_jpeg(rgb: np.ndarray, quality: int) -> np.ndarray:
    _, coded = cv2.imencode(".jpg", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
    return cv2.cvtColor(np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR)), cv2.COLOR_BGR2RGB)
