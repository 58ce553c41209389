"""Where the writer's own words end: what they answer and how they sign is folded, never lost. One pass over the lines."""

from dataclasses import dataclass

from tickets.rules.mail.shape import Span, SpanKind

# How a mail programme says whose words follow: how the line begins and ends, or a word between and a colon at the end.
ATTRIBUTIONS = (
    ("on ", ("wrote:",), ""),
    ("le ", ("a écrit:", "écrivait:"), ""),
    ("am ", ("schrieb:", "geschrieben:"), " schrieb "),
    ("op ", ("schreef:", "het volgende geschreven:"), " schreef "),
    ("el ", ("escribió:",), ""),
    ("il ", ("ha scritto:",), ""),
    ("em ", ("escreveu:",), ""),
    ("den ", ("skrev:",), ""),
    ("w dniu ", ("napisał:", "pisze:", "napisała:"), ""),
)
SEPARATOR_LINES = """
original message
originalnachricht
ursprüngliche nachricht
message d'origine
message original
mensaje original
oorspronkelijk bericht
messaggio originale
mensagem original
reply message
original appointment
"""
SEPARATORS = frozenset(SEPARATOR_LINES.strip().split("\n"))
FROM_LABELS = ("from:", "von:", "de:", "van:", "da:", "od:", "fra:", "från:")
SENT_LABELS = (
    "sent:", "date:", "gesendet:", "datum:", "envoyé:", "verzonden:", "enviado:", "enviado el:", "fecha:", "inviato:", "data:",
    "wysłano:", "sendt:", "skickat:",
)  # fmt: skip
SUBJECT_LABELS = (
    "subject:",
    "betreff:",
    "objet:",
    "onderwerp:",
    "asunto:",
    "oggetto:",
    "assunto:",
    "temat:",
    "emne:",
    "ämne:",
)
MOBILE = (
    "sent from my ", "get outlook for ", "sent from outlook", "sent from mail for ", "sent from yahoo", "sent from proton",
    "von meinem ", "gesendet von ", "envoyé de mon ", "envoyé depuis ", "verstuurd vanaf mijn ", "verzonden vanaf ", "enviado desde mi ",
    "enviado do meu ", "inviato da ", "outlook für ios", "télécharger outlook",
)  # fmt: skip
FORWARDS = ("fw:", "fwd:", "wg:", "tr:", "rv:", "doorst:")
LONGEST_SIGNATURE_LINES = 30
LOOKED_AT = 400


@dataclass(slots=True)
class Line:
    start: int
    end: int
    look: str
    kind: SpanKind = SpanKind.VISIBLE

    @property
    def blank(self) -> bool:
        return not self.look

    @property
    def quoted(self) -> bool:
        return self.look.startswith(">")


def is_forward(subject: str) -> bool:
    """Then what an Outlook head introduces is what the mail is about."""
    return subject.lower().lstrip().startswith(FORWARDS)


def spans(text: str, *, forwarded: bool = False) -> tuple[Span, ...]:
    """The whole text in stretches, in order and without gaps. Something is always visible."""
    lines = _lines(text)
    _mark_history(lines, forwarded=forwarded)
    _mark_signatures(lines)
    if not any(line.kind is SpanKind.VISIBLE and not line.blank for line in lines):
        _show_something(lines)
    return _joined(lines, len(text))


def _lines(text: str) -> list[Line]:
    lines, start = [], 0
    for line in text.split("\n"):
        lines.append(
            Line(start, start + len(line) + 1, line[:LOOKED_AT].strip().replace("\u2019", "'").replace("\u00a0", " "))
        )
        start += len(line) + 1
    return lines


def _mark_history(lines: list[Line], *, forwarded: bool) -> None:
    at = 0
    while at < len(lines):
        length = _attribution(lines, at)
        if length and _next_is_quoted(lines, at + length):
            _mark(lines[at : at + length], SpanKind.HISTORY)
            at += length
        elif length or (not forwarded and _is_mail_head(lines, at)):
            _mark(lines[at:], SpanKind.HISTORY)
            return
        else:
            if lines[at].quoted:
                lines[at].kind = SpanKind.HISTORY
            at += 1


def _mark(lines: list[Line], kind: SpanKind) -> None:
    for line in lines:
        line.kind = kind


def _attribution(lines: list[Line], at: int) -> int:
    """How many lines say "On … wrote:" here; 0 for none. Mailers wrap it over up to four."""
    start = lines[at].look.lower()
    for opening, endings, between in ATTRIBUTIONS:
        if not start.startswith(opening):
            continue
        words = ""
        for length, line in enumerate(lines[at : at + 4], 1):
            words = f"{words} {line.look}".lower().replace(" :", ":")
            if line.blank or len(words) > LOOKED_AT:
                break
            if words.endswith(endings) or (between and between in words and words.endswith(":")):
                return length if any(letter.isdigit() or letter == "@" for letter in words) else 0
    return 0


def _next_is_quoted(lines: list[Line], at: int) -> bool:
    following = next((line for line in lines[at : at + 3] if not line.blank), None)
    return following is not None and following.quoted


def _is_mail_head(lines: list[Line], at: int) -> bool:
    """ "-----Original Message-----", or Outlook's From, Sent, Subject, perhaps under a rule."""
    look = lines[at].look.lower()
    if look.startswith("--") and look.strip("- ") in SEPARATORS:
        return True
    if len(look) > 10 and set(look) == {"_"}:
        return (
            _is_mail_head(lines[at + 1 : at + 10], 0)
            if at + 1 < len(lines) and lines[at + 1].look[:1] != "_"
            else False
        )
    plain = _label(look)
    if not plain.startswith(FROM_LABELS):
        return False
    below = [_label(line.look.lower()) for line in lines[at + 1 : at + 8]]
    return any(line.startswith(SENT_LABELS) for line in below) and any(
        line.startswith(SUBJECT_LABELS) for line in below
    )


def _label(look: str) -> str:
    return look.replace("*", "").replace(" :", ":")


def _mark_signatures(lines: list[Line]) -> None:
    """From "-- " or a telephone's line to the next history or the end, if that is as short as signatures are."""
    end = len(lines)
    for at in range(len(lines) - 1, -1, -1):
        line = lines[at]
        if line.kind is SpanKind.HISTORY:
            end = at
        elif (line.look in ("--", "—") and end - at <= LONGEST_SIGNATURE_LINES) or _is_mobile(lines, at, end):
            _mark(lines[at:end], SpanKind.SIGNATURE)
            end = at


def _is_mobile(lines: list[Line], at: int, end: int) -> bool:
    """A telephone's own line: short, and with nothing but empty lines below it."""
    look = lines[at].look.lower()
    if len(look) > 80 or not look.startswith(MOBILE):
        return False
    return end - at <= 6 and all(line.blank for line in lines[at + 1 : end])


def _show_something(lines: list[Line]) -> None:
    """Only a quote or only a signature was sent: then that is what they say."""
    kinds = {line.kind for line in lines if not line.blank}
    shown = SpanKind.SIGNATURE if SpanKind.SIGNATURE in kinds else SpanKind.HISTORY
    for line in lines:
        line.kind = SpanKind.VISIBLE if line.kind is shown else line.kind


def _joined(lines: list[Line], length: int) -> tuple[Span, ...]:
    """Neighbours of one kind together; an empty line goes with what stands above it."""
    found: list[Span] = []
    for line in lines:
        end = min(line.end, length)
        kind = found[-1].kind if line.blank and found else line.kind
        if found and found[-1].kind is kind:
            found[-1] = Span(kind, found[-1].start, end)
        else:
            found.append(Span(kind, line.start, end))
    return tuple(found)
