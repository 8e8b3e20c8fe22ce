"""What the README tells a newcomer to type, typed word for word; what it says of the model, as the model says it."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from documents import blocks, type_in
from okoshi.app.command_line import COMMANDS
from okoshi.observe.declarations import TABLES
from okoshi.world.country import load_world

READMES = ("README.md", "README.ja.md")
OWN_ENVIRONMENT = ("PYTHONPATH", "VIRTUAL_ENV", "MAKEFLAGS", "MAKEOVERRIDES", "MAKELEVEL")
# table and column, fiscal year, how the README writes it
SAID_OF_BASELINE = (
    ("members", 2023, "{:,}"),
    ("municipalities_with_members", 2023, "{:,}"),
    ("settled_share_last_5_years", 2022, "{:.1%}"),
    ("interns", 2022, "{:,}"),
)


def _scenario(readme: Path) -> str:
    ((_, text),) = blocks(readme, "toml")
    return text


@pytest.mark.parametrize("name", READMES)
def test_own_scenario_of_the_readme_is_right(name: str, repository: Path, tmp_path: Path) -> None:
    (tmp_path / "startup_aid.toml").write_text(_scenario(repository / name), encoding="utf-8")
    assert "startup_per_member" in type_in("okoshi check startup_aid.toml", tmp_path)


@pytest.mark.parametrize("name", READMES)
def test_the_readme_names_every_command_table_and_counted_thing(name: str, repository: Path) -> None:
    text = (repository / name).read_text(encoding="utf-8")
    assert [command for command in COMMANDS if f"okoshi {command}" not in text] == []
    assert [table for table in TABLES if f"`{table}`" not in text] == []
    assert f"{len(load_world('default')):,}" in text
    assert len(list((repository / "notebooks").glob("[0-9]*.py"))) == 13
    assert ("thirteen" if name == "README.md" else "13の問い") in text


@pytest.mark.parametrize("name", READMES)
def test_forecast_errors_are_those_of_the_stored_validation(name: str, repository: Path) -> None:
    rows = pd.read_parquet(repository / "notebooks/results/validation/validation.parquet")
    rows = rows[rows["part"].str.startswith("forecast")]
    off = (rows["median"] / rows["official"] - 1.0).abs().groupby([rows["part"], rows["name"]]).mean()
    table = off.unstack().sort_index()
    own, naive = 100 * table["model"], 100 * table.drop(columns="model").min(axis=1)
    between = "、" if name == "README.ja.md" else ", "
    said = [between.join(f"{value:.1f}" for value in values) for values in (own, naive)]
    text = (repository / name).read_text(encoding="utf-8").replace(" and ", ", ").replace("\n  ", " ")
    assert [numbers for numbers in said if numbers not in text] == []


@pytest.mark.full
def test_the_newcomers_path_works_as_written_in_a_fresh_clone(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clone, `make run`, the file, then each line as it stands."""
    for name in OWN_ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHON", sys.executable)
    clone = tmp_path / "okoshi"
    subprocess.run(["git", "clone", "--quiet", repository, clone], check=True)
    (_, first), (_, second), *_ = blocks(clone / "README.md", "sh")
    install = first.splitlines()[0]
    assert install.startswith("make run")
    type_in(install, clone)
    (clone / "startup_aid.toml").write_text(_scenario(clone / "README.md"), encoding="utf-8")
    path, *commands = second.splitlines()
    assert path == 'export PATH="$PWD/.venv/bin:$PATH"'
    for command in commands:
        assert type_in(f"{path}\n{command}", clone), command
    runs = {
        name: pd.read_parquet(clone / "results" / name / "national.parquet")
        for name in ("startup_aid", "quick")
    }
    assert (runs["startup_aid"]["members"] == runs["quick"]["members"]).all()
    assert (clone / "results" / "aid_or_not" / "report.html").stat().st_size < 5e6
    ((_, example),) = blocks(clone / "README.md", "python")
    assert type_in(f"{path}\npython - <<'END'\n{example}\nEND", clone)


@pytest.mark.full
def test_picture_and_figures_are_those_of_the_baseline(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`make picture` draws the picture anew; numbers in the text are changed by hand."""
    monkeypatch.syspath_prepend(str(repository / "tools"))
    import main_picture

    result = main_picture.simulate()
    for language, name in main_picture.FILES.items():
        drawn, kept = main_picture.draw(language, result), Image.open(repository / "docs" / name)
        said = (drawn.title, drawn.alternative)
        assert (kept.info["Title"], kept.info["Description"]) == said, f"{name}: run `make picture`"
    first = result.national[result.national["replicate"] == 0].set_index("fiscal_year")
    for readme in READMES:
        text = (repository / readme).read_text(encoding="utf-8")
        for column, year, form in SAID_OF_BASELINE:
            assert form.format(first.loc[year, column]) in text, (readme, column, year)
