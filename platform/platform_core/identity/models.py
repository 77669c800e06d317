"""People, organisations, alliances, and who holds which role where."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from platform_core.access.querysets import VisibleQuerySet
from platform_core.identity.roles import Purpose, Role, RoleScope, roles_of
from platform_core.models import Record


class UserManager(BaseUserManager["User"]):
    """Finds and makes users."""

    def get_queryset(self) -> VisibleQuerySet["User"]:
        """Return all users."""
        return VisibleQuerySet(self.model, using=self._db)

    def visible_to(self, actor: Any) -> VisibleQuerySet["User"]:
        """Return the users an actor may see."""
        return self.get_queryset().visible_to(actor)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find a user by e-mail address, whatever its capitals."""
        return self.get(email__iexact=username)

    def create_user(
        self, email: str, *, name: str, password: str | None = None, created_at: datetime | None = None
    ) -> "User":
        """Make a user who signs in with an e-mail address; without a password nobody can sign in yet."""
        user = self.model(email=email.strip().lower(), name=name, created_at=created_at or timezone.now())
        user.set_password(password)
        user.save(using=self._db)
        return user


class Language(models.TextChoices):
    """A language the platform speaks."""

    CHINESE = "zh-hans", "简体中文"
    ENGLISH = "en", "English"


class User(AbstractBaseUser, Record):
    """A person who signs in; what the person may do comes from seats and their roles alone."""

    email = models.EmailField("e-mail address", max_length=254, unique=True)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=10, choices=Language, default=Language.CHINESE, help_text="of messages")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]  # makes users, beyond what records have

    class Meta:
        # Kept in small letters, so that one address cannot be two users.
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_small_letters"),
            models.CheckConstraint(condition=Q(language__in=Language.values), name="user_language_known"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        """Return the person's name."""
        return self.name


class OrganisationKind(models.TextChoices):
    """What kind of organisation it is."""

    COMPANY = "company", "Company"
    ASSOCIATION = "association", "Association"
    UNIVERSITY = "university", "University"
    INSTITUTE = "institute", "Research institute"
    BANK = "bank", "Bank"
    FUND = "fund", "Fund"
    AGENCY = "agency", "Service agency"
    PUBLIC_BODY = "public_body", "Public body"
    PERSON = "person", "Natural person"
    OTHER = "other", "Other"


class Named(Record):
    """Something with a Chinese name, an English name, or both."""

    name_zh = models.CharField(max_length=200, blank=True, default="")
    name_en = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        abstract = True
        constraints = [models.CheckConstraint(condition=~Q(name_zh="", name_en=""), name="%(class)s_is_named")]

    def __str__(self) -> str:
        return self.name_zh or self.name_en


class Organisation(Named):
    """A company, association, institute or other body that takes part in something on the platform."""

    kind = models.CharField(max_length=20, choices=OrganisationKind, default=OrganisationKind.COMPANY)
    uscc = models.CharField("unified social credit code", max_length=18, blank=True, default="")
    country = models.CharField(max_length=2, default="CN", help_text="ISO 3166-1 alpha-2 code of its seat")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged")
    """The organisation that this record turned out to be; what referred to it refers to that one since."""
    merged_at = models.DateTimeField(null=True, blank=True)

    class Meta(Named.Meta):
        constraints = [
            *Named.Meta.constraints,
            # Its code went with it, and nobody is merged into themselves.
            models.CheckConstraint(
                condition=Q(merged_into=None, merged_at=None)
                | (Q(merged_into__isnull=False, merged_at__isnull=False, uscc="") & ~Q(merged_into=F("id"))),
                name="organisation_merged_whole",
            ),
            models.CheckConstraint(condition=Q(kind__in=OrganisationKind.values), name="organisation_kind_known"),
            models.CheckConstraint(condition=Q(country__regex=r"^[A-Z]{2}$"), name="organisation_country_form"),
            models.CheckConstraint(
                condition=Q(uscc="") | Q(uscc__regex=r"^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$"),
                name="organisation_uscc_form",
            ),
        ]
        indexes = [
            # Not unique: a refusal would tell an office that an organisation it may not see is there.
            models.Index(fields=["uscc"], condition=~Q(uscc=""), name="organisation_by_uscc"),
            # The order of lists: who may see a row is asked in a dozen tables, so a page asks about its own rows only.
            models.Index(fields=["name_zh", "id"], name="organisation_by_name"),
        ]


class NameKind(models.TextChoices):
    """Why an organisation is known by another name."""

    FORMER = "former", "Former name"
    MERGED = "merged", "Name of a record merged into it"


class OrganisationName(Record):
    """Another name that an organisation is found by: one it had before, or one of a record that was merged into it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="other_names")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=NameKind)
    noted_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="organisationname_once"),
            models.CheckConstraint(condition=~Q(name=""), name="organisationname_given"),
            models.CheckConstraint(condition=Q(kind__in=NameKind.values), name="organisationname_kind_known"),
        ]

    def __str__(self) -> str:
        return self.name


class Alliance(Named):
    """An association's programme with members, pools and rules."""

    code = models.CharField(max_length=40)
    zone = models.CharField(max_length=64, default="Asia/Shanghai", help_text="decides which day it is")
    association = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="alliances_led"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(Named.Meta):
        constraints = [
            *Named.Meta.constraints,
            models.CheckConstraint(condition=Q(code__regex=r"^[a-z0-9][a-z0-9-]*$"), name="alliance_code_form"),
            models.UniqueConstraint(fields=["code"], name="alliance_code_unique"),
        ]

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance itself."""
        return self.pk


class OperatingEntity(Named):
    """The contract party of an alliance's business: its tax identity, bank accounts and invoice series."""

    alliance = models.ForeignKey(Alliance, on_delete=models.PROTECT, related_name="operating_entities")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="operating_entities")
    code = models.CharField(max_length=40)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(Named.Meta):
        verbose_name_plural = "operating entities"
        constraints = [
            *Named.Meta.constraints,
            models.CheckConstraint(condition=Q(code__regex=r"^[a-z0-9][a-z0-9-]*$"), name="operatingentity_code_form"),
            models.UniqueConstraint(fields=["alliance", "code"], name="operatingentity_code_unique"),
        ]

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the entity itself."""
        return self.pk


WAITING = Q(prepared_by__isnull=False, confirmed_at=None)
"""Seats that were given from outside their organisation, and that nobody has confirmed yet."""


class Seat(Record):
    """A person's place at an organisation; people act through one seat at a time."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="seats")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="seats")
    title = models.CharField(max_length=120, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    prepared_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """Who gave it from outside the organisation; blank: the organisation's own people did, or set-up."""
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | (
                    Q(prepared_by__isnull=False, confirmed_by__isnull=False, confirmed_at__isnull=False)
                    & ~Q(confirmed_by=F("prepared_by"))
                    & ~Q(confirmed_by=F("user"))
                ),
                name="seat_confirmed_by_another",
            ),
            models.UniqueConstraint(
                fields=["user", "organisation"], condition=Q(ended_at=None), name="seat_one_per_user_and_organisation"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("created_at")), name="seat_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.organisation})"

    @property
    def waits(self) -> bool:
        """Whether it was given from outside the organisation, and nobody has confirmed it yet."""
        return self.prepared_by_id is not None and self.confirmed_at is None


_WITH_ALLIANCE = roles_of(RoleScope.ALLIANCE)
_WITH_ENTITY = roles_of(RoleScope.OPERATING_ENTITY)
_WITH_EITHER = roles_of(RoleScope.ALLIANCE_OR_ENTITY)
_WITH_NEITHER = roles_of(RoleScope.INSTALLATION, RoleScope.ORGANISATION, RoleScope.ASSIGNMENT)


class RoleAssignment(Record):
    """A role that a seat holds between two instants, in one alliance or operating entity where the role has one."""

    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="role_assignments")
    role = models.CharField(max_length=20, choices=Role)
    alliance = models.ForeignKey(
        Alliance, on_delete=models.PROTECT, null=True, blank=True, related_name="role_assignments"
    )
    operating_entity = models.ForeignKey(
        OperatingEntity, on_delete=models.PROTECT, null=True, blank=True, related_name="role_assignments"
    )
    purpose = models.CharField(max_length=20, choices=Purpose, blank=True, default="")
    reason = models.CharField(max_length=500, blank=True, default="")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True, help_text="the first instant without the role")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="roleassignment_role_known"),
            models.CheckConstraint(
                condition=(
                    Q(role__in=_WITH_ALLIANCE, alliance__isnull=False, operating_entity__isnull=True)
                    | Q(role__in=_WITH_ENTITY, alliance__isnull=True, operating_entity__isnull=False)
                    | Q(role__in=_WITH_EITHER, alliance__isnull=False, operating_entity__isnull=True)
                    | Q(role__in=_WITH_EITHER, alliance__isnull=True, operating_entity__isnull=False)
                    | Q(role__in=_WITH_NEITHER, alliance__isnull=True, operating_entity__isnull=True)
                ),
                name="roleassignment_scope_fits_role",
            ),
            models.CheckConstraint(
                condition=Q(role=Role.FINANCE, purpose__in=Purpose.values) | (~Q(role=Role.FINANCE) & Q(purpose="")),
                name="roleassignment_purpose_for_finance",
            ),
            # Equal instants are an assignment withdrawn before it began.
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")), name="roleassignment_ends_after_start"
            ),
        ]
        indexes = [models.Index(fields=["seat", "role"], name="roleassignment_by_seat")]

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.seat}"
