/*
 * Lines are put together on the stack. Those of requests gather until there
 * are as many as a pipe takes whole (PIPE_BUF) or a thread has nothing else
 * to do (log_flush), for a write a request is a tenth of its cost; all other
 * lines are written at once, behind those.
 */
#include "fcgi/log.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "fcgi/clock.h"
#include "fcgi/must.h"
#include "fcgi/route.h"
#include "fcgi/settings.h"

/*
 * A value is cut before it could crowd out its neighbours: a line has at
 * most one message, or a handful of values, beside what we write ourselves.
 */
enum { MESSAGE_BYTES_MAX = 3000, VALUE_BYTES_MAX = 700 };

struct line {
	char p[LOG_LINE_BYTES_MAX];
	size_t n;
};

/* What has gathered; `lock` guards it and keeps lines whole. */
static struct {
	pthread_mutex_t lock;
	struct line lines;
} gathered = { .lock = PTHREAD_MUTEX_INITIALIZER };

static const char *const level_names[] = {
	[LOG_LEVEL_DEBUG] = "debug",
	[LOG_LEVEL_INFO] = "info",
	[LOG_LEVEL_WARN] = "warn",
	[LOG_LEVEL_ERROR] = "error",
};

__attribute__((format(printf, 2, 3)))
static void
add(struct line *line, const char *format, ...)
{
	size_t room = sizeof line->p - line->n;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(line->p + line->n, room, format, args);
	va_end(args);
	must(n >= 0 && (size_t)n < room);
	line->n += (size_t)n;
}

/* Bytes that fit: add_value sees to that. */
static void
add_bytes(struct line *line, const char *p, size_t n)
{
	must(line->n + n < sizeof line->p);
	memcpy(line->p + line->n, p, n);
	line->n += n;
}

static void
add_word(struct line *line, const char *word)
{
	add_bytes(line, word, strlen(word));
}

/*
 * May the character stand as it is? The C1 controls, two bytes of UTF-8
 * each, may not: some terminals obey them.
 */
static bool
is_harmless(const char *p, size_t bytes)
{
	unsigned char first = (unsigned char)p[0];

	if (bytes == 1)
		return first >= 0x20 && first != 0x7F && first != '"' &&
		    first != '\\';
	return bytes > 1 &&
	    !(first == 0xC2 && (unsigned char)p[1] < 0xA0);
}

static void
add_escaped(struct line *line, char c)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char byte = (unsigned char)c;

	if (c == '"' || c == '\\')
		add_bytes(line, (char[]){ '\\', c }, 2);
	else if (c == '\n')
		add_bytes(line, "\\n", 2);
	else
		add_bytes(line, (char[]){ '\\', 'x', digits[byte >> 4],
			digits[byte & 15] }, 4);
}

/* " key="value"", of which the value takes at most bytes_max. */
static void
add_value(struct line *line, const char *key, struct text value,
    size_t bytes_max)
{
	size_t end;

	add_word(line, " ");
	add_word(line, key);
	add_word(line, "=\"");
	end = line->n + bytes_max;
	for (size_t i = 0; i < value.n;) {
		const char *p = value.p + i;
		size_t bytes = text_character_bytes(p, value.n - i);

		/* Four is the longest that one step adds. */
		if (line->n + 4 > end) {
			add_word(line, "...");
			break;
		}
		if (is_harmless(p, bytes)) {
			add_bytes(line, p, bytes);
			i += bytes;
		} else {
			add_escaped(line, *p);
			i++;
		}
	}
	add_bytes(line, "\"", 1);
}

/* No program of ours forks: its number stays. */
static int
process(void)
{
	static _Atomic int pid;

	if (!pid)
		pid = (int)getpid();
	return pid;
}

static bool
begin(struct line *line, enum log_level level)
{
	char at[CLOCK_TEXT_BYTES + 1];

	if ((int)level < settings.log_level)
		return false;
	clock_print(clock_wall_us(), at);
	line->n = 0;
	add(line, "at=%s level=%s pid=%d", at, level_names[level],
	    process());
	return true;
}

/* Lock held. What cannot be logged has nowhere to be complained about. */
static void
write_gathered(void)
{
	struct line *lines = &gathered.lines;

	while (lines->n && write(STDERR_FILENO, lines->p, lines->n) < 0 &&
	    errno == EINTR)
		;
	lines->n = 0;
}

static void
end(struct line *line, bool at_once)
{
	struct line *lines = &gathered.lines;

	add_bytes(line, "\n", 1);
	pthread_mutex_lock(&gathered.lock);
	if (lines->n + line->n >= sizeof lines->p)
		write_gathered();
	add_bytes(lines, line->p, line->n);
	if (at_once)
		write_gathered();
	pthread_mutex_unlock(&gathered.lock);
}

void
log_flush(void)
{
	pthread_mutex_lock(&gathered.lock);
	write_gathered();
	pthread_mutex_unlock(&gathered.lock);
}

__attribute__((format(printf, 2, 0)))
static void
log_message(enum log_level level, const char *format, va_list args)
{
	char message[MESSAGE_BYTES_MAX];
	struct text text = { message, 0 };
	struct line line;
	int n;

	if (!begin(&line, level))
		return;
	n = vsnprintf(message, sizeof message, format, args);
	must(n >= 0);
	text.n = (size_t)n < sizeof message ? (size_t)n : sizeof message - 1;
	/* libpq's messages end so. */
	while (text.n && text.p[text.n - 1] == '\n')
		text.n--;
	add_value(&line, "msg", text, MESSAGE_BYTES_MAX);
	end(&line, true);
}

#define LOG_FUNCTION(name, level) \
	void \
	name(const char *format, ...) \
	{ \
		va_list args; \
\
		va_start(args, format); \
		log_message(level, format, args); \
		va_end(args); \
	}

LOG_FUNCTION(log_debug, LOG_LEVEL_DEBUG)
LOG_FUNCTION(log_info, LOG_LEVEL_INFO)
LOG_FUNCTION(log_warn, LOG_LEVEL_WARN)
LOG_FUNCTION(log_error, LOG_LEVEL_ERROR)

void
log_request(const struct request *r)
{
	const struct reply *reply = &r->reply;
	struct line line;

	if (!begin(&line, reply->status >= 500 ? LOG_LEVEL_WARN :
	    LOG_LEVEL_INFO))
		return;
	add_word(&line, " msg=request");
	add_value(&line, "id", text_of(r->id), VALUE_BYTES_MAX);
	add_word(&line, " method=");
	add_word(&line, method_name(r->method));
	add_value(&line, "path", r->path, VALUE_BYTES_MAX);
	add(&line, " status=%d bytes=%zu us=%" PRId64, reply->status,
	    reply->streamed_bytes + reply->body.n,
	    clock_monotonic_us() - r->started_us);
	if (r->client.n)
		add_value(&line, "client", r->client, VALUE_BYTES_MAX);
	if (r->user.n)
		add_value(&line, "user", r->user, VALUE_BYTES_MAX);
	if (reply->error != E_NONE)
		add(&line, " error=%s", error_facts(reply->error)->code);
	end(&line, reply->status >= 500);
}
