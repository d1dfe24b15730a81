"""The text that gives the makers of a data set's models their due."""

from __future__ import annotations

from collections.abc import Iterable

from simgen.assets.stored import AssetInfo
from simgen.scene.asset import Asset

_LICENCE_TEXT = {
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "CC-BY-3.0": "https://creativecommons.org/licenses/by/3.0/",
    "CC-BY-3.0-US": "https://creativecommons.org/licenses/by/3.0/us/",
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC-BY-SA-3.0": "https://creativecommons.org/licenses/by-sa/3.0/",
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
}


def credits(assets: Iterable[Asset | AssetInfo]) -> str:  # noqa: A001
    """Return the text of a data set's CREDITS file: every asset's name, maker, licence and source, sorted by name.

    Creative Commons attribution licences ask for the maker, the licence's address, and word of changes: all are here.
    """
    unique = {a.name: a for a in assets}
    rows = [unique[name] for name in sorted(unique)]
    lines = ["3D models seen in this data set, their makers and licences.", ""]
    lines += [f"{a.name} ({a.category}): {a.credit.author}; {a.credit.licence}; {a.credit.source}" for a in rows]
    licences = sorted({a.credit.licence for a in rows})
    lines += ["", "Licences:"]
    lines += [f"{licence}: {_LICENCE_TEXT.get(licence, 'see the source named above')}" for licence in licences]
    if any(licence.startswith("CC-BY") for licence in licences):
        lines += [
            "",
            "Models under a CC-BY licence were changed: scaled, turned, thinned, materials adapted or recoloured.",
            "Whoever passes on pictures of them must keep these credits.",
        ]
    return "\n".join(lines) + "\n"
