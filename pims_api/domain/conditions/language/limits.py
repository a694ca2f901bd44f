"""The limits of a condition text, checked on its tokens before it is parsed.

Source: docs/core.md, Conditions.
"""

import re

from pims_api.domain.conditions.truth import Wild, like_pieces
from pims_api.errors import BadInput, Fault

BYTES_MAX = 8_192  # UTF-8
TOKENS_MAX = 2_000  # the commas of lists aside, or 1,000 values would not fit
DEPTH_MAX = 32  # parentheses and NOTs around each other
PREDICATES_MAX = 200
IN_ITEMS_MAX = 1_000  # in the whole condition
LIKE_LENGTH_MAX = 200  # characters
LIKE_WILDCARDS_MAX = 8  # % and _ together

_TOKEN = re.compile(r"'[^']*(?:''[^']*)*'(?!')|\[\[[^\[\]]*\]\]|[+-]?[\w.]+|<>|!=|<=|>=|\S")


def check_limits(text: str) -> None:
    """Raise BadInput (code `limit`) when the text exceeds a limit; its time is bounded by them."""
    if len(text) > BYTES_MAX or len(text.encode("utf-8", "surrogatepass")) > BYTES_MAX:
        raise too_much(f"The condition may have at most {BYTES_MAX} bytes!")
    meter = _Meter()
    for found in _TOKEN.finditer(text):
        meter.see(found.group(), found.start() + 1)


def too_much(message: str) -> BadInput:
    """Return the refusal of a condition that exceeds a limit."""
    return BadInput(faults=[Fault("limit", message)])


class _Meter:
    """A counter of tokens that raises BadInput as soon as a limit is exceeded."""

    def __init__(self) -> None:
        self.tokens = self.predicates = self.in_items = 0
        self.nesting = _Nesting()
        self.in_list = False
        self.previous = ""

    def see(self, piece: str, position: int) -> None:
        """Count the token at that character, counted from 1."""
        self.tokens += piece != ","
        self.predicates += piece.startswith("[[")
        word = piece.upper() if len(piece) <= len("BETWEEN") else piece
        self.nesting.see(word, self.previous)
        self._see_list(word)
        if self.previous == "LIKE" and piece.startswith("'"):
            _check_pattern(piece[1:-1].replace("''", "'"), position)
        self.previous = word
        self._check(position)

    def _see_list(self, word: str) -> None:
        if word == "(" and self.previous == "IN":
            self.in_list = True
        elif word == ")":
            self.in_list = False
        elif self.in_list and word != ",":
            self.in_items += 1

    def _check(self, position: int) -> None:
        counts = (
            (self.tokens, TOKENS_MAX, "words and signs"),
            (self.predicates, PREDICATES_MAX, "comparisons"),
            (self.in_items, IN_ITEMS_MAX, "values in its IN lists"),
            (self.nesting.depth, DEPTH_MAX, "parentheses and NOTs around each other"),
        )
        for count, most, what in counts:
            if count > most:
                raise too_much(
                    f"The condition may have at most {most} {what}; "
                    f"character {position} exceeds that!"
                )


class _Nesting:
    """The nesting depth of parentheses and NOTs at the current token."""

    def __init__(self) -> None:
        self.depth = 0
        self._nots = 0  # directly before the next token
        self._opened: list[int] = []  # what each open parenthesis adds to the depth

    def see(self, word: str, previous: str) -> None:
        if word == "NOT" and not (previous.startswith("[[") or previous == "IS"):
            self._nots += 1
            self.depth += 1
        elif word == "(":
            inner = int(previous != "IN")  # a list of values is no level
            self._opened.append(self._nots + inner)
            self.depth += inner
            self._nots = 0
        else:
            self.depth -= self._nots
            self._nots = 0
            if word == ")" and self._opened:
                self.depth -= self._opened.pop()


def _check_pattern(pattern: str, position: int) -> None:
    if len(pattern) > LIKE_LENGTH_MAX:
        raise too_much(
            f"The pattern at character {position} may have at most {LIKE_LENGTH_MAX} characters!"
        )
    wildcards = sum(isinstance(piece, Wild) for piece in like_pieces(pattern))
    if wildcards > LIKE_WILDCARDS_MAX:
        raise too_much(
            f"The pattern at character {position} may have at most {LIKE_WILDCARDS_MAX} "
            r"wildcards (% and _); write \% or \_ for the characters themselves!"
        )
