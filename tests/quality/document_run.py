"""Runs the exchanges and commands of a document against an application of its own."""

import json
from typing import Any

from click.testing import CliRunner
from flask import Flask

from pims_api.__main__ import main
from tests.quality.markdown import Command, Exchange, Step
from tests.quality.reply_pattern import difference

FIRST_KEY = "owner"
NEW_KEY = "/pim/newkey"


class DocumentRun:
    """One reader who does everything that a document shows, in order."""

    def __init__(self, app: Flask, database_url: str) -> None:
        self._client = app.test_client()
        self._database_url = database_url
        self.keys: dict[str, str] = {}  # by the name under which they were made

    def take(self, step: Step) -> str | None:
        """Do one step and return what came otherwise than the document says, or None."""
        if isinstance(step, Command):
            return self._run(step)
        status, reply = self.send(step)
        if status != step.status:
            return f"line {step.line}: {step.status} is expected, found {status}: {reply}"
        if reply["status"] == "Error" and reply["status_message"] != reply["errors"][0]["message"]:
            return f"line {step.line}: status_message is not the first message: {reply}"
        differs = difference(json.loads(step.reply), reply)
        return differs and f"line {step.line}: {differs}"

    def send(self, exchange: Exchange) -> tuple[int, Any]:
        """Send a request as the document shows it and return the HTTP status and the reply."""
        headers = {"Content-Type": "application/json", "ApiKey": f"{{{FIRST_KEY}}}"}
        headers |= exchange.headers
        answer = self._client.open(
            self._with_keys(exchange.path),
            method=exchange.method,
            headers={name: self._with_keys(value) for name, value in headers.items() if value},
            data=self._with_keys(exchange.body),
        )
        reply = json.loads(answer.data)
        if exchange.path == NEW_KEY and "key" in reply:
            self.keys[json.loads(exchange.body)["name"]] = reply["key"]
        return answer.status_code, reply

    def _run(self, command: Command) -> str | None:
        program, *words = command.words
        if program != "pims":
            return f"line {command.line}: {program} cannot be run here"
        result = CliRunner().invoke(main, words, env={"PIMS_DATABASE_URL": self._database_url})
        if words[:2] == ["key", "create"]:
            self.keys[words[words.index("--name") + 1]] = result.stdout.strip()
        return f"line {command.line}: {result.output}" if result.exit_code else None

    def _with_keys(self, text: str) -> str:
        for name, key in self.keys.items():
            text = text.replace(f"{{{name}}}", key)
        return text
