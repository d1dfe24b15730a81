"""Claims about covering arrays, by a counter of its own: all rows listed, all combinations taken from them."""

from itertools import combinations, product

import pytest

from simgen.design.coverage import Coverage, missing_rows, report, settings
from simgen.design.t_wise import covering_rows
from simgen.distributions import Constant, LogUniform, Uniform
from simgen.errors import RecipeError


def counted(levels, rows, strength, forbids=lambda row: False):
    """Return (covered, valid) combinations, the valid ones taken from the list of all allowed rows."""
    allowed = [row for row in product(*map(range, levels)) if not forbids(row)]
    assert all(not forbids(row) for row in rows)
    valid, covered = set(), set()
    for columns in combinations(range(len(levels)), strength):
        valid |= {(columns, tuple(row[c] for c in columns)) for row in allowed}
        covered |= {(columns, tuple(row[c] for c in columns)) for row in rows}
    return len(covered & valid), len(valid)


@pytest.mark.parametrize(("strength", "most"), [(1, 6), (2, 45), (3, 190)])
def test_every_combination_of_eight_factors_is_covered_in_few_rows(strength, most):
    levels = (5, 3, 4, 6, 3, 3, 3, 3)
    rows = covering_rows(levels, strength)
    covered, valid = counted(levels, rows, strength)
    assert covered == valid
    assert len(rows) <= most


@pytest.mark.parametrize("strength", [2, 3])
def test_combinations_that_rules_together_forbid_are_not_asked_for(strength):
    # 0=1 needs 1=0, and 1=0 forbids 2=2: so 0=1 with 2=2 cannot be, though no rule names the two.
    rules = ({0: frozenset({1}), 1: frozenset({1, 2})}, {1: frozenset({0}), 2: frozenset({2})})
    levels = (3, 3, 3, 4, 2)

    def forbids(row):
        return (row[0] == 1 and row[1] in (1, 2)) or (row[1] == 0 and row[2] == 2)

    rows = covering_rows(levels, strength, rules)
    covered, valid = counted(levels, rows, strength, forbids)
    assert covered == valid
    assert not any(row[0] == 1 and row[2] == 2 for row in rows)


def test_given_rows_are_completed_and_not_repeated():
    levels = (3, 4, 2, 3)
    given = covering_rows(levels, 2)[:5]
    more = covering_rows(levels, 2, given=given)
    covered, valid = counted(levels, [*given, *more], 2)
    assert covered == valid
    assert not set(given) & set(more)
    assert covering_rows(levels, 2, given=[*given, *more]) == ()


def test_strength_of_all_factors_is_the_grid():
    assert sorted(covering_rows((2, 3, 2), 3)) == list(product(range(2), range(3), range(2)))


def test_rules_that_leave_nothing_are_refused():
    with pytest.raises(RecipeError, match="rules out every row"):
        covering_rows((2, 2), 2, ({0: frozenset({0, 1})},))


FACTORS = {
    "weather.rain_mmph": {"dry": Constant(value=0.0), "wet": Uniform(low=1.0, high=9.0)},
    "daylight.elevation_deg": {"low": Uniform(low=2.0, high=10.0), "high": Uniform(low=10.0, high=60.0)},
    "ego.speed_mps": {
        "slow": LogUniform(low=1.0, high=10.0),
        "fast": Constant(value=20.0),
        "halt": Constant(value=0.0),
    },
}


def test_the_report_names_what_is_missing_and_the_rest_completes_it():
    coverage = Coverage(factors=FACTORS, forbidden=({"weather.rain_mmph": ("wet",), "ego.speed_mps": ("fast",)},))
    rows = [s.names for s in settings(coverage, 0, 3)]
    before = report(coverage, rows)
    assert before.valid == 4 + 5 + 6
    assert before.covered == before.valid - len(before.missing) < before.valid
    rest = missing_rows(coverage, rows)
    assert len(rest) == before.rows_needed
    after = report(coverage, [*rows, *rest])
    assert (after.covered, after.missing, after.rows_needed) == (15, (), 0)


def test_a_grid_holds_every_allowed_combination_once_and_starts_over():
    coverage = Coverage(factors=FACTORS, mode="grid", forbidden=({"ego.speed_mps": ("halt",)},))
    names = [tuple(s.names.values()) for s in settings(coverage, 0, 16)]
    assert len(set(names[:8])) == 8
    assert names[8:] == names[:8]


def test_sixteen_sobol_points_fill_sixteenths_of_a_factor_evenly():
    factors = {"a.x": {"all": Uniform(low=0.0, high=16.0)}, "a.y": {"0": Constant(value=0), "1": Constant(value=1)}}
    drawn = settings(Coverage(factors=factors, mode="sobol"), 3, 16)
    assert sorted(int(s.values["a.x"].value) for s in drawn) == list(range(16))
    assert [s.names["a.y"] for s in drawn].count("1") == 8


@pytest.mark.parametrize("mode", ["random", "sobol", "grid", "t_wise"])
def test_fewer_scenes_are_the_first_of_more(mode):
    coverage = Coverage(factors=FACTORS, mode=mode)
    assert settings(coverage, 7, 20)[:6] == settings(coverage, 7, 6)


def test_names_that_are_not_there_are_told():
    with pytest.raises(ValueError, match=r"forbidden: 'ego.speed_mps' has no bin 'quick'; known: slow, fast, halt"):
        Coverage(factors=FACTORS, forbidden=({"ego.speed_mps": ("quick",)},))
