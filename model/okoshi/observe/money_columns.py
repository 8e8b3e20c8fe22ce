"""The columns of money: what each payer bears, and what hours of officials cost beside the ledger."""

from __future__ import annotations

from okoshi.agents.books import Payer
from okoshi.observe.column_declaration import count

_PAYERS_JA = {
    Payer.NATIONAL_GRANT: "国の交付金",
    Payer.NATIONAL_DIRECT: "国の直接支出",
    Payer.SPECIAL_ALLOCATION_TAX: "特別交付税",
    Payer.ORDINARY_ALLOCATION_TAX: "普通交付税",
    Payer.PREFECTURE: "都道府県",
    Payer.MUNICIPALITY: "市町村",
    Payer.BANK: "金融機関",
    Payer.PRIVATE: "民間",
}
YEN = tuple(
    count(
        f"yen_{payer.name.lower()}",
        "yen (nominal)",
        f"Paid by {payer.name.lower().replace('_', ' ')}, net of what it received back",
        f"{_PAYERS_JA[payer]}の負担（受取分を除く）",
    )
    for payer in Payer
)
STAFF = (
    count(
        "staff_hours", "hours", "Officials' hours spent on members: a cost beside the cash", "職員の従事時間"
    ),
    count(
        "staff_yen",
        "yen (nominal)",
        "These hours at officials' average pay; not in the ledger",
        "職員時間の人件費換算（台帳の外）",
    ),
    count(
        "staff_yen_of_other_measures",
        "yen (nominal)",
        "Officials' hours spent on employees, students and lent talent at the same pay; not in the ledger",
        "派遣社員・学生・派遣されたデジタル人材に伴う職員時間の人件費換算（台帳の外）",
    ),
)
