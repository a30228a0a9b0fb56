/*
 * Reapers mark and remove what nobody can ask for any more. Each is a row of
 * handlers/reapers/reapers.def, and works in steps: a step is a small
 * transaction, or a few, so that others get their turn, and it may be the last
 * thing that a process does.
 *
 * Any number of hosts may run the same reaper at once: they pass over what
 * another one has locked.
 */
#ifndef HANDLERS_REAPERS_REAPERS_H
#define HANDLERS_REAPERS_REAPERS_H

#include <stdio.h>

#include "fcgi/limits.h"
#include "sql/db.h"
#include "sql/plate_ends.h"

enum reaper {
#define REAPER(name, schedule, step, what)	REAPER_##name,
#include "handlers/reapers/reapers.def"
#undef REAPER
	REAPERS
};

/* A run, before and between its steps. At its beginning all is zero but the
 * first three. */
struct reaping {
	enum reaper reaper;
	struct db *db;
	struct arena *arena;	/* of one step */
	int64_t done;		/* of what it counts */
	bool over;		/* set by the last step */

	/* Where it is. */
	union {
		struct {
			bool begun, dlq;
			int64_t topic, seq;
			bool archive;	/* its turn has come */
		} delete;
		struct {
			bool begun;
			int64_t topic;
			size_t key_bytes;
			char key[MESSAGE_KEY_BYTES_MAX];
		} keys;
		struct {
			bool begun, inside, joins, settled;
			int64_t topic, group;
			bool gives;	/* what is there, up to last */
			int64_t last;
		} groups;
		struct {
			bool walks, inside;
			int64_t stream, from;
			int32_t incarnation;
		} streams;
		struct plate_walk plates;
	} at;
};

/* The steps: handlers/reapers/reap_*.c. */
#define REAPER(name, schedule, step, what) \
	enum db_outcome step(struct reaping *run);
#include "handlers/reapers/reapers.def"
#undef REAPER

struct reaper_facts {
	const char *name;
	const char *what;	/* it counts */
	enum db_outcome (*step)(struct reaping *run);
};

const struct reaper_facts *reaper_facts(enum reaper reaper);

/* One line a reaper: its name, and what it counts. */
void reapers_print(FILE *out);

/* The schedule it goes by unless it was given one; empty: never. */
const char *reaper_schedule(enum reaper reaper);

/* False when there is none of that name. */
bool reaper_find(struct text name, enum reaper *reaper);

/*
 * Do a run's next step. An error ends the run; so does run->over.
 */
enum db_outcome reaper_step(struct reaping *run);

/*
 * Note in sluice.reapers how a run went that took so long. `holder` is who has
 * the lease, empty for nobody; runs that were due until done_until_us need not
 * be done any more, unless that is 0.
 */
enum db_outcome reaper_note(const struct reaping *run, struct text holder,
    enum db_outcome outcome, int64_t took_us, int64_t done_until_us);

#endif
