/*
 * UUIDs: 16 bytes inside, 36 characters outside. Written in lower case, read
 * in both, and only in the form with four hyphens.
 *
 * A message's public id is a UUIDv8 (RFC 9562) that holds where its row is:
 * the topic's id, 60 bits, then the message's number, 62 bits:
 *
 *	tttttttt-tttt-8ttt-vsss-ssssssssssss	v is 8 to b, 2 of them seq's
 *
 *	topic id 0, seq 0		00000000-0000-8000-8000-000000000000
 *	both at their highest		ffffffff-ffff-8fff-bfff-ffffffffffff
 *	0x123456789abcdef, 0x23456789abcdef01
 *					12345678-9abc-8def-a345-6789abcdef01
 *
 * So a message is found by its primary key, and ids of one topic sort by age.
 */
#ifndef FCGI_UUID_H
#define FCGI_UUID_H

#include <stdbool.h>
#include <stdint.h>

#include "fcgi/text.h"

enum { UUID_BYTES = 16, UUID_TEXT_BYTES = 36 };

#define TOPIC_ID_MAX (((int64_t)1 << 60) - 1)
#define MESSAGE_SEQ_MAX (((int64_t)1 << 62) - 1)

/* False, and uuid untouched, for what is none. */
bool uuid_parse(struct text text, uint8_t uuid[UUID_BYTES]);

void uuid_print(const uint8_t uuid[UUID_BYTES], char text[UUID_TEXT_BYTES + 1]);

/* A new random one, version 4. */
void uuid_random(uint8_t uuid[UUID_BYTES]);

void uuid_from_message(uint8_t uuid[UUID_BYTES], int64_t topic_id, int64_t seq);

/* False for a UUID that is of another version. */
bool uuid_to_message(const uint8_t uuid[UUID_BYTES], int64_t *topic_id,
    int64_t *seq);

#endif
