"""SQLite files with names that mean something in SQL."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from pims_api.transfer.sqlite_file import (
    NUMBER,
    TEXT,
    SqliteTable,
    column_names,
    new_sqlite_file,
)

ODD = [
    'we"ird', "it's", "a,b", "content=x", "rowid", "RowID", "rank", "Rank", "things_fts", "select",
    "Ä", "ä", "x; drop table things", "tokenize", "(", "",
]  # fmt: skip
NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="[]"), min_size=1)


def write(path, names):
    columns = column_names(names, "things")
    with new_sqlite_file(path) as file:
        kinds = dict.fromkeys(columns.values(), TEXT)
        file.create(SqliteTable("things", {"sku": TEXT, "price": NUMBER, **kinds}, "sku"))
        file.insert("things", [["A", 12.5, *names], ["B", 3, *names]])
        for column in columns.values():
            file.index("things", column)
        file.search_in("things", list(columns.values()))
    return columns


def check(path, names):
    columns = write(path, names)
    database = Database(path)
    [first, _] = database["things"].rows
    assert [first[columns[name]] for name in names] == names
    assert len({one.lower() for one in columns.values()}) == len(names) or not all(
        one.isascii() for one in columns.values()
    )
    database.close()


def test_odd_names_are_columns_like_any_other(tmp_path):
    check(tmp_path / "a.db", [name for name in ODD if name])


@given(names=st.lists(NAMES, min_size=1, max_size=5, unique=True))
def test_any_name_can_be_a_column(tmp_path_factory, names):
    check(tmp_path_factory.mktemp("odd") / "a.db", names)


def test_numbers_stay_whole_or_broken(tmp_path):
    write(tmp_path / "a.db", ["x"])
    database = Database(tmp_path / "a.db")
    found = [row["price"] for row in database["things"].rows_where(order_by="price")]
    database.close()
    assert [(type(one), one) for one in found] == [(int, 3), (float, 12.5)]


def test_a_file_that_cannot_be_written_is_an_os_error(tmp_path):
    with pytest.raises(OSError, match="could not write"), new_sqlite_file(tmp_path / "no" / "a.db"):
        pass
