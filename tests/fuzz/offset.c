/*
 * Any bytes as an offset, a time, a number that headers hold, or base 64: what
 * is read must be written as it was, up to the ways there are to spell it.
 */
#include "auth/base64url.h"
#include "fcgi/clock.h"
#include "fcgi/must.h"
#include "handlers/streams/stream.h"

static void
check_offset(struct text t)
{
	char text[OFFSET_DIGITS + 1];
	struct offset offset, again;

	if (!offset_parse(t, &offset))
		return;
	must(offset.incarnation >= 0 && offset.seq >= 0);
	offset_print(offset, text);
	must(offset_parse(text_of(text), &again));
	must(again.incarnation == offset.incarnation &&
	    again.seq == offset.seq);
}

static void
check_offset_of(const uint8_t *data)
{
	struct offset offset, again;
	char text[OFFSET_DIGITS + 1];

	memcpy(&offset.incarnation, data, sizeof(offset.incarnation));
	memcpy(&offset.seq, data + sizeof(offset.incarnation),
	    sizeof(offset.seq));
	offset.incarnation &= INT32_MAX;
	offset.seq &= INT64_MAX;
	offset_print(offset, text);
	must(offset_parse(text_of(text), &again));
	must(again.incarnation == offset.incarnation &&
	    again.seq == offset.seq);
}

static void
check_time(struct text t)
{
	char text[CLOCK_TEXT_BYTES + 1];
	int64_t us, again;

	if (!clock_parse(t, &us))
		return;
	/* An offset may lead out of the years that have four digits. */
	clock_print(us, text);
	must(clock_parse(text_of(text), &again));
	must(again == us || text_of(text).p[0] == '0' || text[0] == '9');
}

static void
check_numbers(struct text t)
{
	int64_t number = -1;

	must(!count_read(t, &number) || number >= 0);
	number = -1;
	must(!duration_read(t, 1000, &number) || number >= 0);
	(void)time_read(t, &number); /* any number is a time */
}

static void
check_base64(struct text t)
{
	uint8_t bytes[32];
	char text[BASE64URL_BYTES(sizeof bytes) + 1];

	if (!base64url_parse(t, bytes, sizeof bytes))
		return;
	base64url_print(bytes, sizeof bytes, text);
	must(text_equal(text_of(text), t));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text t = { (const char *)data, size };

	check_offset(t);
	if (size >= 12)
		check_offset_of(data);
	check_time(t);
	check_numbers(t);
	check_base64(t);
	return 0;
}
