"""The live page is rendered and stepped without a browser."""

import pytest

from okoshi.language.messages import say
from small_country import scenario_of

pytestmark = pytest.mark.full


def test_the_page_is_rendered_without_a_fault() -> None:
    solara = pytest.importorskip("solara", reason="needs okoshi[page]")
    from ipyvuetify import Btn

    from okoshi.app.page import serving
    from okoshi.app.page.view import Page

    serving.LAUNCH.scenario = scenario_of((2009, 2010), base="baseline")
    try:
        _, context = solara.render(Page(), handle_error=False)
        buttons = {
            str(button.children[-1]): button for button in context.find(Btn).widgets if button.children
        }
        buttons[say("page.step_year")].click()
        shown = [widget.attributes for widget in context.find(solara.widgets.HTML).widgets]
        assert {"2010-03"} <= {attributes.get("data-month") for attributes in shown}
        context.close()
    finally:
        serving.LAUNCH.scenario = None
