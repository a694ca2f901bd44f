"""What is asked of the past and of what changed, to be put beside the same asked of now.

Each workload first has products change, and notes the transaction before: so it asks of a moment
since which as much changed as its name says.
"""

from collections.abc import Iterator
from itertools import cycle

import orjson

from benchmarks.measure.requests import OUR_PATH, Ask, Body, Call, Prepare, RequestSource

BATCH_ROWS = 500
TIMES_TOUCHED = 5
TOUCHED = 200  # products, each so many times: a thousand transactions
FEW, MANY = 1_000, 10_000
FEED_PAGE = 500
FED = 100_000  # products whose changes are told in a loop


def touch(ask: Ask, source: RequestSource) -> None:
    """Have a thousand transactions change some products, each of them five times."""
    source.touched = _sample(source, TOUCHED)
    source.moment = _now(ask)
    for _ in range(TIMES_TOUCHED):
        for sku in source.touched:
            ask(_call(source.edit(sku)))


def change(count: int) -> Prepare:
    """Return what has so many products change."""

    def prepare(ask: Ask, source: RequestSource) -> None:
        source.moment = _now(ask)
        _change(ask, source, count)

    return prepare


def follow(ask: Ask, source: RequestSource) -> None:
    """Have all products change, up to 100,000, and note the cursors of the loop over them."""
    since: str | int = _now(ask)
    _change(ask, source, FED)
    cursors = []
    while (told := ask(_call(_changes(since))))["changes"]:
        cursors.append(since)
        since = told["next"]
    source.cursors = cursors


def catch_up(ask: Ask, source: RequestSource) -> None:
    """Note where the feed ends."""
    source.moment = _now(ask)


def reads(source: RequestSource) -> Iterator[Call]:
    """Yield reads of products that changed five times since."""
    while True:
        yield read(source.rng.choice(source.touched), source.moment)


def read(sku: str, moment: int) -> Call:
    """Return what shows a product as it was after a transaction."""
    return _call({"action": "listProduct", "sku": sku, "params": {"as_of": moment}})


def pages(source: RequestSource) -> Iterator[Call]:
    """Yield filters by a value and a range, as of the moment."""
    while True:
        wanted = source.catalogue.questions.narrow(source.rng)
        params = {"filter_values": wanted, "as_of": source.moment}
        yield _call({"action": "getList", "params": params})


def feed(source: RequestSource) -> Iterator[Call]:
    """Yield the pages of the loop over what changed, over and over."""
    return (_call(_changes(one)) for one in cycle(source.cursors))


def nothing(source: RequestSource) -> Iterator[Call]:
    """Yield questions for what changed since the end of the feed: nothing did."""
    while True:
        yield _call(_changes(source.moment))


def _change(ask: Ask, source: RequestSource, count: int) -> None:
    edits = [source.edit(sku) for sku in _sample(source, count)]
    for first in range(0, len(edits), BATCH_ROWS):
        rows = edits[first : first + BATCH_ROWS]
        ask(_call({"action": "batch", "mode": "per_row", "actions": rows}))


def _changes(since: str | int) -> Body:
    return {"action": "changes", "params": {"since": since, "limit": FEED_PAGE}}


def _sample(source: RequestSource, count: int) -> list[str]:
    return source.rng.sample(source.skus, min(count, len(source.skus)))


def _now(ask: Ask) -> int:
    """Return the number of the newest transaction."""
    return int(ask(Call("GET", "/pim/status"))["transaction"])


def _call(body: Body) -> Call:
    return Call("POST", OUR_PATH, orjson.dumps(body))
