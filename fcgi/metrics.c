/*
 * The counters live in one small file that all processes of the host map.
 * Counters are added to by everyone with relaxed atomics; nothing is ever
 * lost with a process, since there is nothing to hand over.
 *
 * Gauges are different: what a killed process had open is gone with it. So
 * each process has a slot of its own for them, and a lock on one byte of the
 * file that the kernel drops when the process dies, however it dies. A slot
 * whose byte nobody locks does not count, and is the next one's to take.
 */
#define _GNU_SOURCE	/* F_OFD_SETLK: locks that belong to the open file */
#include "fcgi/metrics.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fcgi/clock.h"
#include "fcgi/limits.h"
#include "fcgi/log.h"
#include "fcgi/must.h"

enum kind { COUNTER, SECONDS, COUNT, GAUGE };

static const struct facts {
	const char *name;
	enum kind kind;
	const char *family, *label, *help;
} facts[METRICS] = {
#define METRIC(name, kind, family, label, help) \
	{ #name, kind, family, label, help },
#include "fcgi/metrics.def"
#undef METRIC
};

static const char *const type_names[] = {
	[COUNTER] = "counter",
	[SECONDS] = "summary",
	[COUNT] = "summary",
	[GAUGE] = "gauge",
};

/* Workers, twice over for restarts that overlap, and commands. */
enum { SLOTS = 2 * PROCESSES_MAX + 16 };

struct counters {
	uint64_t magic;
	uint64_t layout;
	_Atomic int64_t shared[METRICS];
	_Atomic int64_t slot[SLOTS][METRICS];
};

static const uint64_t MAGIC = 0x736c756963652d63; /* "sluice-c" */

/* Where a process counts that has not opened the file. */
static struct counters own_counters;

/* Set by metrics_open() before there are threads, constant after it. */
static struct counters *counters = &own_counters;
static int counters_fd = -1;
static int own_slot;

/* FNV-1a over all that decides which number stands where. */
static uint64_t
layout_hash(void)
{
	uint64_t hash = 14695981039346656037u ^ SLOTS;

	for (int m = 0; m < METRICS; m++)
		for (const char *c = facts[m].name; ; c++) {
			hash = (hash ^ (unsigned char)*c) * 1099511628211u;
			if (!*c)
				break;
		}
	return hash;
}

static struct counters *
map(int fd)
{
	struct counters *c = mmap(NULL, sizeof *c, PROT_READ | PROT_WRITE,
	    MAP_SHARED, fd, 0);

	return c == MAP_FAILED ? NULL : c;
}

/* The file, if it is there and is ours; else -1. */
static int
open_existing(int directory)
{
	int fd = openat(directory, "counters", O_RDWR | O_CLOEXEC);
	uint64_t head[2];
	struct stat stat;

	if (fd < 0)
		return -1;
	if (fstat(fd, &stat) == 0 &&
	    stat.st_size == (off_t)sizeof(struct counters) &&
	    pread(fd, head, sizeof head, 0) == (ssize_t)sizeof head &&
	    head[0] == MAGIC && head[1] == layout_hash())
		return fd;
	close(fd);
	return -1;
}

/*
 * A new file, given its name when it is complete. Its blocks are allocated
 * now: a full disk would otherwise be a SIGBUS in the middle of a count.
 */
static int
create(int directory)
{
	uint64_t head[2] = { MAGIC, layout_hash() };
	int fd = openat(directory, "counters.new",
	    O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0)
		return -1;
	if (posix_fallocate(fd, 0, sizeof(struct counters)) == 0 &&
	    pwrite(fd, head, sizeof head, 0) == (ssize_t)sizeof head &&
	    renameat(directory, "counters.new", directory, "counters") == 0)
		return fd;
	close(fd);
	return -1;
}

static bool
lock_slot(int fd, int slot, int command, struct flock *lock)
{
	*lock = (struct flock){ .l_type = F_WRLCK, .l_whence = SEEK_SET,
		.l_start = slot, .l_len = 1 };
	return fcntl(fd, command, lock) == 0;
}

/* Take a slot nobody has; -1 if there is none. */
static int
take_slot(int fd, struct counters *c)
{
	struct flock lock;

	for (int slot = 0; slot < SLOTS; slot++) {
		if (!lock_slot(fd, slot, F_OFD_SETLK, &lock))
			continue;
		for (int m = 0; m < METRICS; m++)
			atomic_store_explicit(&c->slot[slot][m], 0,
			    memory_order_relaxed);
		return slot;
	}
	errno = EUSERS;
	return -1;
}

/* Open, map and take a slot, under the directory's lock. */
static bool
share(int directory)
{
	struct counters *c;
	int slot, fd = open_existing(directory);

	if (fd < 0)
		fd = create(directory);
	if (fd < 0)
		return false;
	c = map(fd);
	slot = c ? take_slot(fd, c) : -1;
	if (slot < 0) {
		if (c)
			munmap(c, sizeof *c);
		close(fd);
		return false;
	}
	counters = c;
	counters_fd = fd;
	own_slot = slot;
	return true;
}

bool
metrics_open(const char *directory)
{
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool shared = false;

	must(counters == &own_counters);
	/* Two processes that start together must not make two files. */
	if (fd >= 0 && flock(fd, LOCK_EX) == 0)
		shared = share(fd);
	if (!shared)
		log_warn("metrics: %s/counters: %s; counting alone", directory,
		    strerror(errno));
	if (fd >= 0)
		close(fd);
	return shared;
}

void
metric_add(enum metric metric, int64_t n)
{
	_Atomic int64_t *sum = facts[metric].kind == GAUGE ?
	    &counters->slot[own_slot][metric] : &counters->shared[metric];

	atomic_fetch_add_explicit(sum, n, memory_order_relaxed);
}

void
metric_add_request(const struct request *r)
{
	int class = r->reply.status / 100;

	if (class >= 2 && class <= 5)
		metric_add(METRIC_requests_2xx + (enum metric)(class - 2), 1);
	metric_add(METRIC_request_us, clock_monotonic_us() - r->started_us);
	metric_add(METRIC_request_count, 1);
}

/* Does a living process own the slot? Our own lock is no answer to us. */
static bool
is_alive(int slot)
{
	struct flock lock;

	return slot == own_slot ||
	    (counters_fd >= 0 &&
	     lock_slot(counters_fd, slot, F_OFD_GETLK, &lock) &&
	     lock.l_type != F_UNLCK);
}

int64_t
metric_read(enum metric metric)
{
	int64_t sum = 0;

	if (facts[metric].kind != GAUGE)
		return atomic_load_explicit(&counters->shared[metric],
		    memory_order_relaxed);
	for (int slot = 0; slot < SLOTS; slot++)
		if (is_alive(slot))
			sum += atomic_load_explicit(
			    &counters->slot[slot][metric],
			    memory_order_relaxed);
	return sum;
}

void
metrics_write(struct buffer *out)
{
	const char *family = "";

	for (int m = 0; m < METRICS; m++) {
		const struct facts *f = &facts[m];
		int64_t value = metric_read((enum metric)m);

		if (strcmp(f->family, family) != 0)
			buffer_printf(out, "# HELP %s %s\n# TYPE %s %s\n",
			    f->family, f->help, f->family,
			    type_names[f->kind]);
		family = f->family;
		buffer_printf(out, "%s%s %" PRId64, f->family, f->label,
		    f->kind == SECONDS ? value / 1000000 : value);
		if (f->kind == SECONDS)
			buffer_printf(out, ".%06d", (int)(value % 1000000));
		buffer_add_byte(out, '\n');
	}
}
