"""CSV with broken quotes: each fault refused or told of with its line, nothing altered silently."""

import time
from contextlib import suppress

import pytest

from pims_api.errors import BadInput
from tests.transfer.files import cells_of, messages_of, rows_of

HEAD = "sku,title,size\n"
WAY_OUT = "Write every quote within a cell twice, or have the quotes read leniently."


def refused(column, text, lines=None):
    among = f" The row has the lines {lines[0]} to {lines[1]}." if lines else ""
    return f"Column '{column}' has text after its closing quote: {text!r}! {WAY_OUT}{among}"


def swallowed(first, last, alike):
    return (
        f"The lines {first} to {last} are one row, for a quote opens on line {first}; but "
        f"{len(alike)} of them look like rows of their own ({', '.join(map(str, alike))}): is a "
        "quote missing?"
    )


def told(text, **how):
    """Return of each row its line, its cells if it is taken, its faults and its notes."""
    return [
        (
            row.line,
            None if row.faults else list(row.cells.values()),
            messages_of(row),
            [one.message for one in row.notes],
        )
        for row in rows_of((HEAD + text).encode(), **how)
    ]


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ('"Big" pipe', '"Big" pipe,x'),
        ('"17" screen"', '"17" screen",x'),
        (r'"He said \"hi\" ok"', r'"He said \"hi\" ok",x'),
        ('"A" "B"', '"A" "B",x'),
        ('"A" ', '"A" ,x'),
        ('""A""', '""A"",x'),
    ],
)
def test_text_after_a_closing_quote_is_refused_with_its_line_and_others_are_read(cell, shown):
    assert told(f"A,{cell},x\nB,Nut,y\n") == [
        (2, None, [refused("title", shown)], []),
        (3, ["B", "Nut", "y"], [], []),
    ]


def test_a_refused_line_is_kept_as_it_came():
    (row,) = rows_of(b'sku,title\nA,"Big" pipe\n')
    assert (row.cells, row.rest) == ({}, ('A,"Big" pipe',))


@pytest.mark.parametrize(
    "cell", ['5" pipe', 'pipe 5"', 'a"b"c', ' "x"', "'tis", '"5"" pipe"', '""', '""""', '"a,\nb"']
)
def test_what_is_clear_is_read_without_a_word(cell):
    (read,) = told(f"A,{cell},x\n")
    text = cell[1:-1].replace('""', '"') if cell.startswith('"') else cell
    assert read == (2, ["A", text, "x"], [], [])


def test_a_quote_never_closed_that_meets_another_is_refused_with_all_its_lines():
    text = 'A,"5 in,x\nB,Nut,y\nC,"7 in",z\nD,Bolt,x\n'
    shown = '"5 in,x\nB,Nut,y\nC,"7 in",z'
    assert told(text) == [
        (2, None, [refused("title", shown, (2, 4))], []),
        (5, ["D", "Bolt", "x"], [], []),
    ]


def test_a_part_of_a_broken_row_is_no_row():
    text = 'A,"5 in,x\nB,"two\nlines",y\n\nC,Nut,z\nD,Bolt\n'
    unread = (
        "The row has 2 cells, and the header 3: after the broken quotes on line 3 it may be a part "
        "of another row. Correct that one!"
    )
    assert told(text) == [
        (2, None, [refused("title", '"5 in,x\nB,"two', (2, 3))], []),
        (4, None, [unread], []),
        (6, ["C", "Nut", "z"], [], []),
        (7, ["D", "Bolt"], [], []),
    ]


@pytest.mark.parametrize("how", [{}, {"quotes": "lenient"}])
@pytest.mark.parametrize(
    ("text", "cell", "last", "alike"),
    [
        ('A,"5 in,x\nB,7",y\n', "5 in,x\nB,7", 3, [2, 3]),
        ('A,"5 in,x\nB,Nut,y\nC,7",z\n', "5 in,x\nB,Nut,y\nC,7", 4, [2, 3, 4]),
        ('A,"5 in\nof\nB,Nut,y\nC,7",z\n', "5 in\nof\nB,Nut,y\nC,7", 5, [4, 5]),
    ],
)
def test_a_cell_that_holds_lines_of_the_files_own_width_is_told_of(text, cell, last, alike, how):
    assert told(text + "D,Bolt,z\n", **how) == [
        (2, ["A", cell, text.rstrip()[-1]], [], [swallowed(2, last, alike)]),
        (last + 1, ["D", "Bolt", "z"], [], []),
    ]


def test_a_text_of_many_lines_is_no_such_cell():
    text = 'A,"Soft, warm, and\ncosy,\nin red.\nWash it",x\n'
    assert told(text) == [(2, ["A", "Soft, warm, and\ncosy,\nin red.\nWash it", "x"], [], [])]
    assert [row.notes for row in rows_of(b'sku\n"a\nb\nc"\n')] == [()]


def test_a_quote_that_never_closes_refuses_the_file_with_its_line():
    with pytest.raises(BadInput, match="The quote that opens on line 3 is never closed"):
        told('A,Nut,x\nB,"5 in,x\nC,Bolt,y\n')


def test_a_header_with_broken_quotes_is_refused():
    with pytest.raises(BadInput) as refusal:
        rows_of(b'\nsku,"ti"tle\nA,b\n')
    cell = "Cell 2 of the header, on line 2, has text after its closing quote"
    assert refusal.value.faults[0].message == f"{cell}: '\"ti\"tle'! {WAY_OUT}"


def note(line, *shown):
    columns = ", ".join(f"'{name}' as {text!r}" for name, text in shown)
    return f"Line {line} was read leniently, for its quotes are not those of CSV: column {columns}."


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ('"Big" pipe', '"Big" pipe'),
        ('"17" screen"', '17" screen'),
        (r'"He said \"hi\" ok"', 'He said "hi" ok'),
        (r'"He said \"hi\""', 'He said "hi"'),
        ('"5 in', '"5 in'),
        ('"a ""b"" c" d"', 'a "b" c" d'),
        ('"A" ', '"A" '),
    ],
)
def test_lenient_quotes_are_read_as_the_note_says(cell, read):
    text = f'A,{cell},x\nB,"Nut",y\n'
    assert told(text, quotes="lenient") == [
        (2, ["A", read, "x"], [], [note(2, ("title", read))]),
        (3, ["B", "Nut", "y"], [], []),
    ]


def test_lenient_quotes_find_the_end_of_a_text_of_several_lines():
    text = 'A,"one "big" one\ntwo\n"three" end",x\nB,Nut,y\n'
    read = 'one "big" one\ntwo\n"three" end'
    assert told(text, quotes="lenient") == [
        (2, ["A", read, "x"], [], [note(2, ("title", read))]),
        (5, ["B", "Nut", "y"], [], []),
    ]


def test_lenient_quotes_take_an_open_quote_at_the_end_as_text():
    assert told('A,"5 in,x\nB,Nut,y', quotes="lenient") == [
        (2, ["A", '"5 in', "x"], [], [note(2, ("title", '"5 in'))]),
        (3, ["B", "Nut", "y"], [], []),
    ]


def test_after_a_quote_that_stays_open_a_short_row_is_refused_in_lenient_files_too():
    first, second = told('A,"5 "in,x\nof it\n', quotes="lenient")
    assert (first[1], second[0], second[1]) == (["A", '"5 "in', "x"], 3, None)


@pytest.mark.parametrize("blank", [" , ,", "\t", "\N{NO-BREAK SPACE},,", '"  ",', " \u2003\u3000"])
def test_a_row_of_white_space_is_an_empty_row(blank):
    assert cells_of(f"{HEAD}{blank}\nA,Nut,x\n{blank}\n".encode()) == [
        {"sku": "A", "title": "Nut", "size": "x"}
    ]


def test_so_it_is_in_json_lines():
    assert cells_of('{"sku": "A"}\n\N{NO-BREAK SPACE} \n'.encode()) == [{"sku": "A"}]


@pytest.mark.parametrize("quotes", ["strict", "lenient"])
@pytest.mark.parametrize(
    "line",
    ['"a" ' * 200_000, '"a,' * 300_000, '"' * 600_001, '"a""' * 200_000, 'x,"a" b\n' * 60_000],
    ids=["texts", "openings", "quotes", "doubled", "rows"],
)
def test_no_file_full_of_quotes_takes_long(line, quotes):
    begun = time.process_time()
    with suppress(BadInput):  # where a quote is never closed
        rows_of(f"sku,title\n{line}\nB,Nut\n".encode(), quotes=quotes)
    assert time.process_time() - begun < 10
