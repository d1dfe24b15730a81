"""What of a sensor's signal is lost on its way: pictures black or torn, sectors of a sweep missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

DropoutKind = Literal["black", "rows", "bands", "blocks", "sector", "rings"]
CAMERA_DROPOUTS: tuple[DropoutKind, ...] = ("black", "rows", "bands", "blocks")
LIDAR_DROPOUTS: tuple[DropoutKind, ...] = ("sector", "rings")


@dataclass(frozen=True, kw_only=True)
class Dropout:
    """A loss of signal; what there is to be seen, and so every label, stays as it is.

    Attributes:
        lost: of a picture ``black``, all of it; ``rows``, the lower part, which never arrived; ``bands`` of rows,
            shifted sideways by a lost synchronization; ``blocks`` of 16 x 16 pixels, grey for lost packets. Of a sweep
            of a LiDAR a ``sector`` of columns or whole ``rings``.
        share: of rows, blocks, columns or rings; ``black`` and 1 are the whole.
        pattern: which ones: a number to draw them from.
    """

    lost: DropoutKind
    share: float = 1.0
    pattern: int = 0

    def __post_init__(self) -> None:
        if not 0.0 < self.share <= 1.0:
            raise ValueError(f"share must lie above 0 and up to 1, got {self.share}")
