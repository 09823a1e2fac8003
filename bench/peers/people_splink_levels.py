"""Our levels of comparison written out for Splink: the numbers that
`crates/identity/src/link/tests/splink.rs` holds us to.

    people make 1500 PEOPLE.csv 3 0        (the example of perennial-identity: seed 3, nobody Chinese)
    people_splink_levels.py PEOPLE.csv

Prints m and u by level (Splink numbers them from the last), the share of matches within each training
rule, how many pairs there are with the sum of their weights, and the weights of some, most of them in the test.
"""

import math
import sys

import duckdb
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

PREPARE = r"""
CREATE TABLE people AS
WITH plain AS (
    SELECT unique_id::int AS unique_id, lower(given_name) AS g, lower(family_name) AS f,
        trim(regexp_replace(lower(full_name), '\s+', ' ', 'g')) AS whole, replace(birth_date, '-', '') AS birth,
        email, split_part(email, '@', 1) AS local, regexp_replace(telephone, '[^0-9]', '', 'g') AS telephone,
        lower(replace(postcode, ' ', '')) AS postcode,
        trim(regexp_replace(lower(address), '\s+', ' ', 'g')) AS address,
        trim(regexp_replace(lower(city), '\s+', ' ', 'g')) AS city
    FROM read_csv(?, header = true, all_varchar = true, nullstr = '')
), named AS (
    SELECT *, CASE WHEN g IS NOT NULL OR f IS NOT NULL THEN g
            ELSE nullif(regexp_replace(whole, '\s*\S+$', ''), '') END AS given_name,
        CASE WHEN g IS NOT NULL OR f IS NOT NULL THEN f ELSE regexp_extract(whole, '(\S+)$', 1) END AS family_name
    FROM plain
)
SELECT *, array_to_string(list_sort(string_split(given_name || ' ' || family_name, ' ')), ' ') AS any_order,
    replace(given_name, ' ', '') AS given_sound, replace(family_name, ' ', '') AS family_sound,
    regexp_replace(local, '[^0-9]', '', 'g') AS local_digits, right(telephone, 9) AS tail,
    CASE WHEN length(postcode) > 3 THEN left(postcode, length(postcode) - 3) END AS region,
    regexp_replace(address, '[^0-9]', '', 'g') AS house,
    coalesce('p' || postcode, 'c' || city) || ' ' || address AS home
FROM named
"""


def level(sql, rarity_of=None):
    found = cll.CustomLevel(sql)
    if rarity_of is None:
        return found
    return found.configure(tf_adjustment_column=rarity_of, disable_tf_exact_match_detection=True)


def missing(sql):
    return cll.CustomLevel(sql).configure(is_null_level=True)


def comparison(name, *levels):
    return cl.CustomComparison(output_column_name=name, comparison_levels=[*levels, cll.ElseLevel()])


def short(name):
    one_way = "(length({0}) < length({1}) AND starts_with({1}, {0}) AND (length({0}) = 1 OR starts_with({1}, {0} || ' ')))"
    left, right = f"{name}_l", f"{name}_r"
    return f"({one_way.format(left, right)} OR {one_way.format(right, left)})"


def alike(name, least):
    return f"jaro_winkler_similarity({name}_l, {name}_r) >= {least}"


def comparisons():
    two_parts = """((left(birth_l, 4) = left(birth_r, 4))::int + (substr(birth_l, 5, 2) = substr(birth_r, 5, 2))::int
        + (right(birth_l, 2) = right(birth_r, 2))::int) = 2"""
    fits = """(coalesce(postcode_l = postcode_r, false) OR coalesce(city_l = city_r, false)
        OR ((postcode_l IS NULL OR postcode_r IS NULL) AND (city_l IS NULL OR city_r IS NULL)))"""
    return [
        comparison("given", missing("given_name_l IS NULL OR given_name_r IS NULL"),
                   level("given_name_l = given_name_r", "given_name"), level("any_order_l = any_order_r", "any_order"),
                   level("given_sound_l = given_sound_r"), level(short("given_name")),
                   level(alike("given_name", 0.92)), level(alike("given_name", 0.8))),
        comparison("family", missing("""family_name_l IS NULL OR family_name_r IS NULL
                       OR (given_name_l <> given_name_r AND any_order_l = any_order_r)"""),
                   level("family_name_l = family_name_r", "family_name"), level("family_sound_l = family_sound_r"),
                   level(f"{short('family_name')} OR {alike('family_name', 0.92)}"), level(alike("family_name", 0.8))),
        comparison("born", missing("birth_l IS NULL OR birth_r IS NULL"), level("birth_l = birth_r", "birth"),
                   level("""left(birth_l, 4) = left(birth_r, 4) AND substr(birth_l, 5, 2) = right(birth_r, 2)
                       AND right(birth_l, 2) = substr(birth_r, 5, 2)"""),
                   level(f"{two_parts} AND damerau_levenshtein(birth_l, birth_r) = 1"), level(two_parts)),
        comparison("mail", missing("email_l IS NULL OR email_r IS NULL"), level("email_l = email_r", "email"),
                   level("local_l = local_r", "local"),
                   level("""least(length(local_l), length(local_r)) >= 4 AND local_digits_l = local_digits_r
                       AND damerau_levenshtein(local_l, local_r) <= 1""")),
        comparison("phone", missing("telephone_l IS NULL OR telephone_r IS NULL"),
                   level("telephone_l = telephone_r", "telephone"), level("damerau_levenshtein(tail_l, tail_r) <= 1")),
        comparison("place", missing("""(address_l IS NULL OR address_r IS NULL) AND (postcode_l IS NULL OR postcode_r IS NULL)
                       AND (city_l IS NULL OR city_r IS NULL)"""),
                   level(f"address_l = address_r AND {fits}", "home"),
                   level(f"address_l = address_r OR (house_l = house_r AND {fits} AND {alike('address', 0.92)})"),
                   level("postcode_l = postcode_r", "postcode"), level("city_l = city_r OR region_l = region_r")),
    ]


def main():
    connection = duckdb.connect()
    connection.execute(PREPARE, [sys.argv[1]])
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=comparisons(),
        blocking_rules_to_generate_predictions=[
            block_on("email"), block_on("telephone"), block_on("birth", "family_name"),
            block_on("birth", "given_name"), block_on("home"),
        ],
        probability_two_random_records_match=1e-4,
        em_convergence=1e-7,
        max_iterations=2000,
        retain_intermediate_calculation_columns=True,
        retain_matching_columns=False,
    )
    linker = Linker(DuckDBAPI(connection).register("people"), settings, log_level="ERROR")
    linker.training.estimate_u_using_random_sampling(max_pairs=1e9, min_count_per_level=None)
    for rule in ["birth", "any_order", "email"]:
        session = linker.training.estimate_parameters_using_expectation_maximisation(
            block_on(rule), estimate_without_term_frequencies=True)
        print(f"within {rule}: {session.core_model_settings.probability_two_random_records_match:.6f}")
    city = None
    for found in linker._settings_obj.core_model_settings.comparisons:
        for one in found.comparison_levels:
            if one.is_null_level:
                continue
            m, u = one._trained_m_median, one._trained_u_median
            print(f"{found.output_column_name} {one.comparison_vector_value}: m {m} u {u}")
            if found.output_column_name == "place" and one.comparison_vector_value == 1:
                city = math.log2(m / u)
    table = linker.inference.predict(threshold_match_probability=1e-4).physical_name
    # Our level of one city takes a region in, whose rarity Splink cannot tell apart.
    clear = f"(SELECT * FROM {table} WHERE abs(mw_place - {city}) > 1e-6)"
    print(connection.execute(f"SELECT count(*), sum(match_weight) FROM {clear}").fetchone())
    print(*connection.execute(f"""SELECT unique_id_l, unique_id_r, match_weight FROM {clear} WHERE match_weight > -6
        ORDER BY hash(unique_id_l * 7919 + unique_id_r) LIMIT 20""").fetchall(), sep="\n")


if __name__ == "__main__":
    main()
