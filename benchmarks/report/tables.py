"""Tables of figures beside others, for people and as Markdown."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.measure.rounds import Measured
from benchmarks.measure.workloads import BY_NAME
from benchmarks.report.contrast import (
    Contrast,
    Earlier,
    by_earlier,
    by_like,
    by_nodes,
    by_width,
)
from benchmarks.report.targets import Site

_WIDTHS = (31, 5, 24, 24, 17, 0)
_WORDS = (0, 4, 5)  # columns that are no plain numbers


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one kind. headings: of its six columns; decimals: of the two figures of a row."""

    about: str
    headings: Sequence[str]
    decimals: int
    rows: Sequence[Contrast]


def tables_of(
    results: Sequence[Measured], nodes: int, site: Site, earlier: Earlier | None
) -> list[Table]:
    """Return what results show beside something else; a table without rows is left out."""
    tables = [
        Table(
            f"{nodes} nodes on one database, beside one of them",
            ("work", "conn.", "one node, per s", f"{nodes} nodes, per s", "of one node", "target"),
            0,
            by_nodes(results),
        ),
        Table(
            "A wide catalogue through its View, beside a narrow one of as many products",
            ("work", "conn.", "narrow, p50 ms", "wide, p50 ms", "times", "target"),
            2,
            by_width(results),
        ),
        Table(
            "Beside the like of it: PIMS and now, and GET record for a resolved variant",
            ("work", "conn.", "beside, p50 ms", "ours, p50 ms", "times", "target"),
            2,
            by_like(results),
        ),
    ]
    if earlier is not None:
        tables.append(_earlier(results, site, earlier))
    return [one for one in tables if one.rows]


def text_lines(table: Table) -> Iterator[str]:
    """Yield the table for people."""
    yield f"{table.about}:"
    for cells in (table.headings, *map(_cells, table.rows, [table.decimals] * len(table.rows))):
        sized = zip(cells, _WIDTHS, range(len(cells)), strict=True)
        padded = [
            cell.ljust(width) if at in _WORDS else cell.rjust(width) for cell, width, at in sized
        ]
        yield "  ".join(padded).rstrip()


def markdown_lines(table: Table) -> list[str]:
    """Return the table as Markdown."""
    cells = [_cells(one, table.decimals) for one in table.rows]
    return [f"{table.about}:", "", *markdown_rows(table.headings, cells)]


def markdown_rows(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of a table in Markdown.

    >>> markdown_rows(["work", "per s"], [["read", "5"]])
    ['| work | per s |', '| --- | --- |', '| read | 5 |']
    """
    table = [headings, ["---"] * len(headings), *rows]
    return [f"| {' | '.join(row)} |" for row in table]


def _earlier(results: Sequence[Measured], site: Site, earlier: Earlier) -> Table:
    then, now = _named(earlier.site), _named(site)
    headings = ("work", "conn.", f"{then}, p50 ms", f"{now}, p50 ms", "times", "target")
    rows = by_earlier(results, site, earlier)
    return Table(f"{now} products, beside {then}", headings, 2, rows)


def _named(site: Site) -> str:
    return f"{site.engine} {site.products:,}"


def _cells(one: Contrast, decimals: int) -> tuple[str, ...]:
    ends = "" if one.low is None else f" ({one.low:.2f}-{one.high:.2f})"
    return (
        BY_NAME[one.workload].about,
        str(one.connections),
        f"{one.other:,.{decimals}f}",
        f"{one.ours:,.{decimals}f}",
        f"{one.ratio:.2f}{ends}",
        one.target,
    )
