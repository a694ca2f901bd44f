from benchmarks.measure.commands import CommandRun
from benchmarks.measure.figures import Figures, Ratio
from benchmarks.measure.rounds import Measured
from benchmarks.report.outcome import Outcome
from benchmarks.report.results import as_json, as_markdown, closing_lines, head_line, result_line
from benchmarks.report.tables import tables_of
from benchmarks.report.targets import Site

FACTS = {
    "catalogue": "lego", "products": 1_000, "database": "SQLite 3.53.4", "bytes_after": 3 << 20,
    "made": {"seconds": "0.5", "bytes": str(2 << 20)}, "machine": "x86_64, 2 cores",
    "python": "3.11.7", "workers": 2, "nodes": 1,
}  # fmt: skip
SITE = Site(1_000, "SQLite")
OURS, FLOOR = Figures(1_500, 2.5, 9.125, 0.75), Figures(3_000, 1.25, 4, None)
EDIT = Measured(
    "edit", 4, {"ours": OURS, "floor": FLOOR}, {"floor": Ratio(0.5, 0.4, 0.6)},
    {}, None, 0.05, 160.4,
)  # fmt: skip
SEARCH = Measured("search", 1, {"ours": OURS}, {}, {}, None, 0.04, None)


def outcome():
    commands = [CommandRun("import", 170_600, 61.0, 120.0), CommandRun("export", 1_000, 2.0, 80.0)]
    return Outcome(SITE, FACTS, [EDIT, SEARCH], {"batch-edit": "there is none"}, {}, commands)


def test_markdown_has_a_row_per_result_with_ratio_and_target():
    rows = as_markdown(outcome()).splitlines()
    assert rows[2] == (
        "| editProduct, one attribute | 4 | 1,500 | 2.50 | 9.12 | 3,000 | 1.25 | 0.50 (0.40-0.60) "
        "| 0.75 |  |  |  | 160 | ≥ 0.55 of the floor's rate: no |"
    )
    assert rows[3] == (
        "| getList, search of a word, 3 % | 1 | 1,500 | 2.50 | 9.12 |  |  |  | 0.75 |  |  |  |  "
        "| ≤ 10 ms p50: yes |"
    )


def test_the_columns_of_the_table_for_people_stand_below_each_other():
    head, line = head_line(), result_line(EDIT, SITE)
    for heading, cell in (("per s", "1,500"), ("p50 ms", "2.50"), ("MiB", "160")):
        assert head.index(heading) + len(heading) == line.index(cell) + len(cell)


def test_the_closing_lines_tell_of_commands_what_was_skipped_and_sizes():
    assert closing_lines(outcome()) == [
        "pims import: 170,600 products in 61.0 s (2,797/s), at most 120 MiB. "
        "Target ≤ 60 s and ≤ 300 MiB: no.",
        "pims export: 1,000 products in 2.0 s (500/s), at most 80 MiB.",
        "batch-edit: skipped, there is none.",
        "1,000 products (lego) on SQLite 3.53.4: made at 2,000 products/s, 2 MiB; with the floor "
        "and what the run wrote 3 MiB.",
        "x86_64, 2 cores, Python 3.11.7, 2 workers. The client took up to 5% of all cores.",
    ]


def test_an_import_of_a_part_of_the_catalogue_has_no_target():
    found = outcome()
    found.commands = [CommandRun("import", 170_599, 61.0, 120.0)]
    assert closing_lines(found)[0].endswith("at most 120 MiB.")


def test_markdown_has_the_tables_of_what_lies_beside():
    both = {"ours": Figures(1_500, 2.5, 9), "one-node": Figures(1_200, 3, 9)}
    ratios = {"one-node": Ratio(1.25, 1.125, 1.5)}
    result = Measured("read", 4, both, ratios, {}, None, 0.05, None)
    found = outcome()
    found.tables = tables_of([result], 2, SITE, None)
    assert "\n".join([
        "",
        "2 nodes on one database, beside one of them:",
        "",
        "| work | conn. | one node, per s | 2 nodes, per s | of one node | target |",
        "| --- | --- | --- | --- | --- | --- |",
        "| listProduct | 4 | 1,200 | 1,500 | 1.25 (1.12-1.50) | ≥ 1: yes |",
        "",
    ]) in as_markdown(found)  # fmt: skip


def test_products_may_be_made_in_no_time_at_all():
    found = outcome()
    found.facts = FACTS | {"made": {"seconds": "0.000", "bytes": "0"}, "products": 5}
    assert "made at 5,000 products/s, 0 MiB" in closing_lines(found)[-2]


def test_the_closing_lines_tell_how_many_nodes_there_were():
    found = outcome()
    found.facts = FACTS | {"nodes": 2}
    assert "2 nodes with 2 workers each. The client" in closing_lines(found)[-1]


def test_json_has_all_figures():
    found = as_json(outcome())
    assert found["results"][0]["ratios"]["floor"] == {"median": 0.5, "low": 0.4, "high": 0.6}
    assert found["commands"][1]["rate"] == 500
    assert found["skipped"] == {"batch-edit": "there is none"}
