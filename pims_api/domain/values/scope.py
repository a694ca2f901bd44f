"""Scopes of values: global, or segments of dimensions such as language and channel.

A document keeps values in slots. The slot of a global value is the attribute's key; the slot of a
scoped one adds its scope: `title@1=3` is the title where dimension 1 has segment 3.
"""

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

GLOBAL = ""
SCOPE_MARK = "@"  # between the key and the scope of a slot

_LOCALE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}\Z")


@dataclass(frozen=True, slots=True)
class Segment:
    """One value of a dimension: `de-de` of language. The code is what faces show.

    client_id: the id that an integrator chose for it, or "". alias: the name that came with that
    id, where the code is another one.
    """

    id: int
    code: str
    name: str
    client_id: str = ""
    alias: str = ""


@dataclass(frozen=True, slots=True)
class Dimension:
    """An axis along which values may differ. The default segment reads the global value.

    client_id: the id that an integrator chose for it, or "".
    """

    id: int
    code: str
    name: str
    default_segment_id: int
    segments: tuple[Segment, ...]
    deleted: bool = False
    client_id: str = ""

    def segment(self, code: str) -> Segment | None:
        """Return the segment of that code, in any case, if there is one."""
        wanted = code.lower()
        return next((one for one in self.segments if one.code.lower() == wanted), None)


class Scope(Mapping[int, int]):
    """The segments that a caller asks for, by dimension: frozen, so that it can be a key.

    A dimension that it leaves out counts as its default segment. text: its canonical text.

    >>> Scope({2: 7, 1: 3}).text, Scope({2: 7, 1: 3}).within([2]).text, Scope().text
    ('1=3,2=7', '2=7', '')
    """

    __slots__ = ("_segments", "text")

    def __init__(self, segments: Mapping[int, int] | None = None) -> None:
        self._segments = dict(segments or {})
        self.text = scope_text(self._segments)

    def __getitem__(self, dimension_id: int) -> int:
        return self._segments[dimension_id]

    def __iter__(self) -> Iterator[int]:
        return iter(self._segments)

    def __len__(self) -> int:
        return len(self._segments)

    def __hash__(self) -> int:
        return hash(self.text)

    def within(self, dimension_ids: Container[int]) -> "Scope":
        """Return the part that names these dimensions."""
        return Scope({d: s for d, s in self._segments.items() if d in dimension_ids})


def is_locale(text: str) -> bool:
    """Return whether a text can be the code of a locale, in any case.

    >>> [is_locale(text) for text in ("de", "en-us", "zh-Hant-TW", "english", "en_us")]
    [True, True, True, False, False]
    """
    return _LOCALE.match(text) is not None


def scope_text(scope: Mapping[int, int]) -> str:
    """Return the canonical text of a scope, dimensions in ascending order.

    >>> scope_text({2: 7, 1: 3})
    '1=3,2=7'
    >>> scope_text({})
    ''
    """
    return ",".join(f"{dimension}={scope[dimension]}" for dimension in sorted(scope))


def parse_scope(text: str) -> dict[int, int]:
    """Parse the canonical text of a scope.

    >>> parse_scope("1=3,2=7")
    {1: 3, 2: 7}
    """
    pairs = (pair.split("=") for pair in text.split(",") if pair)
    return {int(dimension): int(segment) for dimension, segment in pairs}


def slot(key: str, scope: str = GLOBAL) -> str:
    """Return the slot of an attribute key in a scope, which is a key of a document."""
    return f"{key}{SCOPE_MARK}{scope}" if scope else key


def split_slot(name: str) -> tuple[str, str]:
    """Return the attribute key and the scope text of a slot.

    >>> split_slot("title@1=3")
    ('title', '1=3')
    """
    key, _, scope = name.partition(SCOPE_MARK)
    return key, scope


def candidates(
    wanted: Mapping[int, int], dimensions: Sequence[Dimension], scopes: Sequence[str]
) -> list[str]:
    """Return the scopes that serve a wanted one, the best first.

    A scope serves when everything it names is wanted; dimensions that the caller left out count as
    their default segment. More named segments are better; among equals the dimension listed
    earlier decides.
    """
    full = {one.id: wanted.get(one.id, one.default_segment_id) for one in dimensions}
    rank = {one.id: place for place, one in enumerate(dimensions)}
    parsed = [(text, parse_scope(text)) for text in scopes]
    fitting = [(t, s) for t, s in parsed if all(full.get(d) == v for d, v in s.items())]
    fitting.sort(key=lambda one: (-len(one[1]), sorted(rank[d] for d in one[1])))
    return [text for text, _ in fitting]


def ranked(
    wanted: Mapping[int, int], dimensions: Sequence[Dimension], scopes: Sequence[str]
) -> tuple[str, ...]:
    """Return the scopes that are looked up for a wanted one, in that order.

    Those that serve it, and after them those that serve the default segments of all dimensions.
    """
    serving = candidates(wanted, dimensions, scopes) + candidates({}, dimensions, scopes)
    return tuple(dict.fromkeys(serving))


def resolve(
    values: Mapping[str, Any], wanted: Mapping[int, int], dimensions: Sequence[Dimension]
) -> Any:
    """Return the value that holds in the wanted scope, or None.

    values: scope text → value, of one attribute. Where nothing fits the wanted scope, the default
    segments are tried before giving up.

    >>> segments = (Segment(1, "en", ""), Segment(2, "de", ""))
    >>> language = Dimension(1, "language", "Language", 1, segments)
    >>> resolve({"": "rod", "1=2": "Stange"}, {1: 2}, [language])
    'Stange'
    >>> resolve({"": "rod"}, {1: 2}, [language])
    'rod'
    """
    order = ranked(wanted, dimensions, list(values))
    return values[order[0]] if order else None
