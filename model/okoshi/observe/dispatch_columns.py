"""The columns of company dispatch (地域活性化起業人) in every table: unit and meaning."""

from __future__ import annotations

from okoshi.agents.municipalities import Field
from okoshi.observe.column_declaration import ColumnDeclaration, count

_COUNTED = "総務省 活用状況: persons at any time of the year (assumed reading)"
_FIELDS_JA = ("デジタル", "観光・情報発信", "商品開発", "移住・空き家", "農林業", "住民の生活支援")


def _person(name: str, meaning: str, meaning_ja: str, official: str = "") -> ColumnDeclaration:
    return count(name, "persons", meaning, meaning_ja, official)


_AMONG = "Employees of the year whose contract, when signed, without survey and platform (same draws) was"

DECLARATIONS_NATIONAL = (
    _person(
        "dispatched_dispatched",
        "Dispatched employees in the year, by contract (a renewed one counts once, one that follows another apart)",
        "企業派遣型（年度中、契約単位：更新は1人、同じ企業との結び直しは別の1人）",
        _COUNTED,
    ),
    _person("dispatched_side_job", "Side-job employees in the year", "副業型（年度中）"),
    count(
        "municipalities_with_dispatched",
        "municipalities",
        "Municipalities with a dispatched employee in the year",
        "企業派遣型の受入自治体数",
        _COUNTED,
    ),
    count(
        "companies_with_dispatched",
        "companies",
        "Companies with a dispatched employee in the year",
        "企業派遣型の派遣元企業数",
        _COUNTED,
    ),
    _person(
        "largest_dispatch_in_a_municipality",
        "Dispatched employees in the municipality with most of them",
        "最多の受入自治体の人数",
    ),
    _person(
        "largest_dispatch_of_a_company",
        "Employees of the company that sent most of them",
        "最多の派遣元企業の人数",
    ),
    count("companies_contacted", "companies", "Companies that got the survey", "アンケート送付企業数"),
    count("companies_replied", "companies", "Companies that answered it", "アンケート回答企業数"),
    count(
        "companies_interested", "companies", "Companies that were interested", "関心があると回答した企業数"
    ),
    count(
        "companies_heard",
        "companies",
        "Companies that have heard of the measure so far",
        "制度を知っている企業数",
    ),
    count(
        "companies_registered",
        "companies",
        "Companies on the platform so far",
        "マッチング登録企業数（累計）",
    ),
    count(
        "companies_contracted", "companies", "Companies with a contract so far", "契約したことのある企業数"
    ),
    count("dispatch_posts", "posts", "Posts that employees were looked for", "募集数"),
    count("dispatch_posts_filled", "posts", "Of these, filled", "充足数"),
    count("dispatch_posts_unfilled", "posts", "Of these, left unfilled", "未充足数"),
    count(
        "dispatch_companies_left_over",
        "companies",
        "Companies seen that would have gone, had an employee left to send, and were not taken",
        "派遣できる社員がいて意欲もあったが契約に至らなかった企業数",
    ),
    ColumnDeclaration(
        "dispatch_short_side",
        "text",
        "companies, posts or neither",
        "Which side was short: posts left unfilled against companies left over",
        "不足していた側（企業か募集か）",
    ),
    _person(
        "dispatch_without_extra",
        "Employees of the year under the same draws without survey and platform",
        "アンケート・マッチング支援がない場合の人数",
    ),
    _person(
        "dispatch_net",
        "Employees of the year more than without survey and platform (may be negative)",
        "アンケート・マッチング支援による純増",
    ),
    _person("dispatch_gross", f"{_AMONG} not the same", "支援の有無で異なる契約（締結時の判定、総数）"),
    _person(
        "dispatch_new",
        f"{_AMONG} an empty post (which another company may fill later)",
        "新たな契約（締結時に支援がなければ空いていた枠。のちに別の企業が入る場合を含む）",
    ),
    _person("dispatch_moved_company", f"{_AMONG} with another company", "企業が入れ替わった契約"),
    _person("dispatch_moved_place", f"{_AMONG} in another place", "派遣先が入れ替わった契約"),
    _person("dispatch_moved_type", f"{_AMONG} of the other kind", "類型が入れ替わった契約"),
    _person(
        "dispatch_earlier",
        f"{_AMONG} the same but later, with the same company",
        "時期が早まった契約（同じ企業が同じ市町村にのちに入る場合のみ）",
    ),
    count("dispatch_staff_hours", "hours", "Officials' hours spent on employees", "職員の従事時間（起業人）"),
    count(
        "dispatch_hours_freed",
        "hours",
        "Officials' hours freed by employees' digital work",
        "デジタル分野の起業人が減らした職員時間",
    ),
    _person(
        "dispatch_related_people",
        "Side-job employees, and former employees who stay in touch",
        "関係人口（副業者と元派遣者）",
    ),
)

DECLARATIONS_MUNICIPALITIES = (
    _person("dispatched", "Dispatched and side-job employees in the year", "地域活性化起業人（年度中）"),
    _person("dispatched_side_job", "Of these, side jobs", "うち副業型"),
    count("dispatch_posts", "posts", "Posts that employees were looked for", "募集数（起業人）"),
    count("dispatch_posts_filled", "posts", "Of these, filled", "充足数（起業人）"),
    count("dispatch_staff_hours", "hours", "Officials' hours spent on employees", "職員の従事時間（起業人）"),
    count("dispatch_hours_freed", "hours", "Officials' hours freed by digital work", "減った職員時間"),
    _person(
        "dispatch_related_people",
        "Side-job employees, and former employees who stay in touch",
        "関係人口（起業人）",
    ),
    *(
        ColumnDeclaration(
            f"dispatch_capacity_{field.name.lower()}",
            "float64",
            "share",
            f"Capacity that employees' work has built: {field.name.lower().replace('_', ' ')}",
            f"起業人が築いた対応力（{_FIELDS_JA[field]}）",
        )
        for field in Field
    ),
)

DECLARATIONS = (
    ColumnDeclaration("replicate", "int64", "number from 0", "Replicate of the run", "反復番号"),
    ColumnDeclaration("contract", "text", "key", "Lasting key of post and first year", "契約の識別キー"),
    ColumnDeclaration("kind", "text", "dispatched or side_job", "Kind", "類型（企業派遣型・副業型）"),
    ColumnDeclaration("municipality", "text", "five-digit code", "Where", "受入自治体"),
    ColumnDeclaration("company", "text", "key", "Lasting key of the company", "企業の識別キー"),
    ColumnDeclaration("from_prefecture", "text", "prefecture", "Seat of the company", "企業の所在都道府県"),
    ColumnDeclaration("motive", "text", "kind", "Why the company does it", "企業の動機"),
    ColumnDeclaration("field", "text", "field", "Field of work", "活動分野"),
    ColumnDeclaration("start_month", "text", "YYYY-MM", "First month", "開始月"),
    ColumnDeclaration(
        "end_month", "text", "YYYY-MM", "Last month; empty while it runs", "終了月（継続中は空欄）"
    ),
    count("months", "months", "Months so far", "期間（これまで）"),
    count("renewed", "times", "How often it was renewed", "更新回数"),
    ColumnDeclaration(
        "presence",
        "float64",
        "share of working days",
        "Time in the municipality",
        "現地勤務の割合",
        "working days in the municipality",
        "the month's working days",
    ),
    ColumnDeclaration("hours_per_month", "float64", "hours a month", "Hours of a side job", "副業の月間時間"),
    count(
        "pay_yen",
        "yen a year",
        "The company's cost of that time, or the remuneration",
        "人件費相当額または報償費",
    ),
    count("travel_yen", "yen a year", "Travel of a side job", "旅費"),
    count("proposed_yen", "yen a year", "Cost of proposed projects", "発案・提案事業費"),
    ColumnDeclaration(
        "found_through", "text", "way", "How the municipality came upon the company", "企業を見つけた経路"
    ),
    ColumnDeclaration(
        "origin",
        "text",
        "same, new, moved_company, moved_place, moved_type or earlier",
        "What the same draws give without survey and platform",
        "支援がない場合との比較",
    ),
    ColumnDeclaration(
        "keeps_tie",
        "bool",
        "flag",
        "The employee stays in touch with the place afterwards",
        "派遣後も関わり続ける",
    ),
)
