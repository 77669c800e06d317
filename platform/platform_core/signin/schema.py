"""How the API's description names personal tokens."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

from platform_core.signin.authentication import TokenAuthentication
from platform_core.signin.tokens import PREFIX


class TokenScheme(OpenApiAuthenticationExtension):
    """How the API's description names tokens."""

    target_class = TokenAuthentication
    name = "tokenAuth"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """Describe the scheme."""
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": f"{PREFIX}…",
            "description": "A personal token, made at `/api/v1/me/tokens`; it acts in the seat it was made for.",
        }
