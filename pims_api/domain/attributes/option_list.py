"""Lists of allowed values. A product stores the id of an option; faces show its alias."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Option:
    """One allowed value.

    id: what documents and the index hold; never changes. alias: the word on the wire, equal to the
    id for options made by PIMS. cells: further dictionary columns. removed: no longer accepted,
    still shown where products have it. parent: the id of the option above it, or "". color: as
    `#rrggbb`, or "". client_id: the id that an integrator chose for it, or "". description,
    logo_url: of a brand, or "".
    """

    id: str
    alias: str
    position: int
    cells: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    removed: bool = False
    parent: str = ""
    color: str = ""
    client_id: str = ""
    description: str = ""
    logo_url: str = ""


@dataclass(frozen=True, slots=True)
class ListName:
    """The name of a list that several attributes may use; empty of a list of one attribute alone.

    alias: unique. label: for people. hierarchical: whether its options may have parents. client_id:
    the id that an integrator chose for it, or "".
    """

    alias: str = ""
    label: str = ""
    hierarchical: bool = False
    client_id: str = ""


UNNAMED = ListName()


class OptionList:
    """An ordered list of options.

    static: True: new values never join it; False: they always do; None: only when asked to.

    columns: names of the dictionary's columns, the first one is the value. bare: rows came as
    plain strings and go out so. Changed by `put` only, on a copy that its owner made.
    """

    def __init__(
        self,
        number: int,
        *,
        static: bool | None = None,
        columns: tuple[str, ...] = ("value",),
        bare: bool = True,
        layout: Mapping[str, object] | None = None,
        named: ListName = UNNAMED,
    ) -> None:
        self.id = number
        self.named = named
        self.deleted = False
        self.static = static
        self.columns = columns
        self.bare = bare
        self.layout = dict(layout or {})
        self.options: dict[str, Option] = {}
        self._by_alias: dict[str, Option] = {}
        self._by_client_id: dict[str, Option] = {}
        self._ordered: list[Option] | None = None
        self._last_position = -1

    def copy(self) -> "OptionList":
        """Return a list that may be changed without changing this one."""
        duplicate = self.renamed(self.named)
        duplicate.options = dict(self.options)
        duplicate._by_alias = dict(self._by_alias)
        duplicate._by_client_id = dict(self._by_client_id)
        duplicate._last_position = self._last_position
        return duplicate

    def renamed(self, named: ListName) -> "OptionList":
        """Return a list of that name with the same settings, without options."""
        return OptionList(
            self.id,
            static=self.static,
            columns=self.columns,
            bare=self.bare,
            layout=self.layout,
            named=named,
        )

    def marked_deleted(self) -> "OptionList":
        """Return the same list, marked as deleted."""
        duplicate = self.renamed(self.named)
        duplicate.deleted = True
        return duplicate

    def put(self, option: Option) -> None:
        """Add the option, or replace the one of that id."""
        before = self.options.get(option.id)
        if before is not None and self._by_alias.get(before.alias) is before:
            del self._by_alias[before.alias]
        self.options[option.id] = option
        if before is not None and before.client_id:
            self._by_client_id.pop(before.client_id, None)
        if option.client_id:
            self._by_client_id[option.client_id] = option
        holder = self._by_alias.get(option.alias)
        if holder is None or holder.removed:
            self._by_alias[option.alias] = option
        self._last_position = max(self._last_position, option.position)
        self._ordered = None

    def drop(self, option: Option) -> None:
        """Take back the option that was put last, of an id and an alias that were not there."""
        del self.options[option.id]
        del self._by_alias[option.alias]
        self._by_client_id.pop(option.client_id, None)
        self._last_position = option.position - 1
        self._ordered = None

    def find(self, alias: str) -> Option | None:
        """Return the option of that alias, also one that is removed."""
        return self._by_alias.get(alias)

    def find_client_id(self, client_id: str) -> Option | None:
        """Return the option with the id that an integrator chose, also one that is removed."""
        return self._by_client_id.get(client_id)

    def alias(self, option_id: str) -> str:
        """Return what faces show for an option id."""
        option = self.options.get(option_id)
        return option.alias if option else option_id

    def in_order(self) -> list[Option]:
        """Return the accepted options in their order."""
        if self._ordered is None:
            kept = (option for option in self.options.values() if not option.removed)
            self._ordered = sorted(kept, key=lambda option: (option.position, option.id))
        return self._ordered

    def new_id(self, alias: str, taken: Container[str] = ()) -> str:
        """Return an id for a new option: its alias, unless a renamed option has that id.

        taken: ids that are spoken for beside those of the list.
        """
        number, count = alias, 1
        while number in self.options or number in taken:
            count += 1
            number = f"{alias}~{count}"
        return number

    def next_position(self) -> int:
        """Return a position behind every option that the list has or had."""
        return self._last_position + 1

    def replaced_by(self, rows: Iterable[Option]) -> list[Option]:
        """Return the options to put so that exactly these rows remain accepted, in this order.

        An option that is not among them stays as removed: products that have it keep it.
        """
        wanted = [
            row if row.position == place else replace(row, position=place)
            for place, row in enumerate(rows)
        ]
        kept = {row.id for row in wanted}
        gone = [o for o in self.options.values() if o.id not in kept and not o.removed]
        changed = [row for row in wanted if self.options.get(row.id) != row]
        return changed + [replace(option, removed=True) for option in gone]
