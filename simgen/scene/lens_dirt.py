"""What lies on the glass before a camera: water, dirt, frost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class LensDirt:
    """Drops, dust, smears and frost on the outermost glass, be it the lens or a windscreen before it.

    It is far nearer than anything the lens is focused on, so all of it is seen out of focus: blurred by a disc of
    ``aperture_m / glass_m`` focal lengths.

    Attributes:
        drops_per_cm2: drops of water, per square centimetre of glass.
        drop_mm: their median diameter.
        running: share of the drops that run down and leave a trail, 0 to 1.
        dust: 0 (clean) to 1 (a film with specks and splashes of mud that takes half the light).
        smear: 0 (clean) to 1 (the whole glass wiped with a greasy cloth).
        frost: share of the glass under frost, 0 to 1; it grows inwards from the rim.
        glass_m: from the entrance pupil to the glass.
        aperture_m: diameter of the entrance pupil.
        pattern: number of the drawing of it all, so that it can stay from frame to frame; None draws it anew for
            every picture.
    """

    drops_per_cm2: float = 0.0
    drop_mm: float = 2.5
    running: float = 0.1
    dust: float = 0.0
    smear: float = 0.0
    frost: float = 0.0
    glass_m: float = 0.1
    aperture_m: float = 0.002
    pattern: int | None = None

    def __post_init__(self) -> None:
        for key, most in (("drops_per_cm2", 50.0), ("running", 1.0), ("dust", 1.0), ("smear", 1.0), ("frost", 1.0)):
            if not 0.0 <= getattr(self, key) <= most:
                raise ValueError(f"{key} must lie in 0 to {most:g}, got {getattr(self, key)}")
        for key, least, most in (("drop_mm", 0.1, 20.0), ("glass_m", 0.002, 1.0), ("aperture_m", 0.0, 0.2)):
            if not least <= getattr(self, key) <= most:
                raise ValueError(f"{key} must lie in {least:g} to {most:g}, got {getattr(self, key)}")

    @property
    def is_clean(self) -> bool:
        """Whether nothing is on the glass."""
        return not (self.drops_per_cm2 or self.dust or self.smear or self.frost)
