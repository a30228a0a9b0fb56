/*
 * Reading addresses is inet_pton's work; this is what to count them as.
 */
#include "auth/client_address.h"

#include <arpa/inet.h>

struct text
client_address(struct arena *arena, struct text client)
{
	char *address = arena_string(arena, client);
	char network[INET6_ADDRSTRLEN];
	struct in6_addr six;

	if (inet_pton(AF_INET6, address, &six) != 1)
		return text_of(address);
	if (IN6_IS_ADDR_V4MAPPED(&six)) {
		inet_ntop(AF_INET, &six.s6_addr[12], network, sizeof network);
		return text_of(arena_printf(arena, "%s", network));
	}
	memset(&six.s6_addr[8], 0, 8);
	inet_ntop(AF_INET6, &six, network, sizeof network);
	return text_of(arena_printf(arena, "%s/64", network));
}
