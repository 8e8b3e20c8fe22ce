"""On what tests of rules and patterns run: start values of the catalogue, which stay when a calibration is renewed."""

START_VALUES: dict[str, object] = {"behaviour.parameters": "prior"}
