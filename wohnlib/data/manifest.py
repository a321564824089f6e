"""Whether `data/processed` was made from the raw files that lie there now; imports neither pandas nor pandera."""

import hashlib
import json
from pathlib import Path

from wohnlib import paths

MANIFEST = "manifest.json"
FORMAT = 1  # raise when the form of processed tables changes


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def digests(folder: Path, names: list[str]) -> dict[str, str]:
    """Return the checksums of those files of a folder that are there."""
    found = {}
    for name in names:
        path = folder / name
        if path.is_file():
            found[name] = digest(path.read_bytes())
    return found


def is_current(raw: Path | None = None, processed: Path | None = None) -> bool:
    """Return whether `data/processed` was made from exactly the raw files that lie there now."""
    raw, processed = raw or paths.raw(), processed or paths.processed()
    try:
        manifest = json.loads((processed / MANIFEST).read_text(encoding="utf-8"))
        if manifest["format"] != FORMAT:
            return False
        for folder, part in ((raw, "raw"), (processed, "processed")):
            if digests(folder, list(manifest[part])) != manifest[part]:
                return False
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return True
