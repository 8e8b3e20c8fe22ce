"""The columns of what is done to keep members: budget, whom it reached, what that changed, and caps that bind."""

from __future__ import annotations

from okoshi.observe.column_declaration import ColumnDeclaration, count, share

REACHED = {
    "support_desk": ("support desk", "サポートデスク", "members"),
    "member_training": ("staged training", "段階別研修", "members"),
    "field_training": ("training by field", "分野別研修", "members"),
    "staff_training": ("training of municipal staff", "職員研修", "hosting bodies"),
    "startup_training": ("startup training", "起業研修", "members"),
    "advisers": ("advisers", "アドバイザー派遣", "bodies that advisers are meant for"),
    "networks": ("networks", "ネットワーク", "members and settlers"),
}
DECLARATIONS_NATIONAL = (
    count(
        "support_lines_yen",
        "yen (nominal)",
        "Spent on the eight support lines, both layers; each line is an item of the ledger",
        "支援施策8項目の支出（制度と補正の合計）",
    ),
    *(
        share(
            f"{line}_reach",
            f"Whom the {english} reached: 1 - exp(-budget / (cost a head x heads))",
            f"{japanese}が届いた割合",
            "those reached in the year",
            f"{heads} of the year before",
        )
        for line, (english, japanese, heads) in REACHED.items()
    ),
    ColumnDeclaration(
        "publicity_in_force",
        "float64",
        "1 = the reference budget",
        "Publicity of the year with what is remembered of earlier years",
        "広報の強さ（前年度からの持ち越しを含む）",
    ),
    ColumnDeclaration(
        "support_capacity_of_hosts",
        "float64",
        "0 to 1",
        "Support capacity that members met in the year, mean of the bodies with members",
        "隊員を抱える自治体の支援力（平均）",
        "their support capacity, added up",
        "bodies with a member in the year",
    ),
    ColumnDeclaration(
        "contact_of_members",
        "float64",
        "1 = full",
        "Contact of members, peers apart, mean of those serving on 31 March",
        "隊員の交流の量（同期を除く平均、3月31日）",
        "their contact, added up",
        "members on 31 March",
    ),
    ColumnDeclaration(
        "attachment_of_members",
        "float64",
        "0 to 1",
        "Attachment of members, mean of those serving on 31 March",
        "隊員の地域への愛着（平均、3月31日）",
        "their attachment, added up",
        "members on 31 March",
    ),
    count("hosts_with_trial", "municipalities", "Bodies that offer trial stays", "おためしを行う自治体"),
    count(
        "hosts_at_trial_cap",
        "municipalities",
        "Of these, at the cap: where none is, a higher cap changes nothing",
        "うち経費が上限に達した自治体（ゼロなら上限引上げの効果なし）",
    ),
    count(
        "hosts_with_internship", "municipalities", "Bodies that offer internships", "インターンを行う自治体"
    ),
    count(
        "hosts_at_internship_cap",
        "municipalities",
        "Of these, at the cap: where none is, a higher cap changes nothing",
        "うち経費が上限に達した自治体（ゼロなら上限引上げの効果なし）",
    ),
    count(
        "hosts_at_pay_cap",
        "municipalities",
        "Bodies with members that offer the cap on remuneration or more",
        "報償費の提示額が上限に達した自治体",
    ),
    count(
        "hosts_held_by_pay_limit",
        "municipalities",
        "Bodies with members whose own pay scale lies over the limit they keep to: where none is, a higher cap on "
        "remuneration changes nothing",
        "自らの給与水準が内部の限度額を超える、隊員のいる自治体（ゼロなら報償費の上限引上げの効果なし）",
    ),
)
