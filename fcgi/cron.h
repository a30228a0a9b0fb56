/*
 * Schedules as cron writes them: "30 2 * * mon-fri", "@daily",
 * "@every 90m", "TZ=Europe/Berlin 0 2 * * *".
 *
 * Five fields: minute, hour, day of the month, month, day of the week (0 to 6,
 * Sunday is 0). A field is a list of N, N-M, *, each also with /STEP, where
 * N/STEP means from N to the end; months and days of the week have names; the
 * days may be ?, which is *. Where neither of the two days is *, one of them
 * suffices.
 */
#ifndef FCGI_CRON_H
#define FCGI_CRON_H

#include <stdbool.h>
#include <stdint.h>

#include "fcgi/text.h"

enum { CRON_WHY_BYTES = 192 };

struct cron {
	uint64_t minutes;	/* bit n: at minute n; so with the others */
	uint32_t hours, days, months, weekdays;
	bool every_day, every_weekday;	/* it was written as * or ? */
	int64_t every_s;	/* of @every; 0: the fields count */
	struct text zone;	/* in what was read; absent: the local one */
};

/* False, with a sentence that names the field, when it is no schedule. */
bool cron_parse(struct text schedule, struct cron *cron,
    char why[CRON_WHY_BYTES]);

/* Has this machine the time zone of that schedule? */
bool cron_zone_known(const struct cron *cron);

/*
 * The first time after `after`, in seconds since 1970. False when there is
 * none in nine years: it never comes, as the 31st of February.
 *
 * A time that the clock skips in spring is when the clock jumps; one that
 * comes twice in autumn is the first of the two, unless the schedule is for
 * every hour: such go by the time that passes.
 *
 * For programs of one thread: the time zone is the environment's for a while.
 */
bool cron_next(const struct cron *cron, int64_t after, int64_t *next);

#endif
