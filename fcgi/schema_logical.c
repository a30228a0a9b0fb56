/*
 * Logical types: what they ask of a schema, else they are none, and of values.
 * What a decimal's bytes hold is compared with the largest number of so many
 * digits, byte by byte: no number is too long for that.
 */
#include "fcgi/limits.h"
#include "fcgi/schema_type.h"
#include "fcgi/uuid.h"

static const int64_t day_ms = 24 * 60 * 60 * 1000;

int
schema_next_byte(struct text string, size_t *at)
{
	unsigned char first, second;

	if (*at == string.n)
		return -1;
	first = (unsigned char)string.p[(*at)++];
	if (first < 0x80)
		return first;
	/* U+0080 to U+00FF are C2 and C3 with one byte behind. */
	if (first > 0xC3)
		return -2;
	second = (unsigned char)string.p[(*at)++];
	return (first & 0x03) << 6 | (second & 0x3F);
}

/* 10^precision - 1, big-endian. */
static void
set_bound(struct arena *keep, struct schema_type *type)
{
	/* A digit is less than half a byte. */
	size_t room = (size_t)type->precision / 2 + 1, first;
	unsigned char *bound = arena_alloc(keep, room);

	for (int digit = 0; digit < type->precision; digit++) {
		unsigned carry = 9;

		for (size_t i = room; i-- > 0;) {
			carry += bound[i] * 10u;
			bound[i] = (unsigned char)carry;
			carry >>= 8;
		}
	}
	for (first = 0; !bound[first]; first++)
		;
	type->bound = bound + first;
	type->bound_bytes = room - first;
}

/* Can a fixed of that size hold so many digits, and a sign? */
static bool
holds_bound(const struct schema_type *type)
{
	return type->bound_bytes < type->size ||
	    (type->bound_bytes == type->size && type->bound[0] < 0x80);
}

/* An integer member; `absent` if it is not there, -1 if it is none. */
static long long
member_integer(const struct json *object, struct text name, long long absent)
{
	const struct json *member = json_find(object, name);
	long long value;

	if (!member)
		return absent;
	if (member->kind != JSON_KIND_NUMBER ||
	    !text_to_integer(member->string, &value))
		return -1;
	return value;
}

static const char *
add_decimal(struct arena *keep, const struct json *object,
    struct schema_type *type)
{
	long long precision = member_integer(object, TEXT("precision"), -1);
	long long scale = member_integer(object, TEXT("scale"), 0);

	if (precision < 1 || scale < 0 || scale > precision)
		return NULL;
	if (precision > SCHEMA_PRECISION_MAX)
		return "\"precision\" is more than SCHEMA_PRECISION_MAX";
	type->precision = (int)precision;
	type->scale = (int)scale;
	set_bound(keep, type);
	if (type->kind == SCHEMA_BYTES || holds_bound(type))
		type->logic = SCHEMA_DECIMAL;
	return NULL;
}

const char *
schema_add_logic(struct arena *keep, const struct json *object,
    struct schema_type *type)
{
	static const struct {
		struct text name;
		enum schema_kind kind;
		enum schema_logic logic;
	} rows[] = {
		{ TEXT("uuid"), SCHEMA_STRING, SCHEMA_UUID },
		{ TEXT("time-millis"), SCHEMA_INT, SCHEMA_TIME_MILLIS },
		{ TEXT("time-micros"), SCHEMA_LONG, SCHEMA_TIME_MICROS },
	};
	const struct json *name = json_find(object, TEXT("logicalType"));

	if (!name || name->kind != JSON_KIND_STRING)
		return NULL;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (type->kind == rows[i].kind &&
		    text_equal(name->string, rows[i].name))
			type->logic = rows[i].logic;
	if (text_equal(name->string, TEXT("decimal")) &&
	    (type->kind == SCHEMA_BYTES || type->kind == SCHEMA_FIXED))
		return add_decimal(keep, object, type);
	return NULL;
}

static bool
is_below(struct text number, int64_t end)
{
	long long value;

	return text_to_integer(number, &value) && value >= 0 && value < end;
}

/*
 * Two's complement, big-endian. Of a negative number all bits are turned,
 * which makes it one less than its magnitude; the bound, all nines, is odd.
 */
static bool
is_decimal(const struct schema_type *type, struct text string)
{
	size_t at = 0, rest = 0, place = 0, start;
	int byte = schema_next_byte(string, &at), order = 0;
	int turn = byte >= 0x80 ? 0xFF : 0;

	if (byte < 0)
		return false; /* no number has no bytes */
	for (start = 0; byte == turn; byte = schema_next_byte(string, &at))
		start = at;
	for (at = start; schema_next_byte(string, &at) >= 0; rest++)
		;
	if (rest != type->bound_bytes)
		return rest < type->bound_bytes;
	for (at = start; !order && place < rest; place++) {
		bool last = place + 1 == rest;

		byte = schema_next_byte(string, &at) ^ turn;
		order = byte - (type->bound[place] - (last && turn));
	}
	return order <= 0;
}

bool
schema_logic_takes(const struct schema_type *type, const struct json *value)
{
	uint8_t uuid[UUID_BYTES];

	switch (type->logic) {
	case SCHEMA_UUID:
		return uuid_parse(value->string, uuid);
	case SCHEMA_TIME_MILLIS:
		return is_below(value->string, day_ms);
	case SCHEMA_TIME_MICROS:
		return is_below(value->string, day_ms * 1000);
	case SCHEMA_DECIMAL:
		return is_decimal(type, value->string);
	case SCHEMA_PLAIN:
		break;
	}
	return true;
}
