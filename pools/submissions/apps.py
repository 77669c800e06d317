"""Submissions to pools as an application."""

from django.apps import AppConfig


class SubmissionsConfig(AppConfig):
    """Calls for patents, what members submit to them, and what panels of evaluators find."""

    name = "pools.submissions"
    label = "submissions"

    def ready(self) -> None:
        """Tell the home page what waits, and what submissions and calls are called there."""
        from platform_core.home.registry import tell_names, tell_waiting
        from pools.submissions import home
        from pools.submissions.models import Call, Submission

        tell_waiting(home.open_calls)
        tell_waiting(home.own_submissions)
        tell_waiting(home.submissions_to_handle)
        tell_waiting(home.evaluations_to_do)
        tell_names(Call)
        tell_names(Submission, along=("patent",))
