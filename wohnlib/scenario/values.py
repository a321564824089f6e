"""What an assumption is: one value with unit, source, date and rating, of a type that says what may stand there."""

import datetime as dt
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

T = TypeVar("T")
LAST_YEAR = 2060


def _real_day(text: str) -> str:
    dt.date.fromisoformat(text)  # a day that is not in the calendar raises ValueError
    return text


Share = Annotated[float, Field(ge=0, le=1)]
ShareBelowOne = Annotated[float, Field(ge=0, lt=1)]
Text = Annotated[str, Field(min_length=1, max_length=1000)]
Age = Annotated[int, Field(ge=50, le=95)]
Positive = Annotated[float, Field(gt=0)]
NonNegative = Annotated[float, Field(ge=0)]
AtLeastOne = Annotated[float, Field(ge=1)]
Route = Literal["none", "survey", "commuters", "registers"]
OwnProjection = Literal["beside", "replace", "replace_growth"]
OwnHomes = Literal["beside", "replace"]
Year = Annotated[int, Field(ge=1990, le=2100)]
Period = Annotated[str, Field(pattern=r"^\d{4}-\d{4}$")]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$"), AfterValidator(_real_day)]
Table = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,60}$")]  # name of a table of data/raw
Rating = Literal["red", "amber", "green"]


class Strict(BaseModel):
    """A part of a scenario: nothing that is not named, no other types, no change afterwards."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Assumption(Strict, Generic[T]):
    """One value that someone could question, with what is needed to answer."""

    value: T
    unit: Text
    source: Text
    date: Day
    rating: Rating
    range: tuple[T, T] | None = None
    note: str = ""

    @model_validator(mode="before")
    @classmethod
    def _range_is_pair(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("range"), list):
            data = {**data, "range": tuple(data["range"])}
        return data


class Types(Strict, Generic[T]):
    """One value for each building type: EZFH (1 or 2 dwellings) and MFH (3 or more)."""

    ezfh: Assumption[T]
    mfh: Assumption[T]
