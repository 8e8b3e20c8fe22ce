"""Whether what an experiment's file says goes together with its method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from okoshi.language.messages import say
from okoshi.scenario.documents import Document
from okoshi.study.factors import CALIBRATIONS, Factor, groups_in
from okoshi.study.methods import METHODS, OF_METHODS, Method
from okoshi.study.split_design import divisions_of
from okoshi.study.targets import fitted_series, targets_of

MOST_SAMPLES = 2**20
MOST_DIVISIONS = 100_000


def check_method(
    document: Document, method: Method, top: Mapping[str, Any], factors: Sequence[Factor]
) -> None:
    """Blame what does not go together: a method and its factors, groups, samples and second order."""
    if len({factor.part for factor in factors}) < method.fewest_factors and not document.faults:
        document.blame(("factors",), say("faults.too_few_factors", least=method.fewest_factors))
    if not method.takes_groups:
        able = ", ".join(name for name, other in METHODS.items() if other.takes_groups)
        for path, group in groups_in(document):
            document.blame(path, say("faults.no_groups", method=method.name), value=group, allowed=able)
    _check_laid_out(document, method, factors)
    if top.get("second_order") and method.name != "sobol":
        document.blame(("second_order",), say("faults.no_second_order"), value=True, allowed="sobol")
    _check_samples(document, method, top, factors)
    if method.name in CALIBRATIONS:
        _check_targets(document, top)


def _check_targets(document: Document, top: Mapping[str, Any]) -> None:
    """Blame a calibration without targets, or of which a horizon leaves nothing to read."""
    if "targets" not in document.data:
        document.blame(("targets",), say("faults.missing_key"), allowed=", ".join(fitted_series()))
    waves = top.get("waves")
    for key, years in (
        ("horizon", (top.get("horizon"),)),
        ("waves", waves if isinstance(waves, tuple) else ()),
    ):
        for year in years:
            if year is not None and "targets" in top and not targets_of(year, top["targets"]):
                document.blame((key,), say("faults.nothing_to_fit"), value=year)


def _check_laid_out(document: Document, method: Method, factors: Sequence[Factor]) -> None:
    """Blame what a method that lays out its own factors cannot take, and keys of such a method in others."""
    if method.name == "attribution" and factors:
        document.blame(("factors",), say("faults.own_factors", method=method.name))
    if method.name == "split":
        for number, factor in enumerate(factors, start=1):
            if factor.range is not None:
                place = ("factors", f"#{number}", "range")
                document.blame(place, say("faults.worlds_have_values"), allowed="values = [...]")
    for key, only in OF_METHODS.items():
        if key in document.data and method.name not in only:
            document.blame((key,), say("faults.only_method"), allowed=", ".join(only))


def _check_samples(
    document: Document, method: Method, top: Mapping[str, Any], factors: Sequence[Factor]
) -> None:
    samples = top.get("samples")
    if method.samples == "none":
        if samples is not None:
            document.blame(("samples",), say("faults.no_samples", method=method.name))
        return
    allowed = say(f"allowed.samples_{method.samples}", least=method.fewest_samples, most=MOST_SAMPLES)
    if samples is None:
        needed = method.samples in ("rows", "trajectories", "doubling")
        needed = needed or (method.samples == "levels" and any(factor.range for factor in factors))
        if needed and "samples" not in document.data:
            document.blame(("samples",), say("faults.missing_key"), allowed=allowed)
        return
    if method.samples == "lattice" and divisions_of(samples) > MOST_DIVISIONS:
        document.blame(("samples",), say("faults.too_many_points"), value=samples)
    elif samples * (1 if method.is_design else top.get("replicates", 1)) < method.fewest_samples:
        document.blame(("samples",), say("faults.too_few_samples"), value=samples, allowed=allowed)
    elif method.samples == "doubling" and samples & (samples - 1):
        near = str(1 << samples.bit_length())
        document.blame(("samples",), say("faults.not_a_power"), value=samples, allowed=allowed, nearest=near)
