"""What a token is: whose, for which client, what for."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from portal.api.resource import Resource
from portal.api.verbs import reads


class TokenOut(serializers.Serializer):
    """The token that was shown, and as whom it acts."""

    person = serializers.CharField()
    kind = serializers.ChoiceField(choices=["member", "staff"])
    role = serializers.CharField(help_text="The membership’s role, or the grade on the staff.")
    client = serializers.CharField(allow_null=True, help_text="The short name of the client; null for staff.")
    scopes = serializers.ListField(child=serializers.CharField())


class Token(Resource):
    """The token itself."""

    @reads(TokenOut, about="Whose token this is")
    def get(self, request: Request) -> dict[str, Any]:
        """Works with every scope: a good first call."""
        actor = request.actor
        client = request.client.slug if request.client else None
        scopes = sorted(request.auth.scopes)
        return {"person": actor.label, "kind": actor.kind, "role": actor.role, "client": client, "scopes": scopes}
