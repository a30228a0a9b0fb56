/*
 * Topics with a depth, without a count in each enqueue. After a count, the
 * process may enqueue a share of the room that was left without counting
 * again, for a second. The share is so small that the processes together stay
 * within the limit; near the limit nothing is left of it, and each enqueue
 * counts: there the limit is exact.
 */
#ifndef SQL_DEPTH_H
#define SQL_DEPTH_H

#include <stdbool.h>
#include <stdint.h>

/* May n more be enqueued without counting? If so they are spent. */
bool depth_spend(int64_t topic_id, int n);

/* The topic has been counted: it has room for so many more. */
void depth_counted(int64_t topic_id, int64_t room);

#endif
