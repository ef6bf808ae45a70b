import pytest

from tidegate.report.palette import DARK, LIGHT, embedded_style, template_text, variables


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    shares = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_everything_can_be_read(colours: dict[str, str]) -> None:
    # 4.5 is what WCAG 2.2 AA asks of text; lines would need 3.
    for ground in ("paper", "panel"):
        for name in ("ink", "muted", "model", "other"):
            assert contrast(colours[name], colours[ground]) >= 4.5


def test_the_schemes_name_the_same_colours() -> None:
    assert LIGHT.keys() == DARK.keys()
    assert f"--ink: {LIGHT['ink']};" in variables(LIGHT)


def test_every_variable_of_the_charts_has_a_colour() -> None:
    assert "var(--" in template_text("chart.css")
    assert "var(--" not in embedded_style()
