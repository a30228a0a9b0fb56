"""GET /v1/server/_details and /v1/server/_mem."""

from harness.context import eventually, same
from streams import Door

PROCESS = ["rss_bytes", "heap_total_bytes", "heap_used_bytes",
           "external_bytes", "array_buffers_bytes"]


def test_details_have_the_known_shape(t):
    reply = t.admin.get("/v1/server/_details")
    same((reply.status, reply.headers["Content-Type"],
          reply.headers["Cache-Control"]),
         (200, "application/json", "no-store"))
    details = reply.json
    same(list(details), ["auto_tune", "configured_limits", "runtime"])
    same(list(details["configured_limits"]), [
        "caches", "concurrency", "ingest", "search", "segmenting",
        "timeouts", "memory"])
    same(list(details["runtime"]), [
        "memory", "ingest_queue", "local_backpressure", "uploads",
        "concurrency", "top_streams"])
    same(list(details["runtime"]["memory"]), [
        "pressure_active", "pressure_limit_bytes", "last_rss_bytes",
        "max_rss_bytes", "process", "process_breakdown", "sqlite", "gc",
        "subsystems", "totals", "high_water"])
    same(details["runtime"]["memory"]["sqlite"]["available"], False)


def test_limits_are_those_in_force(t):
    limits = t.admin.get("/v1/server/_details").json["configured_limits"]
    same(limits["ingest"]["max_queue_bytes"], 64 << 20)
    same(limits["timeouts"]["append_request_timeout_ms"], 10000)
    same(limits["concurrency"]["ingest"], 4)


def test_memory_is_that_of_a_worker(t):
    memory = t.admin.get("/v1/server/_mem").json
    same(list(memory), [
        "ts", "process", "process_breakdown", "sqlite", "gc", "high_water",
        "counters", "runtime_counts", "runtime_bytes", "runtime_totals",
        "top_streams"])
    same(list(memory["process"]), PROCESS)
    parts = memory["process_breakdown"]
    same(sum(parts[f"rss_{part}_bytes"] for part in
             ("anon", "file", "shmem")), memory["process"]["rss_bytes"])
    peak = memory["high_water"]["process"]["rss_bytes"]["value"]
    same(memory["process"]["heap_used_bytes"]
         <= memory["process"]["heap_total_bytes"], True)
    same(1 << 20 < memory["process"]["rss_bytes"] <= peak < 1 << 30, True)


def test_counters_count(t):
    def ended():
        return t.admin.get("/v1/server/_mem").json[
            "counters"]["sluice.streams_ended"]
    name, before = t.fresh("stream"), ended()
    Door(t.admin).put(name)
    Door(t.admin).delete(name)
    eventually(lambda: ended() == before + 1)
    same(ended(), t.metric("sluice_streams_ended_total"))
