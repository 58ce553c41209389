"""Who is in the demo world. Every name is made up; days count back from the instant that the world is built for.

The first client and the first staff are the doors of the sign-in page (portal.queries.demo), so their order matters.
"""

from dataclasses import dataclass

from portal.rules.states import ClientState, Grade, Role

STAFF_DOMAIN = "lindfield-cloud.example"
YEAR_AND_MORE = 400


@dataclass(frozen=True, slots=True)
class StaffSpec:
    """One of the staff. ndas: (signed so many days ago, first day that it no longer covers; None = open)."""

    key: str
    name: str
    grade: Grade
    joined: int = YEAR_AND_MORE
    left: int | None = None
    ndas: tuple[tuple[int, int | None], ...] = ((YEAR_AND_MORE, None),)
    absent: tuple[int, int] | None = None
    stand_in: str = ""
    share: int = 10


@dataclass(frozen=True, slots=True)
class MemberSpec:
    """One person of a client. Days ago; stands_in_for names the manager who delegated, for dates."""

    name: str
    role: Role
    since: int = YEAR_AND_MORE - 5
    until: int | None = None
    stands_in_for: str = ""
    joined: bool = True
    email: str = ""


@dataclass(frozen=True, slots=True)
class ClientSpec:
    """One client. support: periods (from, until) in days ago, None = open; weight: its share of the requests."""

    slug: str
    name: str
    trade: str
    weight: int
    support: tuple[tuple[int, int | None], ...]
    members: tuple[MemberSpec, ...]
    domains: tuple[str, ...] = ()
    state: ClientState = ClientState.ACTIVE
    state_since: int = 0
    state_reason: str = ""


STAFF = (
    StaffSpec("megan", "Megan Price", Grade.AGENT, share=26),
    StaffSpec("hannah", "Hannah Whitcombe", Grade.LEAD, share=14),
    StaffSpec("priya", "Priya Raman", Grade.ADMIN, share=5),
    StaffSpec("sadia", "Sadia Akhtar", Grade.AGENT, joined=6, ndas=(), share=0),
    StaffSpec("tom", "Tom Ashdown", Grade.AGENT, absent=(3, -6), stand_in="megan", share=24),
    StaffSpec("callum", "Callum Reid", Grade.LEAD, ndas=((YEAR_AND_MORE, 340), (340, -21)), share=14),
    StaffSpec("oliver", "Oliver Hartley", Grade.ADMIN, share=3),
    StaffSpec("gareth", "Gareth Pugh", Grade.AGENT, left=198, share=24),
)

M, A, B = Role.MANAGER, Role.AUTHOR, Role.BILLING
SUPPORTED = ((YEAR_AND_MORE - 5, None),)

CLIENTS = (
    ClientSpec(
        "harbour-dental", "Harbour Street Dental", "dentist", 11, SUPPORTED,
        (
            MemberSpec("Rosalind Avery", M), MemberSpec("Jamie Colvin", A), MemberSpec("Denise Marlow", B),
            MemberSpec("Nadia Rahman", A), MemberSpec("Peter Holt", A),
        ),
    ),
    ClientSpec(
        "marsh-kestrel", "Marsh & Kestrel Surveyors", "surveyors", 13, SUPPORTED,
        (
            MemberSpec("Edmund Marsh", M), MemberSpec("Judith Kestrel", M), MemberSpec("Liam Fenwick", A),
            MemberSpec("Aoife Brannigan", A), MemberSpec("Stuart Dale", A), MemberSpec("Yasmin Noor", A),
            MemberSpec("Hugh Lomas", A, since=120), MemberSpec("Pauline Greaves", B),
        ),
        domains=("marsh-kestrel.example", "kestrel-drone-surveys.example"),
    ),
    ClientSpec(
        "wealdway-food", "Wealdway Food Network", "charity", 7, (),
        (
            MemberSpec("Miriam Okafor", M), MemberSpec("Ben Sutcliffe", A), MemberSpec("Lucy Tran", A),
            MemberSpec("Ivy Chan", A, since=90), MemberSpec("Harriet Poole", B),
        ),
    ),
    ClientSpec(
        "northfield-trust", "Northfield Schools Trust", "school trust", 16, SUPPORTED,
        (
            MemberSpec("David Ellery", M), MemberSpec("Sunita Bhatt", M), MemberSpec("Carol Whitby", A),
            MemberSpec("Imran Sheikh", A), MemberSpec("Tess Holloway", A), MemberSpec("Ian Cartwright", A),
            MemberSpec("Grace Adeyemi", A), MemberSpec("Paul Denby", A, until=145), MemberSpec("Martin Crewe", B),
        ),
    ),
    ClientSpec(
        "thistle-oak", "Thistle & Oak Joinery", "joinery", 5, (),
        (
            MemberSpec("Angus Thorley", M), MemberSpec("Kim Ridley", A), MemberSpec("Owen Pask", A),
            MemberSpec("Fiona Tallis", B, email="fiona.tallis@tallis-byrne.example"),
        ),
    ),
    ClientSpec(
        "copperfold", "Copperfold Architects", "architects", 9, ((33, None),),
        (
            MemberSpec("Beatrix Lund", M), MemberSpec("Theo Marchetti", A), MemberSpec("Anneka Moss", A),
            MemberSpec("Jonah Pell", A), MemberSpec("Chloe Merrick", A, since=1, joined=False), MemberSpec("Ruth Sandoval", B),
        ),
    ),
    ClientSpec(
        "sunrise-bakehouse", "Sunrise Bakehouse", "bakery", 4, (),
        (MemberSpec("Hasan Demir", M), MemberSpec("Elsie Crabtree", A), MemberSpec("Dawn Petrie", A, since=200)),
    ),
    ClientSpec(
        "penrose-lyle", "Penrose Lyle Solicitors", "law firm", 12, SUPPORTED,
        (
            MemberSpec("Victoria Penrose", M), MemberSpec("Simon Quayle", A), MemberSpec("Alice Hatherley", A),
            MemberSpec("Dominic Vane", A), MemberSpec("Priyanka Sen", A), MemberSpec("Freya Knight", A, since=160),
            MemberSpec("Gillian Stokes", B),
            MemberSpec("Simon Quayle", M, since=4, until=-12, stands_in_for="Victoria Penrose"),
        ),
    ),
    ClientSpec(
        "meadowbank-care", "Meadowbank Care Homes", "care home", 9, ((YEAR_AND_MORE - 5, 151),),
        (
            MemberSpec("Janet Osgood", M), MemberSpec("Tariq Hanif", A), MemberSpec("Molly Farrant", A),
            MemberSpec("Sean Devlin", A), MemberSpec("Noel Barker", A, since=240), MemberSpec("Brenda Hoyle", B),
        ),
    ),
    ClientSpec(
        "old-ferry", "Old Ferry Brewing", "brewery", 4, (),
        (MemberSpec("Rory Pickard", M), MemberSpec("Zoe Lambourne", A)),
        state=ClientState.SUSPENDED, state_since=20,
        state_reason="Two invoices are overdue. Please call us on Monday to Friday.",
    ),
    ClientSpec(
        "tallis-byrne", "Tallis & Byrne Accountants", "accountants", 10, SUPPORTED,
        (
            MemberSpec("Fiona Tallis", M), MemberSpec("Conor Byrne", A), MemberSpec("Emily Stroud", A),
            MemberSpec("Raj Chaudhry", A), MemberSpec("Oscar Lindley", A, since=75), MemberSpec("Sheila Nunn", B),
        ),
    ),
    ClientSpec(
        "riverside-print", "Riverside Print Studio", "printers", 3, (),
        (MemberSpec("Colin Battersby", M, until=62), MemberSpec("Mandy Frost", A, until=62)),
        state=ClientState.ENDED, state_since=62,
    ),
)  # fmt: skip

# code, name, in scope (HLP-2), brings Exchange along
PRODUCTS = (
    ("microsoft-365-apps", "Microsoft 365 Apps", True, False),
    ("exchange", "Exchange Online", True, True),
    ("sharepoint", "SharePoint", True, False),
    ("onedrive", "OneDrive", True, False),
    ("teams", "Teams", True, False),
    ("word", "Word", True, False),
    ("excel", "Excel", True, False),
    ("powerpoint", "PowerPoint", True, False),
    ("entra", "Accounts and sign-in (Entra ID)", True, False),
    ("third-party-addin", "Third-party add-in", False, False),
)


def email_of(name: str, domain: str) -> str:
    """rosalind.avery@harbour-dental.example"""
    return f"{'.'.join(name.lower().split())}@{domain}"
