"""Linking a table of people: Splink on DuckDB, with its own comparisons for names, dates, mail and postcodes.

    people_splink.py PEOPLE.csv [--threads 2]

The blocking rules are ours as far as Splink can say them (it does not know how Chinese names sound).
Whole names are parted before, as its guide advises. The last line on stdout is JSON.
"""

import argparse
import json
import time

import duckdb
import splink
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

PREPARE = r"""
CREATE TABLE people AS
WITH parted AS (
    SELECT unique_id, person,
        lower(coalesce(given_name, CASE
            WHEN regexp_matches(full_name, '^[一-鿿]+$') THEN nullif(substr(full_name, 2), '')
            ELSE nullif(regexp_replace(full_name, '\s*\S+$', ''), '') END)) AS given_name,
        lower(coalesce(family_name, CASE
            WHEN regexp_matches(full_name, '^[一-鿿]+$') THEN substr(full_name, 1, 1)
            ELSE regexp_extract(full_name, '(\S+)$', 1) END)) AS family_name,
        birth_date, email, telephone, postcode, lower(address) AS address, lower(city) AS city
    FROM read_csv(?, header = true, all_varchar = true, nullstr = '')
)
SELECT *, given_name || ' ' || family_name AS name, split_part(email, '@', 1) AS email_local,
    left(birth_date, 4) AS birth_year, address || '|' || coalesce(postcode, city) AS home,
    array_to_string(list_sort(string_split_regex(given_name || ' ' || family_name,
        CASE WHEN regexp_matches(given_name || family_name, '[一-鿿]') THEN '' ELSE ' ' END)), ' ') AS any_order
FROM parted
"""


def settings():
    place = cl.CustomComparison(
        output_column_name="place",
        comparison_levels=[
            cll.CustomLevel("(address_l IS NULL OR address_r IS NULL) AND (postcode_l IS NULL OR postcode_r IS NULL)"
                            " AND (city_l IS NULL OR city_r IS NULL)").configure(is_null_level=True),
            cll.ExactMatchLevel("home", term_frequency_adjustments=True),
            cll.CustomLevel("jaro_winkler_similarity(address_l, address_r) >= 0.92"
                            " AND (postcode_l = postcode_r OR city_l = city_r)"),
            cll.ExactMatchLevel("postcode", term_frequency_adjustments=True),
            cll.ExactMatchLevel("city", term_frequency_adjustments=True),
            cll.ElseLevel(),
        ],
    )
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.ForenameSurnameComparison("given_name", "family_name", forename_surname_concat_col_name="name"),
            cl.DateOfBirthComparison("birth_date", input_is_string=True),
            cl.EmailComparison("email"),
            cl.LevenshteinAtThresholds("telephone", 1).configure(term_frequency_adjustments=True),
            place,
        ],
        blocking_rules_to_generate_predictions=[
            block_on("email"),
            block_on("telephone"),
            block_on("birth_date", "family_name"),
            block_on("birth_date", "given_name"),
            block_on("any_order", "birth_year"),
            block_on("any_order", "city"),
            block_on("home"),
            block_on("email_local"),
            block_on("birth_date", "postcode"),
            block_on("given_name", "postcode"),
        ],
        retain_intermediate_calculation_columns=False,
        retain_matching_columns=False,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("people")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    start = time.monotonic()
    connection = duckdb.connect()
    connection.execute(f"SET threads = {args.threads}")
    connection.execute(PREPARE, [args.people])
    db_api = DuckDBAPI(connection)
    linker = Linker(db_api.register("people"), settings(), log_level="WARNING")
    linker.training.estimate_probability_two_random_records_match(
        [block_on("email"), block_on("name", "birth_date")], recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=5e6, seed=1)
    for rule in [block_on("birth_date"), block_on("any_order"), block_on("email")]:
        linker.training.estimate_parameters_using_expectation_maximisation(
            rule, estimate_without_term_frequencies=True, max_pairs=5e6)
    pairs = linker.inference.predict(threshold_match_probability=0.5)
    name = pairs.physical_name
    rows, all_pairs = connection.execute(
        "SELECT sum(n), sum(n * (n - 1) / 2) FROM (SELECT count(*) AS n FROM people GROUP BY person)").fetchone()
    connection.execute(f"""CREATE TABLE judged AS SELECT match_probability AS p, a.person = b.person AS is_right
        FROM {name} JOIN people a ON a.unique_id = unique_id_l JOIN people b ON b.unique_id = unique_id_r""")
    at = []
    for threshold in [0.5, 0.9, 0.99, 0.999]:
        told, right = connection.execute(
            "SELECT count(*), count(*) FILTER (is_right) FROM judged WHERE p >= ?", [threshold]).fetchone()
        at.append({"threshold": threshold, "pairs": told,
                   "precision": round(right / max(told, 1), 5), "recall": round(right / all_pairs, 5)})
    print(json.dumps({"version": f"splink {splink.__version__}, duckdb {duckdb.__version__}", "rows": int(rows),
                      "seconds": round(time.monotonic() - start, 2), "at": at}))


if __name__ == "__main__":
    main()
