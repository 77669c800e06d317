"""A loading that is interrupted leaves nothing behind, so that it can simply be started again."""

from pathlib import Path

import pytest
from django.conf import settings

from licensing.reports.models import SalesReport
from platform_core.audit.models import AuditEvent
from platform_core.identity.models import User
from platform_site.demo.loading import is_loaded, load_demonstration


@pytest.mark.django_db(transaction=True)
def test_an_interrupted_loading_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    filed = 0

    def stop_after_the_first_close(done: int, total: int, part: str) -> None:
        nonlocal filed
        filed = max(filed, SalesReport.objects.count())
        if part == "closes":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_demonstration(stop_after_the_first_close)

    assert filed > 10
    assert not is_loaded()
    assert not User.objects.exists()
    assert not AuditEvent.objects.exists()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
