"""A progress bar for people; nothing for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """Yield a function that takes what is done and how much there is.

    Shows how much, how fast, and how long it will still take; what an earlier run did is not
    counted into the rate.
    """
    from rich.console import Console  # slow to import
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as Remaining

    console = Console(stderr=True)
    with Progress(
        "{task.description}",
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        Remaining(elapsed_when_finished=True),
        console=console,
        disable=not console.is_terminal,
    ) as shown:
        task = shown.add_task(label, total=None, rate="")

        def advance(done: int, total: int) -> None:
            speed = shown.tasks[0].speed
            rate = f"{speed:,.0f}/s" if speed else ""
            shown.update(task, completed=min(done, total), total=total, rate=rate)

        yield advance
