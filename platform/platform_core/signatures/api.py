"""What was found out about signatures, as it goes over the wire with what the signed file belongs to."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from platform_core.signatures.models import SignatureCheck


class FoundStampSerializer(serializers.Serializer[Any]):
    """A timestamp, whose it is, and whether it holds."""

    at = serializers.DateTimeField()
    authority = serializers.CharField(allow_blank=True)
    holds = serializers.BooleanField()
    is_known = serializers.BooleanField(help_text="whether it leads to an authority that this site trusts")


class FoundSignatureSerializer(serializers.Serializer[Any]):
    """One electronic signature in a file."""

    field = serializers.CharField(help_text="name of the field in a PDF")
    unsupported = serializers.CharField(help_text="why it cannot be verified here, such as sm2; blank: it was verified")
    malformed = serializers.CharField(help_text="what in it is not as it should be")
    signer_name = serializers.CharField()
    organisation = serializers.CharField()
    subject = serializers.CharField(help_text="the whole name in the certificate")
    credit_code = serializers.CharField(help_text="unified social credit code, if the certificate has one")
    serial = serializers.CharField()
    valid_from = serializers.DateTimeField(allow_null=True)
    valid_to = serializers.DateTimeField(allow_null=True)
    issuers = serializers.ListField(
        child=serializers.CharField(), help_text="who issued the certificate, up to the root"
    )
    algorithm = serializers.CharField()
    claimed_at = serializers.DateTimeField(allow_null=True, help_text="when it was made, as its signer says")
    timestamp = FoundStampSerializer(allow_null=True)
    judged_at = serializers.DateTimeField(allow_null=True, help_text="as of when the certificate was judged")
    holds = serializers.BooleanField(allow_null=True)
    was_valid = serializers.BooleanField(allow_null=True)
    is_known = serializers.BooleanField(allow_null=True)
    revocation = serializers.ChoiceField(
        choices=[(each, each) for each in ("revoked", "answered", "not_asked")],
        help_text="as far as the file itself says; no network is asked",
    )
    covers = serializers.CharField(help_text="file, revision or part")
    added_after = serializers.CharField(help_text="nothing, proofs, signatures or contents")


class TrustedRootSerializer(serializers.Serializer[Any]):
    """An authority that the site trusted."""

    subject = serializers.CharField()
    sha256 = serializers.CharField()


class SignatureCheckSerializer(serializers.ModelSerializer[SignatureCheck]):
    """What the electronic signatures of a file were found to be worth."""

    checked_by_name = serializers.CharField(source="checked_by.name", allow_null=True, default=None)
    problem = serializers.CharField(source="report.problem", help_text="why nothing could be read; blank: it could")
    added_before = serializers.CharField(
        source="report.added_before", help_text="what was added to the text before it was signed"
    )
    signatures = serializers.SerializerMethodField()
    stamps = serializers.SerializerMethodField(help_text="timestamps of the whole file")
    roots = TrustedRootSerializer(many=True)

    class Meta:
        model = SignatureCheck
        fields = (
            "id",
            "document_id",
            "file_sha256",
            "texts_sha256",
            "signed_text_sha256",
            "outcome",
            "authority",
            "problem",
            "added_before",
            "signatures",
            "stamps",
            "roots",
            "library",
            "checked_at",
            "checked_by_name",
        )

    @extend_schema_field(FoundSignatureSerializer(many=True))
    def get_signatures(self, check: SignatureCheck) -> Any:
        """List the signatures, in the order in which they stand in the file."""
        return check.report["signatures"]

    @extend_schema_field(FoundStampSerializer(many=True))
    def get_stamps(self, check: SignatureCheck) -> Any:
        """List the timestamps of the whole file."""
        return check.report["stamps"]
