"""What holds for every address: health, keys, bodies, methods, compression."""

from tests.golden.talk import Talk

PATH = "/pim/manage/products"
_JSON = {"Content-Type": "application/json"}


def talk(talk: Talk) -> None:
    talk.about("status")
    _status(talk)
    talk.about("transport")
    _keys(talk)
    _bodies(talk)
    _addresses(talk)
    _compressed(talk)
    talk.about("errors_as_200")
    _lenient(talk)


def _status(talk: Talk) -> None:
    talk.get("healthz", "/healthz", key=None)
    talk.get("healthz: with a slash", "/healthz/", key=None)
    talk.send("healthz: posted", "POST", "/healthz", key=None)
    talk.get("status", "/pim/status", key=None)
    talk.get("status: with a key", "/pim/status")
    talk.get("status: through a View, in German", "/api/de-de/pim/status", key="viewer")
    talk.get("status: mistyped key", "/pim/status", key="mistyped")
    talk.send("status: posted", "POST", "/pim/status", json={})


def _keys(talk: Talk) -> None:
    list_all = {"action": "getList"}
    talk.send("no key", "POST", PATH, key=None, json=list_all)
    talk.send("mistyped key", "POST", PATH, key="mistyped", json=list_all)
    talk.send("expired key", "POST", PATH, key="brief", json=list_all)
    talk.send(
        "key that was never made",
        "POST",
        PATH,
        key=None,
        json=list_all,
        headers={"ApiKey": "anything"},
    )
    talk.send(
        "control character in ApiUser", "POST", PATH, json=list_all, headers={"ApiUser": "a\tb\x7f"}
    )
    talk.send("unknown locale", "POST", f"/api/xx{PATH}", json=list_all)


def _bodies(talk: Talk) -> None:
    def send(name: str, text: str | None, headers: dict[str, str] = _JSON) -> None:
        talk.send(name, "POST", PATH, text=text, headers=headers)

    send("empty body", "")
    send("no JSON", '{"action": "getList"')
    send("list", '["getList"]')
    send("key twice", '{"action": "getList", "action": "listProduct"}')
    send("NaN", '{"action": "getList", "params": {"cat_id": NaN}}')
    send("half a surrogate pair", '{"action": "listProduct", "sku": "\\ud800"}')
    send("NUL", '{"action": "listProduct", "sku": "a\\u0000"}')
    send("too deep", '{"action": "getList", "params": ' + "[" * 40 + "]" * 40 + "}")
    send("number too long", '{"action": "getList", "params": {"cat_id": ' + "1" * 41 + "}}")
    send("declared as text", '{"action": "getList"}', {"Content-Type": "text/plain"})
    send("not declared", '{"action": "getList"}', {})
    send("compressed", '{"action": "getList"}', _JSON | {"Content-Encoding": "gzip"})
    send("a kind of JSON", '{"action": "listCategory"}', {"Content-Type": "application/x+json"})
    send("too large by a byte", '{"action": "getList"}' + " " * 9_980)
    send("far too large", '{"action": "getList"}' + " " * 12_000)


def _addresses(talk: Talk) -> None:
    talk.send("unknown address", "POST", "/pim/manage/lamps", json={})
    talk.get("root", "/", key=None)
    talk.get("read with GET", PATH)
    talk.send("written with PUT", "PUT", PATH, json={"action": "getList"})
    talk.send("OPTIONS", "OPTIONS", PATH)
    talk.send("keyinfo posted", "POST", "/pim/keyinfo", json={})
    talk.send("slash at the end", "POST", f"{PATH}/", json={"action": "listProducts"})


def _compressed(talk: Talk) -> None:
    gzip = {"Accept-Encoding": "gzip, deflate"}
    talk.get("compressed reply", "/v/ct", headers=gzip)
    talk.get("reply too small to compress", "/pim/status", key=None, headers=gzip)
    talk.get("compression declined", "/v/ct", headers={"Accept-Encoding": "gzip;q=0"})


def _lenient(talk: Talk) -> None:
    act = talk.at(PATH, app="lenient")
    act("unknown action", "listProducts")
    act("unknown product", "listProduct", sku="LAMP-7")
    act("stale version", "editProduct", sku="LAMP-1", if_version=1, data={"attributes": {}})
    act("no key", "getList", key=None)
    act("partly done", "batch", actions=[{"action": "editProduct", "sku": "NONE"}])
    talk.get("unknown address", "/nowhere", app="lenient")
    talk.send("method", "DELETE", PATH, app="lenient")
