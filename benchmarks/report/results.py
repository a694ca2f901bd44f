"""The results as a table for people, as Markdown to paste, as JSON for scripts."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from benchmarks.measure.commands import CommandRun
from benchmarks.measure.figures import Figures, Ratio
from benchmarks.measure.rounds import FLOOR, LIMIT, OURS, Measured
from benchmarks.measure.workloads import BY_NAME
from benchmarks.report.outcome import Outcome
from benchmarks.report.tables import markdown_lines, markdown_rows
from benchmarks.report.targets import (
    BESIDE_TIMES,
    LEGO_IMPORT_MIB,
    LEGO_IMPORT_ROWS,
    LEGO_IMPORT_S,
    Site,
    targets_of,
)

JSON_VERSION = 2
HEADINGS = (
    "work", "conn.", "per s", "p50 ms", "p99 ms", "floor per s", "floor p50", "of the floor",
    "CPU ms", "floor CPU", "Flask per s", "of Flask", "MiB", "target",
)  # fmt: skip
_WIDTHS = (31, 5, 9, 8, 8, 11, 9, 17, 7, 9, 11, 8, 5, 0)
_WORDS = (0, 7, 13)  # columns that are no plain numbers


def as_json(outcome: Outcome) -> dict[str, Any]:
    """Return everything that was found."""
    return {
        "version": JSON_VERSION,
        "facts": outcome.facts,
        "results": [asdict(one) for one in outcome.results],
        "tables": [asdict(one) for one in outcome.tables],
        "commands": [asdict(one) | {"rate": one.rate} for one in outcome.commands],
        "skipped": outcome.skipped,
        "failed": outcome.failed,
    }


def head_line() -> str:
    """Return the headings of the table for people."""
    return _line(HEADINGS)


def result_line(result: Measured, site: Site) -> str:
    """Return a row of the table for people."""
    return _line(_cells(result, site))


def closing_lines(outcome: Outcome) -> list[str]:
    """Return what is to be said below the tables: commands, what was skipped, sizes."""
    facts = outcome.facts
    lines = [_command_line(one, facts["catalogue"]) for one in outcome.commands]
    lines += [f"{name}: skipped, {reason}." for name, reason in outcome.skipped.items()]
    lines += [f"{name}: FAILED. {reason}" for name, reason in outcome.failed.items()]
    lines.append(
        f"{facts['products']:,} products ({facts['catalogue']}) on {facts['database']}: made at "
        f"{_made_rate(facts)} products/s, {_mib(facts['made']['bytes'])} MiB; with the floor and "
        f"what the run wrote {_mib(facts['bytes_after'])} MiB."
    )
    if outcome.results:
        share = max(one.client_share for one in outcome.results)
        lines.append(
            f"{facts['machine']}, Python {facts['python']}, {_servers(facts)}. The client took up "
            f"to {share:.0%} of all cores."
        )
    return lines


def as_markdown(outcome: Outcome) -> str:
    """Return the results as a section of docs/benchmarks.md."""
    rows = [_cells(one, outcome.site) for one in outcome.results]
    lines = markdown_rows(HEADINGS, rows)
    more = [line for one in outcome.tables for line in ("", *markdown_lines(one))]
    notes = [f"- {line}" for line in closing_lines(outcome)]
    return "\n".join([*lines, *more, "", *notes])


def _cells(result: Measured, site: Site) -> tuple[str, ...]:
    ours = result.figures[OURS]
    floor, limit = result.figures.get(FLOOR), result.figures.get(LIMIT)
    return (
        BY_NAME[result.workload].about,
        str(result.connections),
        f"{ours.rate:,.0f}",
        f"{ours.p50_ms:.2f}",
        f"{ours.p99_ms:.2f}",
        f"{floor.rate:,.0f}" if floor else "",
        f"{floor.p50_ms:.2f}" if floor else "",
        _spread(result.ratios.get(FLOOR)),
        _ms(ours),
        _ms(floor),
        f"{limit.rate:,.0f}" if limit else "",
        _ratio(result.ratios.get(LIMIT)),
        "" if result.memory_mib is None else f"{result.memory_mib:.0f}",
        _targets(result, site),
    )


def _targets(result: Measured, site: Site) -> str:
    targets = targets_of(result, site)
    return "; ".join(f"{one.text}: {'yes' if one.is_met(result) else 'no'}" for one in targets)


def _spread(ratio: Ratio | None) -> str:
    return f"{ratio.median:.2f} ({ratio.low:.2f}-{ratio.high:.2f})" if ratio else ""


def _ms(figures: Figures | None) -> str:
    return f"{figures.server_ms:.2f}" if figures and figures.server_ms is not None else ""


def _ratio(ratio: Ratio | None) -> str:
    return f"{ratio.median:.2f}" if ratio else ""


def _command_line(one: CommandRun, catalogue: str) -> str:
    if one.beside_s is not None:
        about, beside, bound = BESIDE_TIMES[one.command]
        times = one.seconds / one.beside_s
        return (
            f"{about}, {one.rows:,} products: {one.seconds:.1f} s, {times:.2f} times what {beside} "
            f"takes. Target ≤ {bound:g}: {'yes' if times <= bound else 'no'}."
        )
    line = (
        f"pims {one.command}: {one.rows:,} products in {one.seconds:.1f} s ({one.rate:,.0f}/s), "
        f"at most {one.peak_mib or 0:.0f} MiB."
    )
    if (one.command, catalogue) != ("import", "lego") or one.rows < LEGO_IMPORT_ROWS:
        return line
    is_met = one.seconds <= LEGO_IMPORT_S and (one.peak_mib or 0) <= LEGO_IMPORT_MIB
    target = f"≤ {LEGO_IMPORT_S} s and ≤ {LEGO_IMPORT_MIB} MiB"
    return f"{line} Target {target}: {'yes' if is_met else 'no'}."


def _servers(facts: dict[str, Any]) -> str:
    workers = f"{facts['workers']} workers"
    return workers if facts["nodes"] == 1 else f"{facts['nodes']} nodes with {workers} each"


def _made_rate(facts: dict[str, Any]) -> str:
    seconds = float(facts["made"]["seconds"]) or 0.001  # a few products take no time that was kept
    return f"{facts['products'] / seconds:,.0f}"


def _mib(size: Any) -> str:
    return f"{int(size) / 2**20:,.0f}"


def _line(cells: Sequence[str]) -> str:
    sized = zip(cells, _WIDTHS, range(len(cells)), strict=True)
    padded = [
        cell.ljust(width) if place in _WORDS else cell.rjust(width) for cell, width, place in sized
    ]
    return "  ".join(padded).rstrip()
