"""Title, description and footer of a report's page."""

from wohnlib.report.view import View


def frame_texts(view: View) -> tuple[str, str, str]:
    """Return title, description and the line above the title."""
    words, areas = view.words, view.result.inputs.areas
    kreis = View(view.result, areas.region, words)
    title = words("headline.title", place=view.place, year=view.year)
    description = words("frame.description", place=view.place, year=view.year)
    return title, description, words("frame.kicker", kreis=kreis.name)


def footer_lines(view: View, version: str) -> tuple[str, ...]:
    words = view.words
    return (
        words("frame.version", version=version, title=view.result.scenario.title, year=view.year),
        words("frame.data"),
    )
