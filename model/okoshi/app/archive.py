"""`okoshi report DIR --archive FILE`: scenario, parameters, results and versions in one zip that another can run again.

The same folder gives the same bytes: entries are sorted and carry no time.
"""

from __future__ import annotations

import io
import shlex
import zipfile
from pathlib import Path
from typing import Any

from okoshi.app.report import write_file
from okoshi.app.report_folder import CALIBRATION, COMPARISON, RUN, ReportedFolder
from okoshi.app.writing import FIGURES
from okoshi.language.errors import Fault, InputError
from okoshi.language.messages import LANGUAGES, say, say_in

START_OF_ZIP = (1980, 1, 1, 0, 0, 0)  # the earliest time that the format knows
READABLE = 0o100644 << 16
TABLES = (".parquet", ".csv", ".toml", ".json")
RESULTS, WORLD, EXPERIMENT = "results", "world", "experiment.toml"


def write_archive(found: ReportedFolder, target: Path) -> int:
    """Write the archive of a results folder and return how many files are in it.

    Raises InputError where the target is a folder, RunError when the disk does not take it.
    """
    if target.is_dir():
        raise InputError(Fault(say("report.file_wanted"), key="--archive", value=str(target)))
    content = archive_content(found)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in sorted(content):
            entry = zipfile.ZipInfo(name, START_OF_ZIP)
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, READABLE, 3
            archive.writestr(entry, content[name])
    write_file(target, file.getvalue())
    return len(content)


def archive_content(found: ReportedFolder) -> dict[str, bytes]:
    """Return the files of the archive by name: results, scenarios in full, worlds, parameters, versions, README."""
    found.refuse_broken()
    content = {
        f"{RESULTS}/{path.relative_to(found.path).as_posix()}": path.read_bytes()
        for path in (*sorted(found.path.iterdir()), *found.picture_files)
        if path.is_file() and (path.suffix in TABLES or path.parent.name == FIGURES) and path.name[0] != "."
    }
    content |= _scenarios(found)
    content["versions.txt"] = _versions(found).encode()
    if found.record.get("parameters_hash") == _parameters_hash():
        content["parameters.csv"] = _parameters().encode()
    content["README.txt"] = _readme(found).encode()
    return content


def _scenarios(found: ReportedFolder) -> dict[str, bytes]:
    """Return each scenario in full, and the worlds that they name, which go along and are found there."""
    import tomli_w

    files: dict[str, bytes] = {}
    for name, scenario in found.scenarios.items():
        document: dict[str, Any] = scenario.in_full()
        source = Path(scenario.world.source)
        if source.is_dir():
            place = f"{WORLD}/{source.resolve().name}"
            files |= {
                f"{place}/{path.name}": path.read_bytes()
                for path in sorted(source.iterdir())
                if path.is_file()
            }
            document["world"]["source"] = place
        elif scenario.world.source != "default":
            raise InputError(Fault(say("report.no_world"), key="world.source", value=scenario.world.source))
        files[f"{name}.toml"] = tomli_w.dumps(document).encode()
    return files


def commands(found: ReportedFolder) -> list[str]:
    """Return the command lines that make the results again, inside the unpacked archive."""
    record = found.record
    if found.kind == CALIBRATION:
        horizons = [part for year in record.get("horizons", ()) for part in ("--horizon", str(year))]
        return [shlex.join(["okoshi", "calibrate", f"./{RESULTS}/{EXPERIMENT}", *horizons, "--out", "again"])]
    if found.kind not in (RUN, COMPARISON):
        return (
            [f"okoshi sweep ./{RESULTS}/{EXPERIMENT} --out again"]
            if (found.path / EXPERIMENT).is_file()
            else []
        )
    written = found.record.get("scenarios_in_full") or {str(found.record.get("scenario")): None}
    names = [f"./{name}.toml" for name in written]
    parts = ["okoshi", "run" if found.kind == RUN else "compare", *names]
    parts += ["--replicates", str(record.get("replicates", 1))]
    if record.get("draws"):
        parts += ["--draws", str(record["draws"])]
    if found.kind == COMPARISON and record.get("by"):
        parts += ["--by", str(record["by"])]
    if record.get("structures"):
        parts += ["--structures", str(record["structures"])]
    return [shlex.join([*parts, "--out", "again"])]


def _versions(found: ReportedFolder) -> str:
    platform = found.record.get("platform", {})
    lines = [f"okoshi=={found.record.get('version', '')}"]
    lines += [f"{name}=={number}" for name, number in platform.get("libraries", {}).items()]
    machine = " ".join(str(platform.get(key, "")) for key in ("system", "machine", "processor"))
    return "\n".join([*lines, f"# Python {platform.get('python', '')}", f"# {machine}", ""])


def _parameters_hash() -> str:
    from okoshi.scenario.scenario import parameters_hash

    return parameters_hash()


def _parameters() -> str:
    from dataclasses import fields

    from okoshi.app.parameters import in_words
    from okoshi.app.showing import Heading, as_csv
    from okoshi.parameters.listing import ParameterRow, parameters_table

    headings = [Heading(item.name, item.name) for item in fields(ParameterRow)]
    return as_csv(headings, [in_words(row) for row in parameters_table()])


def _readme(found: ReportedFolder) -> str:
    """Return what stands in README.txt, in both languages."""
    values = {
        "name": found.about.scenario,
        "version": found.about.version,
        "hash": found.record.get("scenario_hash", ""),
        "commands": "\n".join(f"    {line}" for line in commands(found)),
    }
    texts = []
    for language in LANGUAGES:
        texts.append(say_in(language, "report.archive_readme", **values))
        if found.about.invented:
            texts.append(say_in(language, "run.invented"))
        if credit := found.record.get("credit"):
            between = say_in(language, "report.between_names")
            texts.append(say_in(language, "report.credit", names=between.join(map(str, credit))))
    return "\n\n".join(texts) + "\n"
