/*
 * What the workers of this host use, as /proc tells it: the worker that is
 * asked looks at the others too. Their slots in the file of counters say who
 * they are.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "fcgi/family.h"
#include "fcgi/metrics_file.h"

enum { PATH_BYTES = 64, STAT_BYTES = 1024 };

struct process {
	int64_t worker, pid, started_us;
	int64_t cpu_us, threads, memory_bytes, open_fds;
};

/* Fields of /proc/PID/stat, as proc(5) counts them. */
enum { STAT_STATE = 3, STAT_UTIME = 14, STAT_STIME = 15, STAT_THREADS = 20,
	STAT_RSS = 24 };

/* False if it has gone meanwhile. */
static bool
read_stat(struct process *p)
{
	char path[PATH_BYTES], line[STAT_BYTES], *field, *rest = NULL;
	int64_t tick_us = 1000000 / sysconf(_SC_CLK_TCK);
	int64_t value[STAT_RSS + 1] = { 0 };
	FILE *file;
	size_t n;

	snprintf(path, sizeof path, "/proc/%lld/stat", (long long)p->pid);
	file = fopen(path, "re");
	if (!file)
		return false;
	n = fread(line, 1, sizeof line - 1, file);
	fclose(file);
	line[n] = '\0';
	/* The second field is its name, in brackets, and may hold anything. */
	field = strrchr(line, ')');
	if (!field)
		return false;
	field = strtok_r(field + 1, " ", &rest);
	for (int i = STAT_STATE; field && i <= STAT_RSS; i++) {
		value[i] = strtoll(field, NULL, 10);
		field = strtok_r(NULL, " ", &rest);
	}
	p->cpu_us = (value[STAT_UTIME] + value[STAT_STIME]) * tick_us;
	p->threads = value[STAT_THREADS];
	p->memory_bytes = value[STAT_RSS] * sysconf(_SC_PAGESIZE);
	return true;
}

static bool
count_fds(struct process *p)
{
	char path[PATH_BYTES];
	DIR *directory;

	snprintf(path, sizeof path, "/proc/%lld/fd", (long long)p->pid);
	directory = opendir(path);
	if (!directory)
		return false;
	p->open_fds = -2; /* . and .. are no descriptors */
	while (readdir(directory))
		p->open_fds++;
	closedir(directory);
	return true;
}

/* Among n, that of the same number, or the next free place. */
static struct process *
place_for(struct process *all, int n, int64_t worker)
{
	int i = 0;

	while (i < n && all[i].worker != worker)
		i++;
	return &all[i];
}

/* The workers that live, of each number the youngest. */
static int
find_workers(struct process *all)
{
	const struct metrics_file *file = metrics_file();
	int n = 0;

	for (int i = 0; i < METRICS_SLOTS; i++) {
		const struct metrics_slot *slot = &file->slot[i];
		struct process p = {
			.worker = metrics_value(&slot->worker),
			.pid = metrics_value(&slot->pid),
			.started_us = metrics_value(&slot->started_us)
		}, *place;

		if (!metrics_slot_lives(i) || p.worker < 0 ||
		    !read_stat(&p) || !count_fds(&p))
			continue;
		place = place_for(all, n, p.worker);
		if (place == &all[n])
			n++;
		else if (place->started_us > p.started_us)
			continue;
		*place = p;
	}
	return n;
}

static const char *
label_of(char *room, const struct process *p)
{
	snprintf(room, PATH_BYTES, "%lld", (long long)p->worker);
	return room;
}

void
processes_write(struct buffer *out)
{
	static const struct {
		enum family family;
		size_t offset;
		bool seconds;
	} figures[] = {
		{ FAMILY_worker_start, offsetof(struct process, started_us),
			true },
		{ FAMILY_worker_cpu, offsetof(struct process, cpu_us), true },
		{ FAMILY_worker_memory, offsetof(struct process, memory_bytes),
			false },
		{ FAMILY_worker_threads, offsetof(struct process, threads),
			false },
		{ FAMILY_worker_open_fds, offsetof(struct process, open_fds),
			false },
	};
	struct process all[METRICS_SLOTS];
	int n = find_workers(all);
	struct rlimit limit = { 0 };
	char room[PATH_BYTES];

	for (size_t f = 0; f < sizeof figures / sizeof *figures; f++) {
		family_begin(out, figures[f].family);
		for (int i = 0; i < n; i++) {
			struct text label = text_of(label_of(room, &all[i]));
			const char *at = (const char *)&all[i] +
			    figures[f].offset;
			int64_t value = *(const int64_t *)(const void *)at;

			if (figures[f].seconds)
				family_seconds(out, figures[f].family, &label,
				    value);
			else
				family_integer(out, figures[f].family, &label,
				    value);
		}
	}
	/* They are alike: each has what this one has. */
	(void)getrlimit(RLIMIT_NOFILE, &limit); /* it cannot fail */
	family_begin(out, FAMILY_worker_max_fds);
	for (int i = 0; i < n; i++) {
		struct text label = text_of(label_of(room, &all[i]));

		family_integer(out, FAMILY_worker_max_fds, &label,
		    (int64_t)limit.rlim_cur);
	}
}
