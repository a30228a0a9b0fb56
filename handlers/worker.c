/*
 * `sluice worker`: what is started, in which order, and how the floors are
 * joined to the engine.
 */
#include "handlers/worker.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "auth/principals.h"
#include "fcgi/engine.h"
#include "fcgi/limits.h"
#include "fcgi/log.h"
#include "fcgi/metrics.h"
#include "fcgi/settings.h"
#include "handlers/routes.h"
#include "handlers/subscriptions/dispatcher.h"
#include "sql/claims.h"
#include "sql/db.h"
#include "sql/topics.h"
#include "sql/turn.h"
#include "sql/wake.h"

enum { LISTEN_FD = 0, FRESH_US = 1000000 };

static struct db *
open_thread(int thread)
{
	(void)thread; /* they are all alike */
	return db_open("sluice worker", false);
}

static void
epoch_moved(const char *name)
{
	if (strcmp(name, "auth") == 0)
		principals_forget();
	if (strcmp(name, "config") == 0) {
		topics_forget();
		lot_wake_everyone();
	}
	if (strcmp(name, "subscriptions") == 0)
		dispatcher_epoch_moved();
}

static void
epochs_known(int64_t monotonic_us)
{
	principals_fresh_until(monotonic_us + FRESH_US);
}

/* A waiting request holds one descriptor: have as many as we may. */
static void
raise_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
		log_warn("cannot raise the limit of open files");
	log_info("worker starts; room for %llu connections",
	    (unsigned long long)limit.rlim_cur);
}

/* What the operator may have got wrong; false after saying so. */
static bool
can_serve(const char *word, int *number)
{
	struct stat listen;
	char *end;
	long value = strtol(word, &end, 10);

	if (end == word || *end || value < 0 || value >= PROCESSES_MAX) {
		log_error("%s is no worker's number: those are 0 to %d", word,
		    PROCESSES_MAX - 1);
		return false;
	}
	*number = (int)value;
	if (!*settings.jwt_secret) {
		log_error("SLUICE_JWT_SECRET is not set: a worker signs "
		    "tokens with it, all workers with the same one");
		return false;
	}
	if (fstat(LISTEN_FD, &listen) != 0 || !S_ISSOCK(listen.st_mode)) {
		log_error("descriptor %d is no socket to serve", LISTEN_FD);
		return false;
	}
	return true;
}

int
worker_command(int count, char **arguments)
{
	static const struct engine_hooks engine_hooks = {
		.open = open_thread,
		.close = db_close,
		.serve = routes_serve,
		.submit = turn_submit,
	};
	static const struct wake_hooks wake_hooks = {
		.epoch_moved = epoch_moved,
		.epochs_known = epochs_known,
		.due = claims_due_heard,
	};
	int threads = (int)settings.threads;
	int number;

	if (!can_serve(count > 0 ? arguments[0] : "0", &number))
		return EXIT_FAILURE;
	engine_block_signals();
	raise_descriptor_limit();
	/* libfcgi's stream buffers come and go with each request; with fast
	 * bins every one of them makes malloc sort all that is free. */
	mallopt(M_MXFAST, 0);
	/* A process that cannot share its counters says so and goes on. */
	(void)metrics_open(settings.var);
	metrics_worker(number);
	if (!settings.auth)
		log_warn("SLUICE_AUTH=off: everyone may do everything");
	turn_start(threads / 2);
	wake_start(&wake_hooks);
	dispatcher_start();
	engine_run(LISTEN_FD, threads, &engine_hooks);
	dispatcher_stop();
	wake_stop();
	turn_stop();
	log_info("worker ends");
	return EXIT_SUCCESS;
}
