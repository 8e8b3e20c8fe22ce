"""The 47 prefectures (都道府県) under the names that a scenario may use."""

from __future__ import annotations

import unicodedata

PREFECTURES: dict[str, str] = {
    "北海道": "Hokkaido",
    "青森県": "Aomori",
    "岩手県": "Iwate",
    "宮城県": "Miyagi",
    "秋田県": "Akita",
    "山形県": "Yamagata",
    "福島県": "Fukushima",
    "茨城県": "Ibaraki",
    "栃木県": "Tochigi",
    "群馬県": "Gunma",
    "埼玉県": "Saitama",
    "千葉県": "Chiba",
    "東京都": "Tokyo",
    "神奈川県": "Kanagawa",
    "新潟県": "Niigata",
    "富山県": "Toyama",
    "石川県": "Ishikawa",
    "福井県": "Fukui",
    "山梨県": "Yamanashi",
    "長野県": "Nagano",
    "岐阜県": "Gifu",
    "静岡県": "Shizuoka",
    "愛知県": "Aichi",
    "三重県": "Mie",
    "滋賀県": "Shiga",
    "京都府": "Kyoto",
    "大阪府": "Osaka",
    "兵庫県": "Hyogo",
    "奈良県": "Nara",
    "和歌山県": "Wakayama",
    "鳥取県": "Tottori",
    "島根県": "Shimane",
    "岡山県": "Okayama",
    "広島県": "Hiroshima",
    "山口県": "Yamaguchi",
    "徳島県": "Tokushima",
    "香川県": "Kagawa",
    "愛媛県": "Ehime",
    "高知県": "Kochi",
    "福岡県": "Fukuoka",
    "佐賀県": "Saga",
    "長崎県": "Nagasaki",
    "熊本県": "Kumamoto",
    "大分県": "Oita",
    "宮崎県": "Miyazaki",
    "鹿児島県": "Kagoshima",
    "沖縄県": "Okinawa",
}


def find_prefecture(name: str) -> str | None:
    """Return the full Japanese name of 島根県, 島根 or Shimane; None where there is no such prefecture.

    Signs of other tables that look the same (神 of 神奈川, wide letters) are the same.
    """
    wanted = unicodedata.normalize("NFKC", name).strip()
    if wanted.isdecimal() and len(wanted) <= 2 and 1 <= int(wanted) <= len(PREFECTURES):
        return list(PREFECTURES)[int(wanted) - 1]
    for japanese, english in PREFECTURES.items():
        short = japanese if japanese == "北海道" else japanese[:-1]
        if wanted in (japanese, short) or wanted.lower() == english.lower():
            return japanese
    return None


def in_order(names: set[str]) -> tuple[str, ...]:
    """Return prefectures in their official order, each once."""
    return tuple(name for name in PREFECTURES if name in names)
