"""The columns of Local 10,000 (ローカル10,000プロジェクト) in every table: unit and meaning."""

from __future__ import annotations

from okoshi.observe.column_declaration import ColumnDeclaration, count

RATIO_STEPS = (1.0, 1.5, 2.0)  # loan over grant, the ladder of FY2024
LOAN_KINKS = (25.0, 52.5, 100.0)  # million yen: where that ladder's largest grant stops growing with the loan
SURVIVAL_YEARS = (1, 2, 3, 4, 5)

_PROJECTS = "projects funded in the year"
_REGISTER = "credit register: enterprises still listed, biased high"


def _yen(name: str, meaning: str, meaning_ja: str, official: str = "") -> ColumnDeclaration:
    return count(name, "yen (nominal)", meaning, meaning_ja, official)


def _mean(
    name: str, unit: str, meaning: str, meaning_ja: str, numerator: str, denominator: str
) -> ColumnDeclaration:
    return ColumnDeclaration(name, "float64", unit, meaning, meaning_ja, numerator, denominator)


def _share(
    name: str, meaning: str, meaning_ja: str, numerator: str, denominator: str = _PROJECTS, official: str = ""
) -> ColumnDeclaration:
    return ColumnDeclaration(name, "float64", "share", meaning, meaning_ja, numerator, denominator, official)


def _text(name: str, unit: str, meaning: str, meaning_ja: str) -> ColumnDeclaration:
    return ColumnDeclaration(name, "text", unit, meaning, meaning_ja)


def _flag(name: str, meaning: str, meaning_ja: str) -> ColumnDeclaration:
    return ColumnDeclaration(name, "bool", "flag", meaning, meaning_ja)


_APPLICATIONS = (
    count("local_10000_candidates", "projects", "Projects that people and companies have", "事業計画の数"),
    count(
        "local_10000_aware", "projects", "Of these, whose founder has heard of the grant", "制度を知る者の数"
    ),
    count(
        "local_10000_applications",
        "projects",
        "Projects better with the grant than without, brought to the town hall with the bank's loan",
        "申請の数",
    ),
    count(
        "local_10000_refused_bank",
        "projects",
        "Not applied for want of an unsecured loan",
        "融資が得られず申請しなかった数",
    ),
    count("local_10000_refused_novelty", "projects", "Refused for want of novelty", "新規性がなく対象外の数"),
    count(
        "local_10000_refused_town_hall",
        "projects",
        "Not put forward by the town hall",
        "市町村が申請しなかった数",
    ),
    count("local_10000_refused_budget", "projects", "Refused for want of money", "予算不足で不採択の数"),
    _text(
        "local_10000_budget_ran_out",
        "month",
        "Month of the first application refused for want of money, empty where there was enough",
        "予算が尽きた月",
    ),
)

_MONEY = (
    count("local_10000_projects", "projects", "Projects funded in the year", "交付決定件数"),
    count("local_10000_projects_so_far", "projects", "Projects funded so far", "交付決定件数（累計）"),
    ColumnDeclaration(
        "local_10000_projects_to_mid_year",
        "float64",
        "projects",
        "Projects funded so far by the middle of the fiscal year: half of the year's counted",
        "年度半ばまでの交付決定件数（累計。当年度分は半数を算入）",
        official="総務省: projects decided by 8 September 2015",
    ),
    _yen(
        "local_10000_grant_yen", "Public grants of the year, of nation and municipality", "公費による交付額"
    ),
    _yen("local_10000_national_yen", "Of these, the nation's part", "うち国費"),
    _yen("local_10000_loan_yen", "Loans (and stakes) beside them", "融資・出資額"),
    _yen("local_10000_own_funds_yen", "Founders' own money beside them", "自己資金等"),
    _yen("local_10000_grants_so_far_yen", "Public grants so far", "交付額（累計）"),
    _yen("local_10000_loans_so_far_yen", "Loans (and stakes) so far", "融資額（累計）"),
    _yen(
        "local_10000_grants_to_mid_year_yen",
        "Public grants so far by the middle of the fiscal year: half of the year's counted",
        "年度半ばまでの交付額（累計。当年度分は半額を算入）",
        "総務省: 8.09 billion yen by 8 September 2015",
    ),
    _yen(
        "local_10000_loans_to_mid_year_yen",
        "Loans (and stakes) so far by the middle of the fiscal year: half of the year's counted",
        "年度半ばまでの融資額（累計。当年度分は半額を算入）",
        "総務省: 8.73 billion yen by 8 September 2015",
    ),
    _mean(
        "local_10000_mean_grant_yen",
        "yen (nominal)",
        "Mean public grant",
        "1件当たり交付額",
        "public grants of the year",
        _PROJECTS,
    ),
    _mean(
        "local_10000_mean_grant_so_far_yen",
        "yen (nominal)",
        "Mean public grant so far",
        "1件当たり交付額（累計）",
        "public grants so far",
        "projects so far",
    ),
    _mean(
        "local_10000_loan_to_grant",
        "loan a yen of grant",
        "Loans over grants",
        "交付額に対する融資額",
        "loans and stakes of the year",
        "public grants of the year",
    ),
    _mean(
        "local_10000_loan_to_grant_so_far",
        "loan a yen of grant",
        "Loans over grants so far",
        "交付額に対する融資額（累計）",
        "loans and stakes so far",
        "public grants so far",
    ),
)

_SHAPE = (
    *(
        _share(
            f"local_10000_ratio_{step:g}_share".replace(".", "_"),
            f"Projects whose loan is exactly {step:g} times the grant (within a thousandth)",
            f"融資額が交付額のちょうど{step:g}倍の割合",
            "of these, at that ratio",
        )
        for step in RATIO_STEPS
    ),
    *(
        _share(
            f"local_10000_loan_{kink:g}_million_share".replace(".", "_"),
            f"Projects whose loan is exactly {kink:g} million yen (within a thousandth)",
            f"融資額がちょうど{kink:g}百万円の割合",
            "of these, with that loan",
        )
        for kink in LOAN_KINKS
    ),
    _share(
        "local_10000_relabelled_share",
        "Projects filed under a dearer theme than their own",
        "主でない重点テーマで申請した割合",
        "of these, theme differs from theme_alternative",
    ),
    _mean(
        "local_10000_national_share",
        "share",
        "Mean national share of the grants",
        "国費割合の平均",
        "sum of the projects' national shares",
        _PROJECTS,
    ),
    _mean(
        "local_10000_national_share_without_relabelling",
        "share",
        "Mean national share had each project been filed under its own theme",
        "主たるテーマで申請した場合の国費割合の平均",
        "sum of these shares",
        _PROJECTS,
    ),
    _share(
        "local_10000_company_share",
        "Projects that are new business of an existing company",
        "既存企業の新規事業の割合",
        "of these, of a company of the place or from outside",
    ),
    count(
        "local_10000_by_members", "projects", "Projects of cooperators and settlers", "協力隊員・定住者の事業"
    ),
    _share(
        "local_10000_women_share", "Projects led by women", "女性が担う事業の割合", "of these, led by a woman"
    ),
)

_DEADWEIGHT = (
    count(
        "local_10000_would_have_started_anyway",
        "projects",
        "Funded projects that the same founder would have started without the grant, at whatever size",
        "交付がなくても開始していた事業",
    ),
    _share(
        "local_10000_would_have_started_anyway_share",
        "Deadweight by number",
        "死荷重（件数）",
        "of these, would have started without the grant",
    ),
    _yen("local_10000_grant_to_those_yen", "Grants that went to them", "うち交付額"),
    count(
        "local_10000_same_size_anyway",
        "projects",
        "Funded projects that would have been at least 95% as large without the grant",
        "交付がなくても同規模で実施していた事業",
    ),
    _yen(
        "local_10000_additional_investment_yen",
        "Investment of funded projects less what the same founders would have invested without the grant",
        "追加的な投資額",
    ),
    _yen("local_10000_additional_loan_yen", "The same for loans", "追加的な融資額"),
)

_ENTERPRISES = (
    count("enterprises_founded", "enterprises", "Enterprises founded in the year, funded or not", "開業数"),
    count(
        "enterprises_closed",
        "enterprises",
        "Enterprises closed in the year, those that a former member carries on later among them",
        "廃業数（後に元隊員が引き継ぐものを含む）",
    ),
    count("enterprises_alive", "enterprises", "Enterprises open on 31 March, funded or not", "存続事業者数"),
    count("enterprises_funded_alive", "enterprises", "Of these, funded", "うち交付事業者"),
    count("enterprise_jobs", "persons", "People at work in open enterprises", "従業者数"),
    count("enterprise_jobs_funded", "persons", "Of these, in funded ones", "うち交付事業者"),
    _yen("enterprise_sales_yen", "Sales of open enterprises", "売上高"),
    _yen(
        "sales_taken_from_others_yen", "Of these, taken from those already there", "既存事業者から奪った売上"
    ),
    _yen("sales_taken_from_others_funded_yen", "The same, of funded enterprises", "うち交付事業者"),
    _yen(
        "loans_lost_yen",
        "Not paid back by enterprises that closed in the year, carried on later or not",
        "貸倒れ額",
    ),
    *(
        _share(
            f"enterprise_survival_{years}_share",
            f"Open {years} year(s) after founding",
            f"開業{years}年後の存続率",
            "of these, open on 31 March",
            f"enterprises founded {years} year(s) before, in April",
            _REGISTER,
        )
        for years in SURVIVAL_YEARS
    ),
)

DECLARATIONS_NATIONAL = (*_APPLICATIONS, *_MONEY, *_SHAPE, *_DEADWEIGHT, *_ENTERPRISES)

DECLARATIONS_MUNICIPALITIES = (
    count("local_10000_projects", "projects", "Local 10,000 projects funded in the year", "交付決定件数"),
    count("local_10000_refused", "projects", "Projects that met a closed door in the year", "不採択等の数"),
    _yen(
        "local_10000_grant_yen", "Public grants of the year, of nation and municipality", "公費による交付額"
    ),
    count("enterprises_alive", "enterprises", "Enterprises open on 31 March", "存続事業者数"),
    count("enterprise_jobs", "persons", "People at work in open enterprises", "従業者数"),
    _yen("sales_taken_from_others_yen", "Sales taken from those already there", "既存事業者から奪った売上"),
)

DECLARATIONS = (
    count("replicate", "number from 0", "Replicate of the run", "反復番号"),
    _text("enterprise", "key", "Lasting key of the enterprise", "事業者の固有番号"),
    _text(
        "founder", "resident, cooperator, settler, company, outside_company", "Who founded it", "起業者の別"
    ),
    _text("founder_sex", "man, woman", "Sex of who leads it", "代表者の性別"),
    count("founder_age", "years", "Age of who leads it, when founded", "代表者の年齢"),
    _text("sector", "text", "What it does", "業種"),
    _text("theme", "text", "Theme it is filed under", "申請した重点テーマ"),
    _text("theme_alternative", "text", "Theme without relabelling", "主たる重点テーマ"),
    _text("municipality", "code", "Municipality", "市町村コード"),
    count("founded", "fiscal year", "Year it was founded", "開業年度"),
    _flag("indivisible", "The project has one size only", "規模を変えられない事業"),
    _yen("investment", "Initial investment", "初期投資額"),
    _yen("loan", "The bank's loan or a fund's stake", "融資額又は出資額"),
    _flag("stake", "A fund's stake in place of a loan", "出資"),
    _yen("grant", "Public grant, 0 without one", "公費による交付額"),
    _yen("own_funds", "Own money", "自己資金等"),
    ColumnDeclaration("national_share", "float64", "share", "The nation's share of the grant", "国費の割合"),
    ColumnDeclaration(
        "national_share_alternative",
        "float64",
        "share",
        "That share without relabelling",
        "主たるテーマでの国費の割合",
    ),
    _yen("planned_sales", "Sales of the plan, a year", "計画売上高（年）"),
    _yen("sales", "Sales of the last year lived", "直近の売上高"),
    _yen("sales_taken", "Of these, taken from those already there", "うち既存事業者から奪った額"),
    count("jobs", "persons", "People at work on 31 March", "従業者数"),
    count("closed", "fiscal year", "Year it closed, 0 while open", "廃業年度（存続中は0）"),
    _flag(
        "would_have_started_anyway",
        "The same founder starts without the grant, at whatever size (always so without one)",
        "交付がなくても開業",
    ),
    _yen(
        "investment_without_grant", "What it would have invested without the grant", "交付がない場合の投資額"
    ),
    _yen("loan_without_grant", "What it would have borrowed without the grant", "交付がない場合の融資額"),
    _text(
        "refused_because",
        "bank, novelty, town_hall, budget",
        "Which door to the grant was closed",
        "交付を受けられなかった理由",
    ),
)
