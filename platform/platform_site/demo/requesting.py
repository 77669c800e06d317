"""The scenes about firms outside that ask an owner for a licence from it alone."""

import json
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final

from platform_core.access.actors import Actor
from platform_core.identity.models import Language
from platform_core.messaging.models import Message
from platform_site.demo.names import MEMBER_OF
from platform_site.demo.patents import TERMINAL
from platform_site.demo.people import administrator_of
from platform_site.demo.pooling import Pooling
from platform_site.demo.stage import Script, Stage
from platform_site.demo.withholding import withhold
from pools.asking.letters import CONFIRMATION
from pools.asking.models import LicenceRequest
from pools.asking.services import Asker, Wish, answer_request, ask_for_licence, confirm_request

ASKED: Final = "YAOXI"
"""The member that is asked."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for, and when."""

    on: date
    asker: Asker
    wish: Wish
    publications: tuple[str, ...] = ()


ANSWERED: Final = Asked(
    date(2026, 10, 15),
    Asker(name="宋知远", organisation="成都澄屏医疗", email="zhiyuan.song@chengping.example", country="CN"),
    Wish(
        products="医用显示器", fields_of_use="医疗影像", territory="中国", message="年产量约两千台，希望单独取得许可。"
    ),
)
OPEN: Final = Asked(
    date(2026, 11, 16),
    Asker(
        name="Anna Brandt",
        organisation="Lumenhaus GmbH",
        email="anna.brandt@lumenhaus.example",
        country="DE",
        language=Language.ENGLISH,
    ),
    Wish(
        products="Display modules for instrument clusters",
        fields_of_use="Vehicles",
        territory="European Union, China",
        message="We make no televisions and would need a few of your patents only.",
    ),
)


class Requesting:
    """Plays the scenes about requests for bilateral licences."""

    def __init__(self, stage: Stage, pooling: Pooling) -> None:
        self._stage = stage
        self._pooling = pooling
        self._requests: dict[Asked, LicenceRequest] = {}

    def plan(self, script: Script) -> None:
        """Plan all scenes about requests."""
        for one in (ANSWERED, OPEN):
            script.add(one.on, "15:20", "licence requests", partial(self._ask, one))
            script.add(one.on, "15:34", "licence requests", partial(self._confirm, one))
            script.add(one.on, "15:35", "licence requests", partial(withhold, self._stage, "asking."))
        script.add(date(2026, 10, 20), "10:10", "licence requests", self._answer)
        script.add(date(2026, 10, 20), "10:11", "licence requests", partial(withhold, self._stage, "asking."))

    def _ask(self, one: Asked) -> None:
        ask_for_licence(
            actor=Actor.public(clock=self._stage.clock),
            pool_id=self._pooling.pools[TERMINAL],
            member_id=self._pooling.members[TERMINAL, ASKED],
            patent_ids=[self._pooling.patent(publication) for publication in one.publications],
            asker=one.asker,
            wish=one.wish,
            intention=f"demonstration {one.asker.email}",
        )

    def _confirm(self, one: Asked) -> None:
        letter = Message.objects.filter(kind=CONFIRMATION.name, address=one.asker.email).latest("pk")
        key = json.loads(letter.values)["link"].rpartition("/")[2]
        self._requests[one] = confirm_request(actor=Actor.public(clock=self._stage.clock), key=key)

    def _answer(self) -> None:
        person = administrator_of(MEMBER_OF[ASKED].firm)
        answer_request(
            actor=self._stage.acting(person),
            request_id=self._requests[ANSWERED].pk,
            text="感谢来函。医疗影像不在专利池许可项目之内，我们愿意单独许可，条件另行寄送。",
            contact=f"{person.name} {person.email}",
        )
