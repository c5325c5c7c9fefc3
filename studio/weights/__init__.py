"""The folder of models: what is installed, where it lies, what must be said before it is used.

Nothing here imports torch. `published` lists what there is, `folder` looks at what is here, `pulling` downloads,
`adding` takes in a file of one's own, `checking` looks for damage, `conversion` turns a .bin into safetensors.
"""

from studio.weights.folder import Weights
from studio.weights.licences import Licence
from studio.weights.manifest import Part, PublishedFile
from studio.weights.published import ENGINE_PARTS, PARTS

__all__ = ["ENGINE_PARTS", "PARTS", "Licence", "Part", "PublishedFile", "Weights"]
