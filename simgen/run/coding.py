"""How further truths of a picture are coded as PNG files, and read back."""

from __future__ import annotations

import cv2
import numpy as np

from simgen.frame import DepthView, Flow, View
from simgen.options import Storage

FLOW_STEPS_PER_PX = 64.0
FLOW_ZERO = 32768
"""KITTI's coding of a flow component: ``round(64 f) + 32768`` in 16 bits, so -512 to just below 512 px."""

DISPARITY_STEPS_PER_PX = 256.0
"""KITTI's coding of a disparity: ``round(256 d)`` in 16 bits, 0 for none."""

LINEAR_STEPS = 16384.0
"""Steps of a linear image to the luminance that just fills the sensor, ``1.2 * 2**ev100`` nit; 16 bits hold 4 of it."""

_FULL_16 = 65535.0


def coded_truths(view: View, storage: Storage) -> dict[str, np.ndarray]:
    """Return the images to write beside a view's picture, by kind, channels in OpenCV's order (blue first).

    Flow is left out where there is no frame to flow to.

    Raises:
        ValueError: something is to be kept that the view does not hold.
    """
    wanted = {name for name, on in {**storage.truths, "albedo": storage.albedo, "linear": storage.linear}.items() if on}
    held = {name: getattr(view, name) for name in ("semantic", "panoptic", "object_coordinates", "albedo", "uv")}
    held["linear"] = view.nit
    if missing := sorted(name for name in wanted if held[name] is None):
        raise ValueError(f"camera {view.camera.name!r}: {', '.join(missing)} should be kept, but the view holds none")
    coders = {
        "semantic": lambda: view.semantic,
        "panoptic": lambda: panoptic_png(held["panoptic"]),
        "object_coordinates": lambda: np.rint(held["object_coordinates"][..., ::-1] * _FULL_16).astype(np.uint16),
        "albedo": lambda: albedo_png(held["albedo"]),
        "uv": lambda: uv_png(held["uv"], view.instance_id > 0),
        "linear": lambda: linear_png(held["linear"], view.ev100),
    }
    coded = {kind: np.ascontiguousarray(code()) for kind, code in coders.items() if kind in wanted}
    if storage.lens_mask:
        coded["lens_mask"] = lens_mask_png(view)
    for way, moved in (("forward", view.flow_forward), ("backward", view.flow_backward)):
        if storage.flow and moved is not None:
            coded[f"flow_{way}"] = flow_png(moved)
            coded[f"occlusion_{way}"] = moved.state
    return coded


def lens_mask_png(view: View) -> np.ndarray:
    """Return (H, W) uint8: 255 where all the light comes straight through the glass before the lens, 0 where none."""
    if view.lens_mask is None:
        return np.full(view.instance_id.shape, 255, np.uint8)
    return np.rint(np.clip(view.lens_mask, 0.0, 1.0) * 255.0).astype(np.uint8)


def panoptic_png(ids: np.ndarray) -> np.ndarray:
    """Return (H, W, 3) uint8 of (H, W) segment ids in COCO's coding: ``id = R + 256 G + 65536 B``."""
    return np.stack([ids >> 16, (ids >> 8) & 255, ids & 255], axis=-1).astype(np.uint8)


def albedo_png(albedo: np.ndarray) -> np.ndarray:
    """Return (H, W, 3) uint8 of linear colours in 0..1, by the sRGB curve (IEC 61966-2-1)."""
    linear = np.clip(albedo[..., ::-1], 0.0, 1.0)
    curved = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.rint(curved * 255.0).astype(np.uint8)


def linear_png(nit: np.ndarray, ev100: float) -> np.ndarray:
    """Return (H, W, 3) uint16 of luminance, in steps of the light that fills the sensor; brighter is the highest."""
    steps = np.rint(nit[..., ::-1] * (LINEAR_STEPS / (1.2 * 2.0**ev100)))
    return np.clip(steps, 0.0, _FULL_16).astype(np.uint16)


def uv_png(uv: np.ndarray, met: np.ndarray) -> np.ndarray:
    """Return (H, W, 3) uint16: red and green the fractions of u and v in steps of 1/65536, blue 1 at surfaces."""
    # The last step wraps too: a remainder of next to nothing below 0 rounds up to 1.
    steps = np.floor((uv.astype(np.float64) % 1.0) * (_FULL_16 + 1.0)) % (_FULL_16 + 1.0)
    u, v = np.moveaxis(np.where(met[..., None], steps, 0.0), -1, 0)
    return np.stack([met, v, u], axis=-1).astype(np.uint16)


def flow_png(flow: Flow) -> np.ndarray:
    """Return (H, W, 3) uint16 in KITTI's coding: red u, green v, blue 1 where the flow is valid.

    Where it is unknown, or beyond what 16 bits hold, all three are 0.
    """
    steps = np.rint(flow.uv_px.astype(np.float64) * FLOW_STEPS_PER_PX) + FLOW_ZERO
    valid = (flow.state > 0) & ((steps >= 0) & (steps <= _FULL_16)).all(axis=-1)
    u, v = np.moveaxis(np.where(valid[..., None], steps, 0.0), -1, 0)
    return np.stack([valid, v, u], axis=-1).astype(np.uint16)


def disparity_png(view: DepthView) -> np.ndarray:
    """Return (H, W) uint16 of the exact disparity towards a depth camera's second eye; 0 where nothing was met."""
    met = view.z_m > 0
    disparity = np.where(met, abs(view.sensor.disparity_m_px) / np.where(met, view.z_m, 1.0), 0.0)
    counts = np.rint(disparity.astype(np.float64) * DISPARITY_STEPS_PER_PX)
    return np.where(counts <= _FULL_16, counts, 0.0).astype(np.uint16)


def decoded(kind: str, pixels: np.ndarray) -> np.ndarray:
    """Return what an image of `coded_truths` stands for.

    - ``semantic``: (H, W) uint8 category ids.
    - ``panoptic``: (H, W) uint32 segment ids.
    - ``object_coordinates``: (H, W, 3) float32 in 0..1.
    - ``albedo``: (H, W, 3) float32 linear colours.
    - ``linear``: (H, W, 3) float32 linear Rec. 709 light; times ``1.2 * 2**ev100`` of the picture it is luminance, nit.
    - ``uv``: (H, W, 2) float32 fractions; NaN where nothing was met.
    - ``lens_mask``: (H, W) float32 shares of light.
    - ``flow_forward``, ``flow_backward``: (H, W, 2) float32 pixels; NaN where not valid.
    - ``occlusion_forward``, ``occlusion_backward``: (H, W) uint8, the states of `simgen.frame.Flow`.

    Args:
        kind: which of these.
        pixels: as OpenCV reads the file, unchanged.

    Raises:
        ValueError: the kind is none of these.
    """
    match kind:
        case "semantic" | "occlusion_forward" | "occlusion_backward":
            return pixels
        case "lens_mask":
            return pixels.astype(np.float32) / np.float32(255.0)
        case "panoptic":
            blue, green, red = np.moveaxis(pixels.astype(np.uint32), -1, 0)
            return red + 256 * green + 65536 * blue
        case "object_coordinates":
            return cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB).astype(np.float32) / np.float32(_FULL_16)
        case "albedo":
            curved = cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB).astype(np.float64) / 255.0
            linear = np.where(curved <= 0.04045, curved / 12.92, ((curved + 0.055) / 1.055) ** 2.4)
            return linear.astype(np.float32)
        case "linear":
            return cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB).astype(np.float32) / np.float32(LINEAR_STEPS)
        case "uv":
            return _valid_only(pixels, (pixels[..., 2:0:-1] + 0.5) / (_FULL_16 + 1.0))
        case "flow_forward" | "flow_backward":
            return _valid_only(pixels, (pixels[..., 2:0:-1].astype(np.float64) - FLOW_ZERO) / FLOW_STEPS_PER_PX)
        case _:
            raise ValueError(f"kind must be one of those in simgen.run.coding.decoded, got {kind!r}")


def _valid_only(pixels: np.ndarray, values: np.ndarray) -> np.ndarray:
    return np.where(pixels[..., :1] > 0, values, np.nan).astype(np.float32)
