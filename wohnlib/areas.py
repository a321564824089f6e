"""Keys, names and order of the planning units of a region (Einheits- and Samtgemeinden of a Landkreis)."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from wohnlib.errors import Fault, InputError, fault
from wohnlib.words import Words

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_SLUG_AT_MOST = 40
_NAME_AT_MOST = 60


def slug(name: str) -> str:
    """Return a name as a safe part of a file name: lower-case ASCII letters, digits and hyphens."""
    text = unicodedata.normalize("NFKD", name.lower().translate(_UMLAUTS))
    text = text.encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9]+", "-", text).strip("-")[:_SLUG_AT_MOST].strip("-") or "einheit"


def readable(name: str) -> str:
    """Return a name as it is shown: one line without control, direction or invisible characters, not endless."""
    kept = "".join(c for c in name if c.isprintable() and unicodedata.category(c)[0] != "C")
    text = " ".join(kept.split())
    return text if len(text) <= _NAME_AT_MOST else text[: _NAME_AT_MOST - 1].rstrip() + "…"


_OLD = "Altes "
_PLAIN = ("Bad ", "Sankt ", "St. ")  # first words of names of two words that stand without an article


def in_place(name: str, kind: str, official: str, words: Words) -> str:
    """Return a short name with its preposition: in Weyhe, im Alten Amt Lemförde, in der Gemeinde Hohe Heide.

    A name of one word (or of a spa or saint) takes "in"; "Altes …" is declined; before any other name of
    several words stands what kind of area it is, which is right whatever the gender of the name.
    """
    if name.startswith(_OLD):
        return words("inplace.old", rest=name.removeprefix(_OLD))
    if " " not in name or name.startswith(_PLAIN):
        return words("inplace.plain", name=name)
    if kind in ("Landkreis", "Gemeindeverband"):
        return words("inplace.him", kind=kind, name=name)
    city = official.endswith(", Stadt")
    shown = kind if kind == "Samtgemeinde" else words("inplace.city" if city else "inplace.municipality")
    return words("inplace.her", kind=shown, name=name)


def in_places(phrases: Sequence[str], words: Words) -> str:
    """Return phrases of `in_place` as a German enumeration: in Syke, Weyhe, im Alten Amt Lemförde und in Rehden.

    A plain "in" is said once for names that follow each other.
    """
    plain, her = words("inplace.plain", name=""), f"{words('inplace.her_only')} "
    bare = [p.startswith(plain) and not p.startswith(her) for p in phrases]
    phrases = [p.removeprefix(plain) if k and bare[k] and bare[k - 1] else p for k, p in enumerate(phrases)]
    return ", ".join(phrases[:-1]) + words("headline.and") + phrases[-1] if len(phrases) > 1 else phrases[0]


@dataclass(frozen=True)
class Areas:
    """The planning units of one region in the order of their keys; the area axis of every array."""

    region: str
    region_name: str
    keys: tuple[str, ...]
    names: tuple[str, ...]
    short_names: tuple[str, ...]
    kinds: tuple[str, ...]
    members: Mapping[str, str] = field(default_factory=dict)  # key of a member Gemeinde -> key of its unit

    def __len__(self) -> int:
        return len(self.keys)

    def __getitem__(self, key: str) -> int:
        return self.keys.index(key)

    def name(self, key: str) -> str:
        return self.names[self[key]]

    def short_name(self, key: str) -> str:
        return self.short_names[self[key]]

    def where(self, at: Iterable[int], words: Words, notes: Sequence[str] | None = None) -> str:
        """Return units, given by position, with their prepositions and, behind each, a note in brackets."""
        found = [in_place(self.short_names[g], self.kinds[g], self.names[g], words) for g in at]
        if notes is not None:
            found = [words("inplace.noted", place=p, note=n) for p, n in zip(found, notes, strict=True)]
        return in_places(found, words)

    def stem(self, key: str) -> str:
        """Return the file name of a unit without ending, e.g. `03251407_siedenburg`."""
        return f"{key}_{slug(self.short_name(key))}"

    def faults_of(self, key: object) -> list[Fault]:
        """Return what is wrong with a key that someone typed; nothing if it names a unit."""
        if isinstance(key, str) and key in self.keys:
            return []
        text = str(key).strip()
        if text.isdigit() and f"0{text}" in self.keys:
            code = "area_number" if not isinstance(key, str) else "area_lost_zero"
            return [fault(code, found=key, mended=f"0{text}")]
        if text in self.members:
            unit = self.members[text]
            return [fault("area_member", found=key, unit=self.name(unit), key=unit)]
        return [fault("area_unknown", found=key, region=self.region, near=", ".join(self._nearest(text)))]

    def check(self, key: object) -> str:
        """Return the key if it names a unit; raise `InputError` with the nearest names if not."""
        found = self.faults_of(key)
        if found:
            raise InputError(found)
        return str(key)

    def _nearest(self, text: str) -> list[str]:
        wanted = slug(text)
        inside = [
            f"{k} {n}"
            for k, n in zip(self.keys, self.short_names, strict=True)
            if len(wanted) > 2 and wanted in slug(n)
        ]
        labels = {f"{k} {n}": k for k, n in zip(self.keys, self.short_names, strict=True)}
        by_name = {slug(n): f"{k} {n}" for k, n in zip(self.keys, self.short_names, strict=True)}
        near = [by_name[m] for m in get_close_matches(wanted, list(by_name), n=3, cutoff=0.6)]
        near = list(dict.fromkeys(inside + near))
        near_keys = get_close_matches(text, list(self.keys), n=3, cutoff=0.6)
        near += [label for label, key in labels.items() if key in near_keys and label not in near]
        return near[:4] or list(labels)[:4]
