"""docs/channels.md: everything it shows runs against a shop of the tests."""

import re
from collections.abc import Iterator
from threading import Thread

import pytest

from pims_api.jobs.shutdown import Stop
from pims_api.jobs.worker import Worker
from pims_api.storage.database import Database
from tests.connectors.shopify.server import serving
from tests.connectors.shopify.shop import Shop
from tests.environment import settings_of
from tests.quality.document_run import DocumentRun
from tests.quality.documents import API, source_files
from tests.quality.markdown import headings_of, steps_of
from views.app import create_app

TEXT = API.parents[1].joinpath("channels.md").read_text(encoding="utf-8")
STEPS = list(steps_of(TEXT))
PERMISSIONS = "pim_user,pim_editor,pim_manager,pim_security"
CITED = re.compile(r"Source: docs/channels\.md, ([^\n]+?)\.?(?:\"\"\"|\n|$)")


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[DocumentRun]:
    monkeypatch.setenv("PIMS_SECRET_KEY", "A" * 43)
    monkeypatch.setenv("PIMS_JOB_POLL_SECONDS", "0.05")
    with serving(Shop()) as server:
        server.tokens.add("shpat_0123456789abcdef")
        monkeypatch.setenv("PIMS_SHOPIFY_BASE_URL", server.url)
        app, stop = create_app(settings_of(database_url)), Stop()
        reader = DocumentRun(app, database_url)
        for words in (
            "init",
            "key create --name owner --permissions pim_user,pim_editor,pim_manager,pim_security",
        ):
            reader.take(next(steps_of(f"```console\n$ pims {words}\n```\n")))
        database = Database(settings_of(database_url))
        worker = Thread(target=Worker(database, stop, queue="channels").work)
        worker.start()
        yield reader
        stop.ask()
        worker.join()
        database.close()
        app.extensions["pims_database"].close()


def test_the_server_answers_every_exchange_as_it_is_written(run: DocumentRun) -> None:
    assert [differs for step in STEPS if (differs := run.take(step))] == []


def test_every_section_that_the_code_cites_is_there() -> None:
    texts = [path.read_text(encoding="utf-8") for path in source_files()]
    cited = {title for text in texts for title in CITED.findall(text)}
    assert cited
    assert cited - set(headings_of(TEXT)) == set()
