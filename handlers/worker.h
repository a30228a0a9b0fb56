/*
 * `sluice worker`: one process of the pool.
 */
#ifndef HANDLERS_WORKER_H
#define HANDLERS_WORKER_H

int worker_command(int count, char **arguments);

#endif
