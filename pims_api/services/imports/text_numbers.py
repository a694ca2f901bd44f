"""A map from very many texts to numbers, in little memory."""

from array import array

_FIRST_SIZE = 1 << 10  # a power of two
_FULL = 2 / 3  # of the places, when the table grows


class TextNumbers:
    """A hash table of text → positive number that holds no texts: 18 to 36 bytes an entry.

    Texts are told apart by hashes of 64 bits, which do not clash by chance.

    >>> lines = TextNumbers()
    >>> lines.put("MH01", 2)
    >>> lines.get("MH01"), lines.get("MH02")
    (2, 0)
    """

    def __init__(self) -> None:
        self._size = 0
        self._hashes = array("q", bytes(8 * _FIRST_SIZE))
        self._numbers = array("Q", bytes(8 * _FIRST_SIZE))

    def get(self, text: str) -> int:
        """Return the number of a text, 0 if it has none."""
        return self._numbers[self._place(hash(text))]

    def put(self, text: str, number: int) -> None:
        """Set the number of a text."""
        place = self._place(hash(text))
        if self._numbers[place]:
            self._numbers[place] = number
        else:
            self._add(place, hash(text), number)

    def first(self, text: str, number: int) -> int:
        """Return the number of a text, which is this one if it had none."""
        place = self._place(hash(text))
        known = self._numbers[place]
        if known:
            return known
        self._add(place, hash(text), number)
        return number

    def _add(self, place: int, hashed: int, number: int) -> None:
        self._hashes[place], self._numbers[place] = hashed, number
        self._size += 1
        if self._size > len(self._hashes) * _FULL:
            self._grow()

    def _place(self, hashed: int) -> int:
        """Return where a hash is, or the free place where it belongs."""
        hashes, numbers = self._hashes, self._numbers
        mask = len(hashes) - 1
        place = hashed & mask
        while numbers[place] and hashes[place] != hashed:
            place = (place + 1) & mask
        return place

    def _grow(self) -> None:
        hashes, numbers = self._hashes, self._numbers
        self._hashes = array("q", bytes(16 * len(hashes)))
        self._numbers = array("Q", bytes(16 * len(hashes)))
        for hashed, number in zip(hashes, numbers, strict=True):
            if number:
                place = self._place(hashed)
                self._hashes[place], self._numbers[place] = hashed, number
