# Turns SQL files into C: each file becomes one string literal, line by line,
# so that a compiler's complaint or a debugger shows the text as it was
# written. Run by the Makefile with LC_ALL=C; -v as=... chooses what is made:
#
#	names		an enum, STATEMENT_<file name> in the order given
#	statements	the table of sql/statement.h, in the same order
#	files		a table of sql/migrations.h; -v table=... is its name
#
# The name of a file is its base name without ".sql".

function base(path)
{
	sub(/^.*\//, "", path)
	sub(/\.sql$/, "", path)
	return path
}

function quoted(line)
{
	gsub(/\\/, "\\\\\\\\", line)
	gsub(/"/, "\\\\\"", line)
	gsub(/\t/, "\\\\t", line)
	gsub(/\r/, "\\\\r", line)
	gsub(/\?/, "\\\\?", line)	# no trigraphs
	return "\"" line "\\n\""
}

# mawk and gawk skip a file without lines, so files are read by hand.
function literal(path,    line, lines)
{
	lines = 0
	while ((getline line < path) > 0) {
		print "\t    " quoted(line)
		lines++
	}
	close(path)
	if (lines == 0)
		print "\t    \"\""
}

BEGIN {
	if (as == "names") {
		print "/* Made by sql/embed.awk from the files in sql/. */"
		print "#ifndef STATEMENTS_GEN_H\n#define STATEMENTS_GEN_H\n"
		print "enum statement {"
		for (i = 1; i < ARGC; i++)
			print "\tSTATEMENT_" base(ARGV[i]) ","
		print "\tSTATEMENTS\n};\n\n#endif"
		exit
	}
	if (as == "statements") {
		print "/* Made by sql/embed.awk from the files in sql/. */"
		print "#include \"sql/statement.h\"\n"
		print "const struct statement_facts statement_facts[] = {"
	} else {
		print "const struct sql_file " table "[] = {"
	}
	for (i = 1; i < ARGC; i++) {
		print "\t{ \"" base(ARGV[i]) "\","
		literal(ARGV[i])
		print "\t},"
	}
	print "\t{ 0, 0 }\n};"
}
