import orjson
import pytest

from benchmarks.errors import BenchError
from benchmarks.measure.figures import Figures, Ratio
from benchmarks.measure.rounds import Measured
from benchmarks.report.contrast import Earlier, by_earlier, by_nodes, by_width, read_earlier
from benchmarks.report.tables import tables_of, text_lines
from benchmarks.report.targets import POSTGRESQL, SQLITE, Site

SMALL, LARGE = Site(100_000, SQLITE), Site(1_000_000, SQLITE)


def measured(workload, p50_ms=5.0, *, party=None, ratio=None):
    figures = {"ours": Figures(500.0, p50_ms, 9.0), party: Figures(400.0, 2.0, 8.0)}
    ratios = {party: Ratio(ratio, ratio - 0.25, ratio + 0.25)} if party else {}
    return Measured(workload, 1, figures, ratios, ratios, None, 0.1, None)


def test_nodes_are_to_answer_as_much_as_one():
    results = [
        measured("read", party="one-node", ratio=1.0),
        measured("edit", party="one-node", ratio=0.75),
    ]
    found = by_nodes([*results, measured("list")])
    assert [(one.workload, one.other, one.ours, one.target) for one in found] == [
        ("read", 400.0, 500.0, "≥ 1: yes"),
        ("edit", 400.0, 500.0, "≥ 1: no"),
    ]


def test_a_wide_catalogue_may_take_half_as_long_again_as_a_narrow_one():
    results = [measured("list", party="narrow-catalogue", ratio=ratio) for ratio in (1.5, 1.75)]
    found = by_width(results)
    assert [(one.other, one.ours, one.low, one.high) for one in found] == [
        (2.0, 5.0, 1.25, 1.75),
        (2.0, 5.0, 1.5, 2.0),
    ]
    assert [one.target for one in found] == ["≤ 1.5: yes", "≤ 1.5: no"]


@pytest.mark.parametrize(
    ("workload", "site", "target"),
    [
        ("read", LARGE, "≤ 2: no"),
        ("page-400", LARGE, "≤ 2: no"),
        ("narrow", LARGE, "≤ 2: no"),
        ("edit", LARGE, "≤ 2: no"),
        ("broad", LARGE, "≤ 10: yes"),
        ("search", Site(300_000, SQLITE), "≤ 3: yes"),
        ("create", LARGE, ""),
        ("read", SMALL, ""),
        ("narrow", Site(100_000, POSTGRESQL), "≤ 3: yes"),
        ("read", Site(100_000, POSTGRESQL), ""),
        ("narrow", Site(1_000_000, POSTGRESQL), ""),
    ],
)
def test_the_bound_against_an_earlier_run_depends_on_what_changed(workload, site, target):
    earlier = Earlier(SMALL, {(workload, 1): 2.0})
    [found] = by_earlier([measured(workload)], site, earlier)
    assert (found.other, found.ours, found.ratio, found.target) == (2.0, 5.0, 2.5, target)


def test_sqlite_is_not_held_against_postgresql():
    earlier = Earlier(Site(100_000, POSTGRESQL), {("narrow", 1): 2.0})
    assert [one.target for one in by_earlier([measured("narrow")], SMALL, earlier)] == [""]


def test_what_the_earlier_run_did_not_measure_is_left_out():
    earlier = Earlier(SMALL, {("read", 4): 2.0, ("edit", 1): 2.0})
    assert by_earlier([measured("read")], LARGE, earlier) == []
    assert tables_of([measured("read")], 1, LARGE, earlier) == []


def test_an_earlier_run_is_read_from_what_it_wrote(tmp_path):
    file = tmp_path / "before.json"
    result = {"workload": "read", "connections": 4, "figures": {"ours": {"p50_ms": 1.25}}}
    facts = {"products": 100_000, "database": "SQLite 3.53.4"}
    file.write_bytes(orjson.dumps({"facts": facts, "results": [result]}))
    assert read_earlier(file) == Earlier(SMALL, {("read", 4): 1.25})


@pytest.mark.parametrize("text", ["", "[]", '{"facts": {}}', '{"facts": 1, "results": []}'])
def test_a_file_of_another_kind_is_refused(tmp_path, text):
    file = tmp_path / "other.json"
    file.write_text(text)
    with pytest.raises(BenchError, match="no file that --json wrote"):
        read_earlier(file)


def test_the_columns_of_a_table_stand_below_each_other():
    earlier = Earlier(SMALL, {("broad", 1): 2.0})
    [table] = tables_of([measured("broad")], 1, LARGE, earlier)
    about, head, row = text_lines(table)
    assert about == "SQLite 1,000,000 products, beside SQLite 100,000:"
    then, now = "SQLite 100,000, p50 ms", "SQLite 1,000,000, p50 ms"
    assert head.index(then) + len(then) == row.index("2.00") + len("2.00")
    assert head.index(now) + len(now) == row.index("5.00") + len("5.00")
    assert head.index("times") == row.index("2.50")
    assert head.index("target") == row.index("≤ 10: yes")
