"""The member's month three times over: plain Mesa agents, the project's columns, one fused compiled loop.

All three take the same equations (those of `okoshi.agents.cooperators`, with what holds all year reckoned
once a year) and the same draws, and the same members quit in all three, which is checked before anything is
timed. Rounds are interleaved and processor time is counted, so that other work on the machine hardly matters.

    python experiments/benchmarks/member_month.py [--members 10000] [--rounds 15]
"""

from __future__ import annotations

import argparse
import math
import statistics
import time
from dataclasses import dataclass
from types import SimpleNamespace

import mesa
import numba
import numpy as np

from okoshi.agents.applicants import Household
from okoshi.agents.cooperators import (
    CooperatorBehaviour,
    Members,
    Serving,
    WhyEnded,
    live_month,
    prepare_year,
)
from okoshi.agents.programmes import ProgrammeBehaviour
from okoshi.engine.draws import Luck, combine_keys
from okoshi.policy.cooperators import CooperatorRules
from okoshi.scenario.scenario import load_scenario

TOWNS, MONTHS, TERM = 1_741, 12, 36
FIRST_MONTH = 120
LUCK = Luck(1)
QUIT = LUCK("cooperators.quit")
REACH = SimpleNamespace(networks=0.5, member_training=0.4, support_desk=0.3)
SETTINGS = load_scenario("cooperators_only").settings
BEHAVIOUR: CooperatorBehaviour = SETTINGS.fill(CooperatorBehaviour, "behaviour.cooperators")
PROGRAMMES: ProgrammeBehaviour = SETTINGS.fill(ProgrammeBehaviour, "behaviour.programmes")
RULES = CooperatorRules.of(SETTINGS, 2019)
NOW = SimpleNamespace(reach=REACH, price_index=1.0)
AIDED = bool(RULES.foreign_member_support_per_body and RULES.foreign_member_support_rate)
SUPPORT_OF_FOREIGN = np.full(TOWNS, float(AIDED))


@dataclass(frozen=True)
class Start:
    """Where every variant starts from: columns of members and of towns."""

    members: dict[str, np.ndarray]
    settled_stock: np.ndarray
    support_capacity: np.ndarray
    activity: np.ndarray

    @classmethod
    def of(cls, count: int) -> Start:
        key, towns = combine_keys(np.arange(count), 7), combine_keys(np.arange(TOWNS), 8)

        def uniform(name: str, who: np.ndarray = key) -> np.ndarray:
            return LUCK(f"benchmark.{name}").uniform(who)

        start = FIRST_MONTH - np.floor(TERM * uniform("start")).astype(np.int32)
        members = {
            "key": key,
            "municipality": (TOWNS * uniform("town") ** 2).astype(np.int32),  # some towns have many
            "start_month": start,
            "term_end_month": start + TERM,
            "attachment": uniform("attachment"),
            "mismatch": uniform("mismatch"),
            "trait": LUCK("benchmark.trait").normal(key),
            "household": (3 * uniform("household")).astype(np.int8),
            "foreign": uniform("foreign") < 0.02,
        }
        stock = LUCK("benchmark.stock").poisson(towns, 3.0)
        support, activity = (LUCK(f"benchmark.{name}").uniform(towns) for name in ("support", "activity"))
        return cls(members, stock, support, 2.0 * activity)


# -- plain Mesa: one object a member, one method call a month


class Member(mesa.Agent):
    def __init__(self, model, number, start):
        super().__init__(model)
        self.number = number
        for name, column in start.members.items():
            setattr(self, name, column[number].item())
        self.end_month, self.why_ended = None, 0

    def prepare_year(self):
        b, p, model = BEHAVIOUR, PROGRAMMES, self.model
        alumni = 1 - math.exp(-model.settled_stock[self.municipality] / b.alumni_scale)
        self.contact = (
            b.contact_level
            + b.contact_by_support * model.support_capacity[self.municipality]
            + b.contact_by_alumni * alumni * (1 + p.networks_effect * REACH.networks)
            + b.contact_by_activity * min(model.activity[self.municipality], b.activity_ceiling)
            + b.contact_by_family * (self.household == Household.FAMILY_ALONG)
            + p.member_training_effect * REACH.member_training
            + (b.support_for_foreign if self.foreign and AIDED else 0)
        )
        self.quit_odds = math.exp(
            b.quit_level
            + b.quit_by_mismatch * self.mismatch
            - b.quit_by_trait * self.trait
            + b.quit_by_family_behind * (self.household == Household.FAMILY_BEHIND)
            - p.support_desk_effect * REACH.support_desk
        )

    def live(self):
        b, model = BEHAVIOUR, self.model
        month = model.month
        alone = math.exp((model.members_there[self.municipality] - 1) / -b.peers_scale)
        contact = (self.contact - b.contact_by_peers * alone) * b.attachment_gain
        contact = min(max(contact, 0.0), 1.0 - b.attachment_loss)
        self.attachment += contact - self.attachment * (contact + b.attachment_loss)
        if month + 1 == self.term_end_month:
            self.leave(WhyEnded.END_OF_TERM)
            return
        tenure = month - self.start_month
        odds = self.quit_odds * math.exp(
            b.quit_first_months * math.exp(-tenure / b.first_months_scale)
            - b.quit_by_attachment * self.attachment
            + b.quit_by_isolation * alone
            + b.quit_at_renewal * (month % 12 == 11 and tenure >= b.renewal_after_months)
        )
        if model.draws[self.number] < odds / (1 + odds):
            self.leave(WhyEnded.QUIT)

    def leave(self, why):
        self.end_month, self.why_ended = self.model.month + 1, why
        self.model.left_there[self.municipality] += 1
        self.remove()


class PlainMesa(mesa.Model):
    """The draws of a month come from the same stream, as a list made at once: a gift to this variant."""

    def __init__(self, start):
        super().__init__(rng=1)
        self.month = FIRST_MONTH
        self.key = start.members["key"]
        self.settled_stock, self.support_capacity, self.activity = (
            start.settled_stock.tolist(),
            start.support_capacity.tolist(),
            start.activity.tolist(),
        )
        self.members_there = np.bincount(start.members["municipality"], minlength=TOWNS).tolist()
        for number in range(len(self.key)):
            Member(self, number, start)

    def step(self):
        if self.month % 12 == 0:
            self.agents.do("prepare_year")
        self.draws = QUIT.uniform(self.key, self.month).tolist()
        self.left_there = [0] * TOWNS
        self.agents.do("live")
        pairs = zip(self.members_there, self.left_there, strict=True)
        self.members_there = [there - left for there, left in pairs]
        self.month += 1

    def state(self):
        left = {member.number: member.attachment for member in self.agents}
        return sorted(left), [left[number] for number in sorted(left)]


# -- columns: the project's own functions


class Columns:
    def __init__(self, start):
        self.month = FIRST_MONTH
        self.towns = SimpleNamespace(
            settled_stock=start.settled_stock,
            support_capacity=start.support_capacity,
            offered_other=start.activity * BEHAVIOUR.activity_of_reference,
        )
        self.members = Members(len(start.members["key"]))
        self.members.append(len(start.members["key"]), **start.members)

    def step(self):
        members = self.members
        if self.month % 12 == 0:
            self.serving = Serving.of(members)
            prepare_year(members, self.serving, self.towns, BEHAVIOUR, PROGRAMMES, NOW, SUPPORT_OF_FOREIGN)
        quits, ends = live_month(members, self.serving, TOWNS, self.month, 1.0, BEHAVIOUR, LUCK)
        for rows, why in ((quits, WhyEnded.QUIT), (ends, WhyEnded.END_OF_TERM)):
            members.end_month[rows], members.why_ended[rows] = self.month + 1, why
        self.month += 1

    def state(self):
        rows = np.flatnonzero(self.members.why_ended == WhyEnded.SERVING)
        return rows.tolist(), self.members.attachment[rows].tolist()


# -- one compiled loop


@numba.njit
def fused_month(month, salt, at_renewal, b, odds_of, contact_of, attachment, places, there, key, living):
    municipality, start_month, term_end_month, end_month, why_ended = places
    highest = math.exp(b.quit_by_isolation + max(b.quit_first_months, 0.0) + at_renewal)
    there[:] = 0
    for row in range(len(key)):
        if living[row]:
            there[municipality[row]] += 1
    alone_at = np.exp((there - 1) / -b.peers_scale)
    for row in range(len(key)):
        if not living[row]:
            continue
        alone = alone_at[municipality[row]]
        contact = (contact_of[row] - b.contact_by_peers * alone) * b.attachment_gain
        contact = min(max(contact, 0.0), 1.0 - b.attachment_loss)
        attachment[row] += contact - attachment[row] * (contact + b.attachment_loss)
        if month + 1 == term_end_month[row]:
            living[row], end_month[row], why_ended[row] = False, month + 1, 1
            continue
        word = key[row] ^ salt
        word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        word = word ^ (word >> np.uint64(31))
        draw = (float(word >> np.uint64(11)) + 0.5) * 2.0**-53
        if draw >= odds_of[row] * highest:
            continue
        tenure = month - start_month[row]
        logit = (
            b.quit_first_months * math.exp(-tenure / b.first_months_scale)
            - b.quit_by_attachment * attachment[row]
        )
        logit += b.quit_by_isolation * alone
        if tenure >= b.renewal_after_months:
            logit += at_renewal
        odds = odds_of[row] * math.exp(logit)
        if draw < odds / (1.0 + odds):
            living[row], end_month[row], why_ended[row] = False, month + 1, 2


class Fused:
    """The month as a loop over rows, with the same short cuts; the year's part as in the columns."""

    def __init__(self, start):
        self.year = Columns(start)
        columns, count = start.members, len(start.members["key"])
        self.month, self.key = FIRST_MONTH, columns["key"]
        self.places = (
            columns["municipality"],
            columns["start_month"],
            columns["term_end_month"],
            *np.zeros((2, count), dtype=np.int32),
        )
        self.attachment = columns["attachment"].copy()
        self.living = np.ones(count, dtype=np.bool_)
        self.there = np.zeros(TOWNS, dtype=np.int64)
        names = [name for name in BEHAVIOUR.__dataclass_fields__ if not name.startswith("_")]
        self.numbers = _named(names)(*[float(getattr(BEHAVIOUR, name)) for name in names])

    def step(self):
        members, month = self.year.members, self.month
        if month % 12 == 0:
            prepare_year(
                members,
                Serving.of(members),
                self.year.towns,
                BEHAVIOUR,
                PROGRAMMES,
                NOW,
                SUPPORT_OF_FOREIGN,
            )
        salt = np.uint64(QUIT._salt(month, 0))
        at_renewal = BEHAVIOUR.quit_at_renewal if month % 12 == 11 else 0.0
        state = (members.quit_odds, members.contact, self.attachment, self.places, self.there)
        fused_month(month, salt, at_renewal, self.numbers, *state, self.key, self.living)
        self.month += 1

    def state(self):
        rows = np.flatnonzero(self.living)
        return rows.tolist(), self.attachment[rows].tolist()


_NAMED: dict[tuple[str, ...], type] = {}


def _named(names: list[str]) -> type:
    """Return one named tuple class for these names: numba compiles anew for every other class."""
    from collections import namedtuple

    return _NAMED.setdefault(tuple(names), namedtuple("Numbers", names))


VARIANTS = {"plain Mesa": PlainMesa, "columns": Columns, "fused loop": Fused}


def a_year(variant: type, start: Start) -> tuple[float, object]:
    """Return the processor seconds a month of one variant, over a year, and the variant."""
    model = variant(start)
    began = time.process_time()
    for _ in range(MONTHS):
        model.step()
    return (time.process_time() - began) / MONTHS, model


def check(start: Start) -> int:
    """Assert that the same members leave and the same attachments come out; return how many are left."""
    states = [a_year(variant, start)[1].state() for variant in VARIANTS.values()]  # type: ignore[attr-defined]
    for rows, attachments in states[1:]:
        assert rows == states[0][0]
        assert np.allclose(attachments, states[0][1], rtol=0, atol=1e-12)
    return len(states[0][0])


def measure(members: int, rounds: int) -> dict[str, list[float]]:
    """Return the seconds a month of each variant in each round."""
    start = Start.of(members)
    left = check(start)
    print(f"{members} members, of whom {left} are there after a year in all three; {rounds} rounds")
    times: dict[str, list[float]] = {name: [] for name in VARIANTS}
    for _ in range(rounds):
        for name, variant in VARIANTS.items():
            times[name].append(a_year(variant, start)[0])
    return times


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--members", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=25)
    arguments = parser.parse_args()
    times = measure(arguments.members, arguments.rounds)
    for what, pick in (("median", statistics.median), ("best", min)):
        plain, columns, fused = (pick(times[name]) for name in VARIANTS)
        print(f"{what} of a month: " + ", ".join(f"{n} {pick(times[n]) * 1e3:.3f} ms" for n in VARIANTS))
        print(f"  columns are {plain / columns:.0f} times as fast as plain Mesa (at least 40 wanted)")
        print(f"  columns take {columns / fused:.2f} times the fused loop (at most 3 wanted)")
    print(f"columns: {min(times['columns']) / arguments.members * 1e6:.4f} microseconds a member and month")


if __name__ == "__main__":
    main()
