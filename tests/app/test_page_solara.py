"""The live page is rendered and stepped without a browser."""

from pathlib import Path

import pytest

from documents import FILE, blocks
from okoshi.language.messages import say
from okoshi.simulation import RegionalModel
from small_country import scenario_of

pytestmark = pytest.mark.full


def test_the_page_is_rendered_without_a_fault() -> None:
    solara = pytest.importorskip("solara", reason="needs okoshi[page]")
    from ipyvuetify import Autocomplete, Btn

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
        offered = [item.get("text") for choice in context.find(Autocomplete).widgets for item in choice.items]
        assert say("page.all_of_run") in offered  # two prefectures are not the whole country
        assert say("page.whole_country") not in offered
        context.close()
    finally:
        serving.LAUNCH.scenario = None


KEY = "policy.cooperators.startup_per_member@2015"


def test_mesas_own_page_shows_steps_and_resets_the_model(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tutorial's example: SolaraViz takes the model, and Reset lives under what its sliders say."""
    solara = pytest.importorskip("solara", reason="needs okoshi[page]")
    from ipyvuetify import Btn, Slider

    files = {}
    for _, text in blocks(repository / "docs" / "tutorial.md"):
        named = FILE.match(text)
        if named:
            files[named.group(1)] = text
    (tmp_path / "two_prefectures.toml").write_text(files["two_prefectures.toml"], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    example = {"__name__": "mesa_page"}
    exec(compile(files["mesa_page.py"], "mesa_page.py", "exec"), example)  # noqa: S102  # our own document

    shown = []
    example["page"].kwargs["components"].append(lambda model: shown.append(model) or solara.Text(""))

    @solara.component
    def Screen():  # type: ignore[no-untyped-def]  # noqa: N802
        with solara.AppLayout():
            solara.Div(children=[example["page"]])

    _, context = solara.render(Screen(), handle_error=False)
    buttons = {str(button.children[-1]): button for button in context.find(Btn).widgets if button.children}
    for _ in range(13):
        buttons["Step"].click()
    assert aid_and_months(shown[-1]) == (1_000_000, 13)
    assert shown[-1].datacollector.model_vars["serving"][-1] > 0
    sliders = {slider.label: slider for slider in context.find(Slider).widgets}
    sliders["Startup aid, yen"].v_model = 2_000_000
    buttons["Reset"].click()
    assert aid_and_months(shown[-1]) == (2_000_000, 0)
    buttons["Step"].click()
    assert aid_and_months(shown[-1]) == (2_000_000, 1)
    context.close()


def aid_and_months(model: RegionalModel) -> tuple[object, int]:
    return model.scenario.settings.value(KEY.partition("@")[0], 2015), model.month
