"""Django's settings, made from the environment alone; see `environment` for what may be set."""

from datetime import timedelta
from typing import Any

from platform_site.database.home import known_app_url
from platform_site.environment import read_environment
from platform_site.files import is_immutable
from platform_site.rooms import installed_apps

ENVIRONMENT = read_environment()

SECRET_KEY = ENVIRONMENT.secret_key
DEBUG = False
"""Never on: a page with every setting and local variable is no way to answer anybody."""

ALLOWED_HOSTS = list(ENVIRONMENT.allowed_hosts)
PUBLIC_URL = ENVIRONMENT.public_url
DATA_DIR = ENVIRONMENT.data_dir
FONT_DIR = ENVIRONMENT.font_dir
RUN_JOBS = ENVIRONMENT.run_jobs
REDIS_URL = ENVIRONMENT.redis_url
PROXIES = ENVIRONMENT.proxies

# Requests a minute to the API: of each person or token, and of each address where nobody is signed in.
RATE_LIMIT_PERSON = ENVIRONMENT.rate_limit_person
RATE_LIMIT_ADDRESS = ENVIRONMENT.rate_limit_address
METRICS_TOKEN = ENVIRONMENT.metrics_token
WEBHOOKS_TO_PRIVATE_ADDRESSES = ENVIRONMENT.webhooks_to_private_addresses
OPS_URL = ENVIRONMENT.ops_url
STRIPE_URL = ENVIRONMENT.stripe_url
ENCRYPTION_KEYS = ENVIRONMENT.encryption_keys

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "allauth.headless",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "channels",
    "guardian",
    "procrastinate.contrib.django",
    *installed_apps(),
    "platform_site",
]

MIDDLEWARE = [
    "platform_core.api.request_ids.RequestIdMiddleware",
    "platform_core.realtime.tabs.TabMiddleware",
    "platform_site.metrics.MetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "platform_site.security.ContentSecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "platform_core.signin.middleware.SignInMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "platform_site.urls"
ASGI_APPLICATION = "platform_site.asgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
            ],
        },
    },
]

# Where no server is named and none of our own was started, a connection is refused at once instead of found by luck.
_DATABASE = ENVIRONMENT.database or known_app_url(ENVIRONMENT.embedded_folder)
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _DATABASE.database if _DATABASE else "lianchi",
        "USER": _DATABASE.user if _DATABASE else "lianchi_app",
        "PASSWORD": _DATABASE.password if _DATABASE else "",
        "HOST": _DATABASE.host if _DATABASE else "127.0.0.1",
        "PORT": str(_DATABASE.port) if _DATABASE else "1",
        # A request may run on any thread, so connections are shared by a pool rather than kept by threads.
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": "15",
            **(dict(_DATABASE.options) if _DATABASE else {}),
            "pool": {"min_size": 1, "max_size": 20, "timeout": 15, "max_idle": 300},
        },
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CHANNEL_LAYERS: dict[str, dict[str, Any]] = {
    "default": (
        {"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": {"hosts": [ENVIRONMENT.redis_url]}}
        if ENVIRONMENT.redis_url
        else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
    ),
}

AUTH_USER_MODEL = "identity.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
if ENVIRONMENT.dev:
    AUTHENTICATION_BACKENDS.append("platform_site.demo.sign_in.DemonstrationBackend")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# Of guardian we use the abstract table; it is not asked who may do what, so it neither signs in nor adds anybody.
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
GUARDIAN_MONKEY_PATCH_GROUP = False
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]
LOGIN_URL = "/sign-in"
CSRF_FAILURE_VIEW = "platform_site.pages.views.form_refused"
LOGIN_REDIRECT_URL = "/"

# --- sign-in (docs/sign-in.md); what allauth counts and remembers stands in the database, for every process alike
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "signin_cacheentry",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    },
}
HEADLESS_ONLY = True
HEADLESS_CLIENTS = ("browser",)
HEADLESS_ADAPTER = "platform_core.signin.adapters.HeadlessAdapter"
HEADLESS_FRONTEND_URLS = {
    "account_confirm_email": f"{PUBLIC_URL}/sign-in/verify/{{key}}",
    "account_reset_password": f"{PUBLIC_URL}/sign-in/reset",
    "account_reset_password_from_key": f"{PUBLIC_URL}/sign-in/reset/{{key}}",
    "account_signup": f"{PUBLIC_URL}/sign-in",
    "socialaccount_login_error": f"{PUBLIC_URL}/sign-in",
}
ACCOUNT_ADAPTER = "platform_core.signin.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
# Wrong passwords lock by a table of our own (platform_core/signin/lockout.py), exact under concurrency and told to the
# owner; what allauth counts as failed here are wrong second factors, whose password was right.
ACCOUNT_RATE_LIMITS = {"login_failed": "5/15m/key,20/d/key", "login": "120/m/ip"}
MFA_ADAPTER = "platform_core.signin.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Lianchi"
# One step of 30 seconds to either side: clocks differ, and people type slowly.
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
SOCIALACCOUNT_ADAPTER = "platform_core.signin.adapters.SocialAccountAdapter"
# The one provider is the site's own choice: an address that it calls verified is the person's.
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}
if ENVIRONMENT.oidc is not None:
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "oidc",
                "name": ENVIRONMENT.oidc.name,
                "client_id": ENVIRONMENT.oidc.client_id,
                "secret": ENVIRONMENT.oidc.client_secret,
                "settings": {"server_url": ENVIRONMENT.oidc.issuer},
            }
        ],
    }
SMTP_URL = ENVIRONMENT.smtp_url
MAIL_FROM = ENVIRONMENT.mail_from
MESSAGE_ADAPTERS = ENVIRONMENT.message_adapters

SESSION_ENGINE = "platform_core.signin.sessions"
SESSION_ABSOLUTE = timedelta(hours=ENVIRONMENT.session_hours)
SESSION_IDLE = timedelta(minutes=ENVIRONMENT.session_idle_minutes)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = int(SESSION_ABSOLUTE.total_seconds())
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = list(ENVIRONMENT.trusted_origins)
# Cookies travel by https only, except on this machine itself, where there is no certificate to be had.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.https
SECURE_SSL_REDIRECT = ENVIRONMENT.ssl_redirect
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = ENVIRONMENT.hsts_seconds if ENVIRONMENT.https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = False
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.proxies else None
USE_X_FORWARDED_HOST = False
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
# The rooms, each with what its refusals say in Chinese.
CHINESE_SENTENCES = ("platform_core", "platform_site", "members", "pools", "licensing")
TIME_ZONE = ENVIRONMENT.time_zone
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
# Files are served straight from the packages they come in, so there is no collecting step to forget.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_IMMUTABLE_FILE_TEST = is_immutable

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "platform_core.signin.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "platform_core.api.bodies.PlainJSONParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_SCHEMA_CLASS": "platform_core.api.schema.HouseSchema",
    "EXCEPTION_HANDLER": "platform_core.api.problems.handle",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Lianchi API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "OAS_VERSION": "3.1.1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "platform_core.api.schema.add_problem_component",
        "platform_site.examples.making.add_examples",
    ],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    # Choices of fields that share a name (kind, state) get the name of what they are choices of.
    "ENUM_NAME_OVERRIDES": {
        "OpeningStateEnum": "licensing.cutover.models.OpeningState",
        "BookReopeningStateEnum": "platform_core.ledger.models.ReopeningState",
        "PayeeAccountStateEnum": "platform_core.treasury.models.PayeeState",
        "PayoutStateEnum": "platform_core.treasury.models.PayoutState",
        "StatementLineStateEnum": "platform_core.treasury.models.LineState",
        "CloseRunStatusEnum": "licensing.close.lifecycle.RunStatus",
        "DistributionStatusEnum": "licensing.distribution.lifecycle.DistributionStatus",
        "ObjectionStateEnum": "licensing.distribution.lifecycle.ObjectionState",
        "MemberInvoiceStateEnum": "licensing.distribution.lifecycle.MemberInvoiceState",
        "RateSheetStateEnum": "licensing.distribution.exchange.lifecycle.RatesState",
        "ConversionStateEnum": "licensing.distribution.exchange.lifecycle.ConversionState",
        "TreatyReliefStateEnum": "licensing.distribution.withholding.lifecycle.ReliefState",
        "TaxRemittanceStateEnum": "licensing.distribution.withholding.lifecycle.RemittanceState",
        "DeadlineStateEnum": "platform_core.deadlines.lifecycle.DeadlineState",
        "PaymentOrderStateEnum": "pools.upkeep.lifecycle.OrderState",
        "SalesFileKindEnum": "licensing.reports.models.FileKind",
        "AffiliationKindEnum": "platform_core.conflicts.models.AffiliationKind",
        "DeclaredTieKindEnum": "platform_core.conflicts.models.TieKind",
        "CharterKindEnum": "members.charter.models.CharterKind",
        "CharterVersionStateEnum": "members.charter.models.VersionState",
        "MembershipStateEnum": "members.memberships.models.MembershipState",
        "MembershipStepKindEnum": "members.memberships.models.StepKind",
        "ChartTargetKindEnum": "pools.charts.models.TargetKind",
        "TermsVersionStateEnum": "licensing.terms.models.TermsState",
        "DoubtfulDeductionStateEnum": "licensing.deductions.models.DoubtState",
        "BilateralClaimStateEnum": "licensing.bilaterals.models.ClaimState",
        "AskedGrantBackEnum": "licensing.clauses.rules.ASKED_GRANT_BACKS",
        "GrantBackEnum": "licensing.clauses.models.GrantBack",
        "BreachKindEnum": "licensing.breaches.models.BreachKind",
        "DirectLicenceKindEnum": "licensing.direct.models.DirectKind",
        "DirectLicenceStateEnum": "licensing.direct.models.DirectState",
        "OpenDeclarationStateEnum": "licensing.openlicences.models.DeclarationState",
        "OpenLicenceStateEnum": "licensing.openlicences.models.OpenLicenceState",
        "ClaimChartStateEnum": "pools.charts.models.ChartState",
        "DealingStateEnum": "licensing.dealings.lifecycle.DealingState",
        "DealingSideEnum": "licensing.dealings.models.Side",
        "OfferStateEnum": "licensing.dealings.lifecycle.OfferState",
        "LicenceRequestStateEnum": "pools.asking.models.RequestState",
        "CallStateEnum": "pools.submissions.models.CallState",
        "CallAudienceEnum": "pools.submissions.models.CallAudience",
        "SubmissionStateEnum": "pools.submissions.models.SubmissionState",
        "PanelKindEnum": "pools.submissions.models.PanelKind",
        "OpinionStateEnum": "pools.submissions.models.OpinionState",
        "VoiceEnum": "pools.submissions.models.Voice",
        "InvoiceStateEnum": "licensing.billing.lifecycle.InvoiceState",
        "TaxInvoiceStateEnum": "licensing.billing.lifecycle.TaxInvoiceState",
        "LicenseeAuditStateEnum": "licensing.audits.lifecycle.AuditState",
        "WriteOffStateEnum": "licensing.billing.lifecycle.WriteOffState",
        "InstalmentPlanStateEnum": "licensing.billing.lifecycle.PlanState",
        "TaxKindEnum": "licensing.billing.models.TaxKind",
        "OnlinePaymentStateEnum": "licensing.payments.lifecycle.PaymentState",
        "OnlineRefundStateEnum": "licensing.payments.lifecycle.RefundState",
        "OnlineMovementKindEnum": "licensing.payments.lifecycle.MovementKind",
        "RoleEnum": "platform_core.identity.roles.Role",
        "ConnectionStateEnum": "platform_core.connections.models.ConnectionState",
        "ConnectionRunStateEnum": "platform_core.connections.models.RunState",
        "ImportStateEnum": "platform_core.exchange.models.ImportState",
        "PayeeKindEnum": "licensing.close.models.PayeeKind",
        "EncumbranceKindEnum": "pools.patents.models.EncumbranceKind",
        "PatentSourceKindEnum": "pools.patents.models.records.Source.Kind",
        "OrganisationKindEnum": "platform_core.identity.models.OrganisationKind",
    },
}

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "format": "{asctime} {levelname} {name} [{request_id}] {message}",
            "datefmt": "%Y-%m-%dT%H:%M:%S%z",
            "style": "{",
        }
    },
    "filters": {"request": {"()": "platform_core.api.request_ids.RequestIdFilter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request"]}},
    "root": {"handlers": ["console"], "level": ENVIRONMENT.log_level},
    "loggers": {
        "procrastinate": {"level": "WARNING"},
        # Each of its calls would be told, with the ids in its address.
        "stripe": {"level": "WARNING"},
        "uvicorn.access": {"level": "WARNING"},
        # Strangers try host names all day; each is answered with 400 and needs no traceback.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}

# How many have to report to a sum that others are told, and how much of it one of them may have.
AGGREGATE_REPORTERS = ENVIRONMENT.aggregate_reporters
AGGREGATE_PERCENT = ENVIRONMENT.aggregate_percent
LICENCE_REQUESTS_KEPT_DAYS = ENVIRONMENT.licence_requests_kept_days
