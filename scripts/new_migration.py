"""Write a new Alembic revision from the difference between the models and the newest migration."""

import sys
import tempfile
from pathlib import Path

from alembic import command

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from storage.database import Database, alembic_config

with tempfile.TemporaryDirectory() as folder:
    database = Database.at(Path(folder) / "scratch.db")
    database.upgrade()
    with database.engine.begin() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.revision(config, sys.argv[1], autogenerate=True)
