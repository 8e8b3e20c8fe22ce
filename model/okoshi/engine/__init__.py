"""Columns, draws, calendar and ledger: nothing about Japan, nothing about policy."""
