/*
 * The engine of a worker process: one loop that accepts connections, wakes
 * what is due and starts the drain, and a few threads that each take up one
 * connection at a time, read its request and call the handler.
 */
#ifndef FCGI_ENGINE_H
#define FCGI_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "fcgi/request.h"

/* What the floors above lend the engine. */
struct engine_hooks {
	/* A thread begins and ends; what it opens is its requests' `db`. */
	struct db *(*open)(int thread);
	void (*close)(struct db *take_db);

	/* Route, identify and allow as needed; then the handler. */
	enum verdict (*serve)(struct request *r);

	/* A handler returned TURN. The request is the hook's until it calls
	 * engine_resume; `db` is the calling thread's. */
	void (*submit)(struct request *r, struct db *db);

	int64_t send_stall_ms;	/* 0: SEND_STALL_MS. Tests cannot wait. */
};

/* SIGTERM and SIGINT are the loop's: before any thread is started. */
void engine_block_signals(void);

/*
 * Serve the listening socket until SIGTERM or SIGINT, then drain: every
 * request that has begun gets its answer. `threads` is 1 to THREADS_MAX.
 */
void engine_run(int listen_fd, int threads, const struct engine_hooks *hooks);

/* One more call for a request whose turn is over, in this thread. */
void engine_resume(struct request *r, struct db *db);

/* Is the process draining? */
bool engine_draining(void);

#endif
