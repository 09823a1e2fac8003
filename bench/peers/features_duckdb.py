"""The same features in SQL: DuckDB over unsorted Parquet, one row per customer, written as Parquet.

    features_duckdb.py 'EVENTS/*.parquet' --sql order_line_features.sql --as-of 2026-01-01T00:00:00Z --out FILE

The SQL is the twin of our folds, held equal to them by the tests. (Plain timestamps instead of
zoned ones were tried: no less CPU.) The last line on stdout is JSON.
"""

import argparse
import json
import os

import duckdb


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("events", help="Parquet files: a glob")
    parser.add_argument("--sql", required=True, help="the query, with {{AS_OF}} and {{TIME_ZONE}}")
    parser.add_argument("--as-of", required=True, help="like 2026-01-01T00:00:00Z")
    parser.add_argument("--time-zone", default="UTC")
    parser.add_argument("--out", required=True, help="Parquet file to write")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory-gb", type=float, default=8, help="enough that nothing is spilt")
    parser.add_argument("--customer", default="customer_id")
    parser.add_argument("--amount", default="quantity * unit_price", help="expression of a line's money")
    return parser.parse_args()


def open_database(args):
    database = duckdb.connect()
    database.execute(f"SET threads = {args.threads}")
    database.execute(f"SET memory_limit = '{args.memory_gb}GB'")
    # Documented: lets the engine drop the order of rows nobody asked for.
    database.execute("SET preserve_insertion_order = false")
    database.execute("SET TimeZone = 'UTC'")
    database.execute(f"SET temp_directory = '{os.path.dirname(os.path.abspath(args.out))}'")
    return database


def main():
    args = arguments()
    with open(args.sql, encoding="utf-8") as file:
        query = file.read()
    query = query.replace("{{AS_OF}}", args.as_of).replace("{{TIME_ZONE}}", args.time_zone)
    database = open_database(args)
    columns = [row[0] for row in database.execute("DESCRIBE SELECT * FROM read_parquet(?)", [args.events]).fetchall()]
    amount = "amount" if "amount" in columns else args.amount
    events = args.events.replace("'", "''")
    database.execute(
        f"""CREATE VIEW order_lines AS
        SELECT {args.customer} AS customer_id, CAST(time AS TIMESTAMPTZ) AS time, order_id, product_id,
          CAST(quantity AS DECIMAL(18, 4)) AS quantity, CAST({amount} AS DECIMAL(18, 4)) AS amount
        FROM read_parquet('{events}') WHERE {args.customer} IS NOT NULL"""
    )
    out = args.out.replace("'", "''")
    rows = database.execute(f"COPY ({query}) TO '{out}' (FORMAT parquet, COMPRESSION zstd)").fetchone()[0]
    print(json.dumps({"version": f"duckdb {duckdb.__version__}", "rows": rows}))


if __name__ == "__main__":
    main()
