"""Applying all migrations to a database that holds nothing yet, in a tenth of the time that Django takes.

Django keeps a class for every model as it stood at each point of the migrations. On any change it makes anew the class
of the changed model, those of all models that refer to it, and of all that refer to these: where all models lead to
organisations and alliances, that is nine tenths of a first start. Tables are made from the changed model's class alone;
what is needed of others, the name of their table and the type of their key, stays as it was.
"""

from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState


class _GrowingState(ProjectState):
    """A state in which what is added to a model has that model's class made anew, and no other.

    As Django does where it leaves classes as they were, this notes that they no longer fit each other: migrations that
    work on rows are given classes that are made anew, all of them.
    """

    _is_adding = False

    def add_field(self, app_label: str, model_name: str, name: str, field: Any, preserve_default: bool) -> None:
        self._is_adding = True
        try:
            super().add_field(app_label, model_name, name, field, preserve_default)
        finally:
            self._is_adding = False

    def reload_model(self, app_label: str, model_name: str, delay: bool = False) -> None:
        # Asking for `apps` where nothing was made yet would make all.
        if "apps" not in self.__dict__:
            return
        is_new = model_name not in self.apps.all_models[app_label]
        if delay or is_new or self._is_adding:
            self.is_delayed = True
            with self.apps.bulk_update():
                self.apps.unregister_model(app_label, model_name)
            self.apps.render_multiple([self.models[app_label, model_name]])
        else:
            super().reload_model(app_label, model_name, delay)


def build_if_empty() -> None:
    """Apply every migration, if none was applied yet; what an interrupted start left is Django's to complete."""
    executor = MigrationExecutor(connection)
    if not executor.recorder.has_table():
        build(executor, executor.loader.graph.leaf_nodes())


def build(executor: MigrationExecutor, targets: list[tuple[str, str]]) -> None:
    """Apply the migrations that lead to some, to an empty database."""
    executor.migrate(targets, state=_GrowingState(real_apps=executor.loader.unmigrated_apps))
