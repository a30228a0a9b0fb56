/*
 * Any bytes as a UUID's text, and any sixteen as a UUID: what is read must be
 * what is written, and a message's id must lead back to the message.
 */
#include <ctype.h>

#include "fcgi/must.h"
#include "fcgi/name_id.h"
#include "fcgi/uuid.h"

static bool
looks_like_one(struct text t)
{
	if (t.n != UUID_TEXT_BYTES)
		return false;
	for (size_t i = 0; i < t.n; i++)
		if (i == 8 || i == 13 || i == 18 || i == 23 ?
		    t.p[i] != '-' : !isxdigit((unsigned char)t.p[i]))
			return false;
	return true;
}

static void
check_text(struct text t)
{
	uint8_t uuid[UUID_BYTES];
	char again[UUID_TEXT_BYTES + 1];

	must(uuid_parse(t, uuid) == looks_like_one(t));
	if (!looks_like_one(t))
		return;
	uuid_print(uuid, again);
	for (size_t i = 0; i < t.n; i++)
		must(again[i] == tolower((unsigned char)t.p[i]));
	must(again[t.n] == '\0');
}

static void
check_bytes(const uint8_t uuid[UUID_BYTES])
{
	uint8_t again[UUID_BYTES];
	char text[UUID_TEXT_BYTES + 1];
	int64_t topic_id, seq;

	uuid_print(uuid, text);
	must(uuid_parse(text_of(text), again));
	must(memcmp(uuid, again, UUID_BYTES) == 0);
	if (!uuid_to_message(uuid, &topic_id, &seq)) {
		must(uuid[6] >> 4 != 8 || uuid[8] >> 6 != 2);
		return;
	}
	must(topic_id >= 0 && topic_id <= TOPIC_ID_MAX);
	must(seq >= 0 && seq <= MESSAGE_SEQ_MAX);
	uuid_from_message(again, topic_id, seq);
	must(memcmp(uuid, again, UUID_BYTES) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text t = { (const char *)data, size };
	uint8_t message[UUID_BYTES];
	int64_t topic_id = topic_id_of(t), seq = MESSAGE_SEQ_MAX;
	int64_t topic_again, seq_again;

	check_text(t);
	if (size >= UUID_BYTES) {
		check_bytes(data);
		/* The same with a message's version. */
		memcpy(message, data, UUID_BYTES);
		message[6] = (message[6] & 0x0F) | 0x80;
		message[8] = (message[8] & 0x3F) | 0x80;
		check_bytes(message);
	}
	if (size >= sizeof seq)
		memcpy(&seq, data, sizeof seq);
	seq &= MESSAGE_SEQ_MAX;
	uuid_from_message(message, topic_id, seq);
	must(uuid_to_message(message, &topic_again, &seq_again));
	must(topic_again == topic_id && seq_again == seq);
	check_bytes(message);
	return 0;
}
