"""Many products as a stream of rows."""

import json
from typing import Any

from tests.golden.talk import Talk

PATH = "/pim/manage/products"


def _row(action: str, sku: str, **values: Any) -> str:
    return json.dumps({"action": action, "sku": sku, "data": {"attributes": values}})


def talk(talk: Talk) -> None:
    talk.about("products_stream")

    def stream(name: str, *lines: str, key: str = "owner", **headers: str) -> None:
        sent = {"Content-Type": "application/x-ndjson"} | headers
        talk.send(name, "POST", PATH, key=key, text="".join(f"{one}\n" for one in lines),
                  headers=sent)  # fmt: skip

    wire = _row("createProduct", "WIRE-1", title="Wire", categories=["Bulbs"], price="0.50")
    edit = _row("editProduct", "WIRE-1", title="Wire, long", prise="1")
    stream(
        "rows without a head",
        wire,
        "",
        edit,
        '{"action": "cut',
        "[]",
        _row("editProduct", "WIRE-X", title="x"),
    )
    stream(
        "dry run",
        '{"action": "batch", "dry_run": true}',
        _row("createProduct", "WIRE-2", title="Wire"),
        _row("editProduct", "WIRE-1", price="1"),
    )
    stream(
        "full reply",
        '{"action": "batch", "reply": "full", '
        '"params": {"attributes": ["title", "titel"]}, "strict": true}',
        _row("editProduct", "WIRE-1", title="Wire"),
        edit,
    )
    stream(
        "stop on error",
        '{"action": "batch", "mode": "stop_on_error"}',
        edit,
        _row("editProduct", "WIRE-X", title="x"),
        edit,
    )
    stream("atomic", '{"action": "batch", "mode": "atomic"}', edit)
    stream("unknown mode", '{"action": "batch", "mode": "perrow"}', edit)
    stream("nothing at all")
    stream("without pim_editor", edit, key="viewer")
    stream("compressed", edit, **{"Content-Encoding": "gzip"})
    stream("mistyped key", edit, key="mistyped")
