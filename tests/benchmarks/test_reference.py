import orjson
import pytest

from benchmarks.errors import BenchError
from benchmarks.measure.figures import Figures, Ratio
from benchmarks.measure.rounds import Measured
from benchmarks.measure.workloads import BY_NAME
from benchmarks.report.reference import falls_of, read_reference
from benchmarks.report.targets import (
    MILLION,
    POSTGRESQL,
    SQLITE,
    TARGETS,
    Measure,
    Site,
    Target,
    targets_of,
)

SIDE_TABLES = "≥ 20 times as fast as side tables"
HALF_THE_FLOOR = "aim ≥ 0.5 of the floor's rate"
FIGURES = Figures(rate=500.0, p50_ms=5.0, p99_ms=9.0)


def measured(ratio, *, workload="edit", connections=4, latency=None, computing=0.5):
    figures = {"ours": FIGURES, "floor": FIGURES}
    around = Ratio(latency, latency, latency) if latency else None
    ratios = {"floor": Ratio(ratio, ratio, ratio)}
    computed = Ratio(computing, computing, computing)
    latencies = {"floor": around} if around else {}
    return Measured(workload, connections, figures, ratios, latencies, computed, 0.1, None)


@pytest.fixture
def reference(tmp_path):
    file = tmp_path / "before.json"
    before = {"workload": "edit", "connections": 4, "ratios": {"floor": {"median": 0.6}}}
    before["computing_ratio"] = {"median": 0.5}
    alone = {"workload": "search", "connections": 1, "ratios": {}}
    file.write_bytes(orjson.dumps({"results": [before, alone]}))
    return read_reference(file)


def test_a_ratio_that_fell_by_more_than_a_third_is_a_fall(reference):
    assert [one.text for one in falls_of(measured(0.39), reference)] == [
        "edit with 4 connections: the ratio of rate to the floor is 0.39, was 0.60: 35 % less"
    ]


def test_computing_a_third_more_than_before_is_a_fall_too(reference):
    assert [one.what for one in falls_of(measured(0.6, computing=0.33), reference)] == ["computing"]


@pytest.mark.parametrize("ratio", [0.41, 0.6, 2.0])
def test_a_ratio_that_held_is_none(reference, ratio):
    assert falls_of(measured(ratio), reference) == []


def test_what_was_not_measured_before_cannot_fall(reference):
    assert falls_of(measured(0.1, connections=16), reference) == []


def test_a_file_of_another_kind_is_refused(tmp_path):
    file = tmp_path / "other.json"
    file.write_text('{"results": 1}')
    with pytest.raises(BenchError, match="no file that --json wrote"):
        read_reference(file)


def test_a_target_belongs_to_a_workload_at_a_number_of_connections():
    small = Site(10_000, SQLITE)
    assert [one.text for one in targets_of(measured(0.6), small)] == ["≥ 0.55 of the floor's rate"]
    assert targets_of(measured(0.6, connections=1), small) == []


def test_the_target_against_side_tables_is_for_a_million():
    result = measured(20, workload="narrow", connections=1, latency=0.04)
    assert [one.measure for one in targets_of(result, Site(999_999, SQLITE))] == [Measure.P50_MS]
    [only] = targets_of(result, Site(1_000_000, SQLITE))
    assert only.measure is Measure.SPEED_UP
    assert only.is_met(result)


@pytest.mark.parametrize(
    ("workload", "site", "texts"),
    [
        ("broad", Site(100_000, SQLITE), ["≤ 8 ms p50"]),
        ("broad", Site(100_000, POSTGRESQL), []),
        ("broad", Site(MILLION, SQLITE), [SIDE_TABLES, "aim ≤ 10 ms p50"]),
        ("broad", Site(MILLION, POSTGRESQL), [SIDE_TABLES, "aim ≤ 30 ms p50"]),
        ("batch-edit", Site(100_000, SQLITE), ["≥ 6000 products/s", HALF_THE_FLOOR]),
        ("batch-edit", Site(100_000, POSTGRESQL), [HALF_THE_FLOOR]),
    ],
)
def test_a_target_is_for_an_engine_and_a_number_of_products(workload, site, texts):
    found = targets_of(measured(0.6, workload=workload, connections=1), site)
    assert [one.text for one in found] == texts


@pytest.mark.parametrize(
    ("target", "is_met"),
    [
        (Target("edit", 4, Measure.RATE_RATIO, 0.55), True),
        (Target("edit", 4, Measure.RATE_RATIO, 0.65), False),
        (Target("edit", 4, Measure.P50_MS, 5), True),
        (Target("edit", 4, Measure.P50_MS, 4.9), False),
        (Target("edit", 4, Measure.RATE, 500), True),
        (Target("edit", 4, Measure.LATENCY_RATIO, 2), False),
    ],
)
def test_a_target_is_met_from_its_bound_on(target, is_met):
    assert target.is_met(measured(0.6, latency=2.5)) is is_met


def test_every_target_names_a_workload():
    assert {one.workload for one in TARGETS} <= set(BY_NAME)
