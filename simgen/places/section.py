"""Cross-sections of roads as data: strips from left to right, and where they lie once their widths are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from simgen.distributions import AnyDistribution, Constant, check_support
from simgen.streams import Draws

StripUse = Literal["drive", "park", "walk", "kerb_strip", "verge"]
EVERY_USE: tuple[StripUse, ...] = ("drive", "park", "walk", "kerb_strip", "verge")

RAISED: frozenset[str] = frozenset({"walk", "kerb_strip"})
"""Uses that lie on top of the kerb."""


@dataclass(frozen=True, kw_only=True)
class Strip:
    """One strip of a road's cross-section.

    Attributes:
        use: ``drive``, ``park``, ``walk`` (pavement), ``kerb_strip`` (trees, lamps and signs between kerb and pavement)
            or ``verge`` (grass beside a road without kerbs).
        width_m: its full width.
        direction: which way traffic goes, seen along the road's reference line; for ``drive`` and ``park``.
    """

    use: StripUse
    width_m: AnyDistribution
    direction: Literal["forward", "backward", "both"] = "both"

    def __post_init__(self) -> None:
        check_support(f"width_m of a {self.use} strip", self.width_m, 0.3, 30.0)
        if self.use == "drive" and self.direction == "both":
            raise ValueError("a drive strip needs the direction of its traffic: forward or backward")


@dataclass(frozen=True, kw_only=True)
class Section:
    """A cross-section: strips from left to right, seen along the road's reference line, for traffic on the right.

    Attributes:
        name: for the record of what was drawn.
        strips: at least one of use ``drive``.
        weight: chance to be drawn, relative to the other sections of a place.
    """

    name: str
    strips: tuple[Strip, ...]
    weight: float = 1.0

    def __post_init__(self) -> None:
        if not any(s.use == "drive" for s in self.strips):
            raise ValueError(f"section {self.name!r} needs at least one strip of use drive")
        if not self.weight >= 0:
            raise ValueError(f"section {self.name!r}: weight must be 0 or more, got {self.weight}")


@dataclass(frozen=True, kw_only=True)
class LaidStrip:
    """A strip with its place: from ``right_m`` to ``left_m``, both measured to the left of the reference line."""

    name: str
    use: StripUse
    right_m: float
    left_m: float
    direction: Literal["forward", "backward", "both"]

    @property
    def middle_m(self) -> float:
        """Offset of its middle."""
        return (self.right_m + self.left_m) / 2

    @property
    def width_m(self) -> float:
        """Its width."""
        return self.left_m - self.right_m


@dataclass(frozen=True, kw_only=True)
class LaidSection:
    """A cross-section whose widths are drawn; its carriageway (drive and park strips) is centred on the reference line.

    Attributes:
        strips: from left to right.
        kerb_m: height of raised strips above the carriageway.
    """

    strips: tuple[LaidStrip, ...]
    kerb_m: float

    def of(self, *uses: StripUse) -> tuple[LaidStrip, ...]:
        """The strips of some uses, from left to right."""
        return tuple(s for s in self.strips if s.use in uses)

    def edges(self, *uses: StripUse) -> tuple[float, float]:
        """Rightmost and leftmost offset of the strips of some uses."""
        chosen = self.of(*uses)
        return min(s.right_m for s in chosen), max(s.left_m for s in chosen)

    def height(self, strip: LaidStrip) -> float:
        """Height of a strip's surface above the carriageway."""
        return self.kerb_m if strip.use in RAISED else 0.0


def draw_section(
    sections: Sequence[Section],
    draws: Draws,
    kerb_height_m: AnyDistribution,
    drive_on: Literal["right", "left"],
    prefix: str = "",
) -> LaidSection:
    """Draw one of ``sections`` by weight, then its widths and the kerb's height; ``left`` mirrors it.

    ``prefix`` goes before the names of the factors.
    """
    rng = draws.rng(f"{prefix}section")
    edges = [sum(s.weight for s in sections[: k + 1]) for k in range(len(sections))]
    at = rng.uniform(0.0, edges[-1])
    section = next(s for s, edge in zip(sections, edges, strict=True) if at < edge)
    draws.note(f"{prefix}section", section.name)
    widths = [float(draws.value(f"{prefix}strip_width_m", strip.width_m, k)) for k, strip in enumerate(section.strips)]
    kerb = float(draws.value(f"{prefix}kerb_height_m", kerb_height_m))
    return lay(section, widths, kerb, mirrored=drive_on == "left")


def lay(section: Section, widths_m: Sequence[float], kerb_m: float, mirrored: bool = False) -> LaidSection:
    """Give every strip of a section its place, with the widths in the same order; ``mirrored`` swaps left and right."""
    strips = list(zip(section.strips, widths_m, strict=True))
    if mirrored:
        strips.reverse()
    left, laid = 0.0, []
    for k, (strip, width) in enumerate(strips):
        laid.append((strip, left, left - width, f"{strip.use}_{k}"))
        left -= width
    road = [(a, b) for strip, a, b, _ in laid if strip.use in ("drive", "park")]
    shift = -(max(a for a, _ in road) + min(b for _, b in road)) / 2
    placed = tuple(
        LaidStrip(name=name, use=strip.use, right_m=b + shift, left_m=a + shift, direction=strip.direction)
        for strip, a, b, name in laid
    )
    return LaidSection(strips=placed, kerb_m=kerb_m)


def street_section(
    lanes_each_way: int, parking: Literal["both", "right", "none"] = "both", weight: float = 1.0
) -> Section:
    """Return a usual town street: pavement, kerb strip, parking, lanes, and the same again mirrored."""
    walk, rim = Constant(value=2.6), Constant(value=1.5)
    lane, bay = Constant(value=3.25), Constant(value=2.2)
    left = [Strip(use="walk", width_m=walk), Strip(use="kerb_strip", width_m=rim)]
    right = [Strip(use="kerb_strip", width_m=rim), Strip(use="walk", width_m=walk)]
    if parking == "both":
        left.append(Strip(use="park", width_m=bay, direction="backward"))
    if parking in ("both", "right"):
        right.insert(0, Strip(use="park", width_m=bay, direction="forward"))
    drive = [Strip(use="drive", width_m=lane, direction="backward")] * lanes_each_way
    drive += [Strip(use="drive", width_m=lane, direction="forward")] * lanes_each_way
    return Section(name=f"{lanes_each_way}+{lanes_each_way}_{parking}", strips=(*left, *drive, *right), weight=weight)
