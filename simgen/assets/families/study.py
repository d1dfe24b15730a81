"""What lies and stands on a desk: keyboards, mice, books, pots of pens; all facing +x, towards who sits there."""

from __future__ import annotations

import itertools

import numpy as np

from simgen.assets.families import prints
from simgen.assets.families.shapes import Part, Shape, assemble, box, ellipsoid, hull, pick, plain, revolve, tube
from simgen.scene.asset import Asset
from simgen.scene.material import make_material, rgb

_ROWS = (13, 14, 13, 12, 11)
_COVERS = ("#7a2e2a", "#23395b", "#3f5a46", "#c9a24a", "#2b2b2d", "#b8b2a4", "#5b3a5e", "#2f6f73", "#a14b2c", "#d8d4c8")


def keyboard(
    *,
    name: str = "keyboard",
    wide_m: float = 0.44,
    number_pad: bool = True,
    body: str = "#1c1d1f",
    keys: str = "#2a2b2e",
) -> Asset:
    """Return a keyboard one types on from +x: rows of keys on a wedge."""
    deep, back, front = 0.14, 0.022, 0.012
    wedge = hull(
        [(x, y, z) for y in (-wide_m / 2, wide_m / 2) for x, z in ((-deep / 2, 0.0), (deep / 2, 0.0), (-deep / 2, back),
                                                                   (deep / 2, front))],
        30.0,
    )  # fmt: skip
    parts: list[Part] = [(wedge, "body")]
    main = wide_m - 0.016 - (0.092 if number_pad else 0.0)
    # +y is to the right of whoever looks towards -x.
    left = -wide_m / 2 + 0.008
    for row, count in enumerate((*_ROWS, 0)):
        x = -deep / 2 + 0.022 + row * 0.0193
        if count:
            step = main / count
            spots = [(left + (k + 0.5) * step, step) for k in range(count)]
        else:
            shares = np.array([1.2, 1.2, 1.2, 6.0, 1.2, 1.2, 1.2])
            edges = left + main * np.concatenate([[0.0], np.cumsum(shares)]) / shares.sum()
            spots = [((a + b) / 2, b - a) for a, b in itertools.pairwise(edges.tolist())]
        if number_pad:
            spots += [(wide_m / 2 - 0.008 - (k + 0.5) * 0.0193, 0.0193) for k in range(4)]
        parts += [(_key(x, float(y), float(w), back, front, deep), "key") for y, w in spots]
    return assemble(name, "keyboard", parts, [plain("body", "plastic", body, 0.5), plain("key", "plastic", keys, 0.55)])


def draw_keyboard(rng: np.random.Generator) -> Asset:
    """Draw a keyboard."""
    pad = bool(rng.random() < 0.6)
    dark = rng.random() < 0.65
    return keyboard(
        wide_m=float(rng.uniform(0.42, 0.455)) if pad else float(rng.uniform(0.285, 0.36)),
        number_pad=pad,
        body="#1c1d1f" if dark else "#d2d3d4",
        keys=pick(rng, ("#2a2b2e", "#333539") if dark else ("#eeeeec", "#f4f4f2", "#b9bbbd")),
    )


def draw_mouse(rng: np.random.Generator) -> Asset:
    """Draw a computer mouse, its front towards -x."""
    long, wide, tall = float(rng.uniform(0.095, 0.12)), float(rng.uniform(0.056, 0.068)), float(rng.uniform(0.03, 0.04))
    egg = ellipsoid((1.0, 1.0, 1.0), segments=28, rings=16)
    # Fuller than an ellipsoid: a superellipsoid of exponent 2.7, cut off below, higher behind its middle.
    points = egg.vertices / (np.abs(egg.vertices) ** 2.7).sum(axis=1, keepdims=True) ** (1 / 2.7)
    points = points * (long / 2, wide / 2, tall)
    points[:, 2] = np.maximum(points[:, 2], 0.0) * (1.0 + 0.5 * points[:, 0] / long)
    front = -0.28 * long
    at_wheel = float(points[np.abs(points[:, 0] - front).argsort()[:12], 2].max())
    parts: list[Part] = [
        (Shape(vertices=points, faces=egg.faces, crease_deg=50.0), "body"),
        (tube([(front, -0.003, at_wheel - 0.005), (front, 0.003, at_wheel - 0.005)], 0.008, 16), "wheel"),
    ]
    dark = rng.random() < 0.7
    materials = [
        plain("body", "plastic", "#1d1e20" if dark else "#d9d9d7", 0.4),
        plain("wheel", "rubber", "#101011"),
    ]
    return assemble("mouse", "mouse", parts, materials)


def book(
    *,
    name: str = "book",
    size_m: tuple[float, float, float] = (0.15, 0.22, 0.03),
    cover: str = "#7a2e2a",
    band: str = "#d8d4c8",
    hard: bool = True,
) -> Asset:
    """Return a closed book that lies, its spine towards -x; width (x), height (y) and thickness (z).

    Args:
        name: of the asset.
        size_m: see above.
        cover: ``#rrggbb`` of the cover.
        band: ``#rrggbb`` of bands on its spine.
        hard: whether the covers stand out over the pages.
    """
    x, y, z = size_m
    sheet, over = (0.0028, 0.003) if hard else (0.0006, 0.0)
    parts: list[Part] = [
        (box((x, y, sheet), (0.0, 0.0, sheet / 2)), "cover"),
        (box((x, y, sheet), (0.0, 0.0, z - sheet / 2)), "cover"),
        (box((sheet, y, z - 2 * sheet), (-(x - sheet) / 2, 0.0, z / 2)), "cover"),
        (box((x - sheet - over, y - 2 * over, z - 2 * sheet), (sheet / 2 - over / 2, 0.0, z / 2)), "pages"),
    ]
    for share in (0.3, -0.32):
        parts.append((box((0.0003, 0.012, z * 0.98), (-x / 2 - 0.00015, share * y, z / 2)), "band"))
    materials = [
        plain("cover", "cloth" if hard else "paper", cover, 0.6),
        plain("pages", "paper", "#e6dfcc"),
        plain("band", "paper", band, 0.5),
    ]
    return assemble(name, "book", parts, materials)


def draw_book(rng: np.random.Generator) -> Asset:
    """Draw a lying book."""
    size = (float(rng.uniform(0.11, 0.21)), 0.0, float(rng.uniform(0.012, 0.05)))
    size = (size[0], size[0] * float(rng.uniform(1.3, 1.55)), size[2])
    return book(size_m=size, cover=pick(rng, _COVERS), band=pick(rng, _COVERS), hard=bool(rng.random() < 0.6))


def draw_standing_books(rng: np.random.Generator, wide_m: float, tallest_m: float, deep_m: float) -> Asset:
    """Draw a row of books side by side along y, spines towards +x, some left out at its end; one object."""
    parts: list[Part] = []
    colors: dict[str, str] = {"pages": "#e6dfcc"}
    y, end = -wide_m / 2, wide_m / 2 - float(rng.uniform(0.0, 0.3)) * wide_m
    while True:
        thick = float(rng.uniform(0.012, 0.048))
        if y + thick > end:
            break
        tall = float(rng.uniform(0.62, 0.97)) * tallest_m
        deep = min(float(rng.uniform(0.6, 0.75)) * tall, deep_m)
        cover, band = pick(rng, _COVERS), pick(rng, _COVERS)
        colors[cover], colors[band] = cover, band
        x = deep_m / 2 - deep / 2 - float(rng.uniform(0.0, 0.012))
        gap = 0.0006
        parts.append((box((deep, thick - gap, tall), (x, y + thick / 2, tall / 2), 0.0015), cover))
        parts.append(
            (box((0.004, thick - 0.005, tall - 0.006), (x - deep / 2 - 0.0015, y + thick / 2, tall / 2)), "pages")
        )
        for share in (0.82, float(rng.uniform(0.25, 0.6))):
            mark = box(
                (0.0006, thick - gap, float(rng.uniform(0.006, 0.03))), (x + deep / 2, y + thick / 2, share * tall)
            )
            parts.append((mark, band))
        y += thick
    materials = [plain(of, "paper", color, 0.55) for of, color in colors.items()]
    return assemble("books", "book", parts, materials)


def draw_pen_pot(rng: np.random.Generator) -> Asset:
    """Draw a pot of pens."""
    r, tall = float(rng.uniform(0.034, 0.045)), float(rng.uniform(0.09, 0.115))
    wall = [(0.0, 0.0), (r, 0.0), (r, tall), (r - 0.003, tall), (r - 0.003, 0.004), (0.0, 0.004)]
    parts: list[Part] = [(revolve(wall, 28), "pot")]
    for k in range(int(rng.integers(2, 7))):
        a, lean = float(rng.uniform(0, 2 * np.pi)), (r - 0.009)
        foot = np.array([0.4 * lean * np.cos(a), 0.4 * lean * np.sin(a), 0.009])
        rim = np.array([lean * np.cos(a), lean * np.sin(a), tall])
        way = (rim - foot) / np.linalg.norm(rim - foot)
        end = foot + way * float(rng.uniform(0.125, 0.17))
        parts.append((tube([foot, end], 0.0042, 8), f"pen_{k % 3}"))
        parts.append((tube([end, end + way * 0.008], (0.0042, 0.002), 8), "tip"))
    pens = [plain(f"pen_{k}", "plastic", pick(rng, _COVERS), 0.35) for k in range(3)]
    pot = make_material("pot", "ceramic", rgb(pick(rng, _COVERS)), roughness=0.3, tintable=True)
    return assemble("pen_pot", "cup", parts, [pot, *pens, plain("tip", "plastic", "#141414")])


def draw_paper(rng: np.random.Generator) -> Asset:
    """Draw a sheaf of A4 pages, the uppermost printed."""
    tall = float(rng.uniform(0.001, 0.012))
    page = (0.297, 0.21, tall)
    face = box((0.28, 0.195, 0.0001), (0.0, 0.0, tall + 0.00005)).wrapped(0.28)
    faces = np.abs(np.cross(*(np.diff(face.vertices[face.faces], axis=1).transpose(1, 0, 2))))[:, 2] > 1e-9
    uv = (face.vertices[face.faces][:, :, 1::-1] + (0.0975, 0.14)) / (0.195, 0.28)
    printed = Shape(vertices=face.vertices, faces=face.faces[faces], uv=uv[faces])
    parts: list[Part] = [(box(page, (0.0, 0.0, tall / 2)), "paper"), (printed, "print")]
    materials = [
        plain("paper", "paper", "#efeee8"),
        make_material("print", "paper", (1.0, 1.0, 1.0), texture=prints.page(rng)),
    ]
    return assemble("paper", "paper", parts, materials)


def _key(x: float, y: float, wide: float, back: float, front: float, deep: float) -> Shape:
    """Return a key whose top is a little smaller than its foot, on the wedge."""
    z = back + (front - back) * (x + deep / 2) / deep
    w, d = wide / 2 - 0.0009, 0.0086
    corners = [(sx * d, sy * w, -0.002) for sx in (-1, 1) for sy in (-1, 1)]
    corners += [(sx * (d - 0.0018) - 0.0006, sy * (w - 0.002), 0.0065) for sx in (-1, 1) for sy in (-1, 1)]
    return Shape(vertices=np.array(corners) + np.array([x, y, z]), faces=_KEY_FACES, crease_deg=25.0)


_KEY_FACES = hull(
    [(sx, sy, -1.0) for sx in (-1, 1) for sy in (-1, 1)]
    + [(0.8 * sx, 0.8 * sy, 1.0) for sx in (-1, 1) for sy in (-1, 1)]
).faces
