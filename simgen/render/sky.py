"""Daylight: the clear sky after Preetham, the overcast sky after CIE, and the sun's own light."""

from __future__ import annotations

import math

import numpy as np

from simgen.scene.light import ClearSky, Moon

SUN_OUTSIDE_LUX = 133_300.0
"""Illuminance of the sun before the air, on a surface facing it."""

# Linear Rec. 709 colour of the sun before the air (about 5900 K), luminance 1.
_SUN_OUTSIDE_RGB = np.array([1.08, 0.98, 0.94])
_OVERCAST_RGB = np.array([0.95, 1.00, 1.09])
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
_WAVELENGTH_UM = np.array([0.605, 0.550, 0.472])
_RGB_FROM_XYZ = np.array(
    [[3.2404542, -1.5371385, -0.4985314], [-0.9692660, 1.8760108, 0.0415560], [0.0556434, -0.2040259, 1.0572252]]
)
_HAZE_COSINE = 0.14
# Chromaticity of daylight haze, about 6500 K.
_WHITE_X, _WHITE_Y = 0.313, 0.329
_LOWEST_ELEVATION_DEG = 3.0
# Light of the clear sky alone on level ground against the sun's elevation, as log10 lux: from full day through civil
# (-6), nautical (-12) and astronomical (-18) twilight. The last value is what Preetham's sky gives there itself.
_TWILIGHT_ELEVATION_DEG = np.array([-18.0, -12.0, -6.0, -3.0, 0.0, 3.0])
_TWILIGHT_LOG_LUX = np.array([-3.2, -2.1, 0.53, 1.75, 2.75, 4.0])

# Preetham, Shirley and Smits 1999, table 2: rows A to E, columns (slope in turbidity, constant).
_Y = np.array([[0.17872, -1.46303], [-0.35540, 0.42749], [-0.02266, 5.32505], [0.12064, -2.57705], [-0.06696, 0.37027]])
_SMALL_X = np.array(
    [[-0.01925, -0.25922], [-0.06651, 0.00081], [-0.00041, 0.21247], [-0.06409, -0.89887], [-0.00325, 0.04517]]
)
_SMALL_Y = np.array(
    [[-0.01669, -0.26078], [-0.09495, 0.00921], [-0.00792, 0.21023], [-0.04405, -1.65369], [-0.01092, 0.05291]]
)
_ZENITH_X = np.array(
    [
        [0.00166, -0.00375, 0.00209, 0.0],
        [-0.02903, 0.06377, -0.03202, 0.00394],
        [0.11693, -0.21196, 0.06052, 0.25886],
    ]
)
_ZENITH_Y = np.array(
    [
        [0.00275, -0.00610, 0.00317, 0.0],
        [-0.04214, 0.08970, -0.04153, 0.00516],
        [0.15346, -0.26756, 0.06670, 0.26688],
    ]
)


def check_sky(sky: ClearSky) -> None:
    """Refuse what the sky model is not made for.

    Raises:
        ValueError: turbidity outside 2 to 10, or cover outside 0 to 1.
    """
    if not 2.0 <= sky.turbidity <= 10.0:
        raise ValueError(f"ClearSky: turbidity must lie in 2 to 10, where Preetham's sky holds, got {sky.turbidity}")
    if not 0.0 <= sky.cover <= 1.0:
        raise ValueError(f"ClearSky: cover must lie in 0 to 1, got {sky.cover}")


def sun_illuminance(elevation_deg: float, sky: ClearSky, angular_diameter_deg: float = 0.53) -> np.ndarray:
    """Return the (3,) linear RGB illuminance, lux, of a surface that faces the sun.

    Rayleigh and aerosol extinction as in Preetham, Shirley and Smits 1999, appendix 1, at one wavelength per channel,
    along the relative air mass of Kasten and Young 1989; dimmed by the cloud cover, and by the part of the disc below
    the horizon.
    """
    check_sky(sky)
    radius = max(angular_diameter_deg / 2.0, 1e-3)
    risen = min(max((elevation_deg + radius) / (2.0 * radius), 0.0), 1.0)
    if risen == 0.0:
        return np.zeros(3)
    height = max(elevation_deg, 0.0)
    mass = 1.0 / (math.sin(math.radians(height)) + 0.50572 * (height + 6.07995) ** -1.6364)
    rayleigh = 0.008735 * _WAVELENGTH_UM**-4.08
    aerosol = (0.04608 * sky.turbidity - 0.04586) * _WAVELENGTH_UM**-1.3
    return SUN_OUTSIDE_LUX * _SUN_OUTSIDE_RGB * np.exp(-(rayleigh + aerosol) * mass) * (risen * (1.0 - sky.cover))


def moon_illuminance(elevation_deg: float, lit: float, sky: ClearSky) -> np.ndarray:
    """Return the (3,) linear RGB illuminance, lux, of a surface that faces the moon: sunlight, dimmed.

    Args:
        elevation_deg: of the moon.
        lit: share of its disc that is lit, 0 to 1.
        sky: the air it shines through.
    """
    return sun_illuminance(elevation_deg, sky) * _moon_over_sun(lit)


def _moon_over_sun(lit: float) -> float:
    """Return moonlight over sunlight (Krisciunas and Schaefer 1991, equation 20; the full moon 14.0 magnitudes down).

    The phase angle follows from the lit share ``(1 + cos angle) / 2``. Moonlight is a little redder than sunlight,
    which is left out.
    """
    angle_deg = math.degrees(math.acos(max(-1.0, min(1.0, 2.0 * lit - 1.0))))
    return 10.0 ** (-0.4 * (14.0 + 0.026 * angle_deg + 4e-9 * angle_deg**4)) if lit > 0.0 else 0.0


def moonlit_luminance(direction: np.ndarray, moon: Moon, sky: ClearSky) -> np.ndarray:
    """Return the (N, 3) linear RGB luminance, nit, that the moon gives the sky in (N, 3) unit directions."""
    if moon.elevation_deg <= 0.0:
        return np.zeros_like(direction)
    return sky_luminance(direction, np.array(moon.direction), sky) * _moon_over_sun(moon.lit)


def glow_luminance(direction: np.ndarray, sky: ClearSky) -> np.ndarray:
    """Return the (N, 3) linear RGB luminance, nit, of a town's light in the air above it.

    Brighter towards the horizon, where the air is deep, and under clouds, which send more of it back. The shape and
    the factors, 5 at the horizon and 4 under closed cloud, are assumed after published night sky surveys.
    """
    height = np.clip(direction[:, 2:3], 0.0, 1.0)
    shape = (1.0 + 4.0 * (1.0 - height) ** 4) * (1.0 + 3.0 * sky.cover)
    return shape * np.array(sky.glow_nit)


def sky_luminance(direction: np.ndarray, sun_direction: np.ndarray, sky: ClearSky) -> np.ndarray:
    """Return the (N, 3) linear RGB luminance, nit, of the sky without the sun's disc in (N, 3) unit directions.

    Directions below the horizon get the horizon's value. Below 3 degrees of sun elevation, where Preetham's fit breaks
    down, its picture for 3 degrees is kept and dimmed after the illuminance of twilight.
    """
    check_sky(sky)
    elevation_deg = math.degrees(math.asin(max(-1.0, min(1.0, float(sun_direction[2])))))
    lifted = _lifted(np.asarray(sun_direction, dtype=np.float64), elevation_deg)
    clear = _preetham(direction, lifted, sky.turbidity) * _twilight(elevation_deg)
    if sky.cover == 0.0:
        return clear
    sine = max(math.sin(math.radians(elevation_deg)), 0.0)
    # Overcast ground illuminance after Krochmann 1963, and the luminance that gives it under the CIE overcast sky.
    zenith = 9.0 / (7.0 * math.pi) * (300.0 + 21_000.0 * sine) * min(_twilight(elevation_deg) * 4.0, 1.0)
    shape = (1.0 + 2.0 * np.maximum(direction[:, 2:3], 0.0)) / 3.0
    overcast = zenith * shape * (_OVERCAST_RGB / (_LUMINANCE @ _OVERCAST_RGB))
    return (1.0 - sky.cover) * clear + sky.cover * overcast


def _lifted(sun: np.ndarray, elevation_deg: float) -> np.ndarray:
    if elevation_deg >= _LOWEST_ELEVATION_DEG:
        return sun
    azimuth = math.atan2(sun[1], sun[0])
    height = math.radians(_LOWEST_ELEVATION_DEG)
    return np.array([math.cos(height) * math.cos(azimuth), math.cos(height) * math.sin(azimuth), math.sin(height)])


def _twilight(elevation_deg: float) -> float:
    """Return how much darker the sky is than with the sun at 3 degrees."""
    lux = np.interp(elevation_deg, _TWILIGHT_ELEVATION_DEG, _TWILIGHT_LOG_LUX)
    return float(10.0 ** (lux - _TWILIGHT_LOG_LUX[-1]))


def _preetham(direction: np.ndarray, sun: np.ndarray, turbidity: float) -> np.ndarray:
    theta_sun = math.acos(sun[2])
    cos_theta = np.maximum(direction[:, 2], 0.02)
    gamma = np.arccos(np.clip(direction @ sun, -1.0, 1.0))
    chi = (4.0 / 9.0 - turbidity / 120.0) * (math.pi - 2.0 * theta_sun)
    zenith_nit = 1000.0 * ((4.0453 * turbidity - 4.9710) * math.tan(chi) - 0.2155 * turbidity + 2.4192)
    powers = np.array([theta_sun**3, theta_sun**2, theta_sun, 1.0])
    haze = np.array([turbidity**2, turbidity, 1.0])
    y = zenith_nit * _perez(_Y, turbidity, cos_theta, gamma, theta_sun)
    # The fitted chromaticities turn purple at the horizon, where haze is white; they are taken a little higher up.
    higher = np.sqrt(cos_theta**2 + _HAZE_COSINE**2)
    small_x = float(haze @ _ZENITH_X @ powers) * _perez(_SMALL_X, turbidity, higher, gamma, theta_sun)
    small_y = float(haze @ _ZENITH_Y @ powers) * _perez(_SMALL_Y, turbidity, higher, gamma, theta_sun)
    # With the sun up, haze scatters white; the fit makes it brown. Warmth beyond white is let through as the sun sinks.
    kept = float(np.interp(math.degrees(theta_sun), [65.0, 85.0], [0.15, 1.0]))
    small_x = np.where(small_x > _WHITE_X, _WHITE_X + kept * (small_x - _WHITE_X), small_x)
    small_y = np.where(small_y > _WHITE_Y, _WHITE_Y + kept * (small_y - _WHITE_Y), small_y)
    xyz = np.stack([small_x / small_y * y, y, (1.0 - small_x - small_y) / small_y * y], axis=1)
    # Deep blue lies outside Rec. 709; the nearest colour inside has that channel at 0.
    return np.maximum(xyz @ _RGB_FROM_XYZ.T, 0.0)


def _perez(
    table: np.ndarray, turbidity: float, cos_theta: np.ndarray, gamma: np.ndarray, theta_sun: float
) -> np.ndarray:
    """Return Perez' distribution over its value at the zenith."""
    a, b, c, d, e = table @ np.array([turbidity, 1.0])
    value = (1.0 + a * np.exp(b / cos_theta)) * (1.0 + c * np.exp(d * gamma) + e * np.cos(gamma) ** 2)
    zenith = (1.0 + a * math.exp(b)) * (1.0 + c * math.exp(d * theta_sun) + e * math.cos(theta_sun) ** 2)
    return value / zenith
