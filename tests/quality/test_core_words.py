"""The core speaks no face's language: no keys and no pointers of a PIMS body."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pims_api
from schemas.pims.pointers import pointer_of
from schemas.sigma.pointers import POINTERS

CORE = Path(pims_api.__file__).parent
PIMS_WORDS = re.compile(
    r"\b(ApiView|ApiUser|addOnly|cat_\w*id|cat_name|cat_order|cat_data|cat_label|categoryId|"
    r"condition_query|createMissing|dictionaryIsStatic|dropdown|dry_run|emptyUnsets|"
    r"filter_values|if_version|include[A-Z]\w+|is[A-Z]\w+|maxLength|omitEmpty|pageNum|pageSize|"
    r"params|pauseReIndexing|searchWord|searchPhrase|sku_list|status_message|transform)\b"
    r"|expires_in_days must|send force|ApiKey header|Content-Type|dictionary\b."
)
KEPT = {  # names of the core's own that look like words of PIMS
    ("services/attribute_views/write.py", "condition_query"),  # a field of AttributeView
    ("services/exports/sqlite_snapshot.py", "dropdown"),  # a word of the snapshot's own tables
    ("jobs/imports/job.py", "dry_run"),  # a key of what the jobs table keeps of an import
    ("jobs/reverts/job.py", "dry_run"),  # the same, of a revert
    ("services/reverts/target.py", "dry_run"),  # the same key, looked at
}

# Keys of bodies of the REST faces are in camel case, names of the core are not.
REST_WORDS = re.compile(r"[a-z]+([A-Z][a-z0-9]*)+")
KEPT_REST_WORDS = {
    "services/users/tokens.py": {"userId", "workspaceId", "roleId"},  # claims of issued tokens
    "services/channels/changed.py": {"sourceAttribute", "targetField"},  # of stored mappings
    # Words that runs were stored in before.
    "storage/outlets/runs.py": {
        *("recordCount", "fileSize", "destinationPath"), *("entityId", "externalId"),
    },
}  # fmt: skip

FIELD = ("name", "group", "default")  # what a view says of an attribute


def core_files(*rooms: str) -> Iterator[Path]:
    for room in rooms:
        for file in sorted((CORE / room).rglob("*.py")):
            if not {"definition_imports", "demo"} & set(file.parts):
                yield file


def texts(file: Path) -> Iterator[str]:
    """Yield the texts of a file, docstrings apart; a value in a text is shown as {}."""
    tree = ast.parse(file.read_text())
    bodies = [node.body for node in ast.walk(tree) if isinstance(getattr(node, "body", None), list)]
    passed = {id(one.value) for body in bodies for one in body if isinstance(one, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            passed |= {id(part) for part in node.values}
            yield "".join(part.value if _is_text(part) else "{}" for part in node.values)
        elif _is_text(node) and id(node) not in passed:
            yield node.value


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def places(file: Path) -> Iterator[str]:
    """Yield the places that faults of a file name; a step that varies is shown as `x`."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.keyword) and node.arg == "place" and _is_text(node.value):
            yield node.value.value
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "place_of":
            steps = [one for one in node.args if not isinstance(one, ast.Starred)]
            yield "/".join(one.value if _is_text(one) else "x" for one in steps)


def test_the_core_has_no_word_of_a_pims_body():
    found = {
        (str(file.relative_to(CORE)), text)
        for file in [CORE / "errors.py", *core_files("domain", "services", "jobs", "storage")]
        for text in texts(file)
        if PIMS_WORDS.search(text)
    }
    assert found == KEPT


def test_the_core_has_no_word_of_a_rest_body():
    found: dict[str, set[str]] = {}
    for file in core_files("domain", "services", "jobs", "storage"):
        for text in filter(REST_WORDS.fullmatch, texts(file)):
            found.setdefault(str(file.relative_to(CORE)), set()).add(text)
    assert found == KEPT_REST_WORDS


def test_the_core_has_no_pointer_into_a_body():
    found = [
        (str(file.relative_to(CORE)), text)
        for file in core_files("domain", "services", "jobs")
        for text in texts(file)
        if re.match(r"/[\w{]", text)
    ]
    assert found == []


def test_pims_has_a_pointer_for_every_place_of_the_core():
    named = {place for file in core_files("domain", "services", "jobs") for place in places(file)}
    assert {"page/after", "key/withdrawn", "view/attributes/x", "export/attributes/x"} <= named
    named -= {"attribute/x", "view/x"}  # of the first, whoever read it says where it stood
    named |= {"view/label", "view/comment"} | {f"view/attributes/x/{one}" for one in FIELD}
    named -= {place for place in named if place.startswith("user/")}  # only the command says these
    assert {one for one in named if pointer_of(one) is None and one not in POINTERS} == set()
