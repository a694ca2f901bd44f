"""docs/time.md does what it says when one follows it; its proof finds what was altered."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from pims_api.cli import main
from pims_api.storage.database import Database
from tests.environment import settings_of
from tests.pims.conftest import new_key, opened_app, talk
from tests.quality.documents import ROOT
from tests.quality.markdown import Command, blocks_of, commands_of

BLOCKS = blocks_of((ROOT / "docs" / "time.md").read_text(encoding="utf-8"))
SHELL = "".join(block.text for block in BLOCKS if block.language == "sh")
_FILE = re.compile(r"`(\w+\.csv)`:\Z")


def as_pattern(shown: str) -> re.Pattern[str]:
    """Three dots stand for what is left out."""
    return re.compile(".*".join(map(re.escape, shown.split("…"))))


def run(command: Command, database_url: str) -> None:
    program, *words = command.words
    assert program == "pims"
    done = CliRunner().invoke(main, words, env={"PIMS_DATABASE_URL": database_url})
    assert done.exit_code == 0, done.output
    if command.output:
        assert as_pattern(command.output).fullmatch(done.stdout), f"{command.line}: {done.stdout}"


def follow(database_url: str) -> None:
    for block in BLOCKS:
        for command in commands_of(block):
            run(command, database_url)


@pytest.fixture
def followed(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database in which everything was done that the document does."""
    monkeypatch.chdir(tmp_path)
    for block in BLOCKS:
        if block.language == "csv":
            named = _FILE.search(block.lead)
            assert named is not None
            (tmp_path / named[1]).write_text(block.text, "utf-8")
    follow(database_url)
    return database_url


def test_the_commands_run_as_they_are_written(followed: str) -> None:
    assert followed


def test_the_loop_brings_a_copy_up_to_date(followed: str) -> None:
    [code] = [block.text for block in BLOCKS if block.language == "python"]
    names: dict[str, Callable[..., Any]] = {}
    exec(code, names)  # noqa: S102
    copy: dict[str, Any] = {}
    with opened_app(followed) as app:
        ask = talk(app.test_client(), new_key(app, "pim_editor", "pim_manager"))
        since = names["sync"](ask, copy, 0)
        assert sorted(copy) == ["LAMP"]
        ask("editProduct", sku="LAMP", data={"attributes": {"price": "200"}}, status=200)
        ask("editProduct", sku="SHADE", data={"attributes": {"status": "active"}}, status=200)
        names["sync"](ask, copy, since)
        assert sorted(copy) == ["SHADE"]


def in_shell(lines: str, database_url: str, **more: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-e", "-c", lines],
        env=os.environ | {"PATH": path, "PIMS_DATABASE_URL": database_url} | more,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_proof_holds_and_finds_what_was_altered(followed: str) -> None:
    proved = in_shell(SHELL + 'echo "$DIGEST"', followed)
    assert proved.returncode == 0, proved.stderr
    *_, sentence, digest = proved.stdout.splitlines()
    assert sentence == "Nothing up to transaction 4 was altered since its digest was noted."
    with closing(Database(settings_of(followed))) as database, database.writing() as connection:
        altered = "UPDATE change SET old = replace(old, '49.00', '48.00') WHERE sequence = 4"
        assert connection.execute(text(altered)).rowcount > 0
        connection.commit()
    check = SHELL.splitlines()[-1]
    found = in_shell(check, followed, DIGEST=digest)
    assert found.returncode == 1
    assert "Transaction 4 does not fit" in found.stdout
