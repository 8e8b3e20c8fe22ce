"""The columns of every table that cooperators and figures fill: unit and meaning."""

from __future__ import annotations

from okoshi.agents.cooperators import Path
from okoshi.agents.municipalities import CAPACITY_COLUMNS, Field
from okoshi.observe.column_declaration import ColumnDeclaration, count, share
from okoshi.observe.money_columns import STAFF, YEN

KEY_REPLICATE = ColumnDeclaration("replicate", "int64", "number from 0", "Replicate of the run", "反復番号")
KEY_YEAR = ColumnDeclaration(
    "fiscal_year", "int64", "fiscal year", "Fiscal year, April to March", "年度（4月～3月）"
)
_COUNTED = "特別交付税算定ベース; assumed reading: at any time of the year"
_SURVEY = "定住状況調査: living there at the survey date (31 March)"
_ENDED = "all whose term has ended"
_SO_FAR = "定住状況調査: all whose term has ended by the survey date (31 March)"
_THERE = "of these, living in the same or a nearby municipality on 31 March"


_PATHS_JA = {
    Path.STARTUP: "起業",
    Path.EMPLOYED: "就業",
    Path.PUBLIC_JOB: "行政職",
    Path.FARMING_FORESTRY: "就農・林業",
    Path.SUCCESSION: "事業承継",
    Path.OTHER: "その他",
}
_FIELDS_JA = ("デジタル", "観光・情報発信", "商品開発", "移住・空き家", "農林業", "住民の生活支援")


NATIONAL = (
    KEY_REPLICATE,
    KEY_YEAR,
    count("members", "persons", "Members at any time of the year", "隊員数（年度中）", _COUNTED),
    count(
        "members_on_31_march",
        "persons",
        "Members on 31 March, those whose last day it is among them",
        "隊員数（3月31日。同日で終わる人を含む）",
    ),
    count(
        "municipalities_with_members",
        "municipalities",
        "Municipalities with a member at any time of the year",
        "取組自治体数",
        _COUNTED + "; the official count holds prefectures too",
    ),
    count(
        "municipalities_ever_with_members",
        "municipalities",
        "Municipalities that have had a member so far",
        "これまでに隊員がいた市町村",
        "総務省 令和元年度の活動状況: 受入実績のある自治体",
    ),
    count(
        "municipalities_formerly_with_members",
        "municipalities",
        "Municipalities that have had a member so far and had none this year",
        "過去に隊員がいて当年度はいない市町村",
    ),
    count("applicants", "persons", "People who looked at posts", "募集を見た人"),
    count("applied", "persons", "People who found a post better than staying", "応募者"),
    count("vacancies", "posts", "Posts advertised", "募集人数"),
    count("hired", "persons", "Posts filled", "採用者"),
    count("vacancies_unfilled", "posts", "Posts left open", "未充足の募集"),
    count("applicants_refused", "persons", "Applicants left without a post", "不採用者"),
    ColumnDeclaration(
        "short_side",
        "text",
        "applicants, posts or neither",
        "Which side of the market was short: posts left open against applicants refused",
        "不足していた側（応募者か募集か）",
    ),
    ColumnDeclaration(
        "hires_by_applicants",
        "float64",
        "elasticity",
        "By how many percent fewer are hired where 1% fewer look at posts, all else alike",
        "採用者数の応募候補者数に対する弾力性",
        "log of hires over hires with a tenth of the people who looked at posts left out",
        "log of all people who looked at posts over those kept (none were left out: not a number)",
    ),
    ColumnDeclaration(
        "hires_by_posts",
        "float64",
        "elasticity",
        "By how many percent fewer are hired where 1% fewer posts are advertised, all else alike",
        "採用者数の募集人数に対する弾力性",
        "log of hires over hires with a tenth of the posts left out",
        "log of all posts over those kept (none were left out: not a number)",
    ),
    count(
        "trial_guests", "persons", "Last year's trial guests in this year's pool", "おためし参加者（前年度）"
    ),
    count("interns", "persons", "Last year's interns in this year's pool", "インターン（前年度）"),
    count("ended", "persons", "Members whose term ended in the year", "任期終了者"),
    count("ended_so_far", "persons", "Members whose term has ended so far", "任期終了者（累計）", _SO_FAR),
    count(
        "settled",
        "persons",
        "Former members living there on 31 March",
        "定住している元隊員（3月31日）",
        _SURVEY,
    ),
    count("settled_same", "persons", "Of these, in the same municipality", "同一市町村に定住", _SURVEY),
    count("settled_nearby", "persons", "Of these, in a nearby municipality", "近隣市町村に定住", _SURVEY),
    share(
        "settled_same_share",
        "Settled in the same municipality, of all who ended",
        "同一市町村への定住率",
        "of these, living in the same municipality on 31 March",
        _ENDED,
        _SURVEY,
    ),
    share(
        "settled_nearby_share",
        "Settled in a nearby municipality, of all who ended",
        "近隣市町村への定住率",
        "of these, living in a nearby municipality on 31 March",
        _ENDED,
        _SURVEY,
    ),
    share("settled_share_all", "Settled, of all who ended", "定住率（全員）", _THERE, _ENDED, _SURVEY),
    share(
        "settled_share_all_served_1_year",
        "Settled, of those who served at least a year",
        "定住率（1年以上活動した者）",
        _THERE,
        "those who ended after at least 12 months",
    ),
    share(
        "settled_share_last_5_years",
        "Settled, of those who ended in the last five fiscal years",
        "定住率（直近5年）",
        _THERE,
        "those who ended in this fiscal year or the four before",
        _SURVEY,
    ),
    share(
        "stayed_at_end_share",
        "Stayed when the term ended (another thing than living there at a survey)",
        "任期終了時の残留率",
        "of these, stayed in the same or a nearby municipality at the end of the term",
        "those who ended in the year",
    ),
    share(
        "present_after_5_years_share",
        "Still there five years after the end",
        "5年後の定住率",
        _THERE,
        "those who ended in the fiscal year five years before",
    ),
    share(
        "present_after_10_years_share",
        "Still there ten years after the end",
        "10年後の定住率",
        _THERE,
        "those who ended in the fiscal year ten years before",
    ),
    share(
        "gone_after_3_to_4_years_share",
        "Settlers gone again three to four years later",
        "3～4年後に転出した割合",
        "of these, gone by 31 March",
        "those who settled at the end of a term three or four years before",
    ),
    share(
        "exited_within_6_months_share",
        "Former members who had left within six months",
        "6か月以内の退任者の割合",
        "of these, served at most 6 months",
        _ENDED,
        "survey of former members (reported 2020)",
    ),
    share(
        "exited_within_12_months_share",
        "Former members who had left within a year",
        "1年以内の退任者の割合",
        "of these, served at most 12 months",
        _ENDED,
        "survey of former members (reported 2020)",
    ),
    share(
        "cohort_exited_within_12_months_share",
        "Of last year's starters, left within a year",
        "着任者のうち1年以内に退任した割合",
        "of these, served at most 12 months",
        "those who started in the fiscal year before",
    ),
    count(
        "would_have_moved_anyway",
        "persons",
        "Settled now, and would have moved there without the measure",
        "制度がなくても移住していた定住者",
    ),
    share("female_share", "Women among members", "女性の割合", "women", "members of the year"),
    share(
        "aged_20s_30s_share",
        "Members in their twenties and thirties",
        "20～30代の割合",
        "aged 20-39 at the start of the term",
        "members of the year",
    ),
    count("startups_by_members", "firms", "Firms that members and former members opened", "隊員等の起業数"),
    count(
        "startups_that_needed_the_grant",
        "firms",
        "Of these, firms that would not have opened there without startup aid",
        "起業支援がなければ起業しなかった数",
    ),
    count("largest_in_a_municipality", "persons", "Most members in one municipality", "最多の自治体の隊員数"),
    count(
        "tenth_largest_in_a_municipality", "persons", "Members in the tenth largest", "10番目の自治体の隊員数"
    ),
    *(
        share(
            f"{path.name.lower()}_share",
            f"Path of those settled in the same municipality: {path.name.lower().replace('_', ' ')}",
            f"同一市町村定住者の進路：{_PATHS_JA[path]}",
            "of these, on this path",
            "living in the same municipality on 31 March",
            _SURVEY,
        )
        for path in Path
        if path is not Path.NONE
    ),
    count(
        "population", "persons", "People on 1 October", "人口（10月1日）", "国勢調査 (FY2020 is the census)"
    ),
    count("population_65plus", "persons", "Of these, 65 and over", "65歳以上人口", "国勢調査"),
    *YEN,
    count(
        "yen_total_at_fy2024_prices",
        "yen of FY2024",
        "All that was spent, at FY2024 prices",
        "総支出（2024年度価格）",
    ),
    ColumnDeclaration("price_index", "float64", "FY2024 = 1", "Prices taken as given", "物価指数（前提）"),
    *STAFF,
)

PLACE = (
    count("members", "persons", "Members at any time of the year", "隊員数（年度中）", _COUNTED),
    count(
        "members_on_31_march",
        "persons",
        "Members on 31 March, those whose last day it is among them",
        "隊員数（3月31日。同日で終わる人を含む）",
    ),
    count("posts", "posts", "Posts advertised", "募集人数"),
    count("hired", "persons", "Posts filled", "採用者"),
    count("ended", "persons", "Members whose term ended in the year", "任期終了者"),
    count("ended_so_far", "persons", "Members whose term has ended so far", "任期終了者（累計）"),
    count("settled_from_here", "persons", "Its former members settled here or nearby", "定住した元隊員"),
    count("settled_stock", "persons", "Former members (of any place) living here", "在住する元隊員"),
    count("startups_by_members", "firms", "Firms that its members opened", "隊員等の起業数"),
    *STAFF,
    count("population", "persons", "People on 1 October", "人口（10月1日）"),
    count("population_65plus", "persons", "Of these, 65 and over", "65歳以上人口"),
    *YEN,
)

_SUPPORT = ColumnDeclaration(
    "support_capacity", "float64", "share", "Ability to look after members", "支援力"
)

MUNICIPALITIES = (
    KEY_REPLICATE,
    KEY_YEAR,
    ColumnDeclaration(
        "municipality", "text", "code", "Five-digit code (合成 in an invented country)", "団体コード"
    ),
    ColumnDeclaration("name", "text", "name", "Name (invented where the country is)", "名称"),
    ColumnDeclaration("prefecture", "text", "name", "Prefecture", "都道府県"),
    *PLACE,
    _SUPPORT,
    count("offered_pay", "yen a year", "Remuneration offered", "報償費の提示額"),
    ColumnDeclaration("reason_not_joined", "text", "reason", "Why it has no members", "隊員がいない理由"),
    *(
        ColumnDeclaration(
            column,
            "float64",
            "share",
            f"What the work of members, employees on dispatch and digital talent had built by the March before: "
            f"{field.name.lower().replace('_', ' ')}",
            f"隊員・派遣社員・デジタル人材の活動が前年度末までに築いた力：{_FIELDS_JA[field]}",
        )
        for column, field in zip(CAPACITY_COLUMNS, Field, strict=True)
    ),
)

PREFECTURES = (
    KEY_REPLICATE,
    KEY_YEAR,
    ColumnDeclaration("prefecture", "text", "name", "Prefecture", "都道府県"),
    count("municipalities_with_members", "municipalities", "Municipalities with a member", "取組自治体数"),
    *PLACE,
    _SUPPORT,
)

MEMBERS = (
    KEY_REPLICATE,
    ColumnDeclaration(
        "member", "text", "key", "Lasting key: the same person in every scenario", "隊員の識別キー"
    ),
    ColumnDeclaration("sex", "text", "man or woman", "Sex", "性別"),
    count("age", "years", "Age at the start of the term", "着任時の年齢"),
    ColumnDeclaration("former_work", "text", "kind", "Work before", "前職"),
    ColumnDeclaration("household", "text", "kind", "Who came along", "世帯"),
    ColumnDeclaration("foreign", "bool", "flag", "Recruited among foreign residents", "外国人住民から採用"),
    ColumnDeclaration(
        "stayed_before",
        "bool",
        "flag",
        "Guest of a trial stay, intern or student there before",
        "おためし・インターン・学生としての滞在経験",
    ),
    ColumnDeclaration("field", "text", "field", "Field of work", "活動分野"),
    ColumnDeclaration("municipality", "text", "code", "Host", "受入自治体"),
    ColumnDeclaration("from_prefecture", "text", "name", "Prefecture it came from", "転出元"),
    ColumnDeclaration("start_month", "text", "YYYY-MM", "First month of the term", "着任月"),
    ColumnDeclaration(
        "end_month", "text", "YYYY-MM", "Last month of the term, empty while it runs", "任期の最終月"
    ),
    ColumnDeclaration("why_ended", "text", "reason", "How the term ended", "終了の理由"),
    ColumnDeclaration("startup", "bool", "flag", "Opened a firm there", "起業した"),
    ColumnDeclaration("startup_month", "text", "YYYY-MM", "Month the firm opened", "起業月"),
    ColumnDeclaration("startup_closed_month", "text", "YYYY-MM", "Month the firm closed", "廃業月"),
    ColumnDeclaration(
        "would_have_started_anyway",
        "bool",
        "flag",
        "Would have opened it without the grant",
        "補助がなくても起業",
    ),
    ColumnDeclaration(
        "settled",
        "text",
        "same, nearby, elsewhere",
        "Where it lives at the end of the run, empty while serving and after death",
        "定住",
    ),
    ColumnDeclaration(
        "stayed_at_end",
        "text",
        "same, nearby, elsewhere",
        "Where it stayed at the end of the term",
        "任期終了時",
    ),
    ColumnDeclaration("path", "text", "path", "What it lives on there", "進路"),
    ColumnDeclaration("settled_municipality", "text", "code", "Municipality settled in", "定住先"),
    ColumnDeclaration("gone_again_month", "text", "YYYY-MM", "Month it left after settling", "転出月"),
    ColumnDeclaration("died_month", "text", "YYYY-MM", "Month it died, serving or settled", "死亡月"),
    ColumnDeclaration(
        "would_have_moved_anyway",
        "bool",
        "flag",
        "Would have moved there without the measure",
        "制度がなくても移住",
    ),
)

LEDGER = (
    KEY_REPLICATE,
    KEY_YEAR,
    ColumnDeclaration(
        "measure",
        "text",
        "measure",
        "Field of a measure; what bodies pay there anyway (own_talent, most of pool_pay and municipal_support) "
        "is no cost of the measure",
        "施策の分野（自治体が施策なしでも払う own_talent と、pool_pay・municipal_support の大半は"
        "施策の費用ではない）",
    ),
    ColumnDeclaration("layer", "text", "scheme or supplement", "Rules in force, or the extra", "制度／補正"),
    ColumnDeclaration("item", "text", "item", "What was paid for", "費目"),
    ColumnDeclaration("payer", "text", "payer", "Who paid", "支払者"),
    ColumnDeclaration("payee", "text", "payee", "Who received", "受取者"),
    ColumnDeclaration(
        "municipality",
        "text",
        "code",
        "Municipality (or prefecture NN000), empty for the nation",
        "団体コード",
    ),
    count("yen", "yen (nominal)", "Amount, gross: a reimbursement is a row of its own", "金額（総額）"),
)
