"""A mail as a page shows it: the writer's words, and folded away what they answer and how they sign."""

from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from tickets.rules.mail.pages import cleaned, with_pictures


@dataclass(frozen=True)
class MailFace:
    """What templates/parts/mail_body.html shows. `page` is empty when only text can be shown."""

    visible: str
    history: str
    signature: str
    page: SafeString
    page_history: SafeString


def mail_face(
    *,
    visible: str,
    history: str = "",
    signature: str = "",
    html_safe: str = "",
    html_history: str = "",
    pictures: dict[int, str] | None = None,
) -> MailFace:
    """The values of ParsedMail for the page. `pictures` are addresses of our own, authorised views, by index in `files`.

    The HTML is cleaned once more, so that a row that somebody changed runs nothing either (TRUST A16).
    """
    return MailFace(
        visible, history, signature, _markup(html_safe, pictures or {}), _markup(html_history, pictures or {})
    )


def _markup(piece: str, pictures: dict[int, str]) -> SafeString:
    return mark_safe(with_pictures(cleaned(piece), pictures))  # noqa: S308 - cleaned in this very line
