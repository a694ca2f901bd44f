"""Tables that other programs write are read as these wrote them: csv, sqlite-utils, openpyxl."""

import csv
import io

import openpyxl
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from sqlite_utils import Database
from sqlite_utils.cli import cli

from pims_api.transfer.tables.formula import rearm
from tests.transfer.files import cells_of, rows_of

LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
PIECES = st.sampled_from([*"\",;|\t\r\n'\\ a5", '""', "\r\n", '","', '"\n', "\N{NO-BREAK SPACE}"])
TEXTS = st.one_of(st.text(LETTERS, max_size=20), st.lists(PIECES, max_size=8).map("".join))
WIDTH = 3
NAMES = ["sku", "title", "note"]
TABLES = st.lists(st.lists(TEXTS, min_size=WIDTH, max_size=WIDTH), max_size=5)


def expected(table):
    """Return the rows of a table that are not blank, by column."""
    return [
        {name: rearm(cell) for name, cell in zip(NAMES, row, strict=True)}
        for row in table
        if any(rearm(cell).strip() for cell in row)
    ]


@given(
    TABLES,
    st.sampled_from(",;\t|"),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["strict", "lenient"]),
)
def test_pythons_csv(table, delimiter, quoting, end, quotes):
    if end != "\r\n" and quoting != csv.QUOTE_ALL:  # some versions write the other break bare
        other = "\r" if end == "\n" else "\n"
        table = [[cell.replace(other, "") for cell in row] for row in table]
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, quoting=quoting, lineterminator=end)
    writer.writerows([NAMES, *table])
    content = stream.getvalue().encode()
    assert cells_of(content, format="csv", delimiter=delimiter, quotes=quotes) == expected(table)


@settings(max_examples=30)
@given(TABLES, st.sampled_from([["--csv"], ["--tsv"]]))
def test_sqlite_utils(tmp_path_factory, table, kind):
    path = tmp_path_factory.mktemp("foreign") / "shop.db"
    shop = Database(path)
    shop["rods"].create(dict.fromkeys(NAMES, str))
    shop["rods"].insert_all([dict(zip(NAMES, row, strict=True)) for row in table])
    shop.close()
    done = CliRunner().invoke(cli, ["rows", str(path), "rods", *kind])
    assert done.exit_code == 0
    assert cells_of(done.stdout_bytes, format="csv") == expected(table)


@settings(max_examples=50)
@given(TABLES)
def test_openpyxl(table):
    # XML knows one kind of line end, and _x0041_ is how workbooks write what XML cannot.
    kept = [[ILLEGAL_CHARACTERS_RE.sub("", c).replace("\r", "").replace("_x", "")
             for c in row] for row in table]  # fmt: skip
    kept = [[c.replace("\ufffe", "").replace("\uffff", "") for c in row] for row in kept]
    book = openpyxl.Workbook()
    for number, row in enumerate([NAMES, *kept], start=1):
        for place, text in enumerate(row, start=1):
            cell = book.active.cell(number, place)
            cell.value, cell.data_type = text, "s"
    stream = io.BytesIO()
    book.save(stream)
    read = [{n: row.cells.get(n, "") for n in NAMES} for row in rows_of(stream.getvalue())]
    assert read == expected(kept)
