/*
 * UUIDs, and the message ids that are made of them.
 */
#include "fcgi/uuid.h"

#include <sys/random.h>

#include "fcgi/must.h"

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
is_hyphen_place(size_t i)
{
	return i == 8 || i == 13 || i == 18 || i == 23;
}

bool
uuid_parse(struct text text, uint8_t uuid[UUID_BYTES])
{
	uint8_t bytes[UUID_BYTES];
	int n = 0;

	if (text.n != UUID_TEXT_BYTES)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		int high, low;

		if (is_hyphen_place(i)) {
			if (text.p[i] != '-')
				return false;
			continue;
		}
		high = hex_digit(text.p[i++]);
		low = hex_digit(text.p[i]);
		if (high < 0 || low < 0)
			return false;
		bytes[n++] = (uint8_t)(high << 4 | low);
	}
	memcpy(uuid, bytes, UUID_BYTES);
	return true;
}

void
uuid_print(const uint8_t uuid[UUID_BYTES], char text[UUID_TEXT_BYTES + 1])
{
	static const char hex[] = "0123456789abcdef";
	size_t at = 0;

	for (int i = 0; i < UUID_BYTES; i++) {
		if (is_hyphen_place(at))
			text[at++] = '-';
		text[at++] = hex[uuid[i] >> 4];
		text[at++] = hex[uuid[i] & 15];
	}
	text[at] = '\0';
}

static void
set_version(uint8_t uuid[UUID_BYTES], int version)
{
	uuid[6] = (uint8_t)((uuid[6] & 0x0F) | version << 4);
	uuid[8] = (uuid[8] & 0x3F) | 0x80;
}

void
uuid_random(uint8_t uuid[UUID_BYTES])
{
	/* Up to 256 bytes come whole, once the kernel's pool has started. */
	must(getrandom(uuid, UUID_BYTES, 0) == UUID_BYTES);
	set_version(uuid, 4);
}

static uint64_t
read_word(const uint8_t *bytes)
{
	uint64_t word = 0;

	for (int i = 0; i < 8; i++)
		word = word << 8 | bytes[i];
	return word;
}

static void
write_word(uint8_t *bytes, uint64_t word)
{
	for (int i = 7; i >= 0; i--, word >>= 8)
		bytes[i] = (uint8_t)word;
}

void
uuid_from_message(uint8_t uuid[UUID_BYTES], int64_t topic_id, int64_t seq)
{
	uint64_t topic = (uint64_t)topic_id;

	must(topic_id >= 0 && topic_id <= TOPIC_ID_MAX);
	must(seq >= 0 && seq <= MESSAGE_SEQ_MAX);
	/* 48 bits, the gap for the version, 12 bits. */
	write_word(uuid, topic >> 12 << 16 | (topic & 0xFFF));
	write_word(uuid + 8, (uint64_t)seq);
	set_version(uuid, 8);
}

bool
uuid_to_message(const uint8_t uuid[UUID_BYTES], int64_t *topic_id, int64_t *seq)
{
	uint64_t topic = read_word(uuid);

	if (uuid[6] >> 4 != 8 || uuid[8] >> 6 != 2)
		return false;
	*topic_id = (int64_t)(topic >> 16 << 12 | (topic & 0xFFF));
	*seq = (int64_t)(read_word(uuid + 8) & MESSAGE_SEQ_MAX);
	return true;
}
