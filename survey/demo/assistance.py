"""Writes the invented register of assistance: in 2019 as many enterprises and as much help as the founding case counts.

Enterprises are named after invented villages, so that none of them exists. Everything of one year comes as one spreadsheet.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from random import Random

from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.demo.chance import draw_from, pick
from survey.demo.facts import Facts
from survey.demo.schedule import LOCAL
from survey.liaison.assistance_operations import import_assistance_draft, keep_assistance_draft
from survey.liaison.places import Gazetteer, read_gazetteer
from survey.liaison.register import GIVER_TERMS, HEADINGS, HELP_TERMS, read_register

YEAR, N_GIVERS, HUNDREDTHS = 2019, 148, 637_858
"""The founding case: 148 enterprises gave 6,378.58 (10,000 yuan) in 2019."""
N_ENTRIES = 186
"""Some give twice."""
EARLIER = {2017: (24, 41_230), 2018: (37, 96_415)}
"""In the years before: how many entries, and how much in hundredths of 10,000 yuan."""
TRADES = ("茶业", "食用菌", "农业发展", "药材", "养殖", "旅游开发", "食品", "建设")
OTHER_GIVERS = {
    "party_organisation": ("示例省委会", "示例市委会", "示例支社"),
    "member": ("党派成员林某", "党派成员许某", "党派成员梁某", "党派成员孟某"),
    "foundation": ("示例公益基金会", "示例教育基金会"),
    "institution": ("示例医学院附属医院", "示例农林大学"),
    "other": ("示例商会",),
}
HELP = {"money": 0.3, "goods": 0.2, "project": 0.25, "services": 0.1, "training": 0.1, "other": 0.05}
COLUMNS = ("giver", "giver_kind", "help_kind", "amount", "place_code", "year")
ENDED_AT = datetime(2020, 1, 10, 9, 0, tzinfo=LOCAL)


def add_assistance_register(session: Session, facts: Facts, actor: User) -> None:
    """Import the registers of three years."""
    gazetteer = read_gazetteer(session)
    for year, (n_entries, hundredths) in EARLIER.items():
        rng = draw_from(facts.seed, "assistance", year)
        givers = _earlier_givers(facts, rng, n_entries)
        _import(session, actor, gazetteer, year, _rows(facts, rng, givers, hundredths, year))
    rng = draw_from(facts.seed, "assistance", YEAR)
    enterprises = [(name, "enterprise") for name in _enterprises(facts)[:N_GIVERS]]
    givers = enterprises + [enterprises[rng.randrange(N_GIVERS)] for _each in range(N_ENTRIES - N_GIVERS)]
    _import(session, actor, gazetteer, YEAR, _rows(facts, rng, givers, HUNDREDTHS, YEAR))


def _enterprises(facts: Facts) -> list[str]:
    villages = [village.name.removesuffix("村") for county in facts.counties for village in county.villages]
    return [f"{village}{trade}有限公司" for trade in TRADES for village in villages]


def _earlier_givers(facts: Facts, rng: Random, n_entries: int) -> list[tuple[str, str]]:
    others = [(name, kind) for kind, names in OTHER_GIVERS.items() for name in names]
    enterprises = _enterprises(facts)
    return others + [(enterprises[rng.randrange(60)], "enterprise") for _each in range(n_entries - len(others))]


def _rows(facts: Facts, rng: Random, givers: Sequence[tuple[str, str]], hundredths: int, year: int) -> Iterator[tuple[str, ...]]:
    """One row per gift; the amounts differ widely and add up exactly."""
    weights = [rng.lognormvariate(0, 1.1) for _giver in givers]
    shares = [max(1, int(hundredths * weight / sum(weights))) for weight in weights]
    shares[weights.index(max(weights))] += hundredths - sum(shares)
    for (giver, kind), share in zip(givers, shares, strict=True):
        county = facts.counties[rng.randrange(len(facts.counties))]
        help_kind = HELP_TERMS[pick(rng, HELP)][0]
        yield giver, GIVER_TERMS[kind][0], help_kind, f"{share // 100}.{share % 100:02}", county.code, str(year)


def _import(session: Session, actor: User, gazetteer: Gazetteer, year: int, rows: Iterator[tuple[str, ...]]) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADINGS[column][0] for column in COLUMNS)
    writer.writerows(rows)
    name, now = f"{year}年帮扶台账.csv", ENDED_AT.replace(year=year + 1)
    register = read_register(text.getvalue().encode(), name, gazetteer)
    draft = keep_assistance_draft(session, actor, register, name, now)
    import_assistance_draft(session, actor, draft, keep_good=False, with_duplicates=True, now=now)
