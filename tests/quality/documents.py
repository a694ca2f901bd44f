"""Where the documents are."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
API = ROOT / "docs" / "api" / "pims.md"
CORE = ROOT / "docs" / "core.md"
DESIGN = ROOT / "docs" / "design.md"
COMMANDS = ROOT / "docs" / "commands.md"
PACKAGES = ("pims_api", "schemas", "views")


def source_files() -> list[Path]:
    """Return the modules of the three packages."""
    return sorted(path for name in PACKAGES for path in (ROOT / name).rglob("*.py"))


def documents() -> list[Path]:
    """Return every Markdown file of the project."""
    kept = [ROOT / name for name in ("docs", "benchmarks", *PACKAGES)]
    return [README, *sorted(path for folder in kept for path in folder.rglob("*.md"))]
