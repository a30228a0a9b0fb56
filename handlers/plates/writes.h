/*
 * How commands write: in turns with others, or at once and alone where they
 * are `direct`; and again, where somebody holds the stream's row.
 */
#ifndef HANDLERS_PLATES_WRITES_H
#define HANDLERS_PLATES_WRITES_H

#include "handlers/plates/command.h"
#include "sql/plate_writes.h"

/*
 * For run(), which is called again: true once the item's turn has been taken.
 * False: return *verdict.
 */
bool command_turn(struct request *r, struct command *c,
    struct turn_item *item, enum verdict *verdict);

/*
 * Somebody holds the row that is needed, so far: true when it is time to try
 * again. False: return *verdict, which is to be called again for the next
 * try, or to fail (503) after APPEND_WAIT. *pause_ms is 0 at first, and is to
 * be kept in c->state.
 */
bool command_again(struct request *r, struct command *c, int *pause_ms,
    enum verdict *verdict);

/*
 * The key cannot be written to, as sql/fn/plate_open.sql says: DONE after
 * command_error() or fail(). Not for PLATE_DONE and PLATE_BUSY, and for
 * PLATE_NO_KEY only where Redis says so.
 */
enum verdict command_refuse(struct request *r, struct command *c,
    enum plate_status status);

#endif
