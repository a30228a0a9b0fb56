/*
 * Which consumer groups of which streams somebody in this process waits for.
 *
 * Who waits for entries of a group stands in the group's line, a channel of
 * its own, for an entry is one reader's. A stream that has moved wakes the
 * first of each of its lines; who is given something wakes the next while
 * there is more. In other processes the same happens by the same wake-up of
 * the stream.
 *
 * Listen (lot_listen) and join before the first look. Any thread may call
 * these functions; one lock guards all lines.
 */
#ifndef SQL_GROUP_LINES_H
#define SQL_GROUP_LINES_H

#include "fcgi/lot.h"
#include "fcgi/text.h"

struct group_line;

/* The line of a group of the stream of that name. */
struct channel_key group_channel(struct text stream, struct text group);

/* Someone stands in that line; and does so no more. */
struct group_line *group_line_join(int64_t stream_id, struct channel_key key);
void group_line_leave(struct group_line *take_line);

/* For sql/wake.c: the stream may have moved. */
void group_lines_moved(int64_t stream_id);

#endif
