"""The card, where there is one."""


def card() -> str | None:
    """Name and memory of the first CUDA card; None without one. Imports torch (about two seconds)."""
    import torch

    if not torch.cuda.is_available():
        return None
    properties = torch.cuda.get_device_properties(0)
    return f"{properties.name}, {properties.total_memory / 2**30:.0f} GiB"
