"""The kinds of agent as a Mesa user meets them: `model.agents_by_type[Cooperator]`."""

from __future__ import annotations

from okoshi.agents.banks import Banks
from okoshi.agents.companies import Companies
from okoshi.agents.cooperators import Members
from okoshi.agents.digital_talent import Pools
from okoshi.agents.districts import Districts
from okoshi.agents.enterprises import Enterprises
from okoshi.agents.municipalities import Municipalities
from okoshi.agents.shops import Services
from okoshi.agents.students import Students
from okoshi.agents.university_projects import Universities
from okoshi.agents.views import ColumnAgent


class Municipality(ColumnAgent, table=Municipalities):
    """A municipality (市町村)."""


class Cooperator(ColumnAgent, table=Members):
    """A cooperator (地域おこし協力隊員): from hiring on, through the term, as a settler, until leaving."""


class Company(ColumnAgent, table=Companies):
    """A company of the three metropolitan areas that may send an employee (企業)."""


class Student(ColumnAgent, table=Students):
    """A student or former student who took part in a field programme (学生)."""


class Enterprise(ColumnAgent, table=Enterprises):
    """An enterprise started as a project of a place (ローカル10,000の事業者等), until it closes."""


class ShoppingService(ColumnAgent, table=Services):
    """A van, a delivery or a community store (買物サービス), until it closes."""


class District(ColumnAgent, table=Districts):
    """A district (学区) with its stores."""


class Prefecture(ColumnAgent, table=Pools):
    """A prefecture (都道府県) as it hires digital talent for its pool and lends it."""


class Bank(ColumnAgent, table=Banks):
    """The regional banks of a prefecture (地域金融機関)."""


class University(ColumnAgent, table=Universities):
    """The universities of a prefecture (大学)."""
