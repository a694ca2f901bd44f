"""Ranges of terms that hold all texts which satisfy a predicate."""

from dataclasses import dataclass
from itertools import takewhile

from pims_api.domain.conditions.condition import Between, Comparison, Contains, Like
from pims_api.domain.conditions.truth import Wild, like_pieces
from pims_api.storage.catalogue_index.bitmaps.terms import TEXT, TEXT_END, after_prefix, head_of

_LEAST = "\x01"  # no text has a smaller character


@dataclass(frozen=True, slots=True)
class TextRange:
    """Terms from low up to but not including high, restricted by a LIKE pattern if there is one.

    The range holds every term whose text satisfies the predicate. exact: it holds no other; else
    texts must be tested. pattern: tested in SQL, correct for terms that are not long. folded: a
    text without case that terms must hold in some case; tested in SQL, on terms that are ASCII and
    not long. tested: whether what SQL finds so must be tested, too.
    """

    low: str = TEXT
    high: str = TEXT_END
    pattern: str | None = None
    exact: bool = False
    folded: str | None = None
    tested: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether the range holds every text, so that each must be tested."""
        return not self.exact and (self.low, self.high) == (TEXT, TEXT_END)


EVERY_TEXT = TextRange()


def range_of(predicate: Comparison | Between | Like | Contains) -> TextRange:
    """Return the range of terms of a predicate."""
    match predicate:
        case Like(_, pattern):
            return _like_range(pattern)
        case Contains(_, text, unset):
            return TextRange(folded=text.casefold(), tested=unset is not None)
        case Between(_, low, high):
            return _range(_from(str(low)), _through(str(high)), str(low), str(high))
        case Comparison(_, sign, literal):
            return _compared(sign, str(literal))


def _compared(sign: str, text: str) -> TextRange:
    """Return the range of a comparison other than equality."""
    match sign:
        case "<":
            return _range(TEXT, _up_to(text), text)
        case "<=":
            return _range(TEXT, _through(text), text)
        case ">":
            return _range(_beyond(text), TEXT_END, text)
    return _range(_from(text), TEXT_END, text)


def _range(low: str, high: str, *ends: str) -> TextRange:
    return TextRange(low, high, exact=all(map(_is_plain, ends)))


def _is_plain(text: str) -> bool:
    """Return whether terms compare with this text as the texts behind them do."""
    return head_of(text) == text


def _from(text: str) -> str:
    return TEXT + head_of(text)


def _beyond(text: str) -> str:
    return TEXT + text + _LEAST if _is_plain(text) else _from(text)


def _up_to(text: str) -> str:
    return TEXT + text if _is_plain(text) else _through(text)


def _through(text: str) -> str:
    return TEXT + text + _LEAST if _is_plain(text) else after_prefix(TEXT + head_of(text))


def _like_range(pattern: str) -> TextRange:
    pieces = like_pieces(pattern)
    prefix = like_prefix(pieces)
    low = TEXT + head_of(prefix)
    high = after_prefix(low)
    if set(pieces[len(prefix) :]) == {Wild.RUN} and _is_plain(prefix):
        return TextRange(low, high, exact=True)
    return TextRange(low, high, TEXT + sql_pattern(pieces))


def like_prefix(pieces: list[str | Wild]) -> str:
    """Return the characters that come before the first wildcard."""
    return "".join(takewhile(lambda piece: isinstance(piece, str), pieces))  # type: ignore[arg-type]


def sql_pattern(pieces: list[str | Wild]) -> str:
    r"""Return a LIKE pattern with the escape \ that both engines read alike.

    >>> sql_pattern(like_pieces("50\\%_" + "\\"))
    '50\\%_\\\\'
    """
    return "".join(
        piece.value if isinstance(piece, Wild) else f"\\{piece}" if piece in "%_\\" else piece
        for piece in pieces
    )
