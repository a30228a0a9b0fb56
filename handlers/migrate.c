/*
 * Tables and functions first, then the first user.
 */
#include "handlers/migrate.h"

#include <stdio.h>
#include <stdlib.h>

#include "auth/bootstrap.h"
#include "sql/db.h"
#include "sql/migrate.h"

int
migrate_command(int count, char **arguments)
{
	struct db *db;
	bool ok;

	(void)count, (void)arguments; /* takes none */
	if (migrate(db_conninfo()) != 0)
		return EXIT_FAILURE;
	db = db_open("sluice migrate", false);
	ok = user_bootstrap(db, stdout);
	db_close(db);
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
