/*
 * A process that runs the engine on a socket of its own, with hooks of the
 * test's choice, and no database. What test and server share is in memory
 * that both map: the engine is one a process and ends with it.
 */
#ifndef TESTS_UNIT_ENGINE_SERVER_H
#define TESTS_UNIT_ENGINE_SERVER_H

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fcgi/engine.h"
#include "fcgi/must.h"
#include "fcgi/settings.h"
#include "tests/unit/request.h"

struct server {
	char directory[40], path[60];
	pid_t pid;
};

static inline void *
server_shared_memory(size_t n)
{
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	must(p != MAP_FAILED);
	return p;
}

static inline struct db *
server_open(int thread)
{
	(void)thread; /* no database */
	return NULL;
}

static inline void
server_close(struct db *take_db)
{
	(void)take_db; /* none */
}

/*
 * Start it. The caller has no threads yet. `descriptors` is how many files it
 * may have open, 0 for as many as we.
 */
static inline void
server_start(struct server *s, int threads, const struct engine_hooks *hooks,
    rlim_t descriptors)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct rlimit limit = { descriptors, descriptors };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strcpy(s->directory, "/tmp/sluice-engine-XXXXXX");
	must(mkdtemp(s->directory));
	snprintf(s->path, sizeof(s->path), "%s/socket", s->directory);
	strcpy(address.sun_path, s->path);
	must(bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0);
	must(listen(fd, 4096) == 0);
	fflush(stdout);
	s->pid = fork();
	must(s->pid >= 0);
	if (s->pid == 0) {
		must(!descriptors || setrlimit(RLIMIT_NOFILE, &limit) == 0);
		settings.log_level = 4; /* errors are part of the tests */
		route_table(test_no_routes, &test_door);
		engine_block_signals();
		engine_run(fd, threads, hooks);
		close(fd);
		exit(EXIT_SUCCESS);
	}
	close(fd);
}

/* Let it drain; its exit status, as waitpid gives it. */
static inline int
server_stop(struct server *s)
{
	int status = -1;

	kill(s->pid, SIGTERM);
	must(waitpid(s->pid, &status, 0) == s->pid);
	unlink(s->path);
	rmdir(s->directory);
	return status;
}

#endif
