"""A cache of the texts of an attribute, in one string in which a search for a part takes no time.

A process caches the texts that it is asked for again, as of the sequence at which it read them.
What changed since then, history tells: it has the new values of each product that changed.
"""

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate, chain
from threading import Lock
from typing import Any, ClassVar

from sqlalchemy import bindparam, select

from pims_api.deadline import check_deadline
from pims_api.domain.attributes.attribute import Attribute
from pims_api.domain.values.scope import slot
from pims_api.domain.values.value import elements
from pims_api.settings import Settings
from pims_api.storage.catalogue_index.apart import ProductsApart
from pims_api.storage.catalogue_index.bitmaps.blocks import assemble, from_ids, without
from pims_api.storage.catalogue_index.bitmaps.term_range import EVERY_TEXT
from pims_api.storage.catalogue_index.bitmaps.terms import TEXT, is_long
from pims_api.storage.catalogue_index.filter.texts.text_scan import read_texts
from pims_api.storage.catalogue_index.skip_scan import Place
from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.engine.versioned_cache import VersionedCache
from pims_api.storage.history.changes import PRODUCT_ENTITY
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import change

CHANGES_MAX = 500  # since the texts were read; with more they are read anew
HITS_MAX = 20_000  # about; with more the engine's scan is quicker
_SAMPLES = 16
_BETWEEN = "\0"  # no text has it
_ASKED_MAX = 1_000  # places
_HITS_AT_ONCE = 4_096

# With a condition on the entity SQLite would use the index by entities, and read all of history.
_CHANGES = PreparedStatement(
    select(change.c.entity, change.c.entity_id, change.c.new)
    .where(
        change.c.tenant_id == bindparam("tenant_id"),
        change.c.sequence > bindparam("after"),
        change.c.sequence <= bindparam("upto"),
    )
    .order_by(change.c.sequence)
    .limit(CHANGES_MAX + 1)
)

Key = tuple[int, int, str]
"""Tenant id, attribute id and scope."""


@dataclass(frozen=True, slots=True)
class CachedTexts:
    """The texts of an attribute in a scope, without case, and who has them.

    joined: the texts with NUL between them, in place of long ones nothing. starts: where each
    begins. blocks, ends, bits: of each its block, and where the block's bits end among all. long:
    the terms of long texts by their place. changed: what products have since, up to a sequence.
    """

    attribute: Attribute
    joined: str
    starts: Sequence[int]
    blocks: Sequence[int]
    ends: Sequence[int]
    bits: bytes
    long: Mapping[int, str]
    sequence: int
    changed: Mapping[int, Any] = field(default_factory=dict)

    @property
    def weight(self) -> int:
        """The bytes that it takes, about."""
        width = 1 if self.joined.isascii() else 4
        others = 300 * (len(self.long) + len(self.changed)) + 1_000
        return len(self.joined) * width + len(self.bits) + 12 * len(self.starts) + others

    def has_many(self, folded: str) -> bool:
        """Return whether so many texts hold this one, by the first of them, that a scan is quicker.

        folded: without case.
        """
        sample = len(self.joined) // _SAMPLES
        return self.joined.count(folded, 0, sample) * _SAMPLES > HITS_MAX

    def holding(self, folded: str, long: Mapping[str, str]) -> int:
        """Return the products with a text that holds this one, in whatever case.

        folded: without case. long: the long texts by their terms.
        """
        places = chain(
            self._places(folded),
            (at for at, term in self.long.items() if folded in long[term].casefold()),
        )
        known = without(assemble(map(self._row, places)), from_ids(self.changed))
        return known | from_ids(
            number for number, value in self.changed.items() if self._holds(value, folded)
        )

    def _places(self, folded: str) -> Iterator[int]:
        at, last = self.joined.find(folded), len(self.starts) - 1
        for count in range(len(self.starts)):
            if at < 0:
                return
            place = bisect_right(self.starts, at) - 1
            if place not in self.long:
                yield place
            if place == last:
                return
            at = self.joined.find(folded, self.starts[place + 1])
            if not count % _HITS_AT_ONCE:
                check_deadline()

    def _row(self, place: int) -> tuple[int, bytes]:
        start = self.ends[place - 1] if place else 0
        return self.blocks[place], self.bits[start : self.ends[place]]

    def _holds(self, value: Any, folded: str) -> bool:
        return any(folded in str(one).casefold() for one in elements(self.attribute, value))


class TextCache:
    """The texts of attributes, bounded by bytes."""

    unit: ClassVar[str] = "bytes"

    def __init__(self, weight_max: int) -> None:
        self._most = weight_max // 2
        self.texts: VersionedCache[Key, CachedTexts] = VersionedCache(
            lambda one: one.weight, weight_max
        )
        self._asked: set[Key] = set()
        self._unfit: set[Key] = set()
        self._lock = Lock()

    @classmethod
    def sized(cls, settings: Settings) -> "TextCache":
        """Return an empty cache."""
        return cls(settings.number_cache_bytes)

    @property
    def size(self) -> int:
        """The number of bytes cached, about."""
        return self.texts.weight

    def is_worth_keeping(self, key: Key) -> bool:
        """Return whether texts were asked for before, and are not known to be too many."""
        with self._lock:
            if len(self._asked) > _ASKED_MAX:
                self._asked.clear()
            is_again = key in self._asked
            self._asked.add(key)
            return is_again and key not in self._unfit

    def keep(self, key: Key, made: CachedTexts) -> None:
        """Keep texts, unless they would take most of the room."""
        if made.weight > self._most:
            with self._lock:
                self._unfit.add(key)
        else:
            self.texts.put(key, made.sequence, made)


def cached_texts(snapshot: Snapshot, at: Place, apart: ProductsApart) -> CachedTexts | None:
    """Return the texts of an attribute in a scope; None where they are not kept.

    apart: the products whose texts are not in the index.
    """
    attribute = snapshot.definition.attributes.get(at[0])
    if attribute is None or snapshot.is_writing or snapshot.past is not None:
        return None
    cache, key = snapshot.caches.of(TextCache), (snapshot.tenant_id, *at)
    known = cache.texts.last(key)
    if known is None or known.attribute != attribute:
        if not cache.is_worth_keeping(key):
            return None
        made = _read(snapshot, attribute, at[1], apart)
    elif known.sequence > snapshot.sequence:
        return None
    else:
        made = _caught_up(snapshot, known, at[1]) or _read(snapshot, attribute, at[1], apart)
    if made is not known:
        cache.keep(key, made)
    return made


def _read(
    snapshot: Snapshot, attribute: Attribute, scope: str, apart: ProductsApart
) -> CachedTexts:
    scanned = read_texts(snapshot, attribute.id, scope)
    waiting = list(apart.rows((attribute.id, scope), EVERY_TEXT.low, EVERY_TEXT.high))
    terms = [*scanned.unsure(), *(term for term, _, _ in waiting)]
    long = {place: term for place, term in enumerate(terms) if is_long(term)}
    texts = ["" if place in long else term[len(TEXT) :] for place, term in enumerate(terms)]
    joined = _BETWEEN.join(texts).casefold()
    lengths = (len(one) + 1 for one in joined.split(_BETWEEN))
    sizes = chain(scanned.sizes, (len(bits) for _, _, bits in waiting))
    return CachedTexts(
        attribute,
        joined,
        array("I", accumulate(lengths, initial=0))[: len(terms)],
        array("I", chain(scanned.blocks, (block for _, block, _ in waiting))),
        array("I", accumulate(sizes)),
        scanned.stored + b"".join(bits for _, _, bits in waiting),
        long,
        snapshot.sequence,
    )


def _caught_up(snapshot: Snapshot, known: CachedTexts, scope: str) -> CachedTexts | None:
    """Return texts with what changed since; None where that is too much."""
    if known.sequence == snapshot.sequence:
        return known
    wanted = {"tenant_id": snapshot.tenant_id, "after": known.sequence, "upto": snapshot.sequence}
    rows, place = _CHANGES.all(snapshot.connection, wanted), slot(known.attribute.key, scope)
    changed = dict(known.changed)
    for entity, number, new in rows:
        if entity == PRODUCT_ENTITY and place in new:
            changed[number] = new[place]
    if len(rows) > CHANGES_MAX or len(changed) > CHANGES_MAX:
        return None
    return replace(known, sequence=snapshot.sequence, changed=changed)
