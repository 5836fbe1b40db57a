"""Columns, a group of them, and the keys that name a thing."""

from pathlib import Path

TEXT = """---
name: idr9004-sample-shells/screenB
version: 2
defaults:
    include: no
    type: string
    split:
columns:
  - name: Control Type
    include: yes
  - group:
      namespace: openmicroscopy.org/mapr/gene
      columns:
      - name: Gene Identifier
        clientname: Gene Identifier URL
        clientvalue: http://www.ncbi.nlm.nih.gov/gene/{{ value|urlencode }}
        include: yes
advanced:
    primary_group_keys:
    - namespace: openmicroscopy.org/mapr/gene
      keys:
      - Gene Identifier
"""


def make(folder: Path) -> Path:
    path = folder / "idr9004-screenB-bulkmap-config.yml"
    path.write_text(TEXT, encoding="utf-8")
    return path
