"""The columns of university projects (大学連携) in every table: unit and meaning."""

from __future__ import annotations

from okoshi.observe.column_declaration import ColumnDeclaration, count

_PARTICIPANTS = count(
    "student_participants",
    "students",
    "Students who took part in field programmes in the year, with or without a contract",
    "地域プログラムに参加した学生（年度中、制度の有無を問わない）",
)
_MOVERS = count(
    "student_movers",
    "persons",
    "Students and former students who moved in the year to the place they had visited",
    "訪問した地域に移住した学生・元学生（年度中）",
)
_RELATED = count(
    "related_students",
    "persons",
    "Related people (関係人口) among students: living elsewhere, attachment above a threshold on 31 March",
    "関係人口のうち学生（3月31日に他地域に住み、愛着が基準を超える人）",
)
_STAFF = count(
    "university_staff_hours",
    "hours",
    "Officials' hours for field programmes: a cost beside the cash",
    "地域プログラムに係る職員の従事時間",
)
DECLARATIONS_NATIONAL = (
    count("university_sites", "sites", "Sites under contract", "モデル事業の件数", "モデル事業: 15 planned"),
    count(
        "university_programmes",
        "programmes",
        "Field programmes held, sites under contract included",
        "地域プログラム数（モデル事業を含む）",
    ),
    count(
        "university_programmes_anyway",
        "programmes",
        "Of these, held without the measure, too",
        "うち制度がなくても実施されたプログラム",
    ),
    _PARTICIPANTS,
    count(
        "student_participants_at_sites",
        "students",
        "Of these, at sites under contract",
        "うちモデル事業の参加学生",
    ),
    count(
        "student_participants_anyway",
        "students",
        "Of these, would have taken part without the measure",
        "うち制度がなくても参加した学生",
    ),
    count("student_return_visits", "visits", "Visits of earlier participants", "過去の参加学生の再訪"),
    _MOVERS,
    count(
        "student_movers_anyway",
        "persons",
        "Of these, would have moved in that year without any visit",
        "うち訪問がなくても移住した人",
    ),
    count(
        "student_applicants",
        "persons",
        "Former participants who apply as cooperators there next April",
        "翌年度の協力隊に応募する元参加学生",
    ),
    _RELATED,
    _STAFF,
)
DECLARATIONS_MUNICIPALITIES = (
    _PARTICIPANTS,
    _MOVERS,
    _RELATED,
    _STAFF,
)
DECLARATIONS = (
    ColumnDeclaration("replicate", "int64", "number from 0", "Replicate of the run", "反復番号"),
    ColumnDeclaration("fiscal_year", "int64", "fiscal year", "Fiscal year in which it is held", "実施年度"),
    ColumnDeclaration("project", "text", "key", "Lasting key of place and year", "プログラムの識別キー"),
    ColumnDeclaration("municipality", "text", "code", "Host", "受入自治体"),
    ColumnDeclaration(
        "university_prefecture", "text", "name", "Prefecture of the university", "大学の所在都道府県"
    ),
    ColumnDeclaration("under_contract", "bool", "flag", "A site of the measure", "モデル事業"),
    ColumnDeclaration(
        "held_anyway", "bool", "flag", "Would be held without the measure", "制度がなくても実施"
    ),
    count("students", "students", "Students who take part", "参加学生"),
    count("students_anyway", "students", "Who would without the measure", "制度がなくても参加した学生"),
    count("days", "days", "Length of the stay", "滞在日数"),
    ColumnDeclaration("quality", "float64", "ratio", "Quality, 1 = middle", "プログラムの質"),
    count("cost", "yen (nominal)", "What it costs the host, before any contract", "受入側の事業費"),
    count("contract", "yen (nominal)", "Paid by the nation under contract", "国の委託費"),
    count("students_cost", "yen (nominal)", "What its students pay themselves", "学生の自己負担"),
    count("return_visits", "visits", "Visits of its students afterwards, so far", "その後の再訪（累計）"),
    count("movers", "persons", "Of its students, moved there so far", "うち移住した人（累計）"),
    count(
        "movers_anyway",
        "persons",
        "Of these, would have moved without any visit",
        "うち訪問がなくても移住した人",
    ),
    count("applicants", "persons", "Applied as cooperators so far", "協力隊に応募した人（累計）"),
    count(
        "related_people",
        "persons",
        "Of its students, related people at the end of the run",
        "うち関係人口（終了時点）",
    ),
)
