"""docs/export-jobs.md: everything it shows runs against an S3 server of this machine."""

import re
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from pims_api.connectors.destinations import object_stores
from tests.connectors.servers import s3_server
from tests.environment import settings_of
from tests.quality.document_run import DocumentRun
from tests.quality.documents import API, source_files
from tests.quality.markdown import headings_of, steps_of
from views.app import create_app

TEXT = API.parents[1].joinpath("export-jobs.md").read_text(encoding="utf-8")
PERMISSIONS = "pim_user,pim_editor,pim_manager,pim_security"
CITED = re.compile(r"Source: docs/export-jobs\.md, ([^\n]+?)\.?(?:\"\"\"|\n|$)")


@pytest.fixture
def run(sqlite_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[DocumentRun]:
    """The reader of the document; what goes to Amazon goes to a server of this machine."""
    monkeypatch.setenv("PIMS_SECRET_KEY", "A" * 43)
    monkeypatch.setenv("PIMS_JOB_POLL_SECONDS", "0.05")
    monkeypatch.setenv("PIMS_OUTGOING_ALLOW", "127.0.0.1/32")
    with s3_server(tmp_path) as address:
        monkeypatch.setattr(object_stores, "AMAZON", address)
        account = {"aws_access_key_id": "id", "aws_secret_access_key": "-"}
        region = "eu-north-1"
        boto3.client("s3", region, endpoint_url=address, **account).create_bucket(
            Bucket="shop", CreateBucketConfiguration={"LocationConstraint": region}
        )
        app = create_app(settings_of(sqlite_url))
        reader = DocumentRun(app, sqlite_url)
        for words in ("init", f"key create --name owner --permissions {PERMISSIONS}"):
            reader.take(next(steps_of(f"```console\n$ pims {words}\n```\n")))
        yield reader
        app.extensions["pims_database"].close()


def test_the_server_answers_every_exchange_as_it_is_written(run: DocumentRun) -> None:
    assert [differs for step in steps_of(TEXT) if (differs := run.take(step))] == []


def test_every_section_that_the_code_cites_is_there() -> None:
    texts = [path.read_text(encoding="utf-8") for path in source_files()]
    cited = {title for text in texts for title in CITED.findall(text)}
    assert cited
    assert cited - set(headings_of(TEXT)) == set()
