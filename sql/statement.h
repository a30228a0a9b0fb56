/*
 * The SQL texts, embedded at build time: sql/<folder>/<name>.sql becomes
 * STATEMENT_<name>. The generated table is build/statements.c.
 */
#ifndef SQL_STATEMENT_H
#define SQL_STATEMENT_H

#include "statements.gen.h"	/* enum statement, STATEMENTS */

struct statement_facts {
	const char *name;	/* also the prepared statement's */
	const char *text;
};

extern const struct statement_facts statement_facts[];

#endif
