"""A trace of rows and access paths, while somebody asks for it."""

from pims_api.storage.engine.query_trace import note_access_path, note_rows, traced


def test_collects_rows_and_each_way_once() -> None:
    with traced() as trace:
        note_rows(3)
        note_access_path("walked")
        note_rows(4)
        note_access_path("fetched")
        note_access_path("walked")

    assert (trace.rows, trace.access_paths) == (7, ["walked", "fetched"])


def test_the_innermost_block_learns_of_what_is_read() -> None:
    with traced() as outer:
        note_rows(1)
        with traced() as inner:
            note_rows(10)
        note_rows(2)

    assert (outer.rows, inner.rows) == (3, 10)


def test_nobody_needs_to_ask() -> None:
    note_rows(5)
    note_access_path("walked")
    with traced() as trace:
        pass

    assert (trace.rows, trace.access_paths) == (0, [])
