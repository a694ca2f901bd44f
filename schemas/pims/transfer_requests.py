"""The readers of the options of an import and of the body of an export.

Source: docs/api/pims.md, Import, Export.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import Schema

from pims_api.domain.attributes.attribute import ValueType
from pims_api.domain.suggestion import NAME_LENGTH_MAX, Suggestions
from pims_api.errors import Fault, pointer_to, refuse_if_any
from pims_api.jobs.export_job import ExportTerms
from pims_api.jobs.imports.job import ImportTerms
from pims_api.services.definition_imports.attribute_words import read_types
from pims_api.services.imports.column_plan import DUPLICATES, LAST, MAY_BE_MADE, ImportChoices
from pims_api.services.products.save import ONLY
from pims_api.transfer.file_format import QUOTES, FileFormat
from pims_api.transfer.tables.table import FORMATS
from schemas.keys import Aliases
from schemas.loading import load
from schemas.pims.body import Request, WritingBody, read_request
from schemas.pims.fields import Flag, IdempotencyKey, MomentOf, OneOf, Text, TextList
from schemas.pims.names import PARAMS
from schemas.pims.note import note_of
from schemas.pims.products.requests import ATTRIBUTES_SHOWN_MAX
from schemas.request_name import IDEMPOTENCY_KEY

COLUMNS_NAMED_MAX = 20_000  # mapped or ignored by one request

_LISTS = ("map", "ignore", "createMissing", "types")
_NAMED = {"tab": "\t", "\\t": "\t", "\\n": "\n"}  # as people write them in an address
_EXPORT: Aliases = {
    "condition_query": ("condition",),
    "includeDeleted": PARAMS["includeDeleted"],
}


class _ImportOptions(Schema):
    map = TextList(COLUMNS_NAMED_MAX, load_default=list)
    ignore = TextList(COLUMNS_NAMED_MAX, load_default=list)
    createMissing = TextList(COLUMNS_NAMED_MAX, load_default=list)  # noqa: N815
    types = TextList(COLUMNS_NAMED_MAX, load_default=list)
    product_type = Text()
    separator = Text()
    emptyUnsets = Flag()  # noqa: N815
    ignoreUnknown = Flag()  # noqa: N815
    pathSeparator = Text()  # noqa: N815
    only = OneOf(ONLY)  # type: ignore[assignment] # no class attribute stays
    duplicates = OneOf(DUPLICATES)
    restore = Flag()
    pauseReIndexing = Flag()  # noqa: N815
    dry_run = Flag()
    view = Text()
    format = OneOf(FORMATS)
    delimiter = Text()
    quote = Text()
    quotes = OneOf(QUOTES)
    encoding = Text()
    sheet = Text()
    reason = Text()
    sourceRef = Text()  # noqa: N815
    idempotency_key = IdempotencyKey()


class _ExportBody(WritingBody):
    aliases = _EXPORT
    view = Text()
    condition_query = Text()
    attributes = TextList(ATTRIBUTES_SHOWN_MAX, load_default=None)
    format = OneOf(FORMATS)
    includeDeleted = Flag()  # noqa: N815
    separator = Text()
    as_of = MomentOf(allow_none=False)


_IMPORT_OPTIONS = _ImportOptions()
_EXPORT_BODY = _ExportBody()


def _bare(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


_OURS = {_bare(name): name for name in _IMPORT_OPTIONS.fields}


def read_import_terms(options: Iterable[tuple[str, str]]) -> ImportTerms:
    """Return the parameters of an import from options, whose names have several spellings.

    Of an option that takes one value the last counts. Raises BadInput with every fault.
    """
    sent, faults = _sorted_out(options)
    found, more = load(_IMPORT_OPTIONS, sent)
    faults += more
    missing = _words(found.get("createMissing", ()))
    faults += [_cannot_be_made(one) for one in missing if one not in MAY_BE_MADE]
    mapping = _mapping(found.get("map", ()), faults)
    types = _types(found.get("types", ()), faults)
    refuse_if_any(faults)
    note = note_of({"reason": found["reason"], "source_ref": found["sourceRef"]})
    return ImportTerms(
        file=_file_format(found),
        choices=ImportChoices(
            mapping=mapping,
            ignored=frozenset(found["ignore"]),
            missing=frozenset(missing),
            product_type=found["product_type"] or None,
            separator=_NAMED.get(found["separator"], found["separator"]) or None,
            empty_unsets=found["emptyUnsets"],
            types=types,
            ignore_unknown=found["ignoreUnknown"],
            path_separator=_NAMED.get(found["pathSeparator"], found["pathSeparator"]) or None,
            only=found["only"] or None,
            restore=found["restore"],
            duplicates=found["duplicates"] or LAST,
        ),
        pause_facets=found["pauseReIndexing"],
        dry_run=found["dry_run"],
        view=found["view"] or None,
        reason=note.reason,
        source_ref=note.source_ref,
    )


def read_export_terms(body: Mapping[str, Any]) -> tuple[Request, ExportTerms]:
    """Return the parameters of an export. Raises BadInput with the faults of the body alone."""
    request = read_request(_EXPORT_BODY, body)
    request.check()
    found = request.values
    names = found["attributes"]
    terms = ExportTerms(
        format=found["format"] or FORMATS[0],
        condition=found["condition_query"],
        attributes=None if names is None else tuple(names),
        include_deleted=found["includeDeleted"],
        separator=_NAMED.get(found["separator"], found["separator"]) or None,
        view=found["view"] or None,
    )
    return request, terms


def names_in_options(options: Iterable[tuple[str, str]]) -> list[str]:
    """Return the names of the request among the options, as they were sent."""
    return [text for name, text in options if _OURS.get(_bare(name)) == IDEMPOTENCY_KEY]


def _sorted_out(options: Iterable[tuple[str, str]]) -> tuple[dict[str, Any], list[Fault]]:
    sent: dict[str, Any] = {}
    spelled: dict[str, str] = {}
    faults, suggestions = [], Suggestions()
    for name, text in options:
        known = _OURS.get(_bare(name))
        if known is None:
            faults.append(_unknown(name, suggestions))
        elif "\0" in text:  # PostgreSQL stores none
            faults.append(_nul(known))
        elif known in _LISTS:
            sent.setdefault(known, []).append(text)
        elif spelled.setdefault(known, name) != name and sent[known] != text:
            faults.append(_clash(known, spelled[known], name))
        else:
            sent[known] = text
    return sent, faults


def _nul(known: str) -> Fault:
    message = f"{known} cannot hold NUL: leave it out!"
    return Fault("syntax", message, pointer=pointer_to(known))


def _clash(known: str, before: str, name: str) -> Fault:
    message = f"{before} and {name} are one option and have two values: send one of them!"
    return Fault("syntax", message, pointer=pointer_to(known))


def _unknown(name: str, suggestions: Suggestions) -> Fault:
    known = list(_IMPORT_OPTIONS.fields)
    shown = name[:NAME_LENGTH_MAX]
    hint = suggestions.word(shown, known)
    message = f"There is no option {shown!r}!" + (f" Did you mean {hint}?" if hint else "")
    return Fault("range", message, pointer=pointer_to(name), allowed=known, nearest=hint)


def _words(texts: Iterable[str]) -> list[str]:
    """Return the different words of texts; a text without any is a word by itself."""
    words = ([one.strip() for one in text.split(",") if one.strip()] or [""] for text in texts)
    return list(dict.fromkeys(one for of_text in words for one in of_text))


def _cannot_be_made(word: str) -> Fault:
    message = f"createMissing knows {', '.join(MAY_BE_MADE)}, not {word[:NAME_LENGTH_MAX]!r}!"
    return Fault("range", message, pointer="/createMissing", allowed=MAY_BE_MADE)


def _mapping(pairs: Iterable[str], faults: list[Fault]) -> dict[str, str]:
    """Return column → attribute; a column may hold an equals sign, an attribute does not."""
    mapping: dict[str, str] = {}
    for one in pairs:
        column, _, attribute = one.rpartition("=")
        if not (column and attribute):
            message = f"map takes COLUMN=ATTRIBUTE, not {one[:NAME_LENGTH_MAX]!r}!"
            faults.append(Fault("syntax", message, pointer="/map"))
        elif mapping.get(column, attribute) != attribute:
            message = f"map has the column {column[:NAME_LENGTH_MAX]!r} twice!"
            faults.append(Fault("syntax", message, pointer="/map"))
        mapping[column] = attribute
    return mapping


def _types(pairs: Iterable[str], faults: list[Fault]) -> dict[str, ValueType]:
    try:
        return read_types(pairs)
    except ValueError as error:
        faults.append(Fault("type", f"types: {error}!", pointer="/types"))
        return {}


def _file_format(found: Mapping[str, Any]) -> FileFormat:
    sheet, delimiter = found["sheet"], found["delimiter"]
    return FileFormat(
        format=found["format"] or None,
        delimiter=_NAMED.get(delimiter, delimiter) or None,
        quote=found["quote"] or None,
        quotes=found["quotes"] or None,
        encoding=found["encoding"] or None,
        sheet=int(sheet) if sheet.isdecimal() and len(sheet) < 10 else sheet or None,
    )
