"""Where the workbook keeps its files: the checkout that holds the package."""

import os
from pathlib import Path


def home() -> Path:
    """Return the folder with `data/`, `scenarios/` and `notebooks/`; `WOHNLIB_HOME` overrides it."""
    return Path(os.environ.get("WOHNLIB_HOME") or Path(__file__).resolve().parent.parent)


def raw() -> Path:
    return home() / "data" / "raw"


def processed() -> Path:
    return home() / "data" / "processed"


def scenarios() -> Path:
    return home() / "scenarios"


def notebooks() -> Path:
    return home() / "notebooks"


def shared() -> Path:
    """Return the folder of delivered official files; `WOHNLIB_SHARED` overrides it. It may be absent."""
    return Path(os.environ.get("WOHNLIB_SHARED") or home().parent / "shared" / "data")


def shown(path: Path) -> str:
    """Return `path` as it may be printed: relative to the workbook, never absolute, with forward slashes."""
    try:
        return path.resolve().relative_to(home().resolve()).as_posix()
    except ValueError:
        return path.name
