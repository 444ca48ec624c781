"""All settings, from the environment. `.env.example` names every variable; nobody imports this module.

In production (DEBUG off) the shop refuses to start with the development secret, without a host name, or with DEBUG.
"""

from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from shop import embedded
from shop.environment import BASE_DIR, env
from shop.payments import variants

VAR_DIR = embedded.VAR_DIR

# --- What kind of place this is -------------------------------------------------------------------------------------
PRODUCTION = env.bool("PRODUCTION", default=False)
DEBUG = env.bool("DEBUG", default=False)
DEVELOPMENT_SECRET = "development-only-secret-never-for-production"  # noqa: S105 - refused below where it matters
SECRET_KEY = env("SECRET_KEY", default=DEVELOPMENT_SECRET)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

if PRODUCTION:
    if DEBUG:
        raise ImproperlyConfigured("DEBUG must be off in production: unset DEBUG or PRODUCTION.")
    if SECRET_KEY == DEVELOPMENT_SECRET or len(SECRET_KEY) < 50:
        raise ImproperlyConfigured("Set SECRET_KEY to a random text of 50 characters or more in production.")
    if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
        raise ImproperlyConfigured("Set ALLOWED_HOSTS to the shop's host names in production, separated by commas.")

# --- Applications ---------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "django_htmx",
    "template_partials",
    "csp",
    "rest_framework",
    "rest_framework.authtoken",
    "drf_spectacular",
    "django_countries",
    "allauth",
    "allauth.account",
    "payments",
    "catalog",
    "visualsearch",
    "shop",
    "shop.prices",
    "shop.accounts",
    "shop.wishes",
    "shop.reviews",
    "shop.cart",
    "shop.orders",
    "shop.payments",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "shop.compression.Pages",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "shop.languages.Languages",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "shop.urls"
WSGI_APPLICATION = "shop.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "shop.context.storefront",
            ],
        },
    },
]

# --- PostgreSQL with pgvector ---------------------------------------------------------------------------------------
DATABASE_URL = env("DATABASE_URL", default="")
REDIS_URL = env("REDIS_URL", default="")
if PRODUCTION and not (DATABASE_URL and REDIS_URL):
    raise ImproperlyConfigured("Set DATABASE_URL and REDIS_URL in production: the embedded services are for demos.")

DATABASES = {"default": env.db_url_config(DATABASE_URL or embedded.database_url())}
DATABASES["default"].update(
    CONN_MAX_AGE=env.int("DATABASE_CONN_MAX_AGE", default=60),
    CONN_HEALTH_CHECKS=True,
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis or Valkey: photos, cache, Celery's broker ----------------------------------------------------------------
REDIS_URL = REDIS_URL or embedded.redis_url()
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"

# --- Celery: ids only, JSON only ------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_DB_REUSE_MAX = 2**31  # tasks keep their connection: a new one costs each search 7 ms
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600}
CELERY_TASK_DEFAULT_QUEUE = "index"
CELERY_TASK_ROUTES = {
    "visualsearch.tasks.describe_photo": {"queue": "search"},  # a person is waiting
    "visualsearch.tasks.describe_crop": {"queue": "search"},
    "visualsearch.tasks.explain_hit": {"queue": "search"},
    "visualsearch.tasks.index_image": {"queue": "index"},
    "visualsearch.tasks.sweep": {"queue": "index"},
    "catalog.tasks.*": {"queue": "index"},
    "shop.orders.tasks.*": {"queue": "index"},
    "shop.tasks.*": {"queue": "index"},
    "shop.payments.tasks.*": {"queue": "index"},
}
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "visualsearch.tasks.sweep", "schedule": 60.0},
    "sweep-imports": {"task": "catalog.tasks.sweep", "schedule": 60.0},
    "finish-orders": {"task": "shop.orders.tasks.sweep", "schedule": 60.0},
    "warm-lists": {"task": "shop.tasks.warm_lists", "schedule": 240.0},  # counts are kept a minute longer
}
CELERY_TIMEZONE = "UTC"

# --- Pictures and static files --------------------------------------------------------------------------------------
MEDIA_ROOT = Path(env("MEDIA_ROOT", default=str(VAR_DIR / "media")))
MEDIA_URL = "/media/"
SERVE_MEDIA = env.bool("SERVE_MEDIA", default=not PRODUCTION)  # a front server does it better where there is one
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles" if PRODUCTION else None  # elsewhere they are served from where they lie
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not PRODUCTION
PRIVATE_ROOT = Path(env("PRIVATE_ROOT", default=str(VAR_DIR / "private")))  # files that no address leads to
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {"BACKEND": "catalog.private.PrivateStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# --- Visual search --------------------------------------------------------------------------------------------------
VISUALSEARCH = {
    "DETECTOR": env("VISUALSEARCH_DETECTOR", default="detector-lite2"),
    "EMBEDDER": env("VISUALSEARCH_EMBEDDER", default="embedder-lite1-fine"),
    "MODELS": Path(env("VISUALSEARCH_MODELS", default=str(VAR_DIR / "models"))),  # those that are not shipped
    "PROVIDERS": env.list("VISUALSEARCH_PROVIDERS", default=["CPUExecutionProvider"]),
    "THREADS": env.int("VISUALSEARCH_THREADS", default=0),  # 0: every core
    "PHOTO_TTL": env.int("PHOTO_TTL", default=1800),  # seconds that a shopper's photo lives in Valkey
    "PHOTO_MAX_BYTES": env.int("PHOTO_MAX_BYTES", default=15 * 1024 * 1024),
    "WAIT": env.float("SEARCH_WAIT", default=1.5),  # seconds that a page holds its answer for the worker
    "INSIGHT_DAYS": env.int("INSIGHT_DAYS", default=90),  # that vectors and boxes of what was searched with are kept
}

# --- The API --------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "shop.accounts.authentication.AppTokens",
        "rest_framework.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_THROTTLE_RATES": {
        "searches-address": env("API_SEARCHES_PER_ADDRESS", default="60/min"),
        "searches-token": env("API_SEARCHES_PER_TOKEN", default="600/min"),
        "reads": env("API_READS", default="1200/min"),
        "vouchers": env("VOUCHER_TRIES", default="20/hour"),  # codes tried from an address
        "suggestions": "300/min",
        "reviews": "20/day",  # written by somebody
        "passwords": "10/hour",  # tried by somebody before they delete their account
    },
    "EXCEPTION_HANDLER": "visualsearch.problems.handler",
    "NUM_PROXIES": env.int("TRUSTED_PROXIES", default=0),
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
# Pages of other origins that may ask: "https://app.example https://other.example", or * for all. Never with cookies.
API_CORS_ORIGINS = env.list("API_CORS_ORIGINS", default=[])
if API_CORS_ORIGINS:
    INSTALLED_APPS.append("corsheaders")
    MIDDLEWARE.insert(0, "corsheaders.middleware.CorsMiddleware")  # first: refusals need the fields too
    CORS_URLS_REGEX = r"^/api/"
    CORS_ALLOW_ALL_ORIGINS = "*" in API_CORS_ORIGINS
    CORS_ALLOWED_ORIGINS = [origin for origin in API_CORS_ORIGINS if origin != "*"]
    CORS_ALLOW_HEADERS = ["accept", "authorization", "content-type", "if-none-match", "prefer"]
    CORS_EXPOSE_HEADERS = ["ETag", "Location", "Preference-Applied", "RateLimit", "RateLimit-Policy", "Retry-After"]

SPECTACULAR_SETTINGS = {
    "TITLE": "Vitrine",
    "DESCRIPTION": "Search a shop's catalogue with a photo.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "SearchStatus": "visualsearch.models.State",
        "WhyStatus": [("waiting", "waiting"), ("done", "done"), ("gone", "gone")],
    },
}

# --- Money, words and time ------------------------------------------------------------------------------------------
CURRENCY = env("CURRENCY", default="EUR")
SHOP_NAME = env("SHOP_NAME", default="Vitrine")
LANGUAGES = [("en", "English"), ("vi", "Tiếng Việt")]  # each in its own words
LANGUAGE_CODE = env("SHOP_LANGUAGE", default="en")
if LANGUAGE_CODE not in dict(LANGUAGES):
    raise ImproperlyConfigured(f"SHOP_LANGUAGE is {LANGUAGE_CODE}; this shop speaks {', '.join(dict(LANGUAGES))}.")
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["shop.formats"]
TIME_ZONE = env("TIME_ZONE", default="UTC")
USE_I18N = True
USE_TZ = True

# --- Selling --------------------------------------------------------------------------------------------------------
SHOP_COUNTRY = env("SHOP_COUNTRY", default="DE")  # where the shop is: what a form of an address begins with
SHOP_ADDRESS = env("SHOP_ADDRESS", default="")  # who sells, as invoices say it; lines are separated by |
PAY_WITHIN = env.int("PAY_WITHIN", default=30)  # minutes that an unpaid order keeps its stock
IMPORT_MAX_BYTES = env.int("IMPORT_MAX_BYTES", default=2 * 1024**3)  # of a file that a keeper imports
IMPORT_KEEP_DAYS = env.int("IMPORT_KEEP_DAYS", default=30)  # that its files are kept, and that it can be undone
CART_DAYS = env.int("CART_DAYS", default=90)  # that a guest's cart is kept for its guest to come back
LOW_STOCK = env.int("LOW_STOCK", default=3)  # pieces of a variant, and fewer, that the keeper is told of
PAYMENT_MODEL = "shop_payments.Payment"
# Where providers and e-mails send people back.
PAYMENT_HOST = env(
    "PAYMENT_HOST", default=ALLOWED_HOSTS[0] if PRODUCTION else f"localhost:{env('PORT', default='8000')}"
)
PAYMENTS = env.list("PAYMENTS", default=[] if PRODUCTION else [variants.TRIAL])
PAYMENT_VARIANTS = variants.configured(PAYMENTS, env, production=PRODUCTION)

# --- E-mail: into files unless a server is named --------------------------------------------------------------------
if PRODUCTION and not env("EMAIL_URL", default=""):
    raise ImproperlyConfigured("Set EMAIL_URL in production, such as smtp+tls://user:password@host:587.")
vars().update(env.email_url("EMAIL_URL", default=f"filemail:///{VAR_DIR / 'mail'}"))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env("EMAIL_FROM", default="Vitrine <shop@localhost>")
EMAIL_TIMEOUT = 10

# --- Accounts -------------------------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account"
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if env.bool("TLS", default=PRODUCTION) else "http"

# --- Safety ---------------------------------------------------------------------------------------------------------
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
TLS = env.bool("TLS", default=PRODUCTION)  # off: to try production's containers on one's own machine
PAYMENT_USES_SSL = TLS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE_SSL_REDIRECT = TLS
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$"]  # asked from inside, without TLS
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31536000 if TLS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_TLS_PROXY", default=False) else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF, *variants.sites(PAYMENTS, sandbox=env.bool("PAYPAL_SANDBOX", default=False))],
        "frame-ancestors": [NONE],
    }
}

# --- Logs: no address, no photo, no personal data -------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
}
