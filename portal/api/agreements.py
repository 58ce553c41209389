"""Agreements, for programmes: their versions, and the stored copies."""

from django.http import FileResponse, Http404
from rest_framework import serializers
from rest_framework.request import Request

from portal.api.resource import Resource
from portal.api.verbs import reads, sends
from portal.files.answers import file_answer
from portal.models import AgreementDocument
from portal.queries.agreements import agreement, agreement_documents
from portal.rules.agreements import PDF
from portal.rules.tokens import Scope


class AgreementOut(serializers.Serializer):
    """A version of an agreement."""

    id = serializers.IntegerField(source="pk")
    kind = serializers.CharField()
    title = serializers.CharField()
    version = serializers.CharField()
    effective_from = serializers.DateField()
    size = serializers.IntegerField(help_text="Bytes of the PDF.")
    sha256 = serializers.CharField()


class Agreements(Resource):
    """The agreements."""

    scopes = {"GET": Scope.DOCUMENTS_READ}

    @reads(AgreementOut, about="Every version of each agreement", many=True)
    def get(self, request: Request) -> list[AgreementDocument]:
        return agreement_documents()


class AgreementFile(Resource):
    """The copy that is kept."""

    scopes = {"GET": Scope.DOCUMENTS_READ}

    @sends(PDF, about="The stored copy of an agreement")
    def get(self, request: Request, pk: int) -> FileResponse:
        row = agreement(pk)
        if row is None:
            raise Http404
        return file_answer(row.storage_name, name=row.file_name, content_type=PDF, size=row.size)
