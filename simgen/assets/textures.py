"""Seamlessly tileable surface textures, drawn by code: ground, walls, wood, metal, fabric."""

from __future__ import annotations

import cv2
import numba
import numpy as np

from simgen.scene.material import Texture

TILE_M: dict[str, float] = {
    "asphalt": 4.0,
    "bark": 0.8,
    "brick": 1.8,
    "brushed_metal": 0.6,
    "cardboard": 0.5,
    "carpet": 1.0,
    "concrete": 2.5,
    "fabric": 0.3,
    "grass": 1.6,
    "kerb_stone": 1.0,
    "leaves": 1.2,
    "paving": 2.0,
    "plaster": 2.0,
    "roof_tiles": 2.4,
    "soil": 1.5,
    "table_wood": 1.2,
    "tiles": 1.2,
    "wood_planks": 1.6,
}
"""Metres that one tile covers, along both axes, by the name of the function that draws it."""


def asphalt(rng: np.random.Generator, size_px: int = 1024) -> Texture:
    """Draw worn road asphalt: grey binder, stones of 4 to 12 mm, faint wear; a tile covers ``TILE_M`` metres."""
    grain = noise(rng, size_px, size_px // 2)
    stones = noise(rng, size_px, size_px // 3)
    hue = noise(rng, size_px, size_px // 4)
    tone = 87.0 + 2.6 * _fractal(rng, size_px, 12, 3) + 7.0 * grain
    tone += 30.0 * np.clip(stones - 0.9, 0.0, 1.2) - 26.0 * np.clip(-stones - 0.95, 0.0, 1.2)
    warm = np.clip(hue - 0.6, 0.0, 1.0) * np.clip(stones, 0.0, 1.0)
    color = _tinted(tone, (1.0, 0.99, 0.965)) + _tinted(warm, (10.0, 4.0, -6.0))
    return _texture("asphalt", color)


def concrete(rng: np.random.Generator, size_px: int = 512) -> Texture:
    """Draw cast concrete: pale grey with clouds, fine grain and air pores."""
    tone = 152.0 + 4.5 * _fractal(rng, size_px, 6, 5) + 4.0 * _grain(rng, size_px)
    pores = _speckle(rng, size_px, size_px // 4, 1.0)
    tone -= 45.0 * np.clip(noise(rng, size_px, size_px // 4) - 2.0, 0.0, 0.7) + 4.0 * pores
    return _texture("concrete", _tinted(tone, (1.0, 0.985, 0.95)))


def paving(rng: np.random.Generator, size_px: int = 512, slabs: int = 5) -> Texture:
    """Draw concrete paving slabs in a square grid, ``slabs`` to a side (0.4 m each at the default)."""
    y, x = grid(size_px) * slabs
    tint = rng.normal(0.0, 5.0, (slabs, slabs))[y.astype(int), x.astype(int)]
    tone = 148.0 + tint + 4.0 * _fractal(rng, size_px, 8, 4) + 5.5 * _grain(rng, size_px)
    edge = edge_distance(x, y) * (TILE_M["paving"] / slabs)
    wobble = 0.0012 * noise(rng, size_px, 64)
    tone *= _joint(edge + wobble, 0.004, 0.004, 0.45)
    warmth = rng.normal(0.0, 0.012, (slabs, slabs))[y.astype(int), x.astype(int)]
    color = tone[..., None] * np.stack([1.0 + warmth, np.full_like(tone, 0.985), 0.95 - warmth], axis=-1)
    return _texture("paving", color)


def kerb_stone(rng: np.random.Generator, size_px: int = 512) -> Texture:
    """Draw granite kerb: salt-and-pepper grain, one joint a tile across the u axis."""
    _, x = grid(size_px)
    grain = noise(rng, size_px, size_px // 4)
    tone = 150.0 + 4.0 * _fractal(rng, size_px, 4, 4) + 13.0 * grain + 6.0 * _grain(rng, size_px)
    tone -= 40.0 * np.clip(noise(rng, size_px, size_px // 3) - 1.2, 0.0, 1.0)
    tone *= _joint(np.minimum(x, 1.0 - x) * TILE_M["kerb_stone"] + 0.001 * noise(rng, size_px, 64), 0.004, 0.003, 0.4)
    return _texture("kerb_stone", _tinted(tone, (1.0, 0.99, 0.97)))


def grass(rng: np.random.Generator, size_px: int = 512) -> Texture:
    """Draw a lawn from above: some thousand blades over dark soil, with dry ones among them."""
    ground = 46.0 + 9.0 * _fractal(rng, size_px, 8, 4)
    image = np.clip(_tinted(ground, (0.95, 1.0, 0.55)), 0, 255).astype(np.uint8)
    patch = _fractal(rng, size_px, 8, 3)
    count = int(9500 * (size_px / 512) ** 2)
    at = rng.uniform(0.0, size_px, (count, 2))
    angle = rng.uniform(0.0, 2 * np.pi, count)
    length = rng.uniform(0.014, 0.05, count) * size_px
    light = np.linspace(0.55, 1.15, count) * rng.normal(1.0, 0.12, count)
    dry = rng.random(count) < 0.07
    column, row = at.astype(int).T % size_px
    local = 1.0 + 0.035 * patch[row, column]
    color = np.where(dry[:, None], (150.0, 142.0, 88.0), (86.0, 116.0, 46.0)) * (light * local)[:, None]
    color = np.clip(color + (local - 1.0)[:, None] * np.array([90.0, 0.0, 20.0]), 0, 255)
    step = np.stack([np.cos(angle), np.sin(angle)], axis=1) * length[:, None]
    blade, shift = _wrapped(at, np.abs(step).max(axis=1) + 2.0, size_px)
    starts = np.rint((at[blade] + shift) * 16).astype(int).tolist()
    ends = np.rint((at[blade] + step[blade] + shift) * 16).astype(int).tolist()
    for start, end, shown in zip(starts, ends, color[blade].tolist(), strict=True):
        cv2.line(image, start, end, shown, 1, cv2.LINE_AA, 4)
    return Texture(name="grass", pixels=image)


def soil(rng: np.random.Generator, size_px: int = 512) -> Texture:
    """Draw bare earth with crumbs, pebbles and damp patches."""
    crumbs = noise(rng, size_px, size_px // 6)
    tone = 98.0 + 6.0 * _fractal(rng, size_px, 12, 5) + 9.0 * crumbs + 5.0 * _grain(rng, size_px)
    tone += 34.0 * np.clip(noise(rng, size_px, size_px // 10) - 1.6, 0.0, 0.8)
    warm = 0.02 * noise(rng, size_px, 16)
    return _texture("soil", tone[..., None] * np.stack([1.04 + warm, np.full_like(warm, 0.83), 0.62 - warm], axis=-1))


def brick(
    rng: np.random.Generator, size_px: int = 512, base: tuple[float, float, float] = (150.0, 82.0, 62.0)
) -> Texture:
    """Draw running-bond brickwork of 215 x 65 mm bricks with 10 mm joints; ``base`` is the mean sRGB brick colour."""
    y, x = grid(size_px)
    row = y * 24
    column = x * 8 + 0.5 * (row.astype(int) % 2)
    where = (row.astype(int), column.astype(int) % 8)
    across = np.minimum(column % 1, 1 - column % 1) * 0.225
    along = np.minimum(row % 1, 1 - row % 1) * 0.075
    edge = np.minimum(across, along) + 0.0012 * noise(rng, size_px, size_px // 8)
    tint = rng.normal(1.0, 0.11, (24, 8))[where] + 0.035 * _fractal(rng, size_px, 16, 4)
    shift = rng.normal(0.0, 5.0, (24, 8))[where]
    grain = 5.0 * _grain(rng, size_px)
    mortar = 165.0 + 5.0 * _fractal(rng, size_px, 32, 3) + 5.0 * _grain(rng, size_px)
    inside = np.clip((edge - 0.0035) / 0.003, 0.0, 1.0)
    shade = 1.0 - 0.25 * np.clip(1.0 - np.abs(row % 1 * 0.075 - 0.008) / 0.004, 0.0, 1.0)
    color = _tinted(tint * inside, base) + _tinted(shift * inside, (1.0, 0.4, -0.2))
    color += _tinted(grain * inside, (1.0, 1.0, 1.0))
    return _texture("brick", color + _tinted(mortar * shade * (1 - inside), (1.0, 0.97, 0.9)))


def plaster(
    rng: np.random.Generator, size_px: int = 512, base: tuple[float, float, float] = (214.0, 205.0, 186.0)
) -> Texture:
    """Draw rendered wall plaster with float marks and faint weathering; ``base`` is the mean sRGB colour."""
    grain = noise(rng, size_px, size_px // 3)
    tone = 1.0 + 0.018 * _fractal(rng, size_px, 4, 5) + 0.022 * grain + 0.012 * _grain(rng, size_px)
    return _texture("plaster", _tinted(tone, base))


def wood_planks(rng: np.random.Generator, size_px: int = 512, planks: int = 8) -> Texture:
    """Draw floorboards running along u, ``planks`` to a tile, each with its own grain and one butt joint."""
    y, x = grid(size_px)
    row = np.minimum((y * planks).astype(int), planks - 1)
    joint = rng.uniform(0.0, 1.0, planks)[row]
    along = np.abs((x - joint + 0.5) % 1.0 - 0.5)
    tint = rng.normal(1.0, 0.08, planks)[row]
    shift = rng.integers(0, size_px, planks)
    grain = _wood_grain(rng, size_px)
    columns = (np.arange(size_px)[None, :] + shift[row]) % size_px
    grain = np.take_along_axis(grain, columns, axis=1)
    across = np.minimum(y * planks % 1, 1 - y * planks % 1) * TILE_M["wood_planks"] / planks
    edge = np.minimum(across, along * TILE_M["wood_planks"])
    color = _tinted(tint * (1.0 + 0.13 * grain), (164.0, 118.0, 76.0))
    return _texture("wood_planks", color * _joint(edge, 0.0015, 0.002, 0.4)[..., None])


def table_wood(
    rng: np.random.Generator, size_px: int = 512, base: tuple[float, float, float] = (172.0, 126.0, 84.0)
) -> Texture:
    """Draw a glued solid-wood top: staves along u that differ a little, with grain and pores."""
    y, _ = grid(size_px)
    stave = np.minimum((y * 10).astype(int), 9)
    tint = rng.normal(1.0, 0.05, 10)[stave]
    shift = rng.integers(0, size_px, 10)[stave]
    grain = np.take_along_axis(_wood_grain(rng, size_px), (np.arange(size_px)[None, :] + shift) % size_px, axis=1)
    edge = np.minimum(y * 10 % 1, 1 - y * 10 % 1)
    tone = tint * (1.0 + 0.10 * grain) * (1.0 - 0.08 * (edge < 0.012))
    return _texture("table_wood", _tinted(tone, base))


def tiles(rng: np.random.Generator, size_px: int = 512, count: int = 4) -> Texture:
    """Draw glazed ceramic floor tiles, ``count`` to a side, with grey grout."""
    y, x = grid(size_px) * count
    tint = rng.normal(0.0, 3.0, (count, count))[y.astype(int), x.astype(int)]
    tone = 205.0 + tint + 4.0 * _fractal(rng, size_px, 4, 5)
    edge = edge_distance(x, y) * (TILE_M["tiles"] / count)
    color = _tinted(tone, (1.0, 0.985, 0.945))
    return _texture("tiles", color * _joint(edge, 0.0022, 0.002, 0.62)[..., None])


def carpet(
    rng: np.random.Generator, size_px: int = 512, base: tuple[float, float, float] = (118.0, 112.0, 106.0)
) -> Texture:
    """Draw loop-pile carpet: rows of little loops of mixed yarn; ``base`` is the mean sRGB colour."""
    y, x = grid(size_px)
    loops = np.cos(2 * np.pi * x * 96) * np.cos(2 * np.pi * (y * 96 + 0.25 * np.cos(2 * np.pi * x * 48)))
    yarn = noise(rng, size_px, 96)
    tone = 1.0 + 0.14 * loops + 0.09 * yarn + 0.03 * _fractal(rng, size_px, 4, 3)
    tone += 0.05 * _grain(rng, size_px)
    return _texture("carpet", _tinted(tone, base))


def fabric(
    rng: np.random.Generator, size_px: int = 256, base: tuple[float, float, float] = (200.0, 200.0, 200.0)
) -> Texture:
    """Draw a plain weave; ``base`` is the mean sRGB colour (near white to be tinted by a material)."""
    y, x = grid(size_px)
    warp, weft = np.cos(2 * np.pi * x * 64), np.cos(2 * np.pi * y * 64)
    tone = 1.0 + 0.06 * warp * weft + 0.035 * noise(rng, size_px, 64, 4) + 0.035 * noise(rng, size_px, 4, 64)
    return _texture("fabric", _tinted(tone + 0.03 * _fractal(rng, size_px, 4, 3), base))


def brushed_metal(rng: np.random.Generator, size_px: int = 512) -> Texture:
    """Draw steel brushed along u."""
    streaks = sum(noise(rng, size_px, cells, size_px) for cells in (2, 4, 8, 16)) / 2.0
    tone = 178.0 + 8.0 * streaks + 3.0 * _fractal(rng, size_px, 4, 3)
    return _texture("brushed_metal", _tinted(tone, (1.0, 0.995, 0.985)))


def cardboard(rng: np.random.Generator, size_px: int = 512) -> Texture:
    """Draw kraft cardboard: brown with fibres and the faint ribs of the corrugation along v."""
    _, x = grid(size_px)
    ribs = np.cos(2 * np.pi * x * 80)
    fibres = noise(rng, size_px, 32, 256) + noise(rng, size_px, 128, 128)
    tone = 1.0 + 0.010 * ribs + 0.014 * fibres + 0.02 * _fractal(rng, size_px, 4, 4)
    return _texture("cardboard", _tinted(tone, (186.0, 147.0, 104.0)))


def bark(rng: np.random.Generator, size_px: int = 512) -> Texture:
    """Draw furrowed bark, its ridges along v."""
    warp = 0.035 * noise(rng, size_px, 6)
    ridges = noise(rng, size_px, 28, 7)
    columns = ((np.arange(size_px)[None, :] / size_px + warp) * size_px).astype(int) % size_px
    ridges = np.take_along_axis(ridges, columns, axis=1)
    depth = np.clip(np.abs(ridges) * 1.3, 0.0, 1.0)
    fine = noise(rng, size_px, 128, 48)
    tone = 50.0 + 62.0 * depth + 9.0 * fine + 6.0 * _fractal(rng, size_px, 4, 4)
    return _texture("bark", _tinted(tone, (1.0, 0.88, 0.74)))


def roof_tiles(
    rng: np.random.Generator, size_px: int = 512, base: tuple[float, float, float] = (142.0, 74.0, 54.0)
) -> Texture:
    """Draw overlapping clay roof tiles, 8 courses and 10 tiles a course; v runs up the roof."""
    y, x = grid(size_px)
    course, column = y * 8, x * 10
    across = column % 1
    tint = rng.normal(1.0, 0.08, (8, 10))[course.astype(int), column.astype(int)]
    curve = 0.82 + 0.25 * np.sin(np.pi * across)
    overlap = 1.0 - 0.55 * np.clip(1.0 - (course % 1) / 0.14, 0.0, 1.0)
    tone = tint * curve * overlap * (1.0 + 0.05 * _fractal(rng, size_px, 8, 5))
    return _texture("roof_tiles", _tinted(tone, base))


def leaves(rng: np.random.Generator, size_px: int = 512) -> Texture:
    """Draw dense foliage seen straight on: overlapping leaves over dark gaps."""
    image = np.full((size_px, size_px, 3), (22, 34, 14), dtype=np.uint8)
    count = int(2600 * (size_px / 512) ** 2)
    centre = rng.uniform(0.0, size_px, (count, 2))
    radius = rng.uniform(0.012, 0.022, count) * size_px
    light = np.linspace(0.35, 1.1, count) * rng.normal(1.0, 0.12, count)
    color = np.array([74.0, 112.0, 40.0]) * light[:, None] + rng.normal(0.0, 4.0, (count, 3))
    turn = rng.uniform(0.0, 360.0, count)
    leaf, shift = _wrapped(centre, radius, size_px)
    places = ((centre[leaf] + shift) * 16).astype(int).tolist()
    axes = np.stack([radius * 16, radius * 7], axis=1).astype(int)[leaf].tolist()
    shades = np.clip(color, 0, 255)[leaf].tolist()
    for place, axis, angle, shade in zip(places, axes, turn[leaf].tolist(), shades, strict=True):
        cv2.ellipse(image, place, axis, angle, 0, 360, shade, -1, cv2.LINE_AA, 4)
    return Texture(name="leaves", pixels=image)


def _texture(name: str, color: np.ndarray) -> Texture:
    """Return (H, W, 3) floating colours from 0 to 255 as a texture; overwrites them."""
    np.rint(color, out=color)
    return Texture(name=name, pixels=np.clip(color, 0, 255, out=color).astype(np.uint8))


def _tinted(tone: np.ndarray, color: tuple[float, float, float]) -> np.ndarray:
    """Return (H, W, 3) float32: a colour as bright everywhere as a (H, W) tone says."""
    tone = tone.astype(np.float32, copy=False)
    return cv2.merge([tone * share for share in color])


def grid(size_px: int) -> np.ndarray:
    """Return (2, H, W): v downwards and u of pixel centres, in 0..1."""
    steps = ((np.arange(size_px) + 0.5) / size_px).astype(np.float32)
    return np.stack(np.meshgrid(steps, steps, indexing="ij"))


def edge_distance(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return how far a point lies from the nearest line of the unit grid."""
    return np.minimum(np.minimum(x % 1, 1 - x % 1), np.minimum(y % 1, 1 - y % 1))


def _joint(edge_m: np.ndarray, half_width_m: float, softness_m: float, darkest: float) -> np.ndarray:
    """Return a factor: ``darkest`` within ``half_width_m`` of an edge, rising to 1 over ``softness_m``."""
    return darkest + (1.0 - darkest) * np.clip((edge_m - half_width_m) / softness_m, 0.0, 1.0)


def noise(rng: np.random.Generator, size_px: int, cells_u: int, cells_v: int | None = None) -> np.ndarray:
    """Return (size_px, size_px) float32 periodic noise of unit deviation, smooth at the scale of one cell.

    A lattice of normal deviates, interpolated by the uniform cubic B-spline with wrapped indices.
    """
    rows = cells_u if cells_v is None else cells_v
    return _interpolated(rng.standard_normal((rows, cells_u)), *_spline(size_px, rows), *_spline(size_px, cells_u))


def _spline(size_px: int, cells: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the (4, size_px) wrapped indices and weights of the cubic B-spline at each pixel centre."""
    position = (np.arange(size_px) + 0.5) / size_px * cells
    base = np.floor(position).astype(int)
    t = position - base
    weights = ((1 - t) ** 3 / 6, (3 * t**3 - 6 * t**2 + 4) / 6, (-3 * t**3 + 3 * t**2 + 3 * t + 1) / 6, t**3 / 6)
    return (base + np.arange(-1, 3)[:, None]) % cells, np.stack(weights)


@numba.njit(cache=True)
def _interpolated(
    lattice: np.ndarray, rows: np.ndarray, row_weights: np.ndarray, columns: np.ndarray, column_weights: np.ndarray
) -> np.ndarray:
    """Return the lattice interpolated between four of its rows and columns a pixel, scaled to unit deviation."""
    height, width = rows.shape[1], columns.shape[1]
    out = np.empty((height, width), dtype=np.float32)
    line = np.empty(lattice.shape[1])
    total = squares = 0.0
    for y in range(height):
        for x in range(len(line)):
            line[x] = 0.0
            for k in range(4):
                line[x] += row_weights[k, y] * lattice[rows[k, y], x]
        for x in range(width):
            value = 0.0
            for k in range(4):
                value += column_weights[k, x] * line[columns[k, x]]
            out[y, x] = value
            total += value
            squares += value * value
    mean = total / (height * width)
    deviation = np.sqrt(squares / (height * width) - mean * mean)
    for y in range(height):
        for x in range(width):
            out[y, x] = (out[y, x] - mean) / deviation
    return out


def _grain(rng: np.random.Generator, size_px: int) -> np.ndarray:
    """Return (size_px, size_px) float32 normal deviates, one a pixel."""
    return rng.standard_normal((size_px, size_px)).astype(np.float32)


def _fractal(rng: np.random.Generator, size_px: int, cells: int, octaves: int) -> np.ndarray:
    """Return the sum of ``octaves`` periodic noises, each twice as fine and 0.6 times as strong, of unit deviation."""
    total = noise(rng, size_px, cells)
    for k in range(1, octaves):
        total += 0.6**k * noise(rng, size_px, min(cells * 2**k, size_px))
    total /= total.std()
    return total


def _speckle(rng: np.random.Generator, size_px: int, cells: int, threshold: float) -> np.ndarray:
    """Return 1 where a noise exceeds ``threshold`` and 0 elsewhere."""
    return (noise(rng, size_px, cells) > threshold).astype(np.float64)


def _wood_grain(rng: np.random.Generator, size_px: int) -> np.ndarray:
    """Return a grain running along u, of about unit deviation: year rings bent by slow noise, and fine pores."""
    y, _ = grid(size_px)
    bend = 0.9 * noise(rng, size_px, 2, 8) + 0.25 * noise(rng, size_px, 4, 32)
    rings = np.sin(2 * np.pi * (y * 40 + bend))
    pores = noise(rng, size_px, 16, size_px)
    return 0.65 * rings + 0.5 * pores + 0.4 * noise(rng, size_px, 3, 24)


def _wrapped(centres: np.ndarray, reach: np.ndarray, size_px: int) -> tuple[np.ndarray, np.ndarray]:
    """Return what must be drawn where, so that things which leave an image come in again at its far side.

    Args:
        centres: (N, 2) pixels, within the image.
        reach: (N,) how far each thing extends from its centre.
        size_px: the image's width and height.

    Returns:
        (M,) which thing, in their order, and the (M, 2) shift at which to draw it; M is N or more.
    """
    steps = size_px * np.array([(x, y) for x in (0, 1, -1) for y in (0, 1, -1)])
    shifted = centres[:, None] + steps
    meets = ((shifted > -reach[:, None, None]) & (shifted < size_px + reach[:, None, None])).all(axis=2)
    thing, step = np.nonzero(meets)
    return thing, steps[step]
