"""Pages leave compressed, which makes the queue a seventh of its size on a slow line. Files do not: most are compressed already.

Against guessing secrets by the length of a compressed page (BREACH) Django adds bytes at random, and masks the form token anew each time.
"""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class CompressPages(GZipMiddleware):
    """Compresses HTML for browsers that take it."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming or not response.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)
