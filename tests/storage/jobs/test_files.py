"""Files of jobs: in parts in, in parts out, one part in memory."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pims_api.storage.jobs.files import (
    REMOVED_AT_ONCE,
    FilePlace,
    StoredFile,
    add_part,
    in_parts,
    part_sizes,
    remove_some,
)

PLACE = FilePlace(1, 5, "input")
PARTS = [b"abc", b"defg", b"h"]


@pytest.fixture
def store(database):
    """`store([b"ab", b"c"])`: a file of these parts is there."""

    def parts(contents, place=PLACE):
        with database.writing() as connection:
            for content in contents:
                add_part(connection, place, content)
            connection.commit()

    return parts


@pytest.fixture
def stored(database, store):
    store(PARTS)
    return StoredFile(database.reading, PLACE)


def test_a_file_is_read_as_it_was_written(stored):
    assert stored.size == 8
    assert io.BufferedReader(stored).read() == b"abcdefgh"


def test_a_file_is_read_part_by_part(stored):
    assert list(stored.parts()) == PARTS


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 100])
def test_every_place_can_be_sought(stored, size):
    file = io.BufferedReader(stored)
    for at in range(9):
        file.seek(at)
        assert file.read(size) == b"abcdefgh"[at : at + size]


def test_the_end_can_be_sought_as_archives_do(stored):
    assert stored.seek(-3, io.SEEK_END) == 5
    assert stored.read(2) == b"fg"
    assert stored.seek(1, io.SEEK_CUR) == 8
    assert stored.read() == b""


def test_reading_on_loads_each_part_once(database, store):
    opened = []
    store([b"x" * 1_000] * 3)
    file = StoredFile(lambda: opened.append(1) or database.reading(), PLACE)
    while file.read(10):
        pass
    assert len(opened) == 1 + 3


def test_an_absent_file_is_empty(database):
    file = StoredFile(database.reading, FilePlace(1, 9, "result"))
    assert (file.size, file.read(), list(file.parts())) == (0, b"", [])


def test_an_empty_part_is_left_out(database, store):
    store([b"", b"a", b"", b"b"])
    with database.reading() as connection:
        assert part_sizes(connection, PLACE) == [(0, 1), (1, 1)]


def test_removal_goes_in_short_steps_and_touches_no_other_file(database, store):
    other = FilePlace(1, 5, "result")
    store([b"x"] * (REMOVED_AT_ONCE + 1))
    store([b"y"], other)
    left = []
    for _ in range(3):
        with database.writing() as connection:
            found = remove_some(connection, PLACE)
            left.append((found, len(part_sizes(connection, PLACE))))
            connection.commit()
    assert left == [(True, 1), (True, 0), (False, 0)]
    assert StoredFile(database.reading, other).read() == b"y"


@given(st.lists(st.binary(max_size=20)), st.integers(1, 7))
def test_parts_hold_the_same_bytes_and_are_full(chunks, size):
    parts = list(in_parts(chunks, size))
    assert b"".join(parts) == b"".join(chunks)
    assert all(len(one) == size for one in parts[:-1])
    assert all(1 <= len(one) <= size for one in parts)
