"""Covering arrays: few rows of factor levels that hold every valid combination of any ``t`` factors' levels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, product

from simgen.errors import RecipeError

Row = tuple[int, ...]
"""A level of every factor, by its place in the factor's list."""

Tuple_ = tuple[tuple[int, int], ...]
"""Some factors with their levels, (factor, level) in the order of factors."""

Forbidden = Sequence[Mapping[int, frozenset[int]]]
"""Combinations that no row may hold: of each factor named, one of these levels."""


def covering_rows(
    levels: Sequence[int], strength: int, forbidden: Forbidden = (), given: Iterable[Row] = ()
) -> tuple[Row, ...]:
    """Return rows that, with those ``given``, cover all valid combinations of ``strength`` factors' levels.

    One row at a time: it starts from the first combination still uncovered, and every other factor, the one whose
    combinations are covered least first, takes the level that covers most of what is left and can still be
    completed to a row that is allowed (the greedy construction of Cohen et al. 1997, IEEE TSE 23(7), with density's
    order of factors as of Bryce and Colbourn 2007, without chance). The same input gives the same rows.

    Args:
        levels: how many each factor has.
        strength: t, from 1 to the number of factors.
        forbidden: combinations that may not be.
        given: rows that exist already.

    Raises:
        RecipeError: the forbidden combinations leave no row at all.
    """
    if not is_completable({}, levels, forbidden):
        raise RecipeError("coverage: forbidden rules out every row; take a combination out of it")
    left = dict.fromkeys(valid_tuples(levels, strength, forbidden))
    for row in given:
        _cover(left, row, strength)
    rows: list[Row] = []
    while left:
        row = _best_row(left, levels, strength, forbidden)
        _cover(left, row, strength)
        rows.append(row)
    return tuple(rows)


def valid_tuples(levels: Sequence[int], strength: int, forbidden: Forbidden = ()) -> Iterator[Tuple_]:
    """Yield every combination of ``strength`` factors' levels that some allowed row holds."""
    for factors in combinations(range(len(levels)), strength):
        for chosen in product(*(range(levels[f]) for f in factors)):
            found = tuple(zip(factors, chosen, strict=True))
            if not forbidden or is_completable(dict(found), levels, forbidden):
                yield found


def tuples_of(row: Row, strength: int) -> Iterator[Tuple_]:
    """Yield the combinations that a row holds."""
    return combinations(enumerate(row), strength)


def is_completable(partial: Mapping[int, int], levels: Sequence[int], forbidden: Forbidden) -> bool:
    """Return whether some row has these levels and is allowed; searched through, so exact."""
    if any(_is_met(rule, partial) for rule in forbidden):
        return False
    open_rules = [rule for rule in forbidden if _is_open(rule, partial)]
    if not open_rules:
        return True
    factor = next(f for f in open_rules[0] if f not in partial)
    return any(is_completable({**partial, factor: level}, levels, open_rules) for level in range(levels[factor]))


def is_allowed(row: Row, forbidden: Forbidden) -> bool:
    """Return whether a row holds no forbidden combination."""
    return not any(_is_met(rule, dict(enumerate(row))) for rule in forbidden)


def _is_met(rule: Mapping[int, frozenset[int]], partial: Mapping[int, int]) -> bool:
    return all(f in partial and partial[f] in levels for f, levels in rule.items())


def _is_open(rule: Mapping[int, frozenset[int]], partial: Mapping[int, int]) -> bool:
    """Return whether a rule may yet be met: nothing chosen contradicts it."""
    return all(partial[f] in levels for f, levels in rule.items() if f in partial)


def _cover(left: dict[Tuple_, None], row: Row, strength: int) -> None:
    for found in tuples_of(row, strength):
        left.pop(found, None)


def _best_row(left: dict[Tuple_, None], levels: Sequence[int], strength: int, forbidden: Forbidden) -> Row:
    row: dict[int, int] = dict(next(iter(left)))
    waiting = [0] * len(levels)
    for found in left:
        for factor, _ in found:
            waiting[factor] += 1
    for factor in sorted((f for f in range(len(levels)) if f not in row), key=lambda f: (-waiting[f] / levels[f], f)):
        others = list(combinations(sorted(row.items()), strength - 1))
        gains = [
            sum(tuple(sorted((*other, (factor, level)))) in left for other in others) for level in range(levels[factor])
        ]
        for level in sorted(range(levels[factor]), key=lambda k: (-gains[k], k)):
            if not forbidden or is_completable({**row, factor: level}, levels, forbidden):
                row[factor] = level
                break
    return tuple(row[f] for f in range(len(levels)))
