"""A stream that a thread compresses: nothing of it is lost, and nobody waits for what failed."""

import gzip
import io

import pytest

from pims_api.jobs.outlets.compression import gzipped


def test_what_is_written_is_in_the_file_and_the_same_makes_the_same_bytes() -> None:
    lines = [b"%d\n" % number for number in range(300_000)]
    files = []
    for _ in range(2):
        file = io.BytesIO()
        with gzipped(file) as stream:
            stream.writelines(lines)
        files.append(file.getvalue())
    assert gzip.decompress(files[0]) == b"".join(lines)
    assert files[0] == files[1]


def test_a_full_disk_ends_the_stream() -> None:
    class Full(io.BytesIO):
        def write(self, _: object, /) -> int:
            raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"), gzipped(Full()) as stream:
        stream.write(bytes(10_000_000))


def test_an_error_of_who_writes_ends_the_stream() -> None:
    with pytest.raises(ZeroDivisionError), gzipped(io.BytesIO()) as stream:
        stream.write(b"a")
        raise ZeroDivisionError
