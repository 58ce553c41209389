"""The named cast (STYLE.md 33): two clients and the people round them, as of 1 January 2025.

Alder: Ann (manager), Ben (author), Bill (billing contact)      Birch: Bea (manager)
Staff: Cora (agent), Dev (agent without a non-disclosure agreement), Lee (lead), Ada (admin)
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from importlib import import_module
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.test import Client as Browser

from portal import clock
from portal.actors import SYSTEM, Actor
from portal.models import Address, Client, Membership, Nda, Product, Staff, Supplier, Terms, User, WorkingCalendar
from portal.rules.states import Grade, Role
from portal.tenancy import act_as_staff
from tests.browser import HOST

BEGAN = datetime(2025, 1, 1, 9, 0, tzinfo=UTC)
SINCE = date(2025, 1, 1)
# The instant at which the demo's clock starts too: a Tuesday morning, inside working hours.
MORNING = datetime(2026, 11, 24, 10, 40, tzinfo=UTC)
PASSWORD = "correct-horse-battery"

MEMBERS = [
    ("ann", "alder", "Ann Archer", Role.MANAGER),
    ("ben", "alder", "Ben Baker", Role.AUTHOR),
    ("bill", "alder", "Bill Butler", Role.BILLING),
    ("bea", "birch", "Bea Brewer", Role.MANAGER),
]
STAFF = [
    ("cora", "Cora Carter", Grade.AGENT, True),
    ("dev", "Dev Draper", Grade.AGENT, False),
    ("lee", "Lee Lister", Grade.LEAD, True),
    ("ada", "Ada Ashby", Grade.ADMIN, True),
]


@dataclass
class Person:
    """One of the cast, with either a membership or a place on the staff."""

    user: User
    address: Address
    membership: Membership | None = None
    staff: Staff | None = None

    @property
    def actor(self) -> Actor:
        if self.membership:
            one = self.membership
            return Actor("member", one.label, self.user.pk, one.client_id, one.pk, None, one.role)
        assert self.staff
        return Actor("staff", self.staff.label, self.user.pk, None, None, self.staff.pk, self.staff.grade)


@dataclass
class World:
    supplier: Supplier
    terms: Terms
    calendar: WorkingCalendar
    products: dict[str, Product]
    alder: Client
    birch: Client
    people: dict[str, Person] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Person:
        """world.ann, world.cora, ..."""
        people = self.__dict__.get("people", {})
        if name not in people:
            raise AttributeError(name)
        return people[name]


def build() -> World:
    """Write the cast as the portal itself would, across clients."""
    with act_as_staff(SYSTEM):
        alder = Client.objects.create(slug="alder", name="Alder Architects", created_at=BEGAN)
        birch = Client.objects.create(slug="birch", name="Birch Bakery", created_at=BEGAN)
        world = World(*build_contract(), alder, birch)
        world.people = build_people({"alder": alder, "birch": birch})
    return world


def build_contract() -> tuple[Supplier, Terms, WorkingCalendar, dict[str, Product]]:
    supplier, _ = Supplier.objects.get_or_create(
        id=1,
        defaults={
            "name": "Northgate Cloud Services Ltd",
            "sender_name": "Northgate support",
            "sender_email": "support@northgate.example",
            "created_at": BEGAN,
        },
    )
    terms = Terms.objects.order_by("version").last() or Terms.objects.create(
        version=1, published_at=BEGAN, summary="The first terms.", parameters={}, published_by="Ada Ashby"
    )
    calendar = WorkingCalendar.objects.order_by("version").last() or WorkingCalendar.objects.create(
        version=1, hours=[["09:00", "17:30"]], days=[0, 1, 2, 3, 4], effective_at=BEGAN, made_by="Ada Ashby"
    )
    if not Product.objects.exists():
        Product.objects.create(code="exchange", name="Exchange Online", has_exchange=True)
    return supplier, terms, calendar, {product.code: product for product in Product.objects.all()}


def build_people(clients: dict[str, Client]) -> dict[str, Person]:
    labels = [(key, label) for key, _, label, _ in MEMBERS] + [(key, label) for key, label, _, _ in STAFF]
    password = make_password(PASSWORD)
    users = User.objects.bulk_create(
        User(email=f"{key}@example.org", name=label, password=password, created_at=BEGAN) for key, label in labels
    )
    addresses = Address.objects.bulk_create(
        Address(user=user, email=user.email, registered_by="Ada Ashby", registered_at=BEGAN, verified_at=BEGAN)
        for user in users
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users
    )
    people = {key: Person(user, address) for (key, _), user, address in zip(labels, users, addresses, strict=True)}
    join_clients(people, clients)
    join_staff(people)
    return people


def join_clients(people: dict[str, Person], clients: dict[str, Client]) -> None:
    members = Membership.objects.bulk_create(
        Membership(
            client=clients[slug],
            user=people[key].user,
            address=people[key].address,
            label=label,
            email=people[key].user.email,
            role=role,
            valid_from=SINCE,
            invited_at=BEGAN,
            joined_at=BEGAN,
        )
        for key, slug, label, role in MEMBERS
    )
    for (key, *_), membership in zip(MEMBERS, members, strict=True):
        people[key].membership = membership


def join_staff(people: dict[str, Person]) -> None:
    staff = Staff.objects.bulk_create(
        Staff(
            user=people[key].user,
            address=people[key].address,
            label=label,
            email=people[key].user.email,
            grade=grade,
            valid_from=SINCE,
        )
        for key, label, grade, _ in STAFF
    )
    for (key, *_), person in zip(STAFF, staff, strict=True):
        people[key].staff = person
    Nda.objects.bulk_create(
        Nda(
            staff=person,
            valid_from=SINCE,
            template_version="1",
            witness="A. N. Other",
            storage_reference="cabinet 1",
            recorded_by="Ada Ashby",
            recorded_at=BEGAN,
        )
        for (_, _, _, signed), person in zip(STAFF, staff, strict=True)
        if signed
    )


def signed_in(person: Person, *, mfa: bool = True, minutes_ago: int = 0) -> Browser:
    """A test client whose session belongs to this person, as after a sign-in with a second factor.

    After 15 `minutes_ago` money, exports and MFA changes ask for a new proof.
    """
    at = clock.real_now().timestamp() - 60 * minutes_ago
    methods: list[dict[str, Any]] = [{"method": "password", "at": at, "email": person.user.email}]
    if mfa:
        methods.append({"method": "mfa", "at": at, "type": "totp"})
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(person.user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.user.get_session_auth_hash()
    session["account_authentication_methods"] = methods
    session["account_authentication_methods_user"] = str(person.user.pk)
    session.save()
    browser = Browser()
    browser.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return browser


def enter(page: Any, person: Person) -> None:
    """Give the browser of a `page` the session of a person of the cast, without the sign-in pages."""
    cookie = signed_in(person).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "domain": HOST, "path": "/"}])
