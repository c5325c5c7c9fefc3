"""Read the settings, build the studio, start the worker, serve the page."""

import sys

from studio.jobs.supervisor import Supervisor
from studio.settings import Settings
from studio.studio import Studio
from studio.ui.page import launch


def serve(settings: Settings, sample: bool = False) -> None:
    """Serve until interrupted. sample: put the sample series in first, and queue its frames."""
    studio = Studio(settings)
    home = studio.home.root
    command = [sys.executable, "-m", "studio", "worker", "--lifeline", "--home", str(home)]
    supervisor = Supervisor(command, home, home / "worker.log")
    supervisor.start()
    try:
        if sample:
            from studio.sample.series import open_with_sample

            open_with_sample(studio)
        launch(studio)
    finally:
        supervisor.stop()
        studio.close()


if __name__ == "__main__":
    from studio.cli import main

    sys.argv.insert(1, "serve")
    main()
