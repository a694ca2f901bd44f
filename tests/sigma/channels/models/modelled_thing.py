"""What a model knows of a variant, or of a product, on both sides."""

from dataclasses import dataclass, field

TARGETS = {"title": "title", "size": "options[0]", "code": "variants[].barcode"}
Values = dict[str, str | None]


@dataclass(eq=False)
class Thing:
    """A variant, or the product itself: what it holds on each side, None where it is not.

    base_here, base_there: after the last sync. tied: whether both sides know of each other's.
    own: the one variant of a record without any, which got a size in the shop.
    """

    here: Values | None = None
    there: Values | None = None
    base_here: Values = field(default_factory=dict)
    base_there: Values = field(default_factory=dict)
    tied: bool = False
    own: bool = False
    number: str = ""
    gid: str = ""

    @property
    def is_changed_there(self) -> bool:
        is_new = self.there is not None and not self.tied
        return is_new or (self.there or {}) != self.base_there

    def settle(self) -> None:
        self.tied, self.own = True, False
        self.base_here, self.base_there = dict(self.here or {}), dict(self.there or {})

    def send(self) -> None:
        """Have the shop hold what is here."""
        if self.there is None:
            self.gid = ""
        self.there = None if self.here is None else dict(self.here)
        self.settle()

    def merge(self) -> set[str]:
        """Take what changed there alone; return the fields that changed on both sides."""
        here, there, both = self.here, self.there, set[str]()
        if not self.tied or there is None:
            return both
        for name, theirs in there.items():
            if theirs == self.base_there.get(name, theirs):
                continue
            if here is None or here[name] != self.base_here.get(name):
                both |= {TARGETS[name]} if here is None or here[name] != theirs else set()
            else:
                here[name] = theirs
        return both

    def receive(self) -> None:
        """Take what changed there since the last sync; of a new thing, all that it has."""
        if self.there is None:
            self.base_there = {}
            return
        if self.here is None:
            if not self.tied:
                self.here = dict(self.there)
                self.settle()
            self.base_there = dict(self.there)
            return
        for name, theirs in self.there.items():
            came = theirs != self.base_there.get(name) if self.tied else theirs is not None
            if came:
                self.here[name] = theirs
            if came or not self.tied:
                self.base_here[name] = self.here[name]
        self.base_there, self.tied = dict(self.there), True

    @property
    def is_gone(self) -> bool:
        return self.here is None and self.there is None
