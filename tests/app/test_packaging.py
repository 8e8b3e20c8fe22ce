"""What is shipped: the wheel, the pins, the metadata; and, in full, that it works where it lands."""

import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pandas as pd
import pytest
import yaml

VERSIONS = ("3.12", "3.13")
# The fields that the schemas know: CITATION.cff 1.2.0, and the terms of CodeMeta 3.0 for software.
CITATION_KEYS = """
abstract authors cff-version commit contact date-released doi identifiers keywords license license-url message
preferred-citation references repository repository-artifact repository-code title type url version
"""
CODEMETA_TERMS = """
codeRepository programmingLanguage runtimePlatform targetProduct applicationCategory applicationSubCategory downloadUrl
fileSize installUrl memoryRequirements operatingSystem permissions processorRequirements releaseNotes softwareHelp
softwareRequirements softwareVersion storageRequirements supportingData author citation contributor copyrightHolder
copyrightYear dateCreated dateModified datePublished editor encoding fileFormat funder keywords license producer
provider publisher sponsor version isAccessibleForFree isPartOf hasPart position description identifier name sameAs url
relatedLink review softwareSuggestions maintainer continuousIntegration buildInstructions developmentStatus
embargoEndDate funding isSourceCodeOf issueTracker readme referencePublication hasSourceCode
"""
OWN_ENVIRONMENT = {"PYTHON", "PYTHONPATH", "VIRTUAL_ENV", "MAKEFLAGS", "MAKEOVERRIDES", "MAKELEVEL"}


def _call(*command: str | Path, cwd: Path, **environment: str) -> str:
    """Run a command as a user would, without this test's own environment; return what it prints."""
    kept = {name: value for name, value in os.environ.items() if name not in OWN_ENVIRONMENT}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=kept | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel with the tool that pip would use."""
    folder = tmp_path_factory.mktemp("wheel")
    _call(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=repository)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(params=VERSIONS)
def python(request: pytest.FixtureRequest, repository: Path) -> Path:
    """Return an interpreter of each supported version that this machine has."""
    version: str = request.param
    found = subprocess.run(
        ["/bin/sh", "tools/find_python.sh", version],
        cwd=repository,
        env={name: value for name, value in os.environ.items() if name not in OWN_ENVIRONMENT},
        capture_output=True,
        text=True,
        check=False,
    )
    if found.returncode != 0:
        pytest.skip(f"no Python {version} on this machine")
    return Path(found.stdout.strip())


def _files_below(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_wheel_holds_the_package_its_data_and_the_scenarios(repository: Path, wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if ".dist-info/" not in name}
        metadata = next(name for name in archive.namelist() if name.endswith("METADATA"))
        described = archive.read(metadata).decode()
    package = _files_below(repository / "model")
    scenarios = {f"okoshi/scenarios/{name}" for name in _files_below(repository / "scenarios")}
    experiments = {
        f"okoshi/experiments/{name}"
        for name in _files_below(repository / "experiments")
        if not name.endswith(".py")
    }
    assert inside == package | scenarios | experiments
    for needed in ("policy/cooperators.toml", "context/context.toml"):
        assert f"okoshi/parameters/{needed}" in inside
    assert "okoshi/scenarios/baseline.toml" in inside
    assert any(name.startswith("okoshi/world/default/") for name in inside)
    assert "License-Expression: MIT" in described


def test_every_dependency_is_pinned_and_nothing_else_is_said(repository: Path) -> None:
    """The pins are plain: they hold on every index, every supported Python and every kind of machine."""
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    named = {
        re.split(r"[\[<>=!~ ]", requirement)[0].lower().replace("_", "-")
        for requirement in [*project["dependencies"], *(item for extra in extras for item in extra)]
    }
    lines = (repository / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][0-9a-z.]*", pin) for pin in pins)
    assert named - {"okoshi"} <= {pin.partition("==")[0].lower().replace("_", "-") for pin in pins}


def test_every_record_names_the_same_version_and_licence(repository: Path) -> None:
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    codemeta = json.loads((repository / "codemeta.json").read_text(encoding="utf-8"))
    citation = (repository / "CITATION.cff").read_text(encoding="utf-8")
    version = project["version"]
    assert codemeta["version"] == version
    assert f"\nversion: {version}\n" in citation
    assert version in (repository / "CHANGELOG.md").read_text(encoding="utf-8")
    assert project["license"] == "MIT"
    assert "\nlicense: MIT\n" in citation
    assert codemeta["license"].endswith("/MIT")
    assert (repository / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")
    assert version in _call(Path(sys.executable).parent / "okoshi", "--version", cwd=repository)


def test_records_hold_what_their_schemas_and_a_model_library_ask_for(repository: Path) -> None:
    """CITATION.cff 1.2.0 and CodeMeta 3.0: required fields, no field that the schema does not know, the same words."""
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = yaml.safe_load((repository / "CITATION.cff").read_text(encoding="utf-8"))
    codemeta = json.loads((repository / "codemeta.json").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= set(citation) <= set(CITATION_KEYS.split())
    assert (citation["cff-version"], citation["type"]) == ("1.2.0", "software")
    assert all(author["name"] for author in citation["authors"])
    assert set(codemeta) - {"@context", "@type"} <= set(CODEMETA_TERMS.split())
    assert {"name", "description", "version", "license", "author", "programmingLanguage"} <= set(codemeta)
    assert citation["keywords"] == codemeta["keywords"] == project["keywords"]
    needed = [re.split(r"[\[<>=!~ ;]", requirement)[0] for requirement in project["dependencies"]]
    assert codemeta["softwareRequirements"] == needed
    for named in ("readme", "releaseNotes", "buildInstructions"):
        assert (repository / codemeta[named]).is_file()
    assert all((repository / help_page["url"]).is_file() for help_page in codemeta["softwareHelp"])


def _assert_runs(okoshi: Path, folder: Path) -> None:
    """Use an installed `okoshi` in an empty folder, where no repository can help it."""
    folder.mkdir()
    assert re.search(r"\d+\.\d+\.\d+", _call(okoshi, "--version", cwd=folder))
    assert "policy.cooperators.startup_per_member" in _call(
        okoshi, "parameters", "startup", "--format", "csv", cwd=folder
    )
    _call(okoshi, "run", "baseline", "--years", "2009:2012", "--out", "out", cwd=folder)
    national = pd.read_parquet(folder / "out" / "national.parquet")
    assert list(national["fiscal_year"]) == [2009, 2010, 2011, 2012]
    assert (national["members"] > 0).all()


@pytest.mark.full
def test_wheel_runs_outside_the_repository(
    repository: Path, wheel: Path, python: Path, tmp_path: Path
) -> None:
    _call(python, "-m", "venv", "environment", cwd=tmp_path)
    programs = tmp_path / "environment" / "bin"
    pins = repository / "constraints.txt"
    _call(programs / "python", "-m", "pip", "install", "-qq", "-c", pins, wheel, cwd=tmp_path)
    _assert_runs(programs / "okoshi", tmp_path / "elsewhere")


@pytest.mark.full
def test_fresh_clone_runs_by_one_command(repository: Path, python: Path, tmp_path: Path) -> None:
    """`make run` in a new clone, in a folder with a space: installs, simulates, and installs only once."""
    clone = tmp_path / "a folder" / "okoshi"
    _call("git", "clone", "--quiet", repository, clone, cwd=repository)
    first = _call("make", "run", cwd=clone, PYTHON=str(python))
    assert "Installing Okoshi" in first
    run = json.loads((clone / "results" / "baseline" / "run.json").read_text(encoding="utf-8"))
    assert run["version"]
    national = pd.read_parquet(clone / "results" / "baseline" / "national.parquet")
    assert (national["fiscal_year"].min(), national["fiscal_year"].max()) == (2009, 2034)
    assert "Installing Okoshi" not in _call("make", "run", cwd=clone, PYTHON=str(python))
    assert not _call("git", "status", "--porcelain", cwd=clone)
    _assert_runs(clone / ".venv" / "bin" / "okoshi", tmp_path / "elsewhere")
