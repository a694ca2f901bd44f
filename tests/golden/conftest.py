"""The conversation, once for each engine. The option --update-golden is in tests/conftest.py."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.databases.fresh import ENGINES, FreshDatabase
from tests.environment import settings_of
from tests.golden.steady import Steady
from tests.golden.talk import Talk
from tests.golden.talks import TALKS
from tests.golden.written import Json, pretty
from views.app import create_app

RECORDED = Path(__file__).parent / "recorded"
BODY_BYTES_MAX = 10_000  # so that a body that is too large is a small one
IMPORT_BYTES_MAX = 10_000


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test per recorded exchange, so that a failure names it."""
    if "recorded" not in metafunc.fixturenames:
        return
    found = [] if metafunc.config.getoption("--update-golden") else list(_recorded_exchanges())
    names = [f"{noun}: {one['name']}" for noun, one in found]
    metafunc.parametrize(("noun", "recorded"), found, ids=names)


def recorded_names() -> list[tuple[str, str]]:
    """Return which exchanges were recorded, in their order within a noun."""
    return [(noun, one["name"]) for noun, one in _recorded_exchanges()]


def _recorded_exchanges() -> Iterator[tuple[str, Json]]:
    for path in sorted(RECORDED.glob("*.json")):
        for exchange in json.loads(path.read_text(encoding="utf-8")):
            yield path.stem, exchange


@contextmanager
def _apps(database_url: str) -> Iterator[dict[str, Flask]]:
    """The application as it is usually set, and one that answers errors with HTTP 200."""
    limits: dict[str, Any] = {
        "body_bytes_max": BODY_BYTES_MAX, "import_bytes_max": IMPORT_BYTES_MAX,
    }  # fmt: skip
    settings = replace(settings_of(database_url), **limits)
    usual = create_app(settings)
    lenient = create_app(replace(settings, error_status_200=True))
    try:
        yield {"usual": usual, "lenient": lenient}
    finally:
        for app in (usual, lenient):
            app.extensions["pims_database"].close()


@pytest.fixture(scope="session", params=ENGINES)
def conversation(request: pytest.FixtureRequest, fresh_database: FreshDatabase) -> Talk:
    """The whole conversation, or as far as it came."""
    with pytest.MonkeyPatch.context() as patch, fresh_database(request.param) as url:
        steady = Steady(patch)
        with _apps(url) as apps:
            talk = Talk(apps, url, steady)
            talk.through(TALKS)
    if request.config.getoption("--update-golden") and request.param == ENGINES[0]:
        assert talk.broken is None
        _record(talk.said)
    return talk


def _record(said: dict[str, dict[str, Json]]) -> None:
    RECORDED.mkdir(exist_ok=True)
    for path in RECORDED.glob("*.json"):
        path.unlink()
    for noun, exchanges in said.items():
        text = pretty(list(exchanges.values())) + "\n"
        (RECORDED / f"{noun}.json").write_text(text, encoding="utf-8")
