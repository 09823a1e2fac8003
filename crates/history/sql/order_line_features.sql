-- The features over order lines, in SQL: the second opinion on the fold of `perennial-history`, equal
-- to 1e-9. One text for DataFusion 55 and DuckDB (with its ICU extension); no other dialect is claimed.
--
-- Table read:
--   order_lines(customer_id BIGINT, time TIMESTAMPTZ, order_id VARCHAR, line INT, product_id VARCHAR,
--               quantity DECIMAL(18,4), amount DECIMAL(18,4)); product_id is null where not known
-- Placeholders, replaced as plain text before the query is run:
--   {{AS_OF}}      the as-of moment in UTC, like 2011-09-09T00:00:00Z (fractions of a second allowed)
--   {{TIME_ZONE}}  the business's time zone, like Europe/London
-- Columns given: customer_id, then the features in the order of the catalogue; one row per customer
-- with a purchase line before the as-of moment, in no order.
--
-- Windows are written in hours: an interval of days would follow the session's daylight saving time.
WITH
known AS (
  SELECT
    customer_id, time, order_id, product_id, quantity, amount,
    quantity > 0 AND amount > 0 AS bought,
    time >= TIMESTAMPTZ '{{AS_OF}}' - INTERVAL '720 hours' AS in_30d,
    time >= TIMESTAMPTZ '{{AS_OF}}' - INTERVAL '2160 hours' AS in_90d,
    time >= TIMESTAMPTZ '{{AS_OF}}' - INTERVAL '4320 hours' AS in_180d,
    time >= TIMESTAMPTZ '{{AS_OF}}' - INTERVAL '8760 hours' AS in_365d
  FROM order_lines
  WHERE time < TIMESTAMPTZ '{{AS_OF}}'
    AND ((quantity > 0 AND amount > 0) OR quantity < 0 OR amount < 0)
),
purchases AS (
  SELECT
    customer_id, time, amount,
    -- days from 1970-01-01; a division of whole days, so exact
    CAST(date_part('epoch', CAST(time AT TIME ZONE '{{TIME_ZONE}}' AS DATE)) / 86400 AS BIGINT) AS day,
    CAST(date_part('hour', time AT TIME ZONE '{{TIME_ZONE}}') AS BIGINT) AS hour,
    CAST(date_part('dow', time AT TIME ZONE '{{TIME_ZONE}}') AS BIGINT) AS weekday
  FROM known
  WHERE bought
),
purchase_totals AS (
  SELECT
    customer_id,
    min(time) AS first_time,
    max(time) AS last_time,
    -- The last microsecond before the as-of moment: no purchase is later, so this is the greatest; the
    -- column beside it gives the literal a zone where the dialect's literals have none.
    greatest(max(time), TIMESTAMPTZ '{{AS_OF}}' - INTERVAL '1 microsecond') AS seen_time,
    CAST(avg(CAST(hour AS DOUBLE)) AS DOUBLE) AS hour_mean,
    CAST(count(*) FILTER (WHERE weekday IN (0, 6)) AS DOUBLE) AS weekend_lines
  FROM purchases
  GROUP BY customer_id
),
line_totals AS (
  SELECT
    customer_id,
    CAST(count(*) FILTER (WHERE bought) AS DOUBLE) AS lines,
    CAST(count(*) FILTER (WHERE NOT bought) AS DOUBLE) AS return_lines,
    CAST(count(*) FILTER (WHERE NOT bought AND in_90d) AS DOUBLE) AS returns_90d,
    CAST(count(DISTINCT product_id) FILTER (WHERE bought) AS DOUBLE) AS products,
    CAST(sum(quantity) FILTER (WHERE bought) AS DOUBLE) AS units,
    CAST(sum(amount) FILTER (WHERE bought) AS DOUBLE) AS gross,
    CAST(coalesce(sum(-amount) FILTER (WHERE NOT bought), 0) AS DOUBLE) AS returned,
    CAST(sum(amount) AS DOUBLE) AS net,
    CAST(coalesce(sum(amount) FILTER (WHERE in_30d), 0) AS DOUBLE) AS net_30d,
    CAST(coalesce(sum(amount) FILTER (WHERE in_90d), 0) AS DOUBLE) AS net_90d,
    CAST(coalesce(sum(amount) FILTER (WHERE in_365d), 0) AS DOUBLE) AS net_365d,
    coalesce(sum(amount) FILTER (WHERE bought AND in_90d), 0)
      - coalesce(sum(amount) FILTER (WHERE bought AND in_180d AND NOT in_90d), 0) AS gross_change
  FROM known
  GROUP BY customer_id
),
orders AS (
  -- an order's time is the time of its first purchase line
  SELECT customer_id, order_id, min(time) AS time
  FROM known
  WHERE bought
  GROUP BY customer_id, order_id
),
order_totals AS (
  SELECT
    customer_id,
    CAST(count(*) AS DOUBLE) AS orders,
    CAST(count(*) FILTER (WHERE time >= TIMESTAMPTZ '{{AS_OF}}' - INTERVAL '720 hours') AS DOUBLE) AS orders_30d,
    CAST(count(*) FILTER (WHERE time >= TIMESTAMPTZ '{{AS_OF}}' - INTERVAL '2160 hours') AS DOUBLE) AS orders_90d,
    CAST(count(*) FILTER (WHERE time >= TIMESTAMPTZ '{{AS_OF}}' - INTERVAL '4320 hours') AS DOUBLE) AS orders_180d,
    CAST(count(*) FILTER (WHERE time >= TIMESTAMPTZ '{{AS_OF}}' - INTERVAL '8760 hours') AS DOUBLE) AS orders_365d
  FROM orders
  GROUP BY customer_id
),
days AS (
  SELECT customer_id, day, sum(amount) AS day_gross
  FROM purchases
  GROUP BY customer_id, day
),
day_steps AS (
  SELECT
    customer_id, day, day_gross,
    CAST(day - lag(day) OVER (PARTITION BY customer_id ORDER BY day) AS DOUBLE) AS gap,
    row_number() OVER (PARTITION BY customer_id ORDER BY day DESC) AS from_last
  FROM days
),
seen AS (
  SELECT
    customer_id,
    CAST(date_part('epoch', CAST(seen_time AT TIME ZONE '{{TIME_ZONE}}' AS DATE)) / 86400 AS DOUBLE) AS today
  FROM purchase_totals
),
day_totals AS (
  SELECT
    customer_id,
    CAST(count(*) AS DOUBLE) AS purchase_days,
    CAST(max(day) AS DOUBLE) AS last_day,
    CAST(max(CASE WHEN from_last = 1 THEN day_gross END) AS DOUBLE) AS last_day_amount,
    avg(gap) AS gap_mean,
    stddev_samp(gap) AS gap_std,
    min(gap) < max(gap) AS gaps_vary
  FROM day_steps
  GROUP BY customer_id
)
SELECT
  p.customer_id AS customer_id,
  (date_part('epoch', TIMESTAMPTZ '{{AS_OF}}') - date_part('epoch', p.last_time)) / 86400 AS recency_days,
  (date_part('epoch', TIMESTAMPTZ '{{AS_OF}}') - date_part('epoch', p.first_time)) / 86400 AS tenure_days,
  o.orders AS orders_total,
  o.orders_30d AS orders_30d,
  o.orders_90d AS orders_90d,
  o.orders_365d AS orders_365d,
  d.purchase_days AS purchase_days_total,
  l.net AS amount_total,
  l.net_30d AS amount_30d,
  l.net_90d AS amount_90d,
  l.net_365d AS amount_365d,
  l.gross / o.orders AS amount_per_order,
  d.gap_mean AS gap_mean_days,
  CASE WHEN d.purchase_days >= 3 THEN d.gap_std END AS gap_std_days,
  (t.today - d.last_day) / d.gap_mean AS silence_ratio,
  CASE WHEN d.purchase_days >= 3 AND d.gaps_vary
    THEN (t.today - d.last_day - d.gap_mean) / d.gap_std END AS silence_z,
  (o.orders_90d + 1) / (o.orders_180d - o.orders_90d + 1) AS orders_trend,
  CAST(l.gross_change AS DOUBLE) AS amount_trend,
  l.lines / o.orders AS lines_per_order,
  l.units / o.orders AS units_per_order,
  l.products AS products_total,
  l.products / l.lines AS variety,
  l.gross / l.units AS unit_price_mean,
  l.return_lines / (l.lines + l.return_lines) AS return_line_share,
  l.returned / l.gross AS return_amount_share,
  p.hour_mean AS hour_mean,
  p.weekend_lines / l.lines AS weekend_share,
  d.last_day_amount AS last_day_amount,
  l.returns_90d AS returns_90d
FROM purchase_totals p
JOIN line_totals l ON l.customer_id = p.customer_id
JOIN order_totals o ON o.customer_id = p.customer_id
JOIN day_totals d ON d.customer_id = p.customer_id
JOIN seen t ON t.customer_id = p.customer_id
