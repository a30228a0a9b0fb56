/*
 * The first user: an installation that has none gets the admin whom
 * SLUICE_ADMIN_USER and SLUICE_ADMIN_PASSWORD name.
 */
#ifndef AUTH_BOOTSTRAP_H
#define AUTH_BOOTSTRAP_H

#include <stdbool.h>
#include <stdio.h>

struct db;

/*
 * Say on `out` what was done. Without a password nothing is, which is said
 * too. False when the database did not answer or there was no memory.
 */
bool user_bootstrap(struct db *db, FILE *out);

#endif
