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
#include "fcgi/family.h"
#include "fcgi/log.h"
#include "fcgi/metrics_file.h"
#include "fcgi/must.h"
#include "fcgi/route.h"

enum kind { COUNTER, SECONDS, GAUGE };

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
	[SECONDS] = "counter",
	[GAUGE] = "gauge",
};

static const uint64_t MAGIC = 0x736c756963652d63; /* "sluice-c" */

/* Where a process counts that has not opened the file. */
static struct metrics_file own_counters;

/* Set by metrics_open() before there are threads, constant after it. */
static struct metrics_file *counters = &own_counters;
static int counters_fd = -1;
static int own_slot;

struct metrics_file *
metrics_file(void)
{
	return counters;
}

/* FNV-1a, of a name and its end. */
static void
add_name(uint64_t *hash, const char *name)
{
	do
		*hash = (*hash ^ (unsigned char)*name) * 1099511628211u;
	while (*name++);
}

/* Of all that decides which number stands where. */
static uint64_t
layout_hash(void)
{
	static const char *const names[] = {
#define BUCKET(us, seconds) seconds,
#include "fcgi/latency.def"
#undef BUCKET
#define TOPIC_EVENT(metric, family, label) #metric,
#include "fcgi/topic_events.def"
#undef TOPIC_EVENT
	};
	uint64_t hash = 14695981039346656037u ^ sizeof(struct metrics_file);

	for (int m = 0; m < METRICS; m++)
		add_name(&hash, facts[m].name);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		add_name(&hash, names[i]);
	for (int i = 0; route_at(i); i++)
		add_name(&hash, route_at(i)->name);
	return hash;
}

static struct metrics_file *
map(int fd)
{
	struct metrics_file *c = mmap(NULL, sizeof *c, PROT_READ | PROT_WRITE,
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
	    stat.st_size == (off_t)sizeof(struct metrics_file) &&
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
	if (posix_fallocate(fd, 0, sizeof(struct metrics_file)) == 0 &&
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

static void
take_over(struct metrics_slot *slot)
{
	for (int m = 0; m < METRICS; m++)
		atomic_store(&slot->gauge[m], 0);
	atomic_store(&slot->worker, -1);
	atomic_store(&slot->started_us, clock_wall_us());
	atomic_store(&slot->pid, getpid());
}

/* Take a slot nobody has; -1 if there is none. */
static int
take_slot(int fd, struct metrics_file *c)
{
	struct flock lock;

	for (int slot = 0; slot < METRICS_SLOTS; slot++) {
		if (!lock_slot(fd, slot, F_OFD_SETLK, &lock))
			continue;
		take_over(&c->slot[slot]);
		return slot;
	}
	errno = EUSERS;
	return -1;
}

/* Open, map and take a slot, under the directory's lock. */
static bool
share(int directory)
{
	struct metrics_file *c;
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
metrics_worker(int number)
{
	atomic_store(&counters->slot[own_slot].worker, number);
}

void
metric_add(enum metric metric, int64_t n)
{
	metrics_count(facts[metric].kind == GAUGE ?
	    &counters->slot[own_slot].gauge[metric] :
	    &counters->shared[metric], n);
}

/* Our own lock is no answer to us. */
bool
metrics_slot_lives(int slot)
{
	struct flock lock;

	return slot == own_slot ||
	    (counters_fd >= 0 &&
	     lock_slot(counters_fd, slot, F_OFD_GETLK, &lock) &&
	     lock.l_type != F_UNLCK);
}

/* The sum of a gauge over those that live. */
static int64_t
sum_of(enum metric metric, const bool *lives)
{
	int64_t sum = 0;

	for (int slot = 0; slot < METRICS_SLOTS; slot++)
		if (lives[slot])
			sum += metrics_value(
			    &counters->slot[slot].gauge[metric]);
	return sum;
}

static void
who_lives(bool *lives)
{
	for (int slot = 0; slot < METRICS_SLOTS; slot++)
		lives[slot] = metrics_slot_lives(slot);
}

int64_t
metric_read(enum metric metric)
{
	bool lives[METRICS_SLOTS];

	if (facts[metric].kind != GAUGE)
		return metrics_value(&counters->shared[metric]);
	who_lives(lives);
	return sum_of(metric, lives);
}

void
metrics_write(struct buffer *out)
{
	const char *family = "";
	bool lives[METRICS_SLOTS];

	who_lives(lives);
	for (int m = 0; m < METRICS; m++) {
		const struct facts *f = &facts[m];
		int64_t value = f->kind == GAUGE ?
		    sum_of((enum metric)m, lives) :
		    metrics_value(&counters->shared[m]);

		if (strcmp(f->family, family) != 0)
			buffer_printf(out, "# HELP %s %s\n# TYPE %s %s\n",
			    f->family, f->help, f->family,
			    type_names[f->kind]);
		family = f->family;
		buffer_printf(out, "%s%s ", f->family, f->label);
		if (f->kind == SECONDS)
			print_seconds(out, value);
		else
			buffer_printf(out, "%" PRId64 "\n", value);
	}
}
