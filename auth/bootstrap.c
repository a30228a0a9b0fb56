/*
 * Making the first user, as `sluice migrate` does at the end. Two programs
 * that do it at once make one user: the name is unique.
 */
#include "auth/bootstrap.h"

#include "auth/password.h"
#include "fcgi/settings.h"
#include "fcgi/uuid.h"
#include "sql/db.h"

/* False when the database did not answer. */
static bool
count_users(struct db *db, struct arena *arena, int64_t *count)
{
	struct pg_result *rows;
	struct params p;
	bool ok;

	params_init(&p, arena);
	ok = db_run(db, STATEMENT_user_count, &p, &rows) == DB_DONE;
	if (ok)
		*count = row_bigint(rows, 0, 0);
	rows_free(rows);
	return ok;
}

static bool
create_admin(struct db *db, struct arena *arena)
{
	struct password_hash hash;
	struct pg_result *rows;
	struct params p;
	uint8_t user[16];
	bool ok;

	if (!password_hash(text_of(settings.admin_password), &hash))
		return false;
	uuid_random(user);
	params_init(&p, arena);
	param_uuid(&p, user);
	param_text(&p, text_of(settings.admin_user));
	param_text(&p, text_of(hash.encoded));
	param_bool(&p, true);
	ok = db_run(db, STATEMENT_user_create, &p, &rows) == DB_DONE;
	rows_free(rows);
	return ok;
}

bool
user_bootstrap(struct db *db, FILE *out)
{
	struct arena *arena = arena_new();
	int64_t count = 0;
	bool ok = count_users(db, arena, &count);

	if (ok && count == 0 && !*settings.admin_password) {
		fprintf(out, "there are no users, and without "
		    "SLUICE_ADMIN_PASSWORD none is made: nobody can log in\n");
	} else if (ok && count == 0) {
		ok = create_admin(db, arena);
		if (ok)
			fprintf(out, "user %s: created, an admin\n",
			    settings.admin_user);
	}
	arena_free(arena);
	return ok;
}
