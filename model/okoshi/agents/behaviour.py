"""All that people and bodies are assumed to do, read from the settings in one go."""

from __future__ import annotations

from dataclasses import dataclass

from okoshi.agents.applicants import ApplicantBehaviour
from okoshi.agents.cooperators import CooperatorBehaviour
from okoshi.agents.end_of_term import EndOfTermBehaviour, SettlementBehaviour
from okoshi.agents.municipalities import MunicipalityBehaviour
from okoshi.agents.programmes import ProgrammeBehaviour
from okoshi.agents.settlers import SettlerBehaviour
from okoshi.agents.startups import StartupBehaviour
from okoshi.scenario.settings import Settings


@dataclass(frozen=True)
class Behaviour:
    """One dataclass a kind, each filled from the parameters `behaviour.KIND`."""

    municipalities: MunicipalityBehaviour
    applicants: ApplicantBehaviour
    cooperators: CooperatorBehaviour
    settlement: SettlementBehaviour
    startups: StartupBehaviour
    settlers: SettlerBehaviour
    programmes: ProgrammeBehaviour

    @property
    def end_of_term(self) -> EndOfTermBehaviour:
        """What the end of a term asks of."""
        return EndOfTermBehaviour(self.settlement, self.startups, self.programmes)

    @classmethod
    def of(cls, settings: Settings) -> Behaviour:
        """Read every behavioural parameter of the agents."""
        return cls(
            municipalities=settings.fill(MunicipalityBehaviour, "behaviour.municipalities"),
            applicants=settings.fill(ApplicantBehaviour, "behaviour.applicants"),
            cooperators=settings.fill(CooperatorBehaviour, "behaviour.cooperators"),
            settlement=settings.fill(SettlementBehaviour, "behaviour.settlement"),
            startups=settings.fill(StartupBehaviour, "behaviour.startups"),
            settlers=settings.fill(SettlerBehaviour, "behaviour.settlers"),
            programmes=settings.fill(ProgrammeBehaviour, "behaviour.programmes"),
        )
