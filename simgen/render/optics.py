"""What a lens does to light on its way to the sensor: scatter, ghosts, blur, colour fringes, shading."""

from __future__ import annotations

import math
from functools import lru_cache

import cv2
import numpy as np

from simgen.scene.camera import Camera

_LARGEST_SIGMA_PX = 2.8
"""Wider blurs are made in a smaller image."""

_LARGEST_DISC_PX = 4.0
_GHOST_STEP_PX = 4
"""Ghosts are drawn in an image of so many times fewer rows and columns: they are wide and soft."""

_GHOSTS = (
    (-0.35, 0.012, (1.0, 0.85, 0.6)),
    (-0.62, 0.03, (0.6, 1.0, 0.75)),
    (0.45, 0.02, (0.65, 0.8, 1.0)),
    (-1.25, 0.055, (0.75, 0.7, 1.0)),
)
"""Mirror images between the glasses, assumed: magnification about the axis, radius of the disc that a point becomes as
a share of the image's diagonal, and tint (what the coatings send back)."""


def through_optics(nit: np.ndarray, excess: np.ndarray | None, camera: Camera) -> np.ndarray:
    """Return the (H, W, 3) float32 light that falls on the sensor, as luminance, nit.

    Args:
        nit: (H, W, 3) float32 luminance before the lens, highlights cut as for anti-aliasing.
        excess: what was cut, of the same shape; wanted by what scatters. It is seen elsewhere only: where it falls the
            sensor is full anyway.
        camera: its imager says which effects there are; without any, ``nit`` itself is given back.
    """
    imager = camera.imager
    if imager.scatters:
        nit = scattered(nit, nit if excess is None else nit + excess, camera)
        if imager.ghost_share > 0.0 and excess is not None:
            nit += np.float32(imager.ghost_share) * ghosts(excess, camera)
    if imager.softness_px > 0.0:
        nit = blurred(nit, imager.softness_px)
    if imager.lateral_color != 0.0:
        nit = _fringed(nit, camera)
    if imager.vignette_cos4 > 0.0 or any(imager.vignette):
        nit = nit * vignetting(camera)[..., None]
    return nit


def scattered(nit: np.ndarray, bright: np.ndarray, camera: Camera) -> np.ndarray:
    """Return ``nit`` less what is scattered, plus what ``bright`` scatters: in Gaussians, and evenly over the image.

    The point spread is ``(1 - k) delta + k sum(w G)``, the usual form of a lens's veiling glare; at the edges the image
    is mirrored, so that light neither comes nor goes.
    """
    imager = camera.imager
    out = nit * np.float32(1.0 - imager.bloom_share - imager.veil_share - imager.ghost_share)
    if imager.bloom_share > 0.0:
        for sigma_deg, weight in zip(imager.bloom_sigma_deg, imager.bloom_weights, strict=True):
            sigma_px = math.radians(sigma_deg) * camera.fx_px
            out += np.float32(imager.bloom_share * weight) * blurred(bright, sigma_px)
    if imager.veil_share > 0.0:
        out += np.array(cv2.mean(bright)[:3], np.float32) * np.float32(imager.veil_share)
    return out


def blurred(image: np.ndarray, sigma_px: float) -> np.ndarray:
    """Return (H, W, C) float32 blurred by a Gaussian, mirrored at the edges; wide ones are nearly Gaussian."""
    height, width = image.shape[:2]
    factor = min(2 ** max(int(math.log2(sigma_px / _LARGEST_SIGMA_PX)), 0), max(min(height, width) // 2, 1))
    if factor == 1:
        return cv2.GaussianBlur(image, (0, 0), sigma_px, borderType=cv2.BORDER_REFLECT)
    # Shrinking by a box and enlarging by a tent blur too: by factor^2 / 12 and factor^2 / 6.
    rest = math.sqrt(sigma_px**2 - factor**2 / 4.0) / factor
    small = cv2.resize(image, (-(-width // factor), -(-height // factor)), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), rest, borderType=cv2.BORDER_REFLECT)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)


def ghosts(excess: np.ndarray, camera: Camera) -> np.ndarray:
    """Return (H, W, 3) float32: the mirror images of what overfills the sensor, each with a like share of its light.

    An image of magnification m about the axis (negative: through the centre) lies at ``c + m (p - c)``, out of focus by
    the disc that a point becomes there.
    """
    height, width = excess.shape[:2]
    if not excess.any():
        return np.zeros_like(excess)
    size = (-(-width // _GHOST_STEP_PX), -(-height // _GHOST_STEP_PX))
    out = np.zeros((size[1], size[0], 3), np.float32)
    for magnification, radius, tint in _GHOSTS:
        # Blurred before it is mapped, so that no small lamp falls between the pixels it is mapped to; in a smaller
        # image, in which the disc is a few pixels wide.
        radius_px = max(radius * math.hypot(width, height) / abs(magnification), 1.0)
        factor = max(round(radius_px / _LARGEST_DISC_PX), 1)
        small = cv2.resize(excess, (-(-width // factor), -(-height // factor)), interpolation=cv2.INTER_AREA)
        spread = cv2.filter2D(small, cv2.CV_32F, _disc(radius_px / factor), borderType=cv2.BORDER_CONSTANT)
        mapped = _magnified(spread, magnification, camera, cv2.BORDER_CONSTANT, size)
        share = np.array(tint) / (len(_GHOSTS) * magnification**2)
        out += mapped * share.astype(np.float32)
    return cv2.resize(out, (width, height), interpolation=cv2.INTER_LINEAR)


def _disc(radius_px: float) -> np.ndarray:
    """Return the kernel of a disc with soft edges; its sum is 1."""
    reach = math.ceil(radius_px)
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disc = np.clip(radius_px + 0.5 - np.hypot(x, y), 0.0, 1.0)
    return (disc / disc.sum()).astype(np.float32)


def _magnified(
    image: np.ndarray, magnification: float, camera: Camera, border: int, size: tuple[int, int]
) -> np.ndarray:
    """Return an image scaled about the optical axis; it and the result, (columns, rows), may be of fewer pixels."""
    back = np.zeros((2, 3))
    for axis, centre, whole in ((0, camera.cx_px, camera.width_px), (1, camera.cy_px, camera.height_px)):
        per_source, per_result = image.shape[1 - axis] / whole, size[axis] / whole
        scale = per_source / per_result / magnification
        # OpenCV counts from the first pixel's centre.
        back[axis, axis] = scale
        back[axis, 2] = per_source * centre - scale * (per_result * centre - 0.5) - 0.5
    return cv2.warpAffine(image, back, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=border)


def _fringed(nit: np.ndarray, camera: Camera) -> np.ndarray:
    """Return the image with red larger and blue smaller by the imager's ``lateral_color``."""
    amount = camera.imager.lateral_color
    red, green, blue = cv2.split(nit)
    size = (camera.width_px, camera.height_px)
    red = _magnified(red, 1.0 + amount, camera, cv2.BORDER_REPLICATE, size)
    blue = _magnified(blue, 1.0 - amount, camera, cv2.BORDER_REPLICATE, size)
    return cv2.merge([red, green, blue])


def vignetting(camera: Camera) -> np.ndarray:
    """Return the (H, W) float32 share of the light that reaches each pixel: natural fall-off times the lens's own."""
    return _vignetting(camera.geometry, camera.imager.vignette_cos4, camera.imager.vignette)


@lru_cache(maxsize=8)
def _vignetting(geometry: Camera, cos4: float, polynomial: tuple[float, float, float]) -> np.ndarray:
    shape = (geometry.height_px, geometry.width_px)
    cosine = np.maximum(geometry.pixel_directions()[:, 2], 0.0).reshape(shape)
    offset = geometry.pixel_centres() - (geometry.cx_px, geometry.cy_px)
    q = ((offset**2).sum(axis=1) / ((geometry.width_px**2 + geometry.height_px**2) / 4.0)).reshape(shape)
    a, b, c = polynomial
    own = 1.0 + q * (a + q * (b + q * c))
    share = (1.0 - cos4 + cos4 * cosine**4) * np.maximum(own, 0.0)
    share.flags.writeable = False
    return share.astype(np.float32)
