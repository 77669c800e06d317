"""Mistakes in the environment, told all at once."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SettingProblem:
    """One mistake in the environment: which variable, what was found there, and what to write."""

    variable: str
    found: str
    write: str

    def __str__(self) -> str:
        return f"{self.variable}: {self.found}. {self.write}"


class EnvironmentProblem(Exception):
    """The environment holds mistakes; the message lists every one of them."""

    def __init__(self, problems: list[SettingProblem]) -> None:
        self.problems = problems
        count = "1 setting is" if len(problems) == 1 else f"{len(problems)} settings are"
        lines = "\n".join(f"  - {problem}" for problem in problems)
        super().__init__(f"Lianchi cannot start: {count} wrong.\n{lines}")
