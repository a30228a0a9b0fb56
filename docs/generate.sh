#!/bin/sh
# Prints one of the files that are made from a table: the pages settings,
# errors, metrics and routes, sluice.1, or openapi.json. `make docs` writes
# them, `make lint` checks that they are current.

sluice=${BUILD:-build}/sluice

case $1 in
settings)
	"$sluice" help settings
	;;
errors)
	cat <<-'END'
	# Errors

	The status and the code never change; the sentence is the usual one, and
	often a more exact one is sent in its place. The queue's door sends the
	sentence alone: `{"error": "..."}`. To subscriptions every 400 is
	`INVALID_REQUEST`, but for `WEBHOOK_URL_REJECTED`. The plates door has other
	codes for some of them ([plates.md](plates.md#errors)).

	| status | code | sentence |
	|---|---|---|
	END
	awk -F '"' '/^ERROR\(/ {
		split($1, before, /, */)
		print "| " before[2] " | `" $2 "` | " $4 " |"
	}' fcgi/error.def
	;;
metrics)
	cat <<-'END'
	# Metrics

	`GET /metrics` is Prometheus' text format, for whoever has a token or an
	API key. It answers for all worker processes of the host, whichever of
	them is asked. What is counted on the host survives the processes, killed
	ones too, and costs the database nothing. What only the database knows is
	asked once for all who scrape within `SLUICE_METRICS_AGE` (5 s), and is the
	same on every host: take its maximum, not its sum. If the database does not
	answer, `sluice_database_up` is 0, the rest is told all the same, and
	`sluice_observation_age_seconds` says how old it is.

	Topics have names of users' choosing, so their number is bounded:
	`SLUICE_METRICS_TOPICS` (1,000) of them have depths of their own, those with
	the most messages; the others are one row without a topic, so sums stay
	true, and `sluice_queue_topics_left_out` counts them. Rates of topics are
	for the first ones that anything happened to. A series that has counted
	nothing yet is missing where there would be many: routes, topics.

	What a scrape costs, on two cores that did other things too, with 10,000
	topics and 200,000 messages in them: 0.35 s at 1,000 topics shown (8,500
	samples, 0.55 MB), 0.9 s at 10,000 (80,000 samples, 5.3 MB), almost all of
	it one statement that reads indexes; 3 ms for who scrapes again within
	`SLUICE_METRICS_AGE`, and some 20 ms on a small system.

	[operations.md](operations.md#watching) has a scrape configuration, the
	alerts in [prometheus/alerts.yml](prometheus/alerts.yml) and what to do about
	each; [grafana/sluice.json](grafana/sluice.json) is a board.

	| metric | kind | what it says |
	|---|---|---|
	END
	awk '/^METRIC\(/ {
		gsub(/\\"/, "\001")
		split($0, part, "\"")
		split(part[1], before, /, */)
		gsub("\001", "\"", part[4])
		kind = tolower(before[2])
		if (kind == "seconds")
			kind = "counter"
		print "| `" part[2] part[4] "` | " kind " | " part[6] " |"
	}' fcgi/metrics.def
	awk '/^FAMILY\(/ {
		split($0, part, "\"")
		split(part[1], before, /, */)
		gsub(",", ", ", part[4])
		labels = part[4] ? "{" part[4] "}" : ""
		print "| `" part[2] labels "` | " before[2] " | " part[6] " |"
	}' fcgi/families.def
	awk -F '"' '/^BUCKET\(/ { printf "%s%s", n++ ? ", " : \
		"\nThe bounds of the histogram, in seconds: ", $2 }
		END { print ", +Inf." }' fcgi/latency.def
	cat <<-'END'

	## The names of the original

	| queue-ti | here |
	|---|---|
	| `queueti_enqueued_total{topic}` | `sluice_topic_messages_total{topic, event="enqueued"}` |
	| `queueti_dequeued_total{topic}` | `sluice_topic_messages_total{topic, event="dequeued"}` |
	| `queueti_acked_total{topic}` | `sluice_topic_messages_total{topic, event="acked"}` |
	| `queueti_nacked_total{topic, outcome}` | `sluice_topic_nacks_total{topic, outcome}`; `dlq` is `dead_lettered` |
	| `queueti_requeued_total{topic}` | `sluice_topic_messages_total{topic, event="requeued"}` |
	| `queueti_replayed_total{topic}` | `sluice_topic_messages_total{topic, event="replayed"}` |
	| `queueti_expired_total` | `sluice_queue_messages_total{event="expired"}` |
	| `queueti_messages_deleted_total` | `sluice_queue_messages_total{event="deleted"}` |
	| `queueti_queue_depth{topic, status}` | `sluice_queue_depth{topic, status}`; `delayed`, `timed_out` and `behind` are apart from `pending` and `processing` |
	END
	;;
routes)
	cat <<-'END'
	# Routes

	Each `{}` is one part of the path; `{*}` is a name that may hold slashes,
	raw or as `%2F`: what stands behind it in a row is recognised from the end
	of the path, the longest first. Access `open` asks for no token, `user` for
	any valid one, `self` for the user whose id is the first `{}`, or an admin
	user, `grant` for a grant on the topic or stream, `admin` for an admin user,
	`wake` for the token of a wake, `plate` for a key of the plate that is the
	first `{}`, or a grant on its streams. A statement that is the whole work of
	one handler has its name; one that several share, or that is one step of
	several, has a name of its own.
	Every path of the streams door answers OPTIONS to anybody.

	| method | path | handler | access | door |
	|---|---|---|---|---|
	END
	"$sluice" help routes |
		awk '{ print "| " $1 " | `" $2 "` | " $3 " | " $4 " | " $5 " |" }'
	;;
sluice.1)
	# Each row of the settings' table as an item; a dash says that there
	# is no default.
	"$sluice" help settings | awk -F ' *[|] *' -v q="'" '
	function plain(text)
	{
		gsub(/`/, "", text)
		gsub(/\\/, "\\e", text)
		# What begins a line must not be taken for a request.
		return text ~ "^[." q "]" ? "\\&" text : text
	}
	function filled(text,    words, n, i, line, lines)
	{
		n = split(text, words, / +/)
		for (i = 1; i <= n; i++) {
			if (line != "" && (line ~ /[.?!]$/ || \
			    length(line " " words[i]) > 76)) {
				lines = lines plain(line) "\n"
				line = ""
			}
			line = line (line == "" ? "" : " ") words[i]
		}
		return lines plain(line) "\n"
	}
	FNR == NR {
		if ($2 !~ /^`SLUICE_/)
			next
		items = items ".It Ev " plain($2) "\n" \
		    filled($5 ";") filled($4 ".") ($3 == "" ? "Not set by default.\n" : \
		    "Default:\n.Li " plain($3) "\n")
		next
	}
	$0 == "@SETTINGS@" {
		printf "%s", items
		next
	}
	/^\.\\"/ {
		next
	}
	{
		print
	}' - docs/sluice.1.in
	;;
openapi.json)
	# One line an operation or a shape, so that a change can be read.
	"$sluice" help openapi | python3 -c '
import json, sys
def show(value, depth):
    if not value or not isinstance(value, dict) or depth == 3:
        return json.dumps(value, ensure_ascii=False)
    items = ",\n".join("\t" * (depth + 1) + json.dumps(name) + ": " +
                       show(item, depth + 1) for name, item in value.items())
    return "{\n" + items + "\n" + "\t" * depth + "}"
print(show(json.load(sys.stdin), 0))'
	;;
esac
