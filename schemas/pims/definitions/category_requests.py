"""Categories on the wire of PIMS.

Source: docs/api/pims.md, Managing categories.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from marshmallow import fields

from pims_api.domain.attributes.setting_readers import locale_texts
from pims_api.domain.category import (
    DATA_BYTES_MAX,
    ORDER_MAX,
    Category,
    CategoryTree,
    split_path,
)
from pims_api.domain.definition import Definition
from pims_api.errors import Fault, refuse_if_any
from pims_api.services.categories.write import CategoryWrite
from schemas.keys import Aliases
from schemas.loading import Keyed, complaint
from schemas.pims.body import Request, UnknownKeys, WritingBody, placed, read_request
from schemas.pims.definitions.managing_fields import FreeData, LocaleTexts
from schemas.pims.fields import Flag, Text, WholeNumber

ITEMS_MAX = 20_000  # categories in one request
_ID_MAX = 2**31 - 1
_IMAGE = "cat_image"
_LIST = "category list"
_ALIASES: Aliases = {"name": ("cat_name",)}
_ID_MISSING = complaint("required", "Send the id of the category!")


class CategoryPart(Keyed):
    """A category as callers send it; what is absent stays absent."""

    aliases = _ALIASES
    name = Text(load_default=None)
    path = Text(load_default=None)
    cat_parent_id = WholeNumber(0, _ID_MAX, load_default=None)
    cat_order = WholeNumber(-ORDER_MAX, ORDER_MAX, load_default=None)
    cat_data = FreeData()
    cat_label = LocaleTexts()


class _Addition(WritingBody, CategoryPart):
    passed_over: tuple[str, ...] = (*WritingBody.passed_over, "items")


class _Additions(WritingBody):
    items = fields.List(
        fields.Raw(),
        error_messages={"invalid": complaint("type", "items must be a list of objects!")},
    )


class _Known(WritingBody):
    id = WholeNumber(
        1,
        _ID_MAX,
        required=True,
        allow_none=False,
        error_messages={"required": _ID_MISSING, "null": _ID_MISSING},
    )


class _Edit(_Known, CategoryPart):
    pass


class _Deletion(_Known):
    force = Flag(allow_none=False)


_PART, _ADDITION, _ADDITIONS = CategoryPart(), _Addition(), _Additions()
_EDIT, _DELETION = _Edit(), _Deletion()


@dataclass(frozen=True, slots=True)
class AdditionsRequest:
    """What addCategory asks for. is_batch: it came with `items`. warnings: what was ignored."""

    wanted: list[CategoryWrite]
    dry_run: bool
    is_batch: bool
    warnings: list[Fault]


@dataclass(frozen=True, slots=True)
class EditRequest:
    """What editCategory asks for. warnings: what was ignored."""

    id: int
    wanted: CategoryWrite
    dry_run: bool
    warnings: list[Fault]


@dataclass(frozen=True, slots=True)
class DeletionRequest:
    """What deleteCategory asks for. warnings: what was ignored."""

    id: int
    force: bool
    dry_run: bool
    warnings: list[Fault]


def read_additions(body: Mapping[str, Any], definition: Definition) -> AdditionsRequest:
    """Return what addCategory asks for. Raises BadInput when the body has no sound frame."""
    if body.get("items") is None:
        request = read_request(_ADDITION, body)
        wanted = _write(request, definition, "", None)
        return AdditionsRequest([wanted], request.dry_run, False, request.warnings)
    request = read_request(_ADDITIONS, body)
    request.check()
    items = request.values["items"]
    if len(items) > ITEMS_MAX:
        message = f"At most {ITEMS_MAX} categories can be added at a time!"
        refuse_if_any([Fault("limit", message, pointer="/items")])
    unknown = UnknownKeys()
    read = [_read_part(one, definition, request, n, unknown) for n, one in enumerate(items)]
    return AdditionsRequest(read, request.dry_run, True, request.warnings)


def read_edit(body: Mapping[str, Any], definition: Definition) -> EditRequest:
    """Return what editCategory asks for. Raises BadInput without an id."""
    request = read_request(_EDIT, body)
    if "id" not in request.values:
        request.check()
    wanted = _write(request, definition, "", None)
    return EditRequest(request.values["id"], wanted, request.dry_run, request.warnings)


def read_deletion(body: Mapping[str, Any]) -> DeletionRequest:
    """Return what deleteCategory asks for. Raises BadInput."""
    request = read_request(_DELETION, body)
    request.check()
    found = request.values
    return DeletionRequest(found["id"], found["force"], request.dry_run, request.warnings)


def category_object(tree: CategoryTree, category: Category) -> dict[str, Any]:
    """Return a category as callers see it. cat_rank: its level, counted from 1 at the roots."""
    path = tree.path(category.id)
    return {
        "id": category.id,
        "cat_name": category.name,
        "cat_parent_id": category.parent_id,
        "cat_path_id": " > ".join(str(number) for number in tree.ids_above(category.id)),
        "cat_path": tree.path_text(category.id),
        "cat_order": category.order,
        "cat_rank": len(path),
        "cat_data": {_IMAGE: "", **category.data},
        "cat_label": dict(category.labels),
    }


def category_list_bytes(definition: Definition) -> bytes:
    """Return every category as a JSON list, parents before what is below them.

    Rendered once per category, joined once per version of the definition.
    """
    return definition.derive(_category_list)


def _category_list(definition: Definition) -> bytes:
    tree = definition.categories
    return b"[" + b",".join(_rendered(definition, tree, one) for one in tree) + b"]"


def _rendered(definition: Definition, tree: CategoryTree, category: Category) -> bytes:
    path, place = tree.path(category.id), (_LIST, category.id)
    known = definition.rendered.get(place)
    if known is None or known[0] is not category or known[1] is not path:
        body = orjson.dumps(category_object(tree, category))
        known = definition.rendered[place] = (category, path, body)
    rendered: bytes = known[2]
    return rendered


def _read_part(
    item: Any, definition: Definition, batch: Request, row: int, unknown: UnknownKeys
) -> CategoryWrite:
    place = f"/items/{row}"
    if not isinstance(item, dict):
        fault = Fault("type", "A category must be an object!", pointer=place, row=row)
        return CategoryWrite(faults=[fault], row=row)
    request = read_request(_PART, item, batch.suggestions, unknown=unknown, strict=batch.strict)
    batch.warnings += placed(request.warnings, place, row)
    return _write(request, definition, place, row)


def _write(request: Request, definition: Definition, place: str, row: int | None) -> CategoryWrite:
    """Return the write of a category, whose faults are those of the request and more."""
    values, faults = request.values, placed(request.faults, place, row)
    data = dict(values.get("cat_data") or {})
    if data.get(_IMAGE) == "":
        data[_IMAGE] = None  # shown of a category without an image
    if len(orjson.dumps(data)) > DATA_BYTES_MAX:
        message = f"cat_data takes at most {DATA_BYTES_MAX // 1024} kB!"
        faults.append(Fault("limit", message, pointer=f"{place}/cat_data", row=row))
    path, name = values.get("path"), values.get("name")
    return CategoryWrite(
        path=None if path is None else split_path(path),
        name=None if name is None else name.strip(),
        parent_id=values.get("cat_parent_id"),
        order=values.get("cat_order"),
        data=data,
        labels=locale_texts(values.get("cat_label"), definition),
        pointers={
            "path": f"{place}/path",
            "name": f"{place}/name",
            "parent_id": f"{place}/cat_parent_id",
        },
        faults=faults,
        row=row,
    )
