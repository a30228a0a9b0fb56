/*
 * Memory of one request: alignment, zeroes, large runs, clean-ups in order,
 * and a reset that gives everything back but the first chunk.
 */
#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "fcgi/arena.h"
#include "fcgi/buffer.h"
#include "tests/unit/test.h"

static char order[8];
static size_t dropped;

static void
note(void *name)
{
	order[dropped++] = *(char *)name;
}

static void
allocations_are_aligned_zeroed_and_apart(void)
{
	struct arena *arena = arena_new();
	unsigned char *before = NULL;
	size_t before_bytes = 0;
	bool aligned = true, zero = true, apart = true;

	for (size_t bytes = 0; bytes < 3000; bytes += 7) {
		unsigned char *p = arena_alloc(arena, bytes);

		aligned &= (uintptr_t)p % alignof(max_align_t) == 0;
		for (size_t i = 0; i < bytes; i++)
			zero &= p[i] == 0;
		memset(p, 0xA5, bytes);
		for (size_t i = 0; i < before_bytes; i++)
			apart &= before[i] == 0xA5;
		apart &= p != before;
		before = p;
		before_bytes = bytes;
	}
	CHECK(aligned);
	CHECK(zero);
	CHECK(apart);
	arena_free(arena);
}

static void
reset_keeps_one_small_chunk(void)
{
	struct arena *arena = arena_new();
	size_t at_first = arena_bytes(arena);
	void *first = arena_alloc_raw(arena, 100);

	CHECK(at_first <= 2048);
	CHECK_INTEGER(arena_bytes(arena), at_first);
	arena_alloc_raw(arena, 10 << 20);
	CHECK(arena_bytes(arena) >= 10 << 20);
	/* The large run had a chunk of its own: the first one goes on. */
	arena_alloc_raw(arena, 100);
	CHECK(arena_bytes(arena) < (10 << 20) + 4096);
	arena_reset(arena);
	CHECK_INTEGER(arena_bytes(arena), at_first);
	CHECK(arena_alloc_raw(arena, 100) == first);
	/* Used memory comes back zeroed. */
	memset(first, 0xFF, 100);
	arena_reset(arena);
	CHECK_INTEGER(*(unsigned char *)arena_alloc(arena, 100), 0);
	arena_free(arena);
	arena_free(NULL);
}

static void
many_small_ones_take_few_chunks(void)
{
	struct arena *arena = arena_new();

	for (int i = 0; i < 100000; i++)
		arena_alloc_raw(arena, 16);
	CHECK(arena_bytes(arena) >= 1600000);
	CHECK(arena_bytes(arena) < 1800000);
	arena_free(arena);
}

static void
clean_ups_run_newest_first_and_once(void)
{
	struct arena *arena = arena_new();

	arena_defer(arena, note, arena_string(arena, TEXT("a")));
	arena_defer(arena, note, NULL);
	arena_alloc(arena, 100000);
	arena_defer(arena, note, arena_string(arena, TEXT("b")));
	arena_defer(arena, note, arena_string(arena, TEXT("c")));
	arena_reset(arena);
	CHECK_STRING(order, "cba");
	arena_reset(arena);
	CHECK_INTEGER(dropped, 3);
	arena_defer(arena, note, arena_string(arena, TEXT("d")));
	arena_free(arena);
	CHECK_STRING(order, "cbad");
}

/* What came before the mark stays as it was, byte by byte. */
static void
rewinding_undoes_what_came_after(void)
{
	struct arena *arena = arena_new();
	struct arena_mark mark;
	char *kept[20];
	size_t bytes;
	bool intact = true;

	dropped = 0;
	memset(order, 0, sizeof order);
	arena_defer(arena, note, arena_string(arena, TEXT("k")));
	for (int i = 0; i < 20; i++)
		kept[i] = arena_printf(arena, "%0*d", 100 * (i + 1), i);
	arena_alloc_raw(arena, 200000);
	mark = arena_mark(arena);
	bytes = arena_bytes(arena);
	for (int round = 0; round < 50; round++) {
		void *first = arena_alloc_raw(arena, 50);

		memset(first, 0xFF, 50);
		for (int i = 0; i < 20; i++)
			memset(arena_alloc_raw(arena, 5000), 0xFF, 5000);
		memset(arena_alloc_raw(arena, 1 << 20), 0xFF, 1 << 20);
		if (round < 3)
			arena_defer(arena, note, "abc" + round);
		arena_rewind(arena, mark);
		CHECK_INTEGER(arena_bytes(arena), bytes);
		CHECK(arena_alloc_raw(arena, 50) == first);
		arena_rewind(arena, mark);
	}
	CHECK_STRING(order, "abc");
	for (int i = 0; i < 20; i++)
		intact &= strlen(kept[i]) == (size_t)(100 * (i + 1)) &&
		    atoi(kept[i]) == i;
	CHECK(intact);
	arena_free(arena);
	CHECK_STRING(order, "abck");
}

static void
texts_are_copied_and_ended(void)
{
	struct arena *arena = arena_new();
	char source[] = "a\0b";
	struct text copy = arena_text(arena, (struct text){ source, 3 });

	memset(source, 'x', 3);
	CHECK_INTEGER(copy.n, 3);
	CHECK(memcmp(copy.p, "a\0b", 4) == 0);
	CHECK(arena_text(arena, TEXT_ABSENT).p == NULL);
	CHECK(arena_text(arena, TEXT("")).p != NULL);
	CHECK_STRING(arena_string(arena, TEXT_ABSENT), "");
	CHECK_STRING(arena_printf(arena, "%d-%s", 42, "x"), "42-x");
	CHECK_INTEGER(strlen(arena_printf(arena, "%5000d", 1)), 5000);
	arena_free(arena);
}

static void
buffer_grows_and_keeps(void)
{
	struct arena *arena = arena_new();
	struct buffer b;
	bool same = true;

	buffer_init(&b, arena);
	CHECK_INTEGER(b.n, 0);
	for (int i = 0; i < 1000; i++)
		buffer_printf(&b, "%03d", i);
	CHECK_INTEGER(b.n, 3000);
	for (int i = 0; i < 1000; i++)
		same &= memcmp(b.p + 3 * i,
		    arena_printf(arena, "%03d", i), 3) == 0;
	CHECK(same);
	buffer_add(&b, NULL, 0);
	buffer_add_text(&b, TEXT_ABSENT);
	CHECK_INTEGER(b.n, 3000);
	buffer_add_byte(&b, '\0');
	buffer_add_text(&b, TEXT("end"));
	CHECK(memcmp(b.p + 2997, "999\0end", 7) == 0);
	memset(buffer_reserve(&b, 1 << 20), 'y', 1 << 20);
	b.n += 1 << 20;
	CHECK(memcmp(b.p + 2997, "999\0endyyy", 10) == 0);
	arena_free(arena);
}

int
main(void)
{
	allocations_are_aligned_zeroed_and_apart();
	reset_keeps_one_small_chunk();
	many_small_ones_take_few_chunks();
	clean_ups_run_newest_first_and_once();
	rewinding_undoes_what_came_after();
	texts_are_copied_and_ended();
	buffer_grows_and_keeps();
	CHECK_STOPS(arena_alloc_raw(arena_new(), (size_t)-1));
	return test_result();
}
