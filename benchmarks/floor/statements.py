"""The SQL of the floor. What both engines share is written for psycopg; `?` replaces its marks."""

NEXT_SEQUENCE = """
update bench_counter set sequence = sequence + 1, products = products + %s
where id = 1 returning sequence, products"""

READ = """
select p.sku, p.version, d.body from bench_product p join bench_document d on d.product_id = p.id
where p.sku = %s"""
READ_TO_EDIT = """
select p.id, p.version, d.body from bench_product p join bench_document d on d.product_id = p.id
where p.sku = %s"""

COUNT_ALL = "select products from bench_counter where id = 1"
PAGE = """
select p.sku, p.version, d.body from (
  select id from bench_product order by sku limit %s offset %s
) page join bench_product p on p.id = page.id join bench_document d on d.product_id = p.id
order by p.sku"""

COUNT_PREFIX = "select count(*) from bench_product where sku >= %s and sku < %s"
PAGE_PREFIX = """
select p.sku, p.version, d.body from (
  select id from bench_product where sku >= %s and sku < %s order by sku limit %s offset 0
) page join bench_product p on p.id = page.id join bench_document d on d.product_id = p.id
order by p.sku"""

# Filters over side tables: a value and a range. The count goes first; few hits are fetched and
# sorted, many are met soon enough on a walk along the SKUs. Each form is the best of its kind.
COUNT_PAIR = """
select count(*) from (
  select product_id from bench_value where attribute = %s and term = %s
  intersect
  select product_id from bench_value where attribute = %s and number between %s and %s
) hits"""
PAGE_PAIR_OF_FEW = """
select p.sku, p.version, d.body from (
  select id from bench_product where id in (
    select product_id from bench_value where attribute = %s and term = %s
    intersect
    select product_id from bench_value where attribute = %s and number between %s and %s
  ) order by sku limit %s
) page join bench_product p on p.id = page.id join bench_document d on d.product_id = p.id
order by p.sku"""
PAGE_PAIR_OF_MANY = """
select p.sku, p.version, d.body from (
  select id from bench_product p where exists (
    select 1 from bench_value where attribute = %s and term = %s and product_id = p.id
  ) and exists (
    select 1 from bench_value where attribute = %s and number between %s and %s
    and product_id = p.id
  ) order by sku limit %s
) page join bench_product p on p.id = page.id join bench_document d on d.product_id = p.id
order by p.sku"""
COUNT_UNLIKE = "select count(*) from bench_value where attribute = %s and term not like %s"
PAGE_UNLIKE = """
select p.sku, p.version, d.body from (
  select id from bench_product p where exists (
    select 1 from bench_value where attribute = %s and term not like %s and product_id = p.id
  ) order by sku limit %s
) page join bench_product p on p.id = page.id join bench_document d on d.product_id = p.id
order by p.sku"""

COUNT_HISTORY = """
select count(*) from bench_change
where product_id = (select id from bench_product where sku = %s)"""
PAGE_HISTORY = """
select actor, at, old, new, sequence from bench_change
where product_id = (select id from bench_product where sku = %s)
order by sequence limit %s offset %s"""

INSERT_PRODUCT = """
insert into bench_product (id, sku, status, version, updated_at, updated_by)
values (%s, %s, %s, %s, %s, %s)"""
INSERT_DOCUMENT = "insert into bench_document (product_id, body) values (%s, %s)"
INSERT_CHANGE = """
insert into bench_change (product_id, sequence, at, actor, old, new)
values (%s, %s, %s, %s, %s, %s)"""
UPDATE_PRODUCT = """
update bench_product set version = %s, updated_at = %s, updated_by = %s where id = %s"""
UPDATE_DOCUMENT = "update bench_document set body = %s where product_id = %s"

# PostgreSQL pays for each way there and back, so it does the writes of one product in one.
CREATE_AT_ONCE = """
with p as (
  insert into bench_product (id, sku, status, version, updated_at, updated_by)
  values (%(id)s, %(sku)s, %(status)s, 1, %(at)s, %(actor)s)
), d as (
  insert into bench_document (product_id, body) values (%(id)s, %(body)s)
)
insert into bench_change (product_id, sequence, at, actor, old, new)
values (%(id)s, %(sequence)s, %(at)s, %(actor)s, %(old)s, %(new)s)"""
EDIT_AT_ONCE = """
with p as (
  update bench_product set version = %(version)s, updated_at = %(at)s, updated_by = %(actor)s
  where id = %(id)s
), d as (
  update bench_document set body = %(body)s where product_id = %(id)s
)
insert into bench_change (product_id, sequence, at, actor, old, new)
values (%(id)s, %(sequence)s, %(at)s, %(actor)s, %(old)s, %(new)s)"""

READ_MANY_SQLITE = """
select p.sku, p.version, d.body, p.id
from bench_product p join bench_document d on d.product_id = p.id
where p.sku in (select value from json_each(?))"""
READ_MANY_POSTGRES = """
select p.sku, p.version, d.body, p.id
from bench_product p join bench_document d on d.product_id = p.id where p.sku = any(%s)"""


def for_sqlite(statement: str) -> str:
    """Return a statement with the marks of SQLite.

    >>> for_sqlite("select %s")
    'select ?'
    """
    return statement.replace("%s", "?")
