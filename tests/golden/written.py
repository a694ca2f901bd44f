"""How exchanges are written down: JSON that people can read and that stands for exact bytes."""

import gzip
import io
import json
import re
import zipfile
from typing import Any

from werkzeug.test import TestResponse

Json = dict[str, Any]

WIDTH = 100  # characters of a line in the recorded files

# What may differ between two runs or engines though nothing has changed, and what it becomes.
MASKS: tuple[tuple[re.Pattern[bytes], bytes], ...] = (
    # A key is random; `steady` keeps its public id and its mask, the rest is a secret.
    (re.compile(rb"pims_[0-9A-Za-z]{41}"), b"pims_masked"),
    # The release.
    (re.compile(rb'("pim_status":"Active","version":)"[^"]*"'), rb'\1"masked"'),
    # No two requests have the same id.
    (re.compile(rb'"request_id":"[0-9a-f]{32}"'), b'"request_id":"masked"'),
    # How much the engine read on the way depends on the engine and on what was kept in memory.
    (re.compile(rb'"rows_read":\d+'), b'"rows_read":0'),
)


def compact(value: Any) -> bytes:
    """Return a value as the application writes it: no spaces, UTF-8, the keys in their order."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def body_of(body: bytes) -> Json:
    """Return what stands for the bytes: `json` only if it leads back to exactly these."""
    try:
        value = json.loads(body)
        if compact(value) == body:
            return {"json": value}
    except ValueError:
        pass
    lines = body.decode().splitlines(keepends=True)
    return {"text": lines if len(lines) > 1 else "".join(lines)}


def reply_of(response: TestResponse) -> Json:
    """Return what is recorded of a reply: status, headers, and its body with what varies masked."""
    body = response.get_data()
    for pattern, stand_in in MASKS:
        body = pattern.sub(stand_in, body)
    headers = dict(response.headers)
    del headers["X-Request-ID"]  # no two are alike
    is_json = response.mimetype == "application/json"
    if is_json:  # the length of what stands there anyway, and of what is masked
        assert headers.pop("Content-Length", None) == str(len(response.get_data()))
    if headers.get("Content-Encoding") == "gzip":  # its bytes are the business of zlib
        body = gzip.decompress(body)
    elif zipfile.is_zipfile(io.BytesIO(body)):  # so are those of a workbook
        body = _members(body)
        headers.pop("Content-Length", None)
    return {"status": response.status_code, "headers": headers} | body_of(body)


def _members(archive: bytes) -> bytes:
    """Return the files in a ZIP as one text."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return b"\n".join(
            f"--- {name}\n".encode() + opened.read(name) for name in opened.namelist()
        )


def pretty(value: Any, indent: int = 0) -> str:
    """Return JSON in which whatever fits into a line has one."""
    line = json.dumps(value, ensure_ascii=False)
    if indent + len(line) <= WIDTH or not isinstance(value, dict | list) or not value:
        return line
    inner, pad = indent + 2, " " * (indent + 2)
    if isinstance(value, dict):
        parts = [f"{json.dumps(k, ensure_ascii=False)}: {pretty(v, inner)}"
                 for k, v in value.items()]  # fmt: skip
        opening, closing = "{}"
    else:
        parts, (opening, closing) = [pretty(one, inner) for one in value], "[]"
    return f"{opening}\n{pad}" + f",\n{pad}".join(parts) + f"\n{' ' * indent}{closing}"
