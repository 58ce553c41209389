"""The file field of every form: several files by choosing, pasting, dragging or the camera; nothing chosen is lost."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from portal.files.intake import take
from portal.files.limits import FILE_BYTES, POST_BYTES, POST_FILES, in_words
from portal.files.store import discard
from portal.files.taken import BadFile, Taken
from portal.files.tokens import taken_from, tokens_of

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LOST = gettext_noop("A file that you had added is no longer here. Please choose it again.")
Posted = tuple[list[UploadedFile], list[str]]


class FilesInput(forms.FileInput):
    """The box of templates/parts/upload.html, and the files taken earlier, each with a box to leave it out.

    `{name}` holds the new files; `{name}-kept` the tokens of those taken with an earlier post of the same form.
    """

    template_name = "forms/files.html"
    allow_multiple_selected = True
    kept: list[tuple[str, Taken]] = []

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Posted:
        several = (source.getlist if hasattr(source, "getlist") else listed_from(source) for source in (files, data))
        of_files, of_data = several
        return of_files(name), of_data(f"{name}-kept")

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in files and f"{name}-kept" not in data

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        given = context["widget"]["attrs"]
        return context | {
            "kept": self.kept,
            "max_bytes": FILE_BYTES,
            "described": given.get("aria-describedby", ""),
            "invalid": given.get("aria-invalid") == "true",
        }


def listed_from(source: Any) -> Callable[[str], list[Any]]:
    """getlist for a plain dictionary, as tests and scripts bind forms."""

    def getlist(name: str) -> list[Any]:
        value = source.get(name) or []
        return list(value) if isinstance(value, list | tuple) else [value]

    return getlist


class MultipleFileField(forms.Field):
    """Cleans to a list of Taken. Its ValidationErrors name the file, and carry the page's HTTP status as their code.

    The form calls `belongs_to` in its __init__. What was taken stays offered when the form is shown again; files that no
    row ever knew are removed by the orphan sweep.
    """

    widget = FilesInput

    def __init__(self, *, required: bool = False, label: "StrOrPromise" = "Files", **kwargs: Any) -> None:
        kwargs.setdefault(
            "help_text",
            _("Up to %(POST_FILES)s files of %(in_words)s each.")
            % {"POST_FILES": POST_FILES, "in_words": in_words(FILE_BYTES)},
        )
        super().__init__(required=required, label=label, **kwargs)
        self.owner = ""
        self.used: Callable[[list[str]], set[str]] = lambda names: set()

    def belongs_to(self, owner: str, used: Callable[[list[str]], set[str]]) -> None:
        """`owner`: who may hand files in again. `used` answers which storage names a row already has (double posts)."""
        self.owner, self.used = owner, used

    def clean(self, value: Posted | None) -> list[Taken]:
        uploads, tokens = value or ([], [])
        faults: list[ValidationError] = []
        files = self.handed_in_again(tokens, faults)
        uploads = within_number(uploads, len(files), faults)
        for upload in uploads:
            self.take_one(upload, files, faults)
        self.offer(files)
        if not files and self.required and not faults:
            faults.append(ValidationError(_("Please add a file."), code="required"))
        if faults:
            raise ValidationError(faults)
        return files

    def handed_in_again(self, tokens: list[str], faults: list[ValidationError]) -> list[Taken]:
        found = [taken_from(token, self.owner) if self.owner else None for token in dict.fromkeys(tokens)]
        files = [taken for taken in found if taken is not None][:POST_FILES]
        used = self.used([taken.storage_name for taken in files]) if files else set()
        free = [taken for taken in files if taken.storage_name not in used]
        if len(free) < len(found):
            faults.append(ValidationError(LOST, code="422"))
        return free

    def take_one(self, upload: UploadedFile, files: list[Taken], faults: list[ValidationError]) -> None:
        try:
            taken = take(upload)
        except BadFile as bad:
            faults.append(ValidationError(bad.sentence, code=str(bad.status)))
            return
        if sum(one.size for one in files) + taken.size > POST_BYTES:
            discard(taken.storage_name)
            sentence = _("“%(name)s” is over %(in_words)s in all. Please send it in a second message.") % {
                "name": taken.name,
                "in_words": in_words(POST_BYTES),
            }
            faults.append(ValidationError(sentence, code="413"))
            return
        files.append(taken)

    def offer(self, files: Iterable[Taken]) -> None:
        if self.owner:
            cast(FilesInput, self.widget).kept = tokens_of(files, self.owner)


def hand_files_back(form: forms.BaseForm, owner: str, used: Callable[[list[str]], set[str]]) -> None:
    """Let a form offer the files that it took again when it is not in order. Call it before `is_valid`."""
    for field in form.fields.values():
        if isinstance(field, MultipleFileField):
            field.belongs_to(owner, used)


def kept_files(form: forms.BaseForm) -> list[tuple[str, Taken]]:
    """Token and file of what the form has taken, for pages that draw the field themselves (parts/kept_files.html)."""
    widgets = (field.widget for field in form.fields.values() if isinstance(field, MultipleFileField))
    return [pair for widget in widgets for pair in cast(FilesInput, widget).kept]


def within_number(uploads: list[UploadedFile], already: int, faults: list[ValidationError]) -> list[UploadedFile]:
    if already + len(uploads) > POST_FILES:
        sentence = _("At most %(POST_FILES)s files go into one message. Please send the others in a second one.") % {
            "POST_FILES": POST_FILES
        }
        faults.append(ValidationError(sentence, code="413"))
    return uploads[: max(0, POST_FILES - already)]


def status_of(form: forms.BaseForm) -> int:
    """The HTTP status of a form that is not in order: 507 for a full disk, 503 for an absent scanner or a busy reader, 413 for too much, else 422."""
    codes = {str(fault.code) for faults in form.errors.as_data().values() for fault in faults}
    return next((int(code) for code in ("507", "503", "413") if code in codes), 422)
