"""docs/api/tenant.md says what the tenant face does: its exchanges run, what is cited is there."""

import re

from tests.environment import settings_of
from tests.quality.document_run import DocumentRun
from tests.quality.documents import API, source_files
from tests.quality.markdown import headings_of, steps_of
from views.app import create_app

TEXT = API.with_name("tenant.md").read_text(encoding="utf-8")
STEPS = list(steps_of(TEXT))

_CITED = re.compile(r"Source: docs/api/tenant\.md, ([^\n]+?)\.?(?:\"\"\"|\n|$)")


def test_the_server_answers_every_exchange_as_it_is_written(database_url) -> None:
    app = create_app(settings_of(database_url))
    try:
        run = DocumentRun(app, database_url)
        assert [differs for step in STEPS if (differs := run.take(step))] == []
    finally:
        app.extensions["pims_database"].close()


def test_every_section_that_the_code_cites_is_there() -> None:
    texts = [path.read_text(encoding="utf-8") for path in source_files()]
    cited = {title for text in texts for line in _CITED.findall(text) for title in line.split(", ")}
    assert cited
    assert cited - set(headings_of(TEXT)) == set()
