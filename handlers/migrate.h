/*
 * `sluice migrate`: the database in this version's shape, with a first user.
 */
#ifndef HANDLERS_MIGRATE_H
#define HANDLERS_MIGRATE_H

int migrate_command(int count, char **arguments);

#endif
