"""The demonstration's own certificate: made once per data folder, named so that nobody can take it for a real one."""

import os
import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from portal import clock

NAME = "Demo certificate – not for real use"
AUTHORITY = "Demo authority – not for real use"
FOLDER = "demo-ca"
KEY_FILE, CHAIN_FILE = "key.pem", "chain.pem"
YEARS = 10
_CURVE = ec.SECP256R1()


@dataclass(frozen=True)
class DemoPaths:
    """The private key (mode 0600) and the chain: leaf first, then its authority."""

    key: Path
    chain: Path


@dataclass(frozen=True)
class _Pair:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey = field(repr=False)


def ensure(var: Path) -> DemoPaths:
    """The demo's key and chain under `var`, made now if this is the first time. Safe when several processes ask at once."""
    folder = var / FOLDER
    if not (folder / CHAIN_FILE).exists():
        _make(folder)
    return DemoPaths(folder / KEY_FILE, folder / CHAIN_FILE)


def _make(folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".demo-ca-"))
    authority = _issue(AUTHORITY, None)
    leaf = _issue(NAME, authority)
    # The authority's key is forgotten here, so that it can never certify anything else.
    _write_private(scratch / KEY_FILE, _key_pem(leaf.key))
    _write_private(scratch / CHAIN_FILE, _pem(leaf.certificate) + _pem(authority.certificate))
    try:
        scratch.rename(folder)
    except OSError:
        # Another process was quicker; its pair is as good. Anything else shows when the files are read.
        shutil.rmtree(scratch)


def _issue(name: str, issuer: _Pair | None) -> _Pair:
    key = ec.generate_private_key(_CURVE)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signing_key = issuer.key if issuer else key
    issuing_key = signing_key.public_key()
    # From the start of last year: the demo clock may stand before today.
    start = datetime(clock.now().year - 1, 1, 1, tzinfo=UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start.replace(year=start.year + YEARS))
        .add_extension(
            x509.BasicConstraints(ca=issuer is None, path_length=0 if issuer is None else None), critical=True
        )
        .add_extension(_usage(is_authority=issuer is None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuing_key), critical=False)
    )
    return _Pair(builder.sign(signing_key, hashes.SHA256()), key)


def _usage(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority,
        content_commitment=not is_authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write_private(path: Path, data: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(data)
