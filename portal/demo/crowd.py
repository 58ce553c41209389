"""Clients without end, for measuring: small organisations with three people each, every second one with support."""

from portal.demo.people import SUPPORTED, ClientSpec, MemberSpec
from portal.rules.states import Role

PLACES = (
    "Alderley", "Barrow", "Cressing", "Dunmere", "Eastholt", "Fernley", "Garth", "Hollins", "Ingleby", "Jarrow Hill",
    "Kelsey", "Linwood", "Marston", "Netherby", "Orchard", "Pemberley", "Quarry", "Ravensdale", "Stanmore", "Thornbury",
)  # fmt: skip
TRADES = (
    ("Dental", "dentist"), ("Surveyors", "surveyors"), ("Community Fund", "charity"), ("Academy", "school trust"),
    ("Joinery", "joinery"), ("Studio Architects", "architects"), ("Bakery", "bakery"), ("Legal", "law firm"),
    ("Care", "care home"), ("Accounts", "accountants"),
)  # fmt: skip
FIRST = ("Alex", "Billie", "Charlie", "Drew", "Eden", "Frankie", "Glen", "Harper", "Indy", "Jules", "Kit", "Logan")
LAST = (
    "Abbott",
    "Bright",
    "Crane",
    "Dawson",
    "Ellis",
    "Foster",
    "Grant",
    "Hale",
    "Innes",
    "Judd",
    "Kerr",
    "Lane",
    "Mills",
)


def crowd(count: int) -> list[ClientSpec]:
    """So many made-up clients, always the same; even numbers hold support."""
    return [_client(number) for number in range(count)]


def _client(number: int) -> ClientSpec:
    place, (word, trade) = PLACES[number % len(PLACES)], TRADES[number // len(PLACES) % len(TRADES)]
    name = f"{place} {word}"
    slug = f"{name.lower().replace(' ', '-')}-{number + 1}"
    roles = (Role.MANAGER, Role.AUTHOR, Role.AUTHOR)
    members = tuple(MemberSpec(_name(number, one), role) for one, role in enumerate(roles))
    return ClientSpec(slug, name, trade, 10, () if number % 2 else SUPPORTED, members)


def _name(number: int, one: int) -> str:
    return f"{FIRST[(number * 5 + one) % len(FIRST)]} {LAST[(number * 3 + one * 4) % len(LAST)]}"
