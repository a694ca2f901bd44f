"""How a load spreads its writes over connections."""

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.catalogues.erp_client import ErpClient, Refused, Request
from tests.catalogues.lego import Load, Write
from tests.catalogues.progress import Progress

Json = dict[str, Any]


class Connections:
    """Opens connections that remember what they were sent; the SKU `bad` is refused."""

    def __init__(self) -> None:
        self.opened: list[Connection] = []
        self._lock = threading.Lock()

    def __call__(self, base_url: str) -> "Connection":
        with self._lock:
            self.opened.append(Connection())
            return self.opened[-1]


class Connection:
    def __init__(self) -> None:
        self.bodies: list[Json] = []
        self.is_closed = False

    def __call__(self, request: Request, /) -> tuple[int, bytes]:
        body = json.loads(request.body)
        self.bodies.append(body)
        if body["sku"] == "bad":
            return 400, b'{"status": "Error", "status_message": "It is bad!"}'
        return 200, b'{"status": "OK"}'

    def close(self) -> None:
        self.is_closed = True


def test_the_writes_of_one_item_stay_in_order_on_one_connection() -> None:
    connections = Connections()
    progress = Progress(total=20)

    _load(connections, 3, progress).run([{"part": str(n)} for n in range(10)], _part_and_child)

    skus = [[body["sku"] for body in one.bodies] for one in connections.opened[1:]]
    assert sorted(skus) == [
        ["0", "0-child", "3", "3-child", "6", "6-child", "9", "9-child"],
        ["1", "1-child", "4", "4-child", "7", "7-child"],
        ["2", "2-child", "5", "5-child", "8", "8-child"],
    ]
    assert progress.done == 20
    assert all(one.is_closed for one in connections.opened[1:])


def test_every_write_of_a_run_leaves_category_filters_for_later() -> None:
    connections = Connections()

    _load(connections, 2, Progress(4)).run([{"part": "1"}, {"part": "2"}], _part_and_child)

    sent = [body for one in connections.opened for body in one.bodies]
    assert [body["pauseReIndexing"] for body in sent] == ["Y"] * 4


def test_the_first_refusal_is_raised_and_ends_the_run() -> None:
    connections = Connections()
    items = [{"part": "0"}, {"part": "bad"}, {"part": "2"}]

    with pytest.raises(Refused, match="It is bad!"):
        _load(connections, 1, Progress(6)).run(items, _part_and_child)

    assert [body["sku"] for body in connections.opened[1].bodies] == ["0", "0-child", "bad"]


def _part_and_child(item: Json) -> Iterator[Write]:
    yield "createProduct", {"sku": item["part"]}
    yield "createProduct", {"sku": f"{item['part']}-child"}


def _load(connections: Connections, workers: int, progress: Progress) -> Load:
    return Load(ErpClient("", "", open_sender=connections), workers, progress)
