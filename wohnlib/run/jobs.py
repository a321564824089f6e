"""What a batch works through: one job per area, and what came of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wohnlib.errors import InputError, fault

_STEM = re.compile(r"[0-9a-z][0-9a-z_-]{0,79}\Z")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)\Z")  # names Windows keeps for itself


@dataclass(frozen=True)
class Job:
    """One report to be made: a notebook with parameters, and the frame of its page."""

    key: str
    slug: str
    notebook: Path
    parameters: Mapping[str, Any]
    title: str
    description: str = ""
    footer: Sequence[str] = ()
    lang: str = "de"
    back_link: str | None = "index.html"
    kicker: str = ""

    @property
    def stem(self) -> str:
        """Name of the two files without their ending, such as `03251407_siedenburg`."""
        return f"{self.key}_{self.slug}" if self.slug else self.key


@dataclass(frozen=True)
class Outcome:
    """What came of a job: its files, or one German cause."""

    key: str
    ok: bool
    cause: str = ""
    bad_input: bool = False
    files: tuple[str, ...] = field(default=())


def check_jobs(jobs: Sequence[Job]) -> None:
    """Refuse names that are no plain file names, and names that stand twice, as one `InputError`."""
    faults, seen = [], set()
    for job in jobs:
        if not _STEM.match(job.stem) or _RESERVED.match(job.stem):
            faults.append(fault("stem", found=job.stem))
        elif job.stem in seen:
            faults.append(fault("stem_twice", found=job.stem))
        seen.add(job.stem)
    if faults:
        raise InputError(faults)
