"""A list of requirements, invented."""

from pathlib import Path

TEXT = r"""# made by pip freeze on the analysis machine
--extra-index-url https://example.org/simple
numpy==2.1.3 \
    --hash=sha256:aa10 \
    --hash=sha256:bb20
scikit-image[data]==0.25.0 ; python_version >= "3.10"
tifffile>=2024.1,<2026
-e git+https://example.org/lab/segmenter.git@9f8e7d6c#egg=segmenter
cellmodel @ https://example.org/cellmodel-1.0-py3-none-any.whl
napari
"""


def make(folder: Path) -> Path:
    path = folder / "requirements.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path
