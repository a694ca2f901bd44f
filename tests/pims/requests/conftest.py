"""A small catalogue, and what sends any body to any address."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.pims.conftest import CATEGORIES
from tests.pims.requests.every_action import VIEWS

Json = dict[str, Any]
Act = Callable[..., Json]


@pytest.fixture
def send(
    client: FlaskClient, key: str, pims: Act, given_attribute: Act, given_category: Act,
    make_key: Callable[..., str], filled: Callable[..., Any],
) -> Callable[..., tuple[int, Json]]:  # fmt: skip
    """`send(path, body, dryRun=True)`: the status and the reply, over a small catalogue."""

    def fill() -> str:
        """Return a key that is bound to two of the Views."""
        given_attribute("color", isFilterable="y")
        given_category("Rods")
        values = {"categories": ["Rods"], "color": "red"}
        pims("createProduct", sku="A", data={"attributes": values})
        pims("editCategory", path=CATEGORIES, id=2, cat_order=1, status=200)
        for name in ("shop", "other", "spare"):
            pims("addPimView", path=VIEWS, name=name, attributes={"color": {}}, status=200)
        return make_key("pim_user", views=("shop", "other"))

    bound = filled(fill)

    def post(path: str, body: Json, **more: Any) -> tuple[int, Json]:
        text = json.dumps(body | more).replace("{key}", bound)
        if body.get("action") == "deleteCategory":
            text = text.replace('"id"', '"force": true, "id"', 1)
        reply = client.post(
            path.replace("{key}", bound), data=text,
            headers={"ApiKey": key, "Content-Type": "application/json"},
        )  # fmt: skip
        return reply.status_code, reply.get_json()

    return post
