"""Sends the requests of a conversation and keeps what came back."""

import json
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

from click.testing import CliRunner
from flask import Flask

from pims_api.__main__ import main
from tests.golden.steady import Steady
from tests.golden.written import Json, body_of, reply_of

JSON_TYPE = "application/json"


class Talk:
    """A conversation about one noun after the other.

    said: the exchanges of each, by name. broken: why the conversation ended early, if it did.
    """

    def __init__(self, apps: dict[str, Flask], database_url: str, steady: Steady) -> None:
        self.said: dict[str, dict[str, Json]] = {}
        self.broken: Exception | None = None
        self._clients = {name: app.test_client() for name, app in apps.items()}
        self._url = database_url
        self._steady = steady
        self._names: dict[str, str] = {}  # what `{name}` stands for
        self._noun = ""

    def through(self, parts: Iterable[Callable[["Talk"], None]]) -> None:
        """Have the conversation, or as much of it as the replies allow."""
        try:
            for part in parts:
                part(self)
        except Exception as error:  # noqa: BLE001 (the exchanges that came before tell why)
            self.broken = error

    def about(self, noun: str) -> None:
        """Record what follows under another noun."""
        self._noun = noun
        self.said.setdefault(noun, {})

    def command(self, *words: str) -> str:
        """Run a command of `pims` and return what it printed."""
        self._steady.begin(" ".join(words))
        done = CliRunner().invoke(main, words, env={"PIMS_DATABASE_URL": self._url})
        assert done.exit_code == 0, done.output
        return done.stdout.strip()

    def call(self, name: str, text: str) -> None:
        """Let `{name}` stand for a text in all that is sent from here on."""
        self._names[name] = text

    def wait(self, seconds: int) -> None:
        """Let time pass for the application."""
        self._steady.wait(seconds)

    def at(self, path: str, **usual: Any) -> Callable[..., Json]:
        """Return a function that posts actions to an address: name of the exchange, action, body.

        Of the keyword arguments `key`, `headers` and `app` are as of `send`; `address` is
        another one. All others are the body.
        """

        def act(name: str, action: Any, /, **body: Any) -> Json:
            sending = {"address": path} | usual
            sending |= {word: body.pop(word) for word in list(body) if word in _SENDING}
            body = {"action": action} | body
            return self.send(name, "POST", sending.pop("address"), json=body, **sending)

        return act

    def get(self, name: str, path: str, **sending: Any) -> Json:
        """Get an address and return the JSON of the reply."""
        return self.send(name, "GET", path, **sending)

    def send(
        self,
        name: str,
        method: str,
        path: str,
        *,
        key: str | None = "owner",
        headers: dict[str, str] | None = None,
        app: str = "usual",
        **body: Any,
    ) -> Json:
        """Send a request, keep the exchange under its name if it has one, and return the JSON.

        key: whose, by name. body: `json`, or `text` with a Content-Type among the headers.
        """
        exchanges, self._steady.now_s = self.said[self._noun], self._steady.now_s + 1
        assert name not in exchanges, f"{self._noun} has two exchanges {name!r}"
        self._steady.begin(f"{self._noun} {name}")
        shown = ({"ApiKey": f"{{{key}}}"} if key else {}) | (headers or {})
        text = body.get("text")
        if "json" in body:
            shown = {"Content-Type": JSON_TYPE} | shown
            text = json.dumps(body["json"], ensure_ascii=False)
        response = self._clients[app].open(
            quote(self._filled(path), safe="/?&=%;:,|+'()[]<>"), method=method,
            headers={one: self._filled(value) for one, value in shown.items()},
            data=None if text is None else self._filled(text).encode(),
        )  # fmt: skip
        request: Json = {"method": method, "path": path, "headers": shown}
        request |= {"json": body["json"]} if "json" in body else {}
        request |= body_of(text.encode()) if text is not None and "json" not in body else {}
        if name:
            exchanges[name] = {"name": name, "request": request, "reply": reply_of(response)}
        return response.get_json(silent=True) or {}

    def _filled(self, text: str) -> str:
        for name, stands_for in self._names.items():
            text = text.replace(f"{{{name}}}", stands_for)
        return text


_SENDING = ("key", "headers", "app", "address")
