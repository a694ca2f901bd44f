from hypothesis import given
from hypothesis import strategies as st

from benchmarks.measure.figures import Ratio, Round, figures_of, percentile, ratio_of


def test_a_rate_counts_what_requests_stand_for():
    rounds = [Round([0.1] * 10, 2.0), Round([0.3] * 10, 2.0)]
    found = figures_of(rounds, units=500)
    assert found.rate == 20 / 4 * 500
    assert found.p50_ms == 100
    assert found.p99_ms == 300


def test_a_ratio_is_the_median_of_pairs_with_both_ends():
    assert ratio_of([1, 2, 30], [10, 10, 100]) == Ratio(0.2, 0.1, 0.3)


@given(st.lists(st.floats(0, 1e6), min_size=1), st.integers(1, 100))
def test_a_percentile_is_a_value_that_enough_values_do_not_exceed(values, percent):
    found = percentile(values, percent)
    assert found in values
    assert sum(one <= found for one in values) * 100 >= percent * len(values)
    assert sum(one < found for one in values) * 100 < percent * len(values)
