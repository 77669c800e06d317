"""Who asks and what they ask for, as the tests of the matrix keep it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.db.models import Model

from platform_core.access.actors import Actor
from platform_core.identity.roles import Role
from tests.api.matrix.asking import Asker
from tests.factories.world import World

Sample = Model | Callable[[Actor], Model | None]

EVERYBODY = (
    "nobody",
    "no seat",
    "without role",
    *(role.value for role in Role),
    "deposits finance",
    "former secretariat",
    "staff in session",
)
"""Who asks, in the order of the table; roles by their names."""


@dataclass
class Samples:
    """Who asks, and what they ask for."""

    world: World
    askers: list[Asker] = field(default_factory=list)
    objects: dict[str, dict[str, Sample]] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    """What bodies may refer to by `$name`."""

    def of(self, kind: str, asker: Asker) -> dict[str, Model]:
        """Return the objects of a kind by their relation to somebody, as far as there are any."""
        assert kind in self.objects, f"name a {kind} in each relation in tests/api/matrix/samples.py"
        found = {}
        for relation, sample in self.objects[kind].items():
            if isinstance(sample, Model):
                found[relation] = sample
            elif asker.actor is not None and (own := sample(asker.actor)) is not None:
                found[relation] = own
        return found
