"""Reading a chart back: its texts, where they stand, and which lie on each other."""

from xml.etree import ElementTree

from reports.figures import text

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>\"&'</svg>"


def parsed(source: str) -> ElementTree.Element:
    return ElementTree.fromstring(source)


def texts(root: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in root.iter(f"{SVG}text")]


def extents(root: ElementTree.Element) -> list[tuple[str, float, float, float, float]]:
    """Each text with its estimated left, right, top and bottom."""
    found = []
    for element in root.iter(f"{SVG}text"):
        content, size, x = element.text or "", float(element.get("font-size", 0)), float(element.get("x", 0))
        wide = text.width(content, size, bold=element.get("font-weight") is not None)
        left = x - {"start": 0.0, "middle": wide / 2, "end": wide}[element.get("text-anchor", "start")]
        y = float(element.get("y", 0))
        found.append((content, left, left + wide, y - size * 0.75, y + size * 0.2))
    return found


def overlapping(boxes: list[tuple[str, float, float, float, float]]) -> list[tuple[str, str]]:
    return [
        (a[0], b[0])
        for place, a in enumerate(boxes)
        for b in boxes[place + 1 :]
        if a[1] < b[2] - 0.5 and b[1] < a[2] - 0.5 and a[3] < b[4] - 0.5 and b[3] < a[4] - 0.5
    ]
