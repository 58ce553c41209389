"""Pages are sent compressed to browsers that take it; what is no page goes as it is."""

import gzip

import pytest
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client as Browser
from django.test import RequestFactory

from portal.compression import CompressPages
from tests.cast import World

LONG = b"The same words again and again. " * 200


def sent(response: HttpResponseBase, accepts: str = "gzip, br") -> HttpResponseBase:
    request = RequestFactory().get("/", headers={"Accept-Encoding": accepts})
    return CompressPages(lambda _request: response)(request)  # type: ignore[return-value]


def test_a_page_is_compressed_and_caches_are_told() -> None:
    answer = sent(HttpResponse(LONG))
    assert isinstance(answer, HttpResponse)
    assert answer["Content-Encoding"] == "gzip" and "Accept-Encoding" in answer["Vary"]
    assert gzip.decompress(answer.content) == LONG and int(answer["Content-Length"]) < len(LONG) / 4


def test_the_length_of_a_page_tells_no_secret() -> None:
    lengths = {sent(HttpResponse(LONG))["Content-Length"] for _round in range(40)}
    assert len(lengths) > 5


@pytest.mark.parametrize(
    "response",
    [
        lambda: HttpResponse(LONG, content_type="application/pdf"),
        lambda: FileResponse([LONG], content_type="text/html"),
        lambda: HttpResponse(b"short"),
    ],
    ids=["document", "file", "short"],
)
def test_what_gains_nothing_goes_as_it_is(response: object) -> None:
    assert callable(response)
    assert not sent(response()).has_header("Content-Encoding")


def test_a_browser_that_takes_no_compression_gets_none() -> None:
    assert not sent(HttpResponse(LONG), accepts="identity").has_header("Content-Encoding")


def test_the_portal_does_it(world: World) -> None:
    answer = Browser().get("/accounts/login/", headers={"Accept-Encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip" and b"Sign in" in gzip.decompress(answer.content)
