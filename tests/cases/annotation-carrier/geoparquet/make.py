import json

import polars as pl


def make(folder):
    path = folder / "cells.parquet"
    shapes = {"geometry": {"encoding": "WKB", "geometry_types": ["Polygon"], "bbox": [0, 0, 9, 9]}}
    geo = json.dumps({"version": "1.0.0", "primary_column": "geometry", "columns": shapes})
    frame = pl.DataFrame({"geometry": [b"x", b"y", b"z"], "cell_type": ["T", "B", "T"], "area": [1.0, 2.5, 3.0]})
    frame.write_parquet(path, metadata={"geo": geo})
    return path
