"""The keys of a body: every spelling of each, and the keys that nobody knows.

Source: docs/api/pims.md, Bodies.
"""

import re
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from functools import cached_property
from typing import Any

from pims_api.domain.suggestion import nearest

Aliases = Mapping[str, tuple[str, ...]]
"""Other names of a key, by the name that is ours."""

Place = tuple[str | int, ...]
"""The steps from a body to a key in it."""

_NO_ALIASES: Aliases = {}
_LIKENESS_MIN = 0.75  # of 1
_BEGINNING_MIN = 3  # letters that say what was meant


def spellings(name: str) -> tuple[str, str, str]:
    """Return a name as it is, in snake case and in camel case.

    >>> spellings("pauseReIndexing")
    ('pauseReIndexing', 'pause_re_indexing', 'pauseReIndexing')
    >>> spellings("if_version")
    ('if_version', 'if_version', 'ifVersion')
    """
    snake = re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()
    camel = re.sub(r"_([a-z0-9])", lambda found: found[1].upper(), name)
    return name, snake, camel


def is_like(key: str, word: str) -> bool:
    """Return whether a key may be a word misspelt, cut short or with something added.

    >>> [is_like(key, "dry_run") for key in ("dryrun", "dryRn", "dry", "isDryRun", "rerun")]
    [True, True, True, True, False]
    """
    if holds(key, word):
        return True
    key, word = _letters(key), _letters(word)
    likeness = SequenceMatcher(None, key, word)
    return likeness.real_quick_ratio() >= _LIKENESS_MIN and likeness.ratio() >= _LIKENESS_MIN


def holds(key: str, word: str) -> bool:
    """Return whether a key is a word, cut short or with something added; quicker than `is_like`.

    >>> [holds(key, "dry_run") for key in ("DryRun", "dry", "dryRunNow", "dryRn")]
    [True, True, True, False]
    """
    key, word = _letters(key), _letters(word)
    return word in key or (len(key) >= _BEGINNING_MIN and word.startswith(key))


def words_of(key: str) -> list[str]:
    """Return the words of a key in lower case, however they are parted.

    >>> words_of("isDry-run"), words_of("expected_version")
    (['is', 'dry', 'run'], ['expected', 'version'])
    """
    return re.findall("[a-z0-9]+", spellings(key)[1].replace("_", " "))


def _letters(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())


class KeyTable:
    """The keys of an object.

    own: our names. spelled: from every spelling to our name. within: the tables of the objects
    below, by every spelling of their keys.
    """

    def __init__(
        self,
        names: Iterable[str],
        aliases: Aliases = _NO_ALIASES,
        within: Mapping[str, "KeyTable"] | None = None,
    ) -> None:
        words = [(name, name, 0) for name in names]
        for name, _, _ in tuple(words):
            words += [(one, name, place) for place, one in enumerate(aliases.get(name, ()), 1)]
        self.own = frozenset(name for _, name, _ in words)
        self.spelled: dict[str, str] = {}
        self._rank: dict[str, int] = {}  # of a spelling among the words for its key
        for one, name, rank in words:
            for spelling in spellings(one):
                self.spelled.setdefault(spelling, name)
                self._rank.setdefault(spelling, rank)
        below = within or {}
        self.within = {one: below[name] for one, name in self.spelled.items() if name in below}
        self.is_flat = not below

    def named(self, sent: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        """Return an object under our names, and the message for each key with two values.

        Of several words for a key the first one counts; the two spellings of a word must agree,
        else the key is left out.

        >>> KeyTable(["dry_run"]).named({"dryRun": "Y", "other": "1"})
        ({'dry_run': 'Y', 'other': '1'}, {})
        >>> KeyTable(["dry_run"]).named({"dryRun": "Y", "dry_run": "N"})[1]
        {'dry_run': 'dryRun and dry_run are one key and have two values: send one of them!'}
        """
        words: dict[str, dict[int, str]] = {}
        clashes: dict[str, str] = {}
        for spelling, value in sent.items():
            name = self.spelled.get(spelling, spelling)
            before = words.setdefault(name, {}).setdefault(self._rank.get(spelling, 0), spelling)
            if sent[before] != value:
                message = f"{before} and {spelling} are one key and have two values"
                clashes[name] = f"{message}: send one of them!"
        sound = {name: found for name, found in words.items() if name not in clashes}
        return {name: sent[found[min(found)]] for name, found in sound.items()}, clashes

    def cleaned(
        self, sent: Mapping[str, Any], place: Place = ()
    ) -> tuple[dict[str, Any], list[tuple[Place, str]]]:
        """Return what is known of an object, under our names, and the messages of `named`.

        The objects below are cleaned too. place: the steps to the object.
        """
        named, clashes = self.named(sent)
        found = [((*place, name), message) for name, message in clashes.items()]
        known = {name: value for name, value in named.items() if name in self.own}
        for name, value in known.items():
            if name in self.within and isinstance(value, Mapping):
                known[name], more = self.within[name].cleaned(value, (*place, name))
                found += more
        return known, found

    def unknown(self, sent: Mapping[str, Any]) -> list[Place]:
        """Return the places of the keys that are not known, in the objects below too.

        >>> inner = KeyTable(["pageSize"])
        >>> KeyTable(["page"], within={"page": inner}).unknown({"page": {"size": 1}, "pag": 2})
        [('pag',), ('page', 'size')]
        """
        found: list[Place] = []
        self._look(sent, (), found)
        return found

    def _look(self, sent: Mapping[str, Any], place: Place, found: list[Place]) -> None:
        if not sent.keys() <= self.own:
            found += [(*place, name) for name in sent if name not in self.spelled]
        for name, inner in self.within.items():
            if name in sent:
                inner._look_into(sent[name], (*place, name), found)

    def _look_into(self, sent: Any, place: Place, found: list[Place]) -> None:
        if isinstance(sent, dict):
            if not (sent.keys() <= self.own and self.is_flat):
                self._look(sent, place, found)
        elif isinstance(sent, list):
            self._look_at_each(sent, place, found)

    def _look_at_each(self, sent: list[Any], place: Place, found: list[Place]) -> None:
        for number, one in enumerate(sent):
            if isinstance(one, dict):
                self._look(one, (*place, number), found)

    def at(self, place: Place) -> "KeyTable":
        """Return the table of the object at a place, which must be there."""
        table = self
        for step in place:
            table = table if isinstance(step, int) else table.within[step]
        return table

    def nearest(self, place: Place) -> str | None:
        """Return what an unknown key was probably meant to be.

        That is its path from the top where it stands at the wrong place, else the nearest name of
        the keys around it, else the path of the nearest one anywhere.

        >>> table = KeyTable(["sku", "page"], within={"page": KeyTable(["pageSize"])})
        >>> table.nearest(("page_size",)), table.nearest(("skuu",)), table.nearest(("ageSize",))
        ('page.pageSize', 'sku', 'page.pageSize')
        """
        key = str(place[-1])
        if key in self._paths:
            return self._paths[key]
        around = nearest(key, self.at(place[:-1]).listed)
        return around or self._paths.get(nearest(key, self._paths) or "")

    @property
    def listed(self) -> list[str]:
        """Our names, in their order."""
        return list(dict.fromkeys(self.spelled.values()))

    @cached_property
    def _paths(self) -> dict[str, str]:
        """Return the path from here to each key, by its spellings; of two the shorter one."""
        found = dict(self.spelled)
        for name in self.listed:
            if name in self.within:
                for spelling, path in self.within[name]._paths.items():
                    found.setdefault(spelling, f"{name}.{path}")
        return found
