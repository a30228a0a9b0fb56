/*
 * Who reads events strips one blank behind "data:". We write none, so that
 * simple parsers need not; a line that begins with one of its own gets another
 * in front of it.
 */
#include "handlers/streams/sse.h"

#include <inttypes.h>

#include "fcgi/base64.h"

static void
add_line(struct buffer *out, struct text line)
{
	buffer_add_text(out, line.n && *line.p == ' ' ? TEXT("data: ") :
	    TEXT("data:"));
	buffer_add_text(out, line);
	buffer_add_byte(out, '\n');
}

static size_t
line_bytes(struct text rest)
{
	size_t n = 0;

	while (n < rest.n && rest.p[n] != '\n' && rest.p[n] != '\r')
		n++;
	return n;
}

static void
add_lines(struct buffer *out, struct text rest)
{
	for (;;) {
		size_t n = line_bytes(rest), end = n;

		add_line(out, (struct text){ rest.p, n });
		if (n == rest.n)
			return;
		end += rest.p[n] == '\r' && n + 1 < rest.n &&
		    rest.p[n + 1] == '\n' ? 2 : 1;
		rest.p += end;
		rest.n -= end;
	}
}

void
sse_data(struct buffer *out, struct text bytes, bool binary)
{
	buffer_reserve(out, bytes.n + bytes.n / 2 + 64);
	buffer_add_text(out, TEXT("event: data\n"));
	if (binary) {
		buffer_add_text(out, TEXT("data:"));
		base64_add(out, bytes);
		buffer_add_byte(out, '\n');
	} else {
		add_lines(out, bytes);
	}
	buffer_add_byte(out, '\n');
}

void
sse_control(struct buffer *out, const struct sse_control *control)
{
	buffer_printf(out, "event: control\ndata:{\"streamNextOffset\":\"%s\"",
	    control->next_offset);
	if (control->closed)
		buffer_add_text(out, TEXT(",\"streamClosed\":true"));
	else
		buffer_printf(out, ",\"streamCursor\":\"%" PRId64 "\"",
		    control->cursor);
	if (control->up_to_date && !control->closed)
		buffer_add_text(out, TEXT(",\"upToDate\":true"));
	buffer_add_text(out, TEXT("}\n\n"));
}

void
sse_heartbeat(struct buffer *out)
{
	buffer_add_text(out, TEXT(":\n\n"));
}
