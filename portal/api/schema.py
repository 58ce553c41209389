"""The schema: made once a process, given as JSON, and shown on a page of our own without any foreign script."""

import inspect
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema

from portal.problems import CONTENT_TYPE, KINDS, STEP_UP
from portal.rules.tokens import SCOPE_WORDS, Scope

EVERYWHERE = (401, 403, 404, 405, 429, 503)
OF_QUESTIONS = (400,)
OF_WRITES = (400, 409, 413, 415, 422, 507)
PROBLEM = {
    "type": "object",
    "description": "Why not (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "A sentence for people."},
        "clause": {"type": "string", "description": "The clause of the contract that says no."},
        "page": {"type": "string", "description": "Where a person can do it."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "detail"],
                "properties": {"field": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}


class BearerToken(OpenApiAuthenticationExtension):
    """How the schema names our tokens."""

    target_class = "portal.api.resource.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A token of /accounts/tokens/."}


class Described(AutoSchema):
    """Names of operations that read like what they do: get_tickets, get_tickets_one, post_tickets_accept."""

    def get_operation_id(self) -> str:
        parts = [part.replace("-", "_") for part in self.path.split("/")[3:]]
        words = [part for part in parts if not part.startswith("{")]
        one = ["one"] if parts[-1].startswith("{") else []
        return "_".join([self.method.lower(), *words, *one])

    def get_description(self) -> str:
        """What the method says of itself; the class's own words are for those who read the code."""
        return inspect.getdoc(getattr(self.view, self.method.lower())) or ""


def with_problems(result: dict[str, Any], **more: object) -> dict[str, Any]:
    """Every operation names the errors that it can answer with."""
    parts = result["components"]
    parts.setdefault("schemas", {})["Problem"] = PROBLEM
    body = {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    parts["responses"] = {str(status): {"description": title, "content": body} for status, (_, title) in KINDS.items()}
    for _method, _path, operation in operations_of(result):
        own = OF_WRITES if _method == "post" else OF_QUESTIONS
        for status in (*EVERYWHERE, *own):
            operation["responses"][str(status)] = {"$ref": f"#/components/responses/{status}"}
    return result


def operations_of(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and description of each operation, in the order of the paths."""
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


@lru_cache(maxsize=1)
def schema() -> dict[str, Any]:
    """The OpenAPI description of /api/v1/."""
    made: dict[str, Any] = SchemaGenerator(api_version="v1").get_schema(request=None, public=True)
    return made


@require_safe
def document(request: HttpRequest) -> HttpResponse:
    """The schema for programmes; nobody needs a token to read it."""
    return JsonResponse(schema(), headers={"Cache-Control": "public, max-age=300"})


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The same for people: how to begin, each operation, each kind of error."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for method, path, operation in operations_of(schema()):
        group = operation["tags"][0]
        groups.setdefault(group, []).append(shown(method, path, operation))
    facts = {
        "groups": groups,
        "scopes": [(scope, SCOPE_WORDS[scope]) for scope in Scope],
        "problems": [(status, anchor, title) for status, (anchor, title) in KINDS.items()] + [(403, *STEP_UP)],
    }
    return render(request, "public/api.html", facts)


def shown(method: str, path: str, operation: dict[str, Any]) -> dict[str, Any]:
    """One operation as the page tells it."""
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": operation.get("summary", ""),
        "more": operation.get("description", ""),
        "given": [
            (one["name"], one["in"], one.get("required", False), one.get("description", ""))
            for one in operation.get("parameters", [])
        ],
        "body": fields_of(body_of(operation)),
        "answer": fields_of(answer_of(operation)),
    }


def body_of(operation: dict[str, Any]) -> dict[str, Any]:
    """The schema of what is sent."""
    content = operation.get("requestBody", {}).get("content", {})
    return next((each["schema"] for each in content.values()), {})


def answer_of(operation: dict[str, Any]) -> dict[str, Any]:
    """The schema of what comes back when it is done."""
    done = next(each for status, each in operation["responses"].items() if status.startswith("2"))
    return next((each["schema"] for each in done.get("content", {}).values()), {})


def fields_of(part: dict[str, Any]) -> list[tuple[str, str, bool, str]]:
    """Name, type, whether it must be there, and its meaning."""
    part = resolved(part)
    if part.get("type") == "array":
        part = resolved(part["items"])
    needed = part.get("required", [])
    return [
        (name, type_of(one), name in needed, one.get("description", ""))
        for name, one in part.get("properties", {}).items()
    ]


def resolved(part: dict[str, Any]) -> dict[str, Any]:
    """What a reference leads to."""
    if "$ref" not in part:
        return part
    found: dict[str, Any] = schema()["components"]["schemas"][part["$ref"].rpartition("/")[2]]
    return found


def type_of(part: dict[str, Any]) -> str:
    """A type in a word or two."""
    if "$ref" in part:
        return part["$ref"].rpartition("/")[2].removesuffix("Out")
    if part.get("type") == "array":
        return _("list of %(what)s") % {"what": type_of(part["items"])}
    if "allOf" in part or "oneOf" in part:
        return " | ".join(type_of(one) for one in part.get("allOf", part.get("oneOf", [])))
    if "enum" in part:
        return " | ".join(str(word) for word in part["enum"] if word)
    return str(part.get("format") or part.get("type") or "")
