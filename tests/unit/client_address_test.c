/*
 * What a client's address counts as.
 */
#include "auth/client_address.h"
#include "tests/unit/test.h"

int
main(void)
{
	static const struct {
		const char *client, *counted;
	} rows[] = {
		{ "192.0.2.7", "192.0.2.7" },
		{ "::ffff:192.0.2.7", "192.0.2.7" },
		{ "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64" },
		{ "2001:DB8:1:2::", "2001:db8:1:2::/64" },
		{ "2001:db8:1:3::1", "2001:db8:1:3::/64" },
		{ "::1", "::/64" },
		{ "unix:", "unix:" },
		{ "", "" },
	};
	struct arena *arena = arena_new();

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		CHECK_TEXT(client_address(arena, text_of(rows[i].client)),
		    rows[i].counted);
	CHECK_TEXT(client_address(arena, TEXT_ABSENT), "");
	arena_free(arena);
	return test_result();
}
