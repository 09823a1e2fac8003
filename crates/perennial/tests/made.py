"""A small made-up table of each kind that a business keeps, as CSV.

    made.py KIND FILE

KIND is one of `orders`, `purchases`, `events`, `contracts` and `customers`; the columns are those
that tests/it/show.rs describes. The same every time.
"""

import csv
import sys
from datetime import datetime, timedelta
from random import Random

START = datetime(2023, 1, 2, 8, 0, 0)
DAYS = 540


def visits(random, customers):
    """Pairs of a customer and a moment: each has a rhythm, and a share leaves at some time."""
    found = []
    for customer in range(customers):
        gap_days = 3.0 * 12 ** random.random()
        day = random.random() * DAYS / 2
        leaves = DAYS if random.random() < 0.6 else day + random.random() * DAYS
        while day < min(leaves, DAYS):
            found.append((customer, START + timedelta(seconds=int(day * 86_400))))
            day += gap_days * (0.4 + 1.2 * random.random())
    found.sort(key=lambda visit: (visit[1], visit[0]))
    return found


def orders(random):
    yield [
        "InvoiceNo",
        "StockCode",
        "Description",
        "Quantity",
        "InvoiceDate",
        "UnitPrice",
        "CustomerID",
        "Country",
    ]
    for nth, (customer, when) in enumerate(visits(random, 150)):
        who = "" if random.random() < 0.05 else f"{12_346 + 17 * customer}.0"
        country = "United Kingdom" if customer % 7 else "France"
        for _ in range(random.randint(1, 4)):
            product = random.randint(0, 40)
            code = f"{20_000 + 37 * product}{'AB'[product % 2] if product % 3 == 0 else ''}"
            price = 13_474.79 if product == 40 else 0.29 + 1.37 * product
            row = [
                f"{536_365 + nth}",
                code,
                f"CANDLE, No. {product}" if product % 5 else f" TEA CUP {product}",
                str(random.randint(1, 12)),
                when.strftime("%Y-%m-%d %H:%M:%S"),
                f"{price:.2f}",
                who,
                country,
            ]
            yield row
            chance = random.random()
            if chance < 0.02:
                # Equal as a whole, and equal but for a column that nobody maps.
                yield row
            elif chance < 0.04:
                yield [*row[:2], f"{row[2]} (GIFT)", *row[3:]]
            elif chance < 0.07:
                yield [f"C{row[0]}", *row[1:3], f"-{row[3]}", *row[4:]]


def purchases(random):
    for customer, when in visits(random, 300):
        pieces = random.randint(1, 5)
        amount = pieces * random.choice([9.49, 14.37, 21.97, 1_180.0])
        ids = [f"{4 + 8 * customer:05}", f"{1 + customer:04}"]
        yield [*ids, when.strftime("%Y%m%d"), str(pieces), f"{amount:.2f}"]


def events(random):
    for customer, when in visits(random, 200):
        for _ in range(random.randint(1, 6)):
            item = random.randint(1, 400)
            # The moments of a shop that is eight hours ahead.
            second = int((when - datetime(1970, 1, 1)).total_seconds()) - 8 * 3_600
            yield [
                str(100_000 + 7 * customer),
                str(2_000_000 + 113 * item),
                str(4_000 + item % 30),
                random.choices(["pv", "cart", "fav", "buy"], [70, 12, 6, 12])[0],
                str(second + random.randint(0, 3_000)),
            ]


def contracts(random):
    yield [
        "code_module",
        "code_presentation",
        "id_student",
        "date_registration",
        "date_unregistration",
    ]
    for student in range(2_500):
        begins = random.randint(-180, 20)
        ends = begins + random.randint(5, 260) if random.random() < 0.35 else None
        yield [
            random.choice(["AAA", "BBB", "CCC", "DDD"]),
            random.choice(["2023B", "2023J", "2024B"]),
            str(11_391 + 113 * student),
            "" if random.random() < 0.002 else str(begins),
            "" if ends is None else str(ends),
        ]


def customers(random):
    yield [
        "customerID",
        "gender",
        "SeniorCitizen",
        "Partner",
        "tenure",
        "Contract",
        "PaymentMethod",
        "MonthlyCharges",
        "TotalCharges",
        "Churn",
    ]
    for nth in range(1_200):
        tenure = random.choice([0, *range(1, 73)])
        contract = random.choice(["Month-to-month", "One year", "Two year"])
        monthly = round(18.25 + 100 * random.random(), 2)
        risk = 0.55 - 0.006 * tenure - (0.0 if contract == "Month-to-month" else 0.15)
        yield [
            # Of many lengths: a database puts short rows into gaps between long ones.
            f"{1_000 + nth * 7 % 9_000}-{'ABCDEFGHIJ'[: 1 + nth % 10]}",
            random.choice(["Female", "Male"]),
            random.choice(["0", "0", "0", "1"]),
            random.choice(["Yes", "No"]),
            str(tenure),
            contract,
            random.choice(["Mailed check", "Electronic check", "Credit card"]),
            f"{monthly:.2f}",
            f"{monthly * tenure:.2f}" if tenure else " ",
            "Yes" if random.random() < risk else "No",
        ]


KINDS = {kind.__name__: kind for kind in (orders, purchases, events, contracts, customers)}


def main():
    kind, path = sys.argv[1:]
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(KINDS[kind](Random(7)))


main()
