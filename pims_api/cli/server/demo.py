"""What `pims init --demo` makes and tells: a small catalogue, a key, and requests to try."""

import json
from dataclasses import replace
from typing import Any

import click

from pims_api.cli.options import session_of
from pims_api.cli.session import reading, writing
from pims_api.services.demo.demo import EDITED_SKU, STEPS, new_demo_key, take_step

_ADDRESS = "http://127.0.0.1:8000/pim/manage/products"
_REQUESTS: dict[str, dict[str, Any]] = {
    "List the products": {"action": "getList"},
    "Change a price": {
        "action": "editProduct",
        "sku": EDITED_SKU,
        "data": {"attributes": {"price": "13.50"}},
    },
    "See what happened": {"action": "historyProduct", "sku": EDITED_SKU},
}


def show_demo(ctx: click.Context) -> None:
    """Fill an empty catalogue, once; give a new key each time."""
    with reading(ctx) as seen:
        is_empty = seen.last_product_id == 0
    if is_empty:
        for step in STEPS:
            with writing(_acting_as(ctx, step.user)) as work:
                take_step(work, step)
    with writing(ctx) as work:
        key = new_demo_key(work)
    kept = "is filled" if is_empty else "stays as it is"
    click.echo(f"The demo catalogue {kept}. A new API key:\n\n{key}")
    for about, body in _REQUESTS.items():
        click.echo(f"\n# {about}\n{_curl(key, body)}")


def _acting_as(ctx: click.Context, user: str) -> click.Context:
    session = session_of(ctx)
    acting = click.Context(ctx.command, parent=ctx)
    acting.obj = replace(session, user=user)
    return acting


def _curl(key: str, body: dict[str, Any]) -> str:
    return (
        f"curl -s {_ADDRESS} -H 'ApiKey: {key}' -H 'Content-Type: application/json' "
        f"-d '{json.dumps(body)}'"
    )
