"""Markdown read as a program: requests with their replies, commands, sections, tables."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ANSWERS = re.compile(r"answers(?: (\d{3}))?\Z")
_COMMAND = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
_HEADING = re.compile(r"^#{1,4} (.+)$", re.MULTILINE)
_FIRST_CELL = re.compile(r"^\| `?([^|]+?)`? \|", re.MULTILINE)
SUCCESS = 200


@dataclass(frozen=True)
class Block:
    """A fenced block. line: of its first line, from 1. lead: the last line of text before it."""

    language: str
    text: str
    line: int
    lead: str


@dataclass(frozen=True)
class Exchange:
    """A request as a document shows it, and the reply that it promises."""

    line: int
    method: str
    path: str
    body: str
    status: int
    reply: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Command:
    """A command line of a console block, without its prompt, and what stands below it."""

    line: int
    text: str
    output: str = ""

    @property
    def words(self) -> list[str]:
        return shlex.split(self.text)


Step = Exchange | Command


class DocumentError(Exception):
    """The document does not follow its own notation."""


def blocks_of(text: str) -> list[Block]:
    """Return the fenced blocks, in order."""
    return [
        Block(
            found[1],
            found[2],
            text.count("\n", 0, found.start()) + 2,
            (text[: found.start()].rstrip().splitlines() or [""])[-1].strip(),
        )
        for found in _FENCE.finditer(text)
    ]


def steps_of(text: str) -> Iterator[Step]:
    """Yield what a document does: its requests, each with its reply, and its commands."""
    blocks = blocks_of(text)
    for block, following in zip(blocks, [*blocks[1:], None], strict=True):
        if block.language == "console":
            yield from commands_of(block)
        elif block.language == "http":
            answer = _ANSWERS.match(following.lead) if following else None
            if following is None or answer is None or following.language != "json":
                raise DocumentError(f"line {block.line}: a request without an answer")
            yield _exchange(block, following.text, int(answer[1] or SUCCESS))


def headings_of(text: str) -> list[str]:
    """Return the titles of all sections; what stands in fenced blocks is none."""
    return _HEADING.findall(_FENCE.sub("", text))


def section_of(text: str, title: str) -> str:
    """Return a section's text up to the next heading of its own or a higher level."""
    found = re.search(rf"^(#+) {re.escape(title)}\n", text, re.MULTILINE)
    if found is None:
        raise DocumentError(f"there is no section {title}")
    rest = text[found.end() :]
    following = re.search(rf"^#{{1,{len(found[1])}}} ", rest, re.MULTILINE)
    return rest[: following.start()] if following else rest


def first_cells(text: str) -> list[str]:
    """Return the first cells of the rows of all tables, without backticks, headers included."""
    return [cell for cell in _FIRST_CELL.findall(text) if set(cell) != {"-"}]


def numbers_in_row(text: str, first: str) -> list[int]:
    """Return the numbers in the row of a table that begins with this cell."""
    row = re.search(rf"^\| {re.escape(first)} \| (.*) \|$", text, re.MULTILINE)
    if row is None:
        raise DocumentError(f"there is no row {first}")
    return [int(one.replace(",", "")) for one in re.findall(r"\d[\d,]*\b", row[1])]


def commands_of(block: Block) -> Iterator[Command]:
    """Yield the commands of a console block; other blocks have none."""
    for found in _COMMAND.finditer(block.text if block.language == "console" else ""):
        line = block.line + block.text.count("\n", 0, found.start())
        yield Command(line, found[1], found[2])


def _exchange(block: Block, reply: str, status: int) -> Exchange:
    head, _, body = block.text.partition("\n\n")
    first, *lines = head.strip().splitlines()
    method, _, path = first.partition(" ")
    pairs = (line.partition(":") for line in lines)
    headers = {name: value.strip() for name, _, value in pairs}
    return Exchange(block.line, method, path, body.strip(), status, reply, headers)
