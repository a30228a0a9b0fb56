"""
Every statement file: it can be prepared, its head tells the truth about its
arguments and columns, and its text keeps the rules of the house.
"""

import glob
import os
import re

from session import equal, read

FILES = sorted(set(glob.glob("sql/*/*.sql"))
               - set(glob.glob("sql/fn/*.sql"))
               - set(glob.glob("sql/views/*.sql")))
FUNCTIONS = sorted(glob.glob("sql/fn/*.sql"))
TYPE = (r"(?:bigint|integer|smallint|boolean|text|bytea|uuid|timestamptz|"
        r"void)(?:\[\])?")
LONG_NAMES = {"timestamptz": "timestamp with time zone",
              "timestamptz[]": "timestamp with time zone[]"}


def parts(path):
    """The head of a statement file, and what follows it."""
    match = re.fullmatch(r"/\*\n(.*?)\n \*/\n(.*)", read(path), re.S)
    assert match, f"{path} does not begin with a comment"
    head = " ".join(line.removeprefix(" *").strip()
                    for line in match[1].split("\n"))
    return head, match[2]


def code(path):
    """A file without its comments and quoted texts."""
    text = re.sub(r"/\*.*?\*/", "", read(path), flags=re.S)
    text = re.sub(r"--.*", "", text)
    return re.sub(r"'[^']*'", "''", text)


def full(type_name):
    return LONG_NAMES.get(type_name, type_name)


def test_statements_are_found(s):
    assert len(FILES) > 30 and len(FUNCTIONS) > 5


def test_names_are_unique(s):
    names = [os.path.basename(path) for path in FILES]
    equal(len(set(names)), len(names))


def test_every_head_names_the_arguments_and_their_types(s):
    for path in FILES:
        head, text = parts(path)
        named = re.findall(rf"\$(\d+) [\w ]+? ({TYPE})(?![\w\[])", head)
        equal([path] + [int(n) for n, _ in named],
              [path] + list(range(1, len(named) + 1)))
        s.rows(f"prepare checked as {text}")
        seen = s.one("select array_to_string(parameter_types, ',') from "
                     "pg_prepared_statements where name = 'checked'")
        s.rows("deallocate checked")
        equal([path] + seen.split(","),
              [path] + (",".join(full(t) for _, t in named)).split(","))


def test_every_head_names_the_columns_and_their_types(s):
    for path in FILES:
        head, text = parts(path)
        named = re.findall(rf"(?<![\w$])(\d+) \w+ ({TYPE})(?![\w\[])", head)
        seen = s.column_types(text)
        equal([path] + [int(n) for n, _ in named],
              [path] + list(range(len(seen))))
        equal([path] + [full(t) for _, t in named], [path] + seen)


def test_every_head_says_whether_it_writes(s):
    for path in FILES:
        head, text = parts(path)
        writes = bool(re.search(
            r"\b(insert into|update sluice|delete from|"
            r"sluice\.(enqueue|dequeue|ack|nack|extend|requeue|redrive|"
            r"purge|delete_by_key|reap_\w+|trim_log|replay|user_\w+|append\w*|"
            r"api_key_\w+|grant_\w+|"
            r"delivery_\w+|consumer_group_\w+|"
            r"stream_\w+|subscription_\w+|group_\w+|member_\w+|"
            r"plate_(?!nodes\()\w+)\(|"
            r"pg_notify)", text))
        equal((path, bool(re.search(r"\bWrites\b|\bwrites once\b", head))),
              (path, writes))


def test_every_argument_has_its_type_written(s):
    for path in FILES:
        equal((path, re.findall(r"\$\d+(?!\d|::)", code(path))), (path, []))


def test_columns_are_spelled_out(s):
    for path in FILES + FUNCTIONS:
        text = code(path).replace("count(*)", "")
        equal((path, re.findall(r"select \*|\w\.\*|returning \*", text)),
              (path, []))


def test_code_is_lower_case(s):
    for path in FILES + FUNCTIONS:
        text = code(path).replace('"C"', "")
        equal((path, re.findall(r"\b\w*[A-Z]\w*", text)), (path, []))


def test_every_table_and_function_is_named_with_its_schema(s):
    """A session's search_path decides nothing."""
    names = [row[0] for row in s.rows("""
        select c.relname
        from pg_class c
        where c.relnamespace = 'sluice'::regnamespace
        and c.relkind in ('r', 'v')
        union
        select p.proname
        from pg_proc p
        where p.pronamespace = 'sluice'::regnamespace""")]
    for path in FILES + FUNCTIONS:
        equal((path, re.findall(
            rf"\b(?:from|join|into|update|only|using) (?:{'|'.join(names)})\b",
            code(path))), (path, []))


def test_a_file_of_a_function_creates_the_function_of_its_name(s):
    for path in FUNCTIONS:
        name = os.path.basename(path).removesuffix(".sql")
        equal((path, re.findall(r"create or replace function (\S+)\(",
                                code(path))), (path, [f"sluice.{name}"]))
