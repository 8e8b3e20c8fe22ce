"""The columns of the table of official figures: unit and meaning."""

from __future__ import annotations

from okoshi.observe.column_declaration import ColumnDeclaration
from okoshi.observe.cooperator_columns import KEY_YEAR

OBSERVED = (
    KEY_YEAR,
    ColumnDeclaration("series", "text", "column of national", "Series", "系列"),
    ColumnDeclaration("value", "float64", "that of the series", "Official figure", "公表値"),
    ColumnDeclaration(
        "uncertainty", "float64", "that of the series", "Standard error or rounding", "不確かさ"
    ),
    ColumnDeclaration(
        "label", "text", "input, fitted, emergent, predicted", "What the model's value is", "区分"
    ),
    ColumnDeclaration("source", "text", "text", "Where the figure comes from", "出典"),
    ColumnDeclaration(
        "discrepancy",
        "float64",
        "that of the series",
        "How far the model may be off for reasons of its own (standard deviation)",
        "モデル自体のずれ（標準偏差）",
    ),
    ColumnDeclaration(
        "counted_beside",
        "float64",
        "that of the series",
        "How much of the figure the model does not contain: a run is compared with the rest",
        "公表値のうちモデルに含まれない分（比較時に差し引く）",
    ),
    ColumnDeclaration("dated", "text", "month", "Month from which the figure could be known", "判明した年月"),
    ColumnDeclaration("use", "text", "fit or validate", "Whether a calibration may read it", "用途"),
)
