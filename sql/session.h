/*
 * A thread's session with the database, as sql/db.c uses it.
 */
#ifndef SQL_SESSION_H
#define SQL_SESSION_H

#include <stdatomic.h>

#include "sql/db.h"

/* A call that waits so long for a silent server holds it to be away. */
enum { AWAY_AFTER_MS = 1500 };

struct db {
	struct pg_conn *connection;
	uint64_t opened; /* how many there have been */
	int64_t opened_us;
	const char *application;
	bool urgent;
	bool alone;
	bool in_transaction;	/* that was begun by db_begin() */
	bool refuses;		/* the server sends us elsewhere */
	bool prepared[STATEMENTS];
	int64_t connect_after_us;
};

/* Nobody but urgent connections tries, until one of them has an answer. */
extern _Atomic bool database_away;

/* Is there a connection, perhaps a new one? */
bool session_open(struct db *db);

/* What was prepared on it is gone, too. */
void session_close(struct db *db);

#endif
