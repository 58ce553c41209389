"""Django settings. They import without any environment variable, server or database (for `manage.py clause` and mypy).

A portal that others can reach (PORTAL_URL is not local) refuses weak values by name; on this machine only, the rest has defaults.
"""

import os
import secrets
from typing import Any

from csp.constants import NONE, SELF

from portal.env import BadSetting, Reader, is_local
from portal.launcher import runfile
from portal.logs import logging_settings

BASE_DIR = runfile.BASE
env = Reader(os.environ)

# ---- Where it runs ---------------------------------------------------------------------------------------------------
PORTAL_VAR = runfile.var_folder(os.environ)
PORTAL_PORT = env.port("PORTAL_PORT", 8000)
PORTAL_SMTP_PORT = env.port("PORTAL_SMTP_PORT", 2525)
PORTAL_ADDRESS = env.url("PORTAL_URL", f"http://localhost:{PORTAL_PORT}", ["https", "http"])
PORTAL_URL = PORTAL_ADDRESS.geturl().rstrip("/")
PORTAL_LOCAL = is_local(PORTAL_ADDRESS)
PORTAL_HTTPS = PORTAL_ADDRESS.scheme == "https"
# The demo needs this and a database stamped as demo; either alone opens nothing.
PORTAL_DEMO = env.flag("PORTAL_DEMO")
PORTAL_TRUSTED_PROXIES = env.networks("PORTAL_TRUSTED_PROXIES")
PORTAL_SMTP_URL = env.url("PORTAL_SMTP_URL", f"smtp://127.0.0.1:{PORTAL_SMTP_PORT}", ["smtp", "smtps"]).geturl()
if not PORTAL_LOCAL and not env.text("PORTAL_SMTP_URL"):
    raise BadSetting(
        "PORTAL_SMTP_URL is not set, so no mail could leave; write it like smtp://user:password@mail.host:587."
    )
# Further addresses at which mail is taken in, besides the sender's own.
PORTAL_MAIL_ADDRESSES = [address.lower() for address in env.listed("PORTAL_MAIL_ADDRESSES")]
# Whose Authentication-Results are believed: the name that our own mail server gives itself there.
PORTAL_MAIL_AUTH_HOST = env.text("PORTAL_MAIL_AUTH_HOST")
# Servers whose mailboxes may be read, by name; and whose certificates are believed besides the system's.
PORTAL_MAILBOX_HOSTS = [host.lower() for host in env.listed("PORTAL_MAILBOX_HOSTS")]
PORTAL_MAILBOX_CA = env.text("PORTAL_MAILBOX_CA")
# Mail services that may post mail to us, by name, with what each proves itself by; an empty one is not there at all.
PORTAL_WEBHOOKS = {
    "postmark": env.login("PORTAL_WEBHOOK_POSTMARK"),
    "mailgun": env.shared("PORTAL_WEBHOOK_MAILGUN"),
    "sendgrid": env.login("PORTAL_WEBHOOK_SENDGRID"),
    "sendgrid_key": env.shared("PORTAL_WEBHOOK_SENDGRID_KEY"),
    "ses": env.login("PORTAL_WEBHOOK_SES"),
}
if PORTAL_WEBHOOKS["sendgrid_key"] and not PORTAL_WEBHOOKS["sendgrid"]:
    raise BadSetting("PORTAL_WEBHOOK_SENDGRID_KEY is set; PORTAL_WEBHOOK_SENDGRID must be set with it.")
microsoft_login = env.url("PORTAL_MICROSOFT_LOGIN", "https://login.microsoftonline.com", ["https", "http"])
if microsoft_login.scheme == "http" and not is_local(microsoft_login):
    raise BadSetting("PORTAL_MICROSOFT_LOGIN is not this machine; write it with https://.")
PORTAL_MICROSOFT_LOGIN = microsoft_login.geturl().rstrip("/")
PORTAL_ROLE_PREFIX = env.text("PORTAL_ROLE_PREFIX", "portal")
# Kill points for the tests (portal/faults.py); anywhere else the name alone is a reason not to start.
if env.text("PORTAL_FAULT") and os.environ.get("DJANGO_SETTINGS_MODULE") != "tests.settings":
    raise BadSetting("PORTAL_FAULT is set, which kills processes on purpose; only the tests may set it.")
DEBUG = False

if not PORTAL_LOCAL and PORTAL_DEMO:
    raise BadSetting(
        "PORTAL_DEMO is on, but PORTAL_URL is an address that others can reach; leave PORTAL_DEMO out there."
    )
if not PORTAL_LOCAL and not PORTAL_HTTPS:
    raise BadSetting(
        f"PORTAL_URL is {PORTAL_URL!r}; write it with https:// when others than this machine can reach the portal."
    )

# A local command that neither signs nor serves gets a key of its own; the launcher keeps a lasting one in PORTAL_VAR.
if PORTAL_LOCAL:
    SECRET_KEY = env.text("PORTAL_SECRET_KEY") or secrets.token_urlsafe(50)
else:
    SECRET_KEY = env.secret("PORTAL_SECRET_KEY")
ALLOWED_HOSTS = env.hosts(
    "PORTAL_HOSTS", ["localhost", "127.0.0.1"] if PORTAL_LOCAL else [str(PORTAL_ADDRESS.hostname)]
)

# ---- What it is made of ----------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "portal",  # before django.contrib, because its `migrate` wraps Django's
    "tickets",
    "compliance",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "template_partials",
    "csp",
]

MIDDLEWARE = [
    "portal.compression.CompressPages",  # first: it works on what all others have made
    "django.middleware.security.SecurityMiddleware",
    "portal.policy.PolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "portal.sessions.SessionLimits",
    "portal.firststart.FirstStart",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.tenancy.middleware.ScopeMiddleware",  # last: it runs the view itself, inside its scope
]

FORM_RENDERER = "portal.formrenderer.PortalRenderer"
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "portal.User"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["django.templatetags.i18n", "portal.templatetags.settled"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.shell",
            ],
        },
    }
]

# ---- Databases: the web and the workers know only `default`, which owns nothing ------------------------------------------
# A query may take 10 s and wait 3 s for a lock; the owner migrates, so only its locks are short.
APP_LIMITS = "-c statement_timeout=10000 -c lock_timeout=3000 -c timezone=UTC"
OWNER_LIMITS = "-c lock_timeout=10000 -c timezone=UTC"
CONNECTION = {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
# Nothing listens on port 1: without DATABASE_URL the settings import, and a query says at once that there is no server.
NO_DATABASE = {
    "ENGINE": "django.db.backends.postgresql",
    "NAME": "portal",
    "USER": "nobody",
    "HOST": "127.0.0.1",
    "PORT": 1,
}

app_database = env.database("DATABASE_URL")
owner_database = env.database("DATABASE_OWNER_URL")
# Only `manage.py roles` reads this: a login that may create roles, in the maintenance database.
PORTAL_CLUSTER_URL = env.text("PORTAL_CLUSTER_URL")
PORTAL_DATABASE_FOUND = app_database is not None
if not PORTAL_LOCAL and not PORTAL_DATABASE_FOUND:
    raise BadSetting("DATABASE_URL is not set; write it like postgres://portal_app:password@host:5432/portal.")

DATABASES: dict[str, dict[str, Any]] = {
    "default": (app_database or NO_DATABASE)
    | CONNECTION
    | {"ATOMIC_REQUESTS": True, "OPTIONS": {"options": APP_LIMITS}}
}
if owner_database is not None:
    DATABASES["default"]["TEST"] = {"MIRROR": "owner"}
    DATABASES["owner"] = owner_database | {"OPTIONS": {"options": OWNER_LIMITS}, "TEST": {"DEPENDENCIES": []}}

# Statements that PostgreSQL plans once a connection (portal/prepared.py); a pooler by the transaction would lose them.
PORTAL_PREPARED = env.flag("PORTAL_PREPARED", default=True)

# ---- Redis: the cache and Celery's broker --------------------------------------------------------------------------------
REDIS_URL = env.url("REDIS_URL", "redis://127.0.0.1:6379/0", ["redis", "rediss"]).geturl()
CACHES = {
    "default": {
        "BACKEND": "portal.cache.CountingCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "portal",
        "TIMEOUT": 300,
    }
}

CELERY_BROKER_URL = REDIS_URL
# A lost task comes back after at most 15 minutes, so every task must be shorter than that and safe to run twice.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {"*.document_*": {"queue": "documents"}}
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000  # kilobytes; WeasyPrint keeps what it once took
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"

# ---- Sessions, cookies, transport -------------------------------------------------------------------------------------------
# Several portals on one machine share the host name localhost, and cookies know no ports: so the name carries it.
# Behind https the __Host- prefix keeps neighbouring subdomains from setting our cookies.
COOKIE_PREFIX, COOKIE_SUFFIX = ("__Host-", "") if PORTAL_HTTPS else ("", f"_{PORTAL_PORT}")
SESSION_ENGINE = "portal.sessionstore"
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}portal_session{COOKIE_SUFFIX}"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = PORTAL_HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}portal_csrf{COOKIE_SUFFIX}"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SECURE = PORTAL_HTTPS
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if PORTAL_HTTPS else []
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}portal_language{COOKIE_SUFFIX}"
SECURE_SSL_REDIRECT = PORTAL_HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if PORTAL_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PORTAL_HTTPS
SECURE_HSTS_PRELOAD = PORTAL_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# No SECURE_PROXY_SSL_HEADER: gunicorn believes X-Forwarded-Proto from the proxies in PORTAL_TRUSTED_PROXIES and from nobody else.

# ---- Signing in by an account elsewhere, Microsoft above all (portal/oidc.py) ---------------------------------------------
oidc_secret = env.text("PORTAL_OIDC_SECRET")
oidc_issuer = env.url("PORTAL_OIDC_ISSUER", "https://unset", ["https", "http"])
PORTAL_OIDC: dict[str, Any] = {
    "issuer": oidc_issuer.geturl().rstrip("/"),
    "client_id": env.text("PORTAL_OIDC_CLIENT"),
    "secret": oidc_secret,
    "name": env.text("PORTAL_OIDC_NAME", "Microsoft"),
    "verified_claim": env.choice("PORTAL_OIDC_VERIFIED_BY", "xms_edov", ["xms_edov", "email_verified"]),
    "believes_second_factor": env.flag("PORTAL_OIDC_SECOND_FACTOR"),
}
if not env.text("PORTAL_OIDC_ISSUER"):
    PORTAL_OIDC = {}
elif not PORTAL_OIDC["client_id"] or not oidc_secret:
    raise BadSetting("PORTAL_OIDC_ISSUER is set; PORTAL_OIDC_CLIENT and PORTAL_OIDC_SECRET must be set with it.")
elif oidc_issuer.scheme == "http" and not is_local(oidc_issuer):
    raise BadSetting("PORTAL_OIDC_ISSUER is not this machine; write it with https://.")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "media-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        # The button that leads to the sign-in provider is a form, and browsers ask this of its redirect too.
        "form-action": [SELF, *([f"{oidc_issuer.scheme}://{oidc_issuer.netloc}"] if PORTAL_OIDC else [])],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
    }
}

# ---- People ----------------------------------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "portal.adapter.AccountAdapter"
ACCOUNT_FORMS = {"login": "portal.forms.signin.SignInForm", "reset_password": "portal.forms.signin.ResetForm"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
# Tries to sign in, second steps and proofs are counted in PostgreSQL (portal.views.tries); a lost cache must open nothing.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None, "reauthenticate": None}
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
# Seconds that an answer takes which must not tell whether there is such a person (portal/sametime.py).
PORTAL_SAME_TIME = 0.3
MFA_ADAPTER = "portal.secondfactor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "add_webauthn": "portal.forms.passkeys.PasskeyForm",
    "authenticate_webauthn": "portal.forms.passkeys.SecondStepForm",
    "login_webauthn": "portal.forms.passkeys.SignInForm",
    "reauthenticate_webauthn": "portal.forms.passkeys.ProofForm",
}
MFA_TOTP_ISSUER = "Support portal"
USERSESSIONS_TRACK_ACTIVITY = False

# ---- The interface for programmes ---------------------------------------------------------------------------------------
PORTAL_API_PER_MINUTE = env.number("PORTAL_API_PER_MINUTE", 600, low=1, high=1_000_000)
REST_FRAMEWORK = {"UNAUTHENTICATED_USER": None, "DEFAULT_SCHEMA_CLASS": "portal.api.schema.Described"}
SPECTACULAR_SETTINGS = {
    "TITLE": "Support portal",
    "VERSION": "1.0.0",
    "DESCRIPTION": "Everything that the pages do, by the same rules. Errors are problem documents (RFC 9457).",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": ["portal.api.schema.with_problems"],
    "AUTHENTICATION_WHITELIST": None,
    "PARSER_WHITELIST": None,
    "RENDERER_WHITELIST": None,
}

# ---- Language, time, files -----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
# All texts are marked, but one language is spoken: looking each up would cost a page some milliseconds. A second one turns it on.
USE_I18N = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_PERMISSIONS = 0o600
PORTAL_FILES = PORTAL_VAR / "files"
# Documents are signed with these: PEM text or the path of a PEM file, the chain after the certificate. The demo makes its own.
PORTAL_SIGNING_KEY = env.text("PORTAL_SIGNING_KEY")
PORTAL_SIGNING_CERT = env.text("PORTAL_SIGNING_CERT")
# Small posts stay in memory; larger files go to the disk of the files, within the caps, and a full disk loses no typed word.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler", "portal.files.uploads.SpoolHandler"]
# clamd's socket: /run/clamav/clamd.ctl or host:3310. Unset, files are shown as "not scanned".
PORTAL_SCANNER = env.socket("PORTAL_SCANNER")

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = PORTAL_VAR / "static"
# The launcher collects hashed files before it serves; tests and single commands read the sources.
PORTAL_STATIC_COLLECTED = env.flag("PORTAL_STATIC_COLLECTED")
WHITENOISE_USE_FINDERS = not PORTAL_STATIC_COLLECTED
WHITENOISE_MAX_AGE = 60 if PORTAL_STATIC_COLLECTED else 0
STORAGES = {
    "default": {"BACKEND": "portal.files.storage.WholeFiles", "OPTIONS": {"location": PORTAL_FILES}},
    "staticfiles": {
        "BACKEND": "portal.staticfiles.HashedFiles"
        if PORTAL_STATIC_COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# ---- Logs ------------------------------------------------------------------------------------------------------------------
PORTAL_LOG = env.choice("PORTAL_LOG", "console" if PORTAL_LOCAL else "json", ["console", "json"])
LOGGING_CONFIG = "logging.config.dictConfig"
LOGGING = logging_settings(PORTAL_LOG, env.choice("PORTAL_LOG_LEVEL", "INFO", ["DEBUG", "INFO", "WARNING", "ERROR"]))
