/*
 * What the handlers of messages share.
 */
#ifndef HANDLERS_QUEUE_MESSAGE_H
#define HANDLERS_QUEUE_MESSAGE_H

#include "fcgi/json_reader.h"
#include "fcgi/json_writer.h"
#include "sql/db.h"
#include "sql/topics.h"

/*
 * Write one message object from a row of message_get, message_list or
 * message_dequeue, whose first columns are the same. `delivered` adds the
 * receipt and the time until which it is hidden.
 */
void message_write(struct request *r, struct json_writer *w,
    const struct pg_result *rows, int row, const struct topic *topic,
    bool delivered);

/* The id that a path or a body names; false if it is not a message's. */
bool message_id_read(struct text id, int64_t *topic_id, int64_t *seq);

void message_id_write(struct json_writer *w, int64_t topic_id, int64_t seq);

/*
 * What a receipt of message_write names: the delivery's number, and the
 * group's that it was to, 0 for none. Both are 0, which match no delivery,
 * for a text that is no receipt.
 */
void message_receipt_read(struct text text, int64_t *group_id,
    int32_t *tries);

/* The status as callers know it; 0 to 4, see migrations/ on messages. */
const char *message_status_name(int status);

/* The member consumer_group, of GROUP_BYTES_MAX and without control
 * characters; absent when it is left out or empty. */
struct text consumer_group_read(struct json_reader *j);

/* False after fail(422) when only registered topics may be used. */
bool message_topic_registered(struct request *r, const struct topic *topic,
    const char *verb);

#endif
