/*
 * The place of a message in its topic: microseconds since 2024-01-01 and ten
 * bits of the process's own, 62 bits in all. First in, first out, without a
 * sequence in the database: see docs/decisions/topic-and-message-ids.md.
 */
#ifndef SQL_MESSAGE_SEQ_H
#define SQL_MESSAGE_SEQ_H

#include <stdint.h>

/* n new ones, MESSAGE_SEQ_STEP apart; the first. Each call gives higher. */
int64_t message_seq_take(int n);

enum { MESSAGE_SEQ_STEP = 1 << 10 };

/* The lowest that a message of that moment (wall clock) can have. */
int64_t message_seq_at(int64_t wall_us);

#endif
