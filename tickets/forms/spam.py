"""Forms of suspicious mail: the client's report, the verdict of staff, blocked senders (EML-6)."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.errors import Refused
from portal.files import BadFile, Infected, Taken, open_stored, take
from portal.files.forms import MultipleFileField
from portal.files.names import clean_name, split
from portal.forms.fields import line, paragraph
from portal.guarded.process import Busy
from tickets.actions.spam import Reported, read_reported
from tickets.rules.spam import HARM_WORDS, PLACE_WORDS, VERDICT_WORDS, BlockKind


class ReportedMailField(MultipleFileField):
    """One mail as an .eml file. A file in which the virus scanner finds something is not kept, but it is read and reported."""

    infected: tuple[bytes, str] | None = None

    def take_one(self, upload: UploadedFile, files: list[Taken], faults: list[ValidationError]) -> None:
        name = clean_name(upload.name or "")
        fault = refusal_of(name) or (gettext("Please report one mail at a time.") if files or self.infected else "")
        if fault:
            faults.append(ValidationError(fault, code="422"))
            return
        try:
            files.append(take(upload))
        except Infected as found:
            upload.seek(0)
            self.infected, self.required = (upload.read(), found.sentence), False
        except BadFile as bad:
            faults.append(ValidationError(bad.sentence, code=str(bad.status)))


def refusal_of(name: str) -> str:
    """Why a file of this name cannot be a reported mail, and what to do instead; "" when it may be one."""
    ending = split(name)[1]
    if ending == "msg":
        return gettext(
            "“%(name)s” is Outlook’s own kind of file, which we cannot read safely. In Outlook choose “Save as” or “Download”, and then “EML”."
        ) % {"name": name}
    if ending != "eml":
        return gettext("“%(name)s” is not a saved mail. Its name must end in .eml.") % {"name": name}
    return ""


class ReportForm(forms.Form):
    """A client reports a suspicious mail. Its answers hold `reported` too: the mail as it was read under guard."""

    files = ReportedMailField(  # type: ignore[assignment]
        required=True,
        label=_("The suspicious mail"),
        help_text=_(
            "Save the mail as an .eml file and choose it here. Please do not open its links or files, and do not forward it."
        ),
    )
    recipient = line(_("Who received it?"), most=200, error_messages={"required": _("Say whose mailbox it came to.")})
    harm = forms.ChoiceField(
        label=_("Did anybody click on something, or enter a password?"),
        choices=[(str(harm), words) for harm, words in HARM_WORDS.items()],
        widget=forms.RadioSelect,
        help_text=_("If somebody did, we look at it before others. Nobody is blamed."),
        error_messages={"required": _("Choose one answer. “I do not know” is fine.")},
    )
    note = paragraph(_("Anything else we should know?"), most=2000, required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        field = self.fields["files"]
        if "files" in self.errors or not isinstance(field, ReportedMailField):
            return given
        try:
            given["reported"] = self.read(given["files"], field.infected)
        except Refused as refused:
            self.add_error("files", refused.sentence)
        except Busy as busy:
            # The file is taken and stays offered, so trying again costs one click.
            self.add_error("files", ValidationError(str(busy), code="503"))
        return given

    def read(self, files: list[Taken], infected: tuple[bytes, str] | None) -> Reported:
        """The mail, read under guard. Raises Refused when it is none, and Busy where too many wait to be read."""
        if infected is not None:
            return read_reported(infected[0], left_out=infected[1])
        with open_stored(files[0].storage_name) as stored:
            return read_reported(stored.read(), taken=files[0])


class VerdictForm(forms.Form):
    """What staff make of a reported mail, and what the client reads."""

    verdict = forms.ChoiceField(
        label=_("Verdict"),
        choices=[(str(verdict), words) for verdict, words in VERDICT_WORDS.items()],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a verdict.")},
    )
    words = paragraph(
        _("Sentence for the client"),
        most=1000,
        help_text=_("Why, and what they should do now. It goes out as your answer."),
        error_messages={"required": _("Write a sentence for the client.")},
    )
    resolve = forms.BooleanField(label=_("The request is settled with this"), required=False, initial=True)


class BlockForm(forms.Form):
    """A sender whom staff have blocked, recorded by hand."""

    value = line(
        _("Address or domain"), most=254, help_text=_("“name@example.com” for one sender, “example.com” for a domain.")
    )
    place = forms.ChoiceField(label=_("Blocked"), choices=[(str(place), words) for place, words in PLACE_WORDS.items()])
    reason = line(_("Why"), most=300, help_text=_("The client’s managers read this."))

    @property
    def kind(self) -> BlockKind:
        """What was written: an address has an @."""
        return BlockKind.ADDRESS if "@" in self.cleaned_data["value"].lstrip("@ ") else BlockKind.DOMAIN


class LiftForm(forms.Form):
    """Why a block ends."""

    reason = line(_("Why is it lifted?"), most=300, error_messages={"required": _("Say why the block is lifted.")})
