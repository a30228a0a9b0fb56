/*
 * GET /v1/server/_details and /v1/server/_mem: what this process is allowed
 * and what it uses, in the shapes that clients of the protocol know.
 *
 * They are texts with holes: @name is a figure, and quotes are single to spare
 * the reader backslashes. Members of parts that we have not (segments,
 * uploads, a managed heap, SQLite) say 0, null or that there is none.
 */
#include <ctype.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#include "fcgi/clock.h"
#include "fcgi/limits.h"
#include "fcgi/metrics.h"
#include "fcgi/must.h"
#include "fcgi/settings.h"
#include "handlers/handlers.h"
#include "handlers/streams/backlog.h"

struct figure {
	const char *name;
	int64_t value;
};

enum { FIGURES_MAX = 24 };

struct figures {
	struct figure figure[FIGURES_MAX];
	int n;
};

#define PROCESS \
	"'process':{'rss_bytes':@rss,'heap_total_bytes':@heap_total," \
	"'heap_used_bytes':@heap_used,'external_bytes':0," \
	"'array_buffers_bytes':0}"

#define PROCESS_BREAKDOWN \
	"'process_breakdown':{'source':'linux_proc'," \
	"'rss_anon_bytes':@rss_anon,'rss_file_bytes':@rss_file," \
	"'rss_shmem_bytes':@rss_shmem,'js_managed_bytes':0," \
	"'js_external_non_array_buffers_bytes':0," \
	"'mapped_file_bytes':@rss_file,'sqlite_runtime_bytes':0," \
	"'unattributed_anon_bytes':@unattributed_anon," \
	"'unattributed_rss_bytes':@unattributed_rss}"

#define SQLITE \
	"'sqlite':{'available':false,'source':null,'memory_used_bytes':0," \
	"'memory_highwater_bytes':0,'pagecache_used_slots':0," \
	"'pagecache_used_slots_highwater':0,'pagecache_overflow_bytes':0," \
	"'pagecache_overflow_highwater_bytes':0,'malloc_count':0," \
	"'malloc_count_highwater':0,'open_connections':0," \
	"'prepared_statements':0}"

#define GC \
	"'gc':{'forced_gc_count':0,'forced_gc_reclaimed_bytes_total':0," \
	"'last_forced_gc_at_ms':null,'last_forced_gc_before_bytes':null," \
	"'last_forced_gc_after_bytes':null," \
	"'last_forced_gc_reclaimed_bytes':null,'heap_snapshots_written':0," \
	"'last_heap_snapshot_at_ms':null}"

#define HIGH_WATER \
	"'high_water':{'process':{'rss_bytes':{'value':@rss_peak," \
	"'at':null}},'process_breakdown':{},'sqlite':{}," \
	"'runtime_bytes':{},'runtime_totals':{}}"

#define RUNTIME_BYTES \
	"'heap_estimates':{'append_backlog_bytes':@backlog}," \
	"'mapped_files':{},'disk_caches':{}," \
	"'configured_budgets':{'append_backlog_bytes':@backlog_max}," \
	"'pipeline_buffers':{},'sqlite_runtime':{}"

#define RUNTIME_COUNTS \
	"'connections':@connections,'parked_requests':@parked," \
	"'threads':@threads,'processes':@processes"

#define RUNTIME_TOTALS \
	"{'heap_estimate_bytes':@backlog,'mapped_file_bytes':0," \
	"'disk_cache_bytes':0,'configured_budget_bytes':@backlog_max," \
	"'pipeline_buffer_bytes':0,'sqlite_runtime_bytes':0}"

#define TOP_STREAMS \
	"'top_streams':{'local_storage_bytes':[],'pending_wal_bytes':[]," \
	"'touch_journal_filter_bytes':[],'notifier_waiters':[]}"

#define GATE(name, limit) \
	"'" name "':{'configured_limit':" limit ",'current_limit':" limit \
	",'active':null,'queued':null}"

static const char details[] =
    "{'auto_tune':{'enabled':false,'requested_memory_mb':null,"
    "'preset_mb':null,'effective_memory_limit_mb':null},"
    "'configured_limits':{"
    "'caches':{'sqlite_cache_bytes':0,'worker_sqlite_cache_bytes':0,"
    "'index_run_memory_cache_bytes':0,'index_run_disk_cache_bytes':0,"
    "'lexicon_index_cache_bytes':0,'segment_cache_bytes':0,"
    "'companion_toc_cache_bytes':0,'companion_section_cache_bytes':0,"
    "'companion_file_cache_bytes':0},"
    "'concurrency':{'ingest':@threads,'read':@threads,'search':0,"
    "'async_index':0,'upload':0,'index_build':0,'index_compact':0},"
    "'ingest':{'max_batch_requests':@batch_requests,"
    "'max_batch_bytes':@batch_bytes,'max_queue_requests':@connections_max,"
    "'max_queue_bytes':@backlog_max,'busy_timeout_ms':@busy_timeout_ms,"
    "'local_backlog_max_bytes':0},"
    "'search':{'companion_batch_segments':0,'companion_yield_blocks':0,"
    "'wal_overlay_quiet_period_ms':0,'wal_overlay_max_bytes':0},"
    "'segmenting':{'segment_max_bytes':0,'segment_target_rows':0,"
    "'segmenter_workers':0},"
    "'timeouts':{'append_request_timeout_ms':@statement_timeout_ms,"
    "'search_request_timeout_ms':0,"
    "'resolver_timeout_ms':@statement_timeout_ms,"
    "'object_store_timeout_ms':0},"
    "'memory':{'pressure_limit_bytes':0}},"
    "'runtime':{'memory':{'pressure_active':false,"
    "'pressure_limit_bytes':0,'last_rss_bytes':@rss,"
    "'max_rss_bytes':@rss_peak," PROCESS "," PROCESS_BREAKDOWN "," SQLITE
    "," GC ",'subsystems':{" RUNTIME_BYTES ",'counts':{" RUNTIME_COUNTS
    "}},'totals':" RUNTIME_TOTALS "," HIGH_WATER "},"
    "'ingest_queue':{'requests':null,'bytes':@backlog,'full':@full},"
    "'local_backpressure':{'enabled':false,'current_bytes':0,"
    "'max_bytes':0,'over_limit':false},"
    "'uploads':{'pending_segments':0},"
    "'concurrency':{" GATE("ingest", "@threads") ","
    GATE("read", "@threads") "," GATE("search", "0") ","
    GATE("async_index", "0") "}," TOP_STREAMS "}}";

static const char memory[] =
    "{'ts':@now_ms," PROCESS "," PROCESS_BREAKDOWN "," SQLITE "," GC ","
    HIGH_WATER ",'counters':{@counters},'runtime_counts':{" RUNTIME_COUNTS
    "},'runtime_bytes':{" RUNTIME_BYTES "},'runtime_totals':"
    RUNTIME_TOTALS "," TOP_STREAMS "}";

static void
add(struct figures *f, const char *name, int64_t value)
{
	must(f->n < FIGURES_MAX);
	f->figure[f->n++] = (struct figure){ name, value };
}

/* Lines of /proc/self/status such as "VmRSS:    1234 kB". */
static void
add_status(struct figures *f)
{
	static const struct {
		const char *label, *name;
	} rows[] = {
		{ "VmHWM:", "rss_peak" },
		{ "VmRSS:", "rss" },
		{ "RssAnon:", "rss_anon" },
		{ "RssFile:", "rss_file" },
		{ "RssShmem:", "rss_shmem" },
	};
	int64_t value[sizeof(rows) / sizeof(rows[0])] = { 0 };
	FILE *file = fopen("/proc/self/status", "re");
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
			if (!strncmp(line, rows[i].label,
			    strlen(rows[i].label)))
				value[i] = 1024 * strtoll(line +
				    strlen(rows[i].label), NULL, 10);
	if (file)
		fclose(file);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		add(f, rows[i].name, value[i]);
}

static int64_t
figure_of(const struct figures *f, struct text name)
{
	int i = 0;

	while (i < f->n && !text_equal(text_of(f->figure[i].name), name))
		i++;
	must(i < f->n);
	return f->figure[i].value;
}

/* All that wait, whatever for. */
static int64_t
parked(void)
{
	int64_t n = 0;

	for (int m = METRIC_parked_for_time; m <= METRIC_parked_for_metrics;
	    m++)
		n += metric_read((enum metric)m);
	return n;
}

static void
collect(struct figures *f)
{
	struct mallinfo2 heap = mallinfo2();
	int64_t used = (int64_t)(heap.uordblks + heap.hblkhd), anon, rss;

	add(f, "now_ms", clock_wall_us() / 1000);
	add(f, "heap_total", (int64_t)(heap.arena + heap.hblkhd));
	add(f, "heap_used", used);
	add_status(f);
	anon = figure_of(f, TEXT("rss_anon"));
	rss = figure_of(f, TEXT("rss"));
	add(f, "unattributed_anon", anon > used ? anon - used : 0);
	add(f, "unattributed_rss", rss > used ? rss - used : 0);
	add(f, "backlog", backlog_bytes());
	add(f, "backlog_max", APPEND_BACKLOG_BYTES_MAX);
	add(f, "batch_requests", TURN_ITEMS_MAX);
	add(f, "batch_bytes", TURN_BYTES_MAX);
	add(f, "connections_max", CONNECTIONS_MAX);
	add(f, "busy_timeout_ms", APPEND_WAIT);
	add(f, "statement_timeout_ms", settings.database_timeout_ms);
	add(f, "threads", settings.threads);
	add(f, "processes", settings.processes);
	add(f, "connections", metric_read(METRIC_connections));
	add(f, "parked", parked());
}

/* What /metrics counts, of all processes of this host. */
static void
write_counters(struct buffer *out)
{
	static const char *const names[] = {
#define METRIC(name, kind, family, label, help) #name,
#include "fcgi/metrics.def"
#undef METRIC
	};

	for (int i = 0; i < METRICS; i++)
		buffer_printf(out, "%s\"sluice.%s\":%lld", i ? "," : "",
		    names[i], (long long)metric_read((enum metric)i));
}

static void
write_figure(struct buffer *out, const struct figures *f, struct text name)
{
	if (text_equal(name, TEXT("counters")))
		write_counters(out);
	else if (text_equal(name, TEXT("full")))
		buffer_printf(out, "%s", backlog_bytes() >=
		    APPEND_BACKLOG_BYTES_MAX ? "true" : "false");
	else
		buffer_printf(out, "%lld", (long long)figure_of(f, name));
}

static enum verdict
fill(struct request *r, const char *holes)
{
	struct figures figures = { .n = 0 };
	struct buffer *out = reply_body(r, 200, "application/json");
	struct text name;

	collect(&figures);
	while (*holes) {
		if (*holes != '@') {
			buffer_add_byte(out, *holes == '\'' ? '"' : *holes);
			holes++;
			continue;
		}
		name = (struct text){ ++holes, 0 };
		while (islower((unsigned char)*holes) || *holes == '_')
			holes++;
		name.n = (size_t)(holes - name.p);
		write_figure(out, &figures, name);
	}
	reply_header(r, "Cache-Control", "no-store");
	return DONE;
}

enum verdict
server_details(struct request *r)
{
	return fill(r, details);
}

enum verdict
server_mem(struct request *r)
{
	return fill(r, memory);
}
