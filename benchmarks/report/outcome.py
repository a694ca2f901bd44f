"""What came of a run, for all forms of the report."""

from dataclasses import dataclass, field
from typing import Any

from benchmarks.measure.commands import CommandRun
from benchmarks.measure.rounds import Measured
from benchmarks.report.tables import Table
from benchmarks.report.targets import Site


@dataclass(slots=True)
class Outcome:
    """What came of a run. skipped, failed: why, by workload. commands: imports and exports.

    tables: what was put beside something else.
    """

    site: Site
    facts: dict[str, Any]
    results: list[Measured] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    commands: list[CommandRun] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
