"""The ten forms that the portal comes with. They are data: staff may change each of them, which makes a new version.

Texts are the supplier's, in the contract's language, like the terms; what frames them on the pages is translated.
"""

from dataclasses import dataclass
from functools import partial

from tickets.rules.requestforms import Asks, Definition, Field, Leads, Needs, Step, fields_json, steps_json
from tickets.rules.scope import Area
from tickets.rules.states import Kind


@dataclass(frozen=True, slots=True)
class Ready:
    """One of them, with the code that its address carries."""

    code: str
    form: Definition


optional = partial(Field, required=False)
PERSON = "Choose somebody, or write the name of a person who is not registered here."
REASON = Field(
    "reason", "What is it needed for?", Asks.TEXT, "In one or two sentences; it becomes the purpose on record."
)
MANAGER_KNOWS = Step("manager_knows", "A manager of the client has said yes, or asked for it", required=True)
TELL = Step("tell", "Tell the requester what was done, and how to check it")
WHO_ASKS = Step("who_asks", "Check who asks: call back on a known number, or a manager’s yes", True, Needs.IDENTITY)
OPENED = Step("opened", "Open the access to data under this request before you touch any", True, Needs.ACCESS)

STARTER = Definition(
    "New starter",
    "An account, licences and access for somebody who joins.",
    Kind.ADDITION,
    Area.ACCOUNT,
    "LIA-3",
    "Changes to user accounts are part of support, and name the person concerned and who asks.",
    (
        Field("name", "Full name of the new starter", help="As it is to stand in the address book."),
        Field("first_day", "First day", Asks.DATE, "The account is ready by then.", ahead=True),
        optional("job", "Job title"),
        optional("team", "Team or department"),
        optional("like", "Give the same access as", Asks.PERSON, "Somebody who does the same work."),
        optional("licence", "Licence", help="For example “Business Premium”. Leave it empty if you are not sure."),
        optional("groups", "Groups, shared mailboxes and sites", Asks.TEXT, "One on each line."),
        optional("device", "Does the person get a new computer?", Asks.YES_NO),
        optional(
            "hand_over", "Where do we send the sign-in details?", Asks.EMAIL,
            "The address of a manager. We never send them to the new mailbox.", private=True,
        ),
    ),
    (
        MANAGER_KNOWS,
        Step("licence", "A free licence is there, or one is ordered"),
        Step("account", "Create the account with the name as given", required=True),
        Step("groups", "Add groups, mailboxes and sites"),
        Step("mfa", "Set up the second sign-in step for the first day"),
        TELL,
    ),
)  # fmt: skip

LEAVER = Definition(
    "Leaver",
    "Close the account of somebody who leaves, and keep what is needed.",
    Kind.REMOVAL,
    Area.ACCOUNT,
    "LIA-3",
    "Removing a user account is part of support. What is deleted needs its own yes of a manager (ACC-5).",
    (
        Field("person", "Who leaves?", Asks.PERSON, PERSON, private=True),
        Field("last_day", "Last working day", Asks.DATE, "Sign-in is blocked at the end of that day.", private=True),
        Field("block_now", "Must sign-in be blocked at once?", Asks.YES_NO),
        Field(
            "mailbox", "What happens to the mailbox?", Asks.CHOICE,
            choices=("Keep it as a shared mailbox", "Forward new mail", "Close it"),
        ),
        optional("heir", "Who takes over mail and files?", Asks.PERSON),
        optional("reply", "Automatic answer to those who still write", Asks.TEXT, most=1000),
        optional("notes", "Anything else", Asks.TEXT),
    ),
    (
        MANAGER_KNOWS,
        Step("block", "Block sign-in and end open sessions", required=True),
        Step("mailbox", "Convert, forward or close the mailbox as asked"),
        Step("files", "Give the files to who takes over"),
        Step("licence", "Free the licence, and say from when it is no longer billed"),
        Step("nothing_deleted", "Nothing was deleted without a manager’s confirmation", required=True),
        TELL,
    ),
)  # fmt: skip

RESET = Definition(
    "Password reset",
    "A new password or sign-in step, for yourself or a colleague.",
    Kind.ALTERATION,
    Area.PASSWORD,
    "LIA-3",
    "Password resets are always part of support, even where the second sign-in step was refused (CMP-12).",
    (
        Field("person", "Whose account?", Asks.PERSON, PERSON),
        Field(
            "what", "What is to be reset?", Asks.CHOICE,
            choices=("The password", "The second sign-in step", "Password and second sign-in step"),
        ),
        Field("reason", "What happened?", Asks.TEXT, "For example “New telephone, the old one is gone”. Never write the password here.", private=True),
        optional("reach", "On which known number can we ring back?", help="We ring only numbers that we knew before.", private=True),
    ),
    (
        WHO_ASKS,
        OPENED,
        Step("reset", "Reset it, and write it down under Access", required=True),
        Step("sessions", "End the open sessions of the account"),
        TELL,
    ),
    notice="We ring back on a number that we knew before, or ask a manager, before anything is reset. For somebody else’s"
    " account a manager must say yes.",
    leads=Leads.RESET,
)  # fmt: skip

NAME = Definition(
    "Name change",
    "A new name after a wedding, a divorce or a mistake.",
    Kind.ALTERATION,
    Area.ACCOUNT,
    "LIA-3",
    "Name changes are part of support, and stay so where the second sign-in step was refused (CMP-12).",
    (
        Field("person", "Whose name?", Asks.PERSON, PERSON, private=True),
        Field("change", "Name", Asks.CHANGE, "As it stands in the address book.", most=120, private=True),
        Field("address", "Change the e-mail address too?", Asks.YES_NO),
        optional("new_address", "New e-mail address", Asks.EMAIL, "The old one goes on receiving mail.", private=True),
        optional("from_day", "From which day?", Asks.DATE, ahead=True),
    ),
    (
        Step("display", "Change the display name", required=True),
        Step("address", "Change the address and keep the old one as an alias"),
        Step("sign_in", "Say whether the sign-in name changes, and when"),
        TELL,
    ),
)  # fmt: skip

USERS = Definition(
    "User or group change",
    "Change what somebody may do, or who is in a group.",
    Kind.ALTERATION,
    Area.ACCOUNT,
    "LIA-3",
    "Alterations of user accounts are part of support.",
    (
        Field("person", "Who, or which group?", Asks.PERSON, PERSON),
        Field(
            "what", "What is to change?", Asks.CHOICE,
            choices=("Add to a group", "Take out of a group", "Change a licence", "Change a role", "Something else"),
        ),
        Field("details", "Say exactly which group, licence or role", Asks.TEXT),
        optional("from_day", "From which day?", Asks.DATE, ahead=True),
    ),
    (Step("change", "Make the change", required=True), Step("check", "Check it with the person"), TELL),
)  # fmt: skip

MAILBOX = Definition(
    "Shared mailbox",
    "A new mailbox for several people, or other people in one.",
    Kind.ADDITION,
    Area.PRODUCT,
    "LIA-1",
    "An addition to a subscribed tenant is part of support; Exchange is one of the products covered (LIA-2).",
    (
        Field("address", "Address of the mailbox", Asks.EMAIL, "For example invoices@your-company.example."),
        Field("display", "Name as others see it", most=80),
        Field("what", "Is it new?", Asks.CHOICE, choices=("A new mailbox", "Change who uses an existing one")),
        Field("readers", "Who may read it?", Asks.TEXT, "One person on each line."),
        optional("senders", "Who may send as it?", Asks.TEXT, "One person on each line. Empty: the same people."),
        optional("owner", "Who decides about it later?", Asks.PERSON),
    ),
    (
        Step("create", "Create or find the mailbox", required=True),
        Step("rights", "Give the rights to read and to send"),
        Step("protection", "E-mail protection covers the address (EML-4)", required=True),
        TELL,
    ),
)  # fmt: skip

FILES = Definition(
    "File access",
    "Let somebody open a site, a folder or a file.",
    Kind.ALTERATION,
    Area.PRODUCT,
    "ODS-4",
    "Files are opened only on a specific request by an authorised person: a manager, somebody named for it, or the author.",
    (
        Field("person", "Who needs access?", Asks.PERSON, PERSON),
        Field("place", "Which site, folder or file?", help="Its name or address, as exactly as you can."),
        Field("level", "To do what?", Asks.CHOICE, choices=("Read", "Read and change", "Take the access away")),
        REASON,
        optional("until", "Until when?", Asks.DATE, "Empty: until you tell us.", ahead=True),
    ),
    (
        OPENED,
        Step("grant", "Give or take the access, and write it down under Access", required=True),
        Step("others", "Nobody else gained access by it"),
        TELL,
    ),
    notice="If the place belongs to somebody else, a manager of your organisation must say yes first.",
    leads=Leads.FILES,
)  # fmt: skip

CORRECTION = Definition(
    "Data correction",
    "Something stored is wrong: say what it is and what it must be.",
    Kind.ALTERATION,
    Area.PRODUCT,
    "ACC-7",
    "You answer for the accuracy of your data and ask us to correct it here; the words before and after stay on record.",
    (
        Field("person", "Whose data is it?", Asks.PERSON, PERSON),
        Field("place", "Where does it stand?", help="The mailbox, site, file or account."),
        Field("change", "The words or the value", Asks.CHANGE, "Exactly as it stands there, and as it must be.", most=1000, private=True),
        Field("reason", "Why is it wrong?", Asks.TEXT, "In one or two sentences; it becomes the purpose on record.", private=True),
    ),
    (
        OPENED,
        Step("correct", "Correct it, and write down before and after under Access", required=True),
        Step("elsewhere", "The same mistake stands nowhere else that we know of"),
        TELL,
    ),
    leads=Leads.CORRECTION,
)  # fmt: skip

PROTECTION = Definition(
    "Remove e-mail protection",
    "Take the extra e-mail protection off mailboxes.",
    Kind.REMOVAL,
    Area.SECURITY,
    "EML-5",
    "The protection that is included by default ends only by a manager’s request through support.",
    (
        Field("scope", "For whom?", Asks.CHOICE, choices=("The whole organisation", "Some mailboxes")),
        optional("mailboxes", "Which mailboxes?", Asks.TEXT, "One address on each line; only for some mailboxes."),
        Field("from_day", "From which day?", Asks.DATE, ahead=True),
        Field("instead", "What protects your mail instead?", Asks.TEXT, "“Nothing” is an answer too."),
        Field(
            "agreed",
            "We refuse this protection. From that day harmful mail that it would have stopped is our own responsibility.",
            Asks.AGREE,
        ),
    ),
    (
        Step("manager", "The request came from a manager who was in office on that day", required=True),
        Step("record", "Record the refusal with this request’s reference", required=True),
        Step("remove", "Take the protection off on the day, not before"),
        Step("told", "Tell the client the day on which it ended", required=True),
    ),
    notice="We add this protection to every Exchange subscription. If you have it removed, the responsibility for spam,"
    " phishing and malware that reach you by e-mail moves to your organisation from that day on. You may ask for it again.",
    leads=Leads.PROTECTION,
    managers_only=True,
)  # fmt: skip

STATEMENT = Definition(
    "NDA statement",
    "Our written statement that our staff are bound to secrecy.",
    Kind.QUESTION,
    Area.PROJECT,
    "CMP-7",
    "The agreements themselves are personal data; a company statement with counts and dates can be had for a charge.",
    (
        Field("addressee", "To whom is it addressed?", help="For example your insurer or auditor."),
        Field("purpose", "What is it for?", Asks.TEXT),
        optional("by_day", "By when do you need it?", Asks.DATE, ahead=True),
        Field(
            "agreed", "I know that the statement is charged. We hear the price first and it is made after our yes.", Asks.AGREE
        ),
    ),
    (
        Step("price", "The price was named and a manager said yes", required=True),
        Step("counts", "Only counts and dates stand in it, no names", required=True),
        Step("send", "Send the statement"),
    ),
    notice="The statement says how many of our staff have signed and since when. It names nobody: the agreements are"
    " personal data.",
    leads=Leads.STATEMENT,
)  # fmt: skip

READY = (
    Ready("new-starter", STARTER),
    Ready("leaver", LEAVER),
    Ready("password-reset", RESET),
    Ready("name-change", NAME),
    Ready("user-or-group-change", USERS),
    Ready("shared-mailbox", MAILBOX),
    Ready("file-access", FILES),
    Ready("data-correction", CORRECTION),
    Ready("remove-email-protection", PROTECTION),
    Ready("nda-statement", STATEMENT),
)


def columns_of(form: Definition) -> dict[str, object]:
    """A definition as a version's columns."""
    plain = ("name", "summary", "notice", "kind", "area", "clause", "why", "leads", "managers_only")
    words = {name: getattr(form, name) for name in plain}
    return {
        **{name: str(value) if isinstance(value, str) else value for name, value in words.items()},
        "fields": fields_json(form.fields),
        "steps": steps_json(form.steps),
    }
