"""The structure of a workbook: its sheets and their parts of the archive."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field

from pims_api.transfer.xlsx.archive import Archive, refuse
from pims_api.transfer.xlsx.xml_events import (
    PACKAGE_RELATIONS,
    Attributes,
    Elements,
    feed,
    named,
)

SHEETS_MAX = 2_000
SHEETS_SHOWN = 10  # in a message

_RELATION = named("Relationship", PACKAGE_RELATIONS)
_SHEET, _PROPERTIES = named("sheet"), named("workbookPr")
_OTHER_KINDS = {
    "xl/workbook.bin": "The file is a binary workbook (.xlsb): save it as .xlsx!",
    "mimetype": "The file is no XLSX workbook but, it seems, OpenDocument: save it as .xlsx!",
    "word/document.xml": "The file is a Word document, no XLSX workbook!",
}


@dataclass(slots=True)
class Workbook:
    """sheets: name → part. strings and styles: their parts, None where there are none."""

    sheets: dict[str, str] = field(default_factory=dict)
    strings: str | None = None
    styles: str | None = None
    since_1904: bool = False

    def sheet(self, wanted: str | int | None) -> str:
        """Return the part of a sheet, by name or number from 1. Raises BadInput when unknown."""
        asked = "1" if wanted is None else str(wanted)
        names = list(self.sheets)
        number = int(asked[:9]) if asked.isdecimal() else 0
        if isinstance(wanted, str) and wanted in self.sheets:
            name = wanted
        elif 1 <= number <= len(names):
            name = names[number - 1]
        else:
            listed = ", ".join(repr(name) for name in names[:SHEETS_SHOWN])
            more = ", …" if len(names) > SHEETS_SHOWN else ""
            refuse(f"The workbook has no sheet {asked[:100]!r}. Its sheets: {listed}{more}!")
        return self.sheets[name]


def read_workbook(archive: Archive) -> Workbook:
    """Return the structure of a workbook. Raises BadInput when the archive holds none."""
    part = _workbook_part(archive)
    relations = list(_relations(archive, part))
    targets = {name: target for _, name, target in relations}
    kinds = {kind: target for kind, _, target in relations if target in archive}
    workbook = Workbook(strings=kinds.get("sharedStrings"), styles=kinds.get("styles"))

    def take(name: str, attributes: Attributes) -> None:
        if name in _SHEET and len(workbook.sheets) < SHEETS_MAX:
            target = targets.get(_relation_id(attributes), "")
            workbook.sheets[attributes.get("name", "")] = target
        elif name in _PROPERTIES:
            workbook.since_1904 = attributes.get("date1904") in ("1", "true")

    for _ in feed(archive.chunks(part), Elements(take)):
        pass
    if not workbook.sheets:
        refuse("The workbook has no sheet!")
    return workbook


def _workbook_part(archive: Archive) -> str:
    for part, message in _OTHER_KINDS.items():
        if part in archive:
            refuse(message)
    if "_rels/.rels" in archive:
        for kind, _, target in _relations(archive, ""):
            if kind == "officeDocument":
                return target
    if "xl/workbook.xml" not in archive:
        refuse("The file is a ZIP archive, but no XLSX workbook: unpack it first!")
    return "xl/workbook.xml"


def _relations(archive: Archive, part: str) -> Iterator[tuple[str, str, str]]:
    """Yield kind, id and target of each relationship of a part within the archive."""
    folder, name = posixpath.split(part)
    found: list[Attributes] = []

    def take(name: str, attributes: Attributes) -> None:
        if name in _RELATION and attributes.get("TargetMode") != "External":
            found.append(attributes)

    for _ in feed(archive.chunks(posixpath.join(folder, "_rels", f"{name}.rels")), Elements(take)):
        pass
    for each in found:
        target = posixpath.normpath(posixpath.join("/", folder, each.get("Target", "")))
        kind = each.get("Type", "").rpartition("/")[2]
        yield kind, each.get("Id", ""), target.lstrip("/")


def _relation_id(attributes: Attributes) -> str:
    return next((value for name, value in attributes.items() if name.endswith(" id")), "")
