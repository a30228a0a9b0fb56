/*
 * The reaper of plates: what is left of deleted ones.
 */
#include "handlers/reapers/reapers.h"

enum db_outcome
reap_plates(struct reaping *run)
{
	bool forgotten = false;
	enum db_outcome outcome = plates_reap(run->db, run->arena,
	    &run->at.plates, &forgotten, &run->over);

	run->done += forgotten;
	return outcome;
}
