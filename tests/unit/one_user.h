/*
 * A database of one user, for tests of what asks who somebody is: the calls
 * of sql/db.h that auth/principals.c makes, and the one of fcgi/lot.h. The
 * user has whatever id is asked for. Or of one plate, or one API key, with
 * whatever key.
 */
#ifndef TESTS_UNIT_ONE_USER_H
#define TESTS_UNIT_ONE_USER_H

#include "auth/principals.h"
#include "fcgi/lot.h"
#include "fcgi/must.h"
#include "sql/db.h"

enum { ID, NAME, IS_ADMIN, VERSION, ACTION, PATTERN, GROUP, EXPIRES_AT };

/* The one user there is, and what a read of it gives. */
struct pg_result {
	bool exists;
	bool is_admin;
	int64_t version;
	int grants;
	const char *action[4], *pattern[4];
	uint8_t id[16];		/* of a key's user */
	int64_t expires_us;	/* of a key; 0: never */
};

static struct pg_result user, plate, key;
static bool away;
static int reads, wakes;
/* What happens elsewhere while the database answers. */
static void (*during_read)(void);

const struct pg_result *
db_call(struct request *r, enum statement statement, const struct params *p)
{
	struct pg_result *rows = arena_alloc(r->arena, sizeof *rows);

	must(p->n == (statement == STATEMENT_plate_caller ? 2 : 1));
	reads++;
	*rows = statement == STATEMENT_user_by_id ? user :
	    statement == STATEMENT_api_key_caller ? key : plate;
	if (during_read)
		during_read();
	if (!away)
		return rows;
	fail(r, E_DATABASE_AWAY, FAIL_SENTENCE);
	return NULL;
}

void
params_init(struct params *p, struct arena *arena)
{
	*p = (struct params){ .arena = arena };
}

void
param_uuid(struct params *p, const uint8_t value[16])
{
	(void)value;
	p->n++;
}

void
param_text(struct params *p, struct text value)
{
	(void)value;
	p->n++;
}

int
row_count(const struct pg_result *rows)
{
	if (!rows->exists)
		return 0;
	return rows->grants ? rows->grants : 1;
}

struct text
row_text(const struct pg_result *rows, int row, int column)
{
	if (column == NAME)
		return TEXT("somebody");
	if (row >= rows->grants)
		return TEXT_ABSENT;
	return text_of(column == ACTION ? rows->action[row] :
	    rows->pattern[row]);
}

bool
row_bool(const struct pg_result *rows, int row, int column)
{
	must(row == 0 && column == IS_ADMIN);
	return rows->is_admin;
}

int64_t
row_bigint(const struct pg_result *rows, int row, int column)
{
	must(row == 0 && column == VERSION);
	return rows->version;
}

bool
row_null(const struct pg_result *rows, int row, int column)
{
	must(row == 0 && column == EXPIRES_AT);
	return rows->expires_us == 0;
}

int64_t
row_time(const struct pg_result *rows, int row, int column)
{
	must(row == 0 && column == EXPIRES_AT);
	return rows->expires_us;
}

void
row_uuid(const struct pg_result *rows, int row, int column, uint8_t value[16])
{
	must(row == 0 && column == ID);
	memcpy(value, rows->id, 16);
}

void
lot_wake_everyone(void)
{
	wakes++;
}

/* A fresh world: a plain user of version 1, nothing cached, news trusted. */
static inline void
start(void)
{
	user = (struct pg_result){ .exists = true, .version = 1 };
	plate = (struct pg_result){ .exists = true, .grants = 1,
		.action = { "admin" }, .pattern = { "plate:shop/*" } };
	key = (struct pg_result){ .exists = true, .version = 7,
		.id = { 0xC } };
	principals_forget();
	principals_fresh_until(INT64_MAX);
	reads = wakes = 0;
}

static inline void
grant(const char *action, const char *pattern)
{
	user.action[user.grants] = action;
	user.pattern[user.grants++] = pattern;
}

#endif
