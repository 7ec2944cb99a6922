"""Writes the parquet files of lists/ anew: `pip install pyarrow`, then `python3 make-lists.py`. Row i is `row(i)` of rows.ts."""
import hashlib, pathlib
import pyarrow as pa, pyarrow.parquet as pq

folder = pathlib.Path(__file__).parent / "lists"
ROWS = 1000
md5 = [hashlib.md5(str(i).encode()) for i in range(ROWS)]
table = pa.table({
    "TEXT": [f"caption, with a comma {i}" for i in range(ROWS)],
    "URL": [None if i % 100 == 99 else f"https://127.0.0.{i % 7 + 1}:1/{i}.jpg" for i in range(ROWS)],
    "md5": [None if i % 10 == 3 else m.hexdigest() for i, m in enumerate(md5)],
    "sha256": pa.array([hashlib.sha256(str(i).encode()).digest() for i in range(ROWS)], pa.binary(32)),
    "size": pa.array([i for i in range(ROWS)], pa.int64()),
    "tags": pa.array([["a", "b"] for i in range(ROWS)], pa.list_(pa.string())),
})
for name, options in {
    "snappy": dict(compression="snappy", row_group_size=300),
    "zstd": dict(compression="zstd", row_group_size=300, data_page_version="2.0"),
    "gzip": dict(compression="gzip", use_dictionary=False, data_page_size=2048),
    "brotli": dict(compression="brotli", write_page_index=True, data_page_size=1024),
    "lz4": dict(compression="lz4", row_group_size=999),
    "none": dict(compression="none", use_dictionary=False, column_encoding={"URL": "DELTA_BYTE_ARRAY", "md5": "DELTA_LENGTH_BYTE_ARRAY"}),
}.items():
    pq.write_table(table, folder / f"{name}.parquet", **options)
