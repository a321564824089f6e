"""Housing-needs assessment for German municipalities that anyone can rerun, check and trust."""

__version__ = "0.1.0"
