"""Make an issued document again from the data inside it, and say whether the bytes are the same."""

import re
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader

from portal.documents.errors import DocumentError
from portal.documents.render import Attached, Rendered, render_pdf
from portal.documents.snapshot import SNAPSHOT_FILE, canonical, digest, load


@dataclass(frozen=True)
class Remade:
    """`same` says that the file begins with the bytes made now; a signature stands after them.

    With another template version than the file's the bytes may differ although nothing was tampered with.
    """

    same: bool
    same_data: bool
    same_template: bool
    made: Rendered


def remake(pdf: bytes, template: str) -> Remade:
    """Print the file's own snapshot again through `template`. Raises DocumentError when it is not one of our documents.

    For files that we issued, read from our own store: a stranger's upload belongs to verify_signature.
    """
    try:
        root = PdfFileReader(BytesIO(pdf)).root
        files = _files(root)
        facts = _facts(root["/Metadata"].data.decode())
        created = datetime.fromisoformat(facts["CreateDate"])
        frozen = files.pop(SNAPSHOT_FILE)[1]
    except (PdfError, KeyError, ValueError) as error:
        raise DocumentError("This file is not a document that the portal issued.") from error
    snapshot = load(frozen)
    made = render_pdf(
        template,
        snapshot,
        kind=facts["DocumentKind"],
        number=facts["DocumentNumber"],
        created=created,
        attachments=[Attached(name, description, data) for name, (description, data) in files.items()],
    )
    return Remade(
        same=pdf.startswith(made.pdf),
        same_data=digest(canonical(snapshot)) == facts["SnapshotSha256"],
        same_template=made.template_version == facts["TemplateVersion"],
        made=made,
    )


def _files(root: Any) -> dict[str, tuple[str, bytes]]:
    """The attached files by name, each with its description, in the order of the document."""
    names = list(root["/Names"]["/EmbeddedFiles"]["/Names"])
    specifications = (reference.get_object() for reference in names[1::2])
    return {str(item["/UF"]): (str(item["/Desc"]), item["/EF"]["/F"].data) for item in specifications}


def _facts(metadata: str) -> dict[str, str]:
    """Our facts and the creation date from the XMP metadata."""
    found = re.findall(r"<(?:portal|xmp):(\w+)>([^<]*)</", metadata)
    return {name: _unescaped(value) for name, value in found}


def _unescaped(value: str) -> str:
    return value.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
