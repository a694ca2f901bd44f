"""Files in and out, and the jobs that do it."""

from typing import Any

from tests.golden.talk import Talk

_CSV = "text/csv"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORM = "multipart/form-data; boundary=golden"
_ROWS = "sku,title,categories,price\nROD-1,Steel rod,Metal > Rods,5\nROD-2,Brass rod,Bulbs,six\n"


def talk(talk: Talk) -> None:
    talk.about("jobs_import")
    _import(talk)
    _refuse_imports(talk)
    _trials(talk)
    talk.about("jobs_export")
    _export(talk)
    _refuse_exports(talk)
    talk.about("jobs")
    _jobs(talk)


def _form(options: dict[str, str], file: tuple[str, str] | None) -> str:
    parts = [f'--golden\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
             for name, value in options.items()]  # fmt: skip
    if file:
        parts.append(
            f'--golden\r\nContent-Disposition: form-data; name="file"; '
            f'filename="{file[0]}"\r\nContent-Type: text/csv\r\n\r\n{file[1]}\r\n'
        )
    return "".join(parts) + "--golden--\r\n"


def _send(talk: Talk, name: str, text: str, kind: str = _CSV, **more: Any) -> None:
    query, key = more.pop("query", ""), more.pop("key", "importer")
    headers = {"Content-Type": kind} | more.pop("headers", {})
    path = f"{more.pop('locale', '')}/pim/import{query}"
    talk.send(f"import: {name}", "POST", path, key=key, text=text, headers=headers)


def _work(talk: Talk) -> None:
    talk.command("worker", "--until-idle")


def _job(talk: Talk, number: int, what: str = "") -> None:
    talk.get(f"job {number}{what.replace('/', ', ')}", f"/pim/jobs/{number}{what}", key="importer")


def _import(talk: Talk) -> None:
    _send(talk, "CSV", _ROWS, query="?createMissing=categories", headers={"ApiUser": "Ada"})
    talk.get("job 1, queued", "/pim/jobs/1", key="importer")
    _send(
        talk,
        "JSON lines",
        '{"sku": "ROD-1", "title": "Rod", "tags": ["a", "b"]}\n{"sku": ""}\n'
        '{"sku": "LAMP-1", "titel": "x"}\nno JSON\n',
        "application/x-ndjson",
    )
    _send(
        talk,
        "form",
        _form(
            {"separator": ";", "empty-unsets": "Y", "map": "Farbe=color"},
            ("rods.csv", "sku,tags,Farbe\nROD-1,x;y,\n"),
        ),
        _FORM,
    )
    _send(
        talk,
        "in German",
        "sku;tagline;memo\nROD-1;Stange;x\n",
        locale="/api/de-de",
        query="?delimiter=;&ignore=memo",
    )
    _send(
        talk,
        "JSON lines, some refused",
        '{"sku": "ROD-1", "tags": ["c"]}\n{"sku": ""}\nno JSON\n{"sku": "ROD-1", "color": 5}\n',
        "application/x-ndjson",
    )
    _work(talk)
    for number in (1, 2, 3, 4, 5):
        _job(talk, number)
    _job(talk, 1, "/errors")
    _job(talk, 2, "/errors")
    _job(talk, 3, "/errors")
    _job(talk, 5, "/errors")
    talk.at("/pim/manage/products")("historyProduct: of an import", "historyProduct", sku="ROD-1",
                                    params={"definition": False})  # fmt: skip


def _refuse_imports(talk: Talk) -> None:
    _send(talk, "unknown column", "sku,titel\nROD-1,Rod\n")
    _send(talk, "no SKU column", "title\nRod\n")
    _send(talk, "column twice", "sku,title,title\nROD-1,a,b\n")
    _send(talk, "empty file", "")
    _send(talk, "unknown option", _ROWS, query="?creatMissing=categories&dry_run=perhaps")
    _send(talk, "wrong options", _ROWS, query="?createMissing=all&map=title&format=doc&delimiter=ab"
          "&encoding=klingon&quote=xx")  # fmt: skip
    _send(talk, "unknown product type", _ROWS, query="?product_type=blub&createMissing=categories")
    _send(talk, "mapped twice", _ROWS, query="?map=title=sku&ignore=nothing")
    _send(
        talk, "making attributes without the permission", _ROWS, query="?createMissing=attributes"
    )
    _send(talk, "unknown View", _ROWS, query="?view=Nowhere&dry_run=Y")
    _send(talk, "not declared", _ROWS, "text/plain")
    _send(talk, "compressed", _ROWS, headers={"Content-Encoding": "gzip"})
    _send(talk, "no workbook", "PK no workbook", _XLSX)
    _send(talk, "form without a file", _form({"separator": ";"}, None), _FORM)
    _send(talk, "form that is cut", "--golden\r\nContent-Disp", _FORM)
    _send(talk, "too large", "sku,title\n" + "A,b\n" * 2_600)
    _send(talk, "without pim_import", _ROWS, key="editor")
    _send(talk, "no key", _ROWS, key=None)
    _send(talk, "unknown locale", _ROWS, locale="/api/fr-fr")
    talk.get("import: with GET", "/pim/import", key="importer")


def _trials(talk: Talk) -> None:
    rows = "sku,title,price\nROD-1,Steel rod,7\nROD-9,New rod,1\nROD-2,,cheap\n"
    _send(talk, "dry run", rows, query="?dryRun=Y")
    _send(talk, "through a View", "sku,Net price\nLAMP-2,260\n", query="?view=Prices", key="owner")
    _work(talk)
    for number in (6, 7, 8):
        talk.get(f"job {number}", f"/pim/jobs/{number}")
    talk.get("job 7, errors", "/pim/jobs/7/errors")


def _export(talk: Talk) -> None:
    def ask(name: str, **body: Any) -> int:
        more = {"key": body.pop("key", "importer"), "headers": body.pop("headers", None)}
        reply = talk.send(f"export: {name}", "POST", "/pim/export", json=body, **more)
        return int(reply["job"]["id"])

    lamps = "[[sku]] LIKE 'LAMP-%'"
    numbers = [
        ask("JSON lines", format="jsonl", condition_query=lamps),
        ask("CSV", attributes=["title", "tags", "material", "price"], condition=lamps),
        ask(
            "CSV with a separator",
            attributes=["title", "tags"],
            separator="|",
            include_deleted=True,
        ),
        ask("XLSX", format="xlsx", attributes=["title", "price", "launched"], condition=lamps),
        ask("through a View", format="jsonl", view="Prices", key="owner"),
    ]
    talk.send("export: without a body", "POST", "/api/de-de/pim/export", key="importer")
    talk.get("result: not yet", f"/pim/jobs/{numbers[0]}/result", key="importer")
    _work(talk)
    for number in (*numbers, numbers[-1] + 1):
        talk.get(f"job {number}", f"/pim/jobs/{number}")
        talk.get(f"job {number}, result", f"/pim/jobs/{number}/result")
    talk.get("result: of another key", f"/pim/jobs/{numbers[0]}/result", key="editor")
    talk.get("errors: of an export", f"/pim/jobs/{numbers[0]}/errors", key="importer")


def _refuse_exports(talk: Talk) -> None:
    def ask(name: str, key: str = "importer", /, **body: Any) -> None:
        talk.send(f"export: {name}", "POST", "/pim/export", key=key, json=body)

    ask("wrong condition", condition_query="[[titel]] = 'x'")
    ask("unknown attributes", attributes=["titel", "price"])
    ask("wrong types", format="doc", attributes="title", includeDeleted="perhaps")
    ask("without pim_export", "editor")
    talk.send("export: body that is no JSON", "POST", "/pim/export", key="importer", text="a=b",
              headers={"Content-Type": "application/x-www-form-urlencoded"})  # fmt: skip


def _jobs(talk: Talk) -> None:
    made = talk.send("export: to be called off", "POST", "/pim/export", key="importer", json={})
    number = made["job"]["id"]
    cancel = f"/pim/jobs/{number}/cancel"
    talk.send("cancel: of another key", "POST", cancel, key="editor")
    talk.send("cancel", "POST", cancel, key="importer", headers={"ApiUser": "Eve"})
    talk.send("cancel: again", "POST", cancel, key="importer")
    talk.send("cancel: unknown", "POST", "/pim/jobs/999/cancel", key="importer", json={})
    talk.get("cancel: with GET", cancel, key="importer")
    talk.get("jobs", "/pim/jobs?pageSize=2", key="importer")
    talk.get("jobs: second page, for a manager", "/pim/jobs?pageSize=2&pageNum=2")
    talk.get("jobs: none", "/pim/jobs", key="editor")
    talk.get("jobs: page that is none", "/pim/jobs?pageSize=0&pageNum=x", key="importer")
    talk.get("jobs: no key", "/pim/jobs", key=None)
    talk.get("job: unknown", "/pim/jobs/999", key="importer")
    talk.get("job: of another key", f"/pim/jobs/{number}", key="editor")
    talk.get("job: that is none", "/pim/jobs/first", key="importer")
    talk.get("result: of an import", "/pim/jobs/1/result", key="importer")
    talk.get("result: of a job that was called off", f"/pim/jobs/{number}/result", key="importer")
