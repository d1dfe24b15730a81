"""Claims about panels mirrored by glossy surfaces: their closed form against sums over the panel."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simgen.render.brdf import ggx
from simgen.render.highlight import panel_mirrored
from simgen.render.lights import lamps_of
from simgen.scene.light import AreaLight

UP = (0.0, 0.0, 1.0)


def mirrored_share_by_sum(panel, view, roughness, side=400):
    """Return the lobe over the panel, and over the whole hemisphere, summed."""
    alpha = roughness**2
    n_v = view[2]

    def lobe(directions):
        half = directions + view
        half /= np.linalg.norm(half, axis=1, keepdims=True)
        up = np.maximum(directions[:, 2], 0.0)
        return np.array([ggx(a, n_v, b, alpha) * a for a, b in zip(up, half[:, 2], strict=True)])

    k = (np.arange(side) + 0.5) / side
    u, v = (part.ravel() for part in np.meshgrid(k - 0.5, k - 0.5))
    points = np.array(panel.center_m) + u[:, None] * panel.edge_u_m + v[:, None] * panel.edge_v_m
    normal = np.cross(panel.edge_u_m, panel.edge_v_m)
    away = np.linalg.norm(points, axis=1)
    directions = points / away[:, None]
    solid = np.maximum(-(directions @ normal), 0.0) / away**2 / side**2
    z, turn = (part.ravel() for part in np.meshgrid(k, k * 2 * math.pi))
    sine = np.sqrt(1 - z**2)
    sphere = np.stack([sine * np.cos(turn), sine * np.sin(turn), z], axis=1)
    return (lobe(directions) * solid).sum() / (lobe(sphere).mean() * 2 * math.pi)


@pytest.mark.parametrize("roughness", [0.35, 0.5, 0.8])
@pytest.mark.parametrize("slant_deg", [10.0, 45.0, 70.0])
def test_a_mirrored_panel_is_as_bright_as_the_sum_over_it(roughness: float, slant_deg: float) -> None:
    slant = math.radians(slant_deg)
    view = np.array([math.sin(slant), 0.0, math.cos(slant)])
    panel = AreaLight(
        center_m=(-1.2, 0.4, 1.5), edge_u_m=(0.0, 1.6, 0.0), edge_v_m=(1.0, 0.0, 0.6), luminance_nit=(1.0, 1.0, 1.0)
    )
    lamps = lamps_of([panel])
    eye = (float(view[0]), float(view[1]), float(view[2]))
    found = panel_mirrored(lamps, 0, (0.0, 0.0, 0.0), UP, eye, eye[2], roughness)
    expected = mirrored_share_by_sum(panel, view, roughness)
    assert expected > 0.02
    # A lobe that the horizon cuts is not quite a transformed cosine.
    assert found == pytest.approx(expected, rel=0.12, abs=0.01 if slant_deg < 60 else 0.06)


def test_a_panel_all_around_fills_the_lobe_and_one_seen_from_behind_nothing() -> None:
    view = (0.6, 0.0, 0.8)
    ceiling = AreaLight(
        center_m=(0.0, 0.0, 0.01), edge_u_m=(0.0, 9e5, 0.0), edge_v_m=(9e5, 0.0, 0.0), luminance_nit=(1.0, 1.0, 1.0)
    )
    lamps = lamps_of([ceiling])
    for roughness in (0.1, 0.4, 1.0):
        assert panel_mirrored(lamps, 0, (0.0, 0.0, 0.0), UP, view, 0.8, roughness) == pytest.approx(1.0, abs=0.02)
    turned = AreaLight(
        center_m=(0.0, 0.0, 1.0), edge_u_m=(9.0, 0.0, 0.0), edge_v_m=(0.0, 9.0, 0.0), luminance_nit=(1.0, 1.0, 1.0)
    )
    assert panel_mirrored(lamps_of([turned]), 0, (0.0, 0.0, 0.0), UP, view, 0.8, 0.4) == 0.0
