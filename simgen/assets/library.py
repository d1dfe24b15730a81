"""The library: every model a recipe may ask for, by name, from the sources it names."""

from __future__ import annotations

import difflib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from simgen.assets.categories import category as check_category
from simgen.assets.families import FAMILIES, family_asset
from simgen.assets.packs import pybullet, sweethome3d
from simgen.assets.stored import AssetInfo, file_name, info_of, read_asset, read_index
from simgen.errors import AssetError
from simgen.resources import cache_dir
from simgen.scene.asset import Asset

SOURCES = ("families", "sweethome3d", "pybullet", "own")
NEEDS_SUPPORT = ("sitting", "lying", "hanging", "wall_mounted", "posed")
"""Tags of models that need a support or a certain scene; `Library.names` leaves them out unless asked."""

_KEPT_IN_MEMORY = 256


@dataclass(frozen=True, kw_only=True)
class _Source:
    """What one source offers: (category, tags) by asset name, and how to get a record and the asset itself."""

    listing: dict[str, tuple[str, tuple[str, ...]]]
    info: Callable[[str], AssetInfo]
    load: Callable[[str], Asset]


class Library:
    """Models from the named sources; cheap to send to another process, which opens the sources again."""

    def __init__(self, sources: tuple[str, ...] = ("families",)) -> None:
        """Open the sources, in the order given.

        Raises:
            AssetError: a source is unknown, or a pack is not installed; the message has the command that installs it.
        """
        self._sources = tuple(sources)
        self._opened = {name: _open(name) for name in self._sources}
        self._listing = {n: row for source in self._opened.values() for n, row in source.listing.items()}
        self._loaded: OrderedDict[str, Asset] = OrderedDict()

    def __reduce__(self) -> tuple[type[Library], tuple[tuple[str, ...]]]:
        return Library, (self._sources,)

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources' names."""
        return self._sources

    def names(
        self, category: str | None = None, *, tags: tuple[str, ...] = (), without: tuple[str, ...] = NEEDS_SUPPORT
    ) -> tuple[str, ...]:
        """Return the names of the models of one category, or of all, sorted.

        Args:
            category: name in ``assets/categories.yaml``; None for all.
            tags: words a model must all have.
            without: words a model must not have, unless they are among ``tags``.

        Raises:
            AssetError: there is no such category.
        """
        if category is not None:
            check_category(category)
        banned = set(without) - set(tags)
        return tuple(
            sorted(
                name
                for name, (its_category, its_tags) in self._listing.items()
                if category in (None, its_category) and set(tags) <= set(its_tags) and not banned & set(its_tags)
            )
        )

    def info(self, name: str) -> AssetInfo:
        """Return what there is to know of a model; its shape is loaded only where the source keeps no record.

        Raises:
            AssetError: no source has it.
        """
        return self._source_of(name).info(name)

    def load(self, name: str) -> Asset:
        """Return a model; the latest 256 stay in memory.

        Raises:
            AssetError: no source has it, or its file is damaged.
        """
        if name not in self._loaded:
            self._loaded[name] = self._source_of(name).load(name)
            if len(self._loaded) > _KEPT_IN_MEMORY:
                self._loaded.popitem(last=False)
        self._loaded.move_to_end(name)
        return self._loaded[name]

    def _source_of(self, name: str) -> _Source:
        for source in self._opened.values():
            if name in source.listing:
                return source
        close = difflib.get_close_matches(name, list(self._listing), n=3)
        hint = f"did you mean {', '.join(close)}?" if close else "'simgen assets list' shows what there is"
        raise AssetError(f"no asset {name!r} in {', '.join(self._sources) or 'no sources'}; {hint}")


def _open(name: str) -> _Source:
    """Return one source."""
    match name:
        case "families":
            return _families()
        case "pybullet":
            listing = dict.fromkeys(pybullet.names(), (pybullet.CATEGORY, pybullet.TAGS))
            return _Source(listing=listing, info=lambda n: info_of(pybullet.load(n)), load=pybullet.load)
        case "sweethome3d":
            folder = sweethome3d.folder()
            if not (folder / "index.json").is_file():
                raise AssetError(
                    "the pack 'sweethome3d' is not installed (or was prepared by another version of simgen); "
                    "run: simgen assets install sweethome3d"
                )
            return _stored(folder)
        case "own":
            return _stored(cache_dir() / "own")
        case _:
            raise AssetError(f"unknown asset source {name!r}; known: {', '.join(SOURCES)}")


def _families() -> _Source:
    listing = {
        f"families/{family.name}/{variant}": (family.category, family.tags)
        for family in FAMILIES.values()
        for variant in range(family.variants)
    }

    def load(name: str) -> Asset:
        _, family, variant = name.split("/")
        return family_asset(family, int(variant))

    return _Source(listing=listing, info=lambda name: info_of(load(name)), load=load)


def _stored(folder: Path) -> _Source:
    infos = read_index(folder)
    return _Source(
        listing={n: (i.category, i.tags) for n, i in infos.items()},
        info=lambda n: infos[n],
        load=lambda n: read_asset(folder / file_name(n)),
    )
