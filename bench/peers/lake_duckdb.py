"""Into customer-major order: DuckDB's `COPY ... ORDER BY customer, time` from unsorted to sorted Parquet.

    lake_duckdb.py 'EVENTS/*.parquet' --out FILE

The last line on stdout is JSON.
"""

import argparse
import json
import os

import duckdb


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("events", help="Parquet files: a glob")
    parser.add_argument("--out", required=True, help="Parquet file to write")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory-gb", type=float, default=8, help="enough that nothing is spilt")
    parser.add_argument("--customer", default="customer_id")
    args = parser.parse_args()
    database = duckdb.connect()
    database.execute(f"SET threads = {args.threads}")
    database.execute(f"SET memory_limit = '{args.memory_gb}GB'")
    database.execute(f"SET temp_directory = '{os.path.dirname(os.path.abspath(args.out))}'")
    events, out = (path.replace("'", "''") for path in (args.events, args.out))
    rows = database.execute(
        f"""COPY (SELECT * FROM read_parquet('{events}') ORDER BY {args.customer}, time)
        TO '{out}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 131072)"""
    ).fetchone()[0]
    print(json.dumps({"version": f"duckdb {duckdb.__version__}", "rows": rows, "bytes": os.path.getsize(args.out)}))


if __name__ == "__main__":
    main()
