"""A stored file as an answer: who may have it is settled before; then the body streams without a database (TRUST A19)."""

import structlog
from django.http import FileResponse, Http404
from django.utils.translation import gettext as _

from portal.files.store import open_stored

log = structlog.get_logger(__name__)

# Even if a browser were talked into showing a file: no script, no plug-in, no other page's frame, no other site's use.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}


def file_answer(storage_name: str, *, name: str, content_type: str, size: int, shown: bool = False) -> FileResponse:
    """The stored bytes, for download, or `shown` in the page. Raises Http404 for a file that is lost."""
    try:
        body = open_stored(storage_name)
    except FileNotFoundError:
        log.error("a stored file is missing", storage_name=storage_name)
        raise Http404(_("The file is no longer here.")) from None
    answer = FileResponse(body, as_attachment=not shown, filename=name, content_type=content_type, headers=HEADERS)
    answer["Content-Length"] = str(size)
    return answer
