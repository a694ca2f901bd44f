"""Load the LEGO catalogue into a running server, one product per request, as an ERP would.

    python -m tests.catalogues.lego --url http://127.0.0.1:8000 --key KEY --share 0.02

Order: attributes, categories, parts each followed by its coloured elements, links between parts,
sets. Every write but the last asks to leave category filter values for later (`pauseReIndexing`).
"""

import argparse
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.catalogues.erp_client import ATTRIBUTES, CATEGORIES, ErpClient
from tests.catalogues.expected.lego import questions
from tests.catalogues.mappings.lego import (
    attribute_items,
    category_items,
    element_product,
    part_links,
    part_product,
    product,
    set_product,
)
from tests.catalogues.progress import Progress, on_terminal
from tests.catalogues.question import differences
from tests.catalogues.sources.data_folder import data_folder
from tests.catalogues.sources.lego import LegoSource, read, variants_of

Json = dict[str, Any]
Write = tuple[str, Json]
WritesOf = Callable[[Json], Iterator[Write]]
ShowProgress = Callable[[int], Progress]


@dataclass(frozen=True, slots=True)
class LegoReport:
    """What a load did. links_left_out: to parts outside the share. warnings: count by code."""

    parts: int
    elements: int
    sets: int
    links: int
    links_left_out: int
    elements_renamed: int
    writes: int
    seconds: float
    warnings: dict[str, int]


@dataclass(frozen=True, slots=True)
class Load:
    """A load under way: where it goes, with how many connections, how far it is."""

    client: ErpClient
    workers: int
    progress: Progress

    def run(self, items: Sequence[Json], writes_of: WritesOf) -> None:
        """Send the writes of all items; those of one item stay in order, on one connection.

        The first refusal stops every worker and is raised.
        """
        stop = threading.Event()
        shares = [items[number :: self.workers] for number in range(self.workers)]
        with ThreadPoolExecutor(self.workers) as threads:
            work = [threads.submit(self._run_share, one, writes_of, stop) for one in shares]
            wait(work, return_when=FIRST_EXCEPTION)
            stop.set()
        for done in work:
            done.result()

    def send(self, client: ErpClient, write: Write, pause: str) -> None:
        """Send one write. pause: "Y" leaves category filter values for later, "" does not."""
        action, body = write
        self.progress.count(client.act(action, pauseReIndexing=pause, **body))

    def _run_share(self, items: Sequence[Json], writes_of: WritesOf, stop: threading.Event) -> None:
        with closing(self.client.duplicate()) as client:
            for item in items:
                if stop.is_set():
                    return
                for write in writes_of(item):
                    self.send(client, write, "Y")


def load(
    client: ErpClient,
    folder: Path,
    *,
    share: float = 1.0,
    workers: int = 1,
    show_progress: ShowProgress = Progress,
) -> LegoReport:
    """Load the catalogue, or a share of it, into a tenant that has none of it yet.

    Raises Refused at the first write that the server does not take.
    """
    source = read(folder, share)
    client.act("addAttribute", path=ATTRIBUTES, items=attribute_items(source))
    client.act("addCategory", path=CATEGORIES, items=category_items(source))
    linked = _linked_parts(source)
    elements = sum(len(variants_of(part)) for part in source.parts)
    writes = len(source.parts) + elements + len(linked) + len(source.sets)
    loading = Load(client, workers, show_progress(writes))
    loading.run(source.parts, lambda part: _part_writes(source, part))
    loading.run(linked, _link_writes)
    loading.run(source.sets[:-1], lambda one: _set_writes(source, one))
    loading.send(client, next(_set_writes(source, source.sets[-1])), "")
    loading.progress.finish()
    return _report(source, elements, linked, loading.progress)


def _part_writes(source: LegoSource, part: Json) -> Iterator[Write]:
    yield "createProduct", part_product(source, part)
    for variant in variants_of(part):
        yield "createProduct", element_product(source, part, variant)


def _set_writes(source: LegoSource, one: Json) -> Iterator[Write]:
    yield "createProduct", set_product(source, one)


def _link_writes(linked: Json) -> Iterator[Write]:
    yield "editProduct", linked


def _linked_parts(source: LegoSource) -> list[Json]:
    """Return the edits that link parts; only when all parts are there can they point at them."""
    known = frozenset(part["part"] for part in source.parts)
    found = [(part["part"], part_links(part, known)) for part in source.parts]
    return [product(sku, dict(links)) for sku, links in found if links]


def _report(
    source: LegoSource, elements: int, linked: list[Json], progress: Progress
) -> LegoReport:
    wanted = sum(len(part.get("relations", [])) for part in source.parts)
    attributes = [one["data"]["attributes"] for one in linked]
    links = sum(len(targets) for each in attributes for targets in each.values())
    return LegoReport(
        parts=len(source.parts),
        elements=elements,
        sets=len(source.sets),
        links=links,
        links_left_out=wanted - links,
        elements_renamed=len(source.renamed_elements()),
        writes=progress.done,
        seconds=progress.seconds,
        warnings=dict(progress.warnings),
    )


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.catalogues.lego",
        description="Load the LEGO catalogue over HTTP, one product per request, and check it.",
        epilog="The key needs pim_editor and pim_manager. The tenant should have no products yet.",
    )
    parser.add_argument("--url", required=True, help="the server, such as http://127.0.0.1:8000")
    parser.add_argument("--key", required=True, help="an API key, as `pims key create` prints it")
    parser.add_argument(
        "--folder", type=Path, default=data_folder() / "lego", help="the data (%(default)s)"
    )
    parser.add_argument(
        "--share", type=float, default=1.0, help="part of it, such as 0.02 for 1 in 50 (all)"
    )
    parser.add_argument(
        "--workers", type=int, default=1, help="connections at the same time (%(default)s)"
    )
    parser.add_argument(
        "--only-check", action="store_true", help="load nothing, compare what is there"
    )
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Load, then ask the questions of expected_lego; return 0 when every answer is right."""
    chosen = _arguments().parse_args(arguments)
    client = ErpClient(chosen.url, chosen.key)
    if not chosen.only_check:
        report = load(
            client,
            chosen.folder,
            share=chosen.share,
            workers=chosen.workers,
            show_progress=on_terminal,
        )
        sys.stdout.write(f"{report}\n")
    wrong = differences(client, questions(read(chosen.folder, chosen.share)))
    sys.stdout.write("".join(f"{line}\n" for line in wrong) or "Every answer is right.\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
