"""The process that takes signed PDFs apart: `python -m portal.documents.verify_child`. Fetches nothing."""

from io import BytesIO
from typing import Any

from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from portal.guarded.child import serve
from portal.guarded.frames import Frame

MEMORY_MB = 512
SECONDS = 8.0


def main() -> None:
    serve(_answer, memory_mb=MEMORY_MB, seconds=SECONDS)


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
