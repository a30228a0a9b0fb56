/*
 * Any text as a schedule: it is refused with a reason, or it has a next time
 * that its fields fit, after which comes a later one. The first bytes are the
 * time to begin with.
 */
#include <stdlib.h>
#include <time.h>

#include "fcgi/cron.h"
#include "fcgi/must.h"

static void
check_fields(const struct cron *cron, int64_t at)
{
	time_t t = at;
	struct tm tm;

	must(gmtime_r(&t, &tm));
	must(tm.tm_sec == 0);
	must(cron->minutes >> tm.tm_min & 1);
	must(cron->hours >> tm.tm_hour & 1);
	must(cron->months >> (tm.tm_mon + 1) & 1);
	must((cron->days >> tm.tm_mday & 1) ||
	    (cron->weekdays >> tm.tm_wday & 1));
	if (cron->every_day || cron->every_weekday)
		must((cron->days >> tm.tm_mday & 1) &&
		    (cron->weekdays >> tm.tm_wday & 1));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char why[CRON_WHY_BYTES] = "";
	int64_t after = 0, next, later;
	struct cron cron;

	if (size < 4)
		return 0;
	setenv("TZ", "UTC", 1);
	for (int i = 0; i < 4; i++)
		after = after << 8 | data[i];
	if (!cron_parse((struct text){ (const char *)data + 4, size - 4 },
	    &cron, why)) {
		must(*why && strlen(why) < sizeof(why));
		return 0;
	}
	must(!*why);
	/* The check of the fields is UTC's. */
	if (!cron_zone_known(&cron))
		return 0;
	if (cron_next(&cron, after, &next)) {
		must(next > after);
		if (!cron.every_s && !cron.zone.p)
			check_fields(&cron, next);
		must(cron_next(&cron, next, &later) && later > next);
		/* What comes first after a moment before it, is it. */
		must(cron_next(&cron, next - 1, &later));
		must(cron.every_s || later == next);
	} else {
		must(!cron.every_s);
	}
	return 0;
}
