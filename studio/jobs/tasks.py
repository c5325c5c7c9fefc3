"""What the worker can do, by the kind of the job: (studio, claim, report) -> None; each ends with queue.finish."""

TASKS: dict[str, str] = {
    "render": "studio.rendering:render_task",
}
