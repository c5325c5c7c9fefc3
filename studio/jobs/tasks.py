"""What the worker can do, by the kind of the job: (studio, claim, report) -> None; each ends with queue.finish."""

TASKS: dict[str, str] = {
    "sample": "studio.sample.series:sample_task",
    "render": "studio.taking:render_task",
    "export": "studio.exporting:export_task",
}
