"""docs/webhooks.md says how webhooks work: its receiver runs, what is cited is there."""

import json
import re
import threading
from typing import Any

from pims_api.connectors.addresses import OutgoingRules
from pims_api.connectors.http_exchange import HttpClient
from pims_api.connectors.signature import body_signature
from pims_api.domain.outlets.webhook import Event
from tests.quality.documents import API, source_files
from tests.quality.markdown import headings_of

TEXT = API.parents[1].joinpath("webhooks.md").read_text(encoding="utf-8")
_CITED = re.compile(r"Source: docs/webhooks\.md, ([^\n]+?)\.?(?:\"\"\"|\n|$)")
_RECEIVER = re.compile(r"```python\n(.*?)```", re.DOTALL)


def test_the_receiver_takes_what_is_signed_once_and_refuses_the_rest(capsys: Any) -> None:
    (source,) = _RECEIVER.findall(TEXT)
    made: dict[str, Any] = {}
    exec(source, made)  # noqa: S102
    server = made["server"]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        address = f"http://127.0.0.1:{server.server_port}/"
        client = HttpClient(OutgoingRules.from_text("127.0.0.1/32"))
        told = {"deliveryId": "d-1", "event": "entity.updated", "data": {"id": "ent-12"}}
        body = json.dumps(told).encode()
        good = body_signature(made["SECRET"].decode(), body)
        answers = [
            client.send("POST", address, {"X-Sigma-Signature": one}, body).status
            for one in (good, good, "0" * 64, "")
        ]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert answers == [204, 204, 401, 401]
    assert capsys.readouterr().out == "entity.updated ent-12\n"


def test_the_receiver_has_about_twenty_lines() -> None:
    (source,) = _RECEIVER.findall(TEXT)
    assert len([line for line in source.splitlines() if line.strip()]) <= 20


def test_every_event_is_named() -> None:
    assert [str(one) for one in Event if f"`{one}`" not in TEXT] == []


def test_every_section_that_the_code_cites_is_there() -> None:
    texts = [path.read_text(encoding="utf-8") for path in source_files()]
    cited = {title for text in texts for title in _CITED.findall(text)}
    assert cited
    assert cited - set(headings_of(TEXT)) == set()
