"""Lines of the log, one for each request, as words or as JSON. Source: docs/operating.md, Log."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

import orjson

PATH_LENGTH_MAX = 1_000  # characters; a longer line may be mixed with that of another process

_NOTHING = "-"
_PLAIN = re.compile(r"[!#-<>-~]+").fullmatch  # printable ASCII without space, quote, equals sign
_KEY = re.compile(r"(?:pims_|sigma_sk_live_)([0-9A-Za-z]{8})[0-9A-Za-z]*")


class LogLine(NamedTuple):
    """What the log says of a request. It holds neither values nor secrets.

    at: when it was answered, in microseconds since 1970. action: the one that the body names. key:
    the public id of the key.
    """

    at: int
    milliseconds: float
    request_id: str
    method: str
    path: str
    action: str | None
    status: int
    key: str | None


def shown_path(path: str) -> str:
    """Return a path as the log may show it: cut where it is long, a key in it by its public id.

    >>> shown_path("/pim/manage/views/pims_3f9aK2xQ0123456789abcdefghijklmnopqrstuvw")
    '/pim/manage/views/3f9aK2xQ'
    """
    if not path.isascii():  # as WSGI gives it
        path = path.encode("latin-1").decode("utf-8", "replace")
    return _KEY.sub(r"\1", path)[:PATH_LENGTH_MAX] if "_" in path else path[:PATH_LENGTH_MAX]


def as_words(line: LogLine) -> str:
    """Return a line of `name=value` pairs; a value that is no plain word is a JSON text."""
    return (
        f"time={_time(line.at)} request_id={_new_word(line.request_id)} method={_word(line.method)}"
        f" path={_path_word(line.path)} action={_word(line.action)} status={line.status}"
        f" ms={line.milliseconds:.1f} key={line.key or _NOTHING}\n"
    )


def as_json(line: LogLine) -> str:
    """Return a line that is a JSON object."""
    told = line._asdict() | {
        "path": shown_path(line.path),
        "milliseconds": round(line.milliseconds, 1),
    }
    del told["at"]
    told = {"time": _time(line.at)} | told
    return orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE).decode()


LineOf = Callable[[LogLine], str]
"""From what the log says of a request to the line."""

LINES: Mapping[str, LineOf | None] = {
    "text": as_words,
    "json": as_json,
    "none": None,
}
"""What writes the lines, by the setting `log_format`."""


def _new_word(text: str) -> str:
    return text if _PLAIN(text) else json.dumps(text)


@lru_cache(maxsize=1_024)  # of methods, actions and most addresses there are few
def _word(text: str | None) -> str:
    return _NOTHING if text is None else _new_word(text)


def _path_word(path: str) -> str:
    return _word(shown_path(path))  # what is shown of it may be kept in memory, the path may not


def _time(at: int) -> str:
    seconds, rest = divmod(at, 1_000_000)
    return f"{_second(seconds)}.{rest // 1_000:03}Z"


@lru_cache(maxsize=2)  # many lines are of the same second
def _second(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()[:-6]
