"""Files that appear only when they are complete, and temporary folders that do not outlive their process."""

import os
import re
import shutil
import socket
import tempfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import psutil

_PREFIX = ".wohnlib-tmp"
_OURS = re.compile(rf"{re.escape(_PREFIX)}-([0-9a-f]{{8}})-(\d+)-[^-]+\Z")


def _host() -> str:
    return f"{zlib.crc32(socket.gethostname().encode()):08x}"


def new_folder(out: Path) -> Path:
    """Return a new temporary folder inside `out`, named after this host and process."""
    name = tempfile.mkdtemp(prefix=f"{_PREFIX}-{_host()}-{os.getpid()}-", dir=out)
    return Path(name)


def clean_up(out: Path) -> None:
    """Remove the temporary folders in `out` whose process on this host is gone; touch nothing else."""
    if not out.is_dir():
        return
    for path in out.iterdir():
        found = _OURS.match(path.name)
        if not found or path.is_symlink() or not path.is_dir() or found[1] != _host():
            continue
        if not _lives(int(found[2])):
            shutil.rmtree(path, ignore_errors=True)


def _lives(process: int) -> bool:
    try:
        return bool(psutil.Process(process).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
    except psutil.Error:
        return True


def remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def put(out: Path, contents: Mapping[str, str | bytes], folder: Path | None = None) -> None:
    """Write files completely in a temporary folder, then move them into `out` in their order, each in one step.

    A fault leaves nothing half-written; what a killed process left in `out` goes with the next call.

    Parameters
    ----------
    out : a folder that is there
    contents : text, written as UTF-8, or bytes by file name
    folder : where the temporary folder is made, on the same disk as `out`; default: in `out`
    """
    if folder is None:
        clean_up(out)
    place = Path(tempfile.mkdtemp(dir=folder)) if folder else new_folder(out)
    try:
        for name, content in contents.items():
            (place / name).write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        for name in contents:
            os.replace(place / name, out / name)
    finally:
        remove(place)
