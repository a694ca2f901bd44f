"""Many products in one request."""

from typing import Any

from tests.golden.talk import Talk

PATH = "/pim/manage/products"


def _row(action: str, sku: Any, more: dict[str, Any] | None = None, /, **values: Any) -> Any:
    return {"action": action, "sku": sku, "data": {"attributes": values}} | (more or {})


def talk(talk: Talk) -> None:
    talk.about("products_batch")
    _modes(talk)
    _refuse(talk)


def _modes(talk: Talk) -> None:
    def batch(name: str, *rows: Any, **more: Any) -> None:
        talk.at(PATH)(f"batch: {name}", "batch", actions=list(rows), **more)

    ok = _row("createProduct", "SPARE-1", title="Spare part", price="2", categories="Bulbs")
    bad = _row("editProduct", "SPARE-X", title="Nothing")
    late = _row("saveProduct", "SPARE-2", title="Another part", color="brass", tags=["new"])
    same = _row("editProduct", "SPARE-1", title="Spare part")
    batch("all well", ok, same, late)
    batch("one refused", same, bad, _row("editProduct", "SPARE-2", prise="1", color="rde"))
    batch(
        "stop on error", _row("editProduct", "SPARE-1", price="3"), bad, late, mode="stop_on_error"
    )
    batch("atomic", _row("editProduct", "SPARE-1", price="4"), bad, mode="atomic")
    batch(
        "full reply",
        _row("editProduct", "SPARE-1", price="5"),
        bad,
        reply="full",
        params={"attributes": ["title", "price"], "definition": False},
    )
    batch(
        "dry run",
        _row("editProduct", "SPARE-1", price="6"),
        _row("createProduct", "SPARE-3", title="x"),
        dry_run=True,
    )
    batch(
        "strict for all but one",
        _row("editProduct", "SPARE-1", prise="1"),
        _row("editProduct", "SPARE-1", {"strict": False}, prise="1"),
        strict=True,
    )
    batch(
        "stale version and a type",
        _row("editProduct", "SPARE-1", {"if_version": 1}, price="9"),
        _row("createProduct", "SPARE-4", {"product_type": "bulb"}, price="1", color="red"),
    )
    batch(
        "rows that are none",
        "row",
        {},
        {"action": "deleteProduct", "sku": "SPARE-1"},
        _row("createProduct", 7),
        _row("createProduct", " "),
    )
    batch("making what is missing", _row("createProduct", "SPARE-5", categories="New > Autumn",
          finish="waxed"), createMissing=["categories", "dictionary"])  # fmt: skip
    batch(
        "making categories without the permission",
        _row("createProduct", "SPARE-6", categories="New > Winter"),
        createMissing=["categories"],
        key="editor",
    )


def _refuse(talk: Talk) -> None:
    act = talk.at(PATH)
    row = _row("editProduct", "SPARE-1", price="1")
    act("batch: no rows", "batch")
    act("batch: empty", "batch", actions=[])
    act("batch: no list", "batch", actions={"sku": "A"})
    act("batch: too many rows", "batch", actions=[0] * 1001)
    act("batch: unknown mode and reply", "batch", actions=[row], mode="perrow", reply="long")
    act("batch: without pim_editor", "batch", actions=[row], key="viewer")
