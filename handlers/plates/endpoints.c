/*
 * The endpoints that name their arguments, each a table of the words that it
 * makes: see handlers/plates/endpoint.h, and docs/plates.md for what they are
 * called by.
 */
#include "handlers/plates/endpoint.h"

#include <strings.h>

#include "handlers/handlers.h"

#define ENDPOINT(handler, ...) \
	enum verdict \
	handler(struct request *r) \
	{ \
		static const struct part parts[] = { __VA_ARGS__, \
			{ .kind = PART_END } }; \
		return endpoint_serve(r, parts); \
	}

#define WORD(text) { .kind = PART_WORD, .word = text }
#define PATH(n) { .kind = PART_PATH, .place = n }
#define REQUIRED(member) { .kind = PART_TEXT, .name = member }
#define DEFAULT(member, text) \
	{ .kind = PART_TEXT, .name = member, .word = text }
#define NUMBER(member, text) \
	{ .kind = PART_INTEGER, .name = member, .word = text }
#define TEXT_OPTION(member, option) \
	{ .kind = PART_TEXT_OPTION, .name = member, .word = option }
#define NUMBER_OPTION(member, option) \
	{ .kind = PART_INTEGER_OPTION, .name = member, .word = option }
#define FLAG(member, option) \
	{ .kind = PART_FLAG, .name = member, .word = option }
#define TEXTS(member) { .kind = PART_TEXTS, .name = member }
#define STREAMS(member, id) \
	{ .kind = PART_STREAMS, .name = member, .word = id }
#define VALUES(member) { .kind = PART_VALUES, .name = member }
#define TRIM(always) { .kind = PART_TRIM, .place = always }
#define OTHER(function) { .kind = PART_OTHER, .other = function }

ENDPOINT(plate_add, WORD("XADD"), REQUIRED("key"),
    FLAG("nomkstream", "NOMKSTREAM"), TRIM(false), DEFAULT("id", "*"),
    VALUES("values"))

ENDPOINT(plate_length, WORD("XLEN"), PATH(1))

ENDPOINT(plate_range, WORD("XRANGE"), PATH(1), DEFAULT("start", "-"),
    DEFAULT("end", "+"), NUMBER_OPTION("count", "COUNT"))

ENDPOINT(plate_reverse, WORD("XREVRANGE"), PATH(1), DEFAULT("start", "+"),
    DEFAULT("end", "-"), NUMBER_OPTION("count", "COUNT"))

ENDPOINT(plate_read, WORD("XREAD"), NUMBER_OPTION("count", "COUNT"),
    NUMBER_OPTION("block_ms", "BLOCK"), STREAMS("streams", "$"))

ENDPOINT(plate_trim, WORD("XTRIM"), REQUIRED("key"), TRIM(true))

ENDPOINT(plate_remove, WORD("XDEL"), REQUIRED("key"), TEXTS("ids"))

/* XINFO STREAM [FULL [COUNT n]], GROUPS or CONSUMERS, by ?section. */
static void
info_words(struct endpoint *e)
{
	static const char *const sections[] = { "stream", "full", "groups",
		"consumers" };
	enum { STREAM, FULL, GROUPS, CONSUMERS, SECTIONS };
	struct request *r = endpoint_request(e);
	struct text section = endpoint_text(e, "section");
	struct text group = endpoint_text(e, "group");
	struct text count = endpoint_text(e, "count");
	int which = section.p ? 0 : STREAM;

	while (section.p && which < SECTIONS &&
	    (section.n != strlen(sections[which]) ||
	    strncasecmp(section.p, sections[which], section.n) != 0))
		which++;
	if (request_failed(r))
		return;
	if (which == SECTIONS)
		fail(r, E_BAD_QUERY,
		    "section must be stream, full, groups or consumers");
	else if (which == CONSUMERS && !group.p)
		fail(r, E_BAD_QUERY, "group is required");
	if (request_failed(r))
		return;
	endpoint_add(e, TEXT("XINFO"));
	endpoint_add(e, text_of(sections[which == FULL ? STREAM : which]));
	endpoint_add(e, r->param[1]);
	if (which == CONSUMERS)
		endpoint_add(e, group);
	if (which == FULL)
		endpoint_add(e, TEXT("FULL"));
	if (which == FULL && count.p) {
		endpoint_add(e, TEXT("COUNT"));
		endpoint_add(e, count);
	}
}

ENDPOINT(plate_info, OTHER(info_words))

ENDPOINT(plate_group_create, WORD("XGROUP"), WORD("CREATE"), REQUIRED("key"),
    REQUIRED("group"), DEFAULT("id", "$"), FLAG("mkstream", "MKSTREAM"),
    NUMBER_OPTION("entries_read", "ENTRIESREAD"))

ENDPOINT(plate_group_set_id, WORD("XGROUP"), WORD("SETID"), REQUIRED("key"),
    REQUIRED("group"), REQUIRED("id"),
    NUMBER_OPTION("entries_read", "ENTRIESREAD"))

ENDPOINT(plate_group_destroy, WORD("XGROUP"), WORD("DESTROY"),
    REQUIRED("key"), REQUIRED("group"))

ENDPOINT(plate_consumer_create, WORD("XGROUP"), WORD("CREATECONSUMER"),
    REQUIRED("key"), REQUIRED("group"), REQUIRED("consumer"))

ENDPOINT(plate_consumer_delete, WORD("XGROUP"), WORD("DELCONSUMER"),
    REQUIRED("key"), REQUIRED("group"), REQUIRED("consumer"))

ENDPOINT(plate_group_read, WORD("XREADGROUP"), WORD("GROUP"),
    REQUIRED("group"), REQUIRED("consumer"), NUMBER_OPTION("count", "COUNT"),
    NUMBER_OPTION("block_ms", "BLOCK"), FLAG("noack", "NOACK"),
    STREAMS("streams", ">"))

ENDPOINT(plate_ack, WORD("XACK"), REQUIRED("key"), REQUIRED("group"),
    TEXTS("ids"))

/* Only a start asks for the entries; without one the rest has no meaning. */
static void
pending_words(struct endpoint *e)
{
	struct text start = endpoint_text(e, "start");
	struct text end = endpoint_text(e, "end");
	struct text count = endpoint_text(e, "count");
	struct text consumer = endpoint_text(e, "consumer");
	struct text idle = endpoint_text(e, "min_idle_ms");

	if (!start.p)
		return;
	if (idle.p) {
		endpoint_add(e, TEXT("IDLE"));
		endpoint_add(e, idle);
	}
	endpoint_add(e, start);
	endpoint_add(e, end.p ? end : TEXT("+"));
	endpoint_add(e, count.p ? count : TEXT("10"));
	if (consumer.p)
		endpoint_add(e, consumer);
}

ENDPOINT(plate_pending, WORD("XPENDING"), PATH(1), PATH(2),
    OTHER(pending_words))

ENDPOINT(plate_claim, WORD("XCLAIM"), REQUIRED("key"), REQUIRED("group"),
    REQUIRED("consumer"), NUMBER("min_idle_ms", "0"), TEXTS("ids"),
    NUMBER_OPTION("idle_ms", "IDLE"), NUMBER_OPTION("time_ms", "TIME"),
    NUMBER_OPTION("retry_count", "RETRYCOUNT"), FLAG("force", "FORCE"),
    FLAG("justid", "JUSTID"), TEXT_OPTION("last_id", "LASTID"))

ENDPOINT(plate_autoclaim, WORD("XAUTOCLAIM"), REQUIRED("key"),
    REQUIRED("group"), REQUIRED("consumer"), NUMBER("min_idle_ms", "0"),
    REQUIRED("start"), NUMBER_OPTION("count", "COUNT"),
    FLAG("justid", "JUSTID"))
