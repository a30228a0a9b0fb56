/*
 * Ending the streams of a plate that was deleted.
 */
#ifndef SQL_PLATE_ENDS_H
#define SQL_PLATE_ENDS_H

#include "sql/db.h"

/*
 * End some of its streams, `max` at most, and wake who waits at them; if there
 * are no more, forget the plate. One that somebody holds is passed over.
 */
enum db_outcome plate_end_streams(struct db *db, struct arena *arena,
    struct text plate, int max);

/*
 * For the reaper: end all streams of all deleted plates, and forget those
 * plates that have none left. How many were forgotten; -1 when the database
 * did not answer.
 */
int64_t plates_reap(struct db *db);

#endif
