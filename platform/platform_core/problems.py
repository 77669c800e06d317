"""What a service says when it cannot do what was asked: one family of errors, each with a code a client can rely on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar


class Problem(Exception):
    """A request that cannot be carried out, told in words that say what to do; RFC 9457 gives its shape on the wire."""

    code: ClassVar[str] = "problem"
    status: ClassVar[int] = 400
    title: ClassVar[str] = "The request cannot be carried out"

    def __init__(self, detail: str = "", **extra: object) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.extra: Mapping[str, object] = extra

    def members(self) -> dict[str, object]:
        """Return the members of the problem document: type, title, status, detail, code and extras."""
        document: dict[str, object] = {
            "type": f"urn:lianchi:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "code": self.code,
        }
        if self.detail:
            document["detail"] = self.detail
        document.update(self.extra)
        return document


class BadRequest(Problem):
    """The request could not be read at all."""

    code = "bad_request"
    status = 400
    title = "The request could not be read"


class NotFound(Problem):
    """The thing does not exist, or the one who asks may not know that it does."""

    code = "not_found"
    status = 404
    title = "Not found"


class NotAllowed(Problem):
    """The one who asks sees the thing, but may not do this with it."""

    code = "not_allowed"
    status = 403
    title = "Not allowed"


class SignInNeeded(Problem):
    """Nobody is signed in, and this is not public."""

    code = "sign_in_needed"
    status = 401
    title = "Sign in first"


class WrongState(Problem):
    """The step does not lead on from the state the thing is in."""

    code = "wrong_state"
    status = 409
    title = "This step is not possible now"


class Conflict(Problem):
    """The request contradicts something that is already recorded."""

    code = "conflict"
    status = 409
    title = "This contradicts what is already recorded"


class PreconditionFailed(Problem):
    """The thing was changed by somebody else since it was read."""

    code = "precondition_failed"
    status = 412
    title = "Changed in the meantime"


class PreconditionNeeded(Problem):
    """An edit must say which version it starts from."""

    code = "precondition_needed"
    status = 428
    title = "Say which version you edit"


class IdempotencyMismatch(Problem):
    """An idempotency key was used again with a different request."""

    code = "idempotency_mismatch"
    status = 422
    title = "This key was used for a different request"


@dataclass(frozen=True, slots=True)
class FieldError:
    """One mistake in the input: where it is (JSON pointer, RFC 6901), a code, and what to do about it."""

    pointer: str
    code: str
    message: str


class InvalidInput(Problem):
    """Something in the input is wrong; each mistake is told with its place."""

    code = "invalid_input"
    status = 422
    title = "Something in the input is wrong"

    def __init__(
        self, detail: str = "", *, errors: Iterable[FieldError | Mapping[str, str]] = (), **extra: object
    ) -> None:
        self.errors = tuple(error if isinstance(error, FieldError) else FieldError(**error) for error in errors)
        super().__init__(detail or "; ".join(error.message for error in self.errors), **extra)

    def members(self) -> dict[str, object]:
        """Return the problem document with its list of mistakes."""
        document = super().members()
        document["errors"] = [
            {"pointer": error.pointer, "code": error.code, "message": error.message} for error in self.errors
        ]
        return document


def invalid(pointer: str, code: str, message: str) -> InvalidInput:
    """Make the error for a single mistake in the input."""
    return InvalidInput(message, errors=[FieldError(pointer, code, message)])
