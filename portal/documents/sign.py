"""PAdES signatures over finished PDFs, and their verification. No network: no time-stamp service, no revocation look-up.

Key and certificate come from PORTAL_SIGNING_KEY and PORTAL_SIGNING_CERT (PEM text, or the path of a PEM file; the
certificate first, then its chain up to the root). The demo makes its own.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from asn1crypto import x509
from django.conf import settings
from pyhanko.keys import load_certs_from_pemder_data, load_private_key_from_pemder_data
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from portal.documents import demo_ca
from portal.documents.errors import DocumentError
from portal.guarded.frames import Frame
from portal.guarded.process import GuardedChild, PerProcess

FIELD = "PortalSignature"
VERIFY_SECONDS = 10
MAX_VERIFIED_BYTES = 25 * 1024 * 1024


@dataclass(frozen=True)
class Identity:
    """What signs: the key, its certificate, and the certificates above it, the root last."""

    key: Any = field(repr=False)
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    is_demo: bool

    @property
    def root(self) -> x509.Certificate:
        """Whom a verifier has to trust: the last of the chain, or the certificate itself when it stands alone."""
        return self.chain[-1] if self.chain else self.certificate


@dataclass(frozen=True)
class CertificateFacts:
    """What a document prints about its signer. `fingerprint_sha256` is over the certificate's DER form."""

    subject: str
    fingerprint_sha256: str
    valid_until: date
    is_demo: bool


@dataclass(frozen=True)
class SignatureFacts:
    """What a verification found. All three of intact, valid and whole_file must hold for an untouched file.

    intact: the signed bytes are as they were; valid: the signature fits the certificate; trusted: the certificate leads
    to our root; whole_file: nothing was appended after signing.
    """

    intact: bool
    valid: bool
    trusted: bool
    whole_file: bool
    signer: str
    reason: str
    signed_at: datetime | None

    @property
    def is_genuine(self) -> bool:
        return self.intact and self.valid and self.trusted and self.whole_file


class _SignerAt(PdfSigner):
    """pyHanko asks the computer's clock; ours is told the instant."""

    def __init__(self, metadata: PdfSignatureMetadata, signer: SimpleSigner, at: datetime) -> None:
        super().__init__(metadata, signer=signer)
        self._at = at

    def init_signing_session(self, *args: Any, **kwargs: Any) -> Any:
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self._at
        return session


class _QuietWriter(IncrementalPdfFileWriter):
    """Adds the signature and nothing else.

    pyHanko's own would rewrite the metadata with the computer's clock, so that the file's date contradicted its contents.
    """

    def _update_meta(self) -> None:
        return


def sign(pdf: bytes, *, at: datetime, reason: str, name: str) -> bytes:
    """The PDF with a certifying PAdES signature that allows no later change; the bytes given stay its beginning.

    `name` is the supplier, `at` the instant that the signature states. Not deterministic. Raises DocumentError when no
    key is configured.
    """
    identity = signing_identity()
    store = SimpleCertificateStore()
    store.register_multiple(identity.chain)
    signer = SimpleSigner(signing_cert=identity.certificate, signing_key=identity.key, cert_registry=store)
    metadata = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        reason=reason,
        name=name,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    signed = _SignerAt(metadata, signer, at).sign_pdf(_QuietWriter(BytesIO(pdf)))
    return signed.getvalue()


def certificate_facts() -> CertificateFacts:
    """The certificate that signs now. Raises DocumentError when none is configured."""
    identity = signing_identity()
    certificate = identity.certificate
    return CertificateFacts(
        subject=certificate.subject.native.get("common_name") or certificate.subject.human_friendly,
        fingerprint_sha256=certificate.sha256.hex(),
        valid_until=certificate.not_valid_after.date(),
        is_demo=identity.is_demo,
    )


def signing_identity() -> Identity:
    """Key and chain from the settings, else in the demo its own. Raises DocumentError with what to set."""
    key, chain = settings.PORTAL_SIGNING_KEY, settings.PORTAL_SIGNING_CERT
    if key and chain:
        return _load(_pem(key, "PORTAL_SIGNING_KEY"), _pem(chain, "PORTAL_SIGNING_CERT"), is_demo=False)
    if settings.PORTAL_DEMO:
        paths = demo_ca.ensure(Path(settings.PORTAL_VAR))
        return _load(paths.key.read_bytes(), paths.chain.read_bytes(), is_demo=True)
    raise DocumentError("Documents cannot be signed: set PORTAL_SIGNING_KEY and PORTAL_SIGNING_CERT.")


@lru_cache(maxsize=4)
def _load(key: bytes, chain: bytes, *, is_demo: bool) -> Identity:
    certificates = tuple(load_certs_from_pemder_data(chain))
    if not certificates:
        raise DocumentError("PORTAL_SIGNING_CERT holds no certificate.")
    return Identity(load_private_key_from_pemder_data(key, passphrase=None), certificates[0], certificates[1:], is_demo)


def _pem(value: str, setting: str) -> bytes:
    if "-----BEGIN" in value:
        return value.encode()
    try:
        return Path(value).read_bytes()
    except OSError as error:
        raise DocumentError(f"{setting} is neither PEM text nor a file that can be read ({error.strerror}).") from error


_VERIFIER = PerProcess(lambda: GuardedChild("portal.documents.verify_child", seconds=VERIFY_SECONDS))


def verify_signature(pdf: bytes) -> SignatureFacts:
    """What the file's last signature is worth. Parsed in a child that may be killed, because the file is a stranger's.

    Raises ChildError when it has no signature, is no PDF or takes too long; DocumentError when it is larger than 25 MB.
    """
    if len(pdf) > MAX_VERIFIED_BYTES:
        raise DocumentError("The file is larger than 25 MB.")
    facts = _VERIFIER.get().call(Frame({"root": signing_identity().root.dump().hex()}, pdf)).header
    signed_at = facts.pop("signed_at")
    return SignatureFacts(signed_at=datetime.fromisoformat(signed_at) if signed_at else None, **facts)


def stop_verifier() -> None:
    """End the verifying child; the next call starts another."""
    _VERIFIER.stop()
