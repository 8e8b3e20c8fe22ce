"""What the foot of every picture says: where its numbers come from, and that the country is invented."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from okoshi.language.messages import in_language, say
from okoshi.parameters.posterior import FITTED, PRIOR
from okoshi.study import rests_on
from okoshi.study.drawn import about_of_fit
from okoshi.study.history import words_until
from okoshi.study.whole_country import country_of, is_whole
from okoshi.study.words import runs_in_words

if TYPE_CHECKING:
    import pandas as pd

    from okoshi.scenario.scenario import Scenario
    from okoshi.study.comparing import Comparison
    from okoshi.study.runs import Result

HASH_LETTERS = 10


def words_of_calibration(label: str, adoption: str = FITTED) -> dict[str, str]:
    """Return on what each headline rests by the calibration that `behaviour.parameters` names; nothing without one."""
    told = about_of_fit(label, adoption).get("rests_on", {})
    return {column: str(found["word"]) for column, found in told.items()}


@dataclass(frozen=True)
class About:
    """A run or a comparison in one line: scenario and the first letters of its hash, seed, replicates, country.

    `words` says on what a national column rests (data, rule or prior) where a calibration told. `titles` holds the
    title of each scenario compared, in English and in Japanese, by its name. Not `whole` is a part of the country, or
    several copies: no official figure stands beside it. After `words_until` no word holds (None: all do). Where runs
    stand on several `draws` of parameters, each draw has so many `replicates`, and intervals are over draws.
    """

    scenario: str
    scenario_hash: str = ""
    seed: int | None = None
    replicates: int = 1
    invented: bool = True
    version: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    whole: bool = True
    words_until: int | None = None
    draws: int = 0

    @classmethod
    def of_scenario(cls, scenario: Scenario, replicates: int = 1, *, invented: bool | None = None) -> About:
        """Describe replicates of a scenario; whether its country is invented is read where it is not said."""
        world = scenario.world
        if invented is None:
            invented = country_of(scenario).invented
        return cls(
            scenario.name,
            scenario.hash,
            scenario.seed,
            replicates,
            invented,
            version("okoshi"),
            words_of_calibration(scenario.behaviour_parameters, scenario.structure.adoption),
            whole=is_whole(world.source, world.prefectures, world.scale),
            words_until=words_until(scenario.in_full()),
        )

    @classmethod
    def of_result(cls, result: Result) -> About:
        """Describe what `okoshi.run` returned."""
        replicates = len(result.seeds) // max(result.draws, 1)
        return replace(cls.of_scenario(result.scenario, replicates), draws=result.draws)

    @classmethod
    def of_comparison(cls, comparison: Comparison) -> About:
        """Describe what `okoshi.compare` returned: all its scenarios are named, and called by their titles."""
        from okoshi.study.comparing import unique_names

        base, names = comparison.scenarios[0], unique_names(comparison.scenarios)
        titles = zip(names, ((one.title, one.title_ja) for one in comparison.scenarios), strict=True)
        sampling = comparison.sampling
        about = cls.of_scenario(base, sampling.replicates)
        return replace(
            about,
            scenario=", ".join(names),
            titles=_unlike(dict(titles)),
            words_until=min(words_until(one.in_full()) for one in comparison.scenarios),
            draws=sampling.draws,
        )

    @classmethod
    def of_record(cls, run: Mapping[str, Any]) -> About:
        """Describe a results folder by its `run.json`; of a comparison all its scenarios are named."""
        scenarios = run.get("scenarios")
        names = list(scenarios) if isinstance(scenarios, dict) else [str(run.get("scenario", ""))]
        seeds = run.get("seeds") or [None]
        return cls(
            scenario=", ".join(names),
            scenario_hash=str(run.get("scenario_hash", "")),
            seed=seeds[0],
            replicates=int(run.get("replicates") or len(run.get("seeds") or [1])),
            invented=bool(run.get("invented", True)),
            version=str(run.get("version", "")),
            words=words_of_calibration(
                str(run.get("behaviour_parameters", PRIOR)),
                str((run.get("structure") or {}).get("adoption", FITTED)),
            ),
            titles=_titles_of(run.get("scenarios_in_full")),
            whole=_is_of_whole(run.get("scenario_in_full")),
            words_until=min(words_until(full) for full in _in_full(run)),
            draws=int(run.get("draws") or 0),
        )

    def called(self, scenario: str) -> str:
        """Return what a scenario is called in the language in use: its title, or its name where none is known."""
        english, japanese = self.titles.get(scenario, ("", ""))
        return in_language(english, japanese) or scenario

    def rests_on(self, columns: Iterable[str], year: int) -> str:
        """Return on what national columns up to a fiscal year rest together: the weakest of their words.

        It is `prior` where none is told, or none holds in that year.
        """
        if self.words_until is not None and year > self.words_until:
            return rests_on.PRIOR
        return rests_on.weakest(self.words.get(column, rests_on.PRIOR) for column in columns)

    @property
    def base(self) -> str:
        """The scenario that others are compared with: the first."""
        return self.scenario.split(", ")[0]

    @property
    def on_draws(self) -> bool:
        """Whether intervals are over draws of parameters; one draw tells of chance alone."""
        return self.draws > 1

    @property
    def counted(self) -> int:
        """Over how many an interval is taken: draws, or else replicates."""
        return self.draws if self.on_draws else self.replicates

    @property
    def runs(self) -> str:
        """How many replicates, or draws of parameters, there are, in the language in use."""
        return runs_in_words(self.draws, self.replicates)

    def foot(self) -> str:
        """Return the line in the language in use."""
        parts = [
            say("pictures.foot_model", version=self.version or version("okoshi")),
            say("pictures.foot_scenario", scenario=self.scenario, hash=self.scenario_hash[:HASH_LETTERS]),
        ]
        if self.seed is not None:
            parts.append(say("pictures.foot_seed", seed=self.seed, runs=self.runs))
        if self.invented:
            parts.append(say("pictures.foot_invented"))
        return say("pictures.between").join(parts)


def _in_full(run: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the scenarios in full that a record holds: of a comparison all; one that says nothing without any."""
    several = run.get("scenarios_in_full")
    found = list(several.values()) if isinstance(several, Mapping) else [run.get("scenario_in_full")]
    return [full if isinstance(full, Mapping) else {} for full in found] or [{}]


def _is_of_whole(scenario: object) -> bool:
    """Return whether a scenario in full, as a record holds it, is of the whole country; so where none is told."""
    world = scenario.get("world") if isinstance(scenario, Mapping) else None
    if not isinstance(world, Mapping):
        return True
    return is_whole(
        str(world.get("source", "default")), world.get("prefectures") or (), int(world.get("scale", 1))
    )


def official_beside(observed: pd.DataFrame, about: About) -> pd.DataFrame:
    """Return the official figures that may stand beside a run, as it is compared: none beside a part of the country."""
    shown = observed if about.whole else observed.iloc[:0]
    return shown.assign(value=compared(shown))


def compared(official: Any) -> Any:
    """Return official figures (a table or one row) less what the model does not contain.

    Tables of earlier versions name nothing of that kind.
    """
    return official["value"] - official.get("counted_beside", 0.0)


def _titles_of(scenarios: object) -> dict[str, tuple[str, str]]:
    """Return both titles of each scenario that a record holds in full."""
    if not isinstance(scenarios, Mapping):
        return {}
    return _unlike(
        {
            str(name): (str(one.get("title") or ""), str(one.get("title_ja") or ""))
            for name, one in scenarios.items()
            if isinstance(one, Mapping)
        }
    )


def _unlike(titles: Mapping[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    """Return the titles that tell their scenario from the others: of two alike neither does."""
    for language_number in range(2):
        known = [title[language_number] for title in titles.values() if title[language_number]]
        titles = {name: title for name, title in titles.items() if known.count(title[language_number]) <= 1}
    return dict(titles)
