"""`manage.py documents verify FILE`, `manage.py documents remake FILE`: look at a document that the portal issued."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.documents.remake import remake
from portal.documents.render import stop_renderer
from portal.documents.sign import stop_verifier, verify_signature
from portal.guarded.process import ChildError


class Command(BaseCommand):
    help = "Check the signature of an issued PDF, or make it again from its own data and compare the bytes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["verify", "remake"])
        parser.add_argument("file", type=Path)
        parser.add_argument("--template", default="pdf/report/report.html", help="the template for remake")

    def handle(self, *, what: str, file: Path, template: str, **options: Any) -> None:
        try:
            data = file.read_bytes()
            good = self.verify(data) if what == "verify" else self.remake(data, template)
        except (OSError, ChildError) as error:
            raise CommandError(str(error)) from error
        finally:
            stop_renderer()
            stop_verifier()
        if not good:
            raise CommandError("This file is not as the portal issued it.")

    def verify(self, data: bytes) -> bool:
        facts = verify_signature(data)
        self.stdout.write(f"signed by    {facts.signer}, {facts.signed_at:%d %B %Y %H:%M:%S %Z}: {facts.reason}")
        for name, value in (
            ("intact", facts.intact),
            ("valid", facts.valid),
            ("trusted", facts.trusted),
            ("whole file", facts.whole_file),
        ):
            self.stdout.write(f"{name:12} {'yes' if value else 'NO'}")
        return facts.is_genuine

    def remake(self, data: bytes, template: str) -> bool:
        found = remake(data, template)
        self.stdout.write(f"data         {'as it was' if found.same_data else 'CHANGED'}")
        self.stdout.write(f"template     {'the same version' if found.same_template else 'another version'}")
        self.stdout.write(f"bytes        {'identical' if found.same else 'different'}, sha256 {found.made.sha256}")
        return found.same
