"""An archive of PostgreSQL is read back when it is made; one that was changed is never restored."""

import shutil
import subprocess

import pytest
from click.testing import CliRunner

from pims_api.cli import main

DAMAGED = "Error: The file is damaged, nothing was restored: take another backup."


def invoke(url, *words):
    return CliRunner().invoke(main, ["--database", url, *map(str, words)])


@pytest.fixture
def file(tmp_path):
    return tmp_path / "monday.backup"


@pytest.fixture
def url(postgres_url):
    assert invoke(postgres_url, "init", "--demo").exit_code == 0
    return postgres_url


@pytest.fixture
def other_url(url, fresh_database):
    with fresh_database("postgres") as other:
        yield other


@pytest.fixture
def program(tmp_path, monkeypatch):
    """`program("pg_dump", "…")`: a program comes first on PATH that runs a script around ours."""
    folder = tmp_path / "bin"
    folder.mkdir()

    def put(name, script):
        found = shutil.which(name)
        path = folder / name
        path.write_text(f"#!/bin/sh\nours={found}\n{script}\n")
        path.chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")

    return put


FILE = 'for word; do case "$word" in --file=*) file="${word#--file=}";; esac; done'


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ('"$ours" "$@" --exclude-table-data="*.change"',
         "so it is not kept: change is missing."),
        ('"$ours" "$@" --exclude-table="*.change" --exclude-table="*.job"',
         "so it is not kept: change is missing; job is missing."),
        (f'"$ours" "$@" --compress=0; {FILE}; sed -i s/Emaille/Amaille/g "$file"',
         "so it is not kept: "),
        (f'"$ours" "$@"; {FILE}; size=$(wc -c < "$file"); truncate -s $((size * 2 / 3)) "$file"',
         "The backup could not be read back, so it is not kept: pg_restore: error: "),
    ],
    ids=["rows left out", "tables left out", "altered", "cut off"],
)  # fmt: skip
def test_an_archive_that_does_not_hold_all_is_not_kept(url, file, program, script, message):
    program("pg_dump", script)
    done = invoke(url, "backup", file)
    assert (done.exit_code, message in done.stderr) == (1, True), done.stderr
    assert "Traceback" not in done.output
    assert [one.name for one in file.parent.iterdir()] == ["bin"]


def test_what_others_write_while_it_is_read_back_is_no_difference(url, file, program):
    write = "UPDATE tenant SET sequence = sequence + 1"
    program(
        "pg_restore",
        f"psql -q '{url.replace('+psycopg', '')}' -c '{write}' && exec \"$ours\" \"$@\"",
    )
    done = invoke(url, "backup", file)
    assert done.exit_code == 0, done.stderr
    assert done.stdout == f"{file} is a backup: 11 products and 29 history entries agree.\n"


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9, 0.97])
def test_an_archive_that_was_cut_off_is_not_restored(url, other_url, file, share):
    invoke(url, "backup", file)
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * share)])
    refused = invoke(other_url, "restore", file, "--unchecked")
    assert (refused.exit_code, refused.stderr.splitlines()[-1]) == (1, DAMAGED)
    assert invoke(other_url, "init").exit_code == 0
    assert "OK: 0 products" in invoke(other_url, "check").stdout


@pytest.mark.parametrize("share", [0.01, 0.2, 0.5, 0.8, 0.9999])
def test_an_archive_in_which_one_bit_was_changed_is_not_restored(url, other_url, file, share):
    invoke(url, "backup", file)
    content = bytearray(file.read_bytes())
    content[int(len(content) * share)] ^= 4
    file.write_bytes(content)
    refused = invoke(other_url, "restore", file, "--unchecked")
    assert (refused.exit_code, refused.stderr.splitlines()[-1]) == (1, DAMAGED)
    assert invoke(other_url, "init").exit_code == 0
    assert "OK: 0 products" in invoke(other_url, "check").stdout


def test_programs_of_postgresql_read_it_as_any_archive(url, file):
    invoke(url, "backup", file)
    listed = subprocess.run(["pg_restore", "--list", file], capture_output=True, text=True)
    assert (listed.returncode, listed.stderr) == (0, "")
    assert "TABLE DATA public product" in listed.stdout


def test_an_archive_without_a_seal_is_restored_too(url, other_url, file):
    invoke(url, "backup", file)
    content = file.read_bytes()
    file.write_bytes(content[: content.rindex(b"\nPIMS backup, SHA-256 ")])
    done = invoke(other_url, "restore", file)
    assert done.stdout == f"{file} is restored: 11 products and 29 history entries agree.\n"
