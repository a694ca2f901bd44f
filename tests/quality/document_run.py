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
TENANT_FACE = "/api/v1/pim/"
_OK = 200
_STORED = "transaction"


def read_json(text: str) -> Any:
    """Return the JSON value of a text; of several, as a stream of rows has them, the list."""
    found, rest = [], text.strip()
    while rest:
        value, end = json.JSONDecoder().raw_decode(rest)
        found.append(value)
        rest = rest[end:].lstrip()
    return found[0] if len(found) == 1 else found


def _tells_first_error(reply: Any) -> bool:
    if not isinstance(reply, dict) or reply.get("status") != "Error":
        return True
    first: str = reply["errors"][0]["message"]
    return bool(reply["status_message"] == first)


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
        if (
            isinstance(reply, dict)
            and reply.get("status") == "Error"
            and reply["status_message"] != reply["errors"][0]["message"]
        ):
            return f"line {step.line}: status_message is not the first message: {reply}"
        wanted = read_json(step.reply)
        if isinstance(reply, dict) and isinstance(wanted, dict) and _STORED not in wanted:
            reply.pop(_STORED, None)  # documents leave it out where it is not their subject
        differs = difference(wanted, reply)
        return differs and f"line {step.line}: {differs}"

    def send(self, exchange: Exchange) -> tuple[int, Any]:
        """Send a request as the document shows it and return the HTTP status and the reply."""
        owner = f"{{{FIRST_KEY}}}"
        headers = {"Content-Type": "application/json", "ApiKey": owner, "X-Sigma-ApiKey": owner}
        if exchange.path.startswith(TENANT_FACE):
            headers |= {"Authorization": f"Bearer {owner}"}
            headers |= {"X-Tenant-ID": "{tenant}", "X-Org-ID": "{org}"}
        headers |= exchange.headers
        answer = self._client.open(
            self._with_keys(exchange.path),
            method=exchange.method,
            headers={name: self._with_keys(value) for name, value in headers.items() if value},
            data=self._with_keys(exchange.body),
        )
        reply = read_json(answer.get_data(as_text=True)) if answer.data else None
        if exchange.path == "/api/v1/auth/login" and answer.status_code == _OK:
            self.keys["token"] = reply["token"]
        if exchange.path == NEW_KEY and "key" in reply:
            self.keys[json.loads(exchange.body)["name"]] = reply["key"]
        if exchange.path.startswith(TENANT_FACE) and isinstance(reply, dict) and "id" in reply:
            kind = exchange.path.rsplit("/", 1)[-1].removesuffix("s")
            self.keys.setdefault(kind.replace("ie", "y"), reply["id"])  # {product}: the first one
        if isinstance(reply, dict) and "next" in reply:  # the cursor that the document calls {next}
            self.keys["next"] = reply["next"]
        self._note_transaction(reply)
        return answer.status_code, reply

    def _note_transaction(self, reply: Any) -> None:
        """Keep the numbers that documents call {transaction} and {before}."""
        if isinstance(reply, dict) and isinstance(reply.get(_STORED), int):
            self.keys["before"] = self.keys.get(_STORED, "")
            self.keys[_STORED] = str(reply[_STORED])

    def _run(self, command: Command) -> str | None:
        program, *words = command.words
        said = None
        if program == "echo" and "|" in words:  # what the command reads
            said, _, program, *words = words
        if program != "pims":
            return f"line {command.line}: {program} cannot be run here"
        env = {"PIMS_DATABASE_URL": self._database_url}
        result = CliRunner().invoke(main, words, env=env, input=said)
        if words[:2] == ["key", "create"]:
            self.keys[words[words.index("--name") + 1]] = result.stdout.strip()
        if words[:2] == ["tenant", "list"]:
            first = json.loads(result.stdout)[0]
            self.keys |= {"tenant": first["tenant_id"], "org": first["org_id"]}
        return f"line {command.line}: {result.output}" if result.exit_code else None

    def _with_keys(self, text: str) -> str:
        for name, key in self.keys.items():
            text = text.replace(f"{{{name}}}", key)
        return text
