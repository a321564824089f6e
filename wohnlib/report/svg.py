"""An SVG of matplotlib made small and the same everywhere: no ids that nothing refers to, two decimals."""

import re
import xml.etree.ElementTree as ET

from wohnlib.report.lettering import FONTS

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_FAMILY = re.compile(r"font-family: ?[^;]+;?")
_UNTURNED = re.compile(r"rotate\(-?0 [^)]*\)\Z")
_FONT_STYLE = re.compile(r"font: (?:(\w+) )?([\d.]+)px [^;]+;?")


def tidy(source: bytes) -> bytes:
    """Drop ids, metadata, empty groups and superfluous decimals from a matplotlib SVG."""
    ET.register_namespace("", _SVG)
    ET.register_namespace("xlink", _XLINK)
    root = ET.fromstring(source)
    used = set(re.findall(r"#([\w-]+)", source.decode("utf-8")))
    for child in [c for c in root if c.tag == f"{{{_SVG}}}metadata"]:
        root.remove(child)
    _unwrap(root, used)
    for name in ("width", "height", "viewBox"):
        root.set(name, _LONG_NUMBER.sub(_short, root.attrib[name]))
    root.attrib.pop("version", None)
    root.set("font-family", FONTS)
    text = ET.tostring(root, encoding="unicode")
    text = re.sub(r">\s+<", "><", text).replace(" />", "/>")
    text = re.sub(r' d="([^"]*)"', lambda m: f' d="{_short_path(m[1])}"', text)
    for place, name in enumerate(dict.fromkeys(re.findall(r' id="([\w-]+)"', text))):
        text = re.sub(rf'(id="|#){name}\b', rf"\g<1>i{place}", text)
    return text.encode("utf-8")


def _short_path(path: str) -> str:
    """Write a path of straight lines with the commands for level and upright strokes."""
    words = path.split()
    if set(words) & set("CQSTAHV") or not words or words[0] != "M":
        return path
    parts: list[str] = []
    x = y = ""
    at = 0
    while at < len(words):
        command = words[at]
        if command == "z":
            parts.append("z")
            at += 1
            continue
        to_x, to_y = words[at + 1], words[at + 2]
        at += 3
        if command == "M":
            parts.append(f"M{to_x} {to_y}")
        elif to_x == x and to_y != y:
            parts.append(f"V{to_y}")
        elif to_y == y and to_x != x:
            parts.append(f"H{to_x}")
        elif to_x != x:
            parts.append(f"L{to_x} {to_y}")
        x, y = to_x, to_y
    return "".join(parts)


def _unwrap(node: ET.Element, used: set[str]) -> None:
    """Shorten attributes and lift the children of groups that say nothing, in place."""
    kept: list[ET.Element] = []
    for child in node:
        if child.get("id") and child.get("id") not in used:
            del child.attrib["id"]
        for name, value in child.attrib.items():
            child.set(name, _LONG_NUMBER.sub(_short, " ".join(value.split())))
        if _UNTURNED.match(child.get("transform", "")):
            del child.attrib["transform"]
        if "style" in child.attrib:
            child.set("style", _short_style(child.attrib["style"]))
        _unwrap(child, used)
        group = child.tag == f"{{{_SVG}}}g"
        if group and not child.attrib:
            kept.extend(child)
        elif not (group and len(child) == 0):
            kept.append(child)
    node[:] = kept


def _short_style(style: str) -> str:
    style = _FONT_STYLE.sub(
        lambda m: f"font-size:{m[2]}px;" + (f"font-weight:{m[1]};" if m[1] else ""), style
    )
    style = _FAMILY.sub("", style)
    return style.replace(": ", ":").replace("; ", ";").strip("; ")


def _short(match: re.Match[str]) -> str:
    text = f"{float(match[0]):.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
