/*
 * Lines of groups: a stream that has moved wakes the first of each of its
 * lines, and nobody else.
 */
#include "sql/group_lines.h"
#include "tests/unit/lot.h"

static const struct text events = TEXT("shop/events");

static struct channel_key
line_of(struct text stream, const char *group)
{
	return group_channel(stream, text_of(group));
}

static void
every_group_has_its_channel(void)
{
	CHECK(line_of(events, "a").kind == CHANNEL_GROUP);
	CHECK(line_of(events, "a").id == line_of(events, "a").id);
	CHECK(line_of(events, "a").id != line_of(events, "b").id);
	CHECK(line_of(TEXT("shop/event"), "sa").id !=
	    line_of(events, "a").id);
}

static void
end(struct connection *c)
{
	lot_look(c);
	request_end(c, true);
}

static void
the_first_of_each_line_is_woken(void)
{
	struct channel_key a = line_of(events, "a"), b = line_of(events, "b");
	struct group_line *line[] = { group_line_join(1, a),
		group_line_join(1, a), group_line_join(1, b),
		group_line_join(2, b) };
	struct connection *first = request_parked(a);
	struct connection *second = request_parked(a);
	struct connection *other = request_parked(b);
	struct connection *one, *two;

	group_lines_moved(3);
	CHECK(next_ready() == NULL);
	group_lines_moved(1);
	one = next_ready();
	two = next_ready();
	CHECK((one == first && two == other) ||
	    (one == other && two == first));
	CHECK(next_ready() == NULL);
	end(first);
	end(other);

	/* A line is there until the last has left it. */
	group_line_leave(line[0]);
	group_lines_moved(1);
	CHECK(next_ready() == second);
	lot_look(second);
	CHECK(lot_park(second));
	group_line_leave(line[1]);
	group_lines_moved(1);
	CHECK(next_ready() == NULL);
	lot_wake(a, 1);
	CHECK(next_ready() == second);
	end(second);
	group_line_leave(line[2]);
	group_line_leave(line[3]);
}

int
main(void)
{
	lot_start(count_stir);
	every_group_has_its_channel();
	the_first_of_each_line_is_woken();
	return test_result();
}
