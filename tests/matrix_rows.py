"""The rows of the permission matrix, one for each address of the URL conf. Who adds a page adds its row."""

from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from compliance.models import ReportRequest
from portal.actors import SYSTEM
from portal.files.store import new_name
from portal.models import (
    AgreementDocument,
    Alarm,
    Approval,
    Entitlement,
    Logo,
    Look,
    LostFactor,
    Notice,
    Outbox,
    ProviderAccount,
)
from portal.rules.colours import address_of
from portal.tenancy import act_as_staff
from tests import rows
from tests.announcing import announced
from tests.cast import BEGAN, MORNING, SINCE, World
from tests.mails import raw_mail
from tests.matrix import PLAYERS, Given, Row, everybody, page, resource, signed_in_only
from tickets.actions.mailboxes import closed
from tickets.actions.problems import answer_all, link_to_problem, make_problem
from tickets.actions.rawmail import mark, take_raw
from tickets.models import (
    FormTemplate,
    FormVersion,
    Mailbox,
    RequestForm,
    SavedAnswer,
    SavedMacro,
    SavedView,
    Ticket,
    TicketWatcher,
)
from tickets.rules.mail.verdict import RawState, Reason


def a_ticket(world: World) -> dict[str, Any]:
    """Ben's request, so that its author, the manager and the staff may see it, and Bea may not."""
    with act_as_staff(SYSTEM):
        return {"ref": bens(world).ref}


def a_message(world: World) -> dict[str, Any]:
    with act_as_staff(SYSTEM):
        ticket = bens(world)
        return {"ref": ticket.ref, "pk": rows.message(ticket).pk}


def a_watcher(world: World) -> dict[str, Any]:
    """Ann follows Ben's request."""
    with act_as_staff(SYSTEM):
        ticket = bens(world)
        given = {"client_id": ticket.client_id, "ticket": ticket, "membership": world.ann.membership}
        return {"ref": ticket.ref, "pk": TicketWatcher.objects.create(**given, added_by="Ben", added_at=MORNING).pk}


def a_follow_up(world: World) -> dict[str, Any]:
    """A reminder of Cora's on Ben's request."""
    with act_as_staff(SYSTEM):
        ticket = bens(world)
        return {"ref": ticket.ref, "pk": rows.follow_up(ticket, world.cora.actor.staff_id or 0, planned_at=BEGAN).pk}


def an_access_request(world: World) -> dict[str, Any]:
    with act_as_staff(SYSTEM):
        ticket = bens(world)
        return {"ref": ticket.ref, "pk": rows.access_request(ticket).pk}


def a_window(world: World) -> dict[str, Any]:
    with act_as_staff(SYSTEM):
        ticket = bens(world)
        rows.accepted(ticket, world.cora.staff)
        return {"ref": ticket.ref, "pk": rows.window(rows.access_request(ticket), world.cora.staff).pk}


def a_task(world: World) -> dict[str, Any]:
    with act_as_staff(SYSTEM):
        ticket = bens(world)
        return {"ref": ticket.ref, "pk": rows.task(ticket).pk}


def a_file(world: World) -> dict[str, Any]:
    name = default_storage.save(new_name(), ContentFile(b"0123456789"))
    with act_as_staff(SYSTEM):
        ticket = bens(world)
        return {"ref": ticket.ref, "pk": rows.attachment(rows.message(ticket), storage_name=name).pk}


def a_report(world: World) -> dict[str, Any]:
    with act_as_staff(SYSTEM):
        ticket = bens(world)
        rows.spam_report(ticket)
        return {"ref": ticket.ref}


def a_block(world: World) -> dict[str, Any]:
    with act_as_staff(SYSTEM):
        return {"slug": "alder", "pk": rows.sender_block(bens(world), world.cora.staff).pk}


def a_paper(world: World) -> dict[str, Any]:
    name = default_storage.save(new_name(), ContentFile(b"%PDF-1.7"))
    with act_as_staff(SYSTEM):
        ticket = bens(world)
        return {"ref": ticket.ref, "pk": rows.paper(ticket, storage_name=name).pk}


def a_charge(world: World) -> dict[str, Any]:
    with act_as_staff(SYSTEM):
        ticket = bens(world)
        ruling = rows.ruling(world, ticket)
        # Asked long ago: whoever answers answers later, on whichever day the test runs.
        return {"ref": ticket.ref, "pk": rows.charge(world, ticket, ruling, asked_at=BEGAN).pk}


def some_time(world: World) -> dict[str, Any]:
    with act_as_staff(SYSTEM):
        ticket = bens(world)
        return {"ref": ticket.ref, "pk": rows.time_entry(world, ticket).pk}


def bens(world: World) -> Ticket:
    ticket = rows.acknowledged(world, world.ben.membership)
    rows.clock_of(world, ticket, MORNING)
    return ticket


def ben_himself(world: World) -> dict[str, Any]:
    return {"pk": world.ben.membership.pk}


def cora_herself(world: World) -> dict[str, Any]:
    return {"pk": world.cora.staff.pk}


def bens_lost_factor(world: World) -> dict[str, Any]:
    with act_as_staff(SYSTEM):
        return {"pk": LostFactor.objects.create(user=world.ben.user, asked_at=MORNING).pk}


def bens_account(world: World) -> dict[str, Any]:
    with act_as_staff(SYSTEM):
        named = {"user": world.ben.user, "issuer": "https://login.test", "subject": "s-ben", "email_verified": False}
        return {"pk": ProviderAccount.objects.create(**named, asked_at=MORNING).pk}


def an_entitlement(world: World) -> dict[str, Any]:
    with act_as_staff(SYSTEM):
        given = {"client": world.alder, "kind": "support", "valid_from": SINCE, "source": "a signed order"}
        return {"pk": Entitlement.objects.create(**given, recorded_by="Ada", recorded_at=MORNING).pk}


def an_approval(world: World) -> dict[str, Any]:
    with act_as_staff(SYSTEM):
        return {
            "pk": Approval.objects.create(
                client=world.alder, kind="appoint manager", subject_type="client", subject_id=world.alder.pk,
                reason="The last manager left.", proposed_by=world.lee.staff, proposed_at=MORNING,
            ).pk
        }  # fmt: skip


def a_mail(world: World) -> dict[str, Any]:
    with act_as_staff(SYSTEM):
        return {
            "pk": Outbox.objects.create(
                client=world.alder, address=world.ben.address, to_email=world.ben.user.email, kind="reply", subject="Re",
                text="Hello", message_id="<one@test>", by="Cora", queued_at=MORNING, next_try_at=MORNING,
            ).pk
        }  # fmt: skip


def a_mail_set_aside(world: World) -> dict[str, Any]:
    row = take_raw(raw_mail("somebody@elsewhere.example"), source="command", at=MORNING)
    with act_as_staff(SYSTEM):
        row.sender = "somebody@elsewhere.example"
        mark(row, RawState.QUARANTINED, reason=Reason.UNREGISTERED, by=SYSTEM, at=MORNING)
    return {"pk": row.pk}


def an_answer(world: World) -> dict[str, Any]:
    with act_as_staff(SYSTEM):
        given = {"label": "Thanks", "body": "Thank you, {first_name}.", "made_by": "Cora", "changed_at": MORNING}
        return {"pk": SavedAnswer.objects.create(**given).pk}


def a_macro(world: World) -> dict[str, Any]:
    with act_as_staff(SYSTEM):
        given = {"label": "Mine now", "assign": "me", "made_by": "Lee", "changed_at": MORNING}
        return {"pk": SavedMacro.objects.create(**given).pk}


def a_form(world: World) -> dict[str, Any]:
    with act_as_staff(SYSTEM):
        return {"pk": RequestForm.objects.get(code="new-starter").pk}


def a_filled_form(world: World) -> dict[str, Any]:
    with act_as_staff(SYSTEM):
        ticket = bens(world)
        rows.filled_form(ticket)
        return {"ref": ticket.ref}


def bens_template(world: World) -> dict[str, Any]:
    with act_as_staff(SYSTEM):
        version = FormVersion.objects.get(form__code="new-starter")
        given = {"client": world.alder, "version": version, "label": "Joiner", "answers": {}, "made_at": MORNING}
        return {"pk": FormTemplate.objects.create(**given, maker=world.ben.membership, maker_label="Ben").pk}


def an_article(world: World) -> dict[str, Any]:
    with act_as_staff(SYSTEM):
        return {"pk": rows.article(world).pk}


def a_version(world: World) -> dict[str, Any]:
    return {**an_article(world), "number": 1}


def a_view(world: World) -> dict[str, Any]:
    with act_as_staff(SYSTEM):
        return {"pk": SavedView.objects.create(label="Ours", name="mine", made_by="Cora", made_at=MORNING).pk}


def an_alarm(world: World) -> dict[str, Any]:
    with act_as_staff(SYSTEM):
        given = {"client": world.alder, "kind": "test", "subject_type": "client", "subject_id": world.alder.pk}
        return {"pk": Alarm.objects.create(**given, sentence="Look at this.", raised_at=MORNING).pk}


def anns_notice(world: World) -> dict[str, Any]:
    with act_as_staff(SYSTEM):
        given = {"client": world.alder, "user": world.ann.user, "membership": world.ann.membership, "kind": "report"}
        return {"pk": Notice.objects.create(**given, sentence="It is ready.", at=MORNING, key="1").pk}


def coras_notice(world: World) -> dict[str, Any]:
    with act_as_staff(SYSTEM):
        given = {"user": world.cora.user, "kind": "request assigned", "sentence": "Yours.", "at": MORNING}
        return {"pk": Notice.objects.create(**given, key="1").pk}


def a_report_to_come(world: World) -> dict[str, Any]:
    with act_as_staff(SYSTEM):
        asked = ReportRequest.objects.create(
            client=world.alder, period_from=SINCE, period_to=MORNING.date(), requested_by=world.ann.membership,
            requested_by_label="Ann Archer", requested_at=MORNING,
        )  # fmt: skip
        return {"pk": asked.pk}


def a_product(world: World) -> dict[str, Any]:
    return {"pk": world.products["exchange"].pk}


def an_agreement(world: World) -> dict[str, Any]:
    name = default_storage.save(new_name(), ContentFile(b"0123456789"))
    with act_as_staff(SYSTEM):
        given = {"kind": "mca", "version": "1", "effective_from": SINCE, "source": "Partner Center", "size": 10}
        stamp = {"sha256": "0" * 64, "storage_name": name, "added_by": "Ada", "added_at": MORNING}
        return {"pk": AgreementDocument.objects.create(**given, **stamp).pk}


def a_problem(world: World) -> dict[str, Any]:
    with act_as_staff(SYSTEM):
        return {"pk": make_problem(title="A cable", cause="", by=world.cora.actor, at=MORNING).pk}


def a_problems_ticket(world: World) -> dict[str, Any]:
    with act_as_staff(SYSTEM):
        ticket, problem = bens(world), a_problem(world)["pk"]
        link_to_problem(problem, [ticket.pk], by=world.cora.actor, at=MORNING)
        return {"pk": problem, "ticket": ticket.pk}


def words_to_all(world: World) -> dict[str, Any]:
    with act_as_staff(SYSTEM):
        problem = a_problems_ticket(world)["pk"]
        return {"pk": answer_all(problem, "It is mended.", by=world.cora.actor, at=MORNING).pk}


def an_announcement(world: World) -> dict[str, Any]:
    """To Alder alone, so that Bea may not see it."""
    return {"pk": announced(world, to=[world.alder]).pk}


def a_logo(world: World) -> dict[str, Any]:
    sha256 = "a" * 64
    with act_as_staff(SYSTEM):
        given = {"data": b"png", "icon": b"png", "width": 60, "height": 20, "added_by": "Ada", "added_at": MORNING}
        return {"sha256": Logo.objects.create(sha256=sha256, **given).sha256}


def a_look(world: World) -> dict[str, Any]:
    with act_as_staff(SYSTEM):
        given = {"accent": "#1f5ca6", "sender_name": "Us", "sender_email": "us@example.org", "made_at": MORNING}
        return {"pk": Look.objects.create(**given).pk}


def a_mailbox(world: World) -> dict[str, Any]:
    """On a server that no setting names, so that nobody calls there."""
    with act_as_staff(SYSTEM):
        where = {"label": "Support", "host": "mail.example", "port": 993, "security": "tls", "user": "support"}
        how = {"way": "password", "secret": closed("a secret"), "next_look_at": MORNING}
        return {"pk": Mailbox.objects.create(**where, **how, added_by="Ada", added_at=MORNING).pk}


def of(value: dict[str, Any]) -> Given:
    return lambda world: value


def deed(get: dict[str, int], post: dict[str, int], given: Given) -> Row:
    """An address that only takes posts: who may come at all is told so (405)."""
    return page(post=post, given=given, **get)


NO_TOKEN = of({"token": "a-token-that-nobody-was-given-0000000000000"})
NO_KEY = of({"uidb36": "1", "key": "set-password"})
NOBODY = dict.fromkeys(PLAYERS, 403)

LEADS = {"agent": 403, "lead": 200, "admin": 200, "no_nda": 403}
ADMINS = {"agent": 403, "lead": 403, "admin": 200, "no_nda": 403}
NOT_LEADS = {"agent": 403, "no_nda": 403}
NOT_ADMINS = {"agent": 403, "lead": 403, "no_nda": 403}
NOT_LEADS = {"agent": 403, "no_nda": 403}
MANAGERS = {"author": 403, "manager": 200, "billing": 403}
ALL_MEMBERS, ALL_STAFF = {"member": 405}, {"staff": 405}
OTHERS = dict.fromkeys(("lead", "admin", "no_nda"), 404)

OPEN = {
    "public:home": everybody(302),
    # The first start is over once there is a supplier.
    "public:setup": everybody(404),
    "public:privacy": everybody(),
    "public:terms": everybody(),
    "public:terms-log": everybody(),
    "public:comment": everybody(author=302, manager=302, billing=302, stranger=302, given=of({"clause": "DOC-1"})),
    "public:api": everybody(),
    "public:verify": everybody(),
    "public:brand-accent": everybody(given=of(address_of("#1f5ca6"))),
    "public:brand-sample": everybody(given=of(address_of("#1f5ca6"))),
    "public:brand-logo": everybody(given=a_logo),
    "public:brand-icon": everybody(given=a_logo),
    "public:brand-sign": everybody(given=of({"colour": "1f5ca6"})),
    "public:healthz": everybody(),
    "public:readyz": everybody(),
    # Posted to by machines, whose services are not set up here.
    "public:webhook-mail": everybody(405, given=of({"name": "postmark"})),
    "public:webhook-mail-mime": everybody(405, given=of({"name": "mailgun"})),
}
ACCOUNTS = {
    "account_login": everybody(302, visitor=200),
    "account_logout": signed_in_only(),
    "account_inactive": everybody(),
    "account_signup": everybody(404),
    "account_reauthenticate": signed_in_only(),
    "account_email_verification_sent": everybody(),
    "account_change_password": signed_in_only(),
    "account_reset_password": everybody(),
    "account_reset_password_done": everybody(),
    "account_reset_password_from_key": everybody(given=NO_KEY),
    "account_reset_password_from_key_done": everybody(),
    "mfa_index": signed_in_only(),
    "mfa_authenticate": everybody(302),
    # Without a factor there is nothing to prove with it.
    "mfa_reauthenticate": everybody(302),
    "mfa_activate_totp": signed_in_only(),
    "mfa_deactivate_totp": signed_in_only(404),
    "mfa_view_recovery_codes": signed_in_only(404),
    "mfa_generate_recovery_codes": signed_in_only(),
    "mfa_download_recovery_codes": signed_in_only(404),
    "mfa_list_webauthn": signed_in_only(),
    "mfa_add_webauthn": signed_in_only(),
    "mfa_reauthenticate_webauthn": everybody(302),
    # Somebody else's key, or none at all.
    "mfa_edit_webauthn": signed_in_only(404, given=of({"pk": 1})),
    "mfa_remove_webauthn": signed_in_only(404, given=of({"pk": 1})),
    "mfa_login_webauthn": everybody(302),
    "accounts_email": signed_in_only(),
    "accounts_email_confirm": everybody(404, given=NO_TOKEN),
    "accounts_email_stop": everybody(404, given=NO_TOKEN),
    "accounts_lost": everybody(),
    # Where no provider is set up there is no such page.
    "accounts_provider": everybody(404),
    "accounts_provider_back": everybody(404),
    "accounts_provider_confirm": everybody(404),
    "accounts_provider_link": everybody(404),
    "accounts_provider_unlink": everybody(404),
    "accounts_history": signed_in_only(),
    "accounts_sessions_end": everybody(405),
    "accounts_session_end": everybody(405, given=of({"pk": 1})),
    "accounts_tokens": signed_in_only(),
    "accounts_token_revoke": everybody(405, given=of({"pk": 1})),
    "accounts_confirm": signed_in_only(302),
    # Nothing waits to be sent.
    "accounts_go_on": signed_in_only(302),
    "accounts_advice": signed_in_only(),
    "accounts_invitation": everybody(404, given=NO_TOKEN),
    "accounts_invitation_again": everybody(405, given=NO_TOKEN),
}
# Outside a demonstration nobody gets in by its doors, nor moves its clock.
DEMO = {name: everybody(405, post=NOBODY) for name in ("demo:door", "demo:advance", "demo:restart")}
DEMO["demo:mail"] = DEMO["demo:write"] = everybody(403, visitor=302)
CLIENT_PEOPLE = {
    "client:people": page(**MANAGERS),
    "client:people-invite": page(**MANAGERS),
    "client:people-delegate": page(**MANAGERS),
    "client:people-role": deed(ALL_MEMBERS, {"author": 403, "billing": 403}, ben_himself),
    "client:people-end": page(**MANAGERS, given=ben_himself),
}
CLIENT_REPORTS = {
    "client:reports": page(**MANAGERS),
    "client:report_rows": page(**MANAGERS),
    # Not made yet, so even the manager finds nothing to fetch.
    "client:report_download": page(author=403, manager=404, billing=403, given=a_report_to_come),
    "client:report_again": deed(ALL_MEMBERS, {"author": 403, "billing": 403}, a_report_to_come),
}
CLIENT_REQUESTS = {
    "client:agreements": page(member=200),
    "client:agreement-file": page(member=200, given=an_agreement),
    "client:agreement-accept": page(**MANAGERS, given=an_agreement),
    "client:terms-accept": page(**MANAGERS),
    "client:notices": page(member=200),
    "client:notices_read": page(member=405),
    "client:notice-choices": page(member=200),
    "client:announcements": page(member=200, stranger=404),
    "client:announcement": page(member=200, given=an_announcement),
    "client:announcement-away": deed(ALL_MEMBERS, {}, an_announcement),
    "client:notices-unread": page(member=405, given=of({"stamp": 1})),
    # A colleague's notice is nobody else's.
    "client:notice-open": deed(ALL_MEMBERS, {"author": 404, "billing": 404}, anns_notice),
    "client:notice-read": deed(ALL_MEMBERS, {"author": 404, "billing": 404}, anns_notice),
    "client:home": page(member=200),
    "client:tickets": page(member=200),
    "client:search": page(member=200),
    "client:ask": page(member=200),
    "client:forms": page(member=200),
    "client:form": page(member=200, given=of({"code": "new-starter"})),
    # Its maker removes it, and it is gone for those who come later.
    "client:template-remove": deed(ALL_MEMBERS, {"author": 302, "manager": 404, "billing": 404}, bens_template),
    "client:help": page(member=200),
    "client:help-suggestions": page(member=200),
    "client:help-article": page(member=200, given=an_article),
    # A post that names nothing is about no article.
    "client:help-vote": deed(ALL_MEMBERS, dict.fromkeys(("author", "manager", "billing"), 404), an_article),
    "client:help-solved": deed(ALL_MEMBERS, dict.fromkeys(("author", "manager", "billing"), 404), of({})),
    "client:ticket": page(author=200, manager=200, given=a_ticket),
    "client:reply": deed(ALL_MEMBERS, {"billing": 404}, a_ticket),
    "client:settled": deed(ALL_MEMBERS, {"billing": 404}, a_ticket),
    "client:watchers": page(author=200, manager=200, given=a_ticket),
    "client:unwatch": deed(ALL_MEMBERS, {"billing": 404}, a_watcher),
    "client:charge": page(**MANAGERS, given=a_charge),
    "client:comment": page(member=200, given=of({"clause": "DOC-1"})),
    "client:access": page(author=200, manager=200, given=a_ticket),
    # Whoever may not see the request finds nothing there; who is no manager may not decide.
    "client:access-decide": deed(ALL_MEMBERS, {"author": 403, "billing": 404}, an_access_request),
    "client:task-confirm": deed(ALL_MEMBERS, {"author": 403, "billing": 404}, a_task),
    "client:diary": page(**MANAGERS),
    "client:diary-csv": page(**MANAGERS),
    "client:access-name": deed(ALL_MEMBERS, {"author": 403, "billing": 403}, of({})),
    "client:suspicious": page(member=200),
    "client:suspicious-new": page(member=200),
    "client:suspicious-csv": page(**MANAGERS),
    "client:suspicious-report": page(author=200, manager=200, given=a_report),
    "client:attachment": page(author=200, manager=200, given=a_file),
    "client:papers": page(author=200, manager=200, given=a_ticket),
    "client:paper": page(author=200, manager=200, given=a_paper),
}
NO_CONTENT = {"staff": 200, "no_nda": 403}
ASKED_DEEDS = ("allow", "open", "check", "emergency")
WORK_DEEDS = ("rule", "charge-ask", "timer-start", "timer-stop", "time-add")
TICKET_DEEDS = (
    "accept", "assign", "move", "reopen", "correct", "say", "snooze", "wake", "mark", "merge", "unmerge", "link",
    "decline", "split", "play",
)  # fmt: skip
# A post that does not say where to is none of ours.
NOWHERE = {"agent": 404, "lead": 404, "admin": 404, "no_nda": 403}
DESK_ARTICLES = {
    "desk:articles": page(**NO_CONTENT),
    "desk:article-add": page(**NO_CONTENT),
    "desk:article": page(**NO_CONTENT, given=an_article),
    "desk:article-edit": page(**NO_CONTENT, given=an_article),
    "desk:article-versions": page(**NO_CONTENT, given=an_article),
    "desk:article-preview": deed(ALL_STAFF, {}, of({})),
    "desk:article-add-draft": deed(ALL_STAFF, {"no_nda": 403}, of({})),
    "desk:article-add-discard": deed(ALL_STAFF, {"no_nda": 403}, of({})),
    **{f"desk:article-{name}": deed(ALL_STAFF, {"no_nda": 403}, an_article) for name in ("draft", "discard")},
    "desk:article-move": deed(ALL_STAFF, NOWHERE, an_article),
    "desk:article-restore": deed(ALL_STAFF, {"no_nda": 403}, a_version),
    "desk:ticket-articles": page(**NO_CONTENT, given=a_ticket),
}
DESK_TICKETS = {
    "desk:queue": page(**NO_CONTENT),
    "desk:mine": page(**NO_CONTENT),
    "desk:queue_rows": page(**NO_CONTENT),
    "desk:queue_version": page(staff=200),
    # Without words nothing is read; with them it is content (test_search).
    "desk:search": page(staff=200),
    "desk:answers": page(**NO_CONTENT),
    "desk:answer-add": page(staff=200),
    "desk:answer": page(**NO_CONTENT, given=an_answer),
    "desk:answer-retire": deed(ALL_STAFF, {"no_nda": 403}, an_answer),
    "desk:macros": page(**NO_CONTENT),
    "desk:macro-add": page(**NO_CONTENT),
    "desk:macro": page(**NO_CONTENT, given=a_macro),
    "desk:macro-retire": deed(ALL_STAFF, {"no_nda": 403}, a_macro),
    "desk:ticket-macros": page(**NO_CONTENT, given=a_ticket),
    # A post without an act does nothing, for anybody.
    "desk:bulk": page(**NO_CONTENT, post={"no_nda": 302}),
    # Somebody else's, or none at all.
    "desk:bulk-result": page(staff=404, no_nda=403, given=of({"pk": 1})),
    "desk:bulk-undo": deed(ALL_STAFF, {"agent": 404, "lead": 404, "admin": 404, "no_nda": 403}, of({"pk": 1})),
    "desk:view-save": deed(ALL_STAFF, {}, of({})),
    "desk:view-remove": deed(ALL_STAFF, {"no_nda": 403}, a_view),
    "desk:draft": deed(ALL_STAFF, {}, a_ticket),
    "desk:forms": page(**{**LEADS, "no_nda": 403}),
    "desk:form-add": page(**LEADS),
    "desk:form": page(**LEADS, given=a_form),
    **{f"desk:form-{name}": deed(ALL_STAFF, NOT_LEADS, a_form) for name in ("retire", "offer", "up")},
    "desk:ticket-form": page(**NO_CONTENT, given=a_filled_form),
    "desk:ticket-step": deed(ALL_STAFF, {"no_nda": 403}, a_filled_form),
    "desk:calendar": page(**LEADS),
    "desk:calendar-new": page(**LEADS),
    "desk:problems": page(staff=200, no_nda=403),
    # An empty form; keeping it is refused by the database.
    "desk:problem-add": page(staff=200),
    **{f"desk:{name}": page(staff=200, no_nda=403, given=a_problem) for name in ("problem", "problem-change")},
    "desk:problem-answers": page(staff=302, no_nda=403, given=a_problem),
    # A post without a problem is told what it lacks.
    "desk:problem-link": deed(ALL_STAFF, {}, of({})),
    "desk:problem-unlink": deed(ALL_STAFF, {"no_nda": 403}, a_problems_ticket),
    "desk:problem-undo": deed(ALL_STAFF, {"no_nda": 403}, words_to_all),
    "desk:figures": page(**LEADS),
    "desk:figures_csv": page(**LEADS, given=of({"name": "months"})),
    "desk:feedback": page(**NO_CONTENT),
    "desk:new_ticket": page(staff=200),
    "desk:ticket": page(**NO_CONTENT, given=a_ticket),
    "desk:follow-ups": page(**NO_CONTENT, given=a_ticket),
    "desk:follow-up-cancel": deed(ALL_STAFF, {"no_nda": 403}, a_follow_up),
    "desk:watchers": page(**NO_CONTENT, given=a_ticket),
    "desk:unwatch": deed(ALL_STAFF, {"no_nda": 403}, a_watcher),
    "desk:work": page(**NO_CONTENT, given=a_ticket),
    "desk:time": page(**NO_CONTENT),
    **{f"desk:{name}": deed(ALL_STAFF, {"no_nda": 403}, a_ticket) for name in WORK_DEEDS},
    "desk:time-back": deed(ALL_STAFF, {"no_nda": 403}, some_time),
    "desk:preview": page(**NO_CONTENT, given=a_ticket),
    "desk:related": page(**NO_CONTENT, given=a_ticket),
    "desk:ticket-answers": page(**NO_CONTENT, given=a_ticket),
    "desk:tags": page(**NO_CONTENT),
    "desk:attachment": page(**NO_CONTENT, given=a_file),
    "desk:papers": page(**NO_CONTENT, given=a_ticket),
    "desk:paper": page(**NO_CONTENT, given=a_paper),
    **{f"desk:{name}": deed(ALL_STAFF, {"no_nda": 403}, a_ticket) for name in TICKET_DEEDS},
    **{f"desk:{name}": deed(ALL_STAFF, {"no_nda": 403}, a_message) for name in ("undo", "withdraw", "unlink")},
    "desk:access": page(**NO_CONTENT, given=a_ticket),
    **{f"desk:{name}": deed(ALL_STAFF, {"no_nda": 403}, a_ticket) for name in ("access-ask", "task-add", "escalate")},
    **{f"desk:access-{name}": deed(ALL_STAFF, {"no_nda": 403}, an_access_request) for name in ASKED_DEEDS},
    **{f"desk:access-{name}": deed(ALL_STAFF, {"no_nda": 403}, a_window) for name in ("change", "close")},
    "desk:move-client": page(**NO_CONTENT, given=a_ticket),
    "desk:suspicious": page(**NO_CONTENT),
    "desk:suspicious-report": page(**NO_CONTENT, given=a_report),
    "desk:suspicious-blocks": page(**NO_CONTENT),
    "desk:suspicious-judge": deed(ALL_STAFF, {"no_nda": 403}, a_report),
    "desk:suspicious-block": deed(ALL_STAFF, {"no_nda": 403}, a_report),
    "desk:suspicious-lift": deed(ALL_STAFF, {"no_nda": 403}, a_block),
    "desk:redact-file": page(**NO_CONTENT, given=a_file),
    "desk:redact-message": page(**NO_CONTENT, given=a_message),
    "desk:task-step": deed(ALL_STAFF, {"no_nda": 403}, a_task),
}
DESK_CLIENTS = {
    "desk:clients": page(staff=200),
    "desk:client": page(staff=200),
    "desk:client-add": page(**LEADS),
    "desk:client-rename": page(**LEADS),
    "desk:client-suspend": page(**LEADS),
    "desk:client-invite": page(**LEADS),
    "desk:client-appoint": page(**LEADS),
    "desk:client-member-end": page(**LEADS, given=ben_himself),
    "desk:tenant-add": page(**LEADS),
    "desk:entitlement-add": page(**LEADS),
    "desk:entitlement-end": page(**LEADS, given=an_entitlement),
    "desk:approval": deed(ALL_STAFF, {"agent": 403, "no_nda": 403}, an_approval),
}
DESK_BEHIND = {
    "desk:alarms": page(staff=200),
    "desk:alarm_clear": deed(ALL_STAFF, {"no_nda": 403}, an_alarm),
    "desk:notices": page(staff=200),
    "desk:alarms-cleared": page(staff=200),
    **{f"desk:alarm-{name}": deed(ALL_STAFF, {"no_nda": 403}, an_alarm) for name in ("take", "snooze", "wake")},
    "desk:notices_read": page(staff=405),
    "desk:mail_in": page(**NO_CONTENT),
    **{
        f"desk:mail_in_{name}": page(**NO_CONTENT, given=a_mail_set_aside)
        for name in ("detail", "again", "release", "ignore", "give", "register")
    },
    "desk:mail_in_words": deed(ALL_STAFF, {"no_nda": 403}, a_mail_set_aside),
    "desk:mailboxes": page(**ADMINS),
    "desk:mailbox-add": page(**ADMINS),
    "desk:mailbox-secret": page(**ADMINS, given=a_mailbox),
    **{
        f"desk:mailbox-{name}": deed(ALL_STAFF, NOT_ADMINS, a_mailbox) for name in ("test", "pause", "resume", "remove")
    },
    "desk:notice-choices": page(staff=200),
    "desk:notices-unread": page(staff=405, given=of({"stamp": 1})),
    "desk:announcements": page(**LEADS),
    "desk:announcement-add": page(**LEADS),
    "desk:announcement": page(**LEADS, given=an_announcement),
    "desk:announcement-change": page(**LEADS, given=an_announcement),
    **{f"desk:announcement-{name}": deed(ALL_STAFF, NOT_LEADS, an_announcement) for name in ("publish", "off")},
    "desk:notice-open": deed(ALL_STAFF, OTHERS, coras_notice),
    "desk:notice-read": deed(ALL_STAFF, OTHERS, coras_notice),
    "desk:mail": page(**NO_CONTENT),
    "desk:mail_detail": page(**NO_CONTENT, given=a_mail),
    "desk:mail_retry": deed(ALL_STAFF, {"no_nda": 403}, a_mail),
    "desk:jobs": page(**LEADS),
    "desk:audit": page(**LEADS),
    "desk:audit_check": deed(ALL_STAFF, {}, of({})),
}
DESK_STAFF = {
    "desk:styleguide": page(staff=200),
    "desk:staff": page(**LEADS),
    "desk:staff-add": page(**ADMINS),
    # Everybody sees the own entry, and enters the own absence.
    "desk:staff-person": page(staff=200, no_nda=403, given=cora_herself),
    "desk:staff-absence": page(staff=200, no_nda=403, given=cora_herself),
    "desk:staff-back": deed(ALL_STAFF, {"no_nda": 403}, cora_herself),
    "desk:staff-grade": deed(ALL_STAFF, {"agent": 403, "lead": 403, "no_nda": 403}, cora_herself),
    "desk:staff-leave": page(**ADMINS, given=cora_herself),
    "desk:staff-return": deed(ALL_STAFF, {"agent": 403, "lead": 403, "no_nda": 403}, cora_herself),
    "desk:nda-add": page(**ADMINS, given=cora_herself),
    "desk:ndas": page(**LEADS),
    "desk:accounts": page(**LEADS),
    "desk:account-bind": deed(ALL_STAFF, {"agent": 403, "no_nda": 403}, bens_account),
    "desk:account-end": deed(ALL_STAFF, {"agent": 403, "no_nda": 403}, bens_account),
    "desk:lost": page(**LEADS),
    "desk:lost-check": page(**LEADS, given=bens_lost_factor),
    "desk:lost-dismiss": deed(ALL_STAFF, {"agent": 403, "no_nda": 403}, bens_lost_factor),
    "desk:agreements": page(**ADMINS),
    "desk:agreement-add": page(**ADMINS),
    "desk:agreement-check": page(**ADMINS),
    "desk:agreement-file": page(staff=200, given=an_agreement),
    "desk:acceptance-add": page(**LEADS),
    "desk:terms-new": page(**ADMINS),
    "desk:products": page(**ADMINS),
    "desk:product-add": page(**ADMINS),
    "desk:product-change": page(**ADMINS, given=a_product),
    "desk:rates": page(**ADMINS),
    "desk:rate-add": page(**ADMINS),
    "desk:supplier": page(**ADMINS),
    "desk:look": page(**ADMINS),
    "desk:look-sample": page(**ADMINS),
    "desk:look-sender": page(**ADMINS),
    **{f"desk:look-{name}": deed(ALL_STAFF, NOT_ADMINS, of({})) for name in ("accent", "logo", "logo-remove", "test")},
    "desk:look-restore": deed(ALL_STAFF, NOT_ADMINS, a_look),
}
EVERY_TOKEN = {"member": 200, "stranger": 200, "staff": 200}
FOR_STAFF = {"staff": 405}
# Bea has a token too: for Birch, so what is Alder's is not there.
OF_A_TICKET = {"author": 200, "manager": 200, "billing": 404, "stranger": 404, "staff": 200, "no_nda": 403}
STAFF_DEEDS = ("accept", "assign", "move", "reopen", "correct", "notes")
API_OF_THE_GROUND = {
    "api:schema": everybody(),
    **{f"api:{name}": resource(**EVERY_TOKEN) for name in ("token", "clauses", "terms", "terms-versions", "products")},
    "api:announcements": resource(**EVERY_TOKEN | {"no_nda": 403}),
    "api:announcement": resource(
        **{"member": 200, "stranger": 404, "staff": 200, "no_nda": 403}, given=an_announcement
    ),
    "api:calendar": resource(**EVERY_TOKEN),
    "api:agreements": resource(**EVERY_TOKEN),
    "api:agreement-file": resource(**EVERY_TOKEN, given=an_agreement),
    "api:people": resource(manager=200, stranger=200, staff=200),
    "api:clients": resource(staff=200),
    "api:alarms": resource(staff=200),
    "api:alarm": resource(staff=200, given=an_alarm),
    "api:alarm-clear": resource(**FOR_STAFF, post={"no_nda": 403}, given=an_alarm),
}
API_OF_TICKETS = {
    "api:articles": resource(**EVERY_TOKEN | {"no_nda": 403}),
    # The article is for all clients, so another client reads it as well.
    "api:article": resource(**EVERY_TOKEN | {"no_nda": 403}, given=an_article),
    "api:tickets": resource(**EVERY_TOKEN | {"no_nda": 403}, post={"no_nda": 400}),
    "api:forms": resource(**EVERY_TOKEN | {"no_nda": 403}),
    "api:form": resource(**EVERY_TOKEN | {"no_nda": 403}, given=of({"code": "new-starter"})),
    "api:form-tickets": resource(member=405, stranger=405, given=of({"code": "new-starter"})),
    "api:tickets-of-client": resource(**FOR_STAFF),
    "api:mail-reports": resource(**EVERY_TOKEN | {"no_nda": 403}, post={"staff": 400}),
    "api:mail-report": resource(**OF_A_TICKET, given=a_report),
    "api:mail-report-judge": resource(**FOR_STAFF, given=a_report),
    "api:ticket": resource(**OF_A_TICKET, given=a_ticket),
    "api:clock": resource(**OF_A_TICKET, given=a_ticket),
    # What is sent is judged before anybody looks for the request.
    "api:messages": resource(**OF_A_TICKET, post={"billing": 400, "stranger": 400, "no_nda": 400}, given=a_ticket),
    "api:watchers": resource(**OF_A_TICKET, post={"billing": 400, "stranger": 400, "no_nda": 400}, given=a_ticket),
    "api:watcher-end": resource(
        member=405, stranger=405, staff=405, post={"billing": 404, "stranger": 404, "no_nda": 403}, given=a_watcher
    ),
    "api:message": resource(**OF_A_TICKET, given=a_message),
    "api:message-undo": resource(**FOR_STAFF, post={"no_nda": 403}, given=a_message),
    "api:message-withdraw": resource(**FOR_STAFF, given=a_message),
    "api:attachments": resource(**OF_A_TICKET, given=a_ticket),
    "api:attachment": resource(**OF_A_TICKET, given=a_file),
    # Read by both sides, written by staff.
    **{
        f"api:{name}": resource(**OF_A_TICKET, post={"member": 403, "stranger": 403, "no_nda": 400}, given=a_ticket)
        for name in ("rulings", "charges", "time", "accesses", "escalations")
    },
    "api:charge-answer": resource(member=405, stranger=405, post={"billing": 400, "stranger": 400}, given=a_charge),
    "api:time-take-back": resource(**FOR_STAFF, post={"no_nda": 400}, given=some_time),
    "api:access-open": resource(**FOR_STAFF, post={"no_nda": 400}, given=an_access_request),
    "api:access-decide": resource(
        member=405, stranger=405, post={"billing": 400, "stranger": 400}, given=an_access_request
    ),
    "api:window-changes": resource(**FOR_STAFF, post={"no_nda": 400}, given=a_window),
    "api:window-close": resource(**FOR_STAFF, post={"no_nda": 403}, given=a_window),
    # Without words to look for.
    "api:search": resource(member=400, stranger=400, staff=400),
    "api:mail-in": resource(staff=200, no_nda=403),
    "api:mail-in-one": resource(staff=200, no_nda=403, given=a_mail_set_aside),
    "api:mail-in-open": resource(**FOR_STAFF, post={"no_nda": 403}, given=a_mail_set_aside),
    **{
        f"api:mail-in-{name}": resource(**FOR_STAFF, post={"no_nda": 400}, given=a_mail_set_aside)
        for name in ("again", "release", "ignore", "give")
    },
    **{f"api:{name}": resource(**FOR_STAFF, given=a_ticket) for name in STAFF_DEEDS},
    "api:settle": resource(member=405, stranger=405, post={"billing": 404, "stranger": 404}, given=a_ticket),
}
API_OF_REPORTS = {
    "api:reports": resource(manager=200, stranger=200),
    "api:report": resource(manager=200, stranger=404, given=a_report_to_come),
    "api:report-again": resource(manager=405, stranger=405, post={"stranger": 404}, given=a_report_to_come),
    # Not made yet.
    "api:report-file": resource(manager=404, stranger=404, given=a_report_to_come),
}
ROWS: dict[str, Row] = {
    **API_OF_THE_GROUND,
    **API_OF_TICKETS,
    **API_OF_REPORTS,
    **OPEN,
    **ACCOUNTS,
    **DEMO,
    **CLIENT_PEOPLE,
    **CLIENT_REPORTS,
    **CLIENT_REQUESTS,
    **DESK_ARTICLES,
    **DESK_TICKETS,
    **DESK_BEHIND,
    **DESK_CLIENTS,
    **DESK_STAFF,
}
