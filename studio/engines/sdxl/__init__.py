"""One SDXL pipeline, shared by the engines instantid, ip-adapter and adapters."""
