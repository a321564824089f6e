"""Files that people write in YAML: without its traps, with the line of every name, names that stand twice refused."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import yaml

from wohnlib.errors import Fault, InputError, fault

Way = tuple[str, ...]
Lines = dict[Way, int]  # way of a name or entry -> line of the file


class Loader(yaml.SafeLoader):
    """YAML without its traps: 01001000 and NO and 12:30 stay text, a name that stands twice is a fault."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuse references: a file of assumptions is read line by line, by people."""
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()
            raise yaml.composer.ComposerError(None, None, "a reference", event.start_mark)
        return super().compose_node(parent, index)


Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("tag:yaml.org,2002:bool", r"^(?:true|false)$", "tf"),
    ("tag:yaml.org,2002:null", r"^(?:null|~|)$", ["n", "~", ""]),
    ("tag:yaml.org,2002:int", r"^[-+]?(?:0|[1-9][0-9]*)$", "-+0123456789"),
    ("tag:yaml.org,2002:float", r"^[-+]?(?:0|[1-9][0-9]*)\.[0-9]+(?:e[-+]?[0-9]+)?$", "-+0123456789"),
):
    Loader.add_implicit_resolver(_tag, re.compile(_pattern), list(_first))


def parse(
    text: str, file: str, *, empty: str, twice: str, syntax: str, shown: Callable[[Way], str] = ".".join
) -> tuple[Any, Lines]:
    """Return a text as nested dicts and lists, and the line of every name and entry.

    empty, twice, syntax: codes of the faults; `shown` writes the place of a name as people read it.
    """
    lines: Lines = {}
    faults: list[Fault] = []
    try:
        loader = Loader(text)
        root = loader.get_single_node()
        if not isinstance(root, yaml.MappingNode):
            raise InputError([fault(empty, file=file)])
        for way, line, is_name in _places(root, ()):
            if way in lines and is_name:
                faults.append(fault(twice, file=file, row=line, found=shown(way)))
            lines.setdefault(way, line)
        if faults:
            raise InputError(faults)
        return loader.construct_document(root), lines
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        row = mark.line + 1 if mark else None
        raise InputError([fault(syntax, file=file, row=row)]) from None


def _places(node: yaml.Node, way: Way) -> Iterator[tuple[Way, int, bool]]:
    """Yield (way, line, whether it is a name) of every name and every entry of a list."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*way, str(key.value))
            yield here, key.start_mark.line + 1, True
            yield from _places(value, here)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            here = (*way, str(number))
            yield here, value.start_mark.line + 1, False
            yield from _places(value, here)


def row_of(lines: Lines, way: Way) -> int | None:
    """Return the line of a name, or of the nearest name above it that stands in the file."""
    return next((lines[way[:k]] for k in range(len(way), 0, -1) if way[:k] in lines), None)
