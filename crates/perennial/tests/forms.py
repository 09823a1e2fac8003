"""One table of text in every form that a business may keep it in.

    forms.py SPEC OUT FORM...

SPEC is a JSON file:

    {"file": "orders.csv", "header": true, "rows": 60000, "table": "orders", "zone_hours": 8,
     "words": {"shop": "门店"}, "title": "销售明细表", "total": true,
     "columns": [{"name": "order_no", "zh": "订单号", "kind": "id"}, ...]}

`file` is CSV, or has blanks between its cells; it may be under gzip. With a header its columns are
those of the header, and what `columns` does not name is `text` and keeps its name in Chinese too;
without one `columns` names all of them in order. `rows` are read at the most.

Kinds of columns: `id`, `whole_id` (an identifier that was written as a floating-point number),
`text`, `whole`, `decimal`, `time` (2024-03-05 14:30:00), `day` (20240305) and `epoch` (seconds since
1970). `zone_hours` is how far ahead of UTC the clock of the business is. `words` are translated
wherever they fill a cell, so that every form has some Chinese in it. With `total`, the workbook has
a row of totals of the columns that say `total`.

A form is one of `utf8`, `gb18030`, `xlsx`, `ndjson`, `parquet`, `postgres`, `mariadb`; what it makes
is printed. How a cell of the workbook is written follows from its value alone: rows that are equal
stay equal.
"""

import csv
import gzip
import json
import sys
import zlib
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from itertools import islice
from pathlib import Path

EXCEL_ZERO = datetime(1899, 12, 30)
FULL_WIDTH = str.maketrans("-0123456789", "－０１２３４５６７８９")
INSERT_ROWS = 2_000


class Table:
    """The rows of a file, as text, with what is known of its columns."""

    def __init__(self, spec):
        self.spec = spec
        self.header = spec["header"]
        self.zone = timezone(timedelta(hours=spec["zone_hours"]))
        rows = read(Path(spec["file"]))
        known = {column["name"]: column for column in spec["columns"]}
        names = next(rows) if self.header else known
        text = {"kind": "text"}
        self.columns = [{"name": name, "zh": name, **known.get(name, text)} for name in names]
        words = spec["words"]
        rows = islice(rows, spec["rows"])
        self.rows = [[words.get(cell, cell) for cell in row] for row in rows]

    def names(self, key="name"):
        return [column[key] for column in self.columns]

    def cells(self, row):
        """Pairs of a column's kind and the cell, stripped."""
        return zip((column["kind"] for column in self.columns), (cell.strip() for cell in row))


def read(path):
    """The records of the file."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as lines:
        first = lines.readline()
        lines.seek(0)
        yield from csv.reader(lines) if "," in first else (line.split() for line in lines)


def moment(kind, cell, zone):
    """A cell that tells a time, as a moment on the clock of `zone`."""
    if kind == "epoch":
        return datetime.fromtimestamp(int(cell), zone).replace(tzinfo=None)
    return datetime.strptime(cell, "%Y%m%d" if kind == "day" else "%Y-%m-%d %H:%M:%S")


def typed(kind, cell):
    """The value that a program would hold."""
    if cell == "":
        return None
    if kind == "whole":
        return int(cell)
    if kind == "epoch":
        return int(cell)
    if kind == "whole_id":
        return float(cell)
    if kind == "decimal":
        return Decimal(cell)
    if kind == "time":
        return moment(kind, cell, None)
    if kind == "day":
        return moment(kind, cell, None).date()
    return cell


def write_csv(table, path, encoding, names):
    with open(path, "w", encoding=encoding, newline="") as file:
        out = csv.writer(file, lineterminator="\r\n" if encoding == "gb18030" else "\n")
        if names:
            out.writerow(names)
        out.writerows(table.rows)


def write_utf8(table, path):
    write_csv(table, path, "utf-8", table.names() if table.header else None)


def write_gb18030(table, path):
    # Where no word is Chinese, the names of the columns are.
    is_named = table.header or not table.spec["words"]
    write_csv(table, path, "gb18030", table.names("zh") if is_named else None)


def write_ndjson(table, path):
    def plain(value):
        if isinstance(value, Decimal):
            return float(value)
        return value.isoformat(" ") if isinstance(value, datetime) else str(value)

    names = table.names()
    with open(path, "w", encoding="utf-8") as out:
        for row in table.rows:
            values = (typed(kind, cell) for kind, cell in table.cells(row))
            line = json.dumps(dict(zip(names, values)), ensure_ascii=False, default=plain)
            out.write(line + "\n")


def write_parquet(table, path):
    import pyarrow
    import pyarrow.parquet

    kinds = {
        "whole": pyarrow.int64(),
        "whole_id": pyarrow.float64(),
        "decimal": pyarrow.float64(),
        "time": pyarrow.timestamp("us"),
        "day": pyarrow.date32(),
        "epoch": pyarrow.timestamp("s", "UTC"),
    }

    def value(kind, cell):
        found = typed(kind, cell)
        return float(found) if isinstance(found, Decimal) else found

    arrays = []
    for nth, column in enumerate(table.columns):
        kind = column["kind"]
        values = [value(kind, row[nth].strip()) for row in table.rows]
        arrays.append(pyarrow.array(values, kinds.get(kind, pyarrow.string())))
    pyarrow.parquet.write_table(pyarrow.table(arrays, table.names()), path)


def create(table, kinds):
    columns = (f"{column['name']} {kinds[column['kind']]}" for column in table.columns)
    return f"CREATE TABLE {table.spec['table']} ({', '.join(columns)});\n"


def write_postgres(table, path):
    kinds = {
        "id": "varchar(40)",
        "whole_id": "double precision",
        "text": "text",
        "whole": "integer",
        "decimal": "numeric(12, 4)",
        "time": "timestamp",
        "day": "date",
        "epoch": "timestamptz",
    }
    with open(path, "w", encoding="utf-8") as out:
        out.write("SET TIME ZONE 'UTC';\n" + create(table, kinds))
        out.write(f"COPY {table.spec['table']} FROM STDIN;\n")
        for row in table.rows:
            cells = []
            for kind, cell in table.cells(row):
                if kind == "epoch" and cell:
                    cell = moment(kind, cell, timezone.utc).isoformat(" ")
                cell = cell.replace("\\", "\\\\").replace("\t", "\\t")
                cells.append(cell if cell else "\\N")
            out.write("\t".join(cells) + "\n")
        out.write("\\.\n")


def write_mariadb(table, path):
    kinds = {
        "id": "varchar(40)",
        "whole_id": "double",
        "text": "varchar(200)",
        "whole": "int",
        "decimal": "decimal(12, 4)",
        "time": "datetime",
        "day": "date",
        "epoch": "bigint",
    }
    quoted = {"id", "text", "time", "day"}

    def literal(kind, cell):
        if cell == "":
            return "NULL"
        if kind not in quoted:
            return cell
        return "'" + cell.replace("\\", "\\\\").replace("'", "''") + "'"

    with open(path, "w", encoding="utf-8") as out:
        out.write(create(table, kinds) + "START TRANSACTION;\n")
        for start in range(0, len(table.rows), INSERT_ROWS):
            rows = table.rows[start : start + INSERT_ROWS]
            values = (
                "(" + ",".join(literal(kind, cell) for kind, cell in table.cells(row)) + ")"
                for row in rows
            )
            out.write(f"INSERT INTO {table.spec['table']} VALUES {','.join(values)};\n")
        out.write("COMMIT;\n")


class Sheet:
    """A sheet as people in an office keep it."""

    def __init__(self, table, book):
        self.table = table
        self.sheet = book.add_worksheet("明细")
        self.styles = {
            "time": book.add_format({"num_format": "yyyy/m/d h:mm:ss"}),
            "day": book.add_format({"num_format": "yyyy/m/d"}),
            "decimal": book.add_format({"num_format": "#,##0.00"}),
        }
        self.styles["epoch"] = self.styles["time"]
        self.title = book.add_format({"bold": True, "align": "center"})

    def write(self):
        columns = self.table.columns
        self.sheet.merge_range(0, 0, 0, len(columns) - 1, self.table.spec["title"], self.title)
        self.sheet.write(1, 0, "制表：王小明")
        for nth, column in enumerate(columns):
            self.sheet.write(2, nth, column["zh"])
        place = 3
        for row in self.table.rows:
            for nth, (kind, cell) in enumerate(self.table.cells(row)):
                if cell:
                    self.cell(place, nth, kind, cell)
            place += 1
        if self.table.spec["total"]:
            self.total(place)

    def total(self, place):
        self.sheet.write(place, 0, "合计")
        for nth, column in enumerate(self.table.columns):
            if column.get("total"):
                cells = (row[nth].strip() for row in self.table.rows)
                self.sheet.write(place, nth, float(sum(Decimal(cell) for cell in cells if cell)))

    def cell(self, row, column, kind, cell):
        way = zlib.crc32(cell.encode()) % 4
        if kind == "id":
            self.identifier(row, column, cell, way)
        elif kind == "whole_id":
            self.sheet.write_number(row, column, float(cell))
        elif kind == "whole":
            if way == 0:
                self.sheet.write_string(row, column, cell.translate(FULL_WIDTH))
            else:
                self.sheet.write_number(row, column, int(cell))
        elif kind == "decimal":
            if way == 0:
                self.sheet.write_string(row, column, f"¥{Decimal(cell):,}")
            else:
                self.sheet.write_number(row, column, float(cell), self.styles[kind])
        elif kind in self.styles:
            self.time(row, column, kind, moment(kind, cell, self.table.zone), way)
        else:
            self.sheet.write_string(row, column, cell)

    def identifier(self, row, column, cell, way):
        if way == 0:
            self.sheet.write_string(row, column, f"\t{cell}")
        elif way == 1:
            self.sheet.write_formula(row, column, f'="{cell}"', None, cell)
        elif way == 2:
            self.sheet.write_string(row, column, f'="{cell}"')
        else:
            self.sheet.write_string(row, column, cell)

    def time(self, row, column, kind, when, way):
        if way > 0:
            days = (when - EXCEL_ZERO) / timedelta(days=1)
            self.sheet.write_number(row, column, days, self.styles[kind])
            return
        text = f"{when.year}年{when.month}月{when.day}日"
        if kind != "day":
            text += f" {when.hour}:{when:%M:%S}"
        self.sheet.write_string(row, column, text)


def write_xlsx(table, path):
    import xlsxwriter

    book = xlsxwriter.Workbook(path)
    Sheet(table, book).write()
    notes = book.add_worksheet("说明")
    notes.write(0, 0, "填表说明")
    notes.write(1, 0, "1、本表由系统导出，每月更新一次。")
    notes.write(2, 0, "2、如有疑问请联系王小明。")
    book.close()


FORMS = {
    "utf8": ("utf8.csv", write_utf8),
    "gb18030": ("gb18030.csv", write_gb18030),
    "xlsx": ("xlsx.xlsx", write_xlsx),
    "ndjson": ("ndjson.ndjson", write_ndjson),
    "parquet": ("parquet.parquet", write_parquet),
    "postgres": ("postgres.sql", write_postgres),
    "mariadb": ("mariadb.sql", write_mariadb),
}


def main():
    spec, out, *forms = sys.argv[1:]
    table = Table(json.loads(Path(spec).read_text(encoding="utf-8")))
    for form in forms:
        name, write = FORMS[form]
        write(table, Path(out) / name)
        print(name)


main()
