"""The process that takes signed PDFs apart: `python -m portal.documents.verify_child`. Fetches nothing."""

import os
import sys
from io import BytesIO
from typing import Any, BinaryIO

from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from portal.documents.frames import Frame, FrameError, read_frame, write_frame
from portal.documents.limits import die_after, limit_memory

MEMORY_MB = 512
SECONDS = 8.0


def main() -> None:
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    limit_memory(MEMORY_MB)
    while _serve_one(sys.stdin.buffer, answers):
        pass


def _serve_one(orders: BinaryIO, answers: BinaryIO) -> bool:
    try:
        frame = read_frame(orders)
    except FrameError:
        return False
    die_after(SECONDS)
    write_frame(answers, _answer(frame))
    die_after(0)
    return True


def _answer(frame: Frame) -> Frame:
    try:
        return Frame(_facts(frame.body, x509.Certificate.load(bytes.fromhex(frame.header["root"]))))
    except Exception as error:
        return Frame({"error": f"The file could not be checked ({type(error).__name__}): {error}"[:300]})


def _facts(pdf: bytes, root: x509.Certificate) -> dict[str, Any]:
    signatures = PdfFileReader(BytesIO(pdf)).embedded_signatures
    if not signatures:
        raise ValueError("it has no signature")
    signature = signatures[-1]
    signed_at = signature.self_reported_timestamp
    context = ValidationContext(
        trust_roots=[root],
        allow_fetching=False,
        revocation_mode="soft-fail",
        moment=signed_at,
        best_signature_time=signed_at,
    )
    # Without the difference analysis: it may take a quarter of a minute, and whatever was appended is a change to us.
    status = validate_pdf_signature(signature, context, skip_diff=True)
    return {
        "intact": bool(status.intact),
        "valid": bool(status.valid),
        "trusted": bool(status.trusted),
        "whole_file": signature.evaluate_signature_coverage() is SignatureCoverageLevel.ENTIRE_FILE,
        "signer": status.signing_cert.subject.native.get("common_name") or "",
        "reason": str(signature.sig_object.get("/Reason", "")),
        "signed_at": signed_at.isoformat() if signed_at else None,
    }


if __name__ == "__main__":
    main()
