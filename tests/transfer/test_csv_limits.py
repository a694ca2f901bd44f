"""CSV that is too large in one way or another: refused, or a fault of one row, in little memory."""

import csv
import io
import tracemalloc

import pytest

from pims_api.errors import BadInput
from pims_api.transfer.csv import lines
from pims_api.transfer.read import open_table
from tests.transfer.files import cells_of, columns_of, messages_of, rows_of

CELL = "Column 'title' exceeds 1000000 characters!"
ROW = "The row exceeds 2000000 characters: is a quote missing?"


@pytest.fixture
def small_records(monkeypatch):
    monkeypatch.setattr(lines, "RECORD_CHARS_MAX", 2_000_000)
    monkeypatch.setattr("pims_api.transfer.csv.read.RECORD_CHARS_MAX", 2_000_000)


@pytest.mark.parametrize("cell", [b"x" * 10_000_000, b'"' + b"x\n" * 5_000_000 + b'"'])
def test_a_cell_of_ten_megabytes_is_a_fault_of_its_row(cell):
    first, second = rows_of(b"sku,title\nA," + cell + b"\nB,x\n")
    assert (first.line, messages_of(first)) == (2, [CELL])
    assert (second.cells, second.faults) == ({"sku": "B", "title": "x"}, ())


def test_a_cell_of_a_million_characters_is_none():
    csv.field_size_limit(131_072)  # what Python begins with
    assert cells_of(b"title\n" + b"x" * 1_000_000 + b"\n") == [{"title": "x" * 1_000_000}]


@pytest.mark.parametrize("row", [b"A," + b"x" * 5_000_000, b'A,"' + b'x""\n' * 2_000_000 + b'",3'])
@pytest.mark.usefixtures("small_records")
def test_a_record_too_long_is_skipped_and_the_rest_goes_on(row):
    before, long, after = rows_of(b"sku,title\nA,x\n" + row + b"\nB,x\n")
    assert (long.line, messages_of(long), long.cells) == (3, [ROW], {})
    assert (after.line, after.cells) == (4 + row.count(b"\n"), {"sku": "B", "title": "x"})
    assert before.faults == after.faults == ()


@pytest.mark.usefixtures("small_records")
def test_a_record_too_long_may_be_the_last():
    rows = rows_of(b"sku,title\nA,x\nB," + b"x" * 5_000_000)
    assert [messages_of(row) for row in rows] == [[], [ROW]]


@pytest.mark.usefixtures("small_records")
def test_a_quote_open_for_longer_than_a_record_is_told_with_its_line():
    with pytest.raises(BadInput, match="The quote that opens on line 3 is never closed"):
        rows_of(b'sku,title\nA,x\nB,"x\n' + b"C,y\n" * 1_000_000)


@pytest.mark.usefixtures("small_records")
def test_a_header_too_long_is_refused():
    with pytest.raises(BadInput, match="The header exceeds 2000000 characters: is it"):
        rows_of(b"x" * 5_000_000, format="csv")


def test_twenty_thousand_columns_are_read_and_a_hundred_thousand_refused():
    assert len(columns_of(b",".join(b"c%d" % n for n in range(20_000)))) == 20_000
    message = "A file has at most 20000 columns, this one has 100000!"
    with pytest.raises(BadInput, match=message):
        columns_of(b",".join(b"c%d" % n for n in range(100_000)))


def test_fifty_thousand_rows_are_read():
    content = b"sku,title\n" + b"".join(b"A-%d,Bolt\n" % n for n in range(50_000))
    rows = rows_of(content)
    assert len(rows) == 50_000
    assert (rows[-1].line, rows[-1].cells["sku"]) == (50_001, "A-49999")


class Generated(io.RawIOBase):
    """A file of `size` bytes that is nowhere as a whole."""

    line = b"A-12345;'quoted;12,50;" + "Größe ".encode() * 200 + b"\n"

    def __init__(self, size: int) -> None:
        self.block = self.line * 20
        self.size = size - size % len(self.line)
        self.at = 0

    def readable(self):
        return True

    def seekable(self):
        return True

    def seek(self, offset, whence=0):
        self.at = offset + (self.size if whence == 2 else 0)
        return self.at

    def tell(self):
        return self.at

    def readinto(self, buffer):
        start = self.at % len(self.line)
        data = self.block[start : start + min(len(buffer), self.size - self.at)]
        buffer[: len(data)] = data
        self.at += len(data)
        return len(data)


def test_memory_does_not_grow_with_the_file():
    tracemalloc.start()
    try:
        with open_table(io.BufferedReader(Generated(50_000_000))) as table:
            count = sum(1 for _ in table.rows)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 50_000_000 // len(Generated.line) - 1
    assert peak < 15_000_000


def test_position_goes_from_nothing_to_the_size():
    content = b"sku\n" + b"A\n" * 100_000
    with open_table(io.BytesIO(content)) as table:
        places = [table.position() for _ in table.rows]
        assert places == sorted(places)
        assert places[0] < table.size / 2
        assert table.position() == table.size == len(content)


def test_a_stream_that_cannot_go_back_is_read_too():
    class Pipe(io.BytesIO):
        def seekable(self):
            return False

        def seek(self, *_):
            raise OSError

    with open_table(Pipe(b"sku\nA\n")) as table:
        assert [row.cells for row in table.rows] == [{"sku": "A"}]


def test_the_callers_stream_stays_open():
    stream = io.BytesIO(b"sku\nA\n")
    with open_table(stream) as table:
        next(table.rows)
    assert not stream.closed


def test_a_path_is_opened_and_closed(tmp_path):
    path = tmp_path / "shop.csv"
    path.write_bytes(b"sku\nA\n")
    with open_table(path) as table:
        assert [row.cells for row in table.rows] == [{"sku": "A"}]
