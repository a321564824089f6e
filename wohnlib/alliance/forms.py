"""What an alliance can write down: the form of `data/local/<region>/alliance.yaml`, checked strictly."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from wohnlib.scenario import Day, Share, Text, Year

Segment = Literal["all", "ezfh", "mfh", "small", "price_bound", "step_free"]
SEGMENTS: tuple[str, ...] = ("all", "ezfh", "mfh", "small", "price_bound", "step_free")
KEY = r"^\d{5}(\d{3})?$"
_Key = Annotated[str, Field(pattern=KEY)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Member(_Strict):
    """Somebody at the table."""

    name: Text
    kind: Literal["municipality", "district", "company", "association", "owners"]
    ags: _Key | None = None
    role: str = ""
    task: str = ""


class Decision(_Strict):
    """Something a meeting agreed on."""

    text: Text
    who: str = ""
    until: Day | None = None
    done: bool = False


class Meeting(_Strict):
    """A meeting, past or to come."""

    date: Day
    topic: str = ""
    decisions: list[Decision] = []


class Target(_Strict):
    """A number of dwellings that is to be reached by the end of a year."""

    name: Text
    segment: Segment
    dwellings: Annotated[int, Field(gt=0)]
    year: Year
    who: list[Text] = []
    ags: _Key | None = None


class SubRegion(_Strict):
    """A group of units that the alliance wants to see as one."""

    name: Text
    units: Annotated[list[_Key], Field(min_length=1)]


class Alliance(_Strict):
    """The whole file; an alliance that has not met yet has none."""

    name: Text
    date: Day
    example: bool = False
    members: list[Member] = []
    meetings: list[Meeting] = []
    guiding: list[Text] = []
    targets: list[Target] = []
    subregions: list[SubRegion] = []
    weights: dict[Literal["idea", "plan", "permit", "building"], Share] = {}
    distribution: dict[Literal["own_need", "central_places", "capacity"], Share] = {}

    def next_meeting(self) -> Meeting | None:
        """Return the first meeting after the day of the file."""
        later = [m for m in self.meetings if m.date > self.date]
        return min(later, key=lambda m: m.date) if later else None

    def open_decisions(self) -> list[tuple[Meeting, Decision]]:
        """Return what was agreed and is not done, the earliest deadline first, those without one last."""
        found = [(m, d) for m in self.meetings if m.date <= self.date for d in m.decisions if not d.done]
        return sorted(found, key=lambda pair: (pair[1].until or "9999", pair[0].date))
