"""One SDXL pipeline, shared by the engines instantid, ip-adapter and adapters."""

import os

# what they say at import (that torchvision is not there) is no news to a person who renders a shot
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
os.environ.setdefault("DIFFUSERS_VERBOSITY", "error")
