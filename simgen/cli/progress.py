"""The progress bar of a run: frames per second, time left, size per frame."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from simgen.pipeline import Progress as Done


@contextmanager
def progress_bar(console: Console) -> Iterator[Callable[[Done], None]]:
    """Show a bar on a terminal, or a line every few scenes elsewhere, and yield what is to be told of progress."""
    columns = (
        TextColumn("frames"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("frames", total=None, rate="starting")
        printed = 0.0

        def report(done: Done) -> None:
            nonlocal printed
            bar.update(task, total=done.frames_total, completed=done.frames_done, rate=_rate(done))
            finished = done.frames_done == done.frames_total
            if not console.is_terminal and done.frames_made and (finished or done.elapsed_s - printed > 10.0):
                printed = done.elapsed_s
                left_s = (done.frames_total - done.frames_done) * done.elapsed_s / done.frames_made
                console.print(f"{done.frames_done}/{done.frames_total} frames, {_rate(done)}, {left_s:.0f} s left")

        yield report


def _rate(done: Done) -> str:
    if not done.frames_made:
        return "starting"
    per_second = done.frames_made / done.elapsed_s
    megabytes = done.bytes_written / done.frames_made / 1e6
    return f"{per_second:.2f} frames/s, {megabytes:.1f} MB/frame"
