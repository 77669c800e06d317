"""Parameters as the service reads them: form fields with brackets, refused unless the library's own types know them."""

import builtins
import types
import typing
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from stripe.params._dispute_list_params import DisputeListParams
from stripe.params._payment_intent_cancel_params import PaymentIntentCancelParams
from stripe.params._payment_intent_retrieve_params import PaymentIntentRetrieveParams
from stripe.params._refund_create_params import RefundCreateParams
from stripe.params._refund_list_params import RefundListParams
from stripe.params.checkout._session_create_params import SessionCreateParams
from stripe.params.checkout._session_expire_params import SessionExpireParams
from stripe.params.checkout._session_list_params import SessionListParams
from stripe.params.checkout._session_retrieve_params import SessionRetrieveParams

KNOWN: dict[str, Any] = {
    "POST checkout/sessions": SessionCreateParams,
    "GET checkout/sessions": SessionListParams,
    "GET checkout/sessions/ID": SessionRetrieveParams,
    "POST checkout/sessions/ID/expire": SessionExpireParams,
    "GET payment_intents/ID": PaymentIntentRetrieveParams,
    "POST payment_intents/ID/cancel": PaymentIntentCancelParams,
    "POST refunds": RefundCreateParams,
    "GET refunds": RefundListParams,
    "GET disputes": DisputeListParams,
}


class WrongParameter(Exception):
    """A parameter that the service does not take."""

    def __init__(self, code: str, name: str) -> None:
        super().__init__(f"{code}: {name}")
        self.code = code
        self.name = name


def read_params(text: str) -> dict[str, Any]:
    """Read form fields such as `metadata[a]=1&expand[0]=b` as nested tables; lists become tables by number."""
    found: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        path = name.replace("]", "").split("[")
        place = found
        for part in path[:-1]:
            place = place.setdefault(part, {})
        place[path[-1]] = value
    return found


def checked(route: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters in the types of the library's own classes. Raises WrongParameter for any other."""
    return _table(KNOWN[route], params, "")


def _table(kind: Any, given: Mapping[str, Any], path: str) -> dict[str, Any]:
    hints = typing.get_type_hints(kind, localns=_Names(kind), include_extras=True)
    for name in kind.__required_keys__:
        if name not in given:
            raise WrongParameter("parameter_missing", path + name)
    for name in given:
        if name not in hints:
            raise WrongParameter("parameter_unknown", path + name)
    return {name: _value(hints[name], value, f"{path}{name}") for name, value in given.items()}


def _value(hint: Any, value: Any, name: str) -> Any:
    origin = typing.get_origin(hint)
    if origin in (typing.NotRequired, typing.Required):
        return _value(typing.get_args(hint)[0], value, name)
    if origin in (typing.Union, types.UnionType):
        problem: WrongParameter | None = None
        for each in typing.get_args(hint):
            try:
                return _value(each, value, name)
            except WrongParameter as wrong:
                problem = wrong
        raise problem or WrongParameter("parameter_invalid", name)
    if origin is typing.Literal:
        if value not in typing.get_args(hint):
            raise WrongParameter("parameter_invalid", name)
        return value
    if origin is list:
        if not isinstance(value, Mapping):
            raise WrongParameter("parameter_invalid", name)
        return [_value(typing.get_args(hint)[0], value[key], name) for key in sorted(value, key=int)]
    if origin is dict:
        if not isinstance(value, Mapping):
            raise WrongParameter("parameter_invalid", name)
        return dict(value)
    if hasattr(hint, "__required_keys__"):
        if not isinstance(value, Mapping):
            raise WrongParameter("parameter_invalid", name)
        return _table(hint, value, f"{name}.")
    return _plain(hint, value, name)


def _plain(hint: Any, value: Any, name: str) -> Any:
    if isinstance(value, Mapping):
        raise WrongParameter("parameter_invalid", name)
    if hint is int:
        try:
            return int(value)
        except ValueError:
            raise WrongParameter("parameter_invalid_integer", name) from None
    if hint is bool:
        if value not in ("true", "false"):
            raise WrongParameter("parameter_invalid", name)
        return value == "true"
    return value


class _Names(dict[str, Any]):
    """Names that the library's annotations use and import for type checkers only."""

    def __init__(self, kind: Any) -> None:
        super().__init__(vars(__import__(kind.__module__, fromlist=["_"])))

    def __missing__(self, name: str) -> Any:
        return getattr(builtins, name, None) or getattr(typing, name, typing.Any)
