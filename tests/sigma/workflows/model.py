"""A naive model of records in a workflow, of roles and of guards: one loop per question."""

from dataclasses import dataclass, field

ALIASES = ("one", "two", "three")
STATES = ("draft", "review", "print")
LEVELS = ("hidden", "read", "write")

Values = dict[str, str]


@dataclass
class Guard:
    """A condition on another attribute."""

    asked: str
    operator: str
    value: str | list[str] | None = None

    def holds(self, values: Values) -> bool:
        held = values.get(self.asked)
        if self.operator == "isEmpty":
            return held is None
        if self.operator == "isNotEmpty":
            return held is not None
        if self.operator == "equals":
            return held == self.value
        if self.operator == "notEquals":
            return held != self.value
        return held in (self.value or [])


@dataclass
class State:
    hidden: set[str] = field(default_factory=set)
    required: set[str] = field(default_factory=set)
    locked: set[str] = field(default_factory=set)


@dataclass
class Way:
    start: str
    end: str
    roles: tuple[str, ...] = ()
    percent: int = 0

    @property
    def id(self) -> str:
        return f"{self.start}-{self.end}"


@dataclass
class Record:
    state: str
    values: Values
    variants: dict[str, Values] = field(default_factory=dict)


@dataclass
class Model:
    """Everything that was told. levels: of the role `writer`; another caller may write all."""

    states: dict[str, State] = field(default_factory=lambda: {name: State() for name in STATES})
    ways: list[Way] = field(default_factory=list)
    guards: dict[str, list[Guard]] = field(default_factory=dict)
    levels: dict[str, str] = field(default_factory=dict)
    others: str = "write"
    records: dict[str, Record] = field(default_factory=dict)

    def level(self, who: str, alias: str) -> str:
        if who == "viewer":
            return "read"
        return self.levels.get(alias, self.others) if who == "writer" else "write"

    def effective(self, record: str, variant: str | None) -> Values:
        found = self.records[record]
        return found.values if variant is None else found.values | found.variants[variant]

    def own(self, record: str, variant: str | None) -> Values:
        found = self.records[record]
        return found.values if variant is None else found.variants[variant]

    def is_guarded_out(self, alias: str, values: Values) -> bool:
        return not all(one.holds(values) for one in self.guards.get(alias, []))

    def sees(self, who: str, state: str, alias: str, values: Values) -> bool:
        if self.level(who, alias) == "hidden" or alias in self.states[state].hidden:
            return False
        return not self.is_guarded_out(alias, values)

    def shown(self, who: str, record: str, variant: str | None = None) -> Values:
        state, effective = self.records[record].state, self.effective(record, variant)
        own = self.own(record, variant)
        return {a: own[a] for a in ALIASES if a in own and self.sees(who, state, a, effective)}

    def resolved(self, who: str, record: str, variant: str) -> Values:
        state, held = self.records[record].state, self.effective(record, variant)
        return {a: held[a] for a in ALIASES if a in held and self.sees(who, state, a, held)}

    def refusal(
        self, who: str, state: str, sent: dict[str, str | None], held: Values
    ) -> int | None:
        """Return the status that a write of these is refused with."""
        statuses = [self._refusal_of(who, state, alias, sent[alias], held) for alias in sent]
        return 403 if 403 in statuses else 400 if 400 in statuses else None

    def _refusal_of(
        self, who: str, state: str, alias: str, value: str | None, held: Values
    ) -> int | None:
        level, sets = self.level(who, alias), self.states[state]
        if level == "hidden":
            return 403
        if alias in sets.hidden:
            return 403 if level == "read" else 400
        if value is not None and held.get(alias) == value:
            return None
        if level == "read":
            return 403
        return 400 if alias in sets.locked else None

    def after_put(self, who: str, record: str, variant: str | None, sent: Values) -> Values:
        """Return the own values after a PUT that is not refused: what is not seen stays."""
        state, effective = self.records[record].state, self.effective(record, variant)
        kept = {
            alias: value
            for alias, value in self.own(record, variant).items()
            if self.level(who, alias) != "write"
            or alias in self.states[state].locked
            or not self.sees(who, state, alias, effective)
        }
        return kept | sent

    def completeness(self, record: str, state: str) -> tuple[int, set[str], set[str]]:
        """Return the score, what is filled and what is missing."""
        values, sets = self.records[record].values, self.states[state]
        asked = {
            alias for alias in sets.required - sets.hidden if not self.is_guarded_out(alias, values)
        }
        filled = {alias for alias in asked if alias in values}
        score = 100 if not asked else round(100 * len(filled) / len(asked))
        return score, filled, asked - filled

    def takes(self, who: str, record: str, way: Way) -> bool:
        """Return whether a caller may take a transition now."""
        if way.start != self.records[record].state:
            return False
        if way.roles and who not in ("key", *way.roles):
            return False
        return self.completeness(record, way.end)[0] >= way.percent
