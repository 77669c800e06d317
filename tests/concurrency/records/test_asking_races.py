"""The same request sent, confirmed and answered twice at once happens once."""

import pytest

from platform_core.messaging.models import Message
from platform_core.notices.models import Notice
from pools.asking.models import LicenceRequest, RequestState
from pools.asking.services import answer_request, confirm_request
from tests.concurrency.records.test_races import both
from tests.concurrency.records.test_submission_races import kinds
from tests.integration.asking.test_asking import Listed

pytestmark = pytest.mark.django_db(transaction=True)


def test_each_step_of_a_request_happens_once() -> None:
    listed = Listed()
    assert kinds([*both(listed.ask)]) == ["done", "done"]
    request = LicenceRequest.objects.get()
    assert Message.objects.count() == 1

    key = listed.key()
    confirmed = both(lambda: confirm_request(actor=listed.anybody, key=key))
    assert kinds([*confirmed]) == ["done", "done"]
    assert Notice.objects.count() == 2

    owner = listed.acting(listed.admin)
    answers = both(lambda: answer_request(actor=owner, request_id=request.pk, text="Gladly.", contact="Li"))
    assert kinds([*answers]) == ["done", "refused"]
    request.refresh_from_db()
    assert request.state == RequestState.ANSWERED
    assert Message.objects.filter(kind="asking.answer").count() == 1
