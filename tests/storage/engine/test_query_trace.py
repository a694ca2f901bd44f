"""What reading cost, as far as somebody asks."""

from pims_api.storage.engine.query_trace import note_rows, note_way, traced


def test_collects_rows_and_each_way_once() -> None:
    with traced() as trace:
        note_rows(3)
        note_way("walked")
        note_rows(4)
        note_way("fetched")
        note_way("walked")

    assert (trace.rows, trace.ways) == (7, ["walked", "fetched"])


def test_the_innermost_block_learns_of_what_is_read() -> None:
    with traced() as outer:
        note_rows(1)
        with traced() as inner:
            note_rows(10)
        note_rows(2)

    assert (outer.rows, inner.rows) == (3, 10)


def test_nobody_needs_to_ask() -> None:
    note_rows(5)
    note_way("walked")
    with traced() as trace:
        pass

    assert (trace.rows, trace.ways) == (0, [])
