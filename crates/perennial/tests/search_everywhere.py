"""Looks for words in every file below a folder, opened as far as it can be.

    search_everywhere.py FOLDER WORD...

Prints a line for every file and word found. Parquet files are decompressed and
every column is looked at as text and as bytes, SQLite databases cell by cell,
ZIP archives (workbooks among them) and gzip unpacked; each file also as its raw
bytes. A word is looked for as UTF-8, UTF-16 in both orders, hexadecimal and
base64 at each of its three places, and, where it is a whole number, as the 64
bits of it in both orders.
"""

import base64
import binascii
import gzip
import io
import pathlib
import sqlite3
import sys
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq


def forms(word):
    """All ways in which a word may stand in bytes, in lower case."""
    plain = word.encode()
    found = [plain, word.encode("utf-16-le"), word.encode("utf-16-be")]
    found.append(binascii.hexlify(plain))
    for lead in range(3):
        coded = base64.b64encode(b"\0" * lead + plain)
        # What depends on the bytes around is left out at both ends.
        start = (lead * 8 + 5) // 6
        end = (lead + len(plain)) * 8 // 6
        found.append(coded[start:end])
    return [form.lower() for form in found if len(form) >= 4]


def numbers(word):
    """A pseudonym as the eight bytes of it."""
    try:
        number = int(word)
    except ValueError:
        return []
    return [number.to_bytes(8, order, signed=True) for order in ("little", "big")]


def parquet_bytes(data):
    """Every cell of a Parquet file, and its metadata."""
    table = pq.read_table(io.BytesIO(data))
    yield str(pq.ParquetFile(io.BytesIO(data)).metadata).encode()
    for name in table.column_names:
        column = table.column(name)
        kind = column.type
        if pa.types.is_binary(kind):
            yield b"\n".join(cell for cell in column.to_pylist() if cell)
        else:
            yield "\n".join(str(cell) for cell in column.to_pylist()).encode()


def sqlite_bytes(path):
    """Every cell of every table of a SQLite database."""
    base = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    tables = [row[0] for row in base.execute("select name from sqlite_master where type = 'table'")]
    for table in tables:
        for row in base.execute(f'select * from "{table}"'):
            for cell in row:
                yield cell if isinstance(cell, bytes) else str(cell).encode()
    base.close()


def contents(path):
    """What a file holds, in as many ways as it can be opened."""
    data = path.read_bytes()
    yield data
    if data[:4] == b"PAR1":
        yield from parquet_bytes(data)
    elif data[:16] == b"SQLite format 3\0":
        yield from sqlite_bytes(path)
    elif data[:4] == b"PK\3\4":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield name.encode()
                yield archive.read(name)
    elif data[:2] == b"\x1f\x8b":
        yield gzip.decompress(data)


def main():
    folder, words = pathlib.Path(sys.argv[1]), sys.argv[2:]
    wanted = [(word, forms(word), numbers(word)) for word in words]
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        found = set()
        for data in contents(path):
            small = data.lower()
            for word, texts, raw in wanted:
                if any(text in small for text in texts) or any(form in data for form in raw):
                    found.add(word)
        for word in sorted(found):
            print(f"{path}: {word}")


if __name__ == "__main__":
    main()
