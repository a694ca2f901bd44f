"""README.md does what it says when it is pasted."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from pims_api.cli import main
from pims_api.cli.lazy_group import commands_of
from tests.quality.demo_server import DemoServer, curl_commands, demo_server, pims_command, run
from tests.quality.documents import README, ROOT, documents
from tests.quality.markdown import Block, blocks_of, section_of
from tests.quality.reply_pattern import difference

TEXT = README.read_text(encoding="utf-8")
EXCHANGE = blocks_of(section_of(TEXT, "A first exchange"))
OWN_CATALOGUE = blocks_of(section_of(TEXT, "Your own catalogue"))[0].text
NOT_RUN = ("make ", ". .venv", "pims serve", "export ")  # the tests' own database is used

pytestmark = pytest.mark.skipif(
    shutil.which("curl") is None, reason="curl is absent: apt-get install curl"
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoServer]:
    """The demo catalogue, served."""
    with demo_server(tmp_path_factory.mktemp("demo")) as started:
        yield started


def test_make_run_makes_the_demo_and_serves_it() -> None:
    planned = run("make", "--dry-run", "run", folder=ROOT)
    steps = [line.split("bin/")[1] for line in planned.splitlines() if "bin/pims " in line]
    assert steps == ["pims init --demo", "pims serve --bind 127.0.0.1:8000"]


def test_the_printed_commands_work_as_pasted(server: DemoServer) -> None:
    commands = curl_commands(server.second)
    replies = [json.loads(server.paste(command)) for command in commands]
    assert [reply["status"] for reply in replies] == ["OK", "OK", "OK"]


def test_a_second_run_keeps_the_data(server: DemoServer) -> None:
    assert "The demo catalogue is filled." in server.first
    assert "The demo catalogue stays as it is." in server.second
    run("pims", "check", folder=server.folder)


def test_the_first_exchange_answers_as_it_says(server: DemoServer) -> None:
    commands = [command for block in EXCHANGE for command in curl_commands(block.text)]
    replies = [json.loads(server.paste(command)) for command in commands]
    assert [reply["status"] for reply in replies] == ["OK", "OK", "OK"]
    promised = next(block.text for block in EXCHANGE if block.language == "json")
    assert difference(json.loads(promised), replies[-1]) is None


def test_a_nightly_run_may_send_its_part_again(server: DemoServer) -> None:
    document = (ROOT / "docs" / "api" / "pims.md").read_text(encoding="utf-8")
    (block,) = [
        one for one in blocks_of(section_of(document, "Names of requests")) if one.language == "sh"
    ]
    first, again = server.paste(block.text), server.paste(block.text)
    assert json.loads(first)["totals"]["updated"] == 1
    assert again == first


def test_an_own_catalogue_is_made_as_it_says(tmp_path: Path) -> None:
    pims_command(tmp_path)
    lines = [line for line in OWN_CATALOGUE.splitlines() if not line.startswith(NOT_RUN)]
    printed = run("bash", "-euc", "\n".join([*lines, 'echo "$KEY"']), folder=tmp_path)
    assert re.fullmatch(r"pims_\w{41}", printed.splitlines()[-1])


@pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_pims_command_in_a_document_has_these_options(path: Path) -> None:
    blocks = blocks_of(path.read_text(encoding="utf-8"))
    lines = [line for block in blocks for line in pims_lines(block)]
    assert [line for line in lines if not is_known(line)] == []


def pims_lines(block: Block) -> list[str]:
    if block.language not in ("sh", "console"):
        return []
    return re.findall(r"(?:^|\$ |\$\()pims ([^#)\n]*)", block.text, re.MULTILINE)


def is_known(line: str) -> bool:
    command: click.Command = main
    options = {name for one in command.params for name in [*one.opts, *one.secondary_opts]}
    for word in line.split():
        below = dict(commands_of(command)) if isinstance(command, click.Group) else {}
        if word in below:
            command = below[word]
            options = {name for one in command.params for name in [*one.opts, *one.secondary_opts]}
        elif word.startswith("--") and word not in options:
            return False
    return not isinstance(command, click.Group)
