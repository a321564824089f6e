"""When a figure counts as published, to the cautious side where the exact day is not known.

The rules are those of the register of deliveries: a forecast made as of a date may use what was out by then.
"""

CENSUS_2022 = "2024-06-25"
CENSUS_2011 = "2014-12-31"  # households; the day is not known
WPP_2024 = "2024-07-31"


def gvisys(date: str) -> str:
    """Population of 31.12.y in the Gemeindeverzeichnis: October of y+1; of the census day: the census."""
    if not date.endswith("-12-31"):
        return CENSUS_2022
    return f"{int(date[:4]) + 1}-10-31"


def eurostat_stock(year: int) -> str:
    """Eurostat population of 1 January y: June of y+1."""
    return f"{year + 1}-06-30"


def eurostat_flow(year: int) -> str:
    """Eurostat births, deaths and balance of year y: with the population of 1 January y+1."""
    return eurostat_stock(year + 1)


def life_table(period_to: int) -> str:
    """Destatis life table y/y+2: September of y+3, the year after its last year."""
    return f"{period_to + 1}-09-30"


def wpp_recorded(year: int) -> str:
    """Recorded value of UN WPP 2024: end of the following year, at the latest WPP 2024 itself."""
    return min(f"{year + 1}-12-31", WPP_2024)


def inkar(year: int) -> str:
    """INKAR value of year y: end of y+2."""
    return f"{year + 2}-12-31"


def next_october(year: int) -> str:
    """Yearly figures of the statistical offices whose day is not known: October of y+1."""
    return f"{year + 1}-10-31"
