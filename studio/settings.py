"""The only reader of the environment: every setting may be given as CASTLOCK_<NAME>."""

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """home: the folder that holds database and pictures. host: only an explicit other address leaves this machine.

    language: of the command line's errors. lease_seconds: how long a worker that went silent keeps its job.
    weights: the folder of models [default: weights, inside the home]. device: auto, cpu, cuda or cuda:<n>.
    """

    model_config = SettingsConfigDict(env_prefix="CASTLOCK_", frozen=True)

    home: Path = Path("castlock-home")
    host: str = "127.0.0.1"
    port: int = Field(default=7860, ge=0, le=65535)
    language: Literal["en", "zh"] = "en"
    engine: str = "photoboard"
    analyzer: str = "bundled"
    weights: Path | None = None
    device: str = Field(default="auto", pattern=r"^(auto|cpu|cuda(:\d+)?)$")
    upload_megabytes: int = Field(default=64, ge=1)
    lease_seconds: float = Field(default=15.0, gt=0)
