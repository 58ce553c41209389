"""Static files with a hash in their name, so that browsers keep them for good and a new release is seen at once."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Also rewrites the imports between our ES modules; otherwise a module would be loaded twice under two names."""

    support_js_module_import_aggregation = True
