"""What a municipality knows itself: its tables in `data/local`, their forms, their checks, their sources."""

from wohnlib.local.kinds import KINDS, Kind
from wohnlib.local.store import EMPTY, Local, load_local
from wohnlib.local.tables import LocalFile, read_table

__all__ = ["EMPTY", "KINDS", "Kind", "Local", "LocalFile", "load_local", "read_table"]
