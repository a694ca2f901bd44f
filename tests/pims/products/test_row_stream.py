"""A batch as a stream of lines: read, written and answered chunk by chunk."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask.testing import FlaskClient

from pims_api.errors import Busy
from tests.pims.conftest import PRODUCTS
from views import running
from views.pims.rows import stream as row_stream

Json = dict[str, Any]
Stream = Callable[..., tuple[int, list[Json]]]


@pytest.fixture
def stream(client: FlaskClient, key: str) -> Stream:
    """`stream(row, "not json", key=…)`: send lines; returns the HTTP status and the answer's."""

    def send(*rows: Json | str, key: str = key, kind: str = "application/x-ndjson") -> Any:
        lines = [one if isinstance(one, str) else json.dumps(one) for one in rows]
        headers = {"ApiKey": key, "Content-Type": kind}
        reply = client.post(PRODUCTS, data="\n".join(lines).encode(), headers=headers)
        return reply.status_code, [json.loads(one) for one in reply.text.splitlines()]

    return send


def create(sku: str, **attributes: Any) -> Json:
    return {"action": "createProduct", "sku": sku, "data": {"attributes": attributes}}


def counted(answer: list[Json]) -> Json:
    return {name: count for name, count in answer[-1]["totals"].items() if count}


def test_each_line_is_answered_by_a_line(stream: Stream) -> None:
    status, answer = stream(create("A"), create("B", variation_of="A"), create("A"))
    assert status == 200
    assert [(one["row"], one["sku"], one["status"]) for one in answer[:-1]] == [
        (0, "A", "created"), (1, "B", "created"), (2, "A", "rejected"),
    ]  # fmt: skip
    assert answer[-1]["status"] == "OK"
    assert counted(answer) == {"created": 2, "rejected": 1}


def test_many_rows_are_written_in_chunks(stream: Stream, pims: Any, app: Any) -> None:
    rows = [create(f"P{number:04}") for number in range(2 * row_stream.CHUNK_ROWS + 1)]
    _, answer = stream(*rows)
    assert [one["row"] for one in answer[:-1]] == list(range(len(rows)))
    assert counted(answer) == {"created": len(rows)}
    assert pims("getList", params={"pagination": {"pageSize": 1}})["sku_count"] == len(rows)


def test_the_first_line_may_speak_of_all(stream: Stream, pims: Any) -> None:
    head = {"action": "batch", "mode": "stop_on_error", "createMissing": ["categories"]}
    new = create("A", categories=["Fresh"])
    _, answer = stream(head, new, create("A"), create("B"))
    assert counted(answer) == {"created": 1, "rejected": 1, "skipped": 1}
    assert pims("listProduct", sku="A")["data"]["attributes"]["categories"] == ["Fresh"]


def test_a_stop_holds_for_later_chunks(stream: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_stream, "CHUNK_ROWS", 1)
    _, answer = stream({"action": "batch", "mode": "stop_on_error"}, "{", create("B"))
    assert [one["status"] for one in answer[:-1]] == ["rejected", "skipped"]


@pytest.mark.parametrize("bad", ["{", "5", '{"a": 1, "a": 2}', "[" * 100, '{"sku": NaN}'])
def test_a_line_that_cannot_be_read_is_rejected_alone(stream: Stream, bad: str) -> None:
    _, answer = stream(bad, create("Z"), "", "  ")
    assert [one["status"] for one in answer[:-1]] == ["rejected", "created"]
    assert "errors" in answer[0]


def test_a_line_that_is_too_long_is_rejected_alone(
    stream: Stream, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_stream, "LINE_BYTES_MAX", 200)
    _, answer = stream(create("A", title="x" * 500), create("Z"))
    assert [one["status"] for one in answer[:-1]] == ["rejected", "created"]
    assert answer[0]["errors"][0]["code"] == "limit"


def test_an_empty_stream_changes_nothing(stream: Stream, unchanged: Any) -> None:
    with unchanged():
        status, answer = stream()
    assert (status, counted(answer)) == (200, {})


def test_a_stream_cannot_be_atomic(stream: Stream, unchanged: Any) -> None:
    with unchanged():
        status, answer = stream({"action": "batch", "mode": "atomic"}, create("A"))
    assert (status, answer[0]["errors"][0]["pointer"]) == (400, "/mode")


def test_a_stream_needs_the_permission(stream: Stream, make_key: Any, unchanged: Any) -> None:
    reader = make_key("pim_user")
    with unchanged():
        status, answer = stream(create("A"), key=reader)
    assert (status, answer[0]["errors"][0]["code"]) == (403, "forbidden")


def test_a_dry_stream_stores_nothing(stream: Stream, unchanged: Any) -> None:
    with unchanged():
        _, answer = stream({"action": "batch", "dry_run": True}, create("A"))
    assert answer[0]["changes"]["new"]["status"] == "active"
    assert answer[-1]["dry_run"] is True
    assert "dry_run" not in stream(create("A"))[1][-1]


def test_a_dry_stream_that_ends_early_says_so_too(
    stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: Any) -> None:
        raise Busy("No time left!")

    monkeypatch.setattr(row_stream, "write_chunk", busy)
    _, answer = stream({"action": "batch", "dry_run": True}, create("A"))
    assert (answer[-1]["status"], answer[-1]["dry_run"]) == ("Error", True)


def test_answers_wait_for_a_client_that_only_sends(
    stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_stream, "EAGER_BYTES", 100)
    monkeypatch.setattr(row_stream, "CHUNK_ROWS", 1)
    _, answer = stream(*(create(f"P{number}") for number in range(9)))
    assert [one["row"] for one in answer[:-1]] == list(range(9))


def test_what_could_not_be_committed_is_not_counted(
    stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_stream, "CHUNK_ROWS", 1)
    real, turns = running.unit_of_work, iter([True, False])

    @contextmanager
    def failing(*place: Any, **more: Any) -> Iterator[Any]:
        with real(*place, **more) as work:
            yield work
            if not next(turns):
                raise Busy

    monkeypatch.setattr(running, "unit_of_work", failing)
    _, answer = stream(create("A"), create("B"), create("C"))
    assert [one.get("sku") for one in answer] == ["A", None]
    assert (answer[-1]["status"], counted(answer)) == ("Error", {"created": 1})
