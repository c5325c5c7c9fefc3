"""jobs list, cancel, retry."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from studio.cli.outcome import HomeOption, JsonOption, Outcome, run, table

if TYPE_CHECKING:
    from storage.models import Job
    from studio.studio import Studio

app = typer.Typer(no_args_is_help=True)

JobArgument = Annotated[int, typer.Argument(help="Number of the job, from `jobs list`")]


def _json(job: "Job") -> dict[str, Any]:
    return {
        "job": job.id,
        "kind": job.kind,
        "label": job.label,
        "state": job.state,
        "progress": round(job.progress, 3),
        "stage": job.stage,
        "attempts": job.attempts,
        "error": job.error,
        "created_at": job.created_at.isoformat(),
        "finished_at": job.finished_at.isoformat() if job.finished_at else None,
    }


@app.command("list")
def jobs_list(
    state: Annotated[str | None, typer.Option(help="queued, running, done, failed or cancelled")] = None,
    limit: Annotated[int, typer.Option(help="How many, newest first")] = 50,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """What is waiting, running and done."""

    def verb(studio: "Studio") -> Outcome:
        jobs = studio.queue.jobs(None if state is None else [state], limit=limit)
        language = studio.settings.language
        return Outcome(
            {"jobs": [_json(job) for job in jobs], "counts": studio.queue.counts()},
            table(
                [
                    ("job", "state", "progress", "what", "reason"),
                    *((j.id, j.state, f"{j.progress:.0%}", j.label, (j.error or {}).get(language, "")) for j in jobs),
                ]
            ),
        )

    run(home, as_json, verb)


@app.command("cancel")
def jobs_cancel(job: JobArgument, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Cancel a job; a running one stops at its next step."""

    def verb(studio: "Studio") -> Outcome:
        studio.queue.cancel(job)
        return Outcome(_json(studio.queue.job(job)), [f"job {job} is asked to stop"])

    run(home, as_json, verb)


@app.command("retry")
def jobs_retry(job: JobArgument, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Queue a failed or cancelled job again."""

    def verb(studio: "Studio") -> Outcome:
        studio.queue.retry(job)
        return Outcome(_json(studio.queue.job(job)), [f"job {job} is queued again"])

    run(home, as_json, verb)
