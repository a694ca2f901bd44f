"""Keys are made, looked at and changed; they are withdrawn in endings.py."""

from tests.golden.talk import Talk

EVERYTHING = "pim_user,pim_editor,pim_manager,pim_security,pim_import,pim_export"
_DAY_S = 86_400


def talk(talk: Talk) -> None:
    talk.command("init")
    owner = talk.command("key", "create", "--name", "owner", "--permissions", EVERYTHING)
    talk.call("owner", owner)
    talk.call("mistyped", owner[:-1] + ("0" if owner[-1] != "0" else "1"))
    talk.about("keys")
    _make(talk)
    _refuse(talk)
    _look(talk)
    _change(talk)
    _expire(talk)


def make(talk: Talk, name: str, *permissions: str, **more: object) -> None:
    """Make a key through the API, to be called `{name}`; `{name.id}` is its public id."""
    body = {"name": name, "permissions": list(permissions)} | more
    made = talk.send(f"newkey: {name}", "POST", "/pim/newkey", json=body)
    talk.call(name, made["key"])
    talk.call(f"{name}.id", made["id"])


def _make(talk: Talk) -> None:
    make(talk, "viewer", "pim_user")
    make(talk, "editor", "pim_editor")
    make(talk, "manager", "pim_manager")
    make(talk, "security", "pim_security")
    make(talk, "importer", "pim_import", "pim_export", expires_in_days=365)
    make(talk, "brief", "pim_user", expires_in_days=1)
    make(talk, "mistake", "pim_user")


def _refuse(talk: Talk) -> None:
    def ask(name: str, key: str = "owner", /, **body: object) -> None:
        talk.send(f"newkey: {name}", "POST", "/pim/newkey", key=key, json=body)

    ask("nothing sent")
    ask("odd name and permission", name="", permissions=["pim_usr"], expires_in_days=0)
    ask("wrong types", name=1, permissions="pim_user", expires_in_days="soon", views=[1])
    ask("unknown View", name="a", permissions=["pim_user"], views=["Nowhere"])
    ask("without pim_security", "editor", name="a", permissions=["pim_user"])
    ask("more than it holds itself", "security", name="a", permissions=["pim_editor"])


def _look(talk: Talk) -> None:
    talk.get("keyinfo: own", "/pim/keyinfo")
    talk.get("keyinfo: own, of a viewer", "/pim/keyinfo", key="viewer")
    talk.get("keyinfo: with a bearer token", "/pim/keyinfo", key=None,
             headers={"Authorization": "Bearer {viewer}"})  # fmt: skip
    talk.get("keyinfo: another, by id", "/pim/keyinfo?key={importer.id}")
    talk.get("keyinfo: another, by key", "/pim/keyinfo?key={viewer}")
    talk.get("keyinfo: another, without pim_security", "/pim/keyinfo?key={owner}", key="viewer")
    talk.get("keyinfo: unknown", "/pim/keyinfo?key=abcdefgh")


def _change(talk: Talk) -> None:
    def ask(name: str, by: str = "owner", /, **body: object) -> None:
        talk.send(f"keyinfo/set: {name}", "POST", "/pim/keyinfo/set", key=by, json=body)

    ask("grant and take", key="{mistake}", pim_user=0, pim_editor=1)
    talk.get("keyinfo: after it was changed", "/pim/keyinfo", key="mistake")
    ask("by id", key="{mistake.id}", pim_user=True)
    ask("no key named", pim_user=1)
    ask("unknown key", key="abcdefgh", pim_user=1)
    ask("wrong value", key="{mistake}", pim_user="perhaps")
    ask("unknown permission", key="{mistake}", pim_usr=1)
    ask("without pim_security", "viewer", key="{viewer}", pim_editor=1)
    ask("more than it holds itself", "security", key="{viewer}", pim_editor=1)


def _expire(talk: Talk) -> None:
    talk.get("keyinfo: before it expires", "/pim/keyinfo", key="brief")
    talk.wait(2 * _DAY_S)
    talk.get("keyinfo: with an expired key", "/pim/keyinfo", key="brief")
    talk.get("keyinfo: of an expired key", "/pim/keyinfo?key={brief.id}")
